/** Which records of a finding count, and which of several wins: by window, by place, by time (knowledge section 1, D12). */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/facts/fact.js';
import { countsAsAlarm } from '../../src/facts/windows.js';
import { DEFINITIONS, FACTS, factOf, valueOf } from '../support/facts.js';
import { TODAY, caseOf, condition, daysAgo, finding } from '../support/records.js';

const shoulder = (onset: number, places: readonly string[] = []) => condition('shoulder-pain', daysAgo(onset), places);
const backOf = (onset: number) => condition('low-back-pain', daysAgo(onset));

describe('the window of a finding', () => {
  it.each([
    [0, true],
    [3, true],
    [4, undefined],
    [-1, undefined],
  ])('fever counts for three days: recorded %i days ago it is %s', (age, expected) => {
    expect(valueOf('fever.recorded', [finding('fever', true, daysAgo(age))])).toBe(expected);
  });

  it.each([
    [0, true],
    [900, true],
    [-1, undefined],
  ])('drug misuse counts for ever: recorded %i days ago it is %s', (age, expected) => {
    const misuse = finding('drug-misuse', true, daysAgo(age));
    expect(valueOf('drugs.misuse', [misuse])).toBe(expected);
    expect(valueOf('drugs.misuse', [shoulder(5), misuse])).toBe(expected);
  });

  it.each([
    [0, true],
    [10, true],
    [11, true],
    [12, undefined],
    [-1, undefined],
  ])('of a complaint of ten days ago, recorded %i days ago it is %s', (age, expected) => {
    expect(valueOf('pain.atNight', [shoulder(10), finding('pain-at-night', true, daysAgo(age))])).toBe(expected);
  });

  it('of two complaints of one half each has its own: an old record never counts for the new one', () => {
    const neck = condition('neck-pain', daysAgo(5));
    const theCase = caseOf([neck, shoulder(30), finding('pain-at-night', true, daysAgo(20))]);
    expect(factOf('pain.atNight', theCase, 0).value).toBeUndefined();
    expect(factOf('pain.atNight', theCase, 1).value).toBe(true);
  });

  it('a finding without a date counts only where its age does not matter', () => {
    expect(valueOf('drugs.misuse', [condition('drug-misuse', undefined)])).toBe(true);
    expect(valueOf('fever.recorded', [condition('fever', undefined)])).toBeUndefined();
    expect(valueOf('cord.pyramidal', [condition('pyramidal-signs', undefined)])).toBeUndefined();
    expect(valueOf('pain.atNight', [shoulder(10), condition('pain-at-night', undefined)])).toBeUndefined();
  });

  it.each([
    [0, true],
    [28, true],
    [29, false],
    [-1, false],
  ])('a record of %i days ago counts as an alarm for 28 days: %s', (age, expected) => {
    const day = TODAY - age;
    expect(countsAsAlarm(caseOf([]), { first: day, last: day }, [], 28)).toBe(expected);
  });
});

describe('a finding of a complaint, asked of the patient', () => {
  const asked = (...records: readonly FhirResource[]): Fact => {
    const sheet = FACTS.of(caseOf(records));
    const number = DEFINITIONS.findIndex((definition) => definition.id === 'pain.atNight');
    return sheet.read(number, sheet.patient);
  };
  const night = (age: number, places: readonly string[] = []) => finding('pain-at-night', true, daysAgo(age), places);

  it('counts when it belongs to any of the complaints', () => {
    expect(asked(shoulder(5), backOf(30), night(20, ['site-low-back'])).value).toBe(true);
    expect(asked(shoulder(5), backOf(30), night(20, ['site-shoulder'])).value).toBeUndefined();
    expect(asked(shoulder(5), night(3, ['site-low-back'])).value).toBeUndefined();
    expect(asked(night(3)).value).toBeUndefined();
  });
});

describe('a finding at certain places', () => {
  it.each([
    ['forearm', ['site-forearm'], true],
    ['forearm and upper arm', ['site-upper-arm', 'site-forearm'], true],
    ['upper arm', ['site-upper-arm'], undefined],
    ['no place', [], undefined],
  ])('weakness is distal or not: %s', (_, places, expected) => {
    expect(valueOf('weakness.distalArmRecorded', [finding('weakness', true, daysAgo(1), places)])).toBe(expected);
  });
});

describe('the newest record of a place', () => {
  const reflex = (present: boolean, age: number, ...places: readonly string[]) =>
    finding('reflex-absent', present, daysAgo(age), places);

  it('ends an older one of that place, whatever the order of its sites', () => {
    expect(valueOf('reflex.absent', [reflex(true, 5, 'muscle-biceps'), reflex(false, 1, 'muscle-biceps')])).toBe(false);
    const both = ['muscle-biceps', 'muscle-triceps'];
    expect(valueOf('reflex.absent', [reflex(true, 5, ...both), reflex(false, 1, ...[...both].reverse())])).toBe(false);
  });

  it('ends none of another place, or of no place', () => {
    expect(valueOf('reflex.absent', [reflex(true, 5, 'muscle-biceps'), reflex(false, 1, 'muscle-triceps')])).toBe(true);
    expect(valueOf('reflex.absent', [reflex(true, 5, 'muscle-biceps'), reflex(false, 1)])).toBe(true);
  });

  it('several places: those that are present are what a yes rests on, all of them what a no rests on', () => {
    const records = [reflex(true, 5, 'muscle-biceps'), reflex(true, 4, 'muscle-triceps'), reflex(false, 1)];
    expect(factOf('reflex.absent', caseOf(records)).evidence).toHaveLength(2);
    const normal = [reflex(false, 5, 'muscle-biceps'), reflex(false, 4, 'muscle-triceps')];
    const fact = factOf('reflex.absent', caseOf(normal));
    expect(fact.value).toBe(false);
    const newestFirst = [...normal].reverse();
    expect(fact.evidence.map(({ resource }) => resource.id)).toEqual(newestFirst.map(({ id }) => id));
  });
});

describe('present and absent on one day (D12)', () => {
  /** The same record twice, once present and once absent, at these times. */
  const both = (code: string, presentAt: string, absentAt: string) => [
    finding(code, true, `${daysAgo(3)}${presentAt}`),
    finding(code, false, `${daysAgo(3)}${absentAt}`),
  ];
  const [NINE, TEN] = ['T09:00:00+01:00', 'T10:00:00+01:00'];

  it.each([
    ['without times', '', '', true, undefined],
    ['at the same time', NINE, NINE, true, undefined],
    ['absent later', NINE, TEN, false, false],
    ['present later', TEN, NINE, true, true],
    ['present at no time', '', TEN, true, undefined],
    ['absent at no time', TEN, '', true, undefined],
  ])('%s: an alarm stands unless it is over, another finding is unknown', (_, present, absent, alarm, other) => {
    for (const records of [both('reflex-absent', present, absent), both('reflex-absent', present, absent).reverse()])
      expect(valueOf('reflex.absent', records)).toBe(alarm);
    const complaint = shoulder(10);
    expect(valueOf('pain.atNight', [complaint, ...both('pain-at-night', present, absent)])).toBe(other);
  });

  it('a month may be as late as a day in it', () => {
    const night = (present: boolean, date: string) => finding('pain-at-night', present, date);
    const complaint = condition('shoulder-pain', '2026-09-01');
    expect(valueOf('pain.atNight', [complaint, night(true, '2026-10'), night(false, '2026-10-20')])).toBeUndefined();
    expect(valueOf('pain.atNight', [complaint, night(true, '2026-10'), night(false, '2026-11-20')])).toBe(false);
  });

  it('of a dated and an undated record the dated one counts, of two undated ones none', () => {
    const listed = condition('drug-misuse', undefined);
    const undated = (present: boolean) => finding('drug-misuse', present, 'unknown');
    expect(valueOf('drugs.misuse', [listed, finding('drug-misuse', false, daysAgo(2))])).toBe(false);
    expect(valueOf('drugs.misuse', [listed, undated(false)])).toBeUndefined();
  });
});

describe('a fact of several findings', () => {
  const complaint = shoulder(10);
  const lying = (present: boolean, age = 3) => finding('orthopnoea', present, daysAgo(age));
  const bending = (present: boolean) => finding('dyspnoea-on-bending', present, daysAgo(3));
  const atRest = (present: boolean) => finding('dyspnoea-at-rest', present, daysAgo(3));
  const breathing = (...records: readonly FhirResource[]) =>
    factOf('breathing.orthopnoea', caseOf([complaint, ...records]));
  const CONTRADICTED = 'recorded as present and as absent on the same day';

  it('is not recorded when none of them is', () => {
    expect(breathing()).toEqual({ unknown: 'not recorded', evidence: [] });
  });

  it('names what contradicts itself before what is not recorded', () => {
    expect(breathing(lying(true), lying(false))).toMatchObject({ unknown: CONTRADICTED });
    expect(breathing(bending(false), atRest(true), atRest(false))).toMatchObject({ unknown: CONTRADICTED });
  });

  it('is present by one of them, whatever the others are', () => {
    const fact = breathing(bending(true), atRest(true), atRest(false));
    expect(fact.value).toBe(true);
    expect(fact.evidence).toHaveLength(1);
  });

  it('rests, when denied, on all of them', () => {
    const fact = breathing(lying(false), bending(false), atRest(false));
    expect(fact.value).toBe(false);
    expect(fact.evidence).toHaveLength(3);
    expect(breathing(lying(false), bending(false)).evidence).toHaveLength(2);
  });
});
