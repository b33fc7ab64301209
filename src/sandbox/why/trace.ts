/**
 * How the cards of a request came about, as POST /explain/{id} answers it, and what belongs together in it: rule, clause, fact, record.
 * Unknown is a value of its own: nothing here turns it into a no.
 */
import type { Card, Indicator } from '../../cds-hooks/response.js';
import type { Text } from '../../text.js';

/** The parts that the page reads. */
export interface Trace {
  readonly episodes: readonly Episode[];
  readonly facts: readonly TraceFact[];
  readonly rules: readonly RuleOutcome[];
  readonly suppressed: readonly Suppression[];
}

/** Whom a fact or an outcome is about; the patient where neither is there. */
export interface About {
  /** Id of an episode. */
  readonly episode?: string;
  /** `Type/id` of a draft. */
  readonly order?: string;
}

export interface Episode {
  readonly id: string;
  readonly region: string;
  readonly side?: 'left' | 'right' | 'bilateral';
  /** A day, or the first and the last that it may be with a slash between. */
  readonly onset?: string;
}

export interface TraceFact extends About {
  readonly id: string;
  readonly value?: boolean | number | string | readonly string[];
  /** Why there is no value, in English. */
  readonly unknown?: string;
  readonly evidence?: readonly Evidence[];
}

/** A record that a fact rests on. */
export interface Evidence {
  /** `Type/id`. */
  readonly reference: string;
  readonly date?: string;
  /** `system|code`, or words. */
  readonly code?: string;
}

export interface RuleOutcome extends About {
  readonly id: string;
  readonly version: string;
  readonly review: 'none' | { readonly by: string; readonly date: string };
  readonly decision: string;
  readonly outcome: 'fires' | 'silent' | 'incomplete';
  /** Id of the condition that made it silent. */
  readonly because?: string;
  readonly indicator?: Indicator;
  /** Place of its card among the cards of the answer. */
  readonly card?: number;
  readonly clauses: readonly Condition[];
  readonly unless: readonly Condition[];
}

interface Sentence {
  readonly id: string;
  readonly text: Text;
  readonly value: boolean | 'unknown';
}

export interface Clause extends Sentence {
  readonly fact: string;
}

/** Clauses that count as one. */
export interface ClauseGroup extends Sentence {
  readonly combine: 'anyOf' | 'allOf' | 'countOf';
  readonly atLeast?: number;
  readonly members: readonly Clause[];
}

export type Condition = Clause | ClauseGroup;

export interface Suppression extends About {
  readonly rule: string;
  /** Id of a row of precedence, or words of the service. */
  readonly by: string;
}

/** True for clauses that count as one. */
export function isGroup(condition: Condition): condition is ClauseGroup {
  return 'members' in condition;
}

/**
 * The outcomes that a card rests on, in the order in which the card names their rules; after those, checks that could not be completed.
 * `place` is that of the card in its answer. Without it the card is known by what it says of itself, and of two cards that say the same both are given.
 */
export function outcomesOf(card: Card, trace: Trace, place?: number): readonly RuleOutcome[] {
  const ids = card.extension['example.plexus-cds.card'].rules.map(({ id }) => id);
  const spoken = trace.rules.filter((rule) => rule.card !== undefined);
  const places = place === undefined ? placesLike(card, ids, spoken) : [place];
  const rank = ({ id }: RuleOutcome): number => (ids.includes(id) ? ids.indexOf(id) : ids.length);
  return spoken
    .filter((rule) => places.includes(rule.card ?? -1))
    .sort((one, other) => rank(one) - rank(other) || (one.card ?? 0) - (other.card ?? 0));
}

function placesLike(card: Card, ids: readonly string[], spoken: readonly RuleOutcome[]): readonly number[] {
  const { order } = card.extension['example.plexus-cds.card'];
  return [...new Set(spoken.flatMap((rule) => rule.card ?? []))].filter((place) => {
    const own = spoken.filter((rule) => rule.card === place);
    const named = own.filter(({ id, outcome }) => outcome === 'fires' || ids.includes(id));
    return (
      own.some(({ decision }) => decision === card.source.topic.code) &&
      (order === undefined || own.some((rule) => rule.order === order)) &&
      named.length === ids.length &&
      named.every(({ id }) => ids.includes(id))
    );
  });
}

/** The fact that a clause of an outcome reads: that of its own order or episode before that of the patient. */
export function factOf(id: string, about: About, trace: Trace): TraceFact | undefined {
  const fitting = trace.facts.filter(
    (fact) =>
      fact.id === id &&
      (fact.episode === undefined || fact.episode === about.episode) &&
      (fact.order === undefined || fact.order === about.order),
  );
  const closeness = ({ episode, order }: TraceFact): number =>
    (order === undefined ? 0 : 2) + (episode === undefined ? 0 : 1);
  return fitting.sort((one, other) => closeness(other) - closeness(one))[0];
}

/** The conditions that decided: the one that made it silent, or those that could not be told; none for a rule that fires. */
export function decisive(rule: RuleOutcome): readonly Condition[] {
  if (rule.outcome === 'fires') return [];
  if (rule.outcome === 'incomplete') return rule.clauses.filter(({ value }) => value === 'unknown');
  return [...rule.clauses, ...rule.unless].filter(({ id }) => id === rule.because);
}

export const STANDINGS = ['fires', 'incomplete', 'suppressed', 'silent'] as const;
export type Standing = (typeof STANDINGS)[number];

export interface RuleRow {
  readonly rule: RuleOutcome;
  readonly standing: Standing;
  /** By what it was suppressed. */
  readonly by?: string;
}

/** Every outcome of the request with where it ended; what was suppressed counts as that alone. */
export function rowsOf(trace: Trace): readonly RuleRow[] {
  return trace.rules.map((rule) => {
    const suppression = trace.suppressed.find(
      (one) => one.rule === rule.id && one.episode === rule.episode && one.order === rule.order,
    );
    return suppression ? { rule, standing: 'suppressed', by: suppression.by } : { rule, standing: rule.outcome };
  });
}
