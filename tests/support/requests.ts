/** Small requests without a medical story: nothing in them gives a card. */
import { SERVICES } from '../../src/cds-hooks/services.js';
import type { Hook } from '../../src/cds-hooks/request.js';

export const PATIENT = 'patient-1';

export interface HookRequest {
  hook: string;
  hookInstance: string;
  context: Record<string, unknown>;
  prefetch: Record<string, unknown>;
  [member: string]: unknown;
}

export const DRAFT = {
  resourceType: 'ServiceRequest',
  id: 'draft-1',
  status: 'draft',
  intent: 'order',
  subject: { reference: `Patient/${PATIENT}` },
  code: { text: 'Blood count' },
};

const CONTEXT: Readonly<Record<Hook, Record<string, unknown>>> = {
  'patient-view': {},
  'order-select': { selections: ['ServiceRequest/draft-1'], draftOrders: bundleOf(DRAFT) },
  'order-sign': { draftOrders: bundleOf(DRAFT) },
  'appointment-book': {
    appointments: bundleOf({
      resourceType: 'Appointment',
      id: 'a1',
      status: 'proposed',
      participant: [{ actor: { reference: `Patient/${PATIENT}` }, status: 'needs-action' }],
    }),
  },
  'problem-list-item-create': {
    conditions: bundleOf({
      resourceType: 'Condition',
      id: 'c1',
      subject: { reference: `Patient/${PATIENT}` },
      code: { text: 'Eczema' },
    }),
  },
};

/** A Bundle as clients send it in a context: without a type. */
export function bundleOf(...resources: readonly unknown[]): Record<string, unknown> {
  return { resourceType: 'Bundle', entry: resources.map((resource) => ({ resource })) };
}

/** A searchset with an entry per resource. */
export function searchsetOf(...resources: readonly unknown[]): Record<string, unknown> {
  return { ...bundleOf(...resources), type: 'searchset', total: resources.length };
}

/** A fresh valid request for a hook: the patient, and null for every other prefetch key. */
export function requestFor(hook: Hook): HookRequest {
  const keys = Object.keys(serviceOf(hook).prefetch);
  return structuredClone({
    hook,
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: 'Practitioner/example', patientId: PATIENT, ...CONTEXT[hook] },
    prefetch: {
      ...Object.fromEntries(keys.map((key) => [key, null])),
      patient: { resourceType: 'Patient', id: PATIENT, gender: 'female', birthDate: '1980-02-01' },
    },
  });
}

/** The service that answers a hook. */
export function serviceOf(hook: Hook): (typeof SERVICES)[number] {
  return SERVICES.find((service) => service.hook === hook)!;
}

/** The path of the service that answers a hook. */
export function pathOf(hook: Hook): string {
  return `/cds-services/${serviceOf(hook).id}`;
}
