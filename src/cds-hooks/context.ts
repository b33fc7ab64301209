/**
 * The `context` of each hook: checked fields and the resources of its Bundle, drafts found by the selections.
 * Throws 400 where the hook's definition is broken, 422 where a draft cannot safely be judged.
 */
import { ServiceError } from '../errors.js';
import { linkEntries, readEntry } from './bundle-entries.js';
import type { BundleEntry } from './bundle-entries.js';
import { requireJudgeable } from './drafts.js';
import type { Hook, HookContext, Tolerance } from './request.js';
import { neededOf } from './patient-elements.js';
import { FHIR_ID, isObject } from './schema.js';
import type { JsonObject } from './schema.js';
import { resolveSelections } from './selections.js';

/** The context field that holds the resources in question. */
const BUNDLE_OF: Readonly<Partial<Record<Hook, string>>> = {
  'order-select': 'draftOrders',
  'order-sign': 'draftOrders',
  'appointment-book': 'appointments',
  'problem-list-item-create': 'conditions',
};

const PATIENT_ID = new RegExp(`^(?:Patient/)?(${FHIR_ID})$`);
const ID = new RegExp(`^${FHIR_ID}$`);
/** Relative as the standard has it; real clients also send the address, or a version of it. */
const USER = new RegExp(`^(?:https?://[^\\s]{1,2000}/)?[A-Za-z]+/${FHIR_ID}(?:/_history/${FHIR_ID})?$`);

export interface ContextReading {
  readonly context: HookContext;
  readonly tolerated: readonly Tolerance[];
}

/** Reads the context of a hook. Throws `ServiceError` 400 or 422. */
export function readContext(context: JsonObject, hook: Hook): ContextReading {
  const patientId = readPatientId(context.patientId);
  const tolerated: Tolerance[] = [];
  const userId = readOptional(context.userId, USER);
  // The advice does not depend on the user, so a wrong one is no reason to withhold it.
  if (userId === undefined) tolerated.push({ where: 'context.userId', what: 'missing or not Type/id' });
  const encounterId = readOptional(context.encounterId, ID);
  const field = BUNDLE_OF[hook];
  const entries = field === undefined ? [] : readEntries(context[field], field, tolerated);
  const tolerate = (what: string): void => void tolerated.push({ where: 'context.selections', what });
  const selections = hook === 'order-select' ? resolveSelections(context.selections, entries, tolerate) : undefined;
  // Drafts stay as they were sent, since they go back as they were sent.
  const resources = entries.map((entry) => neededOf(entry.resource));
  if (field === 'draftOrders' || field === 'appointments') requireJudgeable(resources, field, selections, patientId);
  return {
    context: {
      patientId,
      resources,
      ...(userId !== undefined && { userId }),
      ...(encounterId !== undefined && { encounterId }),
      ...(selections !== undefined && { selections }),
    },
    tolerated,
  };
}

const PATIENT_SIDE = /(?:^|\/)(?:Patient|RelatedPerson)\/[^/]+(?:\/_history\/[^/]+)?$/;

/** Cards speak to the clinician; a patient or relative who looks at the record gets none (D22). An unknown user is taken for a clinician. */
export function isForClinician({ userId }: HookContext): boolean {
  return userId === undefined || !PATIENT_SIDE.test(userId);
}

function readPatientId(value: unknown): string {
  const expression = 'context.patientId';
  if (value === undefined || value === null || value === '') throw new ServiceError('missing', { expression });
  const id = typeof value === 'string' ? PATIENT_ID.exec(value)?.[1] : undefined;
  if (id === undefined) throw new ServiceError('invalid', { expression, detail: 'It must be a FHIR id.' });
  return id;
}

function readOptional(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

/** The usable entries of a context Bundle; `Bundle.type`, and even `resourceType`, are often left out by clients. */
function readEntries(bundle: unknown, field: string, tolerated: Tolerance[]): readonly BundleEntry[] {
  const expression = `context.${field}`;
  if (bundle === undefined || bundle === null) throw new ServiceError('missing', { expression });
  const isBundle = isObject(bundle) && (bundle.resourceType === undefined || bundle.resourceType === 'Bundle');
  const sent: unknown = isBundle && isObject(bundle.entry) ? [bundle.entry] : isBundle && bundle.entry;
  if (!Array.isArray(sent)) {
    throw new ServiceError('fhir-unusable', { expression, detail: 'It must be a Bundle with entries.' });
  }
  const entries = sent.map(readEntry).filter((entry) => entry !== undefined);
  if (entries.length === 0) {
    throw new ServiceError('fhir-unusable', { expression, detail: 'Its entries must hold resources.' });
  }
  const tolerate = (what: string): void => void tolerated.push({ where: expression, what });
  if (entries.length < sent.length) tolerate('entries without a resource');
  if (isObject(bundle) && isObject(bundle.entry)) tolerate('one entry as an object, not in a list');
  return linkEntries(entries);
}
