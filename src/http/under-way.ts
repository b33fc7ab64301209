/** How many requests are worked on at once, the judging of their tokens with it: beyond the limit 503 before anything is read, so that those under way keep their time. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.js';

export interface UnderWay {
  /**
   * Takes a place for a request, which keeps it when `judge` lets it in. Throws what `judge` throws, and ServiceError 503 when there is no place or
   * nobody waits for the answer any more.
   */
  readonly enter: (request: FastifyRequest, reply: FastifyReply, judge: () => Promise<void>) => Promise<void>;
  /** Its body is read, and work begins. Nothing for a request that did not enter; the same for `finish`. */
  readonly begin: (request: FastifyRequest) => void;
  /** Its answer is made. */
  readonly finish: (request: FastifyRequest) => void;
}

/** Free again when nobody waits for the answer any more and nothing is worked on for it. */
interface Place {
  isClosed: boolean;
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
    if (place.isClosed && !place.isWorkedOn) leave(request);
  };
  const leave = (request: FastifyRequest): void => {
    if (places.delete(request)) tell(places.size);
  };
  return {
    enter: async (request, reply, judge) => {
      // Who hung up already would never give its place back.
      if (places.size >= mostAtOnce || reply.raw.destroyed) throw new ServiceError('unavailable');
      // Judging is work too: a key host may take seconds to answer.
      places.set(request, { isClosed: false, isWorkedOn: true });
      tell(places.size);
      // Comes for every way in which an answer can end: sent, hung up, timed out.
      reply.raw.once('close', () => change(request, { isClosed: true }));
      try {
        await judge();
      } catch (error) {
        // At once: who is refused must not hold a place by not reading why.
        leave(request);
        throw error;
      }
      change(request, { isWorkedOn: false });
      if (!places.has(request)) throw new ServiceError('unavailable');
    },
    begin: (request) => change(request, { isWorkedOn: true }),
    finish: (request) => change(request, { isWorkedOn: false }),
  };
}
