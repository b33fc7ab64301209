/**
 * FHIR resources in memory, by type and id. Resources enter as JSON and leave with the server's own id, version and time.
 * Knows neither HTTP nor the parameters of a search: what matches is asked of a `Query`. Everything is gone when the process ends.
 */

export interface Resource {
  readonly resourceType: string;
  readonly id: string;
  readonly meta: Meta;
  readonly [element: string]: unknown;
}

interface Meta {
  readonly versionId: string;
  readonly lastUpdated?: string;
  readonly [element: string]: unknown;
}

/** A resource as it is handed in: `meta` may be anything, the server's own versionId and lastUpdated take its place. */
export type Content = Readonly<Record<string, unknown>>;
export type SeedResource = Content & Pick<Resource, 'resourceType' | 'id'>;

/** What a search asks of the store. */
export interface Query {
  readonly matches: (resource: Resource) => boolean;
  /** Absent: the order in which the resources came. */
  readonly compare?: (a: Resource, b: Resource) => number;
  readonly offset: number;
  readonly count: number;
}

export interface Page {
  /** Of all matches, not only of those on this page. */
  readonly total: number;
  readonly resources: readonly Resource[];
}

export interface StoreTools {
  readonly newId: () => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface FhirStore {
  read(type: string, id: string): Resource | undefined;
  /** Stores a new resource under an id of its own. Throws `StoreFull`. */
  create(type: string, content: Content): Resource;
  /** Stores the next version; undefined when there is none of that id. Throws `StoreFull`. */
  update(type: string, id: string, content: Content): Resource | undefined;
  /** False when there was none of that id. */
  remove(type: string, id: string): boolean;
  search(type: string, query: Query): Page;
  /** What differs from the seed, among the resources of which the present or the seeded version `belongs`. */
  changes(belongs: (resource: Resource) => boolean): Changes;
  /** Takes back all of that: what was seeded is as it was, and nothing else is left of it. */
  reset(belongs: (resource: Resource) => boolean): void;
}

export interface Changes {
  /** As they stand now: created, or another version than the seed's. */
  readonly written: readonly Resource[];
  /** As they were seeded. */
  readonly removed: readonly Resource[];
}

/** No more can be stored until the process starts anew. */
export class StoreFull extends Error {}

/** Our own bounds: a demo that is open to everybody must not fill the memory of its machine. */
export const MAX_CREATED = 5_000;
/** Characters of JSON of all resources that were created or updated, together. */
export const MAX_WRITTEN = 50_000_000;

/** Makes a store that holds `seed`. Throws for two resources of one type and id. */
export function createStore(seed: readonly SeedResource[], { newId, now }: StoreTools): FhirStore {
  const seeded = indexOf(seed);
  const byType: ByType = new Map([...seeded].map(([type, resources]) => [type, new Map(resources)]));
  const sizes = new Map<string, number>();
  let [created, written] = [0, 0];

  const write = (type: string, id: string, content: Content, version: number): Resource => {
    const meta = { versionId: String(version), lastUpdated: new Date(now()).toISOString() };
    const resource: Resource = { ...content, resourceType: type, id, meta: { ...metaOf(content), ...meta } };
    const size = JSON.stringify(resource).length;
    const grown = written + size - (sizes.get(`${type}/${id}`) ?? 0);
    if (grown > MAX_WRITTEN) throw new StoreFull();
    written = grown;
    sizes.set(`${type}/${id}`, size);
    addTo(byType, resource);
    return resource;
  };

  const forget = (type: string, id: string): boolean => {
    written -= sizes.get(`${type}/${id}`) ?? 0;
    sizes.delete(`${type}/${id}`);
    return byType.get(type)?.delete(id) ?? false;
  };

  return {
    read: (type, id) => byType.get(type)?.get(id),
    create(type, content) {
      if (created >= MAX_CREATED) throw new StoreFull();
      const resource = write(type, newId(), content, 1);
      created += 1;
      return resource;
    },
    update(type, id, content) {
      const { meta } = byType.get(type)?.get(id) ?? {};
      return meta && write(type, id, content, Number(meta.versionId) + 1);
    },
    remove: forget,
    search: (type, query) => pageOf([...(byType.get(type)?.values() ?? [])], query),
    changes: (belongs) => changesIn(byType, seeded, belongs),
    reset(belongs) {
      const { written: present, removed } = changesIn(byType, seeded, belongs);
      for (const { resourceType, id } of present) forget(resourceType, id);
      const changed = present.flatMap((resource) => find(seeded, resource) ?? []);
      for (const resource of [...changed, ...removed]) addTo(byType, resource);
      created -= present.length - changed.length;
    },
  };
}

type ByType = Map<string, Map<string, Resource>>;

const all = (byType: ByType): readonly Resource[] => [...byType.values()].flatMap((ofType) => [...ofType.values()]);

/** The resource of this type and id. */
const find = (byType: ByType, { resourceType, id }: Resource): Resource | undefined =>
  byType.get(resourceType)?.get(id);

function changesIn(present: ByType, seeded: ByType, belongs: (resource: Resource) => boolean): Changes {
  const isMeant = (resource: Resource): boolean => {
    const before = find(seeded, resource);
    return belongs(resource) || (before !== undefined && belongs(before));
  };
  return {
    written: all(present).filter((resource) => resource !== find(seeded, resource) && isMeant(resource)),
    removed: all(seeded).filter((resource) => !find(present, resource) && belongs(resource)),
  };
}

function pageOf(resources: readonly Resource[], { matches, compare, offset, count }: Query): Page {
  const found = resources.filter(matches);
  if (compare) found.sort(compare);
  return { total: found.length, resources: found.slice(offset, offset + count) };
}

function indexOf(seed: readonly SeedResource[]): ByType {
  const byType: ByType = new Map();
  for (const resource of seed) {
    const { resourceType, id } = resource;
    if (byType.get(resourceType)?.has(id))
      throw new Error(`two resources ${resourceType}/${id}: give each an id of its own`);
    addTo(byType, { ...resource, meta: { ...metaOf(resource), versionId: '1' } });
  }
  return byType;
}

function addTo(byType: ByType, resource: Resource): void {
  const ofType = byType.get(resource.resourceType) ?? new Map<string, Resource>();
  byType.set(resource.resourceType, ofType.set(resource.id, resource));
}

function metaOf({ meta }: Content): Readonly<Record<string, unknown>> {
  return typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? { ...meta } : {};
}
