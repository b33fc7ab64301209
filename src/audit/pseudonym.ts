/**
 * A patient's id as a pseudonym: the same for the same patient of an assigning authority under one secret, another for each, and without the
 * secret neither to be made nor to be turned back (HMAC-SHA-256; ids are few enough to try all, so a plain hash would hide nothing).
 */
import { createHmac } from 'node:crypto';
import type { AssigningAuthority } from './audit.js';

/** Names a patient of an authority; `Patient/x` and `x` are the same. 43 characters of base64url. */
export type Pseudonymise = (authority: AssigningAuthority | undefined, id: string) => string;

export function createPseudonymise(key: Buffer): Pseudonymise {
  return (authority, id) =>
    createHmac('sha256', key)
      // As JSON no two pairs are written alike, whatever characters they hold.
      .update(JSON.stringify([authority ?? null, id.replace(/^Patient\//, '')]))
      .digest('base64url');
}
