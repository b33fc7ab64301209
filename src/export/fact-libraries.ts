/**
 * Fact definitions -> FHIR Libraries, one for each file of `rules/facts`: what each fact is called, its type, and the records it is read from.
 * They describe and hold no logic: windows, places, completeness and derivations are code, so no content claims to compute a fact.
 */
import type { Library, ParameterDefinition } from 'fhir/r4.js';
import type { FactType } from '../facts/fact.js';
import type { FactDefinition, Source } from '../facts/load-facts.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';
import type { Knowledge } from '../load-knowledge.js';
import { elementOf } from '../translations.js';
import { DRAFT_MARK, type Text } from '../text.js';
import { dataRequirementsOf } from './data-requirements.js';
import { inEach, nameOf } from './plan-parts.js';

/** The type of a fact's value in FHIR; `list` is of codes. */
const TYPES: Readonly<Record<FactType, string>> = {
  boolean: 'boolean',
  integer: 'integer',
  decimal: 'decimal',
  days: 'integer',
  date: 'date',
  code: 'code',
  text: 'string',
  list: 'code',
};

/** One for each file, in the order of the facts. */
export function factLibraries({ facts }: Knowledge): readonly Library[] {
  const files = new Set(facts.definitions.map(({ file }) => file));
  return [...files].map((file) =>
    factLibrary(
      file,
      facts.definitions.filter((definition) => definition.file === file),
    ),
  );
}

/** Id and canonical of the Library of a file of facts. */
export function libraryOf(file: string): { readonly id: string; readonly url: string } {
  const id = `facts-${file.replace(/^.*\/|\.yaml$/g, '')}`;
  return { id, url: `${CANONICAL_BASE}/Library/${id}` };
}

function factLibrary(file: string, definitions: readonly FactDefinition[]): Library {
  const { id, url } = libraryOf(file);
  const records = dataRequirementsOf(definitions);
  return {
    resourceType: 'Library',
    id,
    language: 'nl',
    url,
    name: nameOf(id),
    ...elementOf('title', titleOf(file)),
    status: 'draft',
    experimental: true,
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/library-type', code: 'logic-library' }] },
    ...elementOf('usage', USAGE),
    parameter: definitions.map(parameterOf),
    ...(records.length > 0 && { dataRequirement: [...records] }),
  };
}

function titleOf(file: string): Text {
  return { nl: `Feiten van ${file}`, en: `Facts of ${file}`, fr: `Faits de ${file}` };
}

const USAGE: Text = {
  nl: 'Beschrijft de feiten waarover de regels spreken; deze service rekent ze uit. Tussen vierkante haken staat hoe, in de woorden van rules/README.md. Een feit zonder waarde is onbekend, en dat is niet hetzelfde als nee.',
  en: 'Describes the facts that the rules speak about; this service computes them. Square brackets say how, in the words of rules/README.md. A fact without a value is unknown, which is not the same as no.',
  fr: `${DRAFT_MARK} Décrit les faits dont parlent les règles ; ce service les calcule. Entre crochets : comment, dans les mots de rules/README.md. Un fait sans valeur est inconnu, ce qui n’est pas la même chose que non.`,
};

function parameterOf(definition: FactDefinition): ParameterDefinition {
  const { id, type, text } = definition;
  const how = ` [${howKnown(definition).join('; ')}]`;
  return {
    name: id,
    use: 'out',
    min: 0,
    max: type === 'list' ? '*' : '1',
    ...elementOf(
      'documentation',
      inEach(text, (words) => words + how),
    ),
    type: TYPES[type] as ParameterDefinition['type'],
  };
}

/** How a fact is known, as its definition writes it. */
function howKnown(definition: FactDefinition): readonly string[] {
  const { scope, findings, sources, derivedBy, window, sites, pick, maxAgeDays, withinEpisode, absent } = definition;
  const form = [
    ...(derivedBy === undefined ? [] : [`derive: ${derivedBy}`]),
    ...(findings.length > 0 ? [`finding: ${findings.join(', ')}`, `window: ${windowText(window)}`] : []),
    ...(sources.length > 0 ? [`from: ${sources.map(sourceText).join(', ')}`, `pick: ${pick}`] : []),
  ];
  const limits = [
    ...(sites ? [`sites: ${sites.join(', ')}`] : []),
    ...(maxAgeDays === undefined ? [] : [`maxAgeDays: ${maxAgeDays}`]),
    ...(withinEpisode ? ['withinEpisode: true'] : []),
    ...(derivedBy === undefined ? [`absent: ${absent}`] : []),
  ];
  return [`scope: ${scope}`, ...form, ...limits];
}

function windowText(window: FactDefinition['window']): string {
  return typeof window === 'object' ? `${window.days} days` : window;
}

function sourceText({ type, valueSet, states, path }: Source): string {
  return `${type} ${valueSet} (${states.join(', ')})${path === undefined ? '' : ` ${path}`}`;
}
