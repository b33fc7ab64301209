/** The prednisone course as an order: the arithmetic of knowledge 5.2, and what holds for every weight, age, day and tablet. */
import type { Dosage, MedicationRequestDispenseRequest } from 'fhir/r4.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isoDay } from '../../src/fhir/dates.js';
import { sourceCourse } from '../../src/facts/derive/course.js';
import { courseSteps, courseSupply, takenDoses } from '../../src/orders/prednisone-course.js';
import { TODAY } from '../support/records.js';

const adult = { startDose: 60, start: TODAY, mgPerTablet: 5, language: 'en' as const };
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const boundsOf = ({ timing }: Dosage): { start: string; end: string } =>
  timing?.repeat?.boundsPeriod as { start: string; end: string };
const daysBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 86_400_000;
const doseOf = ({ doseAndRate }: Dosage): number => doseAndRate?.[0]?.doseQuantity?.value ?? NaN;
const tabletsOf = ({ quantity }: MedicationRequestDispenseRequest): number | undefined => quantity?.value;

describe('the course of an adult', () => {
  it('is seven days of 60 mg, then 50, 40, 30, 20 and 10 mg', () => {
    const steps = courseSteps(adult);
    expect(steps.map((step) => [step.sequence, doseOf(step), boundsOf(step).start, boundsOf(step).end])).toEqual([
      [1, 60, '2026-11-21', '2026-11-27'],
      [2, 50, '2026-11-28', '2026-11-28'],
      [3, 40, '2026-11-29', '2026-11-29'],
      [4, 30, '2026-11-30', '2026-11-30'],
      [5, 20, '2026-12-01', '2026-12-01'],
      [6, 10, '2026-12-02', '2026-12-02'],
    ]);
  });

  it('is 114 tablets of 5 mg for twelve days', () => {
    expect(courseSupply(adult)).toMatchObject({
      quantity: { value: 114, code: '{tablet}' },
      expectedSupplyDuration: { value: 12, code: 'd' },
    });
  });

  it.each([
    ['nl', '60 mg per dag (12 tabletten van 5 mg), 7 dagen', '50 mg per dag (10 tabletten van 5 mg), 1 dag'],
    ['en', '60 mg a day (12 tablets of 5 mg), 7 days', '50 mg a day (10 tablets of 5 mg), 1 day'],
    ['fr', '60 mg par jour (12 comprimés de 5 mg), 7 jours', '50 mg par jour (10 comprimés de 5 mg), 1 jour'],
  ] as const)('says each step in words (%s)', (language, first, second) => {
    expect(courseSteps({ ...adult, language }).map(({ text }) => text)).toEqual(
      expect.arrayContaining([first, second]),
    );
  });

  it('without a tablet that is named is in milligrams, and leaves the quantity to the pharmacist', () => {
    const course = { ...adult, mgPerTablet: undefined };
    expect(courseSteps(course)[0]?.text).toBe('60 mg a day, 7 days');
    expect(courseSupply(course)).toEqual({ expectedSupplyDuration: expect.objectContaining({ value: 12 }) as object });
  });
});

describe('the course of a child', () => {
  // Weight, tablets of 5 mg: the table of knowledge 5.2.
  it.each([
    [12, 14],
    [20, 30],
    [25, 39],
    [28, 39],
    [35, 58],
    [45, 79],
    [59, 102],
    [60, 114],
  ])('of %i kg takes %i tablets of 5 mg', (startDose, tablets) => {
    expect(tabletsOf(courseSupply({ ...adult, startDose }))).toBe(tablets);
  });
});

const STRENGTHS = fc.constantFrom(undefined, 1, 2.5, 5, 10, 20, 30);
const COURSE = fc.record({
  startDose: fc.double({ min: 1, max: 60, noNaN: true }),
  start: fc.integer({ min: TODAY - 400, max: TODAY + 400 }),
  mgPerTablet: STRENGTHS,
  language: fc.constantFrom('nl' as const, 'en' as const, 'fr' as const),
});

describe('every course', () => {
  const holds = (property: (course: Parameters<typeof courseSteps>[0]) => void): void =>
    fc.assert(fc.property(COURSE, property), { numRuns: 1000 });

  it('never gives more than the source on any day, nor more than one tablet less', () => {
    holds(({ startDose, mgPerTablet = 1 }) => {
      const source = sourceCourse(startDose);
      takenDoses(startDose, mgPerTablet).forEach((dose, day) => {
        expect(dose).toBeLessThanOrEqual(source[day] ?? 0);
        expect((source[day] ?? 0) - dose).toBeLessThan(mgPerTablet);
      });
    });
  });

  it('falls to zero: no dose rises, and the last is at most one step of 10 mg and what a tablet rounds off', () => {
    holds(({ startDose, mgPerTablet = 1 }) => {
      const doses = takenDoses(startDose, mgPerTablet);
      doses.forEach((dose, day) => expect(dose).toBeLessThanOrEqual(doses[day - 1] ?? startDose));
      expect(doses.at(-1) ?? 0).toBeLessThanOrEqual(Math.max(10 + mgPerTablet, mgPerTablet));
    });
  });

  it('follows its steps day by day: none is missed, none counts twice', () => {
    holds((course) => {
      const steps = courseSteps(course);
      steps.forEach((step, index) => {
        const { start, end } = boundsOf(step);
        expect(step.sequence).toBe(index + 1);
        expect(daysBetween(start, end)).toBeGreaterThanOrEqual(0);
        const before = steps[index - 1];
        expect(before ? daysBetween(boundsOf(before).end, start) : 1).toBe(1);
      });
      const [first] = steps;
      if (first) expect(boundsOf(first).start).toBe(isoDay(course.start));
    });
  });

  it('adds up: the tablets are the milligrams of all days, and whole', () => {
    holds((course) => {
      const supply = courseSupply(course);
      const steps = courseSteps(course);
      const milligrams = sum(
        steps.map((step) => doseOf(step) * (daysBetween(boundsOf(step).start, boundsOf(step).end) + 1)),
      );
      expect(supply.expectedSupplyDuration?.value).toBe(
        sum(steps.map((step) => daysBetween(boundsOf(step).start, boundsOf(step).end) + 1)),
      );
      if (course.mgPerTablet === undefined) return;
      expect(Number.isInteger(tabletsOf(supply))).toBe(true);
      expect((tabletsOf(supply) ?? 0) * course.mgPerTablet).toBeCloseTo(milligrams, 6);
    });
  });
});
