/** The days that the protocol counts from onset, three months, and age: what they are, and what they are when the onset is not known. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/facts/fact.js';
import { DEFINITIONS, FACTS, factOf, valueOf } from '../support/facts.js';
import { TODAY, assembleAll, caseOf, condition, daysAgo } from '../support/records.js';
import { PATIENT } from '../support/requests.js';

const begun = (onset: string | undefined) => condition('shoulder-pain', onset);

describe('the days of the protocol (AMB-06)', () => {
  it.each([
    ['episode.daySeven', 7],
    ['episode.dayThirteen', 13],
    ['episode.dayFourteen', 14],
    ['episode.daySixteen', 16],
    ['episode.dayTwentySeven', 27],
  ])('%s is %i days after onset, and rests on the complaint', (id, days) => {
    const fact = factOf(id, caseOf([begun(daysAgo(10))]));
    expect(fact.value).toBe(TODAY - 10 + days);
    expect(fact.evidence).toHaveLength(1);
  });

  it.each([
    ['in the future', daysAgo(-1), 'the onset lies in the future'],
    ['of which only the month is known', '2026-11', 'the onset is recorded without a day'],
    ['that is not recorded', undefined, 'no onset recorded'],
  ])('are unknown with an onset %s, which is named', (_, onset, reason) => {
    const theCase = caseOf([begun(onset)]);
    for (const id of ['episode.dayFourteen', 'episode.daysSinceOnset', 'patient.ageAtOnset']) {
      const fact = factOf(id, theCase);
      expect(fact.unknown).toBe(reason);
      expect(fact.value).toBeUndefined();
      expect(fact.evidence).toHaveLength(1);
    }
  });

  it('begin on the day of onset, which may be today', () => {
    expect(valueOf('episode.daysSinceOnset', [begun(daysAgo(0))])).toBe(0);
    expect(valueOf('episode.daySeven', [begun(daysAgo(0))])).toBe(TODAY + 7);
  });
});

describe('more than three months (AMB-05)', () => {
  it.each([
    ['that is not recorded', undefined, 'no onset recorded'],
    ['in the future', daysAgo(-1), 'the onset lies in the future'],
    ['of which the days disagree', '2026-08', 'the onset is recorded without a day'],
  ])('is unknown with an onset %s', (_, onset, reason) => {
    expect(factOf('episode.overThreeMonths', caseOf([begun(onset)]))).toMatchObject({ unknown: reason });
  });

  it.each([
    ['today', daysAgo(0), false],
    ['in this month', '2026-11', false],
    ['in this year', '2026', undefined],
    ['in the year before', '2025', true],
  ])('is decided for a complaint that began %s: %s', (_, onset, expected) => {
    expect(valueOf('episode.overThreeMonths', [begun(onset)])).toBe(expected);
  });
});

describe('where there is no complaint', () => {
  /** A fact of an episode, asked of the patient. */
  const ofPatient = (id: string, records: readonly FhirResource[] = []): Fact => {
    const sheet = FACTS.of(caseOf(records));
    const number = DEFINITIONS.findIndex((definition) => definition.id === id);
    return sheet.read(number, sheet.patient);
  };

  it.each([
    ['episode.daysSinceOnset', 'no onset recorded'],
    ['episode.dayFourteen', 'no onset recorded'],
    ['episode.overThreeMonths', 'no onset recorded'],
    ['patient.ageAtOnset', 'no onset recorded'],
    ['episode.group', 'no complaint'],
  ])('%s is unknown: %s', (id, reason) => {
    expect(ofPatient(id)).toEqual({ unknown: reason, evidence: [] });
  });
});

describe('age', () => {
  const bornOn = (birthDate: string | undefined): Fact => {
    const patient = { resourceType: 'Patient', id: PATIENT, birthDate } as unknown as FhirResource;
    return factOf('patient.age', assembleAll([patient]));
  };

  it.each([
    ['tomorrow eighteen years ago', '2008-11-22', 17],
    ['on the last day of a year', '2008-12-31', 17],
    ['today eighteen years ago', '2008-11-21', 18],
    ['on the first day of a year', '2008-01-01', 18],
  ])('of somebody born %s is %s: %i years', (_, birthDate, years) => {
    expect(Math.floor(Number(bornOn(birthDate).value))).toBe(years);
  });

  it.each([
    ['that is not recorded', undefined, 'no birth date recorded'],
    ['without a day', '1980-02', 'the birth date is recorded without a day'],
  ])('is unknown with a birth date %s', (_, birthDate, reason) => {
    expect(bornOn(birthDate)).toMatchObject({ unknown: reason });
  });
});
