/**
 * What Tabel 5 leaves open about the course of prednisone, the dose of a child and the arithmetic of the taper: each with the one
 * reading that the service takes, at its boundary, on orders as an EHR sends them.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, cardWith, prescription, rulesOn, statementsOn, wordsOf } from '../support/advice.js';
import { condition, daysAgo, nrs, weight } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Step = readonly [mg: number, days: number];

const SHOULDER = ['site-shoulder', 'side-right'];
const NA = condition('neuralgic-amyotrophy', daysAgo(2), SHOULDER, {
  verificationStatus: { coding: [{ code: 'confirmed' }] },
});
const SEVERE = nrs(9, daysAgo(0), SHOULDER);
const TAPER: readonly Step[] = [50, 40, 30, 20, 10].map((mg) => [mg, 1]);

const dosageOf = ([value, days]: Step, index: number) => ({
  sequence: index + 1,
  timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd', boundsDuration: { value: days, code: 'd' } } },
  doseAndRate: [{ doseQuantity: { value, unit: 'mg', code: 'mg' } }],
});
const ordered = (steps: readonly Step[], birthDate: string, ...records: readonly FhirResource[]) =>
  cardsFor(service, 'order-select', {
    records: [NA, SEVERE, ...records],
    birthDate,
    drafts: [prescription('H02AB07', { dosageInstruction: steps.map(dosageOf) })],
  });

describe('AMB-19: a child is under 18 and gets 1 mg/kg a day on a weight of at most 90 days, never above the 60 mg of an adult', () => {
  const TEN = '2016-02-01';
  const FIFTEEN = '2011-02-01';
  const DOSE_RULES = [
    'prednisone-child-dose-too-high',
    'prednisone-child-dose-too-low',
    'prednisone-child-weigh-first',
  ];
  const faults = async (mg: number, birthDate: string, ...records: readonly FhirResource[]) =>
    rulesOn(await ordered([[mg, 7]], birthDate, ...records)).filter((id) => DOSE_RULES.includes(id));

  describe('the eighteenth birthday', () => {
    const DAY_BEFORE = '2008-11-22';
    const ON_IT = '2008-11-21';

    test('a day before it the child scheme holds, with at most 60 mg', async () => {
      expect(await faults(60, DAY_BEFORE, weight(70, daysAgo(0)))).toEqual([]);
      expect(await faults(70, DAY_BEFORE, weight(70, daysAgo(0)))).toEqual(['prednisone-child-dose-too-high']);
      expect(wordsOf(await ordered([[60, 7]], DAY_BEFORE, weight(70, daysAgo(0))))).toContain('paediatrician');
    });

    test.each([
      [DAY_BEFORE, true],
      [ON_IT, false],
    ])('born %s, not weighed: the weight is asked first: %s', async (birthDate, asked) => {
      const cards = await ordered([[60, 7], ...TAPER], birthDate);
      expect(rulesOn(cards).includes('prednisone-child-weigh-first')).toBe(asked);
      expect(wordsOf(cards).includes('paediatrician')).toBe(asked);
    });

    test('on it 60 mg is right, whatever the weight', async () => {
      expect(statementsOn(await ordered([[60, 7], ...TAPER], ON_IT, weight(40, daysAgo(0))))).not.toContain('NA-100');
      expect(statementsOn(await ordered([[40, 7], ...TAPER.slice(2)], ON_IT, weight(40, daysAgo(0))))).toContain(
        'NA-100',
      );
    });
  });

  test.each([
    [59, 59],
    [60, 60],
    [61, 60],
    [70, 60],
  ])('%i kg: %i mg is right; five less is called too low, a fifth more too high', async (kilograms, mg) => {
    const weighed = weight(kilograms, daysAgo(0));
    expect(await faults(mg, FIFTEEN, weighed)).toEqual([]);
    expect(await faults(mg - 5, FIFTEEN, weighed)).toEqual(['prednisone-child-dose-too-low']);
    expect(await faults(mg * 1.2, FIFTEEN, weighed)).toEqual(['prednisone-child-dose-too-high']);
  });

  test.each([
    [25, []],
    [24, []],
    [23, ['prednisone-child-dose-too-low']],
  ])('28 kg rounds down to tablets of 5 mg: %i mg: %j', async (mg, expected) => {
    expect(await faults(mg, TEN, weight(28, daysAgo(0)))).toEqual(expected);
  });

  test.each([
    ['28 kg, 90 days old', [], weight(28, daysAgo(90))],
    ['28 kg, 91 days old', ['prednisone-child-weigh-first'], weight(28, daysAgo(91))],
    ['0 kg', ['prednisone-child-weigh-first'], weight(0, daysAgo(0))],
    ['700 kg', ['prednisone-child-weigh-first'], weight(700, daysAgo(0))],
  ])('a weight of %s: %j', async (_, expected, weighed) => {
    expect(await faults(28, TEN, weighed)).toEqual(expected);
  });

  test.each([
    ['28-18-8', false, [18, 8]],
    ['28-14', true, [14]],
  ])('the taper of a child steps down by 10 mg too: %s lacks one: %s', async (_, lacks, taper) => {
    const steps: readonly Step[] = [[28, 7], ...taper.map((mg): Step => [mg, 1])];
    expect(statementsOn(await ordered(steps, TEN, weight(28, daysAgo(0)))).includes('NA-102')).toBe(lacks);
  });

  test('a dose above the source is an alarm, a dose below it a warning', async () => {
    const weighed = weight(28, daysAgo(0));
    expect(cardWith('NA-101', await ordered([[60, 7]], TEN, weighed))?.indicator).toBe('critical');
    expect(cardWith('NA-101', await ordered([[20, 7]], TEN, weighed))?.indicator).toBe('warning');
  });
});

describe('AMB-20: 60 mg on days 1 to 7, then 10 mg less every day and nothing on day 13; a last dose up to day 14 is as good', () => {
  const ADULT = '1980-02-01';
  const FAULTS = ['NA-100', 'NA-102', 'SAFE-13'];
  const faults = async (steps: readonly Step[]) =>
    statementsOn(await ordered(steps, ADULT)).filter((id) => FAULTS.includes(id));

  test.each<[string, readonly string[], readonly Step[]]>([
    ['the source: 12 days, 570 mg', [], [[60, 7], ...TAPER]],
    ['with an added day of 5 mg: 575 mg', [], [[60, 7], ...TAPER, [5, 1]]],
    ['with the last dose on day 14', [], [[60, 7], ...TAPER.slice(0, -1), [10, 3]]],
    ['with the last dose on day 15', ['NA-102', 'SAFE-13'], [[60, 7], ...TAPER.slice(0, -1), [10, 4]]],
    ['seven days in full, then stopped', ['NA-102'], [[60, 7]]],
    ['a step of 20 mg', ['NA-102'], [[60, 7], [40, 1], ...TAPER.slice(2)]],
    ['fourteen days in full, then stopped', ['NA-102', 'SAFE-13'], [[60, 14]]],
    ['a start of 50 mg', ['NA-100'], [[50, 7], ...TAPER.slice(1)]],
    ['a start of 70 mg', ['NA-100', 'SAFE-13'], [[70, 7], [60, 1], ...TAPER]],
  ])('%s: %j', async (_, expected, steps) => {
    expect(new Set(await faults(steps))).toEqual(new Set(expected));
  });
});
