/** Cards per day as lanes: which spans there are, and that a day without an answer is never a silent one. */
import { describe, expect, it } from 'vitest';
import { changesOf, gapsOf, lanesOf, wordingOn, type Answer } from '../../../src/sandbox/course/strip.js';
import { cardOf } from './cards.js';

const daysOf = (list: readonly Answer[]): ReadonlyMap<number, Answer> => new Map(list.map((one, day) => [day, one]));
const spans = (list: readonly Answer[]) =>
  lanesOf(daysOf(list), 0, list.length - 1).map(({ code, spans: found }) => [
    code,
    ...found.map(({ from, to, indicator }) => `${from}-${to} ${indicator}`),
  ]);

describe('lanesOf', () => {
  const a = cardOf('Acute', 'nsaid');

  it('one lane for each decision, one span for days on end with the same card', () => {
    expect(spans([[], [a], [a], [], [a]])).toEqual([['Acute', '1-2 info', '4-4 info']]);
    expect(lanesOf(daysOf([[a]]), 0, 0)[0]!.label).toBe('The Acute');
  });

  it('another rule or another urgency begins another span', () => {
    const graver = cardOf('Acute', 'nsaid', 'nsaid', 'critical');
    expect(spans([[a], [graver], [cardOf('Acute', 'physiotherapy')]])).toEqual([
      ['Acute', '0-0 info', '1-1 critical', '2-2 info'],
    ]);
  });

  it('a date that moves along in the sentence of the same rule goes on in one span, with each wording', () => {
    const list = ['by 3 May', 'by 3 May', 'by 4 May'].map((summary) => [cardOf('Care', 'call', summary)]);
    const [lane] = lanesOf(daysOf(list), 0, 2);
    expect(lane!.spans).toHaveLength(1);
    expect(lane!.spans[0]!.wordings).toEqual([
      { from: 0, summary: 'by 3 May' },
      { from: 2, summary: 'by 4 May' },
    ]);
    expect([-1, 1, 2, 9].map((day) => wordingOn(lane!.spans[0]!, day))).toEqual([
      'by 3 May',
      'by 3 May',
      'by 4 May',
      'by 4 May',
    ]);
  });

  it('a span does not bridge a day that was not asked or failed', () => {
    expect(spans([[a], 'unknown', [a]])).toEqual([['Acute', '0-0 info', '2-2 info']]);
    const asked = new Map([
      [0, [a]],
      [2, [a]],
    ]);
    expect(lanesOf(asked, 0, 2)[0]!.spans.map(({ from, to }) => [from, to])).toEqual([
      [0, 0],
      [2, 2],
    ]);
  });

  it('sorts by first day, then by urgency', () => {
    const alarm = cardOf('Alarm', 'alarm', 'alarm', 'critical');
    const flags = cardOf('Flags', 'flags', 'flags', 'warning');
    expect(spans([[a], [flags, alarm]]).map(([code]) => code)).toEqual(['Acute', 'Alarm', 'Flags']);
  });

  it('two cards of one decision on one day lie on rows of their own', () => {
    const [lane] = lanesOf(daysOf([[a, a], [a]]), 0, 1);
    expect(lane!.rows).toBe(2);
    expect(lane!.spans.map(({ from, to, row }) => [from, to, row])).toEqual([
      [0, 1, 0],
      [0, 0, 1],
    ]);
  });

  it('keeps to the days that are asked for', () => {
    expect(lanesOf(daysOf([[a], [a], [a]]), 1, 1)[0]!.spans.map(({ from, to }) => [from, to])).toEqual([[1, 1]]);
  });
});

describe('gapsOf', () => {
  it('tells days that were not asked from those that failed, and neither from silence', () => {
    const answers = new Map<number, Answer>([
      [1, []],
      [2, 'unknown'],
      [3, 'unknown'],
    ]);
    expect(gapsOf(answers, 0, 5)).toEqual([
      { from: 0, to: 0, why: 'not-asked' },
      { from: 2, to: 3, why: 'failed' },
      { from: 4, to: 5, why: 'not-asked' },
    ]);
  });
});

describe('changesOf', () => {
  const a = cardOf('Acute', 'nsaid');
  const b = cardOf('Care', 'call');

  it('days on which cards come or go; their order and a moved date are no change', () => {
    const list = [[], [a], [a, b], [b, a], [a, cardOf('Care', 'call', 'by 4 May')], [b]];
    expect(changesOf(daysOf(list), 0, 5)).toEqual([1, 2, 5]);
  });

  it('compares across days without an answer', () => {
    expect(changesOf(daysOf([[a], 'unknown', [a], 'unknown', []]), 0, 4)).toEqual([4]);
  });
});
