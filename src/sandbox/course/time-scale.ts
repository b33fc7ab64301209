/** The one time axis of the chart: days of a course as places, and the weeks and months that are named on it. */
import { dayOfDate } from '../days.js';

/** Days on a line of pixels. A day is as wide as its distance to the next, and its place is its middle. */
export interface Scale {
  readonly first: number;
  readonly last: number;
  /** Where the first day begins and the last ends. */
  readonly left: number;
  readonly right: number;
  /** The middle of a day. */
  readonly x: (day: number) => number;
  /** Where a day begins. */
  readonly edge: (day: number) => number;
  /** The day at a place; the first or last for a place beside the line. */
  readonly dayAt: (x: number) => number;
}

export function scaleOf(first: number, last: number, left: number, right: number): Scale {
  const perDay = (right - left) / (last - first + 1);
  const edge = (day: number): number => left + (day - first) * perDay;
  return {
    first,
    last,
    left,
    right,
    edge,
    x: (day) => edge(day) + perDay / 2,
    dayAt: (x) => Math.min(last, Math.max(first, first + Math.floor((x - left) / perDay))),
  };
}

/** The week of a day, 1 from day 0 on; undefined before the complaint began. */
export function weekOf(day: number): number | undefined {
  return day < 0 ? undefined : Math.floor(day / 7) + 1;
}

/** Where a week or month of the course begins. */
export interface Tick {
  readonly day: number;
  readonly unit: 'week' | 'month';
  /** The first is 1. */
  readonly number: number;
}

const WEEKS = [1, 2, 3, 4] as const;

/** Weeks while the first month lasts, then calendar months counted from the date of day 0. */
export function ticksOf(start: string, first: number, last: number): readonly Tick[] {
  const ticks: Tick[] = WEEKS.map((number) => ({ day: (number - 1) * 7, unit: 'week', number }));
  for (let number = 2; ; number += 1) {
    const day = dayOfMonth(start, number);
    if (day > last) break;
    ticks.push({ day, unit: 'month', number });
  }
  return ticks.filter(({ day }) => day >= first && day <= last);
}

/** The day on which the nth month of the course begins; a month that has no such date begins on its last. */
function dayOfMonth(start: string, number: number): number {
  const [year = 0, month = 1, date = 1] = start.split('-').map(Number);
  const lastDate = new Date(Date.UTC(year, month - 1 + number, 0)).getUTCDate();
  const begin = new Date(Date.UTC(year, month - 1 + number - 1, Math.min(date, lastDate))).toISOString();
  return dayOfDate(start, begin.slice(0, 10)) ?? 0;
}

/** Ticks whose names do not run into each other: months before weeks, earlier before later. `width` is that of a tick's name. */
export function namedTicks(ticks: readonly Tick[], scale: Scale, width: (tick: Tick) => number): readonly Tick[] {
  const free: { from: number; to: number }[] = [];
  const named = [
    ...ticks.filter(({ unit }) => unit === 'month'),
    ...ticks.filter(({ unit }) => unit === 'week'),
  ].filter((tick) => {
    const from = scale.edge(tick.day);
    const to = from + width(tick);
    if (to > scale.right || free.some((taken) => from < taken.to && to > taken.from)) return false;
    free.push({ from, to });
    return true;
  });
  return ticks.filter((tick) => named.includes(tick));
}
