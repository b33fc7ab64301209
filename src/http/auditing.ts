/**
 * An entry of the audit for each call of a service, of explain and of feedback, and for each call of these or of discovery that is refused.
 * It is written before the answer leaves, so that a card that was seen stands in the audit. A failing audit holds no card back: a red flag that
 * nobody sees is worse than one that nobody can prove; `/health/ready` takes the replica out instead.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Audit, AuditEntry } from '../audit/audit.js';
import { isRefusal } from '../audit/refusals.js';
import { CARD_EXTENSION, type Card } from '../cds-hooks/response.js';
import type { Client } from '../load-clients.js';

/** What is learnt of a call on its way; never logged, unlike `notes`. */
export interface AuditNotes {
  /** Who signed; of a refused call: whose name it bore. */
  client?: Pick<Client, 'id' | 'tenant'>;
  /** Why it was refused, in our words. */
  refusal?: string;
  userId?: string;
  patientId?: string;
  rules?: NonNullable<AuditEntry['rules']>;
}

declare module 'fastify' {
  interface FastifyRequest {
    audited: AuditNotes;
  }
}

const ACTIONS: ReadonlyMap<string, AuditEntry['action']> = new Map([
  ['POST /cds-services/:id', 'cards'],
  ['POST /cds-services/:id/feedback', 'feedback'],
  ['POST /explain/:id', 'explanation'],
  ['GET /cds-services', 'discovery'],
]);

/** Gives every request its notes, and writes the entry where there is an audit. */
export function auditCalls(server: FastifyInstance, audit: Audit | undefined): void {
  server.decorateRequest('audited');
  server.addHook('onRequest', async (request) => {
    request.audited = {};
  });
  if (!audit) return;
  server.addHook('onSend', async (request, reply) => {
    const entry = entryOf(request, reply);
    if (entry) await audit.record(entry);
  });
}

/** Undefined for what is not audited. */
function entryOf(request: FastifyRequest, reply: FastifyReply): AuditEntry | undefined {
  const action = ACTIONS.get(`${request.method} ${request.routeOptions.url ?? ''}`);
  const { client, refusal, ...audited } = (request.audited as AuditNotes | undefined) ?? {};
  const { service, hookInstance, cards } = request.notes;
  const { statusCode: status } = reply;
  const refused = { status, ...(refusal !== undefined && { refusal }) };
  // A service that does not exist is called by nobody; discovery says the same to all.
  if (action === undefined || ((service === undefined || action === 'discovery') && !isRefusal(refused)))
    return undefined;
  return {
    action,
    requestId: request.id,
    address: request.ip,
    ...refused,
    ...audited,
    ...(client && { client: client.id, tenant: client.tenant ?? client.id }),
    ...(service !== undefined && { service }),
    ...(hookInstance !== undefined && { hookInstance }),
    ...(cards !== undefined && { cards }),
  };
}

/** The rules of the cards, each once. */
export function rulesOf(cards: readonly Card[]): NonNullable<AuditEntry['rules']> {
  const rules = cards.flatMap(({ extension }) => extension[CARD_EXTENSION].rules);
  return [...new Map(rules.map((rule) => [`${rule.id}|${rule.version}`, rule])).values()];
}
