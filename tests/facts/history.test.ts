/** What the problem list says of NA: how sure it is, and whether it was refuted in this episode. */
import { describe, expect, it } from 'vitest';
import { condition, daysAgo } from '../support/records.js';
import { valueOf } from '../support/facts.js';

const PLACES = ['site-shoulder', 'side-right'];

describe('a refuted NA', () => {
  const refuted = (recordedDate: string | undefined) =>
    valueOf('na.refuted', [
      condition('shoulder-pain', daysAgo(9), PLACES),
      condition('neuralgic-amyotrophy', undefined, PLACES, { verificationStatus: 'refuted', recordedDate }),
    ]);

  it.each([
    ['the day before onset', daysAgo(10), true],
    ['two days before onset', daysAgo(11), false],
    ['on no date', undefined, true],
    ['on a date that cannot be read', 'yesterday', true],
    ['in the year of the onset', '2026', true],
    ['by the calendar of the practice on the day before onset', `${daysAgo(11)}T23:30:00Z`, true],
  ])('recorded %s blocks: %s -> %s', (_, recordedDate, expected) => {
    expect(refuted(recordedDate)).toBe(expected);
  });
});

describe('NA on the problem list', () => {
  const statusOf = (verificationStatus: unknown) =>
    valueOf('na.status', [condition('neuralgic-amyotrophy', daysAgo(9), PLACES, { verificationStatus })]);

  it.each([
    ['confirmed, as R4 writes it', { coding: [{ code: 'confirmed' }] }, 'confirmed'],
    ['confirmed, as STU3 writes it', 'confirmed', 'confirmed'],
    ['confirmed, one coding where a list belongs', { coding: { code: 'confirmed' } }, 'confirmed'],
    ['confirmed, after a coding that is null', { coding: [null, { code: 'confirmed' }] }, 'confirmed'],
    ['differential, as STU3 writes it', 'differential', 'differential'],
    ['unconfirmed', { coding: [{ code: 'unconfirmed' }] }, 'provisional'],
    ['not said', undefined, 'provisional'],
    ['unreadable', { coding: [null] }, 'provisional'],
  ])('is %s', (_, verificationStatus, expected) => {
    expect(statusOf(verificationStatus)).toBe(expected);
  });
});
