/**
 * How a drug order says what to take: milligrams a day, for how many days, from which day.
 * A dose instruction that cannot be read as milligrams is unknown; nothing is guessed from its text.
 */
import type { Draft } from '../../case/case.js';
import { readDate, type Calendar, type Day } from '../../fhir/dates.js';
import { isUnit, milligrams } from '../../case/quantities.js';
import { isObject, listOf } from '../../fhir/references.js';

type Raw = Readonly<Record<string, unknown>>;

/** One dose instruction. */
export interface Dosage {
  readonly daily: number;
  /** Place in the order of steps; instructions of one place are taken together. */
  readonly sequence: number;
  readonly days?: number;
  readonly start?: Day;
}

/** The dose instructions of an order in the order of their steps, or why they cannot be read. */
export function readDosages(draft: Draft | undefined, calendar: Calendar): readonly Dosage[] | string {
  const steps = listOf(rawOf(draft)['dosageInstruction']);
  if (steps.length === 0) return 'the order has no dose yet';
  const read: Dosage[] = [];
  for (const step of steps) {
    const one = readDosage(step, calendar, draft?.mgPerUnit);
    if (typeof one === 'string') return one;
    read.push(one);
  }
  return read.sort((one, other) => one.sequence - other.sequence);
}

/** True when the order holds a dose instruction, readable or not. */
export function hasDosage(draft: Draft | undefined): boolean {
  return listOf(rawOf(draft)['dosageInstruction']).length > 0;
}

/** The most milligrams taken on one day: instructions of one step and start are added up, steps follow each other. */
export function highestDaily(dosages: readonly Dosage[]): number {
  const steps = new Map<string, number>();
  for (const { sequence, start, daily } of dosages) {
    const step = `${sequence}|${start ?? ''}`;
    steps.set(step, (steps.get(step) ?? 0) + daily);
  }
  return Math.max(...steps.values());
}

/** For how many days the drug is ordered: by its dose instructions, else by the supply; undefined when neither says so. */
export function orderedDays(draft: Draft | undefined, calendar: Calendar): number | undefined {
  const steps = listOf(rawOf(draft)['dosageInstruction']).map((step) => boundsOf(repeatOf(step), calendar).days);
  const known = steps.filter((days) => days !== undefined);
  if (known.length > 0 && known.length === steps.length) return Math.max(...known);
  const dispense = rawOf(draft)['dispenseRequest'];
  return isObject(dispense) ? durationDays(dispense['expectedSupplyDuration']) : undefined;
}

function rawOf(draft: Draft | undefined): Raw {
  return (draft?.resource ?? {}) as unknown as Raw;
}

function readDosage(step: Raw, calendar: Calendar, mgPerUnit: number | undefined): Dosage | string {
  const dose = doseOf(step, mgPerUnit);
  if (dose === undefined) return 'the dose is not recorded in mg';
  const times = timesADay(step);
  if (times === undefined) return 'the frequency is not recorded';
  const daily = dose * times;
  // Also of a number that a client wrote larger than any double.
  if (!Number.isFinite(daily)) return 'the dose cannot be read';
  return { daily, sequence: Number(step['sequence'] ?? 0), ...boundsOf(repeatOf(step), calendar) };
}

function repeatOf(step: Raw): Raw {
  return isObject(step['timing']) && isObject(step['timing']['repeat']) ? step['timing']['repeat'] : {};
}

function boundsOf(repeat: Raw, calendar: Calendar): Pick<Dosage, 'days' | 'start'> {
  const bounds = repeat['boundsPeriod'];
  const start = isObject(bounds) ? readDate(bounds['start'], calendar) : undefined;
  const end = isObject(bounds) ? readDate(bounds['end'], calendar) : undefined;
  const days = start && end ? end.last - start.first + 1 : durationDays(repeat['boundsDuration']);
  return { ...(days !== undefined && { days }), ...(start && { start: start.first }) };
}

/** Milligrams of one dose: stated, or as a number of tablets whose strength is stated. */
function doseOf(step: Raw, mgPerUnit: number | undefined): number | undefined {
  const [rate] = listOf(step['doseAndRate']);
  const quantity = rate?.['doseQuantity'];
  if (mgPerUnit === undefined || !isObject(quantity) || !isUnit(quantity)) return milligrams(quantity);
  return typeof quantity['value'] === 'number' ? quantity['value'] * mgPerUnit : undefined;
}

const TIMING_CODES = 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation';

/** The timing codes that state a number of doses a day; QOD, WK and the like state none. */
const CODED_TIMES: ReadonlyMap<unknown, number> = new Map([
  ['QD', 1],
  ['BID', 2],
  ['TID', 3],
  ['QID', 4],
  ['Q8H', 3],
  ['Q6H', 4],
  ['Q4H', 6],
  ['AM', 1],
  ['PM', 1],
  ['BED', 1],
]);

/** Elements that say when a dose is taken; without any of them the code alone speaks. */
const STATED = ['frequency', 'period', 'periodUnit', 'timeOfDay', 'when', 'dayOfWeek', 'frequencyMax', 'periodMax'];
/** Doses on some days only, or a range: no one number a day. */
const NO_ONE_NUMBER = ['dayOfWeek', 'frequencyMax', 'periodMax'];
/** Meals without saying which, so without saying how many. */
const ANY_MEAL = ['C', 'AC', 'PC'];

/** Doses a day by the structured timing, by its code, or by both when they agree; undefined when that cannot be read. */
function timesADay(step: Raw): number | undefined {
  const coded = codedTimes(step);
  const repeat = repeatOf(step);
  if (!STATED.some((element) => repeat[element] !== undefined)) return coded;
  const stated = statedTimes(repeat);
  return coded === undefined || coded === stated ? stated : undefined;
}

function codedTimes(step: Raw): number | undefined {
  const code = isObject(step['timing']) ? step['timing']['code'] : undefined;
  const codings = listOf(code).flatMap((concept) => listOf(concept['coding']));
  return CODED_TIMES.get(codings.find(({ system }) => system === TIMING_CODES)?.['code']);
}

/** The frequency, else the number of times that are named, else one when a period is given (R4: frequency 1 is implied). */
function statedTimes(repeat: Raw): number | undefined {
  if (NO_ONE_NUMBER.some((element) => repeat[element] !== undefined)) return undefined;
  const days = periodDays(repeat);
  const { frequency } = repeat;
  if (frequency !== undefined)
    return typeof frequency === 'number' && days !== undefined ? frequency / days : undefined;
  const named = namedTimes(repeat);
  if (repeat['period'] === undefined && repeat['periodUnit'] === undefined) return named;
  return days === undefined ? undefined : (named ?? 1) / days;
}

function namedTimes({ timeOfDay, when }: Raw): number | undefined {
  const named = [timeOfDay, when].map((times) => (Array.isArray(times) ? (times as readonly unknown[]) : []));
  if (named.flat().some((time) => ANY_MEAL.includes(String(time)))) return undefined;
  return Math.max(...named.map((times) => times.length)) || undefined;
}

const UNIT_DAYS: ReadonlyMap<unknown, number> = new Map([
  ['h', 1 / 24],
  ['d', 1],
  ['wk', 7],
]);

/** The period in days; undefined when it, or its unit, is missing or is none in which drugs are dosed by the day. */
function periodDays({ period, periodUnit }: Raw): number | undefined {
  const unit = UNIT_DAYS.get(periodUnit);
  return typeof period === 'number' && period > 0 && unit !== undefined ? period * unit : undefined;
}

function durationDays(duration: unknown): number | undefined {
  if (!isObject(duration) || typeof duration['value'] !== 'number') return undefined;
  const unit = duration['code'] ?? duration['unit'];
  if (unit === 'd' || unit === 'day' || unit === 'dag' || unit === 'dagen') return duration['value'];
  return unit === 'wk' ? duration['value'] * 7 : undefined;
}
