/**
 * Which cards come and go: the answers of every day as lanes with spans.
 * Enters: cards by day of the course. Leaves: one lane for each decision. Judges nothing; a day without an answer is never a silent day.
 */
import type { Card, Indicator } from '../../cds-hooks/response.js';

/** What a day was answered: its cards, none of them when the service was silent, or `unknown` when asking failed. */
export type Answer = readonly Card[] | 'unknown';
/** Answers by day; a day that is not in it has not been asked. */
export type Answers = ReadonlyMap<number, Answer>;

/** One card for some days on end, both included. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly indicator: Indicator;
  /** What the card says from which day on: at least one, and more where only a date or number in the sentence moves along. */
  readonly wordings: readonly { readonly from: number; readonly summary: string }[];
  /** Its row in the lane: two cards of one decision on one day lie below each other. */
  readonly row: number;
}

/** The cards of one decision. */
export interface Lane {
  /** Code of the card topic. */
  readonly code: string;
  readonly label: string;
  readonly rows: number;
  readonly spans: readonly Span[];
}

/** Days on end without an answer, both included. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why: 'not-asked' | 'failed';
}

const URGENCY: Readonly<Record<Indicator, number>> = { critical: 0, warning: 1, info: 2 };

/**
 * The lanes from the first to the last day, by the day of their first card and then by its urgency.
 * A span goes on while indicator and sentence stay the same. The sentence is that of the rule that leads the card:
 * "at the latest 3 December" and, a day later, "at the latest 4 December" are one card.
 */
export function lanesOf(answers: Answers, first: number, last: number): readonly Lane[] {
  const lanes = new Map<string, { label: string; spans: OpenSpan[] }>();
  for (let day = first; day <= last; day += 1) {
    for (const [key, card] of keyedCards(answers.get(day))) {
      const { code, display } = card.source.topic;
      const lane = lanes.get(code) ?? { label: display ?? code, spans: [] };
      lanes.set(code, lane);
      extend(lane.spans, key, day, card);
    }
  }
  const byStart = (a: Lane, b: Lane): number => startOf(a) - startOf(b) || urgencyAtStart(a) - urgencyAtStart(b);
  return [...lanes].map(([code, { label, spans }]) => inRows(code, label, spans)).sort(byStart);
}

interface OpenSpan extends Omit<Span, 'row'> {
  readonly key: string;
  to: number;
  readonly wordings: { from: number; summary: string }[];
}

function extend(spans: OpenSpan[], key: string, day: number, { indicator, summary }: Card): void {
  const open = spans.find((span) => span.key === key && span.to === day - 1);
  if (!open) {
    spans.push({ key, from: day, to: day, indicator, wordings: [{ from: day, summary }] });
    return;
  }
  open.to = day;
  if (open.wordings.at(-1)?.summary !== summary) open.wordings.push({ from: day, summary });
}

/** The cards of a day, each with what makes it the same card on the next. */
function keyedCards(answer: Answer | undefined): readonly (readonly [key: string, card: Card])[] {
  const seen = new Map<string, number>();
  return answer === undefined || answer === 'unknown'
    ? []
    : answer.map((card) => {
        const { rules, order } = card.extension['example.plexus-cds.card'];
        const key = JSON.stringify([card.source.topic.code, card.indicator, rules[0]?.id ?? card.summary, order]);
        // The same rule speaks once for each episode.
        const nth = seen.get(key) ?? 0;
        seen.set(key, nth + 1);
        return [`${key} ${nth}`, card];
      });
}

function inRows(code: string, label: string, open: readonly OpenSpan[]): Lane {
  const ends: number[] = [];
  const spans = open.map(({ from, to, indicator, wordings }) => {
    const free = ends.findIndex((end) => end < from);
    const row = free < 0 ? ends.length : free;
    ends[row] = to;
    return { from, to, indicator, wordings, row };
  });
  return { code, label, rows: ends.length, spans };
}

const startOf = ({ spans }: Lane): number => Math.min(...spans.map(({ from }) => from));
const urgencyAtStart = (lane: Lane): number =>
  Math.min(...lane.spans.filter(({ from }) => from === startOf(lane)).map(({ indicator }) => URGENCY[indicator]));

/** What a span's card says on a day: outside its days, what it says first or last. */
export function wordingOn({ wordings }: Span, day: number): string {
  return (wordings.findLast(({ from }) => from <= day) ?? wordings[0])?.summary ?? '';
}

/** The days without an answer, from the first to the last day. */
export function gapsOf(answers: Answers, first: number, last: number): readonly Gap[] {
  const gaps: { from: number; to: number; why: Gap['why'] }[] = [];
  for (let day = first; day <= last; day += 1) {
    const answer = answers.get(day);
    if (answer !== undefined && answer !== 'unknown') continue;
    const why = answer === undefined ? 'not-asked' : 'failed';
    const open = gaps.at(-1);
    if (open?.to === day - 1 && open.why === why) open.to = day;
    else gaps.push({ from: day, to: day, why });
  }
  return gaps;
}

/** The days on which another set of cards stands than on the last day before that was answered. */
export function changesOf(answers: Answers, first: number, last: number): readonly number[] {
  const changes: number[] = [];
  let before: string | undefined;
  for (let day = first; day <= last; day += 1) {
    const answer = answers.get(day);
    if (answer === undefined || answer === 'unknown') continue;
    const cards = JSON.stringify(
      keyedCards(answer)
        .map(([key]) => key)
        .sort(),
    );
    if (before !== undefined && cards !== before) changes.push(day);
    before = cards;
  }
  return changes;
}
