/**
 * FHIR dates and dateTimes as calendar days of the practice.
 * Enters: FHIR date strings of any precision. Leaves: day numbers and spans of days. Does not read the clock.
 * Rules count calendar days (an onset is nearly always a date), so a day is a whole number: no hours, no daylight saving.
 */

/** Days since 1970-01-01 in the practice's calendar. */
export type Day = number;

/** The days that a date may mean: one day, or all days of a month or year when the date is partial. */
export interface DateSpan {
  readonly first: Day;
  readonly last: Day;
  /** Milliseconds since 1970, when a time was recorded: orders two records of one day. */
  readonly at?: number;
}

/** Turns instants into days of one time zone. */
export interface Calendar {
  dayOf(instant: number): Day;
}

const DAY_MS = 86_400_000;

/** Days from 1970-01-01 to a civil date of the Gregorian calendar (month 1-12). */
export function dayNumber(year: number, month: number, dayOfMonth: number): Day {
  return Date.UTC(year, month - 1, dayOfMonth) / DAY_MS;
}

/** Year, month (1-12) and day of month of a day number. */
export function civil(day: Day): { readonly year: number; readonly month: number; readonly dayOfMonth: number } {
  const date = new Date(day * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, dayOfMonth: date.getUTCDate() };
}

/** A day as `YYYY-MM-DD`. */
export function isoDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

const MONTH_LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 && isLeap ? 29 : (MONTH_LENGTHS[month - 1] ?? 0);
}

/** The same day `months` later (negative: earlier), clamped to the month's end: 31 January + 1 month = 28 or 29 February. */
export function addMonths(day: Day, months: number): Day {
  const { year, month, dayOfMonth } = civil(day);
  const total = year * 12 + (month - 1) + months;
  const toYear = Math.floor(total / 12);
  const toMonth = (total % 12) + 1;
  return dayNumber(toYear, toMonth, Math.min(dayOfMonth, daysInMonth(toYear, toMonth)));
}

/** Makes the calendar of an IANA time zone; throws RangeError for an unknown zone. */
export function createCalendar(timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  });
  const localDay = (instant: number): Day => {
    const parts: Record<string, number> = {};
    for (const part of format.formatToParts(instant)) parts[part.type] = Number(part.value);
    return dayNumber(parts['year'] ?? NaN, parts['month'] ?? NaN, parts['day'] ?? NaN);
  };
  // Formatting costs microseconds and a record holds hundreds of instants, so each quarter of an hour is formatted once.
  // No zone changes its date within one: offsets are multiples of fifteen minutes.
  const known = new Map<number, Day>();
  return {
    dayOf(instant) {
      const quarter = Math.floor(instant / 900_000);
      let day = known.get(quarter);
      if (day === undefined) {
        day = localDay(instant);
        if (known.size > 50_000) known.clear();
        known.set(quarter, day);
      }
      return day;
    },
  };
}

const FHIR_DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/;
const FHIR_DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** Reads a FHIR date, dateTime or instant; undefined when it is absent, malformed or an impossible date. */
export function readDate(value: unknown, calendar: Calendar): DateSpan | undefined {
  if (typeof value !== 'string') return undefined;
  const date = FHIR_DATE.exec(value);
  if (date) return spanOf(date);
  const dateTime = FHIR_DATE_TIME.exec(value);
  if (!dateTime) return undefined;
  const civilDay = spanOf(dateTime);
  if (civilDay === undefined) return undefined;
  // A time without offset breaks the standard but is seen; its date is taken as the practice's own.
  if (dateTime[4] === undefined) return civilDay;
  const at = instantOf(value);
  if (Number.isNaN(at)) return undefined;
  const day = calendar.dayOf(at);
  return { first: day, last: day, at };
}

/** Also reads an offset of hours only, and a leap second as the second before it. */
function instantOf(value: string): number {
  const at = Date.parse(value);
  if (!Number.isNaN(at)) return at;
  return Date.parse(value.replace(/([+-]\d\d)$/, '$1:00').replace(/(T\d\d:\d\d):60/i, '$1:59'));
}

function spanOf(match: RegExpExecArray): DateSpan | undefined {
  const year = Number(match[1]);
  // Digits of another year mixed up; Date.UTC would read them as 19xx.
  if (year < 100) return undefined;
  if (match[2] === undefined) return { first: dayNumber(year, 1, 1), last: dayNumber(year, 12, 31) };
  const month = Number(match[2]);
  if (month < 1 || month > 12) return undefined;
  const length = daysInMonth(year, month);
  if (match[3] === undefined) return { first: dayNumber(year, month, 1), last: dayNumber(year, month, length) };
  const dayOfMonth = Number(match[3]);
  if (dayOfMonth < 1 || dayOfMonth > length) return undefined;
  const day = dayNumber(year, month, dayOfMonth);
  return { first: day, last: day };
}

/** True when the span is one calendar day. */
export function isExact(span: DateSpan): boolean {
  return span.first === span.last;
}
