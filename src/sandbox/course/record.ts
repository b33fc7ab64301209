/**
 * A patient's record as it stood on a day of the course.
 * Enters: the course and what was changed since. Leaves: resources, one version of each.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Change, Course } from '../../demo/sandbox-data.js';
import { referenceTo } from '../record/describe.js';

/**
 * The record on a day, in the order in which it was entered. Of each type and id the version of the latest day up to and including that day stands,
 * and of one day the last in the list. A change counts from its own day on, also against what the course enters later:
 * whoever edited a resource meant it for the days that follow.
 */
export function recordOn(
  { entries, first }: Pick<Course, 'entries' | 'first'>,
  changes: readonly Change[],
  day: number,
): readonly FhirResource[] {
  const record = new Map<string, FhirResource>();
  const past = <T extends { readonly day: number }>(list: readonly T[], until: number): readonly T[] =>
    list.filter((one) => one.day <= until).sort((a, b) => a.day - b.day);
  // What lies before the slider is there on all of its days, and on any day before them.
  for (const { resource } of past(entries, Math.max(day, first - 1))) record.set(referenceTo(resource), resource);
  for (const change of past(changes, day)) {
    if ('removed' in change) record.delete(change.removed);
    else record.set(referenceTo(change.resource), change.resource);
  }
  return [...record.values()];
}
