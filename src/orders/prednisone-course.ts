/**
 * The prednisone course of the source as dose instructions (NA-100 to NA-102, AMB-19, AMB-20).
 * Enters: the milligrams of day 1, the first day, and what one tablet holds. Leaves: a step for each dose with its days, and the supply.
 */
import type { Dosage, MedicationRequestDispenseRequest, Quantity } from 'fhir/r4.js';
import type { Language } from '../cds-hooks/request.js';
import { sourceCourse } from '../facts/derive/course.js';
import { isoDay, type Day } from '../fhir/dates.js';
import { numberText } from '../text.js';

/** Milligrams of each day that can be taken: whole tablets, or whole milligrams where no tablet is named; never more than the source gives. */
export function takenDoses(startDose: number, mgPerTablet = 1): readonly number[] {
  return sourceCourse(startDose)
    .map((dose) => Math.floor(dose / mgPerTablet) * mgPerTablet)
    .filter((dose) => dose > 0);
}

export interface CourseOrder {
  /** Milligrams on day 1. */
  readonly startDose: number;
  readonly start: Day;
  /** Milligrams in one tablet of the product; absent where the order names none. */
  readonly mgPerTablet: number | undefined;
  readonly language: Language;
}

const UCUM = 'http://unitsofmeasure.org';
const amount = (value: number, unit: string, code = unit): Quantity => ({ value, unit, system: UCUM, code });

/** The dose instructions, one for each dose, in the order in which they are taken; none when the dose is less than one tablet. */
export function courseSteps(course: CourseOrder): readonly Dosage[] {
  const { startDose, start, mgPerTablet } = course;
  const steps: Dosage[] = [];
  let day = start;
  for (const { dose, days } of runs(takenDoses(startDose, mgPerTablet))) {
    steps.push({
      sequence: steps.length + 1,
      text: wordsOf(dose, days, course),
      timing: {
        repeat: {
          boundsPeriod: { start: isoDay(day), end: isoDay(day + days - 1) },
          frequency: 1,
          period: 1,
          periodUnit: 'd',
        },
      },
      doseAndRate: [{ doseQuantity: amount(dose, 'mg') }],
    });
    day += days;
  }
  return steps;
}

/** How much of it: the days of the course, and the tablets where the order names their strength. */
export function courseSupply({ startDose, mgPerTablet }: CourseOrder): MedicationRequestDispenseRequest {
  const doses = takenDoses(startDose, mgPerTablet);
  const milligrams = doses.reduce((sum, dose) => sum + dose, 0);
  return {
    ...(mgPerTablet !== undefined && { quantity: amount(milligrams / mgPerTablet, 'tablet', '{tablet}') }),
    expectedSupplyDuration: amount(doses.length, 'd'),
  };
}

/** Equal doses of days that follow each other, as one. */
function runs(doses: readonly number[]): readonly { readonly dose: number; readonly days: number }[] {
  const found: { dose: number; days: number }[] = [];
  for (const dose of doses) {
    const last = found.at(-1);
    if (last?.dose === dose) last.days += 1;
    else found.push({ dose, days: 1 });
  }
  return found;
}

type Wording = (dose: string, days: number, tablets: Tablets | undefined) => string;

/** How many tablets of how many milligrams, in words. */
interface Tablets {
  readonly count: string;
  readonly isOne: boolean;
  readonly mg: string;
}

const WORDS: Readonly<Record<Language, Wording>> = {
  nl: (dose, days, of) =>
    `${dose} mg per dag${of ? ` (${of.count} ${of.isOne ? 'tablet' : 'tabletten'} van ${of.mg} mg)` : ''}, ${days} ${days === 1 ? 'dag' : 'dagen'}`,
  en: (dose, days, of) =>
    `${dose} mg a day${of ? ` (${of.count} ${of.isOne ? 'tablet' : 'tablets'} of ${of.mg} mg)` : ''}, ${days} ${days === 1 ? 'day' : 'days'}`,
  fr: (dose, days, of) =>
    `${dose} mg par jour${of ? ` (${of.count} ${of.isOne ? 'comprimé' : 'comprimés'} de ${of.mg} mg)` : ''}, ${days} ${days === 1 ? 'jour' : 'jours'}`,
};

function wordsOf(dose: number, days: number, { mgPerTablet, language }: CourseOrder): string {
  const text = (value: number): string => numberText(value, language);
  const count = dose / (mgPerTablet ?? 1);
  const tablets =
    mgPerTablet === undefined ? undefined : { count: text(count), isOne: count === 1, mg: text(mgPerTablet) };
  return WORDS[language](text(dose), days, tablets);
}
