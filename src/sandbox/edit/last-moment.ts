/** When something is said that is to count as the last word of its day. */
import type { FhirResource } from 'fhir/r4.js';
import { dateOf } from '../record/describe.js';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * A FHIR dateTime of a day (`YYYY-MM-DD`) after all that the record holds of it: of two records of one day the rules believe the later one, and where
 * one has no time neither. Noon UTC, the same day in every zone that is served, or a second after the latest of that day.
 */
export function lastMomentOf(date: string, record: readonly FhirResource[]): string {
  const noon = `${date}T12:00:00Z`;
  const moments = record.flatMap((resource) => {
    const moment = dateOf(resource);
    return moment?.startsWith(date) === true && INSTANT.test(moment) ? [moment] : [];
  });
  const [latest] = moments.sort((one, other) => Date.parse(other) - Date.parse(one));
  return latest === undefined || Date.parse(latest) < Date.parse(noon) ? noon : secondAfter(latest);
}

/** In the same offset; the last second of a day stays itself, since the next one is of another day. */
function secondAfter(moment: string): string {
  const offset = INSTANT.exec(moment)?.[1] ?? 'Z';
  const ahead = offset === 'Z' ? 0 : minutesOf(offset) * 60_000;
  const next = new Date(Date.parse(moment) + ahead + 1000).toISOString().slice(0, 19) + offset;
  return next.slice(0, 10) === moment.slice(0, 10) ? next : moment;
}

function minutesOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
