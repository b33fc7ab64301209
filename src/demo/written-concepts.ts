/**
 * Concepts as an EHR writes them: a key of `fhir-profiles/concepts.yaml` enters, a CodeableConcept with verified public codes, our own code and Dutch words leaves.
 * Which public codes are written is said in `fhir-profiles/sandbox/codes.yaml`. Read once, at start.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem, CodeableConcept, Coding, ValueSet } from 'fhir/r4.js';
import type { Text } from '../text.js';
import { elementOf } from '../translations.js';
import { KnowledgeError, parseYaml, type YamlFile } from '../yaml-file.js';

export interface WrittenConcept {
  /** diagnosis, finding, drug, procedure, site, side, muscle, score, role, task or value. */
  readonly kind: string;
  readonly title: Text;
  /** Public codes first; only our own has words, so that a reader meets each once. */
  readonly codings: readonly Coding[];
}

/** Gives the concept of a key; undefined for a key that is none, or whose code is a stand-in that is read and never written. */
export type WrittenConcepts = (key: string) => WrittenConcept | undefined;

const STATUS = 'https://plexus-cds.example/fhir/StructureDefinition/verification-status';

/** Reads the concepts below `profilesDir` (fhir-profiles); French words only where drafts are served. Throws KnowledgeError for a public code that is not verified. */
export function loadWrittenConcepts(profilesDir: string, hasDrafts: boolean): WrittenConcepts {
  const read = (path: string): string => readFileSync(join(profilesDir, path), 'utf8');
  const own = JSON.parse(read('code-systems/finding.json')) as CodeSystem;
  const titles = new Map((own.concept ?? []).map((concept) => [concept.code, concept]));
  const systems = JSON.parse(read('systems.json')) as Readonly<Record<string, { readonly uri: string }>>;
  const publicCodes = parseYaml('fhir-profiles/sandbox/codes.yaml', read('sandbox/codes.yaml'));
  const codesOf = (key: string): readonly Coding[] =>
    codesIn(publicCodes, key).map((written) => {
      const [name = '', code = ''] = written.split('|');
      return { system: systems[name]?.uri ?? name, code };
    });
  const make = (key: string): WrittenConcept | undefined => {
    const concept = titles.get(key);
    if (!concept) return undefined;
    const statusOf = statusesIn(JSON.parse(read(`value-sets/${key}.json`)) as ValueSet);
    const ownCoding = { system: own.url ?? '', code: key };
    if (statusOf(ownCoding) !== 'own') return undefined;
    const unverified = codesOf(key).find((coding) => statusOf(coding) !== 'verified');
    if (unverified)
      throw new KnowledgeError(
        publicCodes.at([key]),
        `${unverified.code ?? ''} is no verified code of value-sets/${key}.json; take one that is, or leave it out`,
      );
    const title = titleOf(concept, hasDrafts);
    const kind = concept.property?.find(({ code }) => code === 'kind')?.valueCode ?? '';
    return { kind, title, codings: [...codesOf(key), { ...ownCoding, ...elementOf('display', title) }] };
  };
  const made = new Map<string, WrittenConcept | undefined>();
  return (key) => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key);
  };
}

/** As one CodeableConcept: the place and the side of an Observation are one. Throws for none. */
export function conceptOf(...concepts: readonly WrittenConcept[]): CodeableConcept {
  const texts = concepts.map(({ title }) => title);
  const join = (words: readonly (string | undefined)[]): string =>
    words.map((word, index) => (index === 0 ? word : word?.toLowerCase())).join(' ');
  const fr = texts.every((text) => text.fr !== undefined) ? { fr: join(texts.map((text) => text.fr)) } : {};
  const text = { nl: join(texts.map(({ nl }) => nl)), en: join(texts.map(({ en }) => en)), ...fr };
  return { coding: concepts.flatMap(({ codings }) => codings), ...elementOf('text', text) };
}

function codesIn({ value }: YamlFile, key: string): readonly string[] {
  return (value as Readonly<Record<string, readonly string[]>>)[key] ?? [];
}

type Concept = NonNullable<CodeSystem['concept']>[number];

function titleOf({ code, display, designation = [] }: Concept, hasDrafts: boolean): Text {
  const wordsIn = (language: string) => designation.find((one) => one.language === language)?.value;
  const fr = hasDrafts ? wordsIn('fr') : undefined;
  return { nl: wordsIn('nl') ?? code, en: wordsIn('en') ?? display ?? code, ...(fr !== undefined && { fr }) };
}

function statusesIn({ compose }: ValueSet): (coding: Coding) => string | undefined {
  const statuses = new Map<string, string | undefined>();
  for (const { system = '', concept = [], filter = [] } of compose?.include ?? []) {
    const classes = filter.map(({ value, extension }) => ({ code: value, extension }));
    for (const { code, extension = [] } of [...concept, ...classes])
      statuses.set(`${system}|${code}`, extension.find(({ url }) => url === STATUS)?.valueCode);
  }
  return ({ system = '', code = '' }) => statuses.get(`${system}|${code}`);
}

/** Finds concepts for one place of a file; `fail` makes the error that is thrown. */
export function conceptFinder(
  concepts: WrittenConcepts,
  fail: (sentence: string) => Error,
): (key: string, ...kinds: readonly string[]) => WrittenConcept {
  return (key, ...kinds) => {
    const concept = concepts(key);
    if (!concept)
      throw fail(
        `${key} is no concept that can be written; take a key of fhir-profiles/concepts.yaml whose code is no stand-in`,
      );
    if (!kinds.includes(concept.kind))
      throw fail(`${key} is a ${concept.kind}; a ${kinds.join(' or ')} is needed here`);
    return concept;
  };
}
