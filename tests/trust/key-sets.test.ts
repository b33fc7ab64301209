/** The keys of clients at their addresses: rotation, a host that is down, and addresses that nobody registered. The key server is a real one. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { REFUSED } from '../../src/fhir/private-addresses.js';
import { createKeySetFetcher } from '../../src/trust/fetch-key-set.js';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import {
  ISSUER,
  makeKey,
  startProduction,
  tokenFor,
  type ProductionService,
  type SigningKey,
  type TokenChange,
} from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, type Answer } from '../support/service.js';

const PATH = pathOf('patient-view');
const REST = 30_000;
const YOUNG = 300_000;
const FRESH = 600_000;
const DAY = 86_400_000;
let now = Date.UTC(2026, 10, 21, 9);
/** Where the EHR lists its keys, and a second server, at which no key set is registered. */
let host: FhirServerDouble;
let elsewhere: FhirServerDouble;
let service: ProductionService;
let first: SigningKey;
let second: SigningKey;
let other: SigningKey;

/** An issuer of its own for each test, each with its key set: what one test fetched is not there for the next. */
const NAMES = [
  'rotates',
  'invents',
  'fails',
  'late',
  'early',
  'quiet',
  'lists',
  'down',
  'broken',
  'huge',
  'moved',
  'twins',
  'short',
  'forged',
  'both',
  'slow',
  'hangs',
  'spare',
];
/** Those whose entry lists a second address. */
const WITH_TWO = ['both', 'spare'];
const issuerOf = (name: string): string => `https://${name}.example`;
const jkuOf = (name: string): string => `${host.base}/${name}/keys`;
const asked = (name: string): number => host.asked.filter((line) => line.includes(`/${name}/`)).length;

beforeAll(async () => {
  [first, second, other] = await Promise.all([makeKey('one'), makeKey('two'), makeKey('other')]);
  host = await startFhirServer();
  elsewhere = await startFhirServer((_request, response) => sendJson(response, { keys: [first.public] }));
  const clients = NAMES.map((name) => ({
    id: name,
    privateNetwork: true,
    token: { issuer: issuerOf(name), jku: [jkuOf(name), ...(WITH_TWO.includes(name) ? [jkuOf(`${name}/more`)] : [])] },
  }));
  service = await startProduction(
    {},
    {
      now: () => now,
      clients: [
        ...clients,
        {
          id: 'fixed',
          token: { issuer: issuerOf('fixed'), keys: { keys: [first.public] }, jku: [`${elsewhere.base}/named`] },
        },
      ],
    },
  );
});
afterAll(async () => {
  await service.close();
  await host.close();
  await elsewhere.close();
});
beforeEach(() => list(first));

/** What the host lists from now on. */
function list(...keys: readonly SigningKey[]): void {
  host.answers = (_request, response) => sendJson(response, { keys: keys.map((key) => key.public) });
}
/** Questions that the host has taken and does not answer; they are gone when who asked has given up. */
const hung = new Set<ServerResponse>();
const hang: RequestListener = (_request, response) => {
  hung.add(response);
  response.once('close', () => hung.delete(response));
};
const breakOff = (): void => hung.forEach((response) => response.destroy());
const goDown = (): void => void (host.answers = (request) => request.socket.destroy());

async function call(name: string, key: SigningKey, { header, claims }: TokenChange = {}): Promise<Answer> {
  const change = { now, header: { jku: jkuOf(name), ...header }, claims: { iss: issuerOf(name), ...claims } };
  const token = await tokenFor(PATH, key, change);
  return post(service.url + PATH, requestFor('patient-view'), { authorization: `Bearer ${token}` });
}
const statusOf = async (...given: Parameters<typeof call>): Promise<number> => (await call(...given)).status;
const refusal = (): unknown =>
  (JSON.parse(service.logs().trimEnd().split('\n').at(-1) ?? '') as { refusal?: string }).refusal;

describe('rotation of keys', () => {
  test('a new key is fetched when a token first names it, and the old one ends when it is not listed', async () => {
    expect([await statusOf('rotates', first), await statusOf('rotates', first)]).toEqual([200, 200]);
    expect(asked('rotates')).toBe(1);
    list(second);
    now += REST;
    expect(await statusOf('rotates', second)).toBe(200);
    expect(asked('rotates')).toBe(2);
    expect([await statusOf('rotates', first), refusal()]).toEqual([401, 'key']);
  });

  test('key ids that nobody has cost one question in half a minute, however many', async () => {
    await statusOf('invents', first);
    now += REST;
    for (const id of ['a', 'b', 'c', 'd']) expect(await statusOf('invents', first, { header: { kid: id } })).toBe(401);
    expect(asked('invents')).toBe(2);
    now += REST - 1;
    await statusOf('invents', first, { header: { kid: 'e' } });
    expect(asked('invents')).toBe(2);
    now += 1;
    await statusOf('invents', first, { header: { kid: 'f' } });
    expect(asked('invents')).toBe(3);
  });

  test('a withdrawn key counts no longer than ten minutes after the set was fetched', async () => {
    await statusOf('late', first);
    list(second);
    now += FRESH - 1;
    expect(await statusOf('late', first)).toBe(200);
    now += 1;
    expect([await statusOf('late', first), asked('late')]).toEqual([401, 2]);
  });

  test('a set of less than five minutes is not asked for again, an older one beside the call', async () => {
    await statusOf('early', first);
    now += YOUNG - 1;
    expect([await statusOf('early', first), asked('early')]).toEqual([200, 1]);
    now += 1;
    expect(await statusOf('early', first)).toBe(200);
    await vi.waitFor(() => expect(asked('early')).toBe(2));
  });

  test('a withdrawn key of a client that has not called for long counts no more', async () => {
    await statusOf('quiet', first);
    list(second);
    now += FRESH;
    expect(await statusOf('quiet', first)).toBe(401);
  });

  test('calls that come together ask once', async () => {
    const statuses = await Promise.all([1, 2, 3, 4, 5].map(() => statusOf('lists', first)));
    expect([statuses, asked('lists')]).toEqual([[200, 200, 200, 200, 200], 1]);
  });
});

describe('row 54: JWKS endpoint down', () => {
  test('the last keys go on being used for a day, and the host is left to rest', async () => {
    expect(await statusOf('down', first)).toBe(200);
    goDown();
    now += FRESH;
    expect([await statusOf('down', first), await statusOf('down', first)]).toEqual([200, 200]);
    expect(asked('down')).toBe(2);
    now += DAY - FRESH - 1;
    expect(await statusOf('down', first)).toBe(200);
    now += 1;
    const answer = await call('down', first);
    expect([answer.status, answer.headers.get('retry-after'), refusal()]).toEqual([503, '5', 'keys out of reach']);
    list(first);
    now += REST;
    expect(await statusOf('down', first)).toBe(200);
  });

  test('without keys of before: 503 with Retry-After, and one question in half a minute', async () => {
    goDown();
    const answer = await call('fails', first);
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('www-authenticate')]).toEqual([
      503,
      '5',
      null,
    ]);
    expect(await statusOf('fails', first)).toBe(503);
    expect(asked('fails')).toBe(1);
    list(first);
    now += REST - 1;
    expect(await statusOf('fails', first)).toBe(503);
    now += 1;
    expect(await statusOf('fails', first)).toBe(200);
  });

  test('a key that the last set does not have may be new: 503', async () => {
    await statusOf('slow', first);
    goDown();
    now += REST;
    expect([await statusOf('slow', second), await statusOf('slow', first)]).toEqual([503, 200]);
  });

  test('a host that hangs holds up no call whose key is known', async () => {
    await statusOf('hangs', first);
    host.answers = hang;
    now += YOUNG;
    expect([await statusOf('hangs', first), hung.size]).toEqual([200, 1]);
    breakOff();
    // From now on it is known to be down: its keys are used although they are old.
    for (const span of [FRESH, REST]) {
      now += span;
      expect([await statusOf('hangs', first), hung.size]).toEqual([200, 1]);
      breakOff();
    }
    expect(asked('hangs')).toBe(4);
  });

  test('a host that hangs holds up no call whose key is at another', async () => {
    host.answers = (request, response) =>
      request.url?.includes('more') ? sendJson(response, { keys: [first.public] }) : hang(request, response);
    const unnamed = { header: { jku: undefined } };
    expect([await statusOf('spare', first, unnamed), hung.size]).toEqual([200, 1]);
    breakOff();
    now += REST;
    expect([await statusOf('spare', first, unnamed), asked('spare')]).toEqual([200, 2]);
  });

  test('tokens that wait for a host that hangs have places among the requests at once, and are no more than these', async () => {
    host.answers = hang;
    const token = { issuer: issuerOf('few'), jku: [jkuOf('few')] };
    const few = await startProduction(
      {},
      { now: () => now, env: { MOST_AT_ONCE: '2' }, clients: [{ id: 'few', privateNetwork: true, token }] },
    );
    const forged = async (): Promise<Answer> => {
      const change = { now, claims: { iss: issuerOf('few') } };
      const authorization = `Bearer ${await tokenFor(PATH, other, change)}`;
      return post(few.url + PATH, requestFor('patient-view'), { authorization });
    };
    const answers = Array.from({ length: 5 }, forged);
    // Those for which there is no place do not wait.
    const refused = await Promise.race(answers);
    await vi.waitFor(() => expect(few.logs().match(/"status":503/g)).toHaveLength(3));
    expect([refused.status, hung.size, few.logs().includes('out of reach')]).toEqual([503, 1, false]);
    breakOff();
    await Promise.all(answers);
    expect(few.logs().match(/"refusal":"keys out of reach"/g)).toHaveLength(2);
    list(other);
    now += REST;
    expect((await forged()).status).toBe(200);
    await few.close();
  });

  test.each<readonly [string, string, FhirServerDouble['answers']]>([
    ['no key set', 'broken', (_request, response) => sendJson(response, { error: 'maintenance' })],
    [
      'more than a key set may hold',
      'huge',
      (_request, response) => sendJson(response, { keys: [first.public], more: 'x'.repeat(300_000) }),
    ],
    [
      'a redirect, which is not followed',
      'moved',
      (_request, response) => void response.writeHead(302, { location: `${elsewhere.base}/keys` }).end(),
    ],
  ])('an answer that is %s counts as none', async (_, name, answers) => {
    host.answers = answers;
    expect([await statusOf(name, first), refusal()]).toEqual([503, 'keys out of reach']);
    expect([asked(name), elsewhere.asked]).toEqual([1, []]);
  });
});

describe('what a key set may hold', () => {
  test('two keys of one id are none', async () => {
    list(first, { ...second, public: { ...second.public, kid: 'one' } });
    expect([await statusOf('twins', first), refusal()]).toEqual([401, 'key']);
  });

  test('an RSA key of less than 2048 bits is none', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
    const set = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one' }] };
    host.answers = (_request, response) => sendJson(response, set);
    const [, claims] = (await tokenFor(PATH, first, { now, claims: { iss: issuerOf('short') } })).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS384', typ: 'JWT', kid: 'one' })).toString('base64url');
    const signature = sign('sha384', Buffer.from(`${header}.${claims}`), privateKey).toString('base64url');
    const authorization = `Bearer ${header}.${claims}.${signature}`;
    const { status } = await post(service.url + PATH, requestFor('patient-view'), { authorization });
    expect([status, refusal()]).toEqual([401, 'key']);
  });

  test('an RSA key with which everybody could sign (e = 1) is none', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const { n } = publicKey.export({ format: 'jwk' });
    host.answers = (_request, response) => sendJson(response, { keys: [{ kty: 'RSA', n, e: 'AQ', kid: 'one' }] });
    const [, claims] = (await tokenFor(PATH, first, { now, claims: { iss: issuerOf('forged') } })).split('.');
    const header = Buffer.from(JSON.stringify({ alg: 'RS384', typ: 'JWT', kid: 'one' })).toString('base64url');
    // What is signed is the padded hash to the power of d, modulo n (RFC 8017, 9.2): with e = 1 it is the padded hash itself.
    const hash = createHash('sha384').update(`${header}.${claims}`).digest();
    const info = Buffer.concat([Buffer.from('3041300d060960864801650304020205000430', 'hex'), hash]);
    const signature = Buffer.concat([
      Buffer.from([0, 1]),
      Buffer.alloc(253 - info.length, 0xff),
      Buffer.from([0]),
      info,
    ]);
    const authorization = `Bearer ${header}.${claims}.${signature.toString('base64url')}`;
    const { status } = await post(service.url + PATH, requestFor('patient-view'), { authorization });
    expect([status, refusal()]).toEqual([401, 'key']);
  });

  test('a token that names no address is held against all of the entry', async () => {
    host.answers = (request, response) =>
      sendJson(response, { keys: [request.url?.includes('more') ? second.public : first.public] });
    const unnamed = { header: { jku: undefined } };
    expect([await statusOf('both', first, unnamed), await statusOf('both', second, unnamed)]).toEqual([200, 200]);
    expect(await statusOf('both', other, unnamed)).toBe(401);
  });
});

describe('row 53: jku not allowlisted', () => {
  const attempts: string[] = [];
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (address: string, port: number) => attempts.push(`${address}:${port}`));
  };
  beforeAll(() => subscribe('net.client.socket', watch));
  afterAll(() => unsubscribe('net.client.socket', watch));

  test.each<readonly [string, () => string]>([
    ['of a server that would list the key', () => `${elsewhere.base}/keys`],
    ['that only begins like the registered one', () => `${jkuOf('rotates')}/../../keys`],
    ['of another client', () => jkuOf('lists')],
    ["of the cloud's metadata", () => 'http://169.254.169.254/latest/meta-data'],
    ['that is no address', () => 'file:///etc/passwd'],
  ])('%s: 401, and no connection is opened', async (_, jku) => {
    attempts.length = 0;
    host.asked.length = 0;
    expect([await statusOf('rotates', first, { header: { jku: jku() } }), refusal()]).toEqual([401, 'key address']);
    expect([host.asked, elsewhere.asked]).toEqual([[], []]);
    expect(attempts.filter((attempt) => attempt !== new URL(service.url).host)).toEqual([]);
  });

  test('of an entry whose keys stand in the registry: one that it lists is named freely and never asked, another is refused', async () => {
    const named = { header: { jku: `${elsewhere.base}/named` } };
    expect(await statusOf('fixed', first, named)).toBe(200);
    expect(await statusOf('fixed', first, { header: { jku: undefined } })).toBe(200);
    expect(await statusOf('fixed', first, { header: { jku: `${elsewhere.base}/other` } })).toBe(401);
    const own = { header: { jku: jkuOf('rotates') }, claims: { iss: ISSUER } };
    expect([await statusOf('fixed', service.key, own), refusal()]).toEqual([401, 'key address']);
    expect(elsewhere.asked).toEqual([]);
  });

  test('a name that resolves to a private address is not connected to unless its entry says so', async () => {
    const fetcher = createKeySetFetcher();
    const { port } = new URL(host.base);
    const address = `http://localhost:${port}/fhir/rebound/keys`;
    attempts.length = 0;
    await expect(fetcher.fetch(address, false)).rejects.toThrow(REFUSED);
    expect([attempts, asked('rebound')]).toEqual([[], 0]);
    expect(await fetcher.fetch(address, true)).toEqual({ keys: [first.public] });
    await fetcher.close();
  });
});
