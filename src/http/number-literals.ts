/**
 * A decimal in FHIR keeps its precision: 1.0 is not 1. Enters: the text of a request, then the answer to it. Leaves: the answer as JSON, in which
 * the numbers of an updated draft stand as the client wrote them. Changes no value: a number that is ours is written as ours. Between the two
 * there are the numbers of drafts and nothing else of the text: the patient's name is not to wait for the EHR's FHIR server.
 * Never throws for what a client may send; where the text cannot be read a second time, numbers are written as JSON.stringify does.
 */
import type { FhirResource } from 'fhir/r4.js';
import { isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { nameOf, readEntry } from '../cds-hooks/bundle-entries.js';
import type { Card } from '../cds-hooks/response.js';
import { isObject } from '../cds-hooks/schema.js';

export interface SentAnswer {
  readonly cards: readonly Card[];
  readonly trace?: unknown;
}

/** By `Type/id` of a draft: its numbers at their places, those that JSON would write otherwise. */
export type DraftLiterals = ReadonlyMap<string, Literals>;

/** A number, or members by key or index. */
type Literals = LosslessNumber | ReadonlyMap<string | number, Literals>;

/** The literals of the drafts of the request of which `body` is the text; `resources` are those drafts as JSON.parse read them. */
export function readLiterals(body: string, resources: readonly unknown[]): DraftLiterals {
  // The second reading takes some ten times as long as the first, so only a request that would lose something pays for it.
  return holdsRewritten(body, numbersIn(resources)) ? draftsAsWritten(body) : new Map();
}

/** The JSON of an answer to the request with these literals. */
export function writeAnswer(answer: SentAnswer, literals: DraftLiterals): string {
  if (literals.size === 0) return JSON.stringify(answer);
  const written = new Map<unknown, unknown>(
    updatedDrafts(answer.cards).map((resource) => [
      resource,
      asWritten(resource, literals.get(nameOf(resource) ?? '')),
    ]),
  );
  const replacer = (_key: string, value: unknown): unknown => written.get(value) ?? value;
  return stringify(answer, replacer) ?? JSON.stringify(answer);
}

function updatedDrafts(cards: readonly Card[]): readonly FhirResource[] {
  const actions = cards.flatMap((card) => card.suggestions ?? []).flatMap((suggestion) => suggestion.actions);
  return actions.flatMap(({ type, resource }) => (type === 'update' && resource ? [resource] : []));
}

function numbersIn(value: unknown, found = new Set<number>()): ReadonlySet<number> {
  if (typeof value === 'number') found.add(value);
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) numbersIn(member, found);
  }
  return found;
}

/** What may be a literal that JSON.stringify would write otherwise. Linear: each attempt begins at another mark and ends before the next. */
const LITERAL = /[:[,][ \t\n\r]*(-?\d+[.eE][\d.eE+-]*|-?\d{16,}|-0)/g;

/** Whether one of these numbers may stand in the text in another form than JSON's own; the inside of a string is not told apart. */
function holdsRewritten(text: string, numbers: ReadonlySet<number>): boolean {
  if (numbers.size === 0) return false;
  for (const [, literal = ''] of text.matchAll(LITERAL)) {
    const value = Number(literal);
    if (numbers.has(value) && String(value) !== literal) return true;
  }
  return false;
}

/** Of two drafts by one name the last. */
function draftsAsWritten(body: string): DraftLiterals {
  const request = readAgain(body);
  const context = isObject(request) && isObject(request.context) ? request.context : {};
  const entries = [context.draftOrders, context.appointments].flatMap((bundle) =>
    isObject(bundle) ? bundle.entry : [],
  );
  return new Map(
    entries.flatMap((entry) => {
      const resource = readEntry(entry)?.resource;
      const name = resource && nameOf(resource);
      return name === undefined ? [] : [[copyOf(name), literalsIn(resource) ?? NONE] as const];
    }),
  );
}

const NONE: Literals = new Map();

/** Undefined where there is none. */
function literalsIn(value: unknown): Literals | undefined {
  if (isLosslessNumber(value))
    return String(Number(value.value)) === value.value ? undefined : new LosslessNumber(copyOf(value.value));
  if (typeof value !== 'object' || value === null) return undefined;
  const found = new Map<string | number, Literals>();
  for (const [key, member] of Array.isArray(value) ? value.entries() : Object.entries(value)) {
    const literals = literalsIn(member);
    if (literals) found.set(key, literals);
  }
  return found.size === 0 ? undefined : found;
}

/** The part of a string keeps the whole of it in memory, here the text of the request; a copy does not. */
const copyOf = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');

/** Undefined for what is nested too deeply for the library; a value that a later one of the same key replaces may be. */
function readAgain(body: string): unknown {
  try {
    return parse(body, null, { onDuplicateKey: ({ newValue }) => newValue });
  } catch {
    return undefined;
  }
}

/** The value, each number of it as it stands at its place in what was sent, if it is the same number. */
function asWritten(value: unknown, sent: Literals | undefined): unknown {
  if (isLosslessNumber(sent)) return Object.is(Number(sent.value), value) ? sent : value;
  if (sent === undefined) return value;
  if (Array.isArray(value)) return value.map((member, index) => asWritten(member, sent.get(index)));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asWritten(member, sent.get(key))]));
}
