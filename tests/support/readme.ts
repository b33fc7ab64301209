/** The parts of the README that are made from a real answer. */
import type { Card } from '../../src/cds-hooks/response.js';

interface Answer {
  readonly cards: readonly Card[];
}

/** The body of the README's curl example. */
export function exampleRequest(readme: string): string {
  const body = /-d '(\{[^]*?\n\})'/.exec(readme)?.[1];
  if (body === undefined) throw new Error('the README has no curl example');
  return body;
}

/** The first card as a GP reads it. */
export function cardBlock({ cards: [card] }: Answer): string {
  if (!card) throw new Error('the example of the README gives no card');
  const lines = [
    `[${card.indicator.toUpperCase()}] ${card.summary}`,
    '',
    card.detail,
    '',
    `Source: ${card.source.label}`,
  ];
  return ['<!-- card -->', '```text', ...lines, '```', '<!-- end of card -->'].join('\n');
}

/** The answer as it travels, with a uuid that does not change. */
export function answerBlock({ cards }: Answer): string {
  const withoutChance = (name: string, value: unknown): unknown =>
    name === 'uuid' ? '95f0c28d-205b-4466-9942-d4a7b6fe3430' : value;
  const json = JSON.stringify({ cards }, withoutChance, 2);
  return ['<!-- answer -->', '```json', json, '```', '<!-- end of answer -->'].join('\n');
}
