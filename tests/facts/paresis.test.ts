/** Paresis: present and measured in which complaint, explained by what, paralysed, slowly falling (AMB-31, 32; CONF-02). */
import { describe, expect, it } from 'vitest';
import { valueOf } from '../support/facts.js';
import { condition, daysAgo, finding, strength } from '../support/records.js';

const ANKLE = 'muscle-tibialis-anterior';
const back = (onset = 10) => condition('low-back-pain', daysAgo(onset), ['site-low-back', 'site-lower-leg']);
const arm = (onset = 10) => condition('weakness', daysAgo(onset), ['site-arm', 'side-right']);

describe('weakness of a complaint', () => {
  it('a paresis on the list without a strength is present and not graded', () => {
    expect(valueOf('paresis.present', [arm()])).toBe(true);
    expect(valueOf('paresis.ungraded', [arm()])).toBe(true);
  });

  it('a strength of the other half grades nothing', () => {
    expect(valueOf('paresis.ungraded', [arm(), strength(ANKLE, 4, daysAgo(1))])).toBe(true);
    expect(valueOf('paresis.ungraded', [arm(), strength('muscle-deltoid', 4, daysAgo(1))])).toBe(false);
  });

  it.each([
    [11, false],
    [12, true],
  ])('a strength of %i days ago, onset ten days ago: ungraded %s', (age, expected) => {
    expect(valueOf('paresis.ungraded', [arm(), strength('muscle-deltoid', 4, daysAgo(age))])).toBe(expected);
  });

  it.each([
    [4, true],
    [5, false],
  ])('strength %i: present %s', (grade, expected) => {
    expect(valueOf('paresis.present', [back(), strength(ANKLE, grade, daysAgo(1))])).toBe(expected);
    expect(valueOf('paresis.ungraded', [back(), strength(ANKLE, grade, daysAgo(1))])).toBe(false);
  });

  it('nothing asked is unknown', () => {
    expect(valueOf('paresis.present', [back()])).toBeUndefined();
    expect(valueOf('paresis.present', [back(), finding('weakness', false, daysAgo(1))])).toBe(false);
  });
});

describe('a cause on the problem list', () => {
  it.each([
    ['cervical-radiculopathy', true],
    ['neuralgic-amyotrophy', true],
    ['lumbar-radiculopathy', false],
    ['eczema', false],
  ])('%s explains a weak arm: %s', (code, expected) => {
    expect(valueOf('paresis.explained', [arm(), condition(code, daysAgo(10))])).toBe(expected);
  });

  it('a suspected herniated disc of this half that is not older than the complaint', () => {
    const hernia = (code: string, onset: number) => condition(code, daysAgo(onset));
    const old = condition('lumbar-stenosis', daysAgo(12));
    expect(valueOf('paresis.suspectedNarrowing', [back(), hernia('lumbar-disc-herniation', 10)])).toBe(true);
    expect(valueOf('paresis.suspectedNarrowing', [back(), condition('lumbar-stenosis', daysAgo(11))])).toBe(true);
    expect(valueOf('paresis.suspectedNarrowing', [back(), old])).toBe(false);
    expect(valueOf('paresis.suspectedNarrowing', [back(), condition('cervical-stenosis', daysAgo(10))])).toBe(false);
  });
});

describe('paralysis and a slow fall', () => {
  it.each([
    [0, true],
    [1, false],
  ])('MRC %i is paralysis: %s', (grade, expected) => {
    expect(valueOf('deficit.paralysis', [back(), strength(ANKLE, grade, daysAgo(0))])).toBe(expected);
  });

  it.each([
    [7, true, true],
    [8, true, false],
    [28, true, false],
    [29, false, false],
  ])('5 to 4 in %i days: falling %s, progressive %s', (days, falling, progressive) => {
    const records = [back(40), strength(ANKLE, 5, daysAgo(days)), strength(ANKLE, 4, daysAgo(0))];
    expect(valueOf('deficit.falling', records)).toBe(falling);
    expect(valueOf('deficit.progressive', records) === true).toBe(progressive);
  });
});
