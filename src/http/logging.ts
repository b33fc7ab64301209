/**
 * One log line and one measurement per answered request, made only of our own words and ids:
 * method, route pattern, status, duration, client, reason of refusal, service, hookInstance, number of cards. Never URL, headers, body or messages.
 */
import type { FastifyInstance } from 'fastify';
import type { Refusal } from '../trust/authenticate.js';
import type { Metrics } from './metrics.js';

/** What a route tells about its request, beyond what the server knows. */
export interface RequestNotes {
  /** Id of the client whose name the call bears. */
  client?: string;
  /** Why the call was refused. */
  refusal?: Refusal;
  /** Id of a service that exists. */
  service?: string;
  hookInstance?: string;
  cards?: number;
  /** Requests to /explain leave no line. */
  silent?: true;
}

declare module 'fastify' {
  interface FastifyRequest {
    notes: RequestNotes;
  }
}

/** Adds the log line and the measurement to every route. */
export function logRequests(server: FastifyInstance, metrics: Metrics): void {
  server.decorateRequest('notes');
  server.addHook('onRequest', async (request) => {
    request.notes = {};
  });
  server.addHook('onResponse', async (request, reply) => {
    const { silent, ...notes } = (request.notes as RequestNotes | undefined) ?? {};
    const { statusCode: status, elapsedTime } = reply;
    metrics.countRequest(notes.service, status, elapsedTime / 1000);
    if (silent) return;
    const route = request.routeOptions.url ?? 'none';
    request.log.info(
      { method: request.method, route, status, ms: Math.round(elapsedTime * 10) / 10, ...notes },
      'request',
    );
  });
}
