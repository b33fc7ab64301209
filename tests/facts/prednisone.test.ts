/** What stands beside a course of prednisone: another corticosteroid, fever, contraindications (knowledge 5.3, AMB-43). */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { factOf, valueOf } from '../support/facts.js';
import { caseOf, coded, condition, daysAgo, finding, observation, record } from '../support/records.js';

const steroid = (days?: number, elements: Readonly<Record<string, unknown>> = {}) =>
  record('MedicationStatement', {
    status: 'active',
    medicationCodeableConcept: coded('prednisolone'),
    ...(days !== undefined && { effectivePeriod: { start: daysAgo(days) } }),
    ...elements,
  });

describe('a systemic corticosteroid since onset', () => {
  const since = (onset: number, ...records: readonly FhirResource[]) =>
    factOf(
      'steroid.sinceOnset',
      caseOf([condition('neuralgic-amyotrophy', daysAgo(onset), ['site-shoulder']), ...records]),
    );

  it.each([
    ['begun today', 5, steroid(0), true],
    ['begun on the day of onset', 5, steroid(5), true],
    ['begun the day before onset', 5, steroid(6), false],
    ['in its last day of fourteen', 30, steroid(13), true],
    ['begun fourteen days ago', 30, steroid(14), false],
    ['to begin tomorrow', 5, steroid(-1), false],
    ['of no known date', 5, steroid(), false],
    ['that was stopped', 5, steroid(3, { status: 'stopped' }), false],
    ['of another kind', 5, steroid(3, { medicationCodeableConcept: coded('diclofenac') }), false],
  ])('%s, onset %i days ago', (_, onset, drug, expected) => {
    const fact = since(onset, drug);
    expect(fact.value).toBe(expected);
    expect(fact.evidence).toHaveLength(expected ? 1 : 0);
  });

  it('is unknown without an onset', () => {
    const undated = condition('neuralgic-amyotrophy', undefined, ['site-shoulder']);
    expect(valueOf('steroid.sinceOnset', [undated, steroid(3)])).toBeUndefined();
  });

  it('is known not to be taken only when both drug lists were searched completely', () => {
    const complaint = condition('neuralgic-amyotrophy', daysAgo(5), ['site-shoulder']);
    const without = (incomplete: readonly string[]) => valueOf('steroid.sinceOnset', [complaint], { incomplete });
    expect(without([])).toBe(false);
    expect(without(['MedicationRequest'])).toBeUndefined();
    expect(without(['MedicationStatement'])).toBeUndefined();
  });
});

describe('a systemic corticosteroid in use', () => {
  it('is one on either drug list, whenever it began', () => {
    expect(valueOf('steroid.current', [steroid(700)])).toBe(true);
    expect(valueOf('steroid.current', [steroid(700, { status: 'stopped' })])).toBe(false);
    expect(valueOf('steroid.current', [])).toBe(false);
    expect(valueOf('steroid.current', [], { incomplete: ['MedicationStatement'] })).toBeUndefined();
  });
});

describe('fever (AMB-43)', () => {
  const temperature = (celsius: number, days: number) =>
    observation('body-temperature', daysAgo(days), [], { valueQuantity: { value: celsius, code: 'Cel' } });
  const fever = (present: boolean) => finding('fever', present, daysAgo(1));

  it.each([
    ['37.9 degrees', [temperature(37.9, 0)], false],
    ['38.0 degrees', [temperature(38, 0)], true],
    ['39 degrees three days ago', [temperature(39, 3)], true],
    ['37 degrees now, and fever recorded', [temperature(37, 0), fever(true)], false],
    ['39 degrees now, and fever denied', [temperature(39, 0), fever(false)], true],
    ['39 degrees four days ago', [temperature(39, 4)], false],
    ['39 degrees four days ago, and fever recorded', [temperature(39, 4), fever(true)], true],
    ['fever denied', [fever(false)], false],
    ['nothing recorded', [], false],
  ])('is known by %s', (_, records, expected) => {
    expect(valueOf('fever.now', records)).toBe(expected);
  });

  it.each([['Observation'], ['Condition']])('is unknown when not every %s was sent', (type) => {
    expect(factOf('fever.now', caseOf([], { incomplete: [type] }))).toMatchObject({
      unknown: 'the record could not be searched completely',
    });
    expect(valueOf('fever.now', [fever(false)], { incomplete: [type] })).toBe(false);
  });
});

describe('a contraindication to prednisone', () => {
  const vaccinated = (days: number) =>
    record('Immunization', {
      status: 'completed',
      vaccineCode: coded('live-vaccine'),
      patient: { reference: 'Patient/p1' },
      occurrenceDateTime: daysAgo(days),
    });

  it.each([
    ['none', [], false],
    ['a systemic infection', [condition('systemic-infection-hard-stop', daysAgo(3))], true],
    ['an active ulcer', [condition('peptic-ulcer', daysAgo(30))], true],
    [
      'an ulcer that healed',
      [condition('peptic-ulcer', daysAgo(900), [], { clinicalStatus: { coding: [{ code: 'resolved' }] } })],
      false,
    ],
    ['a live vaccine of 28 days ago', [vaccinated(28)], true],
    ['a live vaccine of 29 days ago', [vaccinated(29)], false],
    [
      'an allergy',
      [record('AllergyIntolerance', { clinicalStatus: { coding: [{ code: 'active' }] }, code: coded('prednisone') })],
      true,
    ],
  ])('%s', (_, records, expected) => {
    expect(valueOf('prednisone.hardStop', records)).toBe(expected);
  });

  it('is not known to be absent when a list is not complete, and is known to be there all the same', () => {
    const incomplete = ['Immunization'];
    expect(valueOf('prednisone.hardStop', [], { incomplete })).toBeUndefined();
    expect(valueOf('prednisone.hardStop', [condition('peptic-ulcer', daysAgo(30))], { incomplete })).toBe(true);
  });
});
