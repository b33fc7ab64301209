/**
 * The interactions of the FHIR API: each function takes the API's pieces and returns the handler of a route.
 * A resource that is written must be of the type of its address; what else it holds is the client's.
 */
import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { Bundle, FhirResource } from 'fhir/r4.js';
import { FHIR_ID, requireObject } from '../cds-hooks/schema.js';
import type { Calendar } from '../fhir/dates.js';
import { FHIR_JSON, FhirError } from './fhir-errors.js';
import { readQuery, refuseParameters } from './fhir-search.js';
import { StoreFull } from './fhir-store.js';
import type { Content, FhirStore, Page, Query, Resource } from './fhir-store.js';
import { RESOURCE_TYPES } from './fhir-types.js';

/** The pieces that every interaction works with. */
export interface Api {
  readonly store: FhirStore;
  readonly calendar: Calendar;
  /** When the server started, a FHIR dateTime. */
  readonly started: string;
  /** Base URL of the API as this client calls it. */
  readonly baseOf: (request: FastifyRequest) => string;
}

/** Hook: 404 for a type that is not held. */
export async function requireType(request: FastifyRequest): Promise<void> {
  if (!RESOURCE_TYPES.has(typeOf(request))) {
    const types = [...RESOURCE_TYPES.keys()].join(', ');
    throw new FhirError(404, 'not-supported', `There are no resources of this type here; use ${types}.`);
  }
}

/** GET [type] and POST [type]/_search: parameters of address and form together. */
export function search(api: Api): RouteHandlerMethod {
  return async (request, reply) => {
    const type = typeOf(request);
    const given = new URLSearchParams([...queryOf(request), ...formOf(request)]);
    const query = readQuery(given, RESOURCE_TYPES.get(type) ?? new Map(), api.calendar);
    const bundle = searchset(`${api.baseOf(request)}/${type}`, given, query, api.store.search(type, query));
    return reply.type(FHIR_JSON).send(bundle);
  };
}

/** GET [type]/[id]. */
export function read(api: Api): RouteHandlerMethod {
  return async (request, reply) => {
    refuseParameters(queryOf(request));
    return sendResource(reply, api.store.read(typeOf(request), idOf(request)) ?? refuseUnknown());
  };
}

/** POST [type]: the server gives the id; one in the body is passed over, as FHIR says. */
export function create(api: Api): RouteHandlerMethod {
  return async (request, reply) => {
    const content = contentOf(request);
    const base = api.baseOf(request);
    const resource = orFull(() => api.store.create(typeOf(request), content));
    return sendResource(
      reply.code(201).header('location', `${base}/${resource.resourceType}/${resource.id}`),
      resource,
    );
  };
}

/** PUT [type]/[id]: a next version of a resource that exists. */
export function update(api: Api): RouteHandlerMethod {
  return async (request, reply) => {
    const id = idOf(request);
    const content = contentOf(request);
    if (content.id !== id)
      throw new FhirError(400, 'invariant', 'The id of the resource is not that of the address; make them the same.', {
        expression: 'id',
      });
    const resource = orFull(() => api.store.update(typeOf(request), id, content));
    return sendResource(reply, resource ?? refuseUnknown());
  };
}

/** DELETE [type]/[id]: gone, without a trace of it; 404 for one that was not there, which here is a mistake of the client. */
export function remove(api: Api): RouteHandlerMethod {
  return async (request, reply) => {
    refuseParameters(queryOf(request));
    if (!api.store.remove(typeOf(request), idOf(request))) refuseUnknown();
    return reply.code(204).send();
  };
}

/** The parameters in the address, as they were sent. */
export function queryOf({ url }: FastifyRequest): URLSearchParams {
  const start = url.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : url.slice(start + 1));
}

function formOf({ method, body }: FastifyRequest): URLSearchParams {
  if (method !== 'POST' || body === undefined) return new URLSearchParams();
  if (body instanceof URLSearchParams) return body;
  throw new FhirError(415, 'not-supported', 'A search is no resource; send it as application/x-www-form-urlencoded.');
}

function typeOf({ params }: FastifyRequest): string {
  return (params as { readonly type: string }).type;
}

const ID = new RegExp(`^${FHIR_ID}$`);

function idOf({ params }: FastifyRequest): string {
  const { id } = params as { readonly id: string };
  if (ID.test(id)) return id;
  throw new FhirError(400, 'value', 'The id is no FHIR id; send 1 to 64 letters, digits, - and dots.', {
    expression: 'id',
  });
}

/** A create or update with a condition that is not looked at would do what the client wanted to prevent. */
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-none-exist'] as const;

/** The resource in the body. Deeper nesting than any FHIR resource has is refused, as by the service itself. */
function contentOf(request: FastifyRequest): Content {
  refuseParameters(queryOf(request));
  const condition = CONDITIONS.find((name) => request.headers[name] !== undefined);
  if (condition !== undefined)
    throw new FhirError(400, 'not-supported', `Header ${condition} is not understood; send the request without it.`, {
      expression: `http.${condition}`,
    });
  if (request.body instanceof URLSearchParams)
    throw new FhirError(415, 'not-supported', 'A form is no resource; send application/fhir+json.');
  const content = requireObject(request.body);
  if (content.resourceType !== typeOf(request))
    throw new FhirError(400, 'invariant', 'The resource is not of the type of the address; send it to its own type.', {
      expression: 'resourceType',
    });
  return content;
}

function orFull<T>(write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof StoreFull)) throw error;
    throw new FhirError(507, 'too-costly', 'This demonstration holds no more; restart it to begin anew.');
  }
}

function refuseUnknown(): never {
  throw new FhirError(404, 'not-found', 'There is no resource of this id; search for it, or create it with POST.');
}

function sendResource(reply: FastifyReply, resource: Resource): FastifyReply {
  const { versionId, lastUpdated } = resource.meta;
  if (lastUpdated !== undefined) void reply.header('last-modified', new Date(lastUpdated).toUTCString());
  return reply.header('etag', `W/"${versionId}"`).type(FHIR_JSON).send(resource);
}

function searchset(url: string, given: URLSearchParams, query: Query, { total, resources }: Page): Bundle {
  const linkTo = (parameters: URLSearchParams) => (parameters.size === 0 ? url : `${url}?${parameters.toString()}`);
  const link = [{ relation: 'self', url: linkTo(given) }];
  const offset = query.offset + query.count;
  // A count of 0 asks for the total only; its next page would be the same one.
  if (query.count > 0 && offset < total) {
    const parameters = new URLSearchParams(given);
    parameters.set('_offset', String(offset));
    link.push({ relation: 'next', url: linkTo(parameters) });
  }
  const entry = resources.map((resource) => ({
    fullUrl: `${url}/${resource.id}`,
    resource: resource as unknown as FhirResource,
    search: { mode: 'match' as const },
  }));
  return { resourceType: 'Bundle', type: 'searchset', total, link, ...(entry.length > 0 && { entry }) };
}
