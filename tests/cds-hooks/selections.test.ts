/** Selections name drafts; a list of drafts that all bear one name costs no more than its length. */
import type { FhirResource } from 'fhir/r4.js';
import { expect, test } from 'vitest';
import { resolveSelections } from '../../src/cds-hooks/selections.js';

const draft = (resourceType: string, id: string): FhirResource => ({ resourceType, id }) as FhirResource;

test('a bare id selects the drafts of every type that bear it, each once', () => {
  const entries = ['MedicationRequest', 'ServiceRequest', 'ServiceRequest'].map((type) => ({
    resource: draft(type, 'a'),
  }));
  expect(resolveSelections(['a', 'a'], entries)).toEqual(['MedicationRequest/a', 'ServiceRequest/a']);
});

test(
  '80,000 drafts of one id or of one fullUrl, selected as often, are resolved in their stride',
  { timeout: 3000 },
  () => {
    const MANY = 80_000;
    const same = Array.from({ length: MANY }, () => ({ resource: draft('ServiceRequest', 'a') }));
    expect(resolveSelections(['a'], same)).toEqual(['ServiceRequest/a']);
    const fullUrl = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
    const numbered = same.map((_, index) => ({ fullUrl, resource: draft('ServiceRequest', String(index)) }));
    expect(resolveSelections(Array<string>(MANY).fill(fullUrl), numbered)).toHaveLength(MANY);
  },
);
