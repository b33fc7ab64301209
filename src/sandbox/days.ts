/** Days of a course and calendar dates. A date is `YYYY-MM-DD`, a day is a whole number counted from the date of day 0. */

const DAY_MS = 86_400_000;

const at = (date: string): number => Date.parse(`${date.slice(0, 10)}T00:00:00Z`);

/** The date of a day. */
export function dateOfDay(start: string, day: number): string {
  return new Date(at(start) + day * DAY_MS).toISOString().slice(0, 10);
}

/** The day of a date or dateTime; undefined for one that names no day, such as `2026-11`. */
export function dayOfDate(start: string, date: string): number | undefined {
  const days = (at(date) - at(start)) / DAY_MS;
  return /^\d{4}-\d\d-\d\d/.test(date) && Number.isInteger(days) ? days : undefined;
}
