/** Entries of a Bundle are told apart by id or fullUrl, and name their siblings in every way that FHIR knows. */
import { expect, test } from 'vitest';
import { linkEntries, readEntry } from '../../src/cds-hooks/bundle-entries.js';

const URN = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
const resource = { resourceType: 'Medication' };

test.each([
  [URN, '0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0'],
  ['urn:oid:2.16.840.1.113883.2.4.6.6.90000258.4.6.525', '2.16.840.1.113883.2.4.6.6.90000258.4.6.525'],
  ['https://ehr.example/fhir/Medication/m1', 'm1'],
  ['Medication/m1', 'm1'],
  ['m1', undefined],
  [undefined, undefined],
  [5, undefined],
])('without an id of its own, fullUrl %s names %s', (fullUrl, id) => {
  expect(readEntry({ fullUrl, resource })?.resource.id).toBe(id);
});

test('an id of its own stays', () => {
  const named = { ...resource, id: 'm1' };
  expect(readEntry({ fullUrl: URN, resource: named })?.resource).toBe(named);
});

test.each([[null], ['x'], [{}], [{ resource: [] }], [{ resource: { id: 'x' } }]])('%j holds no resource', (entry) => {
  expect(readEntry(entry)).toBeUndefined();
});

test('references to the urn of a sibling name it, at any depth; all else is the same object', () => {
  const request = {
    resourceType: 'MedicationRequest',
    id: 'r1',
    medicationReference: { reference: URN },
    reasonReference: [{ reference: 'urn:uuid:unknown' }, { reference: URN, display: URN }],
    dosageInstruction: [{}],
  };
  const sent = [
    { fullUrl: URN, resource: { ...resource, id: 'm1' } },
    { fullUrl: 'https://ehr.example/fhir/MedicationRequest/r1', resource: request },
  ].map((entry) => readEntry(entry)!);
  const [medication, linked] = linkEntries(sent);
  expect(linked?.resource).toEqual({
    ...request,
    medicationReference: { reference: 'Medication/m1' },
    reasonReference: [{ reference: 'urn:uuid:unknown' }, { reference: 'Medication/m1', display: URN }],
  });
  expect((linked?.resource as (typeof sent)[0]['resource'] & typeof request).dosageInstruction).toBe(
    request.dosageInstruction,
  );
  expect(medication?.resource).toBe(sent[0]?.resource);
});

test('nesting of any depth is no danger', () => {
  let deep: unknown = { reference: URN };
  for (let depth = 0; depth < 100_000; depth++) deep = [deep];
  const entries = [readEntry({ fullUrl: URN, resource: { ...resource, extension: deep } })!];
  expect(linkEntries(entries)[0]?.resource).toBe(entries[0]?.resource);
});
