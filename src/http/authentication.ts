/**
 * Who calls, before a body is read. Every address needs a token unless its route says that it is open, so that a new route that says nothing is
 * closed. What is told of a refusal: 401 or 503 and nothing else; its reason is logged and counted as one word. A call has its place among those that
 * are worked on before its token is judged, since a key host may let that wait, and loses it when it is refused.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Service } from '../cds-hooks/services.js';
import { ServiceError } from '../errors.js';
import type { Authenticate, Refusal, Verdict } from '../trust/authenticate.js';
import type { CallLimits } from './limits.js';
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
  readonly services: readonly Service[];
  readonly limits: CallLimits;
  readonly metrics: Pick<Metrics, 'countRefusal'>;
  /** What a call is answered whose token is not good. */
  readonly refuse: (request: FastifyRequest) => Promise<ServiceError>;
}

/** Asks every call to an address that is not open for its token, and lets in no more than there is room for. */
export function authenticateCalls(server: FastifyInstance, tools: AuthenticationTools): void {
  const { services, limits, authenticate } = tools;
  // To its own text: that of the request is a piece of its address, which the metrics would keep whole, with its query.
  const ids = new Map(services.map(({ id }) => [id, id]));
  server.decorateRequest('verdict');
  server.addHook('onRequest', async (request, reply) => {
    request.verdict = {};
    const { access } = request.routeOptions.config;
    if (access === 'always') return;
    if (access === 'open') {
      await limits.enterPages(request, reply);
      return;
    }
    const service = ids.get(serviceIdOf(request));
    // Noted first: whatever the call is refused for, it was a call to this service.
    if (service !== undefined) request.notes.service = service;
    await limits.enter(request, reply, async () => {
      const verdict = await authenticate(authorizationOf(request), endpointOf(request), async (client) => {
        know(request, client && { client });
        await limits.count(request);
      });
      know(request, verdict);
      if (verdict.refusal !== undefined) throw await refusalOf(request, verdict.refusal, tools);
    });
  });
}

function know(request: FastifyRequest, verdict: Verdict = {}): void {
  request.verdict = verdict;
  if (verdict.client) request.notes.client = verdict.client.id;
}

async function refusalOf(
  request: FastifyRequest,
  refusal: Refusal,
  { metrics, refuse }: Pick<AuthenticationTools, 'metrics' | 'refuse'>,
): Promise<ServiceError> {
  request.notes.refusal = refusal;
  metrics.countRefusal(refusal);
  return TRANSIENT.includes(refusal) ? new ServiceError('unavailable') : refuse(request);
}

/** All of them: Node itself keeps only the first, and a proxy may have looked at another. */
const authorizationOf = ({ raw }: FastifyRequest): string | undefined =>
  raw.headersDistinct['authorization']?.join(', ');

/** Empty where the address has none. */
const serviceIdOf = ({ params }: FastifyRequest): string => (params as { readonly id?: string }).id ?? '';

/** The address as the route has it, whatever way of writing it was sent. */
const endpointOf = (request: FastifyRequest): string =>
  (request.routeOptions.url ?? '').replace(':id', () => serviceIdOf(request));
