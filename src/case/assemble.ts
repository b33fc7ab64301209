/**
 * Resources of one request -> the Case.
 * Enters: what prefetch, the context and the EHR's FHIR server gave. Leaves: a Case; wrong, void and unusable data are left out and counted.
 * Throws ServiceError when the patient is missing (412) or is not the context patient (422), or the drafts are too many (400).
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Gathered } from '../cds-hooks/prefetch.js';
import type { CdsRequest } from '../cds-hooks/request.js';
import { ServiceError } from '../errors.js';
import type { CodeSets } from '../fhir/code-sets.js';
import { isoDay, readDate, type Calendar, type Day } from '../fhir/dates.js';
import { normaliseReference } from '../fhir/references.js';
import { inShape } from '../fhir/shape.js';
import { fromStu3 } from '../fhir/stu3.js';
import type { Case, Patient } from './case.js';
import { readDrafts } from './drafts.js';
import { noteEntries, type ReadingTools } from './entries.js';
import { buildEpisodes } from './episodes.js';
import { readFindings, readScores, readStrengths, type LeaveOut } from './findings.js';
import type { Forms } from './forms.js';
import { createNotes, type Notes } from './notes.js';
import { readRecord, typeIn } from './record.js';
import { presentWeaknesses } from './weakness.js';

export interface AssembleTools {
  readonly codeSets: CodeSets;
  readonly calendar: Calendar;
  /** The Questionnaires of ours. */
  readonly forms: Forms;
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
  const { calendar, codeSets, recentDays } = tools;
  const notes = createNotes();
  const sent = readable(gathered.resources, notes, today, tools);
  const inContext = readable(request.context.resources, notes, today, tools);
  const isAdded = request.hook === 'problem-list-item-create';
  const resources = [...sent, ...(isAdded ? inContext.map((resource) => recordedNow(resource, today)) : [])];
  const patient = readPatient(resources, patientId, calendar);
  const reading = { ...tools, patientId, today, notes, resolve: medicationResolver([...sent, ...inContext]) };
  const { entries, unread } = readRecord(resources, reading);
  const sentAs = new Map(inContext.map((resource, index) => [resource, request.context.resources[index] ?? resource]));
  const asSent = (resource: FhirResource): FhirResource => sentAs.get(resource) ?? resource;
  const drafts = isAdded ? [] : readDrafts(inContext, request.context.selections, { ...reading, asSent });
  const byType = group(entries, (entry) => [entry.type]);
  const findings = readFindings(entries, calendar);
  const leaveOut: LeaveOut = (reason, { reference }) => notes.leaveOut(typeIn(reference), reason);
  const strengths = readStrengths(entries, leaveOut);
  const weaknesses = presentWeaknesses(findings, strengths, today, recentDays);
  const surplus = (reason: string): void => notes.leaveOut('Condition', reason);
  return {
    patient,
    today,
    episodes: buildEpisodes(byType.get('Condition') ?? [], drafts, weaknesses, surplus),
    byConcept: group(entries, (entry) => entry.concepts),
    byType,
    findings,
    scores: readScores(entries, codeSets, leaveOut),
    strengths,
    drafts,
    unsaved: new Set(isAdded ? namesOf(inContext) : []),
    completeness: (type) => (unread.has(type) ? 'incomplete' : gathered.completeness(type)),
    excluded: notes.excluded(),
    get tolerated() {
      noteEntries(entries, calendar, notes);
      return [...gathered.tolerated, ...notes.tolerated()];
    },
  };
}

/** `Type/id` of each that has an id; one that is no text is none. */
function namesOf(resources: readonly FhirResource[]): readonly string[] {
  return resources.flatMap(({ resourceType, id }) => (typeof id === 'string' ? [`${resourceType}/${id}`] : []));
}

/** Resources in the shape and with the names of R4. */
function readable(
  resources: readonly FhirResource[],
  notes: Notes,
  today: Day,
  { codeSets, calendar }: AssembleTools,
): readonly FhirResource[] {
  const { tolerate } = notes;
  const isAlias = (system: string): boolean => codeSets.isAlias(system);
  return resources.map((resource) => fromStu3(inShape(resource, { isAlias, tolerate }), { calendar, today, tolerate }));
}

/** A condition that is being added now and names no date was recorded today; otherwise a new alarm would count as undated, so as none. */
function recordedNow(resource: FhirResource, today: Day): FhirResource {
  if (resource.resourceType !== 'Condition' || resource.recordedDate !== undefined) return resource;
  return { ...resource, recordedDate: isoDay(today) };
}

function readPatient(resources: readonly FhirResource[], patientId: string, calendar: Calendar): Patient {
  const patients = resources.filter((resource) => resource.resourceType === 'Patient');
  const patient = patients.find((one) => one.id === patientId);
  if (!patient && patients.length > 0) throw new ServiceError('patient-mismatch', { expression: 'prefetch.patient' });
  if (!patient) throw new ServiceError('patient-missing', { expression: 'prefetch.patient' });
  const birthDate = readDate(patient.birthDate, calendar);
  return { id: patientId, ...(birthDate && { birthDate }) };
}

/** Finds Medication resources that came along as entries of their own. */
function medicationResolver(resources: readonly FhirResource[]): ReadingTools['resolve'] {
  const medications = new Map<string, FhirResource>();
  const ambiguous = new Set<string>();
  for (const resource of resources) {
    if (resource.resourceType !== 'Medication' || typeof resource.id !== 'string') continue;
    const name = `Medication/${resource.id}`;
    const other = medications.get(name);
    // Two drugs of one name, of a draft and of the record: neither is guessed.
    if (other && JSON.stringify(other) !== JSON.stringify(resource)) ambiguous.add(name);
    medications.set(name, resource);
  }
  return (reference) => {
    const name = normaliseReference(reference) ?? '';
    return ambiguous.has(name) ? undefined : medications.get(name);
  };
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
