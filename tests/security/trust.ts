/** Rows 51 to 56: calls that nobody signed, tokens that are altered in one thing, keys that cannot be had, and callers who are refused too often. */
import { expect } from 'vitest';
import { REFUSALS_PER_MINUTE } from '../../src/http/limits.js';
import { sendJson } from '../support/fhir-server.js';
import { pathOf } from '../support/requests.js';
import { raw, type Answer } from '../support/service.js';
import { markedRequest, postTo, refused, taken, type Attack, type Observation, type Send } from './attack.js';
import { ALTERED, GOOD, NOBODYS, OF_OTHERS, UNREADABLE } from './altered-tokens.js';
import { PATH, good, ofClient, withClaims, withHeader, type Make } from './forge.js';
import { MARK, type Target } from './targets.js';

let callers = 0;
/** Each call comes from an address of its own: of one that is refused too often no more is judged. */
const headers = () => {
  callers += 1;
  const address = `198.51.${Math.floor(callers / 250)}.${(callers % 250) + 1}`;
  return { 'content-type': 'application/json', 'user-agent': MARK, 'x-forwarded-for': address };
};
const request = (): string => JSON.stringify(markedRequest('patient-view'));
/** Calls with these Authorization headers. */
const saying =
  (make: (to: Target) => string | readonly string[], path = PATH): Send =>
  (to) => {
    const authorizations = [make(to)].flat().map((value) => ['authorization', value]);
    return raw(to.url + path, [...Object.entries(headers()), ...authorizations].flat(), request());
  };
const bearing = (make: Make, path = PATH): Send => saying((to) => `Bearer ${make(to)}`, path);

const BARE = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] };
/** 401, of which the caller learns nothing; the reason stands in the log as a word. */
const denied = (refusal: string): Pick<Attack, 'status' | 'issue' | 'holds'> => ({
  ...refused(401, 'login'),
  holds: {
    that: `logged as "${refusal}"`,
    check: ({ json, headers: answered }: Answer, to: Target) => {
      expect(to.trap.asked).toEqual([]);
      expect([json, answered.get('www-authenticate')]).toEqual([BARE, 'Bearer']);
      expect(to.logs().trimEnd().split('\n').at(-1)).toContain(`"refusal":"${refusal}"`);
    },
  },
});

const replayed: Send = async (to) => {
  const token = good(to);
  expect((await bearing(() => token)(to)).status).toBe(200);
  return bearing(() => token)(to);
};
const FORGED_HOST: Send = (to) => {
  const aud = `https://evil.example${PATH}`;
  const authorization = `Bearer ${withClaims({ aud })(to)}`;
  const host = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  return raw(to.url + PATH, { ...headers(), ...host, authorization }, request());
};

/** As many refusals in a minute as are told apart, and one more, all from one address. */
const oftenRefused: Send = async (to) => {
  const address = '203.0.113.1';
  const ask = () =>
    raw(to.url + PATH, { 'x-forwarded-for': address, authorization: `Bearer ${withHeader({ kid: MARK })(to)}` }, '');
  for (let count = 0; count < REFUSALS_PER_MINUTE; count++) expect((await ask()).status).toBe(401);
  return ask();
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
    send: saying(() => [], path),
    ...denied('no token'),
    ...inProduction,
  })),
  { row: 51, attack: 'no token, in a demonstration', send: saying(() => []), ...taken, ...inDemo },
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
    row: 57,
    attack: 'wrong tokens from one address, one more than are told apart in a minute',
    send: oftenRefused,
    ...refused(429, 'throttled'),
    holds: RETRY,
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
