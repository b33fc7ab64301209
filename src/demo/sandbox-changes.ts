/**
 * What visitors changed in the record of a sandbox patient: the store of the demo EHR and a course enter, changes by day leave.
 */
import type { FhirResource } from 'fhir/r4.js';
import { readDate, type Calendar } from '../fhir/dates.js';
import { spanOf } from './fhir-dates.js';
import { readQuery } from './fhir-search.js';
import type { FhirStore, Resource } from './fhir-store.js';
import { RESOURCE_TYPES } from './fhir-types.js';
import type { SeededCourse } from './load-courses.js';
import type { Change } from './sandbox-data.js';

/** Where resources say when they came into the record: not when a complaint began, nor when an examination is to be. */
const CLINICAL_DATES = [
  'recordedDate',
  'effectiveDateTime',
  'effectiveInstant',
  'effectivePeriod',
  'performedDateTime',
  'performedPeriod',
  'occurrenceDateTime',
  'authoredOn',
  'authored',
  'created',
  'sent',
  'dateTime',
  'date',
] as const;

/** `occurrence[x]` of a request is when it is to be done. */
const PLANNED: Readonly<Record<string, string>> = { ServiceRequest: 'occurrenceDateTime' };

/**
 * What was created, changed or deleted since the start. What was created counts from its clinical date, or the opening day without one. What was changed
 * or deleted was there on the opening day, the only one that the demo EHR knows, and counts from it.
 */
export function changesOf(course: SeededCourse, store: FhirStore, calendar: Calendar): readonly Change[] {
  const start = readDate(course.start, calendar);
  const seeded = new Set(course.entries.map(({ resource }) => nameOf(resource)));
  const dayOf = (resource: Resource): number => {
    const elements = CLINICAL_DATES.filter((name) => PLANNED[resource.resourceType] !== name);
    const recorded = spanOf(
      elements.map((name) => resource[name]),
      calendar,
    );
    const day = (recorded?.first ?? NaN) - (start?.first ?? NaN);
    return Number.isFinite(day) && !seeded.has(nameOf(resource)) ? day : course.opens;
  };
  const { written, removed } = store.changes(recordOf(course.patientId, calendar));
  return [
    ...written.map((resource) => ({ day: dayOf(resource), resource: resource as unknown as FhirResource })),
    ...removed.map((resource) => ({ day: course.opens, removed: nameOf(resource) })),
  ].sort((one, other) => one.day - other.day);
}

const nameOf = ({
  resourceType,
  id = '',
}: {
  readonly resourceType: string;
  readonly id?: string | undefined;
}): string => `${resourceType}/${id}`;

/** Whether a resource is the patient, or says that it is of the patient. */
export function recordOf(patientId: string, calendar: Calendar): (resource: Resource) => boolean {
  const matches = new Map(
    [...RESOURCE_TYPES].flatMap(([type, parameters]) =>
      parameters.has('patient')
        ? [[type, readQuery(new URLSearchParams({ patient: patientId }), parameters, calendar).matches] as const]
        : [],
    ),
  );
  return (resource) =>
    resource.resourceType === 'Patient'
      ? resource.id === patientId
      : (matches.get(resource.resourceType)?.(resource) ?? false);
}
