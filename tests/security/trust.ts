/** Rows 51 to 56: calls that nobody signed, and tokens that are not what they should be, each altered in one thing. */
import { KeyObject, createHmac, createPublicKey, randomUUID, sign } from 'node:crypto';
import { expect } from 'vitest';
import { sendJson } from '../support/fhir-server.js';
import { ISSUER, PUBLIC_URL, type SigningKey } from '../support/production.js';
import { pathOf } from '../support/requests.js';
import { raw, type Answer } from '../support/service.js';
import {
  NOBODY_ASKED,
  markedRequest,
  postTo,
  refused,
  taken,
  type Attack,
  type Observation,
  type Send,
} from './attack.js';
import { MARK, issuerOf, type ClientName, type Target } from './targets.js';

const PATH = pathOf('patient-view');
const ENDPOINT = PUBLIC_URL + PATH;

type Members = Readonly<Record<string, unknown>>;
type Make = (to: Target) => string;
const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const seconds = (from = 0): number => Math.floor(Date.now() / 1000) + from;
const headerOf = (key: SigningKey, change: Members = {}): Members => ({
  alg: key.algorithm,
  kid: key.id,
  typ: 'JWT',
  ...change,
});
const claimsOf = (change: Members = {}): Members => ({
  iss: ISSUER,
  aud: ENDPOINT,
  iat: seconds(),
  exp: seconds(300),
  jti: `${MARK}-${randomUUID()}`,
  ...change,
});
/** Any header and claims, signed in truth; a library would refuse to make most of these. */
function forge(header: unknown, claims: unknown, key: SigningKey): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha384', Buffer.from(text), { key: KeyObject.from(key.private), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
const withHeader =
  (change: Members): Make =>
  ({ key }) =>
    forge(headerOf(key, change), claimsOf(), key);
const withClaims =
  (change: Members | ((to: Target) => Members)): Make =>
  (to) =>
    forge(headerOf(to.key), claimsOf(typeof change === 'function' ? change(to) : change), to.key);
const good = withClaims({});
/** A good token of another client, but for the change. */
const ofClient =
  (name: ClientName, claims: Members = {}, header: Members = {}): Make =>
  ({ second }) =>
    forge(headerOf(second, header), claimsOf({ iss: issuerOf(name), ...claims }), second);

/** Signed symmetrically with what everybody knows: the public key, as one may find it. */
const symmetric =
  (alg: 'HS256' | 'HS384', secretOf: (key: SigningKey) => string): Make =>
  ({ key }) => {
    const text = `${encode(headerOf(key, { alg }))}.${encode(claimsOf())}`;
    const signature = createHmac(`sha${alg.slice(2)}`, secretOf(key))
      .update(text)
      .digest('base64url');
    return `${text}.${signature}`;
  };
const asPem = ({ public: jwk }: SigningKey): string =>
  createPublicKey({ key: { ...jwk }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();
const headers = { 'content-type': 'application/json', 'user-agent': MARK };
const request = (): string => JSON.stringify(markedRequest('patient-view'));
/** Calls with these Authorization headers. */
const saying =
  (make: (to: Target) => string | string[] | undefined, path = PATH): Send =>
  async (to) => {
    const authorization = make(to);
    return raw(
      to.url + path,
      [...Object.entries(headers).flat(), ...[authorization ?? []].flat().flatMap((one) => ['authorization', one])],
      request(),
    );
  };
const bearing = (make: Make, path = PATH): Send => saying((to) => `Bearer ${make(to)}`, path);

const BARE = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] };
/** 401, of which the caller learns nothing; the reason stands in the log as a word. */
const denied = (refusal: string): Pick<Attack, 'status' | 'issue' | 'holds'> => ({
  ...refused(401, 'login'),
  holds: {
    that: `logged as "${refusal}"`,
    check: ({ json, headers: answered }: Answer, to: Target) => {
      expect([json, answered.get('www-authenticate')]).toEqual([BARE, 'Bearer']);
      expect(to.logs().trimEnd().split('\n').at(-1)).toContain(`"refusal":"${refusal}"`);
      NOBODY_ASKED.check({} as Answer, to);
    },
  },
});

/** One thing that is wrong with a token, and the word for it. */
const ALTERED: Readonly<Record<string, readonly [Make, string]>> = {
  '`alg` none': [withHeader({ alg: 'none' }), 'algorithm'],
  '`alg` none and no signature': [
    ({ key }) => `${encode(headerOf(key, { alg: 'none' }))}.${encode(claimsOf())}.`,
    'algorithm',
  ],
  '`alg` None': [withHeader({ alg: 'None' }), 'algorithm'],
  '`alg` missing': [withHeader({ alg: undefined }), 'algorithm'],
  'HS256 with the public key (PEM) as secret': [symmetric('HS256', asPem), 'algorithm'],
  'HS384 with the public key (PEM) as secret': [symmetric('HS384', asPem), 'algorithm'],
  'HS384 with the public key (JWK) as secret': [
    symmetric('HS384', ({ public: jwk }) => JSON.stringify(jwk)),
    'algorithm',
  ],
  '`alg` ES256, the key being for ES384': [withHeader({ alg: 'ES256' }), 'algorithm'],
  '`alg` RS384, the key being for ES384': [withHeader({ alg: 'RS384' }), 'key'],
  'signed by another key under the same `kid`': [
    ({ key, stranger }) => forge(headerOf(key), claimsOf(), stranger),
    'signature',
  ],
  'claims changed after signing': [
    (to) => {
      const [header = '', , signature = ''] = good(to).split('.');
      return [header, encode(claimsOf({ sub: MARK })), signature].join('.');
    },
    'signature',
  ],
  'header changed after signing': [
    (to) => {
      const [, claims = '', signature = ''] = good(to).split('.');
      return [encode(headerOf(to.key, { cty: 'JWT' })), claims, signature].join('.');
    },
    'signature',
  ],
  'signature cut off': [(to) => good(to).replace(/[^.]+$/, ''), 'signature'],
  'signature of zeros': [(to) => good(to).replace(/[^.]+$/, Buffer.alloc(96).toString('base64url')), 'signature'],
  '`typ` missing': [withHeader({ typ: undefined }), 'type'],
  '`typ` of another token': [withHeader({ typ: 'at+jwt' }), 'type'],
  '`crit` with what nobody knows': [withHeader({ crit: ['x-unknown'], 'x-unknown': 1 }), 'critical header'],
  '`crit` with `b64`': [withHeader({ crit: ['b64'], b64: false }), 'critical header'],
  '`crit` empty': [withHeader({ crit: [] }), 'critical header'],
  'its own key in `jwk`': [
    ({ stranger }) => forge(headerOf(stranger, { jwk: stranger.public }), claimsOf(), stranger),
    'embedded key',
  ],
  'its own certificate in `x5c`': [withHeader({ x5c: [MARK] }), 'embedded key'],
  'an address of its certificate in `x5u`': [(to) => withHeader({ x5u: to.trap.base })(to), 'embedded key'],
  '`kid` missing': [withHeader({ kid: undefined }), 'key'],
  '`kid` that is in no set': [withHeader({ kid: MARK }), 'key'],
  '`kid` that is a path': [withHeader({ kid: '../../../etc/passwd' }), 'key'],
  '`kid` that is an object': [withHeader({ kid: { toString: 'key-1' } }), 'key'],
  '`iss` missing': [withClaims({ iss: undefined }), 'issuer'],
  '`iss` of nobody': [withClaims({ iss: `https://${MARK}.example` }), 'issuer'],
  '`iss` with a slash too many': [withClaims({ iss: `${ISSUER}/` }), 'issuer'],
  '`aud` missing': [withClaims({ aud: undefined }), 'claim missing'],
  '`aud` of another service': [withClaims({ aud: PUBLIC_URL + pathOf('order-sign') }), 'audience'],
  '`aud` of the feedback of this service': [withClaims({ aud: `${ENDPOINT}/feedback` }), 'audience'],
  '`aud` with the host only': [withClaims({ aud: new URL(PUBLIC_URL).origin }), 'audience'],
  '`aud` with http for https': [withClaims({ aud: ENDPOINT.replace('https:', 'http:') }), 'audience'],
  '`aud` with a query behind it': [withClaims({ aud: `${ENDPOINT}?x=1` }), 'audience'],
  '`aud` with the address that was called': [withClaims(({ url }) => ({ aud: url + PATH })), 'audience'],
  '`aud` as an empty list': [withClaims({ aud: [] }), 'audience'],
  '`aud` as a number': [withClaims({ aud: 1 }), 'claim malformed'],
  '`exp` missing': [withClaims({ exp: undefined }), 'claim missing'],
  '`exp` five minutes ago': [withClaims({ iat: seconds(-600), exp: seconds(-300) }), 'expired'],
  '`exp` as text': [withClaims({ exp: String(seconds(300)) }), 'claim malformed'],
  '`iat` missing': [withClaims({ iat: undefined }), 'claim missing'],
  '`iat` in an hour': [withClaims({ iat: seconds(3600), exp: seconds(3900) }), 'not yet valid'],
  '`iat` as text': [withClaims({ iat: String(seconds()) }), 'claim malformed'],
  'made two hours ago, to live for a day': [withClaims({ iat: seconds(-7200), exp: seconds(79_200) }), 'too old'],
  '`nbf` in an hour': [withClaims({ nbf: seconds(3600) }), 'not yet valid'],
  '`jti` missing': [withClaims({ jti: undefined }), 'claim missing'],
  '`jti` empty': [withClaims({ jti: '' }), 'claim malformed'],
  '`jti` of 256 characters': [withClaims({ jti: MARK.padEnd(256, 'x') }), 'claim malformed'],
  '`aud` twice, the last one wrong': [
    ({ key }) =>
      forge(headerOf(key), JSON.stringify(claimsOf()).replace(/\}$/, ',"aud":"https://other.example"}'), key),
    'audience',
  ],
};
/** Of nobody, and of a token that nobody can read, the demo says nothing: it lets unsigned calls in. */
const NOBODYS = ['issuer'];

/** What is no token of anybody: production only. */
const UNREADABLE: Readonly<Record<string, readonly [number, (to: Target) => string | string[] | undefined, string]>> = {
  'no token': [51, () => undefined, 'no token'],
  'the scheme Basic': [51, () => `Basic ${encode(`user:${MARK}`)}`, 'not a bearer token'],
  'a good token without a scheme': [51, good, 'not a bearer token'],
  'the scheme alone': [51, () => 'Bearer', 'not a bearer token'],
  'a text that is no token': [52, () => `Bearer ${MARK}`, 'not a bearer token'],
  'three parts that are no JSON': [52, () => `Bearer ${[MARK, MARK, MARK].map(encode).join('.')}`, 'unreadable token'],
  'an encrypted token': [52, (to) => `Bearer ${good(to)}.x.y`, 'not a bearer token'],
  'a token within a token': [
    52,
    (to) => `Bearer ${forge(headerOf(to.key, { cty: 'JWT' }), good(to), to.key)}`,
    'unreadable token',
  ],
  '`Bearer` twice': [55, (to) => `Bearer Bearer ${good(to)}`, 'not a bearer token'],
  'two tokens in one header': [55, (to) => `Bearer ${good(to)}, Bearer ${good(to)}`, 'not a bearer token'],
  'two `Authorization` headers, both good': [
    55,
    (to) => [`Bearer ${good(to)}`, `Bearer ${good(to)}`],
    'not a bearer token',
  ],
};

const OF_OTHERS: Readonly<Record<string, readonly [Make, string]>> = {
  'a client that is suspended': [ofClient('suspended'), 'suspended'],
  'no `tenant`, where the registry has one': [ofClient('practice'), 'tenant'],
  'another `tenant`': [ofClient('practice', { tenant: 'practice-2' }), 'tenant'],
  'no `sub`, where the registry has one': [ofClient('app'), 'subject'],
  'another `sub`': [ofClient('app', { sub: 'app-2' }), 'subject'],
};

const GOOD: Readonly<Record<string, Make>> = {
  'a good token, signed with ES384': good,
  'a good token, signed with RS384 by a key whose `kid` has odd characters': ofClient('plain'),
  '`aud` with a slash at its end': withClaims({ aud: `${ENDPOINT}/` }),
  '`aud` as a list that has the right one': withClaims({ aud: ['https://other.example', ENDPOINT] }),
  'the `tenant` of the registry': ofClient('practice', { tenant: 'practice-1' }),
  'the `sub` of the registry': ofClient('app', { sub: 'app-1' }),
  '`aud` twice, the last one right': ({ key }) =>
    forge(headerOf(key), JSON.stringify(claimsOf()).replace('{', '{"aud":"https://other.example",'), key),
  'ten seconds over, within the skew of clocks': withClaims({ iat: seconds(-300), exp: seconds(-10) }),
};

const replayed: Send = async (to) => {
  const token = good(to);
  expect((await bearing(() => token)(to)).status).toBe(200);
  return bearing(() => token)(to);
};
const FORGED_HOST: Send = (to) => {
  const aud = `https://evil.example${PATH}`;
  const authorization = `Bearer ${withClaims({ aud })(to)}`;
  const host = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  return raw(to.url + PATH, { ...headers, ...host, authorization }, request());
};

const RETRY: Observation = {
  that: '`Retry-After`',
  check: ({ headers: answered }) => expect(answered.get('retry-after')).toMatch(/^\d+$/),
};
/** The keys are known; then their host goes down. */
const keysKnown =
  (then: Send): Send =>
  async (to) => {
    expect((await bearing(ofClient('vendor'))(to)).status).toBe(200);
    to.keys.answers = (_, response) => sendJson(response, {}, 500);
    return then(to);
  };

const inDemo = { only: 'demo' } as const;
const inProduction = { only: 'production' } as const;

export const TRUST: readonly Attack[] = [
  ...Object.entries(UNREADABLE).map(([attack, [row, make, refusal]]) => ({
    row,
    attack,
    send: saying(make),
    ...denied(refusal),
    ...inProduction,
  })),
  ...[`${PATH}/feedback`, '/explain/plexus-patient-view', `/cds-services/${MARK}`].map((path) => ({
    row: 51,
    attack: `no token for ${path.replace(MARK, 'a service that does not exist')}`,
    send: saying(() => undefined, path),
    ...denied('no token'),
    ...inProduction,
  })),
  { row: 51, attack: 'no token, in a demonstration', send: saying(() => undefined), ...taken, ...inDemo },
  { row: 51, attack: 'a text that is no token, in a demonstration', send: bearing(() => MARK), ...taken, ...inDemo },
  ...Object.entries(ALTERED).map(([attack, [make, refusal]]) => ({
    row: 52,
    attack,
    send: bearing(make),
    ...denied(refusal),
    ...(NOBODYS.includes(refusal) && inProduction),
  })),
  {
    row: 52,
    attack: '`iss` of nobody, in a demonstration',
    send: bearing(withClaims({ iss: MARK })),
    ...taken,
    ...inDemo,
  },
  ...Object.entries(OF_OTHERS).map(([attack, [make, refusal]]) => ({
    row: 52,
    attack,
    send: bearing(make),
    ...denied(refusal),
    ...inProduction,
  })),
  { row: 52, attack: 'the same token twice', send: replayed, ...denied('replayed') },
  {
    row: 52,
    attack: '`aud` of a host that `Host` and `X-Forwarded-*` name too',
    send: FORGED_HOST,
    ...denied('audience'),
  },
  ...Object.entries(GOOD).map(([attack, make]) => ({
    row: 52,
    attack,
    send: bearing(make),
    ...taken,
    ...inProduction,
  })),
  {
    row: 53,
    attack: '`jku` of a stranger, in a token of a client whose keys stand in the registry',
    send: bearing((to) => withHeader({ jku: to.trap.base })(to)),
    ...denied('key address'),
  },
  {
    row: 53,
    attack: '`jku` of a stranger, in a token of a client whose keys are fetched',
    send: bearing((to) => ofClient('vendor', {}, { jku: to.trap.base })(to)),
    ...denied('key address'),
    ...inProduction,
  },
  {
    row: 53,
    attack: '`jku` that begins like the registered one',
    send: bearing((to) => ofClient('vendor', {}, { jku: `${to.keys.base}.example` })(to)),
    ...denied('key address'),
    ...inProduction,
  },
  {
    row: 53,
    attack: '`jku` as it is registered',
    send: bearing((to) => ofClient('vendor', {}, { jku: to.keys.base })(to)),
    ...taken,
    ...inProduction,
  },
  {
    row: 54,
    attack: 'the keys of a client were never in reach',
    send: bearing(ofClient('away')),
    ...refused(503, 'transient'),
    ...inProduction,
    holds: RETRY,
  },
  {
    row: 54,
    attack: 'the host of the keys is down, the key is known',
    send: keysKnown(bearing(ofClient('vendor'))),
    ...taken,
    ...inProduction,
  },
  {
    row: 54,
    attack: 'the host of the keys is down, a key that nobody knows',
    send: keysKnown(bearing(ofClient('vendor', {}, { kid: MARK }))),
    ...denied('key'),
    ...inProduction,
  },
  {
    row: 55,
    attack: 'a token of 64 kB',
    send: bearing(withClaims({ remark: MARK.repeat(2_000) })),
    ...refused(431, 'too-long'),
  },
  {
    row: 56,
    attack: 'a service that the client may not call',
    send: postTo(PATH, markedRequest('patient-view'), { client: 'narrow' }),
    ...refused(403, 'forbidden'),
    ...inProduction,
  },
  {
    row: 56,
    attack: 'a service that the client may call',
    send: postTo(pathOf('order-sign'), markedRequest('order-sign'), { client: 'narrow' }),
    ...taken,
    ...inProduction,
  },
];
