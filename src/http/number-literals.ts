/**
 * A decimal in FHIR keeps its precision: 1.0 is not 1. Enters: an answer and the text of the request that it answers. Leaves: the answer as JSON,
 * in which the numbers of an updated draft stand as the client wrote them. Changes no value: a number that is ours is written as ours.
 * Never throws for what a client may send; where the text cannot be read a second time, numbers are written as JSON.stringify does.
 */
import type { FhirResource } from 'fhir/r4.js';
import { isLosslessNumber, parse, stringify } from 'lossless-json';
import { nameOf, readEntry } from '../cds-hooks/bundle-entries.js';
import type { Card } from '../cds-hooks/response.js';
import { isObject } from '../cds-hooks/schema.js';

export interface SentAnswer {
  readonly cards: readonly Card[];
  readonly trace?: unknown;
}

/** The JSON of an answer to the request of which `body` is the text. */
export function writeAnswer(answer: SentAnswer, body: string): string {
  const updates = updatedDrafts(answer.cards);
  // The second reading takes some ten times as long as the first, so only an answer that would lose something pays for it.
  if (!holdsRewritten(body, numbersIn(updates))) return JSON.stringify(answer);
  const drafts = draftsAsWritten(body);
  const written = new Map<unknown, unknown>(
    updates.map((resource) => [resource, asWritten(resource, drafts.get(nameOf(resource) ?? ''))]),
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

/** The drafts of a request by `Type/id`, their numbers as literals; of two by one name the last. */
function draftsAsWritten(body: string): ReadonlyMap<string, unknown> {
  const request = readAgain(body);
  const context = isObject(request) && isObject(request.context) ? request.context : {};
  const entries = [context.draftOrders, context.appointments].flatMap((bundle) =>
    isObject(bundle) ? bundle.entry : [],
  );
  return new Map(
    entries.flatMap((entry) => {
      const resource = readEntry(entry)?.resource;
      const name = resource && nameOf(resource);
      return name === undefined ? [] : [[name, resource] as const];
    }),
  );
}

/** Undefined for what is nested too deeply for the library; a value that a later one of the same key replaces may be. */
function readAgain(body: string): unknown {
  try {
    return parse(body, null, { onDuplicateKey: ({ newValue }) => newValue });
  } catch {
    return undefined;
  }
}

/** The value, each number of it as it stands at its place in what was sent, if it is the same number. */
function asWritten(value: unknown, sent: unknown): unknown {
  if (typeof value === 'number') return isLosslessNumber(sent) && Object.is(Number(sent.value), value) ? sent : value;
  if (Array.isArray(value)) {
    return Array.isArray(sent) ? value.map((member, index) => asWritten(member, sent[index])) : value;
  }
  if (!isObject(value) || !isObject(sent)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, asWritten(member, sent[key])]));
}
