/**
 * Which codes a concept is made of. In: concepts.yaml and the terminology table. Out: `Content` for each concept, the codes of the concepts
 * that it includes as well. It refuses a trap, an unverified code and a concept that contradicts itself.
 */
import { publicationsIn } from './sources.js';
import { FINDING, fullId, idOf, LOINC, SNOMED, split, uriOf, type Row } from './table.js';

export interface Concept {
  readonly kind: string;
  readonly title: { readonly nl: string; readonly en: string };
  readonly terms?: readonly string[];
  readonly codes?: readonly string[];
  readonly isA?: readonly string[];
  readonly includes?: readonly string[];
  readonly exclude?: readonly string[];
  readonly readOnly?: boolean;
}
export type Concepts = Readonly<Record<string, Concept>>;

export type Status = 'verified' | 'probable' | 'own' | 'stand-in';

export interface Code {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
  readonly status: Status;
  /** Publications in which it was seen; none for a code of ours, and for a class that only the classification names. */
  readonly source?: string;
  /** The code and all beneath it. */
  readonly isA: boolean;
}
/** Codes by `system|code`, and what an is-a code would bring in wrongly. */
export interface Content {
  readonly codes: ReadonlyMap<string, Code>;
  readonly exclude: ReadonlySet<string>;
}

/** The owners of ICPC, ICD-10, ATC, NHG, G-Standaard, CPT and PSS texts allow codes here, not titles. */
const TITLES_ALLOWED = new Set([SNOMED, LOINC, uriOf('rxnorm'), uriOf('orphacode'), FINDING]);
const HIERARCHICAL = new Set(['atc', 'icd-10', 'icpc-1-nl', 'icpc-2'].map(uriOf));
/** Remarks that the table keeps in its display column. */
const REMARK = /\[answer code|\(sic|\?$|CONFLICT|TITLE DIFFERS/;

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

export class Builder {
  private readonly table: readonly Row[];
  private readonly concepts: Concepts;
  private readonly done = new Map<string, Content>();
  private readonly busy = new Set<string>();

  constructor(concepts: Concepts, table: readonly Row[]) {
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

  /** The public codes of a concept that it does not owe to a concept that it includes. */
  namedBy(key: string): readonly Code[] {
    const { codes } = this.contentOf(key);
    return this.listed(key).filter((code) => codes.has(idOf(code)));
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
    const named = new Map([own, ...this.listed(key)].map((code) => [idOf(code), code]));
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

  /** The codes that the concept names itself, those that it leaves out again as well. */
  private listed(key: string): Code[] {
    const { terms = [], codes = [], isA = [] } = this.concepts[key] ?? {};
    const fromTerms = terms.flatMap((term) => {
      const rows = this.table.filter((row) => row.key === term);
      if (rows.length === 0 || term.startsWith('trap.'))
        throw new Error(`${key}: ${term} is a trap or not in the table`);
      return rows.filter((row) => row.code !== '' && row.status !== 'unverified').map(idOf);
    });
    const single = codes.map(fullId);
    for (const id of single) if (!this.row(id)) throw new Error(`${key}: ${id} is not in the table, or unverified`);
    return [...new Set([...fromTerms, ...single, ...isA.map(fullId)])].map((id) => this.code(id));
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
      ...(row ? { source: publicationsIn(row.source) } : {}),
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
