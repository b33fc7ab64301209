/**
 * What an EHR does when a doctor accepts a suggestion and signs what it made.
 * Enters: a hook's request and the accepted actions. Leaves: the request that the same EHR would send next.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Action, Suggestion } from '../../src/cds-hooks/response.js';
import { KEY_OF_TYPE } from '../../src/cds-hooks/prefetch.js';
import { isDraftOf, signed } from '../../src/sandbox/ehr/hook-request.js';
import type { HookRequest } from './requests.js';

interface Bundle {
  resourceType: 'Bundle';
  type?: string;
  total?: number;
  entry?: { resource: FhirResource }[];
}

let made = 0;

/** The next request, with all actions of the suggestion carried out. */
export function accepted(request: HookRequest, { actions }: Suggestion): HookRequest {
  const next = structuredClone(request);
  for (const action of actions) carryOut(action, next);
  return next;
}

function carryOut({ type, resource, resourceId }: Action, request: HookRequest): void {
  if (type === 'create' && resource) create(resource, request);
  if (type === 'update' && resource) for (const bundle of bundlesOf(request)) replace(bundle, resource);
  if (type === 'delete') {
    for (const bundle of bundlesOf(request)) remove(bundle, resourceId ?? '');
    const { selections } = request.context as { selections?: readonly string[] };
    if (selections) request.context['selections'] = selections.filter((one) => one !== resourceId);
  }
}

/** Beside other drafts an order is one of them; elsewhere it is signed and in the record. */
function create(resource: FhirResource, request: HookRequest): void {
  const own = { ...resource, id: `accepted-${++made}` } as FhirResource;
  const drafts = request.context['draftOrders'] as Bundle | undefined;
  if (drafts && isDraftOf('order-select', own)) {
    (drafts.entry ??= []).push({ resource: own });
    return;
  }
  const key = KEY_OF_TYPE.get(resource.resourceType) ?? '';
  const bundle = (request.prefetch[key] ??= { resourceType: 'Bundle', type: 'searchset' }) as Bundle;
  (bundle.entry ??= []).push({ resource: signed(own) });
  if (bundle.total !== undefined) bundle.total += 1;
}

function bundlesOf({ context, prefetch }: HookRequest): readonly Bundle[] {
  const candidates = [context['draftOrders'], context['appointments'], ...Object.values(prefetch)];
  return candidates.filter((one) => (one as Bundle | null)?.resourceType === 'Bundle') as readonly Bundle[];
}

const nameOf = ({ resourceType, id }: FhirResource): string => `${resourceType}/${id ?? ''}`;

function replace(bundle: Bundle, resource: FhirResource): void {
  for (const entry of bundle.entry ?? []) if (nameOf(entry.resource) === nameOf(resource)) entry.resource = resource;
}

function remove(bundle: Bundle, reference: string): void {
  const kept = (bundle.entry ?? []).filter(({ resource }) => nameOf(resource) !== reference);
  if (bundle.total !== undefined) bundle.total -= (bundle.entry ?? []).length - kept.length;
  bundle.entry = kept;
}
