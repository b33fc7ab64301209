/**
 * What the sources leave open about red and yellow flags: which malignancy, how high a fever, how much weight, which chest, which
 * stiff back, and what a high score is: each with the one reading that the service takes, at its boundary.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, statementsOn } from '../support/advice.js';
import { condition, daysAgo, finding, observation, record, weight } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const BACK = condition('low-back-pain', daysAgo(20), ['site-low-back']);
const view = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });
/** Whether a statement is on a card of a patient with back pain. */
const says = async (statement: string, ...records: readonly FhirResource[]) =>
  statementsOn(await view(BACK, ...records)).includes(statement);
const coding = (system: string, code: string) => ({ coding: [{ system, code }] });

describe('AMB-42: a history of malignancy is any, whenever it was, but not basal cell carcinoma, and not of a relative', () => {
  const ICD_10 = 'http://hl7.org/fhir/sid/icd-10';
  const disease = (code: string, clinical: string, verification = 'confirmed') =>
    record('Condition', {
      code: coding(ICD_10, code),
      onsetDateTime: '2011-03-01',
      clinicalStatus: { coding: [{ code: clinical }] },
      verificationStatus: { coding: [{ code: verification }] },
    });

  test.each([
    ['breast cancer', 'C50', 'active', 'confirmed', true],
    ['breast cancer', 'C50', 'remission', 'confirmed', true],
    ['breast cancer', 'C50', 'resolved', 'confirmed', true],
    ['breast cancer', 'C50', 'active', 'refuted', false],
    ['breast cancer', 'C50', 'active', 'entered-in-error', false],
    ['basal cell carcinoma', 'C44', 'active', 'confirmed', false],
  ])('%s (%s) of 2011, %s and %s: %s', async (_, code, clinical, verification, flagged) => {
    expect(await says('RED-06', disease(code, clinical, verification))).toBe(flagged);
  });

  test('breast cancer of the mother is no flag, of the patient it is', async () => {
    const ofMother = record('FamilyMemberHistory', {
      status: 'completed',
      patient: { reference: `Patient/${PATIENT}` },
      relationship: { text: 'mother' },
      condition: [{ code: coding(ICD_10, 'C50') }],
    });
    expect(await says('RED-06', ofMother)).toBe(false);
    expect(await says('RED-06', disease('C50', 'active'))).toBe(true);
  });
});

describe('AMB-43: fever is 38.0 °C or more measured in the last 72 hours, or an active fever on the problem list', () => {
  const measured = (value: number, days = 0) =>
    observation('body-temperature', daysAgo(days), [], { valueQuantity: { value, code: 'Cel' } });

  test.each([
    [37.9, 0, false],
    [38, 0, true],
    [38.1, 0, true],
    [38.5, 3, true],
    [38.5, 4, false],
  ])('%d °C of %i days ago: %s', async (value, days, flagged) => {
    expect(await says('RED-11', measured(value, days))).toBe(flagged);
  });

  test.each([
    ['active', true],
    ['resolved', false],
  ])('a fever that is %s on the problem list: %s', async (status, flagged) => {
    const fever = condition('fever', daysAgo(1), [], { clinicalStatus: { coding: [{ code: status }] } });
    expect(await says('RED-11', fever)).toBe(flagged);
  });
});

describe('AMB-44: weight loss is recorded as unintended since six months before onset, or 5% of the weight within a year', () => {
  const from100To = (kilograms: number, daysBefore = 200) => [
    weight(100, daysAgo(daysBefore)),
    weight(kilograms, daysAgo(2)),
  ];
  const said = (present: boolean, days: number) => finding('unintended-weight-loss', present, daysAgo(days));

  test.each([
    [95.1, false],
    [95, true],
    [94.9, true],
  ])('from 100 to %d kg: %s', async (kilograms, flagged) => {
    expect(await says('RED-13', ...from100To(kilograms))).toBe(flagged);
  });

  test.each([
    [365, true],
    [366, false],
  ])('from 100 kg %i days ago to 90 kg: %s', async (days, flagged) => {
    expect(await says('RED-13', ...from100To(90, days))).toBe(flagged);
  });

  test.each([
    ['not recorded', [], true],
    ['recorded as intended', [said(false, 2)], false],
  ])('a fall of 10%% whose reason is %s: %s', async (_, records, flagged) => {
    expect(await says('RED-13', ...from100To(90), ...records)).toBe(flagged);
  });

  // Onset is 1 November: six months before it is 1 May, 204 days ago.
  test.each([
    [2, true],
    [204, true],
    [205, false],
  ])('a finding of %i days ago without weights: %s', async (days, flagged) => {
    expect(await says('RED-13', said(true, days))).toBe(flagged);
  });
});

describe('AMB-45: "thoracale pijn" is pain of the thoracic spine; pain of the chest is another work-up', () => {
  const flagged = async (...records: readonly FhirResource[]) =>
    statementsOn(await view(...records)).includes('RED-05');

  test.each<[string, readonly FhirResource[], boolean]>([
    ['back pain of the thoracic spine', [condition('low-back-pain', daysAgo(5), ['site-thoracic-spine'])], true],
    ['thoracic spine pain', [condition('thoracic-spine-pain', daysAgo(5))], true],
    ['low back pain', [BACK], false],
    ['low back pain beside chest pain', [BACK, condition('chest-pain', daysAgo(5))], false],
    ['low back pain beside thoracic spine pain', [BACK, condition('thoracic-spine-pain', daysAgo(5))], true],
  ])('%s: %s', async (_, records, expected) => {
    expect(await flagged(...records)).toBe(expected);
  });
});

describe('AMB-46: persistent severe restriction of lumbar flexion is what a doctor recorded so; no measured distance stands for it', () => {
  const schober = observation('schober-test', daysAgo(1), ['site-low-back'], {
    valueQuantity: { value: 1, code: 'cm' },
  });

  test.each<[string, FhirResource, boolean]>([
    ['recorded as present', finding('lumbar-flexion-severely-restricted', true, daysAgo(1)), true],
    ['recorded as absent', finding('lumbar-flexion-severely-restricted', false, daysAgo(1)), false],
    ['a Schober test of 1 cm alone', schober, false],
  ])('%s: %s', async (_, recorded, flagged) => {
    expect(await says('RED-14', recorded)).toBe(flagged);
  });
});

describe('AMB-47: a high score is what its interpretation calls high; a value without one raises a question, not a flag', () => {
  const LONGER = condition('low-back-pain', daysAgo(25), ['site-low-back']);
  const anxiety = (interpretation?: string) =>
    observation('score-anxiety', daysAgo(0), [], {
      valueInteger: 20,
      ...(interpretation !== undefined && { interpretation: [{ coding: [{ code: interpretation }] }] }),
    });
  const OTHER_FLAGS = [
    'treatments-stopped-for-side-effects',
    'function-decreasing',
    'multiple-unrelated-complaints',
    'emotional-distress-increasing',
    'social-isolation-increasing',
    'conflict-with-caregivers',
  ].map((flag) => finding(flag, false, daysAgo(1)));

  test.each([
    ['H', true, false],
    ['HH', true, false],
    ['N', false, false],
    ['L', false, false],
    [undefined, false, true],
  ])('20 points interpreted as %s: a flag %s, a question %s', async (interpretation, flag, question) => {
    const statements = statementsOn(await view(LONGER, anxiety(interpretation), ...OTHER_FLAGS));
    expect(statements.includes('YEL-01')).toBe(flag);
    expect(statements.includes('EXT-15')).toBe(question);
  });
});
