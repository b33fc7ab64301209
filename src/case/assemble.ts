/**
 * Resources of one request -> the Case.
 * Enters: what prefetch, the context and (later) the EHR's FHIR server gave. Leaves: a Case; wrong, void and unusable data are left out and counted.
 * Throws ServiceError when the patient is missing (412) or is not the context patient (422), or the drafts are too many (400).
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Gathered } from '../cds-hooks/prefetch.js';
import type { CdsRequest } from '../cds-hooks/request.js';
import { ServiceError } from '../errors.js';
import type { CodeSets } from '../fhir/code-sets.js';
import { readDate, type Calendar, type Day } from '../fhir/dates.js';
import { normaliseReference } from '../fhir/references.js';
import type { Case, Entry, Patient } from './case.js';
import { readDrafts } from './drafts.js';
import { hasUnknownClinicalStatus, readEntry, type Exclusion, type ReadingTools } from './entries.js';
import { buildEpisodes } from './episodes.js';
import { readFindings, readScores, readStrengths } from './findings.js';
import { presentWeaknesses } from './weakness.js';

type Raw = Readonly<Record<string, unknown>>;

export interface AssembleTools {
  readonly codeSets: CodeSets;
  readonly calendar: Calendar;
  /** How many days ago a weakness may have been seen to count as present. */
  readonly recentDays: number;
}

/** Builds the case of the context patient on the day `today`. */
export function assemble(
  request: CdsRequest,
  gathered: Omit<Gathered, 'states'>,
  today: Day,
  tools: AssembleTools,
): Case {
  const { patientId } = request.context;
  const context =
    request.hook === 'problem-list-item-create'
      ? request.context.resources.map((resource) => recordedNow(resource, today))
      : [];
  const resources = [...gathered.resources, ...context];
  const patient = readPatient(resources, patientId, tools.calendar);
  const excluded = new Map<string, number>();
  const leaveOut = (reason: string): void => void excluded.set(reason, (excluded.get(reason) ?? 0) + 1);
  const resolve = medicationResolver([...resources, ...request.context.resources]);
  const unread = new Set<string>();
  const entries = readEntries(resources, { ...tools, patientId, resolve }, (reason, type) => {
    leaveOut(reason);
    if (reason === 'text without a code') unread.add(type);
  });
  const drafts =
    request.hook === 'problem-list-item-create'
      ? []
      : readDrafts(request.context.resources, request.context.selections, { ...tools, patientId, resolve }, leaveOut);
  const byType = group(entries, (entry) => [entry.type]);
  const findings = readFindings(entries, tools.calendar);
  const strengths = readStrengths(entries, leaveOut);
  const weaknesses = presentWeaknesses(findings, strengths, today, tools.recentDays);
  return {
    patient,
    today,
    episodes: buildEpisodes(byType.get('Condition') ?? [], drafts, weaknesses, leaveOut),
    byConcept: group(entries, (entry) => entry.concepts),
    byType,
    findings,
    scores: readScores(entries, tools.codeSets, leaveOut),
    strengths,
    drafts,
    completeness: (type) => (unread.has(type) ? 'incomplete' : gathered.completeness(type)),
    excluded: [...excluded].sort().map(([reason, count]) => ({ reason, count })),
    tolerated: [...gathered.tolerated, ...unknownStatuses(entries)],
  };
}

/** A note per type of which a clinical status had a code of its own. */
function unknownStatuses(entries: readonly Entry[]): Case['tolerated'] {
  const types = new Set(entries.filter(({ resource }) => hasUnknownClinicalStatus(resource)).map(({ type }) => type));
  return [...types]
    .sort()
    .map((type) => ({ where: `${type}.clinicalStatus`, what: 'unknown code, read as no status' }));
}

/** A condition that is being added now and names no date was recorded today; otherwise a new alarm would count as undated, so as none. */
function recordedNow(resource: FhirResource, today: Day): FhirResource {
  if (resource.resourceType !== 'Condition' || resource.recordedDate !== undefined) return resource;
  return { ...resource, recordedDate: new Date(today * 86_400_000).toISOString().slice(0, 10) };
}

function readPatient(resources: readonly FhirResource[], patientId: string, calendar: Calendar): Patient {
  const patients = resources.filter((resource) => resource.resourceType === 'Patient');
  const patient = patients.find((one) => one.id === patientId);
  if (!patient && patients.length > 0) throw new ServiceError('patient-mismatch', { expression: 'prefetch.patient' });
  if (!patient) throw new ServiceError('patient-missing', { expression: 'prefetch.patient' });
  const birthDate = readDate(patient.birthDate, calendar);
  return { id: patientId, ...(birthDate && { birthDate }), ...(patient.gender && { gender: patient.gender }) };
}

/** Finds Medication resources that came along as entries of their own. */
function medicationResolver(resources: readonly FhirResource[]): ReadingTools['resolve'] {
  const medications = new Map<string, FhirResource>();
  for (const resource of resources) {
    if (resource.resourceType === 'Medication' && resource.id) medications.set(`Medication/${resource.id}`, resource);
  }
  return (reference) => medications.get(normaliseReference(reference) ?? '');
}

const NOT_ENTRIES = ['Patient', 'Medication', 'OperationOutcome', 'Bundle'];

function readEntries(
  resources: readonly FhirResource[],
  tools: ReadingTools,
  leaveOut: (reason: Exclusion, type: string) => void,
): readonly Entry[] {
  const entries: Entry[] = [];
  const seen = new Set<string>();
  for (const resource of resources) {
    if (NOT_ENTRIES.includes(resource.resourceType)) continue;
    const entry = readEntry(resource, tools);
    if (typeof entry === 'string') {
      leaveOut(entry, resource.resourceType);
      continue;
    }
    // One resource can come by two prefetch keys; it is one record.
    const versioned = (resource as unknown as Raw)['id'] === undefined ? undefined : entry.reference;
    if (versioned !== undefined && seen.has(versioned)) continue;
    if (versioned !== undefined) seen.add(versioned);
    entries.push(entry);
  }
  return entries.sort(newestFirst);
}

/** Newest first; records of one day by time, then by reference, so that the order of a Bundle has no influence. */
function newestFirst(one: Entry, other: Entry): number {
  const days = (other.date?.first ?? -Infinity) - (one.date?.first ?? -Infinity);
  if (days !== 0 && !Number.isNaN(days)) return days;
  const times = (other.date?.at ?? 0) - (one.date?.at ?? 0);
  if (times !== 0) return times;
  return one.reference < other.reference ? -1 : one.reference > other.reference ? 1 : 0;
}

function group<T>(items: readonly T[], keysOf: (item: T) => readonly string[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    for (const key of keysOf(item)) {
      const members = groups.get(key);
      if (members) members.push(item);
      else groups.set(key, [item]);
    }
  }
  return groups;
}
