/**
 * Fact definitions -> FHIR DataRequirements: which records a fact is read from.
 * A derived fact names none: what it looks at stands in its code.
 */
import type { DataRequirement } from 'fhir/r4.js';
import type { FactDefinition } from '../facts/load-facts.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';

/** Where the types that facts are read from say what they are about; `code` where a type is not listed. */
const CODE_PATHS: Readonly<Record<string, string>> = {
  MedicationRequest: 'medication',
  MedicationStatement: 'medication',
  Immunization: 'vaccineCode',
};

/** The records of all these facts, each requirement once. */
export function dataRequirementsOf(definitions: readonly FactDefinition[]): readonly DataRequirement[] {
  const all = definitions.flatMap(recordsOf);
  const byKey = new Map(all.map((requirement) => [JSON.stringify(requirement), requirement]));
  return [...byKey.values()];
}

function recordsOf({ findings, sources }: FactDefinition): readonly DataRequirement[] {
  return [
    ...findings.flatMap((concept) => [requirement('Observation', concept), requirement('Condition', concept)]),
    // An answer is told by its linkId, which no filter of a DataRequirement can name.
    ...(findings.length > 0 ? [{ type: 'QuestionnaireResponse' as const }] : []),
    ...sources.map(({ type, valueSet }) => requirement(type, valueSet)),
  ];
}

function requirement(type: string, concept: string): DataRequirement {
  return {
    type: type as DataRequirement['type'],
    codeFilter: [{ path: CODE_PATHS[type] ?? 'code', valueSet: `${CANONICAL_BASE}/ValueSet/${concept}` }],
  };
}
