/**
 * What the sources leave open about weakness: symmetrical or not, how weak is "fors", "ernstig" and "toenemend", how many muscle
 * groups are several, and how many weak tests point to neuralgic amyotrophy (NA): each with the one reading that the service takes.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardWith, cardsFor, draft, rulesOn, statementsOn } from '../support/advice.js';
import { coded, condition, daysAgo, finding, observation, strength } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const NA = condition('neuralgic-amyotrophy', daysAgo(20), SHOULDER, {
  verificationStatus: { coding: [{ code: 'provisional' }] },
});
const SHOULDER_PAIN = condition('shoulder-pain', daysAgo(20), ['site-shoulder']);
const NECK_ARM = [
  condition('neck-pain', daysAgo(25), ['site-neck']),
  condition('arm-pain', daysAgo(25), ['site-arm', 'side-right']),
];
const BACK_LEG = [
  condition('low-back-pain', daysAgo(25), ['site-low-back']),
  condition('leg-pain', daysAgo(25), ['site-lower-leg', 'side-right']),
];
const right = (muscle: string, grade: number, age = 1) => strength(muscle, grade, daysAgo(age));
const left = (muscle: string, grade: number, age = 1) => strength(muscle, grade, daysAgo(age), 'side-left');
const bothSides = (muscle: string, grade: number, age = 1) => strength(muscle, grade, daysAgo(age), 'side-bilateral');
const noSide = (muscle: string, grade: number) =>
  observation('muscle-strength-mrc', daysAgo(1), [muscle], { valueInteger: grade });
/** A grade that is written with a sign. */
const signed = (grade: string, age = 1) =>
  observation('muscle-strength-mrc', daysAgo(age), ['muscle-deltoid', 'side-right'], { valueString: grade });

const view = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });

describe('AMB-22: weakness of both arms supports NA only when the sides differ in muscles or grade', () => {
  test.each<[string, readonly FhirResource[], boolean, boolean]>([
    ['deltoid right 4', [right('muscle-deltoid', 4)], false, false],
    ['deltoid right 4 and left 4', [right('muscle-deltoid', 4), left('muscle-deltoid', 4)], false, true],
    ['deltoid 4 of both sides in one record', [bothSides('muscle-deltoid', 4)], false, true],
    ['deltoid right 3 and left 4', [right('muscle-deltoid', 3), left('muscle-deltoid', 4)], true, true],
    ['deltoid right 4, triceps left 4', [right('muscle-deltoid', 4), left('muscle-triceps', 4)], true, true],
    ['deltoid and triceps right 4', [right('muscle-deltoid', 4), right('muscle-triceps', 4)], true, true],
  ])('%s: supports NA %s, alarms as several muscle groups %s', async (_, strengths, supports, alarms) => {
    const statements = statementsOn(await view(SHOULDER_PAIN, ...strengths));
    expect(statements.includes('NA-43')).toBe(supports);
    expect(statements.includes('PAR-30')).toBe(alarms);
  });
});

describe('AMB-23: a "forse parese" that stops strength training is any MRC of 4 or less of the affected region', () => {
  test.each<[string, FhirResource, boolean]>([
    ['5', right('muscle-deltoid', 5), false],
    ['4+', signed('4+'), true],
    ['4', right('muscle-deltoid', 4), true],
    ['4-', signed('4-'), true],
    ['3', right('muscle-deltoid', 3), true],
  ])('MRC %s stops it: %s', async (_, measured, stops) => {
    const order = draft('ServiceRequest', { code: coded('therapy-strength-training') });
    const onOrder = await cardsFor(service, 'order-select', { records: [NA, measured], drafts: [order] });
    expect(statementsOn(onOrder).includes('NA-88')).toBe(stops);
    expect(statementsOn(await view(NA, measured)).includes('NA-88')).toBe(stops);
  });

  test.each([
    [4, 'warning'],
    [3, 'critical'],
  ])('MRC %i is a %s deficit beside it (GEN-02)', async (grade, indicator) => {
    const cards = await view(NA, right('muscle-deltoid', grade));
    expect(cardWith('GEN-02', cards)?.indicator).toBe(indicator);
  });
});

describe('AMB-31: "increasing within a short time" is recorded so, or a whole MRC grade lost in at most 7 days', () => {
  /** Rapid: the alarm. Slow: the warning that lifts week 3-4. */
  const courseOf = async (...records: readonly FhirResource[]) => {
    const cards = await view(...NECK_ARM, ...records);
    const statements = statementsOn(cards);
    if (statements.includes('PAR-29')) return cards[0]?.indicator === 'critical' ? 'rapid' : 'unexpected';
    return statements.includes('PAR-14') ? 'slow' : 'no';
  };
  const fall = (from: number, to: number, days: number) => [
    right('muscle-deltoid', from, days + 1),
    right('muscle-deltoid', to, 1),
  ];

  test.each([
    [3, 'rapid'],
    [6, 'rapid'],
    [7, 'rapid'],
    [8, 'slow'],
  ])('from MRC 5 to 4 in %i days is a %s increase', async (days, course) => {
    expect(await courseOf(...fall(5, 4, days))).toBe(course);
  });

  test('from MRC 4+ to 4 is no fall, from 5 to 4 is', async () => {
    expect(await courseOf(signed('4+', 4), signed('4'))).toBe('no');
    expect(await courseOf(signed('5', 4), signed('4'))).toBe('rapid');
  });

  test('a 5 of the other side is not what the weak side fell from', async () => {
    expect(await courseOf(left('muscle-deltoid', 5, 4), right('muscle-deltoid', 4))).toBe('no');
    expect(await courseOf(right('muscle-deltoid', 5, 4), right('muscle-deltoid', 4))).toBe('rapid');
  });

  test('a 5 of both sides in one record is what either side fell from', async () => {
    expect(await courseOf(bothSides('muscle-deltoid', 5, 4), right('muscle-deltoid', 4))).toBe('rapid');
    expect(await courseOf(bothSides('muscle-deltoid', 4, 4), right('muscle-deltoid', 4))).toBe('no');
  });

  test.each([7, 8, 20])('from MRC 4 to 3 in %i days is severe, so an alarm at any interval', async (days) => {
    const cards = await view(...NECK_ARM, ...fall(4, 3, days));
    expect(cards[0]?.indicator).toBe('critical');
    expect(rulesOn(cards)).toContain('deficit-severe');
  });

  test.each([
    ['as increasing', true, 'rapid'],
    ['as not increasing', false, 'no'],
  ])('weakness recorded %s needs no measurement', async (_, recorded, course) => {
    const said = finding('weakness-progressive', recorded, daysAgo(1), ['site-arm', 'side-right']);
    expect(await courseOf(said)).toBe(course);
  });

  test.each([
    [true, 'critical'],
    [false, 'warning'],
  ])('a new bladder sign beside a stable MRC 4 (%s) makes the first card %s', async (present, indicator) => {
    const retention = finding('urinary-retention', present, daysAgo(1));
    expect((await view(...BACK_LEG, right('muscle-quadriceps', 4), retention))[0]?.indicator).toBe(indicator);
  });
});

describe('AMB-32: "ernstig krachtsverlies" is MRC 3 or less, and MRC 0 is paralysis', () => {
  test.each([
    [5, false, false],
    [4, false, false],
    [3, true, false],
    [1, true, false],
    [0, true, true],
  ])('MRC %i is severe: %s, paralysis: %s', async (grade, severe, paralysis) => {
    const cards = await view(...BACK_LEG, right('muscle-tibialis-anterior', grade));
    expect(rulesOn(cards).includes('deficit-severe')).toBe(severe);
    expect(cards.some(({ indicator }) => indicator === 'critical')).toBe(severe);
    expect(statementsOn(cards).includes('PAR-38')).toBe(paralysis);
  });
});

describe('AMB-33: several muscle groups are two or more with MRC 4 or less that no single root explains', () => {
  test.each<[string, readonly FhirResource[], boolean]>([
    ['deltoid 4 and biceps 4, both C5', [right('muscle-deltoid', 4), right('muscle-biceps', 4)], false],
    ['deltoid 4 and triceps 4', [right('muscle-deltoid', 4), right('muscle-triceps', 4)], true],
    ['deltoid 4 and triceps 5', [right('muscle-deltoid', 4), right('muscle-triceps', 5)], false],
    ['deltoid right 4 and biceps left 4', [right('muscle-deltoid', 4), left('muscle-biceps', 4)], true],
    ['deltoid right 4 and biceps 4 without a side', [right('muscle-deltoid', 4), noSide('muscle-biceps', 4)], false],
  ])('%s: %s', async (_, strengths, several) => {
    expect(statementsOn(await view(...NECK_ARM, ...strengths)).includes('PAR-30')).toBe(several);
  });

  test.each([
    [5, undefined],
    [4, 'critical'],
  ])('tibialis anterior 4 with quadriceps %i: %s', async (grade, indicator) => {
    const cards = await view(...BACK_LEG, right('muscle-tibialis-anterior', 4), right('muscle-quadriceps', grade));
    expect(cardWith('PAR-30', cards)?.indicator).toBe(indicator);
  });
});

describe('AMB-51: "any combination of weakness" is two or more of the four tests weaker than on the other side', () => {
  const TESTS = [
    'muscle-serratus-anterior',
    'movement-shoulder-external-rotation',
    'muscle-long-flexors-thumb-index',
    'movement-forearm-pronation',
  ];
  /** All four tests on both sides: normal on the left, on the right the first so many weak. */
  const tested = (weak: number, leftGrade: (index: number) => number = () => 5) =>
    TESTS.flatMap((muscle, index) => [right(muscle, index < weak ? 4 : 5), left(muscle, leftGrade(index))]);

  test.each([
    [0, false],
    [1, false],
    [2, true],
    [3, true],
  ])('%i of the four weaker: %s', async (weak, points) => {
    expect(statementsOn(await view(SHOULDER_PAIN, ...tested(weak))).includes('NA-47')).toBe(points);
  });

  test('as weak on the other side is no combination, weaker on one side is', async () => {
    const equal = tested(2, (index) => (index < 2 ? 4 : 5));
    expect(statementsOn(await view(SHOULDER_PAIN, ...equal))).not.toContain('NA-47');
    expect(statementsOn(await view(SHOULDER_PAIN, ...tested(2)))).toContain('NA-47');
  });

  test.each([
    ['of the left', left, true],
    ['without a side', noSide, false],
  ])('two tests 4 on the right, and 5 in a record %s: %s', async (_, other, points) => {
    const measured = TESTS.slice(0, 2).flatMap((muscle) => [right(muscle, 4), other(muscle, 5)]);
    expect(statementsOn(await view(SHOULDER_PAIN, ...measured)).includes('NA-47')).toBe(points);
  });

  test.each([
    ['one test on both sides', TESTS.slice(0, 1), false],
    ['two tests on both sides', TESTS.slice(0, 2), true],
  ])('%s, weaker on the right, without the other tests: %s', async (_, muscles, points) => {
    const measured = muscles.flatMap((muscle) => [right(muscle, 4), left(muscle, 5)]);
    expect(statementsOn(await view(SHOULDER_PAIN, ...measured)).includes('NA-47')).toBe(points);
  });
});
