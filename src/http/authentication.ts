/**
 * Who calls, before a body is read. Every address needs a token unless its route says that it is open, so that a new route that says nothing is
 * closed. What is told of a refusal: 401 or 503 and nothing else; its reason is logged and counted as one word.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.js';
import type { Authenticate, Refusal, Verdict } from '../trust/authenticate.js';
import type { Metrics } from './metrics.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** `open`: answered without a token; `always`: however busy the service is, too. Absent: a token is needed. */
    access?: 'open' | 'always';
  }
  interface FastifyRequest {
    /** Who calls; nobody known at an open address. */
    verdict: Verdict;
  }
}

/** Config of a route that anybody may call. */
export const OPEN = { access: 'open' } as const;

/** Config of a route by which operators watch the service. */
export const ALWAYS_OPEN = { access: 'always' } as const;

/** Makes every route of this scope open, also those that a plugin adds. */
export function openRoutes(scope: FastifyInstance): void {
  scope.addHook('onRoute', (route) => {
    route.config = { ...route.config, ...OPEN };
  });
}

/** Refusals that are no fault of the caller. */
const TRANSIENT: readonly Refusal[] = ['keys out of reach', 'replay memory out of reach'];

export interface AuthenticationTools {
  readonly authenticate: Authenticate;
  readonly metrics: Pick<Metrics, 'countRefusal'>;
  /** What a call is answered whose token is not good. */
  readonly refuse: (request: FastifyRequest) => Promise<ServiceError>;
}

/** Whether an address is called without a token. */
export const isOpen = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config.access !== undefined;

/** Asks every call to an address that is not open for its token. */
export function authenticateCalls(
  server: FastifyInstance,
  { authenticate, metrics, refuse }: AuthenticationTools,
): void {
  server.decorateRequest('verdict');
  server.addHook('onRequest', async (request) => {
    request.verdict = {};
    if (isOpen(request)) return;
    request.verdict = await authenticate(authorizationOf(request), endpointOf(request));
    const { client, refusal } = request.verdict;
    if (client) request.notes.client = client.id;
    if (refusal === undefined) return;
    request.notes.refusal = refusal;
    metrics.countRefusal(refusal);
    throw TRANSIENT.includes(refusal) ? new ServiceError('unavailable') : await refuse(request);
  });
}

/** All of them: Node itself keeps only the first, and a proxy may have looked at another. */
const authorizationOf = ({ raw }: FastifyRequest): string | undefined =>
  raw.headersDistinct['authorization']?.join(', ');

/** The address as the route has it, whatever way of writing it was sent. */
function endpointOf({ routeOptions, params }: FastifyRequest): string {
  const { id = '' } = params as { readonly id?: string };
  return (routeOptions.url ?? '').replace(':id', () => id);
}
