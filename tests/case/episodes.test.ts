/** Which complaints make an episode, in which region and group, and which order opens one. */
import { describe, expect, it } from 'vitest';
import type { Episode } from '../../src/case/case.js';
import { isoDay } from '../../src/fhir/dates.js';
import { caseOf, coded, condition, daysAgo, finding, record, strength } from '../support/records.js';

const episodesOf = (...records: Parameters<typeof caseOf>[0]): readonly Episode[] => caseOf(records).episodes;
const groupOf = (code: string, ...places: readonly string[]) =>
  episodesOf(condition(code, daysAgo(9), places))[0]?.group;

describe('one complaint or two', () => {
  it('conditions of one half of the body with the same onset are one', () => {
    const [episode, ...others] = episodesOf(condition('neck-pain', daysAgo(9)), condition('arm-pain', daysAgo(9)));
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ id: 'e1', half: 'upper', regions: ['neck', 'arm'], group: 'neck-arm' });
    expect(episode?.conditions).toHaveLength(2);
  });

  it('conditions of different onset keep their own clock, the newest first', () => {
    const episodes = episodesOf(condition('arm-pain', daysAgo(400)), condition('neck-pain', daysAgo(9)));
    expect(episodes.map(({ id, group, onset }) => [id, group, isoDay(onset!.first)])).toEqual([
      ['e1', 'neck-only', daysAgo(9)],
      ['e2', 'arm-only', daysAgo(400)],
    ]);
  });

  it('an onset one day apart is another onset', () => {
    expect(episodesOf(condition('neck-pain', daysAgo(9)), condition('arm-pain', daysAgo(10)))).toHaveLength(2);
  });

  it('neck and back are two, also of one day', () => {
    const halves = episodesOf(condition('neck-pain', daysAgo(9)), condition('low-back-pain', daysAgo(9)));
    expect(halves.map(({ half }) => half).sort()).toEqual(['lower', 'upper']);
  });

  it.each([
    [19, 19, 0],
    [20, 20, 0],
    [21, 20, 1],
  ])('of %i onsets the newest %i are followed, and one without onset always', (onsets, followed, leftOut) => {
    const dated = Array.from({ length: onsets }, (_, index) => condition('neck-pain', daysAgo(100 + index)));
    const theCase = caseOf([...dated, condition('arm-pain', undefined)]);
    expect(theCase.episodes).toHaveLength(followed + 1);
    expect(isoDay(theCase.episodes[0]!.onset!.first)).toBe(daysAgo(100));
    expect(theCase.episodes.at(-1)?.onset).toBeUndefined();
    const surplus = theCase.excluded.find(({ reason }) => reason === 'more complaints than are followed');
    expect(surplus?.count ?? 0).toBe(leftOut);
  });

  it('left and right arm of one onset are one complaint of both sides', () => {
    const arms = ['side-left', 'side-right'].map((side) => condition('arm-pain', daysAgo(9), ['site-arm', side]));
    expect(episodesOf(...arms)).toMatchObject([{ side: 'bilateral' }]);
  });

  it.each([
    ['2026-11', ['2026-11-01', '2026-11-30']],
    ['2026', ['2026-01-01', '2026-12-31']],
  ])('an onset of %s is kept as all the days that it may be', (written, days) => {
    const [episode] = episodesOf(condition('neck-pain', written));
    expect([isoDay(episode!.onset!.first), isoDay(episode!.onset!.last)]).toEqual(days);
  });

  it('without an onset there is an episode without a clock, after those that have one', () => {
    const episodes = episodesOf(condition('neck-pain', undefined), condition('low-back-pain', '2019-05-01'));
    expect(episodes.map(({ group, onset }) => [group, onset !== undefined])).toEqual([
      ['back-only', true],
      ['neck-only', false],
    ]);
  });

  it('the date on which it was recorded is no onset', () => {
    expect(episodesOf(condition('neck-pain', undefined, [], { recordedDate: daysAgo(3) }))[0]?.onset).toBeUndefined();
  });

  it('an onset period begins the clock', () => {
    const [episode] = episodesOf(condition('neck-pain', undefined, [], { onsetPeriod: { start: daysAgo(9) } }));
    expect(isoDay(episode!.onset!.first)).toBe(daysAgo(9));
  });

  it('a disease elsewhere is no complaint', () => {
    expect(episodesOf(condition('diabetes', daysAgo(9)), condition('weakness', daysAgo(9), ['site-face']))).toEqual([]);
  });
});

describe('the groups of the timing protocol (AMB-24, AMB-25)', () => {
  it.each([
    ['low-back-pain', [], 'back-only'],
    ['low-back-pain', ['site-thigh'], 'back-only'],
    ['low-back-pain', ['site-knee'], 'back-only'],
    ['low-back-pain', ['site-lower-leg'], 'back-leg'],
    ['low-back-pain', ['site-foot'], 'back-leg'],
    ['low-back-pain', ['site-leg'], 'back-leg'],
    ['lumbar-radiculopathy', ['site-lower-leg'], 'back-leg'],
    ['sciatica', [], 'back-leg'],
    ['thoracic-spine-pain', [], 'thoracic'],
    ['leg-pain', [], 'leg-only'],
    ['neck-pain', [], 'neck-only'],
    ['neck-pain', ['site-shoulder'], 'neck-only'],
    ['neck-pain', ['site-scapula'], 'neck-only'],
    ['neck-pain', ['site-upper-arm'], 'neck-arm'],
    ['neck-pain', ['site-forearm'], 'neck-arm'],
    ['neck-pain', ['site-hand'], 'neck-arm'],
    ['neck-pain', ['site-arm'], 'neck-arm'],
    ['cervical-radiculopathy', [], 'neck-arm'],
    ['shoulder-pain', [], 'arm-only'],
    ['arm-pain', ['site-hand'], 'arm-only'],
  ])('%s of %j is %s', (code, places, group) => {
    expect(groupOf(code, ...places)).toBe(group);
  });
});

describe('an order for neuralgic amyotrophy', () => {
  const order = record('MedicationRequest', {
    id: 'draft',
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: coded('prednisolone'),
    reasonCode: [coded('neuralgic-amyotrophy')],
  });
  const withDraft = (records: Parameters<typeof caseOf>[0], selections?: readonly string[]) =>
    caseOf(records, { hook: 'order-sign', drafts: [order], ...(selections && { selections }) });

  it('opens an episode without a clock when no condition says so', () => {
    expect(withDraft([]).episodes).toMatchObject([{ half: 'upper', regions: ['arm'], conditions: [] }]);
    expect(withDraft([]).episodes[0]?.onset).toBeUndefined();
  });

  it('opens none beside a condition that says so', () => {
    const listed = condition('neuralgic-amyotrophy', daysAgo(9));
    expect(withDraft([listed]).episodes).toMatchObject([{ conditions: [{ concepts: ['neuralgic-amyotrophy'] }] }]);
  });

  it('opens none when it is not the one that was selected', () => {
    expect(withDraft([], ['MedicationRequest/another']).episodes).toEqual([]);
    expect(withDraft([], ['MedicationRequest/draft']).episodes).toHaveLength(1);
  });

  it('is judged as the kind of order that it is', () => {
    expect(withDraft([]).drafts).toMatchObject([{ reference: 'MedicationRequest/draft', selected: true }]);
    expect(withDraft([]).drafts[0]?.kinds).toContain('draft-pred');
  });
});

describe('a weakness that no complaint on the list names', () => {
  it.each([
    ['a strength of 4', strength('muscle-deltoid', 4, daysAgo(1)), { group: 'arm-only', side: 'right' }],
    [
      'a finding at the arm',
      finding('weakness', true, daysAgo(1), ['site-arm', 'side-left']),
      { group: 'arm-only', side: 'left' },
    ],
    ['a foot drop without a place', finding('foot-drop', true, daysAgo(1)), { group: 'leg-only' }],
    ['a weak muscle of the leg', strength('muscle-quadriceps', 3, daysAgo(1)), { group: 'leg-only', side: 'right' }],
  ])('%s is a complaint without onset', (_, seen, expected) => {
    const [episode, ...others] = episodesOf(seen);
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ ...expected, conditions: [] });
    expect(episode?.onset).toBeUndefined();
  });

  it.each([
    ['a strength of 5', strength('muscle-deltoid', 5, daysAgo(1))],
    ['a weakness that was looked for and absent', finding('weakness', false, daysAgo(1), ['site-arm'])],
    ['a weakness without a place', finding('weakness', true, daysAgo(1))],
    ['a strength dated tomorrow', strength('muscle-deltoid', 4, daysAgo(-1))],
  ])('%s is none', (_, seen) => {
    expect(episodesOf(seen)).toEqual([]);
  });

  it.each([
    [27, 1],
    [28, 1],
    [29, 0],
  ])('seen %i days ago, it makes %i', (days, count) => {
    expect(episodesOf(strength('muscle-deltoid', 4, daysAgo(days)))).toHaveLength(count);
  });

  it('that has gone since is none; that came since is one', () => {
    const then = (grade: number) => strength('muscle-deltoid', grade, daysAgo(9));
    const now = (grade: number) => strength('muscle-deltoid', grade, daysAgo(1));
    expect(episodesOf(then(4), now(5))).toEqual([]);
    expect(episodesOf(then(5), now(4))).toHaveLength(1);
  });

  it('belongs to a complaint of that half when one is listed', () => {
    const [episode, ...others] = episodesOf(
      condition('neck-pain', daysAgo(9)),
      strength('muscle-deltoid', 4, daysAgo(1)),
    );
    expect(others).toEqual([]);
    expect(episode).toMatchObject({ group: 'neck-only' });
  });
});
