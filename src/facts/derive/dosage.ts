/**
 * How a drug order says what to take: milligrams a day, for how many days, from which day.
 * A dose instruction that cannot be read as milligrams is unknown; nothing is guessed from its text.
 */
import type { Draft } from '../../case/case.js';
import { readDate, type Calendar, type Day } from '../../fhir/dates.js';
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
    const one = readDosage(step, calendar);
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

function readDosage(step: Raw, calendar: Calendar): Dosage | string {
  const dose = doseOf(step);
  if (dose === undefined) return 'the dose is not recorded in mg';
  const repeat = repeatOf(step);
  return { daily: dose * timesADay(repeat), sequence: Number(step['sequence'] ?? 0), ...boundsOf(repeat, calendar) };
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

function doseOf(step: Raw): number | undefined {
  const [rate] = listOf(step['doseAndRate']);
  const quantity = rate?.['doseQuantity'];
  if (!isObject(quantity)) return undefined;
  const unit = quantity['code'] ?? quantity['unit'];
  return typeof quantity['value'] === 'number' && unit === 'mg' ? quantity['value'] : undefined;
}

/** Doses a day: the frequency, else the number of times that are named, else one. */
function timesADay(repeat: Raw): number {
  const named = [repeat['timeOfDay'], repeat['when']].map((times) => (Array.isArray(times) ? times.length : 0));
  const frequency = typeof repeat['frequency'] === 'number' ? repeat['frequency'] : Math.max(1, ...named);
  const period = typeof repeat['period'] === 'number' && repeat['period'] > 0 ? repeat['period'] : 1;
  if (repeat['periodUnit'] === 'h') return (frequency * 24) / period;
  return repeat['periodUnit'] === 'wk' ? frequency / (period * 7) : frequency / period;
}

function durationDays(duration: unknown): number | undefined {
  if (!isObject(duration) || typeof duration['value'] !== 'number') return undefined;
  const unit = duration['code'] ?? duration['unit'];
  if (unit === 'd' || unit === 'day' || unit === 'dag' || unit === 'dagen') return duration['value'];
  return unit === 'wk' ? duration['value'] * 7 : undefined;
}
