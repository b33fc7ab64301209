/** Selections name drafts; a list of drafts that all bear one name costs no more than its length. */
import type { FhirResource } from 'fhir/r4.js';
import { expect, test } from 'vitest';
import { resolveSelections } from '../../src/cds-hooks/selections.js';

const ignore = (): void => undefined;
const draft = (resourceType: string, id: string): FhirResource => ({ resourceType, id }) as FhirResource;

test('a bare id selects the drafts of every type that bear it, each once', () => {
  const entries = ['MedicationRequest', 'ServiceRequest', 'ServiceRequest'].map((type) => ({
    resource: draft(type, 'a'),
  }));
  expect(resolveSelections(['a', 'a'], entries, ignore)).toEqual(['MedicationRequest/a', 'ServiceRequest/a']);
});

test.each([
  [['ServiceRequest/a'], []],
  [['https://ehr.example/fhir/ServiceRequest/a/_history/2'], []],
  [['a', 'ServiceRequest/gone', 5], ['selections that name no draft']],
  [undefined, ['missing, so that every draft counts as selected']],
])('selections %j: noted is %j', (selections, expected) => {
  const notes: string[] = [];
  resolveSelections(selections, [{ resource: draft('ServiceRequest', 'a') }], (what) => void notes.push(what));
  expect(notes).toEqual(expected);
});

test(
  '80,000 drafts of one id or of one fullUrl, selected as often, are resolved in their stride',
  { timeout: 3000 },
  () => {
    const MANY = 80_000;
    const same = Array.from({ length: MANY }, () => ({ resource: draft('ServiceRequest', 'a') }));
    expect(resolveSelections(['a'], same, ignore)).toEqual(['ServiceRequest/a']);
    const fullUrl = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
    const numbered = same.map((_, index) => ({ fullUrl, resource: draft('ServiceRequest', String(index)) }));
    expect(resolveSelections(Array<string>(MANY).fill(fullUrl), numbered, ignore)).toHaveLength(MANY);
  },
);
