/**
 * Whether the draft orders to judge may be judged at all: R4, and about the patient of the context.
 * Drafts that are context only are let through; `case/` leaves out what is another patient's.
 */
import type { FhirResource } from 'fhir/r4.js';
import { ServiceError } from '../errors.js';
import { FHIR_ID, isObject } from './schema.js';

/** Request resources of DSTU2 and STU3 that R4 replaced. */
const BEFORE_R4: ReadonlySet<string> = new Set([
  'MedicationOrder',
  'DiagnosticOrder',
  'DiagnosticRequest',
  'ProcedureRequest',
  'ReferralRequest',
  'DeviceUseRequest',
]);

const PATIENT_REFERENCE = new RegExp(`(?:^|/)Patient/(${FHIR_ID})(?:/_history/${FHIR_ID})?$`);

/**
 * Passes when every draft to judge is R4 and, as far as its subject can be resolved, about `patientId`.
 * Throws `ServiceError` 422.
 */
export function requireJudgeable(
  drafts: readonly FhirResource[],
  selections: readonly string[] | undefined,
  patientId: string,
): void {
  const selected = selections && new Set(selections);
  for (const draft of drafts) {
    if (selected && !selected.has(`${draft.resourceType}/${draft.id ?? ''}`)) continue;
    const expression = 'context.draftOrders';
    if (BEFORE_R4.has(draft.resourceType)) throw new ServiceError('fhir-not-r4', { expression });
    const subject = subjectId(draft);
    if (subject !== undefined && subject !== patientId) throw new ServiceError('patient-mismatch', { expression });
  }
}

/** Id of the patient a draft is for; undefined where it has no literal reference to one (urn:uuid, contained, identifier only). */
function subjectId(draft: FhirResource): string | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...draft };
  const subject = fields.subject ?? fields.patient ?? fields.for;
  if (!isObject(subject) || typeof subject.reference !== 'string') return undefined;
  return PATIENT_REFERENCE.exec(subject.reference)?.[1];
}
