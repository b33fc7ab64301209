/**
 * Which of our concepts a code stands for. In: the FHIR ValueSets under fhir-profiles and the spellings of code systems, read once at start.
 * Out: `CodeSets`, asked once per coding of a request. A code that no value set holds gives no concept, which never means "absent".
 * It does not read display or text, and it knows no hierarchy but that of ATC, ICD-10 and ICPC, whose codes begin with the code above them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ValueSet } from 'fhir/r4.js';

/** Base of our own canonical addresses: a reserved name, so that it collides with nobody's. */
export const CANONICAL_BASE = 'https://plexus-cds.example/fhir';

export interface CodeSets {
  /** Keys of the concepts that the coding stands for; empty when it is unknown or lacks a system. */
  conceptsOf(coding: { readonly system?: string | undefined; readonly code?: string | undefined }): readonly string[];
  /** Whether there is a value set of this name. */
  has(concept: string): boolean;
  /** Whether a code system is named otherwise than by its own URL: by its OID, or by that of a national edition. */
  isAlias(system: string): boolean;
}

type Include = NonNullable<ValueSet['compose']>['include'][number];
type Systems = Readonly<Record<string, { readonly uri: string; readonly aliases?: readonly string[] }>>;

/** `system|code` -> concepts: those that hold the code itself, hold it and all beneath it, or leave it and all beneath it out. */
interface Index {
  readonly exact: Map<string, string[]>;
  readonly above: Map<string, string[]>;
  readonly barred: Map<string, string[]>;
}

/** Reads all value sets under `dir` (fhir-profiles) at start; throws with the name of the file that is malformed. */
export function loadCodeSets(dir: string): CodeSets {
  const index: Index = { exact: new Map(), above: new Map(), barred: new Map() };
  const concepts = new Set<string>();
  for (const folder of ['value-sets', 'value-sets-snomed-affiliate']) {
    // A site without a SNOMED affiliate licence deletes that folder.
    if (folder !== 'value-sets' && !existsSync(join(dir, folder))) continue;
    for (const file of readdirSync(join(dir, folder)).filter((name) => name.endsWith('.json'))) {
      const concept = file.slice(0, -'.json'.length);
      concepts.add(concept);
      read(dir, `${folder}/${file}`, (content) => addValueSet(index, concept, content));
    }
  }
  const canonical = read(dir, 'systems.json', (content) => spellings(content as Systems));
  const urls = new Set(canonical.values());
  const aliases = new Map<string, boolean>();
  // No longer code has anything above it that a value set names, which also bounds the work on a code of a megabyte.
  const deepest = Math.max(
    0,
    ...[...index.above.keys(), ...index.barred.keys()].map((id) => id.length - id.lastIndexOf('|') - 1),
  );
  const answers = new Map<string, Map<string, readonly string[]>>();
  return {
    has: (concept) => concepts.has(concept),
    isAlias: (system) => {
      if (urls.has(system)) return false;
      const known = aliases.get(system);
      if (known !== undefined) return known;
      const isOne = canonical.has(bare(system));
      if (aliases.size > REMEMBERED_SYSTEMS) aliases.clear();
      if (system.length < 200) aliases.set(system, isOne);
      return isOne;
    },
    conceptsOf: ({ system, code }) => {
      if (system === undefined || code === undefined) return [];
      const known = answers.get(system)?.get(code);
      if (known !== undefined) return known;
      const found = lookUp(index, canonical.get(bare(system)) ?? system.trim(), code.trim(), deepest);
      remember(answers, system, code, found);
      return found;
    },
  };
}

/** A code of a client's own and the concepts that it stands for. */
export interface LocalCode {
  readonly system: string;
  readonly code: string;
  readonly concepts: readonly string[];
}

/** The code sets with a client's own codes beside them. */
export function withLocalCodes(codeSets: CodeSets, codes: readonly LocalCode[]): CodeSets {
  if (codes.length === 0) return codeSets;
  const own = new Map<string, readonly string[]>();
  for (const { system, code, concepts } of codes) {
    const key = `${system}|${code}`;
    own.set(key, [...(own.get(key) ?? []), ...concepts]);
  }
  return {
    has: (concept) => codeSets.has(concept),
    isAlias: (system) => codeSets.isAlias(system),
    conceptsOf: (coding) => {
      const found = codeSets.conceptsOf(coding);
      const local = own.get(`${coding.system ?? ''}|${coding.code ?? ''}`);
      return local === undefined ? found : [...new Set([...found, ...local])];
    },
  };
}

const REMEMBERED_SYSTEMS = 200;
const REMEMBERED_CODES = 2000;

/** Keeps an answer: a practice sends the same few codes in every request. Bounded, because callers choose what they send. */
function remember(
  answers: Map<string, Map<string, readonly string[]>>,
  system: string,
  code: string,
  found: readonly string[],
): void {
  if (system.length + code.length > 200) return;
  if (answers.size > REMEMBERED_SYSTEMS) answers.clear();
  const codes = answers.get(system) ?? new Map<string, readonly string[]>();
  if (codes.size > REMEMBERED_CODES) codes.clear();
  answers.set(system, codes.set(code, found));
}

function read<T>(dir: string, file: string, use: (content: unknown) => T): T {
  try {
    return use(JSON.parse(readFileSync(join(dir, file), 'utf8')));
  } catch (cause) {
    throw new Error(`${join(dir, file)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function spellings(systems: Systems): ReadonlyMap<string, string> {
  return new Map(
    Object.values(systems).flatMap(({ uri, aliases = [] }) =>
      [uri, ...aliases].map((spelling) => [bare(spelling), uri]),
    ),
  );
}

/** Clients write http for https, forget `urn:oid:`, and add a slash. */
function bare(system: string): string {
  return system
    .trim()
    .replace(/^(?:https?:\/\/|urn:oid:)/i, '')
    .replace(/\/$/, '');
}

function lookUp(index: Index, system: string, code: string, deepest: number): readonly string[] {
  const found = new Set(index.exact.get(`${system}|${code}`));
  const barred: string[] = [];
  for (let length = Math.min(code.length, deepest); length > 0; length--) {
    const id = `${system}|${code.slice(0, length)}`;
    for (const concept of index.above.get(id) ?? []) found.add(concept);
    barred.push(...(index.barred.get(id) ?? []));
  }
  for (const concept of barred) found.delete(concept);
  return [...found];
}

function addValueSet(index: Index, concept: string, content: unknown): void {
  if (!isValueSet(content)) throw new Error('is not a ValueSet with compose.include');
  for (const include of content.compose?.include ?? []) {
    const [codes, classes] = [include.concept ?? [], classesOf(include)];
    if (codes.length + classes.length === 0) throw new Error('has an include without codes');
    for (const { code } of codes) add(index.exact, include.system, code, concept);
    for (const code of classes) add(index.above, include.system, code, concept);
  }
  for (const exclude of content.compose?.exclude ?? []) {
    if (exclude.concept !== undefined) throw new Error('excludes single codes; only is-a filters can be excluded');
    for (const code of classesOf(exclude)) add(index.barred, exclude.system, code, concept);
  }
}

function isValueSet(value: unknown): value is ValueSet {
  if (typeof value !== 'object' || value === null) return false;
  const { resourceType, compose } = value as Partial<ValueSet>;
  return resourceType === 'ValueSet' && Array.isArray(compose?.include) && compose.include.length > 0;
}

/** Codes that stand for all beneath them; a block of ICD-10 (C00-C97) as its categories. */
function classesOf({ filter }: Include): readonly string[] {
  if (filter === undefined) return [];
  const [only, ...more] = filter;
  if (only?.op !== 'is-a' || more.length > 0) throw new Error('has a filter other than one is-a');
  const block = /^([A-Z])(\d\d)-\1(\d\d)$/.exec(only.value);
  if (!block) return [only.value];
  const [from, to] = [Number(block[2]), Number(block[3])];
  return Array.from({ length: to - from + 1 }, (_, i) => `${block[1] ?? ''}${String(from + i).padStart(2, '0')}`);
}

function add(map: Map<string, string[]>, system: unknown, code: unknown, concept: string): void {
  if (typeof system !== 'string' || typeof code !== 'string' || code === '')
    throw new Error('has a code without system or value');
  const concepts = map.get(`${system}|${code}`);
  if (concepts === undefined) map.set(`${system}|${code}`, [concept]);
  else if (!concepts.includes(concept)) concepts.push(concept);
}
