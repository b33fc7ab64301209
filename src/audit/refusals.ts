/**
 * Whoever is refused costs nothing to call again, so that refused calls could fill the disk. Beyond some a minute they are only counted:
 * one entry a minute says of how many, for each client whose name they bore and for those who bore none.
 */
import type { Audit, AuditEntry, AuditResult } from './audit.js';

/** Refused calls of one name that have a line of their own in a minute. Ours. */
export const REFUSALS_PER_MINUTE = 60;
const MINUTE = 60_000;

interface Refused {
  /** Milliseconds since 1970. */
  readonly since: number;
  calls: number;
}

export interface RefusalTools {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly count: (result: AuditResult) => void;
}

/** The same stream, in which refused calls cannot be many. */
export function summariseRefusals(audit: Audit, { now, count }: RefusalTools): Audit {
  /** By client: as many as the registry has, and one. */
  const refused = new Map<string | undefined, Refused>();

  async function tell(isDue: (one: Refused) => boolean): Promise<void> {
    for (const [client, one] of refused) {
      if (!isDue(one)) continue;
      refused.delete(client);
      const calls = one.calls - REFUSALS_PER_MINUTE;
      if (calls > 0) await audit.record({ action: 'refusals', calls, ...(client !== undefined && { client }) });
    }
  }
  const isOver = ({ since }: Refused) => Math.abs(now() - since) >= MINUTE;
  // A flood that ends is told of too.
  const timer = setInterval(() => void tell(isOver), MINUTE).unref();

  return {
    ...audit,
    record: async (entry) => {
      await tell(isOver);
      if (!isRefusal(entry)) return audit.record(entry);
      const one = refused.get(entry.client) ?? { since: now(), calls: 0 };
      refused.set(entry.client, one);
      one.calls += 1;
      if (one.calls <= REFUSALS_PER_MINUTE) return audit.record(entry);
      count('summarised');
    },
    close: async () => {
      clearInterval(timer);
      await tell(() => true);
      await audit.close();
    },
  };
}

/** Statuses with which a caller is turned away. */
const TURNED_AWAY: ReadonlySet<number | undefined> = new Set([401, 403, 429]);

/** A caller that is turned away, whoever it is. */
export function isRefusal({ status, refusal }: Pick<AuditEntry, 'status' | 'refusal'>): boolean {
  return refusal !== undefined || TURNED_AWAY.has(status);
}
