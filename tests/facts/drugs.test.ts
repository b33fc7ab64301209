/** Drug orders: what they are for, their dose and length, allergies, reasons against an NSAID; and the course of pain under treatment. */
import type { FhirResource } from 'fhir/r4.js';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts/fact.js';
import { createFacts } from '../../src/facts/facts.js';
import { loadSettings } from '../../src/facts/load-settings.js';
import { parseYaml } from '../../src/yaml-file.js';
import { DEFINITIONS, valueOf } from '../support/facts.js';
import { ROOT } from '../support/files.js';
import { caseOf, coded, condition, daysAgo, finding, nrs, observation, record } from '../support/records.js';

const FACTS = createFacts(
  DEFINITIONS,
  loadSettings(parseYaml('settings.yaml', readFileSync(`${ROOT}/rules/settings.yaml`, 'utf8'))),
);
type Elements = Readonly<Record<string, unknown>>;

const drafted = (drug: string, more: Elements = {}): FhirResource =>
  record('MedicationRequest', {
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: coded(drug),
    ...more,
  });
const inUse = (drug: string, since: number): FhirResource =>
  record('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded(drug),
    authoredOn: daysAgo(since),
  });
const allergy = (code: string, more: Elements = {}): FhirResource =>
  record('AllergyIntolerance', {
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: coded(code),
    patient: { reference: 'Patient/p' },
    ...more,
  });
const step = (mg: number, times: number, more: Elements = {}, sequence = 1): Elements => ({
  sequence,
  timing: { repeat: { frequency: times, period: 1, periodUnit: 'd', ...more } },
  doseAndRate: [{ doseQuantity: { value: mg, unit: 'mg', code: 'mg' } }],
});

/** A fact of an order by itself. */
function ofOrder(id: string, draft: FhirResource, records: readonly FhirResource[] = []): FactValue | undefined {
  const sheet = FACTS.of(caseOf(records, { hook: 'order-select', drafts: [draft] }));
  const subject = sheet.drafts[0]?.alone;
  if (!subject) throw new RangeError('the draft is not selected');
  return sheet.read(
    DEFINITIONS.findIndex((definition) => definition.id === id),
    subject,
  ).value;
}

const NA = condition('neuralgic-amyotrophy', daysAgo(12), ['site-shoulder', 'side-right']);

describe('what a drug order is for', () => {
  it.each([
    ['NA that is listed, without a reason', {}, true],
    ['NA that it names', { reasonCode: [coded('neuralgic-amyotrophy')] }, true],
    ['the shoulder pain of NA', { reasonCode: [coded('shoulder-pain')] }, true],
    ['back pain', { reasonCode: [coded('low-back-pain')] }, false],
    ['epilepsy', { reasonCode: [coded('epilepsy')] }, false],
  ])('is %s', (_, more, expected) => {
    expect(ofOrder('drug.forNa', drafted('diclofenac', more), [NA])).toBe(expected);
  });

  it('is not NA when none is listed or named', () => {
    const shoulder = condition('shoulder-pain', daysAgo(3), ['site-shoulder']);
    expect(ofOrder('drug.forNa', drafted('diclofenac'), [shoulder])).toBe(false);
    expect(
      ofOrder('drug.forNa', drafted('diclofenac', { reasonCode: [coded('neuralgic-amyotrophy')] }), [shoulder]),
    ).toBe(true);
  });
});

describe('the dose of an order', () => {
  it.each([
    ['twice a day', [step(100, 2)], 200],
    ['two instructions of one step', [step(75, 1, { when: ['MORN'] }), step(100, 1)], 175],
    ['the highest of steps that follow each other', [step(10, 2, {}, 1), step(20, 2, {}, 2)], 40],
    ['every twelve hours', [step(10, 1, { period: 12, periodUnit: 'h' })], 20],
  ])('is counted a day: %s', (_, dosageInstruction, daily) => {
    const draft = drafted('oxycodone', { dosageInstruction });
    expect(ofOrder('drug.dailyDose', draft)).toBe(daily);
    expect(ofOrder('drug.dosed', draft)).toBe(true);
  });

  it('is unknown in tablets or words, and absent when there is none', () => {
    const words = drafted('diclofenac', { dosageInstruction: [{ text: '2 dd 1' }] });
    expect(ofOrder('drug.dosed', words)).toBe(true);
    expect(ofOrder('drug.dailyDose', words)).toBeUndefined();
    expect(ofOrder('drug.dosed', drafted('diclofenac'))).toBe(false);
    expect(ofOrder('drug.dailyDose', drafted('diclofenac'))).toBeUndefined();
  });

  it.each([
    [
      'its period',
      { dosageInstruction: [step(10, 2, { boundsPeriod: { start: daysAgo(0), end: daysAgo(-20) } })] },
      21,
    ],
    ['its duration', { dosageInstruction: [step(10, 2, { boundsDuration: { value: 4, code: 'wk' } })] }, 28],
    ['its supply', { dispenseRequest: { expectedSupplyDuration: { value: 22, code: 'd' } } }, 22],
    ['nothing', { dosageInstruction: [step(10, 2)] }, undefined],
  ])('has the length of %s', (_, more, days) => {
    expect(ofOrder('drug.days', drafted('oxycodone', more))).toBe(days);
  });
});

describe('an allergy to the drafted drug', () => {
  it.each([
    ['of the same drug', 'diclofenac', allergy('diclofenac'), true],
    ['of its group', 'diclofenac', allergy('ibuprofen'), true],
    ['to NSAIDs as a problem', 'naproxen', condition('nsaid-allergy', daysAgo(900)), true],
    ['of another group', 'oxycodone', allergy('ibuprofen'), false],
    [
      'that is resolved',
      'diclofenac',
      allergy('diclofenac', { clinicalStatus: { coding: [{ code: 'resolved' }] } }),
      false,
    ],
  ])('%s', (_, drug, listed, expected) => {
    expect(ofOrder('drug.allergy', drafted(drug), [listed])).toBe(expected);
  });

  it('is unknown when the list is not complete', () => {
    const sheet = FACTS.of(
      caseOf([], { hook: 'order-select', drafts: [drafted('diclofenac')], incomplete: ['AllergyIntolerance'] }),
    );
    const number = DEFINITIONS.findIndex((definition) => definition.id === 'drug.allergy');
    expect(sheet.read(number, sheet.drafts[0]!.alone).value).toBeUndefined();
  });
});

const weeks = (value: number, ago = 0): FhirResource =>
  observation('gestational-age', daysAgo(ago), [], { valueQuantity: { value, code: 'wk' } });

describe('weeks of pregnancy', () => {
  it.each([
    ['today', [weeks(27)], 27],
    ['six days later', [weeks(27, 6)], 27],
    ['a week later', [weeks(27, 7)], 28],
    ['299 days', [weeks(20, 159)], 42],
    ['300 days', [weeks(20, 160)], 42],
    ['301 days: it is over', [weeks(20, 161)], undefined],
    ['of last year', [weeks(20, 365)], undefined],
    ['not recorded', [], undefined],
  ])('%s', (_, records, expected) => {
    expect(valueOf('pregnancy.weeks', records)).toBe(expected);
  });
});

const egfr = (value: number, ago: number): FhirResource =>
  observation('egfr', daysAgo(ago), [], { valueQuantity: { value, code: 'mL/min/{1.73_m2}' } });
const pregnant = condition('pregnancy', daysAgo(190));

describe('reasons against an NSAID', () => {
  it.each([
    ['none', [], false, false],
    ['heart failure', [condition('heart-failure', daysAgo(900))], true, true],
    ['an anticoagulant', [inUse('anticoagulant', 100)], true, true],
    ['a stroke in the past', [condition('stroke', daysAgo(900))], false, true],
    ['an eGFR of 29', [egfr(29, 365)], true, true],
    ['an eGFR of 30', [egfr(30, 10)], false, false],
    ['an eGFR of 29 that is too old', [egfr(29, 366)], false, false],
    ['an eGFR of 29, better since', [egfr(29, 40), egfr(45, 10)], false, false],
    ['pregnancy of unknown duration', [pregnant], false, true],
    ['pregnancy of 27 weeks', [pregnant, weeks(27)], false, true],
    ['pregnancy of 28 weeks', [pregnant, weeks(28)], true, true],
  ])('%s', (_, records, forbidden, unsuitable) => {
    expect(valueOf('nsaid.forbidden', records)).toBe(forbidden);
    expect(valueOf('nsaid.unsuitable', records)).toBe(unsuitable);
  });

  it('are unknown without a complete problem list', () => {
    expect(valueOf('nsaid.forbidden', [], { incomplete: ['Condition'] })).toBeUndefined();
  });
});

describe('pain under analgesia', () => {
  const oxycodone = inUse('oxycodone', 10);
  it.each([
    ['rises by two', [nrs(6, daysAgo(9)), nrs(8, daysAgo(0))], true],
    ['rises by one', [nrs(7, daysAgo(9)), nrs(8, daysAgo(0))], false],
    ['returns after a fall', [nrs(9, daysAgo(9)), nrs(5, daysAgo(5)), nrs(9, daysAgo(0))], false],
    ['was higher in between', [nrs(6, daysAgo(9)), nrs(9, daysAgo(4)), nrs(8, daysAgo(0))], false],
    ['falls', [nrs(9, daysAgo(9)), nrs(5, daysAgo(0))], false],
    ['was measured once', [nrs(9, daysAgo(0))], undefined],
    ['was measured before it began', [nrs(6, daysAgo(11)), nrs(9, daysAgo(0))], undefined],
    ['was measured 8 days ago', [nrs(6, daysAgo(9)), nrs(9, daysAgo(8))], undefined],
    ['was measured 7 days ago', [nrs(6, daysAgo(9)), nrs(9, daysAgo(7))], true],
    ['is recorded as increasing', [finding('pain-progressive', true, daysAgo(1), ['site-shoulder'])], true],
  ])('%s', (_, records, expected) => {
    expect(valueOf('pain.risingUnderAnalgesia', [NA, oxycodone, ...records])).toBe(expected);
  });

  it('needs an analgesic in use that has had its chance', () => {
    const scores = [nrs(6, daysAgo(1)), nrs(9, daysAgo(0))];
    expect(valueOf('pain.risingUnderAnalgesia', [NA, ...scores])).toBe(false);
    expect(valueOf('pain.risingUnderAnalgesia', [NA, inUse('oxycodone', 1), ...scores])).toBe(true);
    const sameDay = [nrs(6, `${daysAgo(0)}T08:00:00Z`), nrs(9, `${daysAgo(0)}T18:00:00Z`)];
    expect(valueOf('pain.risingUnderAnalgesia', [NA, inUse('oxycodone', 0), ...sameDay])).toBeUndefined();
  });
});

describe('the score under an NSAID and an opioid together', () => {
  it.each([
    ['a day after the last began', [inUse('diclofenac', 8), inUse('oxycodone', 1), nrs(5, daysAgo(0))], 5],
    ['on the day the last began', [inUse('diclofenac', 8), inUse('oxycodone', 0), nrs(5, daysAgo(0))], undefined],
    ['of 8 days ago', [inUse('diclofenac', 20), inUse('oxycodone', 20), nrs(5, daysAgo(8))], undefined],
    ['without the opioid', [inUse('diclofenac', 8), nrs(5, daysAgo(0))], undefined],
  ])('%s', (_, records, expected) => {
    expect(valueOf('pain.onCombination', [NA, ...records])).toBe(expected);
  });
});
