/** How a drug order says what to take: amounts, tablets of a stated strength, times a day, steps and length; what cannot be read is unknown. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/facts/fact.js';
import { DEFINITIONS, FACTS } from '../support/facts.js';
import { caseOf, coded, daysAgo, record } from '../support/records.js';

type Elements = Readonly<Record<string, unknown>>;

const UCUM = 'http://unitsofmeasure.org';
const G_STANDAARD = 'urn:oid:2.16.840.1.113883.2.4.4.1.900.2';
const DAILY = { frequency: 1, period: 1, periodUnit: 'd' };
const mg = (value: number): Elements => ({ value, unit: 'mg', code: 'mg' });

const order = (elements: Elements): FhirResource =>
  record('MedicationRequest', {
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: coded('prednisone'),
    ...elements,
  });
const instruction = (doseQuantity: unknown, timing: unknown = { repeat: DAILY }): Elements => ({
  timing,
  doseAndRate: [{ doseQuantity }],
});

/** An order of tablets or capsules whose only ingredient has a strength. */
const ofStrength = (strength: Elements, doseQuantity: unknown): FhirResource =>
  order({
    medicationCodeableConcept: undefined,
    contained: [{ resourceType: 'Medication', id: 'm', code: coded('prednisone'), ingredient: [{ strength }] }],
    medicationReference: { reference: '#m' },
    dosageInstruction: [instruction(doseQuantity)],
  });

function factOfOrder(id: string, draft: FhirResource): Fact {
  const sheet = FACTS.of(caseOf([], { hook: 'order-select', drafts: [draft] }));
  const number = DEFINITIONS.findIndex((definition) => definition.id === id);
  return sheet.read(number, sheet.drafts[0]!.alone);
}
const dailyDose = (...dosageInstruction: readonly Elements[]): Fact =>
  factOfOrder('drug.dailyDose', order({ dosageInstruction }));
const daysOf = (elements: Elements) => factOfOrder('drug.days', order(elements)).value;

describe('an amount in milligrams', () => {
  it.each([
    ['milligrams', mg(60), 60],
    ['grams', { value: 0.5, code: 'g' }, 500],
    ['micrograms', { value: 500, code: 'ug' }, 0.5],
    ['a unit without a code', { value: 60, unit: 'mg' }, 60],
    ['a UCUM code beside a word for people', { value: 60, system: UCUM, code: 'mg', unit: 'milligram' }, 60],
    ['a code without a system beside a word', { value: 60, code: 'mg', unit: 'milligram' }, 60],
    ['the word beside a national code', { value: 60, system: G_STANDAARD, code: '229', unit: 'mg' }, 60],
    ['a code of another system without a word', { value: 60, system: G_STANDAARD, code: 'mg' }, 60],
  ])('is read from %s', (_, quantity, expected) => {
    expect(dailyDose(instruction(quantity)).value).toBe(expected);
  });

  it.each([
    ['an amount that is text', { value: '60', code: 'mg' }],
    ['an amount without a unit', { value: 60 }],
    ['millilitres', { value: 60, code: 'mL' }],
    ['tablets of unknown strength', { value: 12, unit: 'tablet' }],
    ['no amount', undefined],
  ])('is unknown from %s', (_, quantity) => {
    expect(dailyDose(instruction(quantity))).toMatchObject({ unknown: 'the dose is not recorded in mg' });
  });
});

describe('a dose beyond any number', () => {
  const often = (frequency: number) => ({ repeat: { ...DAILY, frequency } });
  it.each([
    ['as it is written', [instruction(mg(Infinity))], 'the dose cannot be read'],
    ['by its frequency', [instruction(mg(60), often(Infinity))], 'the dose cannot be read'],
    ['when it is multiplied', [instruction(mg(1e308), often(2))], 'the dose cannot be read'],
    ['when it is added up', [instruction(mg(1e308)), instruction(mg(1e308))], 'the number cannot be read'],
  ])('%s is unknown', (_, instructions, reason) => {
    expect(dailyDose(...instructions)).toEqual({ unknown: reason, evidence: [] });
  });

  it('one below that is a dose', () => {
    expect(dailyDose(instruction(mg(1e308))).value).toBe(1e308);
  });
});

describe('tablets of a stated strength', () => {
  const perUnit = (unit: string): Elements => ({ numerator: mg(5), denominator: { value: 1, unit } });

  it.each([
    [12, 60],
    [0.5, 2.5],
    [0, 0],
  ])('%d of 5 mg are %d mg', (count, expected) => {
    const draft = ofStrength(perUnit('tablet'), { value: count, unit: 'tablet' });
    expect(factOfOrder('drug.dailyDose', draft).value).toBe(expected);
  });

  it.each([
    ...['1', '{tablet}', '{tbl}', '{capsule}', 'TAB', 'CAP', 'tablet', 'tablets', 'tabletten'],
    ...['comprimé', 'comprimés', 'capsule', 'capsules', 'stuk'],
  ])('are counted in the unit "%s"', (unit) => {
    const draft = ofStrength(perUnit(unit), { value: 12, unit });
    expect(factOfOrder('drug.dailyDose', draft).value).toBe(60);
  });

  it('are counted by the word where the code is of the Dutch table', () => {
    const draft = ofStrength(perUnit('tablet'), { value: 12, system: G_STANDAARD, code: '245', unit: 'stuk' });
    expect(factOfOrder('drug.dailyDose', draft).value).toBe(60);
  });

  it('do not change a dose that is stated in milligrams', () => {
    expect(factOfOrder('drug.dailyDose', ofStrength(perUnit('tablet'), mg(60))).value).toBe(60);
  });

  it.each([
    ['a number that is text', { value: '12', unit: 'tablet' }],
    ['millilitres', { value: 12, unit: 'mL' }],
    ['no dose', undefined],
  ])('are unknown with %s', (_, quantity) => {
    expect(factOfOrder('drug.dailyDose', ofStrength(perUnit('tablet'), quantity)).value).toBeUndefined();
  });
});

describe('the times a day', () => {
  const BID = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code: 'BID' }] };

  it.each([
    ['a code alone', { code: BID }, 20],
    [
      'two named times in two days',
      { repeat: { timeOfDay: ['08:00:00', '20:00:00'], period: 2, periodUnit: 'd' } },
      10,
    ],
    ['a frequency in a week', { repeat: { frequency: 7, period: 1, periodUnit: 'wk' } }, 10],
    ['the longer of times and moments', { repeat: { timeOfDay: ['08:00:00'], when: ['MORN', 'EVE'] } }, 20],
  ])('are counted by %s', (_, timing, expected) => {
    expect(dailyDose(instruction(mg(10), timing)).value).toBe(expected);
  });

  it.each([
    ['no timing at all', undefined],
    ['a period of nothing', { repeat: { ...DAILY, period: 0 } }],
    ['a period that is text', { repeat: { ...DAILY, period: '1' } }],
    ['named times in a period without a unit', { repeat: { timeOfDay: ['08:00:00'], period: 1 } }],
    ['named times and a unit without a period', { repeat: { timeOfDay: ['08:00:00'], periodUnit: 'd' } }],
    ['a moment and a meal of no number', { repeat: { when: ['MORN', 'AC'] } }],
    ['a moment that stands in no list', { repeat: { when: 'MORN' } }],
    ['no moments', { repeat: { when: [] } }],
    ['a largest period', { repeat: { ...DAILY, periodMax: 2 } }],
  ])('are unknown with %s', (_, timing) => {
    expect(dailyDose({ ...instruction(mg(10)), timing })).toMatchObject({ unknown: 'the frequency is not recorded' });
  });
});

describe('the most taken on one day', () => {
  const step = (value: number, sequence: number, start?: number): Elements => ({
    sequence,
    ...instruction(mg(value), {
      repeat: { ...DAILY, ...(start !== undefined && { boundsPeriod: { start: daysAgo(-start) } }) },
    }),
  });

  it('adds up instructions of one step that start together', () => {
    expect(dailyDose(step(20, 1), step(10, 1)).value).toBe(30);
    expect(dailyDose(step(20, 1, 0), step(10, 1, 0)).value).toBe(30);
  });

  it('does not add up what starts on another day, or is another step', () => {
    expect(dailyDose(step(20, 1, 0), step(10, 1, 7)).value).toBe(20);
    expect(dailyDose(step(20, 1), step(10, 2)).value).toBe(20);
  });

  it('is unknown when one of the instructions cannot be read', () => {
    expect(dailyDose(step(20, 1), { text: '1 dd 1' }).value).toBeUndefined();
  });

  it('is unknown without an instruction', () => {
    expect(dailyDose()).toMatchObject({ unknown: 'the order has no dose yet' });
  });
});

describe('the length of an order', () => {
  const lasting = (repeat: Elements): Elements => instruction(mg(10), { repeat: { ...DAILY, ...repeat } });
  const supply = (value: unknown, unit: string, key = 'code'): Elements => ({
    dispenseRequest: { expectedSupplyDuration: { value, [key]: unit } },
  });

  it.each([
    ['d', 'code', 3],
    ['day', 'unit', 3],
    ['dag', 'unit', 3],
    ['dagen', 'unit', 3],
    ['wk', 'code', 21],
  ])('of 3 "%s" by its %s is %i days', (unit, key, days) => {
    expect(daysOf(supply(3, unit, key))).toBe(days);
  });

  it.each([
    ['months', supply(3, 'mo')],
    ['a number that is text', supply('3', 'd')],
    ['no unit', { dispenseRequest: { expectedSupplyDuration: { value: 3 } } }],
    ['no supply', { dispenseRequest: {} }],
  ])('is unknown from %s', (_, elements) => {
    expect(daysOf(elements)).toBeUndefined();
  });

  it('is that of the longest of instructions that run together', () => {
    const weeks = (value: number) => lasting({ boundsDuration: { value, code: 'wk' } });
    expect(daysOf({ dosageInstruction: [weeks(1), weeks(2)] })).toBe(14);
  });

  it('is that of the supply where one of the instructions has no end', () => {
    const dosageInstruction = [lasting({ boundsDuration: { value: 1, code: 'wk' } }), lasting({})];
    expect(daysOf({ dosageInstruction })).toBeUndefined();
    expect(daysOf({ dosageInstruction, ...supply(30, 'd') })).toBe(30);
  });

  it.each([
    ['a start', { start: daysAgo(0) }],
    ['an end', { end: daysAgo(-6) }],
  ])('is not known from %s alone', (_, boundsPeriod) => {
    const dosageInstruction = [lasting({ boundsPeriod })];
    expect(daysOf({ dosageInstruction })).toBeUndefined();
    expect(daysOf({ dosageInstruction, ...supply(7, 'd') })).toBe(7);
  });

  it('counts the first and the last day', () => {
    const oneDay = lasting({ boundsPeriod: { start: daysAgo(0), end: daysAgo(0) } });
    expect(daysOf({ dosageInstruction: [oneDay] })).toBe(1);
  });
});

describe('the steps of a course', () => {
  const step = (value: number, days: number, sequence: number): Elements => ({
    sequence,
    ...instruction(mg(value), { repeat: { ...DAILY, boundsDuration: { value: days, code: 'd' } } }),
  });
  const STEPS = [step(60, 7, 1), step(50, 1, 2), step(40, 1, 3), step(30, 1, 4), step(20, 1, 5), step(10, 1, 6)];
  const written = (places: readonly number[]): readonly Elements[] => places.map((index) => STEPS[index]!);

  it.each([
    ['in their order', [0, 1, 2, 3, 4, 5]],
    ['from the last to the first', [5, 4, 3, 2, 1, 0]],
    ['mixed', [2, 0, 5, 1, 4, 3]],
  ])('are taken by their sequence, written %s', (_, places) => {
    const draft = order({ dosageInstruction: written(places) });
    expect(factOfOrder('course.dailyDose', draft).value).toBe(60);
    expect(factOfOrder('course.tapers', draft).value).toBe(true);
  });

  it('without a sequence are taken together', () => {
    const week = { ...DAILY, boundsPeriod: { start: daysAgo(0), end: daysAgo(-6) } };
    const dosageInstruction = [40, 20].map((value) => instruction(mg(value), { repeat: week }));
    expect(factOfOrder('course.dailyDose', order({ dosageInstruction })).value).toBe(60);
  });
});
