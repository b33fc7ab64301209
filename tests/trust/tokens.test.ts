/**
 * Who may call in production mode, as real calls: rows 51 to 56 of the table of hostile input, each way to alter a token by itself, and the
 * times of a token just below, at and just above their bounds.
 */
import { KeyObject, createHmac, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ISSUER,
  PUBLIC_URL,
  makeKey,
  startProduction,
  type ProductionService,
  type SigningKey,
} from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, raw, send, type Answer } from '../support/service.js';

const START = Date.UTC(2026, 10, 21, 9);
const PATH = pathOf('patient-view');
const BEHIND_PROXY = 'https://proxy.example.net/cds';
let now = START;
let service: ProductionService;
let stranger: SigningKey;
let rsa: SigningKey;
let shortKey: SigningKey;

beforeAll(async () => {
  [stranger, rsa, shortKey] = await Promise.all([makeKey(), makeKey('Rs+/384==', 'RS384'), makeKey('p256', 'ES256')]);
  const keysOf = (...keys: readonly SigningKey[]) => ({ keys: keys.map((key) => key.public) });
  service = await startProduction(
    {},
    {
      now: () => now,
      clients: [
        { id: 'gone', status: 'suspended', token: { issuer: 'https://gone.example', keys: keysOf(rsa) } },
        {
          id: 'narrow',
          services: ['plexus-order-sign'],
          token: { issuer: 'https://narrow.example', keys: keysOf(rsa), audiences: [`${BEHIND_PROXY}/`] },
        },
        {
          id: 'p256',
          token: { issuer: 'https://p256.example', keys: keysOf(shortKey), algorithms: ['ES256'] },
        },
        ...['utrecht', 'leiden'].map((tenant) => ({
          id: tenant,
          tenant,
          token: { issuer: 'https://vendor.example', keys: keysOf(rsa), subject: `app-${tenant}` },
        })),
      ],
    },
  );
});
afterAll(() => service.close());
beforeEach(() => {
  now = START;
});

type Members = Readonly<Record<string, unknown>>;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const headerOf = (key: SigningKey, change: Members = {}): Members => ({
  alg: key.algorithm,
  kid: key.id,
  typ: 'JWT',
  ...change,
});
const claimsOf = (change: Members = {}): Members => {
  const issued = Math.floor(now / 1000);
  const aud = PUBLIC_URL + PATH;
  return { iss: ISSUER, aud, iat: issued, exp: issued + 300, jti: randomUUID(), ...change };
};
/** A token of any header and claims, signed in truth; a library would refuse to make most of these. */
function forge(header: Members, claims: Members, key: SigningKey = service.key): string {
  const text = `${encode(header)}.${encode(claims)}`;
  const signature = sign('sha384', Buffer.from(text), { key: KeyObject.from(key.private), dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}
const withClaims = (change: Members): string => forge(headerOf(service.key), claimsOf(change));
const vendor = (change: Members): string =>
  forge(headerOf(rsa), claimsOf({ iss: 'https://vendor.example', ...change }), rsa);
const withHeader = (change: Members): string => forge(headerOf(service.key, change), claimsOf());

const call = (token?: string, path = PATH): Promise<Answer> =>
  post(service.url + path, requestFor('patient-view'), token === undefined ? {} : { authorization: `Bearer ${token}` });
/** What the last call left in the log. */
const logged = (): { refusal?: string; client?: string } =>
  JSON.parse(service.logs().trimEnd().split('\n').at(-1) ?? '{}') as { refusal?: string };
const BARE = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'login' }] };

async function expectRefused(token: string | undefined, refusal: string): Promise<void> {
  const answer = await call(token);
  expect([answer.status, answer.headers.get('www-authenticate'), answer.json]).toEqual([401, 'Bearer', BARE]);
  expect(logged().refusal).toBe(refusal);
}
const statusOf = async (token: string, path?: string): Promise<number> => (await call(token, path)).status;

describe('a call that a registered client signed', () => {
  test('is answered', async () => {
    expect(await statusOf(withClaims({}))).toBe(200);
    expect(logged()).toMatchObject({ client: 'ehr' });
  });

  test('says its scheme in any case', async () => {
    const authorization = `bEaReR ${withClaims({})}`;
    expect((await post(service.url + PATH, requestFor('patient-view'), { authorization })).status).toBe(200);
  });

  test.each(['', '/'])(
    'is for our public URL, whatever host it came in by; as one or among several, with %j at its end',
    async (end) => {
      expect(await statusOf(withClaims({ aud: PUBLIC_URL + PATH + end }))).toBe(200);
      expect(await statusOf(withClaims({ aud: ['https://other.example', PUBLIC_URL + PATH + end] }))).toBe(200);
    },
  );

  test('may be signed by ES256 where its entry says so, and by nothing else then', async () => {
    const claims = (): Members => claimsOf({ iss: 'https://p256.example' });
    const signed = `${encode(headerOf(shortKey))}.${encode(claims())}`;
    const signature = sign('sha256', Buffer.from(signed), {
      key: KeyObject.from(shortKey.private),
      dsaEncoding: 'ieee-p1363',
    });
    expect(await statusOf(`${signed}.${signature.toString('base64url')}`)).toBe(200);
    await expectRefused(forge(headerOf(shortKey, { alg: 'ES384' }), claims(), shortKey), 'algorithm');
  });

  test('of which the reason of refusal is counted, and nothing of the token is logged', async () => {
    const token = withClaims({ aud: 'https://other.example', jti: 'canary-jti' });
    await expectRefused(token, 'audience');
    const metrics = await send(`${service.url}/metrics`);
    expect(metrics.text).toMatch(/plexus_refused_calls_total\{reason="audience"\} \d+/);
    for (const part of [...token.split('.'), 'canary-jti']) expect(service.logs() + metrics.text).not.toContain(part);
  });
});

describe('row 51: no Authorization', () => {
  test.each([PATH, `${PATH}/feedback`, '/cds-services/no-such-service'])(
    '%s: 401 and the scheme to use',
    async (path) => {
      const { status, headers, json } = await call(undefined, path);
      expect([status, headers.get('www-authenticate'), json]).toEqual([401, 'Bearer', BARE]);
      expect(logged().refusal).toBe('no token');
    },
  );

  test('an unknown service is only unknown to who may call', async () => {
    const path = '/cds-services/no-such-service';
    expect(await statusOf(withClaims({ aud: PUBLIC_URL + path }), path)).toBe(404);
  });

  test('the body is not read before: neither its type nor its length is looked at', async () => {
    const answer = await raw(service.url + PATH, { 'content-type': 'text/plain' }, 'x'.repeat(100));
    expect(answer.status).toBe(401);
  });
});

describe('row 52: a token that is altered', () => {
  test.each<readonly [string, string, () => string]>([
    [
      'bad signature: of another key under our kid',
      'signature',
      () => forge(headerOf(service.key), claimsOf(), stranger),
    ],
    [
      'bad signature: claims changed after signing',
      'signature',
      () => {
        const [header, , signature] = withClaims({}).split('.');
        return [header, encode(claimsOf({ sub: 'somebody' })), signature].join('.');
      },
    ],
    ['no signature', 'signature', () => withClaims({}).replace(/[^.]+$/, '')],
    ['aud of another service', 'audience', () => withClaims({ aud: PUBLIC_URL + pathOf('order-sign') })],
    ['aud of the feedback of this service', 'audience', () => withClaims({ aud: `${PUBLIC_URL}${PATH}/feedback` })],
    ['aud of the host only', 'audience', () => withClaims({ aud: new URL(PUBLIC_URL).origin })],
    [
      'aud of the address that was called instead of the public one',
      'audience',
      () => withClaims({ aud: service.url + PATH }),
    ],
    ['aud that only begins like ours', 'audience', () => withClaims({ aud: `${PUBLIC_URL}${PATH}?x=1` })],
    ['aud empty', 'claim malformed', () => withClaims({ aud: [''] })],
    ['aud none', 'audience', () => withClaims({ aud: [] })],
    ['unknown iss', 'issuer', () => withClaims({ iss: 'https://stranger.example' })],
    ['iss with a slash that the registry does not have', 'issuer', () => withClaims({ iss: `${ISSUER}/` })],
    ['unknown kid', 'key', () => withHeader({ kid: 'key-2' })],
    ['kid missing', 'key', () => withHeader({ kid: undefined })],
    ['kid no string', 'key', () => withHeader({ kid: { toString: 'key-1' } })],
    ['alg none', 'algorithm', () => withHeader({ alg: 'none' })],
    [
      'alg none without a signature',
      'algorithm',
      () => `${encode(headerOf(service.key, { alg: 'none' }))}.${encode(claimsOf())}.`,
    ],
    ['alg None', 'algorithm', () => withHeader({ alg: 'None' })],
    ['alg missing', 'algorithm', () => withHeader({ alg: undefined })],
    [
      'alg HS384 with the public key as secret',
      'algorithm',
      () => {
        const text = `${encode(headerOf(service.key, { alg: 'HS384' }))}.${encode(claimsOf())}`;
        const secret = JSON.stringify(service.key.public);
        return `${text}.${createHmac('sha384', secret).update(text).digest('base64url')}`;
      },
    ],
    ['alg RS384 with a key for ES384', 'key', () => withHeader({ alg: 'RS384' })],
    ['alg that the entry does not list', 'algorithm', () => withHeader({ alg: 'RS256' })],
    ['typ missing', 'type', () => withHeader({ typ: undefined })],
    ['typ of another kind', 'type', () => withHeader({ typ: 'at+jwt' })],
    ['crit unknown', 'critical header', () => withHeader({ crit: ['urn:x'], 'urn:x': true })],
    ['crit empty', 'critical header', () => withHeader({ crit: [] })],
    [
      'embedded jwk',
      'embedded key',
      () => forge(headerOf(service.key, { jwk: stranger.public }), claimsOf(), stranger),
    ],
    ['embedded x5c', 'embedded key', () => withHeader({ x5c: ['MIIB'] })],
    ['embedded x5u', 'embedded key', () => withHeader({ x5u: 'https://stranger.example/cert' })],
    ...(['aud', 'exp', 'iat', 'jti'] as const).map((claim): readonly [string, string, () => string] => [
      `${claim} missing`,
      'claim missing',
      () => withClaims({ [claim]: undefined }),
    ]),
    ['iss missing', 'issuer', () => withClaims({ iss: undefined })],
    ['exp as text', 'claim malformed', () => withClaims({ exp: String(START / 1000 + 300) })],
    ['iat null', 'claim malformed', () => withClaims({ iat: null })],
    ['nbf as text', 'claim malformed', () => withClaims({ nbf: 'now' })],
    ['jti a number', 'claim malformed', () => withClaims({ jti: 7 })],
    ['jti empty', 'claim malformed', () => withClaims({ jti: '' })],
    ['jti of 256 characters', 'claim malformed', () => withClaims({ jti: 'j'.repeat(256) })],
    ['claims that are no object', 'unreadable token', () => forge(headerOf(service.key), [] as unknown as Members)],
    ['header that is no JSON', 'unreadable token', () => withClaims({}).replace(/^[^.]+/, 'e30x')],
    ['four parts', 'not a bearer token', () => `${withClaims({})}.x`],
    ['five parts, as an encrypted token has', 'not a bearer token', () => 'a.b.c.d.e'],
    ['text that is no token', 'not a bearer token', () => '%00'],
  ])('%s', async (_, refusal, make) => {
    await expectRefused(make(), refusal);
  });

  test('jti of 255 characters is taken', async () => {
    expect(await statusOf(withClaims({ jti: 'j'.repeat(255) }))).toBe(200);
  });

  test('a suspended client is refused, however good its token', async () => {
    await expectRefused(forge(headerOf(rsa), claimsOf({ iss: 'https://gone.example' }), rsa), 'suspended');
    expect(logged().client).toBe('gone');
  });
});

describe('row 52: replayed jti', () => {
  test('a token opens one call; also when both come at once', async () => {
    const token = withClaims({});
    const statuses = await Promise.all([statusOf(token), statusOf(token)]);
    expect(statuses.sort()).toEqual([200, 401]);
    await expectRefused(token, 'replayed');
  });

  test('the id of a token is not free again in another token', async () => {
    expect(await statusOf(withClaims({ jti: 'one' }))).toBe(200);
    await expectRefused(withClaims({ jti: 'one', exp: START / 1000 + 900 }), 'replayed');
  });

  test('a token that was refused for something else is not used up', async () => {
    await expectRefused(withClaims({ jti: 'kept', aud: 'https://other.example' }), 'audience');
    expect(await statusOf(withClaims({ jti: 'kept' }))).toBe(200);
  });

  test('two issuers may give the same id', async () => {
    expect(await statusOf(withClaims({ jti: 'same' }))).toBe(200);
    expect(await statusOf(vendor({ jti: 'same', tenant: 'leiden', sub: 'app-leiden' }))).toBe(200);
  });

  test('is remembered until it could open nothing anyway', async () => {
    const token = withClaims({ exp: START / 1000 + 300 });
    expect(await statusOf(token)).toBe(200);
    now = START + 359_999;
    await expectRefused(token, 'replayed');
    now = START + 360_000;
    await expectRefused(token, 'expired');
  });
});

describe('the times of a token, with a minute for clocks that differ', () => {
  const at = START / 1000;
  test.each<readonly [string, Members, string | undefined]>([
    ['exp 59 seconds ago', { iat: at - 300, exp: at - 59 }, undefined],
    ['exp 60 seconds ago', { iat: at - 300, exp: at - 60 }, 'expired'],
    ['exp 61 seconds ago', { iat: at - 300, exp: at - 61 }, 'expired'],
    ['iat in 59 seconds', { iat: at + 59 }, undefined],
    ['iat in 60 seconds', { iat: at + 60 }, undefined],
    ['iat in 61 seconds', { iat: at + 61 }, 'not yet valid'],
    ['nbf in 59 seconds', { nbf: at + 59 }, undefined],
    ['nbf in 60 seconds', { nbf: at + 60 }, undefined],
    ['nbf in 61 seconds', { nbf: at + 61 }, 'not yet valid'],
    ['iat an hour and 59 seconds ago, exp in a day', { iat: at - 3659, exp: at + 86_400 }, undefined],
    ['iat an hour and 60 seconds ago, exp in a day', { iat: at - 3660, exp: at + 86_400 }, undefined],
    ['iat an hour and 61 seconds ago, exp in a day', { iat: at - 3661, exp: at + 86_400 }, 'too old'],
    ['exp beyond what a number can say', { exp: 1e308 }, undefined],
  ])('%s', async (_, claims, refusal) => {
    const token = withClaims(claims);
    if (refusal !== undefined) await expectRefused(token, refusal);
    else expect(await statusOf(token)).toBe(200);
  });

  test('a token that lives on after its hour is remembered for all of it', async () => {
    const token = withClaims({ exp: at + 86_400 });
    expect(await statusOf(token)).toBe(200);
    now = START + 3_660_999;
    await expectRefused(token, 'replayed');
    now = START + 3_661_000;
    await expectRefused(token, 'too old');
  });
});

describe('row 55: more than one Authorization', () => {
  const rawCall = (authorization: string | readonly string[]) =>
    raw(
      service.url + PATH,
      { 'content-type': 'application/json', authorization: authorization as string },
      JSON.stringify(requestFor('patient-view')),
    );

  test('two headers are refused, although each is good', async () => {
    const { status } = await rawCall([`Bearer ${withClaims({})}`, `Bearer ${withClaims({})}`]);
    expect([status, logged().refusal]).toEqual([401, 'not a bearer token']);
  });

  test.each([
    ['Bearer twice', () => `Bearer Bearer ${withClaims({})}`],
    ['two tokens in one header', () => `Bearer ${withClaims({})}, Bearer ${withClaims({})}`],
    ['another scheme', () => `Basic ${Buffer.from('user:password').toString('base64')}`],
    ['no scheme', () => withClaims({})],
    ['no token', () => 'Bearer'],
  ])('%s', async (_, authorization) => {
    const { status } = await rawCall(authorization());
    expect([status, logged().refusal]).toEqual([401, 'not a bearer token']);
  });

  test('64 kB of token', async () => {
    expect((await rawCall(`Bearer ${withClaims({ long: 'x'.repeat(65_536) })}`)).status).toBe(431);
  });

  test('10 kB of token, which still fit, are read like any other', async () => {
    expect(await statusOf(withClaims({ long: 'x'.repeat(7500) }))).toBe(200);
  });
});

describe('row 56: authenticated but not allowed for this service or tenant', () => {
  const narrow = (path: string, base = PUBLIC_URL): string =>
    forge(headerOf(rsa), claimsOf({ iss: 'https://narrow.example', aud: base + path }), rsa);

  test.each([PATH, `${PATH}/feedback`])(
    'a service that is not its own: %s is forbidden, and the call is nevertheless known',
    async (path) => {
      const { status, json } = await call(narrow(path), path);
      expect([status, (json as typeof BARE).issue[0]!.code]).toEqual([403, 'forbidden']);
      expect(logged()).toMatchObject({ client: 'narrow' });
    },
  );

  test('its own service is answered, by the name that a proxy gives it too', async () => {
    const path = pathOf('order-sign');
    const ask = (token: string) =>
      post(service.url + path, requestFor('order-sign'), { authorization: `Bearer ${token}` });
    expect((await ask(narrow(path))).status).toBe(200);
    expect((await ask(narrow(path, BEHIND_PROXY))).status).toBe(200);
  });

  test.each(['utrecht', 'leiden'])('a token says whose it is: %s', async (tenant) => {
    expect(await statusOf(vendor({ tenant, sub: `app-${tenant}` }))).toBe(200);
    expect(logged()).toMatchObject({ client: tenant });
  });

  test.each<readonly [string, Members, string]>([
    ['subject unknown', { tenant: 'utrecht', sub: 'app-delft' }, 'subject'],
    ['subject missing', { tenant: 'utrecht' }, 'subject'],
    ['tenant of another subject', { tenant: 'leiden', sub: 'app-utrecht' }, 'tenant'],
    ['tenant missing', { sub: 'app-utrecht' }, 'tenant'],
    ['tenant in a list', { tenant: ['utrecht'], sub: 'app-utrecht' }, 'tenant'],
  ])('%s', async (_, claims, refusal) => {
    await expectRefused(vendor(claims), refusal);
  });
});
