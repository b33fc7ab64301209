/** Which tokens were seen, in the memory of this process: a token opens one call, and is remembered as long as it could open another. */
import { createHash } from 'node:crypto';
import type { RememberToken } from './authenticate.js';

/** Ours: tokens that are remembered at once; some 70 a second that live an hour, 700 of five minutes: as seven clients make by default. About 30 MB. */
const MOST_TOKENS = 250_000;
/** Ours, milliseconds: how often those that are over are forgotten. */
const SWEEP = 10_000;

/** Remembers in memory; throws when it is full, for to forget one would be to let it in again. */
export function createReplayMemory(now: () => number, most = MOST_TOKENS): RememberToken {
  const seen = new Map<string, number>();
  let sweptAt = now();
  const sweep = (): void => {
    sweptAt = now();
    for (const [token, until] of seen) if (until <= sweptAt) seen.delete(token);
  };
  return async (issuer, tokenId, until) => {
    if (Math.abs(now() - sweptAt) >= SWEEP) sweep();
    // Of one length whatever the client sends.
    const token = createHash('sha256')
      .update(JSON.stringify([issuer, tokenId]))
      .digest('base64url');
    if ((seen.get(token) ?? Number.NEGATIVE_INFINITY) > now()) return false;
    if (!seen.has(token) && seen.size >= most) throw new Error('the memory for tokens is full');
    seen.set(token, until);
    return true;
  };
}
