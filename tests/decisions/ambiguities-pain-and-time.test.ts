/**
 * What the sources leave open about pain scores, the prednisone window, the phases of NA and three months: each with the one
 * reading that the service takes, at its boundary, as an EHR meets it.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, cardWith, prescription, rulesOn, statementsOn, wordsOf } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const shoulderPain = (onset: string) => condition('shoulder-pain', onset, SHOULDER);
const naSince = (onset: string) =>
  condition('neuralgic-amyotrophy', onset, SHOULDER, { verificationStatus: { coding: [{ code: 'provisional' }] } });
const score = (value: number, date = daysAgo(0), more: Readonly<Record<string, unknown>> = {}) =>
  observation('nrs-pain', date, SHOULDER, { valueQuantity: { value }, ...more });

const view = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });
const onPrednisone = (...records: readonly FhirResource[]) =>
  cardsFor(service, 'order-select', { records, drafts: [prescription('H02AB07')] });

describe('AMB-01: NRS 7 is enough to consider and to treat, above 7 is typical, and no score is rounded', () => {
  const PAIN = shoulderPain(daysAgo(3));
  const UNLIKE = finding('pain-unlike-ever-before', true, daysAgo(0));
  const CONSIDER = ['NA-41', 'NA-99'];
  const ABOVE_SEVEN = ['NA-20', 'NA-49'];
  const EIGHT = ['NA-05'];
  const suspicionOf = (cards: Awaited<ReturnType<typeof view>>) =>
    statementsOn(cards).filter((id) => [...CONSIDER, ...ABOVE_SEVEN, ...EIGHT].includes(id));

  test.each([
    [6, []],
    [6.9, []],
    [7, CONSIDER],
    [7.5, [...CONSIDER, ...ABOVE_SEVEN]],
    [7.9, [...CONSIDER, ...ABOVE_SEVEN]],
    [8, [...CONSIDER, ...ABOVE_SEVEN, ...EIGHT]],
    [10, [...CONSIDER, ...ABOVE_SEVEN, ...EIGHT]],
  ])('a score of %d says %j', async (value, expected) => {
    expect(new Set(suspicionOf(await view(PAIN, UNLIKE, score(value))))).toEqual(new Set(expected));
  });

  test('question 1 needs "unlike anything before" besides the score', async () => {
    expect(statementsOn(await view(PAIN, score(7.5)))).not.toContain('NA-49');
  });

  test.each([
    [6, true],
    [6.9, true],
    [7, false],
  ])('in NA a score of %d steps analgesia down: %s', async (value, down) => {
    const statements = statementsOn(await view(naSince(daysAgo(3)), score(value)));
    expect(statements.includes('NA-110')).toBe(down);
    expect(statements.includes('NA-106')).toBe(!down);
    expect(statements.includes('NA-99')).toBe(!down);
  });

  test('without NA on the list no analgesia is stepped down', async () => {
    expect(statementsOn(await view(PAIN, score(6)))).not.toContain('NA-110');
  });

  test.each([
    ['10', true, { valueQuantity: { value: 10 } }],
    ['11', false, { valueQuantity: { value: 11 } }],
    ['0', true, { valueQuantity: { value: 0 } }],
    ['-1', false, { valueQuantity: { value: -1 } }],
    ['no value', false, {}],
    ['a text', false, { valueString: 'hevig' }],
    ['75 by the method VAS 0-100', true, { valueQuantity: { value: 75 }, method: coded('scale-vas100') }],
    ['75 without a scale', false, { valueQuantity: { value: 75 } }],
  ])('%s is a score: %s; without one, prednisone is answered with "measure again"', async (_, isScore, seen) => {
    const records = [naSince(daysAgo(3)), observation('nrs-pain', daysAgo(0), SHOULDER, seen)];
    const rules = rulesOn(await onPrednisone(...records));
    expect(rules.includes('prednisone-nrs-not-recent')).toBe(!isScore);
  });

  test.each([
    [69, []],
    [70, CONSIDER],
    [75, [...CONSIDER, 'NA-20']],
    [80, [...CONSIDER, 'NA-20', 'NA-05']],
  ])('%d of 100 is divided by ten and says %j', async (value, expected) => {
    const vas = score(value, daysAgo(0), { method: coded('scale-vas100') });
    expect(new Set(suspicionOf(await view(PAIN, vas)))).toEqual(new Set(expected));
  });
});

describe('AMB-02: treatment looks at the latest score of at most 7 days, suspicion at the highest since onset', () => {
  const PAIN = shoulderPain(daysAgo(10));

  test.each([
    [6, true],
    [7, true],
    [8, false],
  ])('NRS 8 of %i days ago opens the prednisone window: %s, and raises suspicion anyhow', async (age, treats) => {
    const suspected = statementsOn(await view(PAIN, score(8, daysAgo(age))));
    expect(suspected).toContain('NA-41');
    expect(suspected.includes('NA-99')).toBe(treats);
    const listed = await view(naSince(daysAgo(10)), score(8, daysAgo(age)));
    expect(rulesOn(listed).includes('na-prednisone-start')).toBe(treats);
    const ordered = await onPrednisone(naSince(daysAgo(10)), score(8, daysAgo(age)));
    expect(rulesOn(ordered).includes('prednisone-nrs-not-recent')).toBe(!treats);
  });

  test.each([
    [4, false],
    [9, true],
  ])('NRS 9 five days ago and %i today: suspicion stands, the window is offered: %s', async (now, treats) => {
    const statements = statementsOn(await view(PAIN, score(9, daysAgo(5)), score(now)));
    expect(statements).toContain('NA-41');
    expect(statements.includes('NA-99')).toBe(treats);
  });

  test.each([
    ['at the shoulder', true, ['site-shoulder']],
    ['at the neck', true, ['site-neck']],
    ['at the shoulder blade', true, ['site-scapula']],
    ['at the arm', true, ['site-arm']],
    ['at the knee', false, ['site-knee']],
    ['of the other shoulder', false, ['site-shoulder', 'side-left']],
    ['without a place', false, []],
  ])('a score %s counts: %s', async (_, counts, places) => {
    expect(statementsOn(await view(PAIN, nrs(9, daysAgo(0), places))).includes('NA-41')).toBe(counts);
  });

  test('a score without a place counts when it was given for the complaint', async () => {
    const focus = [{ reference: `Condition/${PAIN.id!}` }];
    expect(statementsOn(await view(PAIN, nrs(9, daysAgo(0), [], { focus })))).toContain('NA-41');
  });

  test.each([
    ['final', ['NA-41', 'NA-99']],
    ['amended', ['NA-41', 'NA-99']],
    ['corrected', ['NA-41', 'NA-99']],
    ['preliminary', ['NA-41']],
    ['entered-in-error', []],
    ['cancelled', []],
  ])('a score with status %s says %j', async (status, expected) => {
    const statements = statementsOn(await view(PAIN, score(9, daysAgo(0), { status })));
    expect(statements.filter((id) => id === 'NA-41' || id === 'NA-99')).toEqual(expected);
  });
});

describe('AMB-03: "< 2 weken" counts calendar days: day 13 is in, day 14 is out', () => {
  test.each([
    [0, true],
    [12, true],
    [13, true],
    [14, false],
    [15, false],
  ])('on day %i prednisone is proposed: %s', async (day, open) => {
    const onset = daysAgo(day);
    expect(rulesOn(await view(naSince(onset), score(9))).includes('na-prednisone-start')).toBe(open);
    expect(statementsOn(await view(shoulderPain(onset), score(9))).includes('NA-99')).toBe(open);
    const ordered = await onPrednisone(naSince(onset), score(9));
    expect(rulesOn(ordered).includes('prednisone-window-passed')).toBe(!open);
    expect(statementsOn(await view(naSince(onset), score(9))).includes('NA-81')).toBe(open);
  });

  test('the card names the last day, onset + 13', async () => {
    expect(wordsOf(await view(naSince('2026-11-16'), score(9)))).toContain('29 November');
  });

  test('an order on day 14 is answered with a warning that names the day it closed', async () => {
    const card = cardWith('NA-99', await onPrednisone(naSince(daysAgo(14)), score(9)));
    expect(card?.indicator).toBe('warning');
    expect(card?.summary).toContain('20 November');
  });

  const at = (now: string, onset: string) =>
    cardsFor(service, 'patient-view', { records: [naSince(onset), score(9, now.slice(0, 10))], now });
  test.each([
    ['23:59 of day 13, begun at ten past midnight', true, '2026-11-20T23:59:00', '2026-11-07T00:10:00'],
    ['00:10 of day 14, begun at ten to midnight', false, '2026-11-21T00:10:00', '2026-11-07T23:50:00'],
  ])('hours do not count: at %s the window is open: %s', async (_, open, now, onset) => {
    const rules = rulesOn(await at(`${now}+01:00`, `${onset}+01:00`));
    expect(rules.includes('na-prednisone-start')).toBe(open);
  });

  test.each([
    ['22:30 UTC on the 7th is still the 7th', false, '2026-11-07T22:30:00Z'],
    ['23:30 UTC on the 7th is the 8th', true, '2026-11-07T23:30:00Z'],
  ])('the day of onset is that of the practice: %s, open on the 21st: %s', async (_, open, onset) => {
    expect(rulesOn(await at('2026-11-21T10:00:00+01:00', onset)).includes('na-prednisone-start')).toBe(open);
  });

  test.each([
    ['2026-10-18', true],
    ['2026-10-17', false],
  ])('the end of summer time within the window moves no day: onset %s, today 31 October: %s', async (onset, open) => {
    expect(rulesOn(await at('2026-10-31T00:10:00+01:00', onset)).includes('na-prednisone-start')).toBe(open);
  });

  test.each([
    ['is today', true, daysAgo(0)],
    ['lies in the future', false, daysAgo(-1)],
    ['is only a month', false, '2026-11'],
  ])('an onset that %s opens the window: %s', async (_, open, onset) => {
    expect(rulesOn(await view(naSince(onset), score(9))).includes('na-prednisone-start')).toBe(open);
  });

  test('an onset of which only the month is known is asked for when prednisone is ordered', async () => {
    expect(wordsOf(await onPrednisone(naSince('2026-11'), score(9)))).toContain('date of onset');
    expect(wordsOf(await onPrednisone(naSince('2026-11-18'), score(9)))).not.toContain('date of onset');
  });
});

describe('AMB-04: the pain phase follows the pattern, the policy follows the clock until 3 months', () => {
  const restPain = (present: boolean) => finding('pain-at-rest', present, daysAgo(0));
  const MOVING = finding('pain-on-movement', true, daysAgo(0));
  const phases = async (...records: readonly FhirResource[]) => {
    const statements = statementsOn(await view(...records, MOVING));
    return {
      acute: statements.includes('NA-80'),
      movement: statements.includes('NA-32'),
      chronic: statements.includes('NA-33'),
    };
  };

  test.each([1, 21, 60])('day %i with rest pain is the first phase; without, that of movement', async (day) => {
    expect(await phases(naSince(daysAgo(day)), restPain(true))).toEqual({
      acute: true,
      movement: false,
      chronic: false,
    });
    expect(await phases(naSince(daysAgo(day)), restPain(false))).toEqual({
      acute: true,
      movement: true,
      chronic: false,
    });
  });

  test.each([
    ['a day short of three months', true, '2026-08-22'],
    ['at three months to the day', true, '2026-08-21'],
    ['at three months and a day', false, '2026-08-20'],
  ])('%s the acute policy holds, rest pain or not: %s', async (_, acute, onset) => {
    expect((await phases(naSince(onset), restPain(true))).acute).toBe(acute);
    expect(await phases(naSince(onset), restPain(false))).toEqual({ acute, movement: acute, chronic: !acute });
  });

  test.each([
    ['2026-08-21', false],
    ['2026-08-20', true],
  ])('rest pain since %s is chronic, with the question whether it increases: %s', async (onset, chronic) => {
    const statements = statementsOn(await view(naSince(onset), restPain(true)));
    expect(statements.includes('NA-33')).toBe(chronic);
    expect(statements.includes('NA-86')).toBe(chronic);
  });

  test('a pattern that is not recorded gives no drug of a phase: it is asked', async () => {
    const REACHING = finding('pain-on-reaching', true, daysAgo(0));
    const known = await view(naSince(daysAgo(60)), REACHING, restPain(false));
    expect(statementsOn(known)).toContain('NA-84');
    const unknown = await view(naSince(daysAgo(60)), REACHING);
    expect(statementsOn(unknown)).not.toContain('NA-84');
    expect(wordsOf(unknown)).toContain('pain at rest');
  });

  test.each([
    ['2026-08-21', true],
    ['2026-08-20', false],
  ])('strength training is held off for the acute policy, whatever the pain: onset %s: %s', async (onset, held) => {
    const weak = observation('muscle-strength-mrc', daysAgo(0), ['muscle-biceps', 'side-right'], { valueInteger: 4 });
    const statements = statementsOn(await view(naSince(onset), restPain(false), weak));
    expect(statements.includes('NA-88')).toBe(held);
  });
});

describe('AMB-05: "> 3 maanden" is strictly more than three calendar months, everywhere', () => {
  const NECK = ['site-neck'];
  const COMPLAINTS: readonly [string, string, (onset: string) => FhirResource][] = [
    ['neck pain', 'CERV-08', (onset) => condition('neck-pain', onset, NECK)],
    ['neck and arm pain', 'CERV-21', (onset) => condition('neck-pain', onset, [...NECK, 'site-arm'])],
    ['back pain', 'LUMB-08', (onset) => condition('low-back-pain', onset, ['site-low-back'])],
    ['back and leg pain', 'LUMB-20', (onset) => condition('low-back-pain', onset, ['site-low-back', 'site-lower-leg'])],
    ['NA', 'NA-91', naSince],
  ];

  describe.each(COMPLAINTS)('%s (%s)', (_, statement, complaint) => {
    test.each([
      ['a day short of three months', false, '2026-08-22'],
      ['three months to the day', false, '2026-08-21'],
      ['three months and a day', true, '2026-08-20'],
    ])('%s is over three months: %s', async (__, over, onset) => {
      expect(statementsOn(await view(complaint(onset))).includes(statement)).toBe(over);
    });
  });

  test.each([
    ['2027-02-28', false],
    ['2027-03-01', true],
  ])('three months after 30 November end on 28 February: on %s over: %s', async (today, over) => {
    const records = [condition('neck-pain', '2026-11-30', NECK)];
    const cards = await cardsFor(service, 'patient-view', { records, now: `${today}T10:00:00+01:00` });
    expect(statementsOn(cards).includes('CERV-08')).toBe(over);
  });
});
