/**
 * One Bundle under a prefetch key enters; its resources leave, with what is known about their completeness.
 * Never assumes that `entry`, `total` or `search` exist: Epic answers an empty search with an OperationOutcome entry.
 */
import type { FhirResource } from 'fhir/r4.js';
import { linkEntries, readEntry } from './bundle-entries.js';
import type { BundleEntry } from './bundle-entries.js';
import { isObject } from './schema.js';
import type { JsonObject } from './schema.js';

/**
 * What is known of a key: `absent` not sent; `empty` searched, none recorded (null or an empty searchset);
 * `resource` sent as asked; `failed` the client could not get it, so asking again is no use; `partial` some of it, perhaps not all.
 */
export type SourceState = 'absent' | 'empty' | 'resource' | 'failed' | 'partial';

export interface ValueReading {
  readonly state: SourceState;
  readonly resources: readonly FhirResource[];
  readonly notes: readonly string[];
}

/** How many matches our searches ask for at most. */
export const PAGE_SIZE = 100;

/** Epic's code in an OperationOutcome for "no results". */
const NO_RESULTS = '4101';

interface Sorted {
  /** Resources that answer the search. */
  readonly matches: FhirResource[];
  readonly included: FhirResource[];
  readonly outcomes: JsonObject[];
  unreadable: number;
}

/** Reads a Bundle. `expected` is the type its key is for, undefined for a key that we do not know. Never throws. */
export function readSearchset(bundle: JsonObject, expected: string | undefined): ValueReading {
  const entries = isObject(bundle.entry) ? [bundle.entry] : (bundle.entry ?? []);
  if (!Array.isArray(entries)) return { state: 'failed', resources: [], notes: ['Bundle.entry is not a list'] };
  const sorted = sort(entries);
  const resources = [...sorted.matches, ...sorted.included];
  const state = stateOf(bundle, sorted, expected);
  const notes: string[] = [];
  if (isObject(bundle.entry)) notes.push('one entry as an object, not in a list');
  if (sorted.outcomes.length > 0) notes.push('OperationOutcome among the entries, which is no record');
  if (sorted.unreadable > 0) notes.push('entries without a usable resource');
  if (state === 'absent' && expected !== undefined) notes.push('resources of another type than the key is for');
  return { state, resources, notes };
}

function sort(entries: readonly unknown[]): Sorted {
  const sorted: Sorted = { matches: [], included: [], outcomes: [], unreadable: 0 };
  const found: { readonly entry: BundleEntry; readonly mode: unknown }[] = [];
  for (const sent of entries) {
    const entry = readEntry(sent);
    const mode = isObject(sent) && isObject(sent.search) ? sent.search.mode : undefined;
    const type: string | undefined = entry?.resource.resourceType;
    if (entry && type === 'OperationOutcome') sorted.outcomes.push({ ...entry.resource });
    // A Bundle inside a Bundle answers another question than the key asked, and what is marked as an outcome is no match.
    else if (!entry || type === 'Bundle' || mode === 'outcome') sorted.unreadable += 1;
    else found.push({ entry, mode });
  }
  const linked = linkEntries(found.map(({ entry }) => entry));
  linked.forEach(({ resource }, index) => {
    (found[index]?.mode === 'include' ? sorted.included : sorted.matches).push(resource);
  });
  return sorted;
}

/** Anything that was lost on the way makes a searchset partial: what is not there may only not have been sent. */
function stateOf(
  bundle: JsonObject,
  { matches, outcomes, unreadable }: Sorted,
  expected: string | undefined,
): SourceState {
  const hasFailed = outcomes.some(isFailure);
  // A full page that names neither a total nor a next page may have been cut at what was asked.
  const isShort = typeof bundle.total === 'number' ? bundle.total > matches.length : matches.length >= PAGE_SIZE;
  const isCut = hasNext(bundle) || isShort || unreadable > 0;
  if (matches.length === 0) {
    if (hasFailed) return 'failed';
    return isCut ? 'partial' : 'empty';
  }
  if (!matches.some((resource) => resource.resourceType === expected)) return 'absent';
  return isCut || hasFailed ? 'partial' : 'resource';
}

function hasNext(bundle: JsonObject): boolean {
  return Array.isArray(bundle.link) && bundle.link.some((link: unknown) => isObject(link) && link.relation === 'next');
}

/** Whether an OperationOutcome reports an error other than that nothing was found. */
function isFailure(outcome: JsonObject): boolean {
  const issues: unknown = isObject(outcome.issue) ? [outcome.issue] : outcome.issue;
  if (!Array.isArray(issues)) return true;
  return issues.some(
    (issue: unknown) =>
      !isObject(issue) || ((issue.severity === 'error' || issue.severity === 'fatal') && !saysNoResults(issue)),
  );
}

function saysNoResults(issue: JsonObject): boolean {
  const details = issue.details;
  if (!isObject(details)) return false;
  const codings: unknown = isObject(details.coding) ? [details.coding] : details.coding;
  return Array.isArray(codings) && codings.some((coding: unknown) => isObject(coding) && coding.code === NO_RESULTS);
}
