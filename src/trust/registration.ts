/** What the registry says of the tokens of a client: whose they are, with which keys they are signed, and for which addresses. */
import type { JSONWebKeySet } from 'jose';
import { isBaseUrl } from '../base-url.js';

/** ES384 and RS384 are those that CDS Hooks recommends; the others only where an entry names them. Never none, never symmetric. */
const ALGORITHMS = ['ES384', 'RS384', 'ES256', 'RS256'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];
export const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['ES384', 'RS384'];

/** The tokens of one client. Its keys are at one of `jku`, or they are `keys`. */
export interface TokenRegistration {
  readonly issuer: string;
  /** The `sub` that its tokens carry; absent: any or none. */
  readonly subject?: string;
  /** Addresses of its key sets; a token that names another is refused, one that names none is checked against all of them. */
  readonly jku?: readonly [string, ...string[]];
  /** Its public keys, agreed out of band. */
  readonly keys?: JSONWebKeySet;
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** Base URLs by which it calls us beside PUBLIC_URL, as behind a proxy. */
  readonly audiences?: readonly string[];
}

const text = { type: 'string', minLength: 1 };
const https = { type: 'string', format: 'https' };

/** JSON Schema of `TokenRegistration`; its formats are `REGISTRATION_FORMATS`. */
export const REGISTRATION_SCHEMA = {
  type: 'object',
  required: ['issuer'],
  additionalProperties: false,
  oneOf: [{ required: ['jku'] }, { required: ['keys'] }],
  properties: {
    issuer: text,
    subject: text,
    jku: { type: 'array', minItems: 1, uniqueItems: true, items: https },
    keys: {
      type: 'object',
      required: ['keys'],
      properties: { keys: { type: 'array', minItems: 1, items: { type: 'object', required: ['kty', 'kid'] } } },
    },
    algorithms: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: ALGORITHMS } },
    audiences: { type: 'array', uniqueItems: true, items: { type: 'string', format: 'base-url' } },
  },
};

export const REGISTRATION_FORMATS = {
  'base-url': isBaseUrl,
  https: (address: string) => URL.canParse(address) && new URL(address).protocol === 'https:',
};
