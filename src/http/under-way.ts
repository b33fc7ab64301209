/** How many requests are worked on at once: beyond the limit 503 before a body is read, so that those under way keep their time. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.js';

/** Hooks of a route that costs, in the order in which Fastify runs them. */
export interface UnderWay {
  /** Throws ServiceError 503 when there is no room. */
  readonly onRequest: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly preHandler: (request: FastifyRequest) => Promise<void>;
  readonly onSend: (request: FastifyRequest) => Promise<void>;
}

/** A place that a request takes; it is free again when the connection needs no answer any more and nothing is worked on for it. */
interface Place {
  isAnswered: boolean;
  isWorkedOn: boolean;
}

/** Counts requests under way; `tell` hears every change. */
export function limitUnderWay(mostAtOnce: number, tell: (underWay: number) => void): UnderWay {
  const places = new Map<FastifyRequest, Place>();
  const change = (request: FastifyRequest, to: Partial<Place>): void => {
    const place = places.get(request);
    if (!place) return;
    Object.assign(place, to);
    // Who hangs up still costs what was begun for it: calls that are dropped at once must not be a way past the limit.
    if (place.isAnswered && !place.isWorkedOn && places.delete(request)) tell(places.size);
  };
  return {
    onRequest: async (request, reply) => {
      // Who hung up while a token was judged is gone already, and would never give back a place.
      if (places.size >= mostAtOnce || request.raw.destroyed) throw new ServiceError('unavailable');
      places.set(request, { isAnswered: false, isWorkedOn: false });
      tell(places.size);
      // Comes once for every way in which an answer can end: sent, hung up, timed out.
      reply.raw.once('close', () => change(request, { isAnswered: true }));
    },
    preHandler: async (request) => change(request, { isWorkedOn: true }),
    onSend: async (request) => change(request, { isWorkedOn: false }),
  };
}
