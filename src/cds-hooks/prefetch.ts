/**
 * Prefetch as sent enters; its resources leave, with what is known about the completeness of each key.
 * Resources are taken by their type, whatever the key is called: sites type prefetch by hand.
 * The content of resources is not judged and no value is ever repeated in a note.
 */
import type { FhirResource } from 'fhir/r4.js';
import { isResource } from './bundle-entries.js';
import { readSearchset } from './searchset.js';
import type { SourceState, ValueReading } from './searchset.js';
import type { Tolerance } from './request.js';
import type { JsonObject } from './schema.js';

/** The keys of our services and the resource type that each is for. */
export const TYPE_OF_KEY = {
  patient: 'Patient',
  conditions: 'Condition',
  observations: 'Observation',
  medications: 'MedicationRequest',
  medicationStatements: 'MedicationStatement',
  procedures: 'Procedure',
  serviceRequests: 'ServiceRequest',
  appointments: 'Appointment',
  allergies: 'AllergyIntolerance',
  immunizations: 'Immunization',
  familyHistory: 'FamilyMemberHistory',
  questionnaireResponses: 'QuestionnaireResponse',
  careTeams: 'CareTeam',
  tasks: 'Task',
  diagnosticReports: 'DiagnosticReport',
  consents: 'Consent',
  flags: 'Flag',
} as const;

export type PrefetchKey = keyof typeof TYPE_OF_KEY;
export const PREFETCH_KEYS = Object.keys(TYPE_OF_KEY) as readonly PrefetchKey[];

/** The key under which resources of a type are asked for. */
export const KEY_OF_TYPE: ReadonlyMap<string, PrefetchKey> = new Map(
  PREFETCH_KEYS.map((key) => [TYPE_OF_KEY[key], key]),
);

export type { SourceState } from './searchset.js';
export type SourceStates = Readonly<Record<PrefetchKey, SourceState>>;

export interface PrefetchReading {
  readonly states: SourceStates;
  readonly resources: readonly FhirResource[];
  readonly tolerated: readonly Tolerance[];
}

/** What is known of a patient when all was read that could be had, as the case is built of it. */
export interface Gathered extends PrefetchReading {
  readonly completeness: (resourceType: string) => 'complete' | 'incomplete';
}

/** Whether a key is one that our services ask for. */
export function isPrefetchKey(key: string): key is PrefetchKey {
  return Object.hasOwn(TYPE_OF_KEY, key);
}

/** Reads every prefetch value; never throws. */
export function readPrefetch(prefetch: JsonObject): PrefetchReading {
  const states = Object.fromEntries(PREFETCH_KEYS.map((key) => [key, 'absent'])) as Record<PrefetchKey, SourceState>;
  const resources: FhirResource[] = [];
  const tolerated: Tolerance[] = [];
  for (const [key, value] of Object.entries(prefetch)) {
    const known = isPrefetchKey(key) ? key : undefined;
    const reading = readValue(value, known && TYPE_OF_KEY[known]);
    const where = known ? `prefetch.${known}` : 'prefetch';
    tolerated.push(...reading.notes.map((what) => ({ where, what })));
    for (const resource of reading.resources) resources.push(resource);
    if (known) states[known] = reading.state;
  }
  for (const type of new Set(resources.map((resource) => resource.resourceType))) markStray(states, type);
  return { states, resources, tolerated };
}

/** Reads one value. `expected` is the type its key is for, undefined for a key that we do not know. */
function readValue(value: unknown, expected: string | undefined): ValueReading {
  if (value === null) return { state: 'empty', resources: [], notes: [] };
  if (!isResource(value)) {
    return { state: 'failed', resources: [], notes: ['not a resource'] };
  }
  if (value.resourceType === 'OperationOutcome') return { state: 'failed', resources: [], notes: [] };
  if (value.resourceType === 'Bundle') return readSearchset(value, expected);
  const resources = [value as unknown as FhirResource];
  if (value.resourceType !== expected) {
    return {
      state: 'absent',
      resources,
      notes: expected === undefined ? [] : ['resource of another type than the key is for'],
    };
  }
  // One resource in place of a searchset says nothing about the others; only a patient is complete by itself.
  return { state: expected === 'Patient' ? 'resource' : 'partial', resources, notes: [] };
}

/**
 * Notes a type whose own key did not bring it: resources under another key are used,
 * but which search they answer is not known, so they never complete a type.
 */
function markStray(states: Record<PrefetchKey, SourceState>, type: string): void {
  const key = KEY_OF_TYPE.get(type);
  if (key === undefined || (states[key] !== 'absent' && states[key] !== 'empty')) return;
  states[key] = key === 'patient' ? 'resource' : 'partial';
}

/** Tells of a resource type whether everything that is recorded was sent. Types that no key is for are never complete. */
export function completeness(states: SourceStates): (resourceType: string) => 'complete' | 'incomplete' {
  return (resourceType) => {
    const key = KEY_OF_TYPE.get(resourceType);
    const state = key === undefined ? 'absent' : states[key];
    return state === 'resource' || state === 'empty' ? 'complete' : 'incomplete';
  };
}
