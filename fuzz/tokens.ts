/** Calls in production mode: with good tokens, with tokens that were tampered with, and with what is no token at all. */
import { createHmac, generateKeyPairSync, randomUUID, sign, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { PUBLIC_URL, ISSUER } from '../tests/support/production.js';
import type { Attempt } from './attempt.js';
import { MARKER } from './attempt.js';
import { hookRequest } from './hook-requests.js';
import { hostileValue, toJson } from './hostile-values.js';
import { REAL_REQUESTS, type Json } from './stories.js';

const KEY_ID = 'key-1';
const own = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const JWK = { ...own.publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'ES384', use: 'sig' };

/** The registry entry of the client whose tokens these are. */
export const REGISTERED_CLIENT = { id: 'ehr', token: { issuer: ISSUER, keys: { keys: [JWK] } } };

type Sign = (signed: string) => Buffer;
const signBy =
  (key: KeyObject): Sign =>
  (signed) =>
    sign('sha384', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' });

/** Ways to make a signature that must not be taken for the client's. */
const FALSE_SIGNATURES: readonly (readonly [string, Sign])[] = [
  ['ES384', signBy(other.privateKey)],
  ['none', () => Buffer.alloc(0)],
  // The public key, which everybody has, as the secret of a symmetric algorithm.
  ...([String(own.publicKey.export({ format: 'pem', type: 'spki' })), JSON.stringify(JWK)].map((secret) => [
    'HS384',
    (signed: string) => createHmac('sha384', secret).update(signed).digest(),
  ]) satisfies [string, Sign][]),
  ['ES384', () => Buffer.alloc(96)],
  ['ES384', () => Buffer.alloc(96, 0xff)],
  ['ES256', signBy(own.privateKey)],
];

const encode = (value: Json): string => Buffer.from(toJson(value)).toString('base64url');

interface Parts {
  readonly header?: Json;
  readonly claims?: Json;
  readonly sign?: Sign;
}

/** A token for a call to `path`, good but for what is given; new each time, for each opens one call. */
function tokenFor(path: string, { header, claims, sign: make = signBy(own.privateKey) }: Parts = {}): string {
  const now = Math.floor(Date.now() / 1000);
  const payload = { iss: ISSUER, aud: PUBLIC_URL + path, iat: now, exp: now + 300, jti: randomUUID(), ...claims };
  const signed = `${encode({ alg: 'ES384', kid: KEY_ID, typ: 'JWT', ...header })}.${encode(payload)}`;
  return `${signed}.${make(signed).toString('base64url')}`;
}

/** A real call whose Authorization header is as given. */
const call = (
  authorization: fc.Arbitrary<(path: string) => Pick<Attempt, 'kind' | 'token'> & { readonly value: string }>,
) =>
  fc
    .tuple(fc.constantFrom(...REAL_REQUESTS.slice(0, 20)), authorization)
    .map(([{ service, request }, make]): Attempt => {
      const path = `/cds-services/${service}`;
      const { value, ...rest } = make(path);
      return {
        ...rest,
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json', authorization: value },
        body: Buffer.from(JSON.stringify(request)),
      };
    });

const HEADER_MEMBERS = ['alg', 'kid', 'typ', 'jku', 'crit', 'jwk', 'x5c', 'x5u', 'b64', 'cty', 'zip'];
const CLAIMS = ['iss', 'aud', 'exp', 'iat', 'nbf', 'jti', 'sub', 'tenant'];
/** Any other value of these is another client, another audience or another key. */
const BINDING = ['alg', 'kid', 'typ', 'iss', 'aud', 'crit', 'jwk', 'x5c', 'x5u'];

const members = (names: readonly string[]): fc.Arbitrary<Json> =>
  fc.array(fc.tuple(fc.constantFrom(...names), hostileValue), { maxLength: 2 }).map((some) => Object.fromEntries(some));

/** Signed by the right key, with a header and claims that are not as they must be. */
const oddClaims = call(
  fc.tuple(members(HEADER_MEMBERS), members(CLAIMS)).map(([header, claims]) => (path) => ({
    kind: 'odd claims',
    value: `Bearer ${shortened(tokenFor(path, { header, claims }))}`,
    ...([...Object.keys(header), ...Object.keys(claims)].some((name) => BINDING.includes(name)) && {
      token: 'bad' as const,
    }),
  })),
);

/** Below what Node reads of headers; a token that was cut is a bad one too. */
const shortened = (token: string): string => token.slice(0, 8000);

const falseSignature = call(
  fc.constantFrom(...FALSE_SIGNATURES).map(([alg, make]) => (path) => ({
    kind: 'false signature',
    value: `Bearer ${tokenFor(path, { header: { alg }, sign: make })}`,
    token: 'bad' as const,
  })),
);

const change = fc.record({
  share: fc.integer({ min: 0, max: 9999 }),
  removed: fc.integer({ min: 0, max: 4 }),
  added: fc.string({
    unit: fc.constantFrom('A', 'B', 'a', '0', '9', '-', '_', '.', '=', '+', '/', ' ', ',', '"', '~'),
    maxLength: 3,
  }),
});

const changedToken = call(
  fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => (path) => {
    const good = tokenFor(path);
    const changed = changes.reduce((token, { share, removed, added }) => {
      const at = Math.floor((share / 10_000) * token.length);
      return token.slice(0, at) + added + token.slice(at + removed);
    }, good);
    return {
      kind: 'changed token',
      value: `Bearer ${changed}`,
      ...(!isSame(good, changed) && { token: 'bad' as const }),
    };
  }),
);

/** Whether the same is signed by the same signature, however its Base64 is written. */
function isSame(good: string, changed: string): boolean {
  const [parts, others] = [good.split('.'), changed.trim().split('.')];
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url').toString('hex');
  return (
    others.length === 3 && parts[0] === others[0] && parts[1] === others[1] && bytes(parts[2]) === bytes(others[2])
  );
}

const noToken = call(
  fc
    .constantFrom(
      '',
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      `Bearer ${MARKER}`,
      `Bearer ${'a.'.repeat(3000)}`,
      'Bearer ..',
      `Negotiate ${MARKER}`,
    )
    .map((value) => () => ({ kind: 'no token', value, token: 'bad' as const })),
);

/** Everything else that a service is sent, by a client that may send it. */
const goodToken = hookRequest
  .filter(({ path }) => path.startsWith('/cds-services/'))
  .map((attempt) => ({
    ...attempt,
    kind: 'good token',
    token: 'good' as const,
    get headers() {
      return { ...attempt.headers, authorization: `Bearer ${tokenFor(attempt.path)}` };
    },
  }));

/** What production is tried with. */
export const tokenCalls: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 5, arbitrary: goodToken },
  { weight: 3, arbitrary: oddClaims },
  { weight: 4, arbitrary: changedToken },
  { weight: 1, arbitrary: falseSignature },
  { weight: 1, arbitrary: noToken },
);
