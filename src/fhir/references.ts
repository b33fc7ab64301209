/**
 * References and codes of FHIR resources, read tolerantly.
 * Enters: elements as clients send them (object for array, empty coding, absolute or versioned reference). Leaves: plain values. Never throws.
 */
import type { CodeSets } from './code-sets.js';

/** What most references are: nothing to normalise. */
const LOCAL_REFERENCE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64}$/;
/** An id that is not one step up or none: an EHR makes an address of it. */
const STEPS = /\/\.{1,2}$/;

/** Whether `Type/id` names one resource of a FHIR server, and nothing else when it stands in an address. */
export function isLocalReference(reference: string): boolean {
  return LOCAL_REFERENCE.test(reference) && !STEPS.test(reference);
}

const REFERENCE = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** `Type/id` of a relative, absolute or versioned reference; undefined for `#contained`, `urn:` and anything else. */
export function normaliseReference(reference: unknown): string | undefined {
  if (typeof reference !== 'string') return undefined;
  if (LOCAL_REFERENCE.test(reference)) return reference;
  const match = REFERENCE.exec(reference);
  return match ? `${match[1]}/${match[2]}` : undefined;
}

const NO_ELEMENTS: readonly Record<string, unknown>[] = [];

/** The elements of an array; a lone object (seen in real clients where FHIR wants an array) is an array of one. */
export function listOf(value: unknown): readonly Record<string, unknown>[] {
  if (value === undefined) return NO_ELEMENTS;
  if (!Array.isArray(value)) return isObject(value) ? [value] : NO_ELEMENTS;
  return value.every(isObject) ? value : value.filter(isObject);
}

/** True for a JSON object, not for null or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const NO_CONCEPTS: readonly string[] = [];

/** Concept keys of a CodeableConcept, a list of them, or one sent as object. */
export function conceptsOf(element: unknown, codeSets: CodeSets): readonly string[] {
  if (element === undefined) return NO_CONCEPTS;
  let found = NO_CONCEPTS;
  for (const concept of listOf(element)) {
    for (const { system, code } of listOf(concept['coding'])) {
      if (typeof system === 'string' && typeof code === 'string')
        found = union(found, codeSets.conceptsOf({ system, code }));
    }
  }
  return found;
}

function union(one: readonly string[], other: readonly string[]): readonly string[] {
  if (one.length === 0 || one === other) return other;
  const added = other.filter((key) => !one.includes(key));
  return added.length === 0 ? one : [...one, ...added];
}

/** The first code of a CodeableConcept such as clinicalStatus; a bare string is STU3's spelling of the same. */
export function statusCode(element: unknown): string | undefined {
  if (typeof element === 'string') return element;
  for (const concept of listOf(element)) {
    for (const coding of listOf(concept['coding'])) if (typeof coding['code'] === 'string') return coding['code'];
  }
  return undefined;
}
