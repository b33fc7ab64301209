/**
 * A body becomes cards: parsed, its client found where it did not sign, and its wishes settled, everything gathered that can be known, decided.
 * The way that the services and /explain share.
 */
import type { FastifyRequest } from 'fastify';
import { parseRequest } from '../cds-hooks/parse-request.js';
import type { Service } from '../cds-hooks/services.js';
import type { Decision } from '../decide.js';
import { ServiceError } from '../errors.js';
import type { Client } from '../load-clients.js';
import { rulesOf } from './auditing.js';
import { readLiterals, type DraftLiterals } from './number-literals.js';
import { settlePreferences } from './preferences.js';
import type { ServerTools } from './server.js';

export interface Answer extends Decision {
  readonly client: Client;
  readonly literals: DraftLiterals;
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
  const literals = readLiterals(request.bodyText, parsed.context.resources);
  forget(request);
  const { patientId, userId } = parsed.context;
  request.notes.hookInstance = parsed.hookInstance;
  Object.assign(request.audited, { patientId, ...(userId !== undefined && { userId }) });
  const client = request.verdict.client ?? findClient(parsed.fhirServer);
  // Whom nobody knows is not named.
  if (client.fhirServers.includes(parsed.fhirServer ?? '')) request.audited.client = client;
  if (client.status === 'suspended') throw new ServiceError('unauthenticated');
  const settled = settlePreferences(parsed, request.headers['accept-language'], config, client);
  const gathered = await gather(settled, service, client);
  metrics.countSources(service, gathered.states);
  const decision = decide(settled, gathered, { client, explain });
  request.audited.rules = rulesOf(decision.cards);
  return { ...decision, client, literals };
}

/** While the EHR's FHIR server is waited for, nothing is kept of what was sent but what was read from it. */
function forget(request: FastifyRequest): void {
  request.body = undefined;
  request.bodyText = '';
}
