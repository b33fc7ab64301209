/**
 * Dutch GP systems speak STU3 and have no list of conditions: their episodes and coded journal lines are problems of unknown onset.
 * The shapes are those of the examples of Nictiz (nl-core-episodeofcare, gp-JournalEntry, zib-MedicationAgreement).
 */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { readDosages } from '../../src/facts/derive/dosage.js';
import { valueOf } from '../support/facts.js';
import { CALENDAR, caseOf, coded, condition, daysAgo, record } from '../support/records.js';
import { PATIENT } from '../support/requests.js';

type Elements = Readonly<Record<string, unknown>>;

const ICPC = 'http://hl7.org/fhir/sid/icpc-1-nl';
const of = (system: string, code: string) => ({ coding: [{ system, code }] });
const patient = { reference: `Patient/${PATIENT}` };
const kindsOf = ({ tolerated }: Case): readonly string[] => tolerated.map(({ where, what }) => `${where}: ${what}`);
const leftOutOf = ({ excluded }: Case): readonly string[] => excluded.map(({ where, reason }) => `${where}: ${reason}`);

describe('the STU3 of Dutch GP systems', () => {
  const episode = (status: string, elements: Elements = {}) =>
    record('EpisodeOfCare', {
      id: 'e7',
      subject: undefined,
      patient,
      status,
      type: [of(ICPC, 'L03')],
      period: { start: daysAgo(5) },
      ...elements,
    });
  const line = (type: string, days: number, elements: Elements = {}) =>
    record('Observation', {
      status: 'final',
      code: of('http://fhir.nl/fhir/NamingSystem/journaalregeltypen', type),
      effectiveDateTime: daysAgo(days),
      valueString: 'Sinds gisteren pijn in de rug',
      component: [{ code: of('http://hl7.org/fhir/v3/ActCode', 'DISDX'), valueCodeableConcept: of(ICPC, 'L03') }],
      ...elements,
    });
  const inEpisode = {
    extension: [
      {
        url: 'http://nictiz.nl/fhir/StructureDefinition/extension-context-nl-core-episodeofcare',
        valueReference: { reference: 'EpisodeOfCare/e7' },
      },
    ],
  };

  it('an episode is a problem, and its start is not the onset', () => {
    const theCase = caseOf([episode('active')], { incomplete: ['Condition'] });
    expect(theCase.episodes).toMatchObject([{ group: 'back-only', conditions: [{ reference: 'EpisodeOfCare/e7' }] }]);
    expect(theCase.episodes[0]?.onset).toBeUndefined();
    expect(kindsOf(theCase)).toEqual(['EpisodeOfCare: read as a Condition of unknown onset']);
    expect(valueOf('episode.daysSinceOnset', [episode('active')])).toBeUndefined();
  });

  it.each([
    ['active', 'active'],
    ['onhold', 'active'],
    ['finished', 'past'],
  ])('an episode that is %s is %s', (status, state) => {
    expect(caseOf([episode(status)]).byType.get('Condition')).toMatchObject([{ state }]);
  });

  it.each(['cancelled', 'entered-in-error'])('an episode that is %s is void', (status) => {
    expect(leftOutOf(caseOf([episode(status)]))).toEqual(['EpisodeOfCare: void']);
  });

  it('an episode of another patient is not this one’s', () => {
    const foreign = episode('active', { patient: { reference: 'Patient/somebody-else' } });
    expect(leftOutOf(caseOf([foreign]))).toEqual(['EpisodeOfCare: other patient']);
  });

  it('a Condition without a status ends with the episode that names it', () => {
    const diagnosis = [{ condition: { reference: 'Condition/c7' } }];
    const named = condition('low-back-pain', undefined, [], { id: 'c7', clinicalStatus: undefined });
    const states = (status: string) =>
      caseOf([episode(status, { type: undefined, diagnosis }), named]).byType.get('Condition');
    expect(states('finished')).toMatchObject([{ state: 'past' }]);
    expect(states('active')).toMatchObject([{ state: 'active' }]);
  });

  it('the diagnosis that an episode contains is its code', () => {
    const contained = [{ resourceType: 'Condition', id: 'd', code: of(ICPC, 'L86') }];
    const theCase = caseOf([episode('active', { type: undefined, contained })]);
    expect(theCase.byType.get('Condition')?.flatMap(({ concepts }) => concepts)).toContain('lumbar-radiculopathy');
  });

  it.each([
    ['E', 0, 1],
    ['S', 28, 1],
    ['E', 29, 0],
    ['O', 0, 0],
    ['P', 0, 0],
  ])('a journal line %s of %i days ago: %i present complaints, without an onset', (type, days, count) => {
    const theCase = caseOf([line(type, days)]);
    expect(theCase.episodes.map(({ onset }) => onset)).toEqual(Array<undefined>(count).fill(undefined));
    expect(JSON.stringify([theCase.tolerated, theCase.excluded])).not.toContain('rug');
  });

  it('a line counts while its episode runs, and no longer', () => {
    const uncoded = (status: string) => episode(status, { type: undefined });
    expect(caseOf([line('E', 200, inEpisode), uncoded('active')]).episodes).toHaveLength(1);
    expect(caseOf([line('E', 3, inEpisode), uncoded('finished')]).episodes).toHaveLength(0);
  });

  it('an old line says neither that there was an earlier complaint nor that there was none', () => {
    const theCase = caseOf([line('E', 60)]);
    expect(leftOutOf(theCase)).toEqual(['Observation: journal line of an earlier complaint']);
    expect(theCase.completeness('Condition')).toBe('incomplete');
  });

  it('a line that is no complaint is a history whatever its age', () => {
    const component = [{ valueCodeableConcept: of('http://hl7.org/fhir/sid/icd-10', 'C61') }];
    const theCase = caseOf([line('E', 2000, { component })]);
    expect(theCase.byConcept.get('malignancy')).toMatchObject([{ state: 'past' }]);
  });

  it('what the problem list says is said once, with the onset of the list', () => {
    const theCase = caseOf([
      condition('', daysAgo(9), [], { code: of(ICPC, 'L03') }),
      episode('active'),
      line('E', 1),
      line('E', 4),
    ]);
    expect(theCase.episodes).toMatchObject([{ conditions: [{ type: 'Condition' }] }]);
    expect(theCase.episodes[0]?.onset).toBeDefined();
    expect(theCase.excluded).toEqual([
      { where: 'EpisodeOfCare', reason: 'problem that is listed already', count: 1 },
      { where: 'Observation', reason: 'problem that is listed already', count: 2 },
    ]);
  });

  it('assertedDate is the date of recording', () => {
    const theCase = caseOf([condition('urinary-retention', undefined, [], { assertedDate: daysAgo(2) })]);
    expect(theCase.findings.get('urinary-retention')).toMatchObject([
      { date: { first: expect.any(Number) as number } },
    ]);
    expect(kindsOf(theCase)).toEqual(['Condition.assertedDate: STU3 for recordedDate']);
  });

  it.each([
    ['MedicationStatement', { status: 'active', taken: 'n', medicationCodeableConcept: coded('prednisone') }],
    ['Procedure', { status: 'completed', notDone: true, code: coded('spine-surgery') }],
    ['Immunization', { status: 'completed', notGiven: true, vaccineCode: coded('live-vaccine'), date: daysAgo(3) }],
  ])('%s that STU3 says did not happen is void', (type, elements) => {
    expect(leftOutOf(caseOf([record(type, elements)]))).toEqual([`${type}: void`]);
  });

  const agreement = (elements: Elements) =>
    record('MedicationRequest', { intent: 'order', medicationCodeableConcept: coded('prednisone'), ...elements });
  const periodOfUse = (valuePeriod: Elements) => ({
    extension: [{ url: 'http://nictiz.nl/fhir/StructureDefinition/zib-Medication-PeriodOfUse', valuePeriod }],
  });

  it.each([
    ['without an end', { start: daysAgo(3) }, 'active'],
    ['that ends today', { start: daysAgo(3), end: daysAgo(0) }, 'active'],
    ['that ended yesterday', { start: daysAgo(9), end: daysAgo(1) }, 'past'],
  ])('a medication agreement has no status: its period of use, %s, says so', (_, period, state) => {
    expect(caseOf([agreement(periodOfUse(period))]).byType.get('MedicationRequest')).toMatchObject([{ state }]);
  });

  it('without status and period its drug may be in use: the list is not complete', () => {
    const theCase = caseOf([agreement({})]);
    expect(leftOutOf(theCase)).toEqual(['MedicationRequest: no status']);
    expect(theCase.completeness('MedicationRequest')).toBe('incomplete');
  });

  it('a dose stands in the instruction itself, in pieces of the Dutch table', () => {
    const quantity = { value: 2, unit: 'stuk', system: 'urn:oid:2.16.840.1.113883.2.4.4.1.900.2', code: '245' };
    const strength = { numerator: { value: 30, unit: 'mg' }, denominator: { value: 1, unit: 'tablet' } };
    const draft = agreement({
      status: 'draft',
      medicationCodeableConcept: undefined,
      medicationReference: { reference: '#m' },
      contained: [{ resourceType: 'Medication', id: 'm', code: coded('prednisone'), ingredient: [{ strength }] }],
      dosageInstruction: [{ timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } }, doseQuantity: quantity }],
    });
    const theCase = caseOf([], { hook: 'order-sign', drafts: [draft] });
    expect(readDosages(theCase.drafts[0], CALENDAR)).toMatchObject([{ daily: 60 }]);
  });
});
