/**
 * Our own code systems: findings, card topics, reasons to leave an advice, with their titles in Dutch, English and the French draft.
 * The French is the one that cards have: below rules/translations/fr, by the Dutch sentence.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadFrenchDrafts, type DraftTexts } from '../../src/draft-texts.js';
import { DRAFT_MARK, type Text } from '../../src/text.js';
import { parseYaml } from '../../src/yaml-file.js';
import { header } from './artefacts.js';
import { NON_ADHERENCE, OVERRIDE_REASONS } from './code-lists.js';
import type { Concepts } from './content.js';
import { PROFILES, sortedIds } from './table.js';

const RULES = resolve(PROFILES, '../rules');
const DRAFT = `The Dutch and English titles are ours; the French ones are a draft and must not be shown as more than that: ${DRAFT_MARK}`;
/** Titles and properties are ours alone, whatever public codes the value sets put beside them. */
const COPYRIGHT = 'Copyright the Plexus CDS contributors; Apache License, Version 2.0.';

interface Entry {
  readonly code: string;
  readonly title: Text;
  readonly property: readonly object[];
}

/** The code systems, by path below fhir-profiles. Throws KnowledgeError for a title without its French draft. */
export function codeSystems(concepts: Concepts): Readonly<Record<string, object>> {
  const drafts = frenchDrafts();
  const all = [findings(concepts, drafts), cardTopics(drafts), overrideReasons(drafts)];
  return Object.fromEntries(all.map((one) => [`code-systems/${one.id}.json`, one.resource]));
}

function frenchDrafts(): DraftTexts {
  const folder = join(RULES, 'translations/fr');
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  return loadFrenchDrafts(files.sort().map((name) => parseYaml(name, readFileSync(join(folder, name), 'utf8'))));
}

function findings(concepts: Concepts, drafts: DraftTexts) {
  const entries = sortedIds(Object.keys(concepts)).flatMap((code): Entry[] => {
    const concept = concepts[code];
    if (!concept) return [];
    const standIn = concept.readOnly ? [{ code: 'standIn', valueBoolean: true }] : [];
    const title = drafts.complete(concept.title, () => `concepts.yaml: ${code}`);
    return [{ code, title, property: [{ code: 'kind', valueCode: concept.kind }, ...standIn] }];
  });
  return codeSystem('finding', entries, {
    title: 'What no public terminology names well, and a stand-in for what is not verified yet',
    description: `The concepts that the decision rules of Plexus CDS speak about. ValueSets of the same name say which public codes count as each, ConceptMaps which of those are verified. ${DRAFT}`,
    property: [
      { code: 'kind', description: 'What the code stands for', type: 'code' },
      {
        code: 'standIn',
        description: 'Stands in for a public code that is not verified yet: read, never written',
        type: 'boolean',
      },
    ],
  });
}

/** The decisions that a card can belong to; their titles are the displays that cards carry. */
function cardTopics(drafts: DraftTexts) {
  const decisions = parseYaml('decisions.yaml', readFileSync(join(RULES, 'decisions.yaml'), 'utf8')).value as Readonly<
    Record<string, { readonly title: Text }>
  >;
  const entries = Object.entries(decisions).map(([code, { title }]) => ({
    code,
    title: drafts.complete(title, () => `decisions.yaml: ${code}`),
    property: [],
  }));
  return codeSystem('card-topic', entries, {
    title: 'The decision that a card supports',
    description: `Card.source.topic of the CDS Hooks answers of Plexus CDS: cards of one topic belong to one decision. ${DRAFT}`,
    property: [],
  });
}

function overrideReasons(drafts: DraftTexts) {
  const entries = OVERRIDE_REASONS.map(({ code, nl, en, set, hl7 }) => ({
    code,
    title: drafts.complete({ nl, en }, () => `code-lists.ts: ${code}`),
    property: [
      { code: 'set', valueCode: set },
      ...(hl7 === undefined ? [] : [{ code: 'nonAdherence', valueCoding: { system: NON_ADHERENCE, code: hl7 } }]),
    ],
  }));
  return codeSystem('override-reason', entries, {
    title: 'Why a clinician leaves the advice of a card',
    description: `Card.overrideReasons of the CDS Hooks answers of Plexus CDS, as feedback brings them back. ${DRAFT}`,
    property: [
      { code: 'set', description: 'The set of reasons that a rule names', type: 'code' },
      { code: 'nonAdherence', description: 'The HL7 reason for non-adherence that fits', type: 'Coding' },
    ],
  });
}

function codeSystem(
  id: string,
  entries: readonly Entry[],
  about: { readonly title: string; readonly description: string; readonly property: readonly object[] },
) {
  const { property, ...rest } = about;
  const resource = {
    ...header('CodeSystem', id, { ...rest, copyright: COPYRIGHT }),
    caseSensitive: true,
    content: 'complete',
    count: entries.length,
    ...(property.length > 0 ? { property } : {}),
    concept: entries.map(({ code, title, property: own }) => ({
      code,
      display: title.en,
      designation: [
        { language: 'nl', value: title.nl },
        { language: 'en', value: title.en },
        { language: 'fr', value: title.fr },
      ],
      ...(own.length > 0 ? { property: own } : {}),
    })),
  };
  return { id, resource };
}
