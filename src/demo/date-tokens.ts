/**
 * Dates that stay fresh: JSON with tokens and an instant enter, JSON with dates leaves.
 * `{{T}}` today; `{{T-2}}` days; `{{T-3M-1}}` months, then days; `{{T-42y}}` years; `{{T-2@09:00}}` a local dateTime with its offset.
 * Years and months are counted first and clamped to the month's end.
 */
const TOKEN = /\{\{T(?:([+-]\d+)y)?(?:([+-]\d+)M)?([+-]\d+)?(?:@(\d\d):(\d\d))?\}\}/g;

export interface TokenOptions {
  /** The instant that counts as now, milliseconds since 1970. */
  readonly now: number;
  /** IANA zone that says which day it is. */
  readonly zone: string;
}

/**
 * Replaces every token in a JSON value; a time of today that is still to come becomes now, so that no record lies in the future.
 * Throws for a token that cannot be read.
 */
export function resolveTokens<T>(value: T, options: TokenOptions): T {
  const today = dayIn(options.zone, options.now);
  const resolve = (_: string, years?: string, months?: string, days?: string, hour?: string, minute?: string) => {
    const day = shiftDay(today, Number(years ?? 0), Number(months ?? 0), Number(days ?? 0));
    if (hour === undefined || minute === undefined) return day;
    const present = timeIn(options.zone, options.now);
    const wanted = `${hour}:${minute}`;
    return localDateTime(day, day === today && wanted > present ? present : wanted, options.zone);
  };
  // Most of a record is of a few visits, and a local time costs four formats.
  const known = new Map<string, string>();
  const text = JSON.stringify(value).replace(TOKEN, (token, ...parts: string[]) => {
    const date = known.get(token) ?? resolve(token, ...parts);
    known.set(token, date);
    return date;
  });
  const left = text.indexOf('{{T');
  if (left >= 0) throw new Error(`unreadable date token: ${text.slice(left, left + 40)}`);
  return JSON.parse(text) as T;
}

/** The calendar day of an instant in a zone, as YYYY-MM-DD. */
export function dayIn(zone: string, instant: number): string {
  return formatsOf(zone).day.format(instant);
}

function timeIn(zone: string, instant: number): string {
  return formatsOf(zone).time.format(instant);
}

interface Formats {
  readonly day: Intl.DateTimeFormat;
  readonly time: Intl.DateTimeFormat;
}

/** By zone. Making a format costs far more than using it, and the example patients hold hundreds of dates. */
const formats = new Map<string, Formats>();

function formatsOf(timeZone: string): Formats {
  const known = formats.get(timeZone);
  if (known) return known;
  const made: Formats = {
    day: new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }),
    time: new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  };
  formats.set(timeZone, made);
  return made;
}

const pad = (value: number, width = 2): string => String(value).padStart(width, '0');

/** Numbers of `YYYY-MM-DD`, `HH:MM` and the like. */
function numbers(text: string): readonly [number, number, number] {
  const [first = 0, second = 0, third = 0] = text.split(/[-:]/).map(Number);
  return [first, second, third];
}

function shiftDay(day: string, years: number, months: number, days: number): string {
  const [year, month, date] = numbers(day);
  const total = (year + years) * 12 + (month - 1) + months;
  const [toYear, toMonth] = [Math.floor(total / 12), ((total % 12) + 12) % 12];
  const lastDate = new Date(Date.UTC(toYear, toMonth + 1, 0)).getUTCDate();
  const shifted = new Date(Date.UTC(toYear, toMonth, Math.min(date, lastDate) + days));
  return `${pad(shifted.getUTCFullYear(), 4)}-${pad(shifted.getUTCMonth() + 1)}-${pad(shifted.getUTCDate())}`;
}

function localDateTime(day: string, time: string, zone: string): string {
  const [year, month, date] = numbers(day);
  const [hour, minute] = numbers(time);
  const wall = Date.UTC(year, month - 1, date, hour, minute);
  // Twice: the first offset is that of another instant, which can lie on the other side of a change of clocks.
  const guess = offsetMinutes(wall, zone);
  const offset = offsetMinutes(wall - guess * 60_000, zone);
  const size = Math.abs(offset);
  return `${day}T${time}:00${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

/** Minutes that a zone is ahead of UTC at an instant. */
function offsetMinutes(instant: number, zone: string): number {
  const [year, month, date] = numbers(dayIn(zone, instant));
  const [hour, minute] = numbers(timeIn(zone, instant));
  return Math.round((Date.UTC(year, month - 1, date, hour, minute) - Math.floor(instant / 60_000) * 60_000) / 60_000);
}
