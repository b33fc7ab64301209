/** Neuralgic amyotrophy suspected by the picture of Tabel 2, whether it is on the problem list or not (CONF-08, CONF-13). */
import { describe, expect, it } from 'vitest';
import { factOf, valueOf } from '../support/facts.js';
import { caseOf, condition, daysAgo, finding, nrs } from '../support/records.js';

const SHOULDER = condition('shoulder-pain', daysAgo(10), ['site-shoulder', 'side-right']);
const SEVERE = nrs(8, daysAgo(9));

describe('the picture of neuralgic amyotrophy', () => {
  it.each([
    [10, 'firm'],
    [7, 'firm'],
    [6.9, 'none'],
    [0, 'none'],
  ])('with a peak score of %d is suspected: %s', (score, expected) => {
    const severity = nrs(score, daysAgo(9));
    expect(valueOf('na.suspicion', [SHOULDER, severity])).toBe(expected);
  });

  it('rests on the complaint and on the score', () => {
    const fact = factOf('na.suspicion', caseOf([SHOULDER, SEVERE]));
    expect(fact.evidence.map(({ type }) => type)).toEqual(['Condition', 'Observation']);
  });

  it('is not suspected without a score, and not known when not all scores were sent', () => {
    expect(valueOf('na.suspicion', [SHOULDER])).toBe('none');
    expect(factOf('na.suspicion', caseOf([SHOULDER], { incomplete: ['Observation'] }))).toMatchObject({
      unknown: 'the record could not be searched completely',
    });
  });

  const na = (status: string) =>
    condition('neuralgic-amyotrophy', daysAgo(10), ['site-shoulder', 'side-right'], {
      verificationStatus: { coding: [{ code: status }] },
    });

  it.each([
    ['of the neck alone', [condition('neck-pain', daysAgo(10), ['site-neck']), nrs(8, daysAgo(9), ['site-neck'])]],
    ['of the back', [condition('low-back-pain', daysAgo(10)), nrs(8, daysAgo(9), ['site-low-back'])]],
    ['that began gradually', [SHOULDER, SEVERE, finding('onset-gradual', true, daysAgo(9))]],
    ['of which NA was refuted', [SHOULDER, SEVERE, na('refuted')]],
    ['of which NA is confirmed', [na('confirmed'), SEVERE]],
  ])('is not that of a complaint %s', (_, records) => {
    expect(valueOf('na.suspicion', records)).toBe('none');
    expect(valueOf('na.suspicion', records, { incomplete: ['Observation'] })).toBe('none');
  });

  it('is that of NA which is listed and not confirmed', () => {
    expect(valueOf('na.suspicion', [na('provisional'), SEVERE])).toBe('firm');
  });
});

describe('a suspicion', () => {
  it.each([
    ['all symptoms within one root', 'symptoms-single-root', true, 'weak'],
    ['symptoms beyond one root', 'symptoms-single-root', false, 'firm'],
    ['a limited passive shoulder', 'passive-shoulder-rotation-abduction-limited', true, 'weak'],
    ['a free passive shoulder', 'passive-shoulder-rotation-abduction-limited', false, 'firm'],
    ['analgesics that help', 'analgesics-ineffective', false, 'weak'],
    ['analgesics that do not help', 'analgesics-ineffective', true, 'firm'],
  ])('with %s (%s %s) is %s', (_, code, present, expected) => {
    const sign = finding(code, present, daysAgo(8));
    expect(valueOf('na.suspicion', [SHOULDER, SEVERE, sign])).toBe(expected);
  });

  it('of the neck alone, by pain at night, is weak', () => {
    const neck = [condition('neck-pain', daysAgo(10), ['site-neck']), nrs(8, daysAgo(9), ['site-neck'])];
    expect(valueOf('na.suspicion', [...neck, finding('pain-at-night', true, daysAgo(9))])).toBe('weak');
  });
});
