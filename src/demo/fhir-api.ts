/**
 * A FHIR R4 API over HTTP, for a demonstration without an EHR at hand: a store of resources enters, routes below `/demo-fhir` leave.
 * Reads no credentials and keeps nothing: whoever reaches it sees and changes all of it, until the process ends.
 */
import type { FastifyInstance, FastifyRequest, FastifySchema, HTTPMethods } from 'fastify';
import { createCalendar } from '../fhir/dates.js';
import { acceptOnlyJson } from '../http/body.js';
import { body } from '../http/openapi/describe.js';
import { onlyDescribe } from '../http/openapi/schemas.js';
import { capabilityStatement } from './capability-statement.js';
import { FHIR_JSON, FhirError, replyWithFhirErrors } from './fhir-errors.js';
import { create, queryOf, read, remove, requireType, search, update } from './fhir-interactions.js';
import type { Api } from './fhir-interactions.js';
import { refuseParameters } from './fhir-search.js';
import type { FhirStore, StoreTools } from './fhir-store.js';

/** Where the API stands. */
export const DEMO_FHIR = '/demo-fhir';

export interface FhirApiTools extends Pick<StoreTools, 'now'> {
  /** IANA zone in which a date without a time is a day. */
  readonly timeZone: string;
  /** Base URL of the server as clients call it; without it, the links of an answer follow the Host header. */
  readonly publicUrl?: string;
}

/** Adds the API to a server. */
export function serveFhir(server: FastifyInstance, store: FhirStore, tools: FhirApiTools): void {
  const { publicUrl, timeZone, now } = tools;
  const api: Api = {
    store,
    calendar: createCalendar(timeZone),
    started: new Date(now()).toISOString(),
    baseOf: (request) => `${publicUrl ?? originOf(request)}${DEMO_FHIR}`,
  };
  // A scope of its own: its bodies and its errors are not those of the service.
  void server.register(
    async (scope) => {
      onlyDescribe(scope);
      acceptOnlyJson(scope);
      acceptForms(scope);
      replyWithFhirErrors(scope);
      addRoutes(scope, api);
    },
    { prefix: DEMO_FHIR },
  );
}

/** Bytes of a search that is posted; a form beyond this is no search that a person or a prefetch template makes. */
const FORM_LIMIT = 65_536;

function acceptForms(scope: FastifyInstance): void {
  const bodyLimit = Math.min(FORM_LIMIT, scope.initialConfig.bodyLimit ?? FORM_LIMIT);
  scope.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit },
    async (_request: FastifyRequest, body: string) => new URLSearchParams(body),
  );
}

/** The only route that the OpenAPI document of the service has: it describes all the others, in FHIR's own words. */
const METADATA: FastifySchema = {
  tags: ['Demo EHR'],
  summary: 'What the demo EHR can do',
  description: `A CapabilityStatement of the FHIR R4 server below ${DEMO_FHIR}: every type, interaction and search parameter.`,
  response: { 200: body('application/fhir+json', 'A CapabilityStatement.', 'object') },
};

function addRoutes(scope: FastifyInstance, api: Api): void {
  scope.get('/metadata', { schema: METADATA }, async (request, reply) => {
    refuseParameters(queryOf(request));
    return reply.type(FHIR_JSON).send(capabilityStatement(api.baseOf(request), api.started));
  });
  // Before the body is read: nobody sends five megabytes to learn of a typing error in the address.
  const onRequest = requireType;
  scope.get('/:type', { onRequest }, search(api));
  scope.post('/:type', { onRequest }, create(api));
  scope.post('/:type/_search', { onRequest }, search(api));
  scope.get('/:type/:id', { onRequest }, read(api));
  scope.put('/:type/:id', { onRequest }, update(api));
  scope.delete('/:type/:id', { onRequest }, remove(api));
  refuseOtherMethods(scope, '/metadata', ['GET', 'HEAD']);
  refuseOtherMethods(scope, '/:type', ['GET', 'HEAD', 'POST']);
  refuseOtherMethods(scope, '/:type/_search', ['POST']);
  refuseOtherMethods(scope, '/:type/:id', ['GET', 'HEAD', 'PUT', 'DELETE']);
}

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Where browsers are welcome, the CORS plugin of the server answers OPTIONS before this does. */
function refuseOtherMethods(scope: FastifyInstance, url: string, allowed: readonly HTTPMethods[]): void {
  const allow = [...allowed, 'OPTIONS'].join(', ');
  const refuse = async (): Promise<never> => {
    throw new FhirError(
      405,
      'not-supported',
      `This address takes ${allow} only; GET ${DEMO_FHIR}/metadata says for what.`,
      {
        headers: { allow },
      },
    );
  };
  const method = METHODS.filter((other) => !allowed.includes(other));
  scope.route({ method, url, onRequest: refuse, handler: refuse });
  scope.options(url, async (_request, reply) => reply.code(204).header('allow', allow).send());
}

const HOST = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/** The server as this client calls it. */
function originOf({ protocol, host }: FastifyRequest): string {
  if (HOST.test(host)) return `${protocol}://${host}`;
  throw new FhirError(400, 'value', 'The Host header is no host; send the name and port of this server.');
}
