/**
 * What the timing protocol leaves open about its weeks, about "still troubled" and "much better", and about the order of check,
 * MRI and infiltration: each with the one reading that the service takes, at its boundary, as an EHR meets it.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, cardWith, draft, rulesOn, statementsOn, wordsOf } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, strength } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const neck = (day: number) => condition('neck-pain', daysAgo(day), ['site-neck']);
const neckArm = (day: number) => condition('neck-pain', daysAgo(day), ['site-neck', 'site-arm']);
const back = (day: number) => condition('low-back-pain', daysAgo(day), ['site-low-back']);
const backLeg = (day: number) => condition('low-back-pain', daysAgo(day), ['site-low-back', 'site-lower-leg']);
const inDays = (days: number) => daysAgo(-days);

const visit = (date: string, status = 'booked') =>
  record('Appointment', {
    status,
    serviceType: [coded('gp-visit')],
    start: `${date}T10:00:00+01:00`,
    participant: [{ actor: { reference: `Patient/${PATIENT}` }, status: 'accepted' }],
  });
const planned = (code: string, date: string) =>
  record('ServiceRequest', { status: 'active', intent: 'order', code: coded(code), occurrenceDateTime: date });
const done = (code: string, date: string, status = 'completed') =>
  record('Procedure', { status, code: coded(code), performedDateTime: date });
const order = (code: string, date?: string) =>
  draft('ServiceRequest', { code: coded(code), ...(date !== undefined && { occurrenceDateTime: date }) });

const view = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });
const ordering = (drafted: FhirResource, ...records: readonly FhirResource[]) =>
  cardsFor(service, 'order-select', { records, drafts: [drafted] });

describe('AMB-06: day 0 is the onset, week n is days 7(n-1) to 7n-1; order from day 7, examine on days 14 to 27', () => {
  const ON_DAY = (day: number) => (today: number) => inDays(day - today);

  describe.each([
    ['neck', 'neck-image-too-early', neck, 'mri-cervical'],
    ['neck and arm', 'neck-arm-image-too-early', neckArm, 'mri-cervical'],
    ['back', 'back-image-too-early', back, 'mri-lumbar'],
    ['back and leg', 'back-leg-image-too-early', backLeg, 'mri-lumbar'],
  ])('an MRI in %s pain', (_, tooEarly, complaint, mri) => {
    test.each([
      [6, 14, true],
      [7, 13, true],
      [7, 14, false],
      [13, 13, true],
      [13, 14, false],
      [14, 14, false],
    ])('ordered on day %i for day %i is too early: %s', async (today, day, early) => {
      const cards = await ordering(order(mri, ON_DAY(day)(today)), complaint(today));
      expect(rulesOn(cards).includes(tooEarly)).toBe(early);
    });
  });

  test.each([
    [6, 'warning'],
    [7, 'info'],
    [13, 'info'],
    [14, 'no card'],
  ])('ordered on day %i without a date: %s', async (today, indicator) => {
    const cards = await ordering(order('mri-cervical'), neckArm(today));
    expect(cardWith('CERV-12', cards)?.indicator ?? 'no card').toBe(indicator);
  });

  test.each([
    [27, 'no card'],
    [28, 'info'],
  ])('an examination on day %i is late: %s', async (day, indicator) => {
    const cervical = await ordering(order('mri-cervical', ON_DAY(day)(10)), neckArm(10));
    expect(cardWith('CERV-12', cervical)?.indicator ?? 'no card').toBe(indicator);
    const lumbar = await ordering(order('mri-lumbar', ON_DAY(day)(10)), backLeg(10));
    expect(cardWith('LUMB-13', lumbar)?.indicator ?? 'no card').toBe(indicator);
  });

  test('the window is named by its days: onset + 14 to onset + 27', async () => {
    const card = cardWith('CERV-12', await ordering(order('mri-cervical'), neckArm(10)));
    expect(card?.summary).toContain('25 November and 8 December');
  });

  test.each([
    ['CERV-03', neck],
    ['LUMB-03', back],
  ])('the "eerste 2 weken" of %s end with day 13', async (statement, complaint) => {
    expect(statementsOn(await view(complaint(13)))).toContain(statement);
    expect(statementsOn(await view(complaint(14)))).not.toContain(statement);
  });

  const DOCUMENTED = finding('red-flags-excluded', true, daysAgo(0));
  test.each([
    ['"nadien"', 14, 'CERV-04', neck],
    ['"nadien"', 14, 'LUMB-04', back],
    ['"vanaf week 2-3"', 7, 'CERV-06', neck],
    ['"vanaf week 2-3"', 7, 'LUMB-06', back],
    ['"na 1 week"', 7, 'CERV-11', neckArm],
    ['"na 1 week"', 7, 'LUMB-12', backLeg],
  ])('%s begins on day %i (%s)', async (_, first, statement, complaint) => {
    expect(statementsOn(await view(complaint(first - 1), DOCUMENTED))).not.toContain(statement);
    expect(statementsOn(await view(complaint(first), DOCUMENTED))).toContain(statement);
  });

  test.each([
    [6, false],
    [7, true],
    [20, true],
    [21, false],
  ])('the check at "begin week 3" is spoken of on day %i: %s', async (day, said) => {
    expect(statementsOn(await view(neckArm(day))).includes('CERV-16')).toBe(said);
  });

  test('"begin week 3" is days 14 to 16', async () => {
    expect(wordsOf(await view(neckArm(10)))).toContain('25 November to 27 November');
  });
});

describe('AMB-07: "nog last" is an active complaint with a latest score of at least 1, or none', () => {
  const LEG = ['site-lower-leg'];
  const BACK = ['site-low-back'];
  const appointments = async (...records: readonly FhirResource[]) =>
    statementsOn(await view(...records)).includes('LUMB-12');

  test.each([
    [6, 8, false],
    [7, 8, true],
    [7, 1, true],
    [7, 0, false],
  ])('on day %i with NRS %i in the leg appointments are proposed: %s', async (day, value, proposed) => {
    expect(await appointments(backLeg(day), nrs(value, daysAgo(0), LEG))).toBe(proposed);
  });

  test('without a score the active complaint is enough', async () => {
    expect(await appointments(backLeg(7))).toBe(true);
    const resolved = { clinicalStatus: { coding: [{ code: 'resolved' }] } };
    const over = condition('low-back-pain', daysAgo(7), [...BACK, ...LEG], resolved);
    expect(await appointments(over)).toBe(false);
  });

  test.each([
    [1, true],
    [0, false],
  ])('pain of the back does not count: back 6 and leg %i: %s', async (leg, proposed) => {
    expect(await appointments(backLeg(7), nrs(leg, daysAgo(0), LEG), nrs(6, daysAgo(0), BACK))).toBe(proposed);
  });

  test.each([
    [7, false],
    [8, true],
  ])('a score of 0 of %i days ago leaves the complaint standing: %s', async (age, proposed) => {
    expect(await appointments(backLeg(12), nrs(0, daysAgo(age), LEG))).toBe(proposed);
  });

  test.each([
    [0, 1, true],
    [1, 0, true],
    [0, 0, false],
  ])('of neck and arm either counts: neck %i, arm %i: %s', async (atNeck, atArm, proposed) => {
    const scores = [nrs(atNeck, daysAgo(0), ['site-neck']), nrs(atArm, daysAgo(0), ['site-arm'])];
    expect(statementsOn(await view(neckArm(7), ...scores)).includes('CERV-11')).toBe(proposed);
  });
});

describe('AMB-08: the GP check comes before the MRI, or it could no longer cancel it', () => {
  const TODAY = 8;
  const onDay = (day: number) => inDays(day - TODAY);

  test.each([
    [14, 16, 'info'],
    [15, 16, 'info'],
    [15, 15, 'no card'],
    [15, 14, 'no card'],
  ])('MRI on day %i, check on day %i: %s', async (mri, check, indicator) => {
    const cervical = await view(neckArm(TODAY), planned('mri-cervical', onDay(mri)), visit(onDay(check)));
    expect(cardWith('CERV-16', cervical)?.indicator ?? 'no card').toBe(indicator);
    expect(rulesOn(cervical).includes('neck-arm-image-before-check')).toBe(indicator !== 'no card');
    const lumbar = await view(backLeg(TODAY), planned('mri-lumbar', onDay(mri)), visit(onDay(check)));
    expect(rulesOn(lumbar).includes('back-leg-image-before-check')).toBe(indicator !== 'no card');
  });
});

describe('AMB-09: an infiltration of the neck comes at least two calendar days after the MRI', () => {
  const TODAY = 12;
  const onDay = (day: number) => inDays(day - TODAY);
  const infiltration = (day: number, ...records: readonly FhirResource[]) =>
    ordering(order('cervical-epidural-infiltration', onDay(day)), neckArm(TODAY), ...records);
  const MRI = planned('mri-cervical', onDay(15));

  test.each([
    [15, 'warning'],
    [16, 'warning'],
    [17, 'no card'],
    [18, 'no card'],
  ])('MRI on day 15, infiltration on day %i: %s', async (day, indicator) => {
    expect(cardWith('CERV-13', await infiltration(day, MRI))?.indicator ?? 'no card').toBe(indicator);
  });

  test('without an MRI the infiltration waits', async () => {
    const cards = await infiltration(17);
    expect(cardWith('CERV-13', cards)?.indicator).toBe('warning');
    expect(rulesOn(cards)).toContain('neck-infiltration-no-mri');
  });

  test('the back has no such limit', async () => {
    const root = order('lumbar-root-infiltration', onDay(16));
    const rules = rulesOn(await ordering(root, backLeg(TODAY), planned('mri-lumbar', onDay(15))));
    expect(rules.filter((id) => id.includes('infiltration'))).toEqual([]);
  });
});

describe('AMB-10: the check comes at least a week after the second infiltration; between the two no interval is invented', () => {
  const SITES = [
    ['neck', 'CERV-19', neckArm(60), 'cervical-epidural-infiltration'],
    ['back', 'LUMB-18', backLeg(60), 'lumbar-root-infiltration'],
  ] as const;

  describe.each(SITES)('of the %s', (_, statement, complaint, infiltration) => {
    const first = done(infiltration, daysAgo(30));
    const second = (age: number) => done(infiltration, daysAgo(age));

    test.each([
      [6, '22 November'],
      [7, '21 November'],
      [8, '20 November'],
    ])('done %i days ago: a check from %s', async (age, day) => {
      const card = cardWith(statement, await view(complaint, first, second(age)));
      expect(card?.summary).toContain(day);
    });

    test.each([
      [6, 'info'],
      [7, 'no card'],
      [8, 'no card'],
    ])('a check booked %i days after it: %s', async (days, indicator) => {
      const booked = visit(inDays(days - 3));
      const card = cardWith(statement, await view(complaint, first, second(3), booked));
      expect(card?.indicator ?? 'no card').toBe(indicator);
    });

    test('one infiltration, or a second one that was not done, asks for no check', async () => {
      expect(statementsOn(await view(complaint, first))).not.toContain(statement);
      const notDone = done(infiltration, daysAgo(6), 'not-done');
      expect(statementsOn(await view(complaint, first, notDone))).not.toContain(statement);
    });
  });
});

describe('AMB-11: "duidelijk veel beter" is said so, or NRS at most 3 after a fall of half; in neck or back pain only, 30 % to at most 4', () => {
  const ARM = ['site-arm'];
  const NECK = ['site-neck'];
  const cancels = async (complaint: FhirResource, ...records: readonly FhirResource[]) =>
    rulesOn(await view(complaint, planned('mri-cervical', inDays(4)), ...records)).some((id) =>
      ['neck-arm-cancel', 'neck-cancel'].includes(id),
    );
  const fell = (from: number, to: number, places: readonly string[]) => [
    observation('nrs-pain', daysAgo(8), places, { valueQuantity: { value: from } }),
    observation('nrs-pain', daysAgo(0), places, { valueQuantity: { value: to } }),
  ];

  test.each([
    [8, 4, false],
    [8, 3, true],
    [8, 2, true],
    [6, 3, true],
    [5, 3, false],
    [5, 2.5, true],
  ])('radiating pain from %d to %d: cancelling is proposed: %s', async (from, to, proposed) => {
    expect(await cancels(neckArm(10), ...fell(from, to, ARM))).toBe(proposed);
  });

  test.each([
    [7, 5, false],
    [5, 4, false],
    [5, 3.6, false],
    [5, 3.5, true],
    [6, 4, true],
    [8, 4.5, false],
  ])('neck pain only from %d to %d: cancelling is proposed: %s', async (from, to, proposed) => {
    expect(await cancels(neck(10), ...fell(from, to, NECK))).toBe(proposed);
  });

  test.each([
    ['much-better', true, true],
    ['better', false, true],
    ['same', false, false],
  ])('a recorded "%s" is enough in radiating pain: %s, in neck pain only: %s', async (change, radiating, axial) => {
    const said = observation('global-change', daysAgo(0), [], { valueCodeableConcept: coded(change) });
    expect(await cancels(neckArm(10), said)).toBe(radiating);
    expect(await cancels(neck(10), said)).toBe(axial);
  });

  test.each([
    ['arm', true, ARM],
    ['neck', false, NECK],
  ])('the peak is of the same site: 8 at the %s, now 3 at the arm: %s', async (_, proposed, places) => {
    const [peak] = fell(8, 3, places);
    const [, now] = fell(8, 3, ARM);
    expect(await cancels(neckArm(10), peak!, now!)).toBe(proposed);
  });

  test('a new weakness raises its own card, and nothing is cancelled', async () => {
    expect(await cancels(neckArm(10), ...fell(8, 2, ARM))).toBe(true);
    const weak = strength('muscle-triceps', 3, daysAgo(0));
    expect(await cancels(neckArm(10), ...fell(8, 2, ARM), weak)).toBe(false);
    expect((await view(neckArm(10), ...fell(8, 2, ARM), weak))[0]?.indicator).toBe('critical');
  });
});
