/**
 * The values that a template leaves to the case: facts, today, and what is computed of several facts.
 * A value that is not known makes its template inapplicable: an order with a hole is never offered.
 */
import type { Jurisdiction, Language } from '../cds-hooks/request.js';
import type { FactValue } from '../facts/fact.js';
import type { Day } from '../fhir/dates.js';
import { ADULT_DOSE, sourceCourse } from '../facts/derive/course.js';
import { courseSteps, courseSupply, takenDoses, type CourseOrder } from './prednisone-course.js';

/** What an order is made for. */
export interface OrderCase {
  readonly today: Day;
  readonly jurisdiction: Jurisdiction;
  readonly language: Language;
  /** First day of a course: today, or the later day that the GP's draft names. */
  readonly start: Day;
  /** Milligrams in one tablet of the product that is ordered, where known. */
  readonly mgPerTablet: number | undefined;
  /** The value of a fact; undefined when it is unknown. */
  readonly fact: (id: string) => FactValue | undefined;
}

type ReadValue = (orderCase: OrderCase) => unknown;

/** Values by the names that expressions give them. */
const VALUES: Readonly<Record<string, ReadValue>> = {
  today: ({ today }) => today,
  adultCourse: (orderCase) => courseSteps(adultCourse(orderCase)),
  adultSupply: (orderCase) => courseSupply(adultCourse(orderCase)),
  childCourse: (orderCase) => ofChild(orderCase, courseSteps),
  childSupply: (orderCase) => ofChild(orderCase, courseSupply),
  doseByFormulary: ({ jurisdiction, language }) => [{ text: FORMULARY[language](FORMULARIES[jurisdiction][language]) }],
};

/** Names that an expression may use besides those of facts. */
export const VALUE_NAMES = Object.keys(VALUES);

/** A value by its name: a day number, or a part of a resource. */
export function valueOf(name: string, orderCase: OrderCase): unknown {
  return VALUES[name] ? VALUES[name](orderCase) : orderCase.fact(name);
}

/** In tablets where every dose is a number of them, else in milligrams. */
function adultCourse(orderCase: OrderCase): CourseOrder {
  const { mgPerTablet } = orderCase;
  const isWhole = mgPerTablet !== undefined && sourceCourse(ADULT_DOSE).every((dose) => dose % mgPerTablet === 0);
  return { ...orderCase, startDose: ADULT_DOSE, mgPerTablet: isWhole ? mgPerTablet : undefined };
}

/** Less below the dose by weight than a tablet of 5 mg holds (AMB-19). */
const LARGEST_SHORTFALL = 5;

/** Rounded down to whole tablets; undefined without a recent weight, and when the tablets are too large for the child. */
function ofChild(orderCase: OrderCase, make: (course: CourseOrder) => unknown): unknown {
  const startDose = orderCase.fact('prednisone.childDose');
  if (typeof startDose !== 'number') return undefined;
  const taken = takenDoses(startDose, orderCase.mgPerTablet);
  const isClose = sourceCourse(startDose).every((dose, day) => dose - (taken[day] ?? 0) < LARGEST_SHORTFALL);
  return taken.length > 0 && isClose ? make({ ...orderCase, startDose }) : undefined;
}

/** The formulary of a country, by the name that it has in each language. */
const FORMULARIES: Readonly<Record<Jurisdiction, Readonly<Record<Language, string>>>> = {
  NL: {
    nl: 'Farmacotherapeutisch Kompas',
    en: 'Farmacotherapeutisch Kompas',
    fr: 'le Farmacotherapeutisch Kompas',
  },
  BE: { nl: 'BCFI', en: 'BCFI', fr: 'le CBIP' },
};

const FORMULARY: Readonly<Record<Language, (name: string) => string>> = {
  nl: (name) => `Dosering volgens ${name}`,
  en: (name) => `Dose according to ${name}`,
  fr: (name) => `Posologie selon ${name}`,
};
