/**
 * How much may be asked: calls of one client in a minute, refused calls of one address in a minute, and requests at once.
 * Calls are counted where a token is needed; what is open is the same for everybody and made once, and only its readers at once are limited.
 * Each process counts for itself. A minute begins with the first call that counts.
 */
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.js';
import type { Metrics } from './metrics.js';
import { limitUnderWay, type UnderWay } from './under-way.js';

export interface LimitSettings {
  /** Calls of one client in a minute, where its entry does not say; 0: any number. */
  readonly callsPerMinute: number;
  /** Requests under way. */
  readonly mostAtOnce: number;
}

/** Milliseconds. */
const MINUTE = 60_000;

/** Ours: refused calls of one address in a minute that are answered and logged one by one. */
export const REFUSALS_PER_MINUTE = 60;

/** Ours: counters that are kept of each kind; the one that was not heard of for longest makes room. */
const MOST_COUNTERS = 5000;

/**
 * Gives what a refused call is answered: 401, or 429 once its address was refused too often, so that refused tokens flood neither log nor audit: of those
 * beyond the limit the log has one line a minute. Addresses that are open or not there have a line for each call, as any web server writes it.
 * Asked after a token was judged: nobody who stands behind the same proxy can lock out a good client.
 */
export function limitRefusals(
  server: FastifyInstance,
  most = REFUSALS_PER_MINUTE,
): (request: FastifyRequest) => Promise<ServiceError> {
  server.register(rateLimit, { global: false, timeWindow: MINUTE, cache: MOST_COUNTERS });
  let countRefusal: ReturnType<FastifyInstance['createRateLimit']>;
  server.after(() => {
    // "Banned" is what the package calls a call beyond the first that was too many.
    countRefusal = server.createRateLimit({ max: most, ban: 1 });
  });
  return async (request) => {
    const count = await countRefusal(request);
    if (count.isAllowed || !count.isExceeded) return new ServiceError('unauthenticated');
    // One line says that it began; thousands would be what the flood is for.
    if (count.isBanned) request.notes.silent = true;
    return tooMany(count.ttlInSeconds);
  };
}

export interface CallLimits {
  /** Counts a call for the client of its verdict, or else for its address. Throws ServiceError 429 when there were too many. */
  readonly count: (request: FastifyRequest) => Promise<void>;
  readonly enter: UnderWay['enter'];
  /** Takes a place among the readers of what is open. Throws ServiceError 503 when there is none. */
  readonly enterPages: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
}

/** Makes the limits of calls, and has them see every request of `server`. */
export function limitCalls(
  server: FastifyInstance,
  { callsPerMinute, mostAtOnce }: LimitSettings,
  metrics: Pick<Metrics, 'tellUnderWay'>,
): CallLimits {
  const mostOf = ({ verdict }: FastifyRequest): number => verdict.client?.callsPerMinute ?? callsPerMinute;
  const countCall = server.createRateLimit({
    max: mostOf,
    allowList: (request) => mostOf(request) === 0,
    // Who does not sign is known by the address only.
    keyGenerator: ({ verdict, ip }) => verdict.client?.id ?? normalizeIP(ip),
  });
  const calls = limitUnderWay(mostAtOnce, metrics.tellUnderWay);
  // As many, and apart: who reads pages slowly takes no place from who calls.
  const pages = limitUnderWay(mostAtOnce, () => undefined);
  server.addHook('preHandler', async (request) => calls.begin(request));
  server.addHook('onSend', async (request) => calls.finish(request));
  return {
    enter: calls.enter,
    enterPages: (request, reply) => pages.enter(request, reply, async () => undefined),
    count: async (request) => {
      const count = await countCall(request);
      if (!count.isAllowed && count.isExceeded) throw tooMany(count.ttlInSeconds);
    },
  };
}

function tooMany(seconds: number): ServiceError {
  return new ServiceError('too-many-requests', { headers: { 'retry-after': String(seconds) } });
}
