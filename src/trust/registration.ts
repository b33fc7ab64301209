/** What the registry says of the tokens of a client: whose they are, with which keys they are signed, and for which addresses. */
import type { JSONWebKeySet } from 'jose';
import { isBaseUrl, isHttpAddress, isLoopback } from '../base-url.js';

/** ES384 and RS384 are those that CDS Hooks recommends; the others only where an entry names them. Never none, never symmetric. */
const ALGORITHMS = ['ES384', 'RS384', 'ES256', 'RS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['ES384', 'RS384'];

/** The tokens of one client. Its keys are `keys`, or else they are at `jku`. */
export interface TokenRegistration {
  readonly issuer: string;
  /** The `sub` that its tokens carry; absent: any or none. */
  readonly subject?: string;
  /**
   * Addresses of key sets that its tokens may name, letter for letter; a token that names none is checked against all of them.
   * Beside `keys` they are not asked: some EHRs name an address in every token, also where the keys were agreed out of band.
   */
  readonly jku?: readonly [string, ...string[]];
  /** Its public keys, agreed out of band. */
  readonly keys?: JSONWebKeySet;
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** Base URLs by which it calls us beside PUBLIC_URL, as behind a proxy. */
  readonly audiences?: readonly string[];
}

/** The algorithms with which its tokens may be signed. */
export const algorithmsOf = ({ algorithms }: TokenRegistration): readonly Algorithm[] =>
  algorithms ?? DEFAULT_ALGORITHMS;

const text = { type: 'string', minLength: 1 };

/** JSON Schema of `TokenRegistration`; its formats are `REGISTRATION_FORMATS`. */
export const REGISTRATION_SCHEMA = {
  type: 'object',
  required: ['issuer'],
  additionalProperties: false,
  anyOf: [{ required: ['jku'] }, { required: ['keys'] }],
  properties: {
    issuer: text,
    subject: text,
    jku: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', format: 'key-address' } },
    keys: {
      type: 'object',
      required: ['keys'],
      properties: {
        keys: {
          type: 'array',
          minItems: 1,
          items: { type: 'object', required: ['kty', 'kid'], properties: { kty: text, kid: text } },
        },
      },
    },
    algorithms: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: ALGORITHMS } },
    audiences: { type: 'array', uniqueItems: true, items: { type: 'string', format: 'base-url' } },
  },
};

/** Whoever can change what comes from there can sign in the client's name: TLS, or a key server on this very machine. */
function isKeyAddress(address: string): boolean {
  if (!isHttpAddress(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return isSafe && username === '' && password === '' && !address.includes('#');
}

export const REGISTRATION_FORMATS = { 'base-url': isBaseUrl, 'key-address': isKeyAddress };
