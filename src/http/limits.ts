/**
 * How much may be asked: calls of one client in a minute, refused calls of one address in a minute, and requests at once.
 * Only routes with `config: { costly: true }` count; each process counts for itself.
 */
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.js';
import type { Metrics } from './metrics.js';
import { limitUnderWay } from './under-way.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Whether a call of this route counts against the limits. */
    readonly costly?: boolean;
  }
}

export interface LimitSettings {
  /** Calls of one client in a minute, where its entry does not say; 0: any number. */
  readonly callsPerMinute: number;
  /** Requests under way. */
  readonly mostAtOnce: number;
}

export interface Limits {
  /**
   * Counts a call that was refused and gives what it is answered: 401, or 429 once its address was refused too often.
   * Asked after a token was judged, so that nobody who stands behind the same proxy can lock out a good client; of 429 nothing is to be audited.
   */
  readonly refuse: (request: FastifyRequest) => Promise<ServiceError>;
}

/** Milliseconds. */
const MINUTE = 60_000;

/** Ours: refused calls of one address in a minute that are answered, logged and audited one by one. */
const REFUSALS_PER_MINUTE = 60;

/** Ours: counters that are kept of each kind; the one that was not heard of for longest makes room. */
const MOST_COUNTERS = 5000;

/** Sets the limits on every costly route of `scope` that comes after. They run after its own hooks, so that a caller is known by then. */
export async function limitCalls(
  scope: FastifyInstance,
  { callsPerMinute, mostAtOnce }: LimitSettings,
  metrics: Pick<Metrics, 'tellUnderWay'>,
): Promise<Limits> {
  await scope.register(rateLimit, { global: false, timeWindow: MINUTE, cache: MOST_COUNTERS });
  const countCall = scope.createRateLimit({ max: callsPerMinute, allowList: () => callsPerMinute === 0 });
  // "Banned" is what the package calls every call beyond the first that was too many.
  const countRefusal = scope.createRateLimit({ max: REFUSALS_PER_MINUTE, ban: 1 });
  const underWay = limitUnderWay(mostAtOnce, metrics.tellUnderWay);
  const admit = async (request: FastifyRequest): Promise<void> => {
    const count = await countCall(request);
    if (!count.isAllowed && count.isExceeded) throw tooMany(count.ttlInSeconds);
  };
  scope.addHook('onRoute', (route) => {
    if (route.config?.costly !== true) return;
    const { onRequest = [], preHandler = [], onSend = [] } = route;
    route.onRequest = [onRequest, admit, underWay.onRequest].flat();
    route.preHandler = [underWay.preHandler, preHandler].flat();
    route.onSend = [underWay.onSend, onSend].flat();
  });
  return {
    refuse: async (request) => {
      const count = await countRefusal(request);
      if (count.isAllowed || !count.isExceeded) return new ServiceError('unauthenticated');
      // One line says that it began; thousands would be what the flood is for.
      if (count.isBanned) request.notes.silent = true;
      return tooMany(count.ttlInSeconds);
    },
  };
}

function tooMany(seconds: number): ServiceError {
  return new ServiceError('too-many-requests', { headers: { 'retry-after': String(seconds) } });
}
