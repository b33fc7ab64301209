/**
 * One FHIR resource -> one Entry of the case, or the reason why it is left out.
 * Reads status, code, sites, side and date of every resource type we know; judges nothing medical.
 */
import type { FhirResource } from 'fhir/r4.js';
import { readDate, type Calendar, type DateSpan } from '../fhir/dates.js';
import { conceptsOf, isObject, listOf, normaliseReference, statusCode } from '../fhir/references.js';
import { sideOf } from './body.js';
import type { Entry, State } from './case.js';
import { isCoded, medicationConcepts, type MedicationTools } from './medication.js';
import type { Notes } from './notes.js';
import { placesOf } from './places.js';
import { CODE_ELEMENTS, DATE_ELEMENTS, END_ELEMENTS, STATES } from './resource-types.js';

/** Why a resource is not in the case. */
export type Exclusion =
  | 'other patient'
  | 'no patient'
  | 'void'
  | 'no status'
  | 'unknown modifier extension'
  | 'no code that the rules know'
  | 'text without a code'
  | 'problem that is listed already'
  | 'journal line of an earlier complaint'
  | 'answer of another kind than its question'
  | 'answer for one of several places'
  | 'answer with a reason why there is none'
  | 'not read';

type Raw = Readonly<Record<string, unknown>>;

export interface ReadingTools extends MedicationTools {
  readonly calendar: Calendar;
  /** Bare id of the context patient. */
  readonly patientId: string;
}

/** Notes what of the entries was read as absent: a clinical status of which no code is one of FHIR's, and dates that are none. */
export function noteEntries(entries: readonly Entry[], calendar: Calendar, { tolerate }: Notes): void {
  for (const { resource, type } of entries) {
    const raw = resource as unknown as Raw;
    if (statusCode(raw['clinicalStatus']) !== undefined && clinicalState(raw) === undefined)
      tolerate(`${type}.clinicalStatus`, 'unknown code, read as no status');
    for (const element of DATE_ELEMENTS[type] ?? []) {
      const value = firstOf(raw[element]);
      const date = isObject(value) ? value['start'] : value;
      if (date !== undefined && readDate(date, calendar) === undefined)
        tolerate(`${type}.${element}`, 'no date, read as not recorded');
    }
  }
}

/** Reads one resource of the record; returns the entry or the reason for leaving it out. */
export function readEntry(resource: FhirResource, tools: ReadingTools): Entry | Exclusion {
  const raw = resource as unknown as Raw;
  const owner = ownerOf(raw, tools.patientId);
  if (owner !== 'patient') return owner;
  if (isModified(raw)) return 'unknown modifier extension';
  const type = resource.resourceType;
  const state = stateOf(raw);
  if (state === undefined) return whyNoState(raw);
  const concepts = codeOf(raw, tools);
  // Most of a record is about something else.
  if (concepts.length === 0 && !CODED_WITHIN.has(type)) {
    return (state === 'active' || type === 'Immunization') && isTextOnly(raw, tools)
      ? 'text without a code'
      : 'no code that the rules know';
  }
  const places = placesOf(raw, tools.codeSets);
  const side = sideOf(places);
  const date = dateOf(raw, tools.calendar);
  const end = endOf(raw, tools.calendar);
  const authored = type === 'ServiceRequest' ? readDate(raw['authoredOn'], tools.calendar) : undefined;
  return {
    resource,
    type,
    reference: referenceOf(raw),
    state,
    concepts,
    sites: places.filter((key) => !key.startsWith('side-')),
    ...(side && { side }),
    ...(date && { date }),
    ...(end && { end }),
    ...(authored && { authored }),
  };
}

/** A record without a status may be as true as any other: what it says is unknown. */
function whyNoState(raw: Raw): Exclusion {
  const type = String(raw['resourceType']);
  if (!Object.hasOwn(STATES, type)) return KNOWN.has(type) ? 'void' : 'not read';
  const isStated = raw['status'] !== undefined || raw['actuality'] !== undefined || raw['doNotPerform'] === true;
  return isStated ? 'void' : 'no status';
}

/** A drug, allergy or vaccine that stands in the record as text: it could be any, so its list says nothing about what is not on it. */
function isTextOnly(raw: Raw, tools: ReadingTools): boolean {
  const type = String(raw['resourceType']);
  return TOLD_BY_CODE.includes(type) && !isCoded(raw, tools);
}

const TOLD_BY_CODE = ['AllergyIntolerance', 'MedicationRequest', 'MedicationStatement', 'Immunization'];

/** Link ids of answers, roles of participants, diseases of relatives: coded inside, so that none is taken for the patient's own. */
const CODED_WITHIN = new Set(['QuestionnaireResponse', 'CareTeam', 'FamilyMemberHistory']);

const KNOWN = new Set(['Condition', 'AllergyIntolerance']);

/** `Type/id` of a resource, `Type` when it has no id. */
export function referenceOf(raw: Raw): string {
  const type = String(raw['resourceType']);
  return typeof raw['id'] === 'string' ? `${type}/${raw['id']}` : type;
}

export function ownerOf(raw: Raw, patientId: string): 'patient' | 'other patient' | 'no patient' {
  if (raw['resourceType'] === 'Appointment') {
    const actors = listOf(raw['participant']).map((participant) => patientReference(participant['actor']));
    const patients = actors.filter((reference) => reference?.startsWith('Patient/'));
    if (patients.includes(`Patient/${patientId}`)) return 'patient';
    return patients.length > 0 ? 'other patient' : 'no patient';
  }
  const subject = patientReference(raw['subject'] ?? raw['patient'] ?? raw['for']);
  if (subject === undefined) return 'no patient';
  return subject === `Patient/${patientId}` ? 'patient' : 'other patient';
}

function patientReference(element: unknown): string | undefined {
  return isObject(element) ? normaliseReference(element['reference']) : undefined;
}

export function isModified(raw: Raw): boolean {
  return raw['modifierExtension'] !== undefined && listOf(raw['modifierExtension']).length > 0;
}

function stateOf(raw: Raw): State | undefined {
  const type = String(raw['resourceType']);
  if (type === 'Condition') return conditionState(raw);
  if (type === 'AllergyIntolerance') return allergyState(raw);
  if (type === 'MedicationRequest' && (raw['doNotPerform'] === true || !isRealOrder(raw))) return undefined;
  if (type === 'ServiceRequest' && raw['doNotPerform'] === true) return undefined;
  const status = type === 'AdverseEvent' ? (raw['actuality'] ?? raw['status']) : raw['status'];
  const states = Object.hasOwn(STATES, type) ? STATES[type] : undefined;
  return states && typeof status === 'string' && Object.hasOwn(states, status) ? states[status] : undefined;
}

function isRealOrder(raw: Raw): boolean {
  const intent = raw['intent'];
  return intent === undefined || (typeof intent === 'string' && !['proposal', 'plan', 'option'].includes(intent));
}

function conditionState(raw: Raw): State | undefined {
  const verification = statusCode(raw['verificationStatus']);
  if (verification === 'entered-in-error') return undefined;
  if (verification === 'refuted') return 'refuted';
  const ended = Object.keys(raw).some((key) => key.startsWith('abatement'));
  return clinicalState(raw) ?? (ended ? 'past' : 'active');
}

function allergyState(raw: Raw): State | undefined {
  const verification = statusCode(raw['verificationStatus']);
  if (verification === 'entered-in-error') return undefined;
  if (verification === 'refuted') return 'refuted';
  return clinicalState(raw) ?? 'active';
}

const CLINICAL_STATES: ReadonlyMap<unknown, State> = new Map([
  ['active', 'active'],
  ['recurrence', 'active'],
  ['relapse', 'active'],
  ['inactive', 'past'],
  ['remission', 'past'],
  ['resolved', 'past'],
]);

/** What the first clinical status that FHIR knows says. A local code alone says nothing: read as past it would hide a present complaint. */
function clinicalState({ clinicalStatus }: Raw): State | undefined {
  if (typeof clinicalStatus === 'string') return CLINICAL_STATES.get(clinicalStatus);
  return listOf(clinicalStatus)
    .flatMap((concept) => listOf(concept['coding']))
    .map(({ code }) => CLINICAL_STATES.get(code))
    .find((state) => state !== undefined);
}

function codeOf(raw: Raw, tools: ReadingTools): readonly string[] {
  const type = String(raw['resourceType']);
  if (type === 'MedicationRequest' || type === 'MedicationStatement') return medicationConcepts(raw, tools);
  if (type === 'Condition') return [...conceptsOf(raw['code'], tools.codeSets)];
  const elements = CODE_ELEMENTS[type] ?? ['code'];
  return elements.flatMap((element) => conceptsOf(raw[element], tools.codeSets));
}

function dateOf(raw: Raw, calendar: Calendar): DateSpan | undefined {
  for (const element of DATE_ELEMENTS[String(raw['resourceType'])] ?? []) {
    const value = firstOf(raw[element]);
    const date = readDate(isObject(value) ? value['start'] : value, calendar);
    if (date) return date;
  }
  return undefined;
}

/** Of several periods that would do the first. */
const firstOf = (value: unknown): unknown => (Array.isArray(value) ? (value as readonly unknown[])[0] : value);

function endOf(raw: Raw, calendar: Calendar): DateSpan | undefined {
  if (raw['resourceType'] === 'MedicationRequest') return lastDose(raw, calendar);
  for (const element of END_ELEMENTS[String(raw['resourceType'])] ?? []) {
    const value = firstOf(raw[element]);
    const date = readDate(isObject(value) ? value['end'] : element.endsWith('DateTime') ? value : undefined, calendar);
    if (date) return date;
  }
  return undefined;
}

/** The last day that a dose instruction names. */
function lastDose(raw: Raw, calendar: Calendar): DateSpan | undefined {
  const ends = listOf(raw['dosageInstruction']).flatMap((instruction) => {
    const repeat = isObject(instruction['timing']) ? instruction['timing']['repeat'] : undefined;
    const bounds = isObject(repeat) ? repeat['boundsPeriod'] : undefined;
    return readDate(isObject(bounds) ? bounds['end'] : undefined, calendar) ?? [];
  });
  return ends.reduce<DateSpan | undefined>((last, one) => (last && last.last >= one.last ? last : one), undefined);
}
