/**
 * `selections` of order-select: what the client calls its selected drafts enters, `Type/id` of drafts that exist leaves.
 */
import { ServiceError } from '../errors.js';
import { nameOf } from './bundle-entries.js';
import type { BundleEntry } from './bundle-entries.js';
import { FHIR_ID } from './schema.js';

const TAIL = new RegExp(`(?:^|/)([A-Za-z]+/${FHIR_ID})(?:/_history/${FHIR_ID})?$`);

/**
 * The selected drafts as `Type/id`; undefined when the client names none, which means all.
 * `Type/id`, absolute or versioned references, bare ids and fullUrls are understood; selections that name no draft are left out.
 * `tolerate` is told of what is missing or names nothing. Throws 400 for an empty list or something else than a list, 422 when no selection names a draft.
 */
export function resolveSelections(
  selections: unknown,
  entries: readonly BundleEntry[],
  tolerate: (what: string) => void,
): readonly string[] | undefined {
  if (selections === undefined) {
    tolerate('missing, so that every draft counts as selected');
    return undefined;
  }
  const expression = 'context.selections';
  if (!Array.isArray(selections) || selections.length === 0) {
    throw new ServiceError('invalid', { expression, detail: 'It must be a list of at least one Type/id.' });
  }
  const drafts = namesOfDrafts(entries);
  // A set of sets: drafts that many selections name are gone through once.
  const named = new Set(selections.map((name: unknown) => (typeof name === 'string' ? find(name, drafts) : NONE)));
  const selected = new Set([...named].flatMap((references) => [...references]));
  if (selected.size === 0) throw new ServiceError('selection-unresolvable', { expression });
  if (named.has(NONE)) tolerate('selections that name no draft');
  return [...selected];
}

/** Every name a draft goes by; a bare id may belong to drafts of several types. */
function namesOfDrafts(entries: readonly BundleEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const drafts = new Map<string, Set<string>>();
  for (const { resource, fullUrl } of entries) {
    const reference = nameOf(resource);
    if (reference === undefined) continue;
    for (const name of [reference, resource.id, fullUrl]) {
      if (name === undefined) continue;
      const references = drafts.get(name);
      if (references) references.add(reference);
      else drafts.set(name, new Set([reference]));
    }
  }
  return drafts;
}

const NONE: ReadonlySet<string> = new Set();

function find(name: string, drafts: ReadonlyMap<string, ReadonlySet<string>>): ReadonlySet<string> {
  return drafts.get(name) ?? drafts.get(TAIL.exec(name)?.[1] ?? '') ?? NONE;
}
