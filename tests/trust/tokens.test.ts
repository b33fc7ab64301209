/**
 * Who may call in production mode, as real calls: what a token may be, its id and its times just below, at and just above their bounds, several clients of
 * one issuer. Tokens that are altered in one thing stand with the other attacks in `tests/security`.
 */
import { KeyObject, randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  ISSUER,
  PUBLIC_URL,
  makeKey,
  startProduction,
  type ProductionService,
  type SigningKey,
} from '../support/production.js';
import { encode, forge, headerOf } from '../security/forge.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, raw, send, type Answer } from '../support/service.js';

const START = Date.UTC(2026, 10, 21, 9);
const PATH = pathOf('patient-view');
const BEHIND_PROXY = 'https://proxy.example.net/cds';
let now = START;
let service: ProductionService;
let rsa: SigningKey;
let shortKey: SigningKey;

beforeAll(async () => {
  [rsa, shortKey] = await Promise.all([makeKey('Rs+/384==', 'RS384'), makeKey('p256', 'ES256')]);
  const keysOf = (...keys: readonly SigningKey[]) => ({ keys: keys.map((key) => key.public) });
  service = await startProduction(
    {},
    {
      now: () => now,
      clients: [
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
const claimsOf = (change: Members = {}): Members => {
  const issued = Math.floor(now / 1000);
  const aud = PUBLIC_URL + PATH;
  return { iss: ISSUER, aud, iat: issued, exp: issued + 300, jti: randomUUID(), ...change };
};
const withClaims = (change: Members): string => forge(headerOf(service.key), claimsOf(change), service.key);
const vendor = (change: Members): string =>
  forge(headerOf(rsa), claimsOf({ iss: 'https://vendor.example', ...change }), rsa);

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

describe('before a body is read', () => {
  test('an unknown service is only unknown to who may call', async () => {
    const path = '/cds-services/no-such-service';
    expect(await statusOf(withClaims({ aud: PUBLIC_URL + path }), path)).toBe(404);
  });

  test('who calls is asked: neither its type nor its length is looked at', async () => {
    const answer = await raw(service.url + PATH, { 'content-type': 'text/plain' }, 'x'.repeat(100));
    expect(answer.status).toBe(401);
  });
});

describe('a token at its bounds', () => {
  test('10 kB of token, which still fit, are read like any other', async () => {
    expect(await statusOf(withClaims({ long: 'x'.repeat(7500) }))).toBe(200);
  });

  test('jti of 255 characters is taken', async () => {
    expect(await statusOf(withClaims({ jti: 'j'.repeat(255) }))).toBe(200);
  });
});

describe('the id of a token', () => {
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

describe('a client and what it may call', () => {
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
