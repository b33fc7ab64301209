/**
 * Keys of which everybody has the private half: those of the public sandbox and of the example in the specification. Whoever trusts one trusts
 * everybody, so that production does without them.
 */
import type { JWK } from 'jose';
import { readKey } from './public-key.js';

/** The sandbox of the CDS Hooks project; its private key stands in its repository (github.com/cds-hooks/sandbox, folder keys). */
const SANDBOX = new URL('https://sandbox.cds-hooks.org');
const SANDBOX_KEY_ID = '44823f3d-0b01-4a6c-a80e-b9d3e8a7226f';

/** The `x` of the sandbox's key, and of the example in CDS Hooks 2.0, "Trusting CDS Clients". */
const PUBLISHED = [
  'dw_JGR8nB2I6XveNxUOl2qk699ZPLM2nYI5STSdiEl9avAkrm3CkfYMbrrjr8laB',
  '46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk',
];

/** True for a key of which the private half is public, whatever its name and however it is written. */
export const isPublished = (key: JWK): boolean =>
  key.kid === SANDBOX_KEY_ID || PUBLISHED.includes(readKey(key)?.export({ format: 'jwk' }).x ?? '');

/** True for an issuer or an address of keys that is the public sandbox's. */
export const isPublicSandbox = (address: string): boolean =>
  // A name with a dot at its end is the same name.
  URL.canParse(address) && new URL(address).hostname.replace(/\.$/, '') === SANDBOX.hostname;
