/**
 * Entries of a Bundle -> resources that can be told apart and that name each other as `Type/id`.
 * A resource that is not stored yet, or that a gateway made up for the occasion, is known by the fullUrl of its entry only.
 */
import type { FhirResource } from 'fhir/r4.js';
import { FHIR_ID, isObject, type JsonObject } from './schema.js';

/** An entry that holds a resource. */
export interface BundleEntry {
  readonly fullUrl?: string;
  readonly resource: FhirResource;
}

const LAST_SEGMENT = new RegExp(`(?:^urn:(?:uuid|oid):|/)(${FHIR_ID})$`);

/** Whether a value is an object with a type; an empty text is none. */
export function isResource(value: unknown): value is JsonObject & { readonly resourceType: string } {
  return isObject(value) && typeof value.resourceType === 'string' && value.resourceType !== '';
}

/** The entry as it is read; undefined when it holds no resource. */
export function readEntry(entry: unknown): BundleEntry | undefined {
  if (!isObject(entry) || !isResource(entry.resource)) return undefined;
  const fullUrl = typeof entry.fullUrl === 'string' ? entry.fullUrl : undefined;
  const id = entry.resource.id ?? LAST_SEGMENT.exec(fullUrl ?? '')?.[1];
  const isNamed = id === undefined || id === entry.resource.id;
  const resource = (isNamed ? entry.resource : { ...entry.resource, id }) as unknown as FhirResource;
  return { resource, ...(fullUrl !== undefined && { fullUrl }) };
}

/** `Type/id`; undefined where there is no id, or one that is no text: clients send anything, and not all of it can be written as text. */
export function nameOf({ resourceType, id }: FhirResource): string | undefined {
  return typeof id === 'string' ? `${resourceType}/${id}` : undefined;
}

/** Where a reference stands in any resource that we read, and some more: what is nested deeper is no reference. */
const DEEPEST = 12;

/** The entries with every reference to the `urn:` of a sibling written as `Type/id`. */
export function linkEntries(entries: readonly BundleEntry[]): readonly BundleEntry[] {
  const names = new Map<string, string>();
  for (const { fullUrl, resource } of entries) {
    const name = nameOf(resource);
    if (fullUrl?.startsWith('urn:') && name !== undefined) names.set(fullUrl, name);
  }
  if (names.size === 0) return entries;
  return entries.map((entry) => ({ ...entry, resource: relink(entry.resource, names, 0) as FhirResource }));
}

/** The same value where nothing in it is to be written anew. */
function relink(value: unknown, names: ReadonlyMap<string, string>, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
  const members: readonly (readonly [string, unknown])[] = Object.entries(value);
  const linked = members.map(([key, member]) => {
    const name = key === 'reference' && typeof member === 'string' ? names.get(member) : undefined;
    return [key, name ?? relink(member, names, depth + 1)] as const;
  });
  if (linked.every(([, member], index) => member === members[index]?.[1])) return value;
  return Array.isArray(value) ? linked.map(([, member]) => member) : Object.fromEntries(linked);
}
