/**
 * FHIR artefacts -> the files of one FHIR NPM package, by path: package.json, an index for tools, and a file for each resource.
 * Enters: resources that others refer to, and examples of what conforms to them. Leaves: text; packing it is the caller's.
 */
import type { FhirResource } from 'fhir/r4.js';

/** What a package says of itself. */
export interface PackageDescription {
  /** Two or more names with dots between them, as the registry of FHIR packages asks. */
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly canonical: string;
}

interface Indexed {
  readonly filename: string;
  readonly resourceType: string;
  readonly id?: string;
  readonly url?: string;
  readonly version?: string;
  readonly kind?: string;
  readonly type?: string;
}

/** The files of a package, by path. Throws RangeError for two resources of one name, since one would be lost. */
export function packageFiles(
  description: PackageDescription,
  resources: readonly FhirResource[],
  examples: readonly FhirResource[],
): ReadonlyMap<string, string> {
  const manifest = {
    ...description,
    type: 'IG',
    fhirVersions: ['4.0.1'],
    dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
  };
  return new Map([
    ['package.json', json(manifest)],
    ...folder('', resources),
    ...(examples.length > 0 ? folder('example/', examples) : []),
  ]);
}

function folder(path: string, resources: readonly FhirResource[]): readonly (readonly [string, string])[] {
  const named = new Map<string, FhirResource>();
  for (const resource of resources) {
    const filename = `${resource.resourceType}-${resource.id ?? ''}.json`;
    if (named.has(filename)) throw new RangeError(`two resources are named ${filename}: give one another id`);
    named.set(filename, resource);
  }
  const files = [...named].sort(([one], [other]) => (one < other ? -1 : 1));
  const index = { 'index-version': 1, files: files.map(([filename, resource]) => indexed(filename, resource)) };
  return [
    [`${path}.index.json`, json(index)],
    ...files.map(([filename, resource]) => [`${path}${filename}`, json(resource)] as const),
  ];
}

const INDEXED = ['id', 'url', 'version', 'kind', 'type'] as const;

/** What a tool can look a resource up by, without opening it. */
function indexed(filename: string, resource: FhirResource): Indexed {
  const elements = resource as unknown as Readonly<Record<string, unknown>>;
  const found = INDEXED.flatMap((name) => (typeof elements[name] === 'string' ? [[name, elements[name]]] : []));
  return { filename, resourceType: resource.resourceType, ...(Object.fromEntries(found) as Partial<Indexed>) };
}

const json = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;
