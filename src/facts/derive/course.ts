/**
 * Derivations about a drafted course of prednisone: dose of each day, taper, length (NA-100 to NA-102, AMB-19, AMB-20, D17).
 * A dose instruction that cannot be read as milligrams a day makes the course unknown; nothing is guessed from its text.
 */
import type { Draft } from '../../case/case.js';
import { readDate, type Calendar, type Day } from '../../fhir/dates.js';
import { isObject, listOf } from '../../fhir/references.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, knownOr, unknown, type Fact } from '../fact.js';
import { exactOnset } from './time.js';

type Raw = Readonly<Record<string, unknown>>;

/** Milligrams on each day of a course, day 1 first. */
interface Course {
  readonly start?: Day;
  readonly doses: readonly number[];
}

const READ_DAYS_LIMIT = 400;

/** Reads the drafted course; a reason when it cannot be read. */
function readCourse(draft: Draft | undefined, calendar: Calendar): Course | string {
  const raw = draft?.resource as unknown as Raw | undefined;
  const steps = listOf(raw?.['dosageInstruction']);
  if (steps.length === 0) return 'the order has no dose yet';
  const ordered = [...steps].sort((one, other) => Number(one['sequence'] ?? 0) - Number(other['sequence'] ?? 0));
  const doses: number[] = [];
  let start: Day | undefined;
  for (const step of ordered) {
    const read = readStep(step, calendar);
    if (typeof read === 'string') return read;
    start ??= read.start;
    const offset = read.start !== undefined && start !== undefined ? read.start - start : doses.length;
    if (offset < 0 || offset + read.days > READ_DAYS_LIMIT) return 'the course is longer than can be judged';
    for (let day = offset; day < offset + read.days; day++) doses[day] = (doses[day] ?? 0) + read.daily;
  }
  return { doses: Array.from(doses, (dose) => dose ?? 0), ...(start !== undefined && { start }) };
}

interface Step {
  readonly daily: number;
  readonly days: number;
  readonly start?: Day;
}

function readStep(step: Raw, calendar: Calendar): Step | string {
  const repeat = isObject(step['timing']) && isObject(step['timing']['repeat']) ? step['timing']['repeat'] : {};
  const dose = doseOf(step);
  if (dose === undefined) return 'the dose is not recorded in mg';
  const daily = dose * timesADay(repeat);
  const bounds = repeat['boundsPeriod'];
  const start = isObject(bounds) ? readDate(bounds['start'], calendar) : undefined;
  const end = isObject(bounds) ? readDate(bounds['end'], calendar) : undefined;
  const days = start && end ? end.last - start.first + 1 : durationDays(repeat['boundsDuration']);
  if (days === undefined || days < 1) return 'the order does not say for how many days';
  return { daily, days, ...(start && { start: start.first }) };
}

function doseOf(step: Raw): number | undefined {
  const [rate] = listOf(step['doseAndRate']);
  const quantity = rate?.['doseQuantity'];
  if (!isObject(quantity)) return undefined;
  const unit = quantity['code'] ?? quantity['unit'];
  return typeof quantity['value'] === 'number' && unit === 'mg' ? quantity['value'] : undefined;
}

function timesADay(repeat: Raw): number {
  const frequency = typeof repeat['frequency'] === 'number' ? repeat['frequency'] : 1;
  const period = typeof repeat['period'] === 'number' && repeat['period'] > 0 ? repeat['period'] : 1;
  return repeat['periodUnit'] === 'h' ? (frequency * 24) / period : frequency / period;
}

function durationDays(duration: unknown): number | undefined {
  if (!isObject(duration) || typeof duration['value'] !== 'number') return undefined;
  const unit = duration['code'] ?? duration['unit'];
  if (unit === 'd' || unit === 'day' || unit === 'dag' || unit === 'dagen') return duration['value'];
  return unit === 'wk' ? duration['value'] * 7 : undefined;
}

/** Milligrams that the source gives on each day for a start dose: seven days in full, then ten less every day. */
export function sourceCourse(startDose: number): readonly number[] {
  const doses = Array.from({ length: 7 }, () => startDose);
  for (let dose = startDose - 10; dose > 0; dose -= 10) doses.push(dose);
  return doses;
}

/** The taper of the source, or its accepted variants: one day of 5 mg more, or a last dose up to day 14 (AMB-20). */
function tapersAsSource(doses: readonly number[], lastDay: number): boolean {
  const start = doses[0] ?? 0;
  const taper = doses.slice(7);
  if (doses.slice(0, 7).length < 7 || taper.length === 0 || doses.length > lastDay) return false;
  const expected = sourceCourse(start).slice(7);
  const steps = taper.filter((dose) => dose > 0);
  const within = steps.every((dose, index) => dose <= (expected[index] ?? 10) && dose >= (expected[index] ?? 5) - 10);
  return within && steps.length >= expected.length && descending(steps);
}

const descending = (doses: readonly number[]): boolean =>
  doses.every((dose, index) => index === 0 || dose <= (doses[index - 1] ?? 0));

/** Makes the derivations for the practice's calendar. */
export function courseDerivations(calendar: Calendar): Derivations {
  const ofCourse =
    (judge: (course: Course, input: DerivationInput) => Fact) =>
    (input: DerivationInput): Fact => {
      const course = readCourse(input.draft, calendar);
      return typeof course === 'string' ? unknown(course) : judge(course, input);
    };

  /** Days from onset to the first dose: today when the order does not say, and never earlier than today. */
  const startsAfterOnset = ({ case: theCase, episode, draft }: DerivationInput): Fact => {
    const onset = exactOnset(episode, theCase.today);
    if (typeof onset !== 'number') return onset;
    const course = readCourse(draft, calendar);
    const start = typeof course === 'string' ? undefined : course.start;
    return known(Math.max(theCase.today, start ?? theCase.today) - onset);
  };

  /** The dose for a child, mg a day: 1 mg per kg on a recent weight, at most the adult dose of 60 mg (AMB-19). */
  const childDose = ({ fact }: DerivationInput): Fact => {
    const weight = fact('patient.weight');
    return typeof weight.value === 'number' ? known(Math.min(weight.value, 60), weight.evidence) : weight;
  };

  /** Drafted daily dose as a multiple of the child dose, to the hundredth. */
  const childDoseRatio = ofCourse(({ doses }, { fact }) => {
    const dose = fact('prednisone.childDose');
    return typeof dose.value === 'number'
      ? known(Math.round((Math.max(...doses) / dose.value) * 100) / 100, dose.evidence)
      : dose;
  });

  return {
    courseStart: { derive: startsAfterOnset },
    courseDailyDose: { derive: ofCourse(({ doses }) => knownOr(doses[0], 'the order has no dose yet')) },
    courseHighestDose: { derive: ofCourse(({ doses }) => known(Math.max(...doses))) },
    courseDays: { derive: ofCourse(({ doses }) => known(doses.length)) },
    courseFullDoseDays: {
      derive: ofCourse(({ doses }) => known(doses.filter((dose) => dose === Math.max(...doses)).length)),
    },
    courseTapers: {
      derive: ofCourse(({ doses }, { setting }) => known(tapersAsSource(doses, setting('prednisoneLastDay')))),
      settings: ['prednisoneLastDay'],
    },
    courseChildDose: { derive: childDose, facts: ['patient.weight'] },
    courseChildDoseRatio: { derive: childDoseRatio, facts: ['prednisone.childDose'] },
    /** Another systemic corticosteroid is in use beside the draft. */
    steroidCurrent: {
      derive: ({ case: theCase }) => {
        const drugs = (theCase.byConcept.get('systemic-corticosteroid') ?? []).filter(
          (entry) =>
            entry.state === 'active' && (entry.type === 'MedicationRequest' || entry.type === 'MedicationStatement'),
        );
        if (drugs.length > 0) return known(true, drugs);
        return theCase.completeness('MedicationRequest') === 'complete'
          ? FALSE
          : unknown('the medication list is not complete');
      },
    },
  };
}
