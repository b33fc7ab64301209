/**
 * What drug a resource is about, wherever its code stands: in the element, in a Medication contained or sent along, or in none.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { CodeSets } from '../fhir/code-sets.js';
import { conceptsOf, isObject, listOf } from '../fhir/references.js';

type Raw = Readonly<Record<string, unknown>>;

export interface MedicationTools {
  readonly codeSets: CodeSets;
  /** Finds a Medication that a request refers to. */
  readonly resolve: (reference: string) => FhirResource | undefined;
}

/** Concepts of `medication[x]`: as code, as contained or sibling Medication, or as a reference that only names its code. */
export function medicationConcepts(raw: Raw, tools: MedicationTools): readonly string[] {
  const direct = conceptsOf(raw['medicationCodeableConcept'], tools.codeSets);
  return direct.length > 0 ? direct : conceptsOf(medicationCode(raw, tools), tools.codeSets);
}

/** The CodeableConcept of `medication[x]`, wherever it stands. */
function medicationCode(raw: Raw, tools: Pick<MedicationTools, 'resolve'>): unknown {
  return medicationOf(raw, tools)?.['code'] ?? raw['medicationCodeableConcept'];
}

/** The Medication that a request refers to, contained or sent along. */
export function medicationOf(raw: Raw, { resolve }: Pick<MedicationTools, 'resolve'>): Raw | undefined {
  const reference = isObject(raw['medicationReference']) ? raw['medicationReference']['reference'] : undefined;
  if (typeof reference !== 'string') return undefined;
  const contained = listOf(raw['contained']).find(({ id }) => typeof id === 'string' && `#${id}` === reference);
  return contained ?? (resolve(reference) as Raw | undefined);
}

/** Whether what a resource is about has a code, known to the rules or not. */
export function isCoded(raw: Raw, tools: Pick<MedicationTools, 'resolve'>): boolean {
  const isDrug = raw['resourceType'] === 'MedicationRequest' || raw['resourceType'] === 'MedicationStatement';
  return listOf(isDrug ? medicationCode(raw, tools) : (raw['code'] ?? raw['vaccineCode']))
    .flatMap(({ coding }) => listOf(coding))
    .some(({ code }) => typeof code === 'string');
}
