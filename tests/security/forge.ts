/** Tokens as no library would make them: any header and claims, signed in truth or not at all. */
import { KeyObject, createHmac, createPublicKey, randomUUID, sign } from 'node:crypto';
import { ISSUER, PUBLIC_URL, type SigningKey } from '../support/production.js';
import { pathOf } from '../support/requests.js';
import { MARK, issuerOf, type ClientName, type Target } from './targets.js';

export const PATH = pathOf('patient-view');
export const ENDPOINT = PUBLIC_URL + PATH;

type Members = Readonly<Record<string, unknown>>;
export type Make = (to: Target) => string;
export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
export const seconds = (from = 0): number => Math.floor(Date.now() / 1000) + from;
export const headerOf = (key: SigningKey, change: Members = {}): Members => ({
  alg: key.algorithm,
  kid: key.id,
  typ: 'JWT',
  ...change,
});
export const claimsOf = (change: Members = {}): Members => ({
  iss: ISSUER,
  aud: ENDPOINT,
  iat: seconds(),
  exp: seconds(300),
  jti: `${MARK}-${randomUUID()}`,
  ...change,
});
/** Any header and claims, signed in truth; a library would refuse to make most of these. */
export function forge(header: unknown, claims: unknown, key: SigningKey): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha384', Buffer.from(text), { key: KeyObject.from(key.private), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
export const withHeader =
  (change: Members): Make =>
  ({ key }) =>
    forge(headerOf(key, change), claimsOf(), key);
export const withClaims =
  (change: Members | ((to: Target) => Members)): Make =>
  (to) =>
    forge(headerOf(to.key), claimsOf(typeof change === 'function' ? change(to) : change), to.key);
export const good = withClaims({});
/** A good token of another client, but for the change. */
export const ofClient =
  (name: ClientName, claims: Members = {}, header: Members = {}): Make =>
  ({ second }) =>
    forge(headerOf(second, header), claimsOf({ iss: issuerOf(name), ...claims }), second);

/** Signed symmetrically with what everybody knows: the public key, as one may find it. */
export const symmetric =
  (alg: 'HS256' | 'HS384', secretOf: (key: SigningKey) => string): Make =>
  ({ key }) => {
    const text = `${encode(headerOf(key, { alg }))}.${encode(claimsOf())}`;
    const signature = createHmac(`sha${alg.slice(2)}`, secretOf(key))
      .update(text)
      .digest('base64url');
    return `${text}.${signature}`;
  };
export const asPem = ({ public: jwk }: SigningKey): string =>
  createPublicKey({ key: { ...jwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
