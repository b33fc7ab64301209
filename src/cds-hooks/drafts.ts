/**
 * Whether the draft orders and appointments to judge may be judged at all: R4, and about the patient of the context.
 * Drafts that are context only are let through; `case/` leaves out what is another patient's.
 */
import type { FhirResource } from 'fhir/r4.js';
import { ServiceError } from '../errors.js';
import { nameOf } from './bundle-entries.js';
import { FHIR_ID, isObject } from './schema.js';

/** Request resources of DSTU2 and STU3, and what R4 has in their place. */
const BEFORE_R4: ReadonlyMap<string, string> = new Map([
  ['MedicationOrder', 'MedicationRequest'],
  ['DiagnosticOrder', 'ServiceRequest'],
  ['DiagnosticRequest', 'ServiceRequest'],
  ['ProcedureRequest', 'ServiceRequest'],
  ['ReferralRequest', 'ServiceRequest'],
  ['DeviceUseRequest', 'DeviceRequest'],
]);

const PATIENT_REFERENCE = new RegExp(`(?:^|/)Patient/(${FHIR_ID})(?:/_history/${FHIR_ID})?$`);

/**
 * Passes when every draft to judge is R4 and, as far as its patients can be resolved, about `patientId`.
 * Throws `ServiceError` 422.
 */
export function requireJudgeable(
  drafts: readonly FhirResource[],
  field: string,
  selections: readonly string[] | undefined,
  patientId: string,
): void {
  const selected = selections && new Set(selections);
  const expression = `context.${field}`;
  for (const draft of drafts) {
    if (selected && !selected.has(nameOf(draft) ?? '')) continue;
    const expected = BEFORE_R4.get(draft.resourceType);
    if (expected !== undefined) {
      // The name is one of our list, so nothing of the caller's own is repeated.
      const detail = `Send ${expected} in the place of ${draft.resourceType}.`;
      throw new ServiceError('fhir-not-r4', { expression, detail });
    }
    const patients = patientIds(draft);
    if (patients.length > 0 && !patients.includes(patientId)) {
      throw new ServiceError('patient-mismatch', { expression });
    }
  }
}

/** Ids of the patients a draft is for; none where it has no literal reference to one (urn:uuid, contained, identifier only). */
function patientIds(draft: FhirResource): readonly string[] {
  const fields: Readonly<Record<string, unknown>> = { ...draft };
  if (draft.resourceType !== 'Appointment') return idOf(fields.subject ?? fields.patient ?? fields.for);
  // A lone object stands for a list of one, as everywhere that FHIR is read.
  const participants: readonly unknown[] = Array.isArray(fields.participant)
    ? fields.participant
    : [fields.participant];
  return participants.flatMap((participant) => (isObject(participant) ? idOf(participant.actor) : []));
}

function idOf(reference: unknown): readonly string[] {
  if (!isObject(reference) || typeof reference.reference !== 'string') return [];
  return PATIENT_REFERENCE.exec(reference.reference)?.slice(1, 2) ?? [];
}
