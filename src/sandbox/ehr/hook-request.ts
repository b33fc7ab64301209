/**
 * What an EHR sends when a hook fires: a record, drafts and what discovery says of the service enter, the request leaves.
 * Everything that the service asks for is sent along, also where there is nothing: an empty search is an answer, a missing key is none.
 */
import type { Appointment, FhirResource } from 'fhir/r4.js';
import type { Hook, Jurisdiction, Language } from '../../cds-hooks/request.js';
import { referenceTo } from '../record/describe.js';

/** A service as discovery describes it. */
export interface Service {
  readonly id: string;
  readonly hook: Hook;
  readonly title: string;
  readonly prefetch: Readonly<Record<string, string>>;
}

export interface Circumstances {
  readonly service: Service;
  /** The patient's record on that day. */
  readonly record: readonly FhirResource[];
  /** Orders or appointments that are not signed yet. */
  readonly drafts: readonly FhirResource[];
  readonly patientId: string;
  readonly userId: string;
  readonly fhirServer: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly jurisdiction: Jurisdiction;
  readonly language: Language;
  /** Makes `hookInstance`. */
  readonly newId: () => string;
}

export type HookRequest = Readonly<Record<string, unknown>>;

/** The request of that day, as JSON. Eight in the evening of UTC is the same day in all of Europe, and after what is recorded on it. */
export function hookRequest(circumstances: Circumstances): HookRequest {
  const { service, date, jurisdiction, language, fhirServer, newId } = circumstances;
  return {
    hook: service.hook,
    hookInstance: newId(),
    fhirServer,
    context: contextOf(circumstances),
    prefetch: prefetchOf(circumstances),
    extension: { 'example.plexus-cds.request': { language, jurisdiction, now: `${date}T20:00:00Z` } },
  };
}

function contextOf({ service, drafts, patientId, userId }: Circumstances): HookRequest {
  const everywhere = { userId, patientId };
  switch (service.hook) {
    case 'patient-view':
      return everywhere;
    case 'order-select':
      return { ...everywhere, selections: drafts.map(referenceTo), draftOrders: collectionOf(drafts) };
    case 'order-sign':
      return { ...everywhere, draftOrders: collectionOf(drafts) };
    case 'appointment-book':
      return { ...everywhere, appointments: collectionOf(drafts) };
    case 'problem-list-item-create':
      return { ...everywhere, conditions: collectionOf(drafts) };
  }
}

const collectionOf = (resources: readonly FhirResource[]) => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: resources.map((resource) => ({ resource })),
});

function prefetchOf({ service, record, fhirServer }: Circumstances): HookRequest {
  return Object.fromEntries(
    Object.entries(service.prefetch).map(([key, template]): readonly [string, unknown] => {
      const type = template.split(/[/?]/)[0];
      const found = record.filter(({ resourceType }) => resourceType === type);
      if (!template.includes('?')) return [key, found[0] ?? null];
      const entry = found.map((resource) => ({ fullUrl: `${fhirServer}/${referenceTo(resource)}`, resource }));
      return [key, { resourceType: 'Bundle', type: 'searchset', total: found.length, entry }];
    }),
  );
}

/** Which resources each hook holds as drafts. */
const DRAFT_TYPES: Readonly<Record<Hook, readonly string[]>> = {
  'patient-view': [],
  'order-select': ['MedicationRequest', 'ServiceRequest'],
  'order-sign': ['MedicationRequest', 'ServiceRequest'],
  'appointment-book': ['Appointment'],
  'problem-list-item-create': ['Condition'],
};

/** Whether a resource that is made while this hook is open joins the drafts instead of the record. */
export function isDraftOf(hook: Hook, { resourceType }: FhirResource): boolean {
  return DRAFT_TYPES[hook].includes(resourceType);
}

/** A draft or proposal as it stands in the record once the doctor has signed it; other resources as they are. */
export function signed(resource: FhirResource): FhirResource {
  switch (resource.resourceType) {
    case 'MedicationRequest':
    case 'ServiceRequest':
      return { ...resource, status: 'active', intent: 'order' };
    case 'Task':
      return { ...resource, status: 'requested', intent: 'order' };
    case 'Appointment':
      return booked(resource);
    default:
      return resource;
  }
}

/** A quarter of an hour in the morning of the first day that was asked for; with a time of its own it keeps that. */
function booked({ requestedPeriod, ...appointment }: Appointment): Appointment {
  const day = requestedPeriod?.[0]?.start?.slice(0, 10);
  const times = { start: `${day ?? ''}T08:00:00Z`, end: `${day ?? ''}T08:15:00Z` };
  return { ...appointment, status: 'booked', ...(appointment.start === undefined && day !== undefined && times) };
}
