/**
 * A body becomes cards: parsed, its client found and its wishes settled, everything gathered that can be known, decided.
 * The way that the services and /explain share.
 */
import type { FastifyRequest } from 'fastify';
import { parseRequest } from '../cds-hooks/parse-request.js';
import type { CdsRequest } from '../cds-hooks/request.js';
import type { Service } from '../cds-hooks/services.js';
import type { Decision } from '../decide.js';
import type { Client } from '../load-clients.js';
import { settlePreferences } from './preferences.js';
import type { ServerTools } from './server.js';

export interface Answer extends Decision {
  readonly client: Client;
}

/** Throws ServiceError for a request that cannot be answered. */
export async function answer(
  request: FastifyRequest,
  service: Service,
  {
    decide,
    gather,
    findClient,
    config,
    metrics,
  }: Pick<ServerTools, 'decide' | 'gather' | 'findClient' | 'config' | 'metrics'>,
  explain: boolean,
): Promise<Answer> {
  const parsed = parseRequest(request.body, service);
  forget(request, parsed);
  request.notes.hookInstance = parsed.hookInstance;
  const client = findClient(parsed.fhirServer);
  const settled = settlePreferences(parsed, request.headers['accept-language'], config, client);
  const gathered = await gather(settled, service, client);
  metrics.countSources(service, gathered.states);
  return { ...decide(settled, gathered, { client, explain }), client };
}

/** While the EHR's FHIR server is waited for, what was sent is kept only as far as it is needed: its text for the numbers of drafts that may go back. */
function forget(request: FastifyRequest, { context }: CdsRequest): void {
  request.body = undefined;
  if (context.resources.length === 0) request.bodyText = '';
}
