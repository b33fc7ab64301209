/**
 * Lets a FHIR server rest that does not answer, or with its own errors only: after some such rounds it is not asked for a while, then tried once.
 * So a server that is down costs its deadline now and then, not in every request.
 */

export interface Breaker {
  /** Whether a server may be asked now. */
  readonly lets: (server: string) => boolean;
  /** Tells how a round of questions ended. */
  readonly note: (server: string, answered: boolean) => void;
}

/** Ours: rounds without an answer after which a server rests, and milliseconds that it rests. */
const ROUNDS = 3;
const REST = 10_000;

/** `now` in milliseconds, of a clock that only goes forward. Servers are few: only registered ones get here. */
export function createBreaker(now: () => number): Breaker {
  const servers = new Map<string, { failures: number; restsUntil: number }>();
  return {
    lets: (server) => {
      const state = servers.get(server);
      if (state === undefined || state.failures < ROUNDS) return true;
      if (now() < state.restsUntil) return false;
      // One request tries; the others wait for what it finds.
      state.restsUntil = now() + REST;
      return true;
    },
    note: (server, answered) => {
      if (answered) {
        servers.delete(server);
        return;
      }
      const failures = (servers.get(server)?.failures ?? 0) + 1;
      servers.set(server, { failures, restsUntil: now() + REST });
    },
  };
}
