/**
 * A fact: one named, typed thing we know or do not know about the patient, an episode or an order, with the records it rests on.
 * Unknown is a value of its own: it never counts as "no".
 */
import type { Draft, Entry, Episode } from '../case/case.js';
import type { Text } from '../text.js';
import { anyOf, type Truth } from '../three-valued.js';

export type FactValue = boolean | number | string | readonly string[];
export type FactType = 'boolean' | 'integer' | 'decimal' | 'days' | 'date' | 'code' | 'text' | 'list';
/** What a fact is a function of, besides the case. */
export type FactScope = 'patient' | 'episode' | 'order';

export interface Fact {
  /** Undefined: unknown, and `unknown` says why. Dates are day numbers, ages and durations plain numbers. */
  readonly value?: FactValue;
  readonly unknown?: string;
  readonly evidence: readonly Entry[];
}

const NO_EVIDENCE: readonly Entry[] = [];

export const TRUE: Fact = { value: true, evidence: NO_EVIDENCE };
export const FALSE: Fact = { value: false, evidence: NO_EVIDENCE };

/** A known fact. */
export function known(value: FactValue, evidence: readonly Entry[] = NO_EVIDENCE): Fact {
  return { value, evidence };
}

/** An unknown fact with its reason, one of a few fixed sentences without patient data. */
export function unknown(reason: string, evidence: readonly Entry[] = NO_EVIDENCE): Fact {
  return { unknown: reason, evidence };
}

/** A value that is unknown when it is undefined. */
export function knownOr(value: FactValue | undefined, reason: string, evidence: readonly Entry[] = NO_EVIDENCE): Fact {
  return value === undefined ? unknown(reason, evidence) : known(value, evidence);
}

/** One of several yes-or-no facts holds (strong Kleene logic), with the evidence of all. */
export function oneOf(parts: readonly Fact[]): Fact {
  const verdict = anyOf(parts.map((part) => part.value as Truth));
  const evidence = parts.flatMap((part) => part.evidence);
  return verdict === undefined
    ? unknown('the record could not be searched completely', evidence)
    : known(verdict, evidence);
}

/** What a rule needs to know of a fact to be checked against it. */
export interface FactDeclaration {
  readonly id: string;
  readonly type: FactType;
  readonly scope: FactScope;
  readonly text: Text;
  /** Longest text of a `code`, `text` or `list` on a card; longer ones end in an ellipsis. */
  readonly maxLength: number;
  /** Words of a `code` on a card. */
  readonly values?: Readonly<Record<string, Text>>;
  /** Of a number; `days` are days. */
  readonly unit?: Text;
}

/** The one thing a rule is evaluated for: the patient, an episode, or a draft (of an episode). Holds the facts read so far. */
export interface Subject {
  readonly episode?: Episode;
  readonly draft?: Draft;
  /** Where facts of the patient, the episode and the order are kept, so that each is computed once. */
  readonly owners: Readonly<Record<FactScope, (Fact | undefined)[]>>;
}

/** Reads facts of one case by their number in the knowledge. */
export type ReadFact = (fact: number, subject: Subject) => Fact;
