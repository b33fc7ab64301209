/**
 * A patient's id as a pseudonym: the same for the same patient of a tenant under one secret, another for each tenant, and without the
 * secret neither to be made nor to be turned back (HMAC-SHA-256; ids are few enough to try all, so a plain hash would hide nothing).
 */
import { createHmac } from 'node:crypto';

/** Names a patient in the name of a tenant; `Patient/x` and `x` are the same. 43 characters of base64url. */
export type Pseudonymise = (tenant: string | undefined, id: string) => string;

export function createPseudonymise(key: Buffer): Pseudonymise {
  return (tenant, id) =>
    createHmac('sha256', key)
      // As JSON no two pairs are written alike, whatever characters they hold.
      .update(JSON.stringify([tenant ?? null, id.replace(/^Patient\//, '')]))
      .digest('base64url');
}
