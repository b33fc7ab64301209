/**
 * Dates in a search: `ge2026-11-01` enters, a test for the date of a resource leaves. Partial dates count as FHIR says, as all the days they may mean.
 */
import { readDate } from '../fhir/dates.js';
import type { Calendar, DateSpan } from '../fhir/dates.js';
import { isObject } from '../fhir/references.js';
import { badParameter } from './fhir-errors.js';

/** A time without seconds or offset would mean a different moment to client and server. */
const SEARCH_DATE = /^(eq|ge|gt|le|lt)?(\d{4}(?:-\d\d(?:-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d))?)?)?)$/;

/** Reads one value of date parameter `name`. Throws `FhirError` when it is none. */
export function createDateTest(name: string, value: string, calendar: Calendar): (found: DateSpan) => boolean {
  const [, prefix = 'eq', date] = SEARCH_DATE.exec(value) ?? [];
  const wanted = readDate(date, calendar);
  if (!wanted)
    throw badParameter(
      name,
      'has no date that can be read; send eq, ge, gt, le or lt (or none of them) and a date such as 2026-11-19, 2026-11 or 2026-11-19T10:00:00Z, with + written as %2B.',
    );
  switch (prefix) {
    case 'gt':
      return (found) => isAfter(found, wanted);
    case 'ge':
      return (found) => isAfter(found, wanted) || isWithin(found, wanted);
    case 'lt':
      return (found) => isBefore(found, wanted);
    case 'le':
      return (found) => isBefore(found, wanted) || isWithin(found, wanted);
    default:
      return (found) => isWithin(found, wanted);
  }
}

function isWithin(found: DateSpan, wanted: DateSpan): boolean {
  if (wanted.at !== undefined) return found.at === wanted.at;
  return wanted.first <= found.first && found.last <= wanted.last;
}

/** Part of what was found lies after all that is wanted. */
function isAfter(found: DateSpan, wanted: DateSpan): boolean {
  if (wanted.at === undefined) return found.last > wanted.last;
  return found.at === undefined ? found.last >= wanted.last : found.at > wanted.at;
}

function isBefore(found: DateSpan, wanted: DateSpan): boolean {
  if (wanted.at === undefined) return found.first < wanted.first;
  return found.at === undefined ? found.first <= wanted.first : found.at < wanted.at;
}

/** The time of a resource: the first element that holds a date or a Period. An open end of a Period has no limit. */
export function spanOf(values: readonly unknown[], calendar: Calendar): DateSpan | undefined {
  for (const value of values) {
    const span = isObject(value) ? periodOf(value, calendar) : readDate(value, calendar);
    if (span) return span;
  }
  return undefined;
}

function periodOf(period: Readonly<Record<string, unknown>>, calendar: Calendar): DateSpan | undefined {
  const [start, end] = [readDate(period.start, calendar), readDate(period.end, calendar)];
  return start || end ? { first: start?.first ?? -Infinity, last: end?.last ?? Infinity } : undefined;
}
