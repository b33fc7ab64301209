/**
 * The example patients as the records of an EHR: their prefetch enters, resources for the store leave.
 * Only names are made here, and each says that it is an example; nothing clinical is added.
 */
import { isObject, listOf } from '../fhir/references.js';
import type { ExamplePatient } from './examples.js';
import type { SeedResource } from './fhir-store.js';

/** Every resource of every example, and the GP that they all name. */
export function exampleRecord(examples: readonly ExamplePatient[]): readonly SeedResource[] {
  const practitioners = new Set(examples.flatMap(({ request }) => practitionerOf(request)));
  return [
    ...examples.flatMap((example) => resourcesOf(example)),
    ...[...practitioners].map((id) => ({ resourceType: 'Practitioner', id, ...nameOf('GP') })),
  ];
}

function resourcesOf({ id, request }: ExamplePatient): readonly SeedResource[] {
  const prefetch = isObject(request.prefetch) ? Object.values(request.prefetch) : [];
  return listOf(prefetch)
    .flatMap((value) =>
      value.resourceType === 'Bundle' ? listOf(value.entry).map(({ resource }) => resource) : [value],
    )
    .filter(isResource)
    .map((resource) => (resource.resourceType === 'Patient' ? { ...resource, ...nameOf(id) } : resource));
}

function isResource(value: unknown): value is SeedResource {
  return isObject(value) && typeof value.resourceType === 'string' && typeof value.id === 'string';
}

function practitionerOf({ context }: ExamplePatient['request']): readonly string[] {
  const userId = isObject(context) ? context['userId'] : undefined;
  return typeof userId === 'string' && userId.startsWith('Practitioner/') ? [userId.slice('Practitioner/'.length)] : [];
}

function nameOf(family: string) {
  return { name: [{ use: 'official', text: `Example ${family}`, family, given: ['Example'] }] };
}
