/**
 * Where a red flag meets neuralgic amyotrophy (NA) or a treatment: both are shown, or one of them waits. Each test asks a running
 * service about two patients who differ in one datum.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { prescription, rulesOn, statementsOn, type Told } from '../support/advice.js';
import { condition, daysAgo, nrs, strength, weight } from '../support/records.js';
import {
  askService,
  backPain,
  found,
  inUse,
  na,
  order,
  RIGHT_SHOULDER,
  shoulderPain,
  TODAY,
} from '../support/complaints.js';

const { view, ordered } = askService();

const severe = nrs(8, TODAY, RIGHT_SHOULDER);
const THREE_WORDS = ['pain-continuous', 'pain-progressive', 'pain-non-mechanical'].map((code) => found(code));

describe('CONF-01: steroids in use before the onset are a red flag; the course for this complaint itself is none', () => {
  test.each([
    [6, true],
    [5, false],
    [4, false],
  ])('pain for 5 days and a course begun %i days ago: flag %s', async (started, flagged) => {
    const cards = await view([na(5, 'provisional'), severe, inUse('prednisolone', started)]);
    expect(statementsOn(cards).includes('RED-07')).toBe(flagged);
  });

  test('a steroid from before the onset is both the flag and a caution on the order, the flag first', async () => {
    const cards = await ordered(prescription('H02AB07'), [na(5, 'provisional'), severe, inUse('prednisolone', 200)]);
    expect(statementsOn(cards.slice(0, 1))).toContain('RED-07');
    expect(statementsOn(cards)).toContain('SAFE-13');
  });

  test('the order of the course is not its own flag', async () => {
    const statements = statementsOn(await ordered(prescription('H02AB07'), [na(5, 'provisional'), severe]));
    expect(statements.filter((id) => id === 'RED-07' || id === 'RED-10')).toEqual([]);
  });
});

describe('CONF-03: suspected NA does not hush the red flag of continuous, progressive, non-mechanical pain; it needs all three words', () => {
  test.each([
    [3, true],
    [2, false],
  ])('with %i of the words: flag %s, and the suspicion stays', async (words, flagged) => {
    const statements = statementsOn(await view([shoulderPain(3), severe, ...THREE_WORDS.slice(0, words)]));
    expect(statements.includes('RED-04')).toBe(flagged);
    expect(statements).toContain('NA-41');
  });
});

describe('CONF-14: manual therapy is never proposed with open or present red flags, weakness or acute NA; an order then warns', () => {
  const documented = found('red-flags-excluded');
  const strong = strength('muscle-quadriceps', 5, TODAY);

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['strength normal and flags documented', true, [documented, strong]],
    ['flags not documented', false, [strong]],
    ['a red flag', false, [documented, strong, found('malaise')]],
    ['MRC 4', false, [documented, strength('muscle-quadriceps', 4, TODAY)]],
  ])('back pain of 20 days, %s: proposed %s', async (_, proposed, findings) => {
    expect(statementsOn(await view([backPain(20), ...findings])).includes('LUMB-05')).toBe(proposed);
  });

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['MRC 4', true, [backPain(20), strength('muscle-quadriceps', 4, TODAY)]],
    ['MRC 5', false, [backPain(20), strong]],
  ])('an order with %s: warns %s', async (_, warns, records) => {
    expect(rulesOn(await ordered(order('manual-therapy'), records)).includes('manipulation-with-paresis')).toBe(warns);
  });

  test.each([
    ['2026-08-21', true],
    ['2026-08-20', false],
  ])('an order in NA since %s: warns %s', async (onset, warns) => {
    const disease = condition('neuralgic-amyotrophy', onset, RIGHT_SHOULDER);
    const cards = await ordered(order('manual-therapy'), [disease, strength('muscle-deltoid', 5, TODAY)]);
    expect(rulesOn(cards).includes('manipulation-in-na')).toBe(warns);
  });
});

describe('CONF-19: a first complaint after 50 is asked about beside suspected NA, and silent in confirmed NA; other flags stay', () => {
  const OLD = { birthDate: '1960-01-01' };

  test.each([
    ['provisional', true],
    ['confirmed', false],
  ])('NA %s: age flag %s', async (verification, flagged) => {
    expect(statementsOn(await view([na(5, verification), severe], OLD)).includes('RED-02')).toBe(flagged);
  });

  test('neither hushes the other while NA is suspected', async () => {
    expect(statementsOn(await view([na(5, 'provisional'), severe], OLD))).toContain('NA-41');
  });

  test('a malignancy speaks in confirmed NA as well', async () => {
    const cards = await view([na(5, 'confirmed'), severe, condition('malignancy', '2011-01-01')], OLD);
    expect(statementsOn(cards.slice(0, 1))).toContain('RED-06');
  });
});

describe('CONF-22: when pain increases despite analgesia, known NA is searched for another cause first, then the red flag follows', () => {
  const rising = [nrs(6, daysAgo(5), RIGHT_SHOULDER), severe, inUse('diclofenac', 6), ...THREE_WORDS];

  test('in known NA that card leads, and the red flag stays', async () => {
    const cards = await view([na(10, 'confirmed'), ...rising]);
    expect(cards.slice(0, 2).map((card) => statementsOn([card]))).toEqual([
      expect.arrayContaining(['NA-86']),
      expect.arrayContaining(['RED-04']),
    ]);
  });

  test('without known NA the red flag leads alone', async () => {
    const cards = await view([shoulderPain(10), ...rising]);
    expect(statementsOn(cards.slice(0, 1))).toContain('RED-04');
    expect(statementsOn(cards)).not.toContain('NA-86');
  });

  test.each([
    [6, true],
    [7, false],
  ])('a rise from %i to 8 under analgesia counts: %s', async (first, counts) => {
    const scores = [nrs(first, daysAgo(5), RIGHT_SHOULDER), severe, inUse('diclofenac', 6)];
    expect(statementsOn(await view([na(10, 'confirmed'), ...scores])).includes('NA-86')).toBe(counts);
  });
});

describe('CONF-25: under 18 the age flag and NA are both shown, and the paediatrician comes before prednisone', () => {
  const young = { birthDate: '2008-11-22' };
  const adult = { birthDate: '2008-11-21' };
  const records = [na(5, 'provisional'), severe, weight(60, TODAY)];

  test('both are shown', async () => {
    expect(statementsOn(await view(records, young))).toEqual(expect.arrayContaining(['RED-01', 'NA-41']));
  });

  test('a red flag other than age comes first', async () => {
    const cards = await view([...records, found('malaise')], young);
    expect(statementsOn(cards.slice(0, 1))).toContain('RED-01');
    expect(statementsOn(cards)).toContain('NA-41');
  });

  test.each<[string, boolean, Told]>([
    ['the day before the 18th birthday', true, young],
    ['the 18th birthday', false, adult],
  ])('%s: an order of prednisone names the paediatrician: %s', async (_, named, told) => {
    expect(rulesOn(await ordered(prescription('H02AB07'), records, told)).includes('prednisone-under-18')).toBe(named);
  });
});
