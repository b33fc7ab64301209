/**
 * In: fhir-profiles/concepts.yaml (what each concept is made of) and the terminology table of the knowledge folder.
 * Out: value-sets/, value-sets-snomed-affiliate/ and code-systems/ under fhir-profiles/, always the same bytes for the same input.
 * It refuses a trap, an unverified code and a concept that contradicts itself; it does not look anything up outside the two inputs.
 *
 *   PLEXUS_KNOWLEDGE_DIR=../shared npx tsx scripts/value-sets.ts
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { NON_ADHERENCE, OVERRIDE_REASONS } from './code-lists.js';

const BASE = 'https://plexus-cds.example/fhir';
const VERIFICATION = `${BASE}/StructureDefinition/verification-status`;
const PROFILES = resolve(import.meta.dirname, '../fhir-profiles');

type Status = 'verified' | 'probable' | 'own' | 'stand-in';

/** Short names of the table and of concepts.yaml; any other name is already a URI. */
const SYSTEMS = JSON.parse(readFileSync(join(PROFILES, 'systems.json'), 'utf8')) as Readonly<
  Record<string, { readonly uri: string }>
>;
/** The decisions that a card can belong to; their titles are the displays that cards carry. */
const DECISIONS = parse(readFileSync(resolve(PROFILES, '../rules/decisions.yaml'), 'utf8')) as Readonly<
  Record<string, { readonly title: { readonly nl: string; readonly en: string } }>
>;
const uriOf = (system: string): string => SYSTEMS[system]?.uri ?? system;
const FINDING = uriOf('finding');
const SNOMED = uriOf('snomed');
const LOINC = uriOf('loinc');

/** The owners of ICPC, ICD-10, ATC, NHG, G-Standaard, CPT and PSS texts allow codes here, not titles. */
const TITLES_ALLOWED = new Set([SNOMED, LOINC, uriOf('rxnorm'), uriOf('orphacode'), FINDING]);
const HIERARCHICAL = new Set(['atc', 'icd-10', 'icpc-1-nl', 'icpc-2'].map(uriOf));
/** Remarks that the table keeps in its display column. */
const REMARK = /\[answer code|\(sic|\?$|CONFLICT|TITLE DIFFERS/;

const COPYRIGHT: Readonly<Record<string, string>> = {
  [SNOMED]:
    'This value set includes SNOMED CT content, copyright SNOMED International. All codes shown here are in the SNOMED CT Global Patient Set or the IPS free set, licensed under CC BY 4.0.',
  [LOINC]:
    'This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the LOINC Committee and is available at no cost under the license at http://loinc.org/license.',
};
const AFFILIATE_COPYRIGHT =
  'This material includes SNOMED Clinical Terms (SNOMED CT), used by permission of SNOMED International. Its use requires a SNOMED CT affiliate licence or use in a member country; see README.md in this folder.';

interface Concept {
  readonly kind: string;
  readonly title: { readonly nl: string; readonly en: string };
  readonly terms?: readonly string[];
  readonly codes?: readonly string[];
  readonly isA?: readonly string[];
  readonly includes?: readonly string[];
  readonly exclude?: readonly string[];
  readonly readOnly?: boolean;
}
interface Row {
  readonly key: string;
  readonly system: string;
  readonly code: string;
  readonly display: string;
  readonly status: string;
}
interface Code {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
  readonly status: Status;
  /** The code and all beneath it. */
  readonly isA: boolean;
}
/** Codes by `system|code`, and what an is-a code would bring in wrongly. */
interface Content {
  readonly codes: ReadonlyMap<string, Code>;
  readonly exclude: ReadonlySet<string>;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const idOf = (code: { readonly system: string; readonly code: string }): string => `${code.system}|${code.code}`;

/** Reads comma-separated text with quoted fields; leaves out the header line. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quoted && c === '"' && text.charAt(i + 1) === '"') {
      field += c;
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      rows.at(-1)?.push(field.replace(/\r$/, ''));
      field = '';
      if (c === '\n') rows.push([]);
    } else field += c;
  }
  if (field !== '') rows.at(-1)?.push(field);
  return rows.filter((row) => row.length > 1).slice(1);
}

function readTable(knowledge: string): Row[] {
  return csvRows(readFileSync(join(knowledge, 'terms.csv'), 'utf8')).map(
    ([key = '', system = '', code = '', display = '', status = '']) => ({
      key,
      system: uriOf(system),
      code,
      display,
      status,
    }),
  );
}

/** `short|code` of concepts.yaml, as `uri|code`. */
function fullId(short: string): string {
  const bar = short.indexOf('|');
  return `${uriOf(short.slice(0, bar))}|${short.slice(bar + 1)}`;
}

const split = (id: string): { system: string; code: string } => ({
  system: id.slice(0, id.lastIndexOf('|')),
  code: id.slice(id.lastIndexOf('|') + 1),
});

/** Whether an is-a code, or a block such as C00-C97, holds the other code. */
function covers(upper: string, lower: string): boolean {
  const a = split(upper);
  const b = split(lower);
  if (a.system !== b.system || !HIERARCHICAL.has(a.system)) return upper === lower;
  const [from, to] = a.code.split('-');
  if (from === undefined || to === undefined) return b.code.startsWith(a.code);
  return from <= b.code.slice(0, 3) && b.code.slice(0, 3) <= to;
}

/** Whether the content brings in the code itself, something beneath it, or a class above it that does not leave it out. */
function holds({ codes, exclude }: Content, id: string): boolean {
  if (exclude.has(id)) return false;
  return [...codes.values()].some((code) => covers(id, idOf(code)) || (code.isA && covers(idOf(code), id)));
}

class Builder {
  private readonly table: readonly Row[];
  private readonly concepts: Readonly<Record<string, Concept>>;
  private readonly done = new Map<string, Content>();
  private readonly busy = new Set<string>();

  constructor(concepts: Readonly<Record<string, Concept>>, table: readonly Row[]) {
    this.concepts = concepts;
    this.table = table;
  }

  /** All codes of a concept, those of the concepts it includes as well. */
  contentOf(key: string): Content {
    const known = this.done.get(key);
    if (known) return known;
    const concept = this.concepts[key];
    if (!concept) throw new Error(`concepts.yaml includes ${key}, which it does not define`);
    if (this.busy.has(key)) throw new Error(`${key} includes itself`);
    this.busy.add(key);
    const content = this.build(key, concept);
    this.check(key, concept, content);
    this.done.set(key, content);
    return content;
  }

  private build(key: string, concept: Concept): Content {
    const own: Code = {
      system: FINDING,
      code: key,
      display: concept.title.en,
      status: concept.readOnly ? 'stand-in' : 'own',
      isA: false,
    };
    const parts = (concept.includes ?? []).map((part) => this.contentOf(part));
    const named = new Map([own, ...this.listed(key, concept)].map((code) => [idOf(code), code]));
    const sources: readonly Content[] = [...parts, { codes: named, exclude: new Set() }];
    const codes = new Map(sources.flatMap((source) => [...source.codes]));
    const refused = (concept.exclude ?? []).map(fullId);
    for (const id of codes.keys()) if (refused.some((bar) => covers(bar, id))) codes.delete(id);
    // What a part leaves out stays out, unless another part brings it in: vaccine holds what live-vaccine does not.
    const inherited = parts
      .flatMap((part) => [...part.exclude])
      .filter((bar) => !sources.some((source) => holds(source, bar)));
    const barred = new Set([...refused, ...inherited]);
    const classes = [...codes.values()].filter((code) => code.isA).map(idOf);
    return { codes, exclude: new Set([...barred].filter((bar) => classes.some((id) => covers(id, bar)))) };
  }

  /** The codes that the concept names itself. */
  private listed(key: string, concept: Concept): Code[] {
    const fromTerms = (concept.terms ?? []).flatMap((term) => {
      const rows = this.table.filter((row) => row.key === term);
      if (rows.length === 0 || term.startsWith('trap.'))
        throw new Error(`${key}: ${term} is a trap or not in the table`);
      return rows.filter((row) => row.code !== '' && row.status !== 'unverified').map(idOf);
    });
    const single = (concept.codes ?? []).map(fullId);
    for (const id of single) if (!this.row(id)) throw new Error(`${key}: ${id} is not in the table, or unverified`);
    const classes = (concept.isA ?? []).map(fullId);
    return [...new Set([...fromTerms, ...single, ...classes])].map((id) => this.code(id));
  }

  private row(id: string): Row | undefined {
    const rows = this.table.filter((row) => idOf(row) === id && row.status !== 'unverified');
    return rows.find((row) => row.status === 'verified') ?? rows[0];
  }

  private code(id: string): Code {
    const { system, code } = split(id);
    const row = this.row(id);
    const complete = system === uriOf('atc') && code.length === 7;
    const plain = row && row.display !== '' && TITLES_ALLOWED.has(system) && !REMARK.test(row.display);
    return {
      system,
      code,
      ...(plain ? { display: row.display } : {}),
      // A class that the table does not hold is known from the classification only: read, never written.
      status: row?.status === 'verified' ? 'verified' : 'probable',
      isA: HIERARCHICAL.has(system) && !complete,
    };
  }

  private check(key: string, concept: Concept, content: Content): void {
    for (const trap of this.table.filter((row) => row.key.startsWith('trap.')).map(idOf)) {
      if (holds(content, trap)) throw new Error(`${key} holds the trap ${trap}`);
    }
    const written = [...content.codes.values()].some((code) => code.status === 'verified');
    const standIn = (concept.kind === 'diagnosis' || concept.kind === 'drug') && !written;
    if (standIn !== (concept.readOnly ?? false)) throw new Error(`${key}: readOnly must be ${standIn}`);
  }
}

const sortedIds = (ids: Iterable<string>): string[] => [...ids].sort(compare);
const statusOf = (status: Status): object[] => [{ url: VERIFICATION, valueCode: status }];

/** One include for the single codes of a system and, since filters of one include are combined with "and", one for each class. */
function includes(codes: readonly Code[], withDisplay: boolean): object[] {
  return sortedIds(new Set(codes.map((code) => code.system))).flatMap((system) => {
    const mine = codes.filter((code) => code.system === system).sort((a, b) => compare(a.code, b.code));
    const concept = mine
      .filter((code) => !code.isA)
      .map(({ status, code, display }) => ({
        extension: statusOf(status),
        code,
        ...(withDisplay && display !== undefined ? { display } : {}),
      }));
    const classes = mine
      .filter((code) => code.isA)
      .map(({ status, code }) => ({
        system,
        filter: [{ extension: statusOf(status), property: 'concept', op: 'is-a', value: code }],
      }));
    return [...(concept.length > 0 ? [{ system, concept }] : []), ...classes];
  });
}

function valueSet(id: string, concept: Concept, copyright: string, compose: object): object {
  const name = id.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());
  return {
    resourceType: 'ValueSet',
    id,
    url: `${BASE}/ValueSet/${id}`,
    name,
    title: concept.title.en,
    status: 'draft',
    experimental: true,
    ...(copyright === '' ? {} : { copyright }),
    compose,
  };
}

interface Entry {
  readonly code: string;
  readonly nl: string;
  readonly en: string;
  readonly property: readonly object[];
}

function codeSystem(id: string, title: string, property: readonly object[], entries: readonly Entry[]): object {
  return {
    resourceType: 'CodeSystem',
    id,
    url: `${BASE}/CodeSystem/${id}`,
    title,
    status: 'draft',
    experimental: true,
    caseSensitive: true,
    content: 'complete',
    ...(property.length > 0 ? { property } : {}),
    concept: entries.map((entry) => ({
      code: entry.code,
      display: entry.en,
      designation: [
        { language: 'nl', value: entry.nl },
        { language: 'en', value: entry.en },
      ],
      ...(entry.property.length > 0 ? { property: entry.property } : {}),
    })),
  };
}

function codeSystems(concepts: Readonly<Record<string, Concept>>): Readonly<Record<string, object>> {
  const findings = sortedIds(Object.keys(concepts)).flatMap((code) => {
    const concept = concepts[code];
    if (!concept) return [];
    const standIn = concept.readOnly ? [{ code: 'standIn', valueBoolean: true }] : [];
    return [{ code, ...concept.title, property: [{ code: 'kind', valueCode: concept.kind }, ...standIn] }];
  });
  const reasons = OVERRIDE_REASONS.map(({ code, nl, en, set, hl7 }) => ({
    code,
    nl,
    en,
    property: [
      { code: 'set', valueCode: set },
      ...(hl7 === undefined ? [] : [{ code: 'nonAdherence', valueCoding: { system: NON_ADHERENCE, code: hl7 } }]),
    ],
  }));
  return {
    finding: codeSystem(
      'finding',
      'What no public terminology names well, and a stand-in for what is not verified yet',
      [
        { code: 'kind', description: 'What the code stands for', type: 'code' },
        {
          code: 'standIn',
          description: 'Stands in for a public code that is not verified yet: read, never written',
          type: 'boolean',
        },
      ],
      findings,
    ),
    'card-topic': codeSystem(
      'card-topic',
      'The decision that a card supports',
      [],
      Object.entries(DECISIONS).map(([code, { title }]) => ({ code, ...title, property: [] })),
    ),
    'override-reason': codeSystem(
      'override-reason',
      'Why a clinician leaves the advice of a card',
      [
        { code: 'set', description: 'The set of reasons that a rule names', type: 'code' },
        { code: 'nonAdherence', description: 'The HL7 reason for non-adherence that fits', type: 'Coding' },
      ],
      reasons,
    ),
  };
}

const NOTICE = `# SNOMED CT codes outside the free sets

The files in this folder hold SNOMED CT codes, without descriptions, that are neither in the SNOMED CT Global Patient Set nor in the IPS free set.
They are matched on input only. Each file belongs to the value set of the same name in \`../value-sets\`.

This material includes SNOMED Clinical Terms® (SNOMED CT®) which is used by permission of SNOMED International.
All rights reserved. SNOMED CT® was originally created by The College of American Pathologists.
"SNOMED" and "SNOMED CT" are registered trademarks of SNOMED International (https://www.snomed.org).

Use of these codes needs a SNOMED CT affiliate licence, which is free of charge in member countries (the national release centre grants it).
Whoever has no licence deletes this folder: the service starts without it and recognises less.
`;

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes all value sets and code systems under \`out\` from the knowledge folder; returns the path of every file, relative to \`out\`. */
export function writeValueSets(knowledge: string, out: string): readonly string[] {
  const concepts = parse(readFileSync(join(PROFILES, 'concepts.yaml'), 'utf8')) as Readonly<Record<string, Concept>>;
  const notFree = new Set(readFileSync(join(knowledge, 'snomed-not-free.txt'), 'utf8').split(/\s+/));
  const builder = new Builder(concepts, readTable(knowledge));
  const files: Record<string, string> = { 'value-sets-snomed-affiliate/README.md': NOTICE };
  for (const [key, concept] of Object.entries(concepts)) {
    const { codes, exclude } = builder.contentOf(key);
    const all = [...codes.values()];
    const affiliate = all.filter((code) => code.system === SNOMED && notFree.has(code.code));
    const free = all.filter((code) => !affiliate.includes(code));
    const copyright = [SNOMED, LOINC].filter((system) => free.some((code) => code.system === system));
    const compose = {
      include: includes(free, true),
      ...(exclude.size > 0
        ? {
            exclude: sortedIds(exclude)
              .map(split)
              .map(({ system, code }) => ({ system, filter: [{ property: 'concept', op: 'is-a', value: code }] })),
          }
        : {}),
    };
    files[`value-sets/${key}.json`] = json(
      valueSet(key, concept, copyright.map((system) => COPYRIGHT[system]).join(' '), compose),
    );
    if (affiliate.length > 0) {
      const id = `${key}-snomed-affiliate`;
      files[`value-sets-snomed-affiliate/${key}.json`] = json(
        valueSet(id, concept, AFFILIATE_COPYRIGHT, { include: includes(affiliate, false) }),
      );
    }
  }
  for (const [id, system] of Object.entries(codeSystems(concepts))) files[`code-systems/${id}.json`] = json(system);
  for (const folder of ['value-sets', 'value-sets-snomed-affiliate', 'code-systems']) {
    rmSync(join(out, folder), { recursive: true, force: true });
    mkdirSync(join(out, folder), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(out, path), text);
  return sortedIds(Object.keys(files));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const knowledge = join(process.env['PLEXUS_KNOWLEDGE_DIR'] ?? '../shared', 'knowledge');
  console.info(`${writeValueSets(knowledge, PROFILES).length} files written to ${PROFILES}`);
}
