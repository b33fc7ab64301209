/**
 * An entry of the audit for each call of a service, of explain and of feedback, and for each call of these or of discovery that is refused.
 * It is written before the answer leaves, so that a card that was seen stands in the audit. A failing audit holds no card back: a red flag that
 * nobody sees is worse than one that nobody can prove; `/health/ready` takes the replica out instead.
 */
import type { FastifyBaseLogger, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AssigningAuthority, AuditEntry } from '../audit/audit.js';
import { isRefusal } from '../audit/refusals.js';
import type { AuditLog } from '../audit/stream.js';
import { CARD_EXTENSION, type Card } from '../cds-hooks/response.js';
import type { Client } from '../load-clients.js';
import type { Verdict } from '../trust/authenticate.js';
import type { ServerTools } from './server.js';

/** What is learnt of a call on its way; never logged, unlike `notes`. */
export interface AuditNotes {
  /** The client of a call that nobody signed. */
  client?: Client;
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

/** Gives every request its notes, and writes the entry where there is an audit. To be added before whatever refuses. */
export function auditCalls(
  server: FastifyInstance,
  { audit, services }: Pick<ServerTools, 'audit' | 'services'>,
): void {
  const ids = new Set(services.map(({ id }) => id));
  server.decorateRequest('audited');
  server.addHook('onRequest', async (request) => {
    request.audited = {};
  });
  if (!audit) return;
  server.addHook('onSend', async (request, reply) => {
    const entry = entryOf(request, reply, ids);
    if (entry) await audit.record(entry);
  });
}

/** What hooks leave on a request; of one that is refused early not all of it is there. */
type Known = Partial<Pick<FastifyRequest, 'audited' | 'notes' | 'verdict'>>;

/** Undefined for what is not audited. */
function entryOf(request: FastifyRequest, reply: FastifyReply, ids: ReadonlySet<string>): AuditEntry | undefined {
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const action = ACTIONS.get(`${method} ${request.routeOptions.url ?? ''}`);
  const { id } = request.params as { readonly id?: string };
  const service = id !== undefined && ids.has(id) ? id : undefined;
  const { audited = {}, notes: { hookInstance, cards } = {}, verdict = {} } = request as Known;
  const refused = { status: reply.statusCode, ...(verdict.refusal !== undefined && { refusal: verdict.refusal }) };
  // A service that does not exist is called by nobody, and discovery says the same to all.
  if (action === undefined || (service === undefined && !isRefusal(refused))) return undefined;
  const { client = verdict.client, ...learnt } = audited;
  const { tenant } = verdict;
  return {
    action,
    requestId: request.id,
    address: request.ip,
    ...refused,
    ...learnt,
    ...(client && { client: client.id, authority: authorityOf(client, verdict) }),
    ...(tenant !== undefined && { tenant }),
    ...(service !== undefined && { service }),
    ...(hookInstance !== undefined && { hookInstance }),
    ...(cards !== undefined && { cards }),
  };
}

/** Whose ids of patients a call bears. An issuer may sign for many organisations with one entry, and two issuers may have a tenant of one name. */
function authorityOf({ id, token }: Client, { tenant }: Verdict): AssigningAuthority {
  // An entry with a token is only had with its token.
  return token ? [token.issuer, token.subject ?? null, tenant ?? null] : [id];
}

/** Tells the operator of the audit. The heads of the start and of ended files belong where the log goes: there they show later that nothing was cut off. */
export function auditLog(logger: FastifyBaseLogger): AuditLog {
  return {
    goesOn: ({ sequence, hash }) =>
      sequence === 0
        ? logger.info('audit begins with its first entry')
        : logger.info({ head: `${sequence}:${hash}` }, 'audit goes on from this entry'),
    head: ({ sequence, hash }, file) => logger.info({ head: `${sequence}:${hash}`, file }, 'audit file ended'),
    failing: (reason) => logger.error({ reason }, 'audit cannot be written'),
    recovered: () => logger.warn('audit is written again'),
    lost: (calls) => logger.error({ calls }, 'calls have no line in the audit'),
  };
}

/** The rules of the cards, each once. */
export function rulesOf(cards: readonly Card[]): NonNullable<AuditEntry['rules']> {
  const rules = cards.flatMap(({ extension }) => extension[CARD_EXTENSION].rules);
  return [...new Map(rules.map((rule) => [`${rule.id}|${rule.version}`, rule])).values()];
}
