/** What can be wrong with a token, one thing at a time, and the word that is logged for it. */
import { ISSUER, PUBLIC_URL } from '../support/production.js';
import { pathOf } from '../support/requests.js';
import {
  ENDPOINT,
  PATH,
  asPem,
  claimsOf,
  encode,
  forge,
  good,
  headerOf,
  ofClient,
  seconds,
  symmetric,
  withClaims,
  withHeader,
  type Make,
} from './forge.js';
import { MARK, type Target } from './targets.js';

/** One thing that is wrong with a token, and the word for it. */
export const ALTERED: Readonly<Record<string, readonly [Make, string]>> = {
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
  '`alg` RS256, which the registry does not name': [withHeader({ alg: 'RS256' }), 'algorithm'],
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
  '`aud` as a list of nothing': [withClaims({ aud: [''] }), 'claim malformed'],
  '`aud` as a number': [withClaims({ aud: 1 }), 'claim malformed'],
  '`exp` missing': [withClaims({ exp: undefined }), 'claim missing'],
  '`exp` five minutes ago': [withClaims(() => ({ iat: seconds(-600), exp: seconds(-300) })), 'expired'],
  '`exp` as text': [withClaims(() => ({ exp: String(seconds(300)) })), 'claim malformed'],
  '`iat` missing': [withClaims({ iat: undefined }), 'claim missing'],
  '`iat` in an hour': [withClaims(() => ({ iat: seconds(3600), exp: seconds(3900) })), 'not yet valid'],
  '`iat` as text': [withClaims(() => ({ iat: String(seconds()) })), 'claim malformed'],
  '`iat` null': [withClaims({ iat: null }), 'claim malformed'],
  'made two hours ago, to live for a day': [
    withClaims(() => ({ iat: seconds(-7200), exp: seconds(79_200) })),
    'too old',
  ],
  '`nbf` in an hour': [withClaims(() => ({ nbf: seconds(3600) })), 'not yet valid'],
  '`nbf` as text': [withClaims({ nbf: 'now' }), 'claim malformed'],
  '`jti` missing': [withClaims({ jti: undefined }), 'claim missing'],
  '`jti` as a number': [withClaims({ jti: 7 }), 'claim malformed'],
  '`jti` empty': [withClaims({ jti: '' }), 'claim malformed'],
  '`jti` of 256 characters': [withClaims({ jti: MARK.padEnd(256, 'x') }), 'claim malformed'],
  '`tenant` as a number': [withClaims({ tenant: 7 }), 'claim malformed'],
  '`tenant` empty': [withClaims({ tenant: '' }), 'claim malformed'],
  '`tenant` of 256 characters': [withClaims({ tenant: MARK.padEnd(256, 'x') }), 'claim malformed'],
  '`aud` twice, the last one wrong': [
    ({ key }) =>
      forge(headerOf(key), JSON.stringify(claimsOf()).replace(/\}$/, ',"aud":"https://other.example"}'), key),
    'audience',
  ],
};
/** Of nobody, and of a token that nobody can read, the demo says nothing: it lets unsigned calls in. */
export const NOBODYS = ['issuer'];

/** What is no token of anybody: production only. */
export const UNREADABLE: Readonly<
  Record<string, readonly [number, (to: Target) => string | readonly string[], string]>
> = {
  'no token': [51, () => [], 'no token'],
  'the scheme Basic': [51, () => `Basic ${encode(`user:${MARK}`)}`, 'not a bearer token'],
  'a good token without a scheme': [51, good, 'not a bearer token'],
  'the scheme alone': [51, () => 'Bearer', 'not a bearer token'],
  'a text that is no token': [52, () => `Bearer ${MARK}`, 'not a bearer token'],
  'three parts that are no JSON': [52, () => `Bearer ${[MARK, MARK, MARK].map(encode).join('.')}`, 'unreadable token'],
  'claims that are a list': [52, (to) => `Bearer ${forge(headerOf(to.key), [], to.key)}`, 'unreadable token'],
  'a header that is no JSON': [52, (to) => `Bearer ${good(to).replace(/^[^.]+/, 'e30x')}`, 'unreadable token'],
  'four parts': [52, (to) => `Bearer ${good(to)}.x`, 'not a bearer token'],
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

export const OF_OTHERS: Readonly<Record<string, readonly [Make, string]>> = {
  'a client that is suspended': [ofClient('suspended'), 'suspended'],
  'no `tenant`, where the registry has one': [ofClient('practice'), 'tenant'],
  'another `tenant`': [ofClient('practice', { tenant: 'practice-2' }), 'tenant'],
  'the `tenant` within a list': [ofClient('practice', { tenant: ['practice-1'] }), 'tenant'],
  'no `sub`, where the registry has one': [ofClient('app'), 'subject'],
  'another `sub`': [ofClient('app', { sub: 'app-2' }), 'subject'],
};

export const GOOD: Readonly<Record<string, Make>> = {
  'a good token, signed with ES384': good,
  'a good token, signed with RS384 by a key whose `kid` has odd characters': ofClient('plain'),
  '`aud` with a slash at its end': withClaims({ aud: `${ENDPOINT}/` }),
  '`aud` as a list that has the right one': withClaims({ aud: ['https://other.example', ENDPOINT] }),
  'the `tenant` of the registry': ofClient('practice', { tenant: 'practice-1' }),
  'the `sub` of the registry': ofClient('app', { sub: 'app-1' }),
  '`aud` twice, the last one right': ({ key }) =>
    forge(headerOf(key), JSON.stringify(claimsOf()).replace('{', '{"aud":"https://other.example",'), key),
  'ten seconds over, within the skew of clocks': withClaims(() => ({ iat: seconds(-300), exp: seconds(-10) })),
};
