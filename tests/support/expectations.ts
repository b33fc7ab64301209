/** What a story expects of an answer, and what every answer owes its reader: faults as sentences, none when all is well. */
import type { Card } from '../../src/cds-hooks/response.js';
import { emptyPlaces } from './json.js';

export interface Expectation {
  /** Statements that must be on some card. */
  readonly fire: readonly string[];
  /** Statements that may be on no card. */
  readonly not: readonly string[];
  readonly silent?: boolean;
  /** This statement is on the first card. */
  readonly first?: string;
  /** Every card that carries the statement has this indicator. */
  readonly indicator?: Readonly<Record<string, string>>;
  /** [a, b]: where b is, a stands above it or on the same card. */
  readonly order?: readonly (readonly [string, string])[];
  readonly why: string;
}

const statementsOf = (card: Card): readonly string[] => card.extension['example.plexus-cds.card'].statements;

/** Where the cards differ from the expectation. */
export function expectationFaults(expect: Expectation, cards: readonly Card[]): readonly string[] {
  const fired = new Set(cards.flatMap(statementsOf));
  const placeOf = (id: string): number => cards.findIndex((card) => statementsOf(card).includes(id));
  const [first] = cards;
  return [
    ...expect.fire.filter((id) => !fired.has(id)).map((id) => `${id} is missing`),
    ...expect.not.filter((id) => fired.has(id)).map((id) => `${id} must not fire`),
    ...(expect.silent && cards.length > 0 ? [`must be silent, fired ${[...fired].join(' ')}`] : []),
    ...(expect.first !== undefined && !(first && statementsOf(first).includes(expect.first))
      ? [`${expect.first} is not on the first card`]
      : []),
    ...Object.entries(expect.indicator ?? {}).flatMap(([id, indicator]) =>
      cards
        .filter((card) => statementsOf(card).includes(id) && card.indicator !== indicator)
        .map((card) => `${id} is on a ${card.indicator} card, not ${indicator}`),
    ),
    ...(expect.order ?? [])
      .filter(([above, below]) => placeOf(below) >= 0 && (placeOf(above) < 0 || placeOf(above) > placeOf(below)))
      .map(([above, below]) => `${above} must stand above ${below}`),
  ];
}

/** What is wrong with the shape of cards, whatever they say. */
export function shapeFaults(answer: { readonly cards: readonly Card[] }): readonly string[] {
  const uuids = answer.cards.map((card) => card.uuid);
  return [
    ...emptyPlaces(answer, ['cards']),
    ...answer.cards
      .filter((card) => card.summary.length > 139)
      .map((card) => `summary of ${card.summary.length} units`),
    ...(new Set(uuids).size === uuids.length ? [] : ['a uuid is used twice']),
    ...answer.cards.filter((card) => /geen rode vlaggen/i.test(card.detail)).map(() => 'reassures without a record'),
    ...answer.cards
      .filter((card) => /undefined|\bNaN\b|\{[a-z]+\./.test(card.summary + card.detail))
      .map((card) => `unfilled text: ${card.summary}`),
  ];
}
