import { describe, expect, it } from 'vitest';
import { dateOf, painScoreOf, placesOf, titleOf, valueOf } from '../../src/sandbox/record/describe.js';
import { dosageOf } from '../../src/demo/dosage.js';
import { newUuid } from '../../src/sandbox/ehr/uuid.js';
import { coded, finding, nrs, record } from '../support/records.js';

describe('a line of the record', () => {
  it('is named by the text of the code, else by its display, else by the code, else by the type', () => {
    const named = (code: unknown) => titleOf(record('Condition', { code }), 'nl');
    expect(named({ text: 'Nekpijn', coding: [{ display: 'Neck pain', code: 'x' }] })).toBe('Nekpijn');
    expect(named({ coding: [{ code: 'a' }, { display: 'Neck pain' }] })).toBe('Neck pain');
    expect(named(coded('neck-pain'))).toBe('neck-pain');
    expect(named(undefined)).toBe('Condition');
  });

  it('is named by its form where it is the answers to one', () => {
    const questionnaire = 'https://plexus-cds.example/fhir/Questionnaire/pain-flags|0.1.0';
    expect(titleOf(record('QuestionnaireResponse', { questionnaire }), 'nl')).toBe('pain-flags');
    expect(
      titleOf(record('QuestionnaireResponse', { questionnaire: 'https://x.example/Questionnaire/pain-flags' }), 'nl'),
    ).toBe('pain-flags');
  });

  it('says what was found: "no" is told apart from nothing', () => {
    expect(valueOf(finding('fever', false, '2026-11-21'), 'nl')).toBe(false);
    expect(valueOf(record('Observation', { code: coded('fever') }), 'nl')).toBeUndefined();
    const dataAbsentReason = { coding: [{ code: 'asked-declined' }] };
    expect(valueOf(record('Observation', { code: coded('fever'), dataAbsentReason }), 'nl')).toBe('asked-declined');
    expect(valueOf(record('Observation', { valueQuantity: { value: 38.5, unit: 'Cel' } }), 'nl')).toBe('38.5 Cel');
    expect(valueOf(record('Observation', { valueCodeableConcept: { text: 'veel beter' } }), 'nl')).toBe('veel beter');
  });

  it.each([
    [{ mg: 75, times: 2 }, '2 × 75 mg per dag'],
    [{ mg: 60, times: 1, days: 7 }, '1 × 60 mg per dag, 7 dagen'],
    [{}, undefined],
  ])('says how a drug is taken: %o', (dose, said) => {
    expect(valueOf(record('MedicationRequest', dosageOf(dose)), 'nl')).toBe(said);
  });

  it('of a course in steps says the first, and that there are more; of a dose without numbers what stands there', () => {
    const course = [dosageOf({ mg: 60, times: 1, days: 7 }), dosageOf({ mg: 50, times: 1, days: 1 })];
    const dosageInstruction = course.flatMap((step) => step.dosageInstruction ?? []);
    expect(valueOf(record('MedicationRequest', { dosageInstruction }), 'en')).toBe('1 × 60 mg a day, 7 days, …');
    expect(valueOf(record('MedicationRequest', { dosageInstruction: [{ text: 'zo nodig' }] }), 'nl')).toBe('zo nodig');
    expect(valueOf(record('MedicationRequest', { dosageInstruction: [{}] }), 'nl')).toBeUndefined();
  });

  it('has the date that a reader looks for, and every place', () => {
    expect(dateOf(record('Condition', { onsetDateTime: '2026-11-19', recordedDate: '2026-11-21' }))).toBe('2026-11-19');
    expect(dateOf(record('Procedure', { performedPeriod: { start: '2026-11-01' } }))).toBe('2026-11-01');
    const bodySite = { coding: [{ display: 'schouder' }, { display: 'rechts' }] };
    expect(placesOf(record('Observation', { bodySite }), 'nl')).toEqual(['schouder', 'rechts']);
    expect(placesOf(record('Condition', { bodySite: [{ text: 'nek' }] }), 'nl')).toEqual(['nek']);
  });

  it.each([
    [0, 0],
    [10, 10],
    [11, undefined],
    [-1, undefined],
  ])('a pain score of %i is drawn as %s', (value, drawn) => {
    expect(painScoreOf(nrs(value, '2026-11-21'))).toBe(drawn);
  });

  it('another measurement is no pain score', () => {
    expect(painScoreOf(record('Observation', { code: coded('body-weight'), valueInteger: 8 }))).toBeUndefined();
    expect(painScoreOf({ resourceType: 'Patient', id: 'p' })).toBeUndefined();
  });
});

it('a hookInstance of the page is a UUID of version 4', () => {
  expect(newUuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(newUuid()).not.toBe(newUuid());
});
