/**
 * References and codes of FHIR resources, read tolerantly.
 * Enters: elements as clients send them (object for array, empty coding, absolute or versioned reference). Leaves: plain values. Never throws.
 */
import type { CodeSets } from './code-sets.js';

const REFERENCE = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;

/** `Type/id` of a relative, absolute or versioned reference; undefined for `#contained`, `urn:` and anything else. */
export function normaliseReference(reference: unknown): string | undefined {
  if (typeof reference !== 'string') return undefined;
  const match = REFERENCE.exec(reference);
  return match ? `${match[1]}/${match[2]}` : undefined;
}

/** The elements of an array; a lone object (seen in real clients where FHIR wants an array) is an array of one. */
export function listOf(value: unknown): readonly Record<string, unknown>[] {
  const items: readonly unknown[] = Array.isArray(value) ? (value as readonly unknown[]) : [value];
  return items.filter(isObject);
}

/** True for a JSON object, not for null or an array. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Concept keys of a CodeableConcept, a list of them, or one sent as object. */
export function conceptsOf(element: unknown, codeSets: CodeSets): readonly string[] {
  const found: string[] = [];
  for (const concept of listOf(element)) {
    for (const coding of listOf(concept['coding'])) addConcepts(coding, codeSets, found);
  }
  return found;
}

function addConcepts(coding: Record<string, unknown>, codeSets: CodeSets, found: string[]): void {
  const { system, code } = coding;
  if (typeof system !== 'string' || typeof code !== 'string') return;
  for (const concept of codeSets.conceptsOf({ system, code })) if (!found.includes(concept)) found.push(concept);
}

/** The first code of a CodeableConcept such as clinicalStatus; a bare string is STU3's spelling of the same. */
export function statusCode(element: unknown): string | undefined {
  if (typeof element === 'string') return element;
  for (const concept of listOf(element)) {
    for (const coding of listOf(concept['coding'])) if (typeof coding['code'] === 'string') return coding['code'];
  }
  return undefined;
}
