/** Yellow flags: when a score is high, what is counted, and what acute NA or an increasing paresis explains (AMB-47, CONF-20, CONF-21). */
import { describe, expect, it } from 'vitest';
import { valueOf } from '../support/facts.js';
import { coded, condition, daysAgo, finding, observation, strength } from '../support/records.js';

const BACK = condition('low-back-pain', daysAgo(30), ['site-low-back']);
const score = (code: string, interpretation?: string, days = 0) =>
  observation(code, daysAgo(days), [], {
    valueInteger: 14,
    ...(interpretation !== undefined && { interpretation: [{ coding: [{ code: interpretation }] }] }),
  });

describe('a psychometric score', () => {
  it.each([
    ['H', true],
    ['HH', true],
    ['N', false],
    [undefined, undefined],
  ])('with interpretation %s', (interpretation, expected) => {
    expect(valueOf('yellow.anxiety', [BACK, score('score-anxiety', interpretation)])).toBe(expected);
  });

  it('counts the newest since onset', () => {
    const records = [BACK, score('score-depression', 'H', 20), score('score-depression', 'N', 2)];
    expect(valueOf('yellow.depression', records)).toBe(false);
    expect(valueOf('yellow.depression', [BACK, score('score-depression', 'H', 31)])).toBe(true);
    expect(valueOf('yellow.depression', [BACK, score('score-depression', 'H', 32)])).toBeUndefined();
  });
});

describe('decreasing function', () => {
  const trend = (code: string) => observation('function-trend', daysAgo(1), [], { valueCodeableConcept: coded(code) });

  it.each([
    ['recorded', [finding('function-decreasing', true, daysAgo(1))], true],
    ['by trend', [trend('trend-worse')], true],
    ['the same', [trend('trend-same')], false],
    ['not recorded', [], undefined],
  ])('%s', (_, records, expected) => {
    expect(valueOf('yellow.functionFalling', [BACK, ...records])).toBe(expected);
  });
});

describe('the recorded flags', () => {
  const isolation = finding('social-isolation-increasing', true, daysAgo(1));
  const conflict = finding('conflict-with-caregivers', true, daysAgo(1));

  it('are counted, those that are absent are not', () => {
    const absent = finding('multiple-unrelated-complaints', false, daysAgo(1));
    expect(valueOf('yellow.present', [BACK, isolation, conflict, absent])).toEqual(['isolation', 'conflict']);
    expect(valueOf('yellow.count', [BACK, isolation, conflict, absent])).toBe(2);
    expect(valueOf('yellow.count', [BACK])).toBe(0);
  });

  const NO_EFFECT = finding('analgesics-ineffective', true, daysAgo(1));
  const DISTRESS = finding('emotional-distress-increasing', true, daysAgo(1));
  const na = (onset: number) => [
    condition('neck-pain', daysAgo(onset), ['site-neck']),
    condition('neuralgic-amyotrophy', daysAgo(onset), ['site-neck']),
  ];

  it('leave out what acute NA explains', () => {
    expect(valueOf('yellow.present', [...na(10), NO_EFFECT, DISTRESS])).toEqual([]);
    expect(valueOf('yellow.present', [...na(120), NO_EFFECT, DISTRESS])).toEqual(['no-effect', 'distress']);
    expect(valueOf('yellow.present', [BACK, NO_EFFECT, DISTRESS])).toEqual(['no-effect', 'distress']);
  });

  it('keep distress in acute NA with a high score', () => {
    expect(valueOf('yellow.present', [...na(5), DISTRESS, score('score-depression', 'H')])).toEqual([
      'depression',
      'distress',
    ]);
  });

  it('leave out decreasing function when a paresis increases', () => {
    const falling = finding('function-decreasing', true, daysAgo(1));
    const weaker = [
      strength('muscle-tibialis-anterior', 5, daysAgo(4)),
      strength('muscle-tibialis-anterior', 4, daysAgo(0)),
    ];
    expect(valueOf('yellow.present', [BACK, falling])).toEqual(['function']);
    expect(valueOf('yellow.present', [BACK, falling, ...weaker])).toEqual([]);
  });
});
