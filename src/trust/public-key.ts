/** Public keys as they are, however a JWK writes them: Base64 in another alphabet or with padding makes no other key. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import type { JWK } from 'jose';

/** The key of a JWK; undefined when it cannot be read. */
export function readKey(key: JWK): KeyObject | undefined {
  try {
    return createPublicKey({ key: key as Record<string, unknown>, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** Bits; RFC 7518, section 3.3, asks as many of every RSA key that signs. */
const SHORTEST_RSA_KEY = 2048;

/** Whether an RSA key is long enough to sign with. */
export const isLongEnough = (bits: number): boolean => bits >= SHORTEST_RSA_KEY;

/** Whether an RSA key has an exponent that FIPS 186-5 (A.1.1) allows: odd, between 2^16 and 2^256. With 1 everybody signs without any private key. */
export const isSafeExponent = (exponent: bigint): boolean =>
  exponent > 2n ** 16n && exponent < 2n ** 256n && exponent % 2n === 1n;
