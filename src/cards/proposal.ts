/**
 * What a suggestion is before it is chosen, and the words and facts that all of them share.
 */
import type { Action } from '../cds-hooks/response.js';
import type { Fact, Subject } from '../facts/fact.js';
import type { DateSpan } from '../fhir/dates.js';
import type { Offer, OrderPurpose } from '../orders/ordering.js';
import type { Outcome } from '../rules/evaluate.js';
import type { SuggestionDeed, SuggestionPlan } from '../rules/rule.js';
import { textIn } from '../text.js';
import type { RenderTools } from './sentences.js';
import { dateText, WORDS } from './words.js';

/** A suggestion before it has an id. */
export interface Proposal {
  /** The rule that it comes from: alternatives of one rule stand beside each other. */
  readonly rule: string;
  /** What it is about: of two about one thing the first on the card stays. */
  readonly about: string;
  /** What nobody needs any more once it is accepted; what is urgent settles the routine as well. */
  readonly settles: readonly string[];
  readonly label: string;
  readonly actions: readonly Action[];
  readonly recommended: boolean;
  /** What it orders. */
  readonly orders: readonly Offer[];
}

export type Deed<Key extends string> = SuggestionPlan & Extract<SuggestionDeed, Readonly<Record<Key, unknown>>>;
export type Draft = NonNullable<Subject['draft']>;

/** A suggestion of a rule that spoke. */
export interface Wanted {
  readonly suggestion: SuggestionPlan;
  readonly outcome: Outcome;
}

export function factOf(id: string, { subject }: Outcome, { texts, read }: RenderTools): Fact | undefined {
  const known = texts.facts.get(id);
  return known && read(known.number, subject);
}

export const purposeOf = (outcome: Outcome, tools: RenderTools): OrderPurpose => ({
  subject: outcome.subject,
  fact: (id) => factOf(id, outcome, tools)?.value,
  isSettled: outcome.open.length === 0,
});

export const labelText = ({ label }: SuggestionPlan, { language }: RenderTools): string =>
  label ? textIn(label, language) : '';

export function windowText(window: DateSpan | undefined, { language }: RenderTools): string {
  if (!window) return '';
  const first = dateText(window.first, language);
  if (!Number.isFinite(window.last)) return ` (${WORDS[language].from} ${first})`;
  return window.first === window.last ? ` (${first})` : ` (${first} - ${dateText(window.last, language)})`;
}
