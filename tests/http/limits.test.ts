/** How often may be called: a client in a minute, and an address whose calls are refused. */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { REFUSALS_PER_MINUTE } from '../../src/http/limits.js';
import { issueOf } from '../support/json.js';
import {
  ISSUER,
  makeKey,
  startProduction,
  tokenFor,
  type ProductionService,
  type SigningKey,
} from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, send, startService, type Answer, type RunningService } from '../support/service.js';

const PATH = pathOf('patient-view');
const OTHER = 'https://other.example.org';
const NARROW = 'https://narrow.example.org';
const MINUTE = 60_000;

// Windows of the limits follow the clock of the process.
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());
const pass = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds);
// Every test begins in windows of its own.
beforeEach(() => void pass(MINUTE));

async function times(count: number, call: () => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let i = 0; i < count; i += 1) statuses.push((await call()).status);
  return statuses;
}

describe('calls of a client', () => {
  let service: ProductionService;
  let otherKey: SigningKey;
  beforeAll(async () => {
    otherKey = await makeKey('key-2');
    service = await startProduction(
      { callsPerMinute: 3 },
      {
        env: { CALLS_PER_MINUTE: '5', EXPLAIN: 'on', DISCOVERY: 'closed' },
        clients: [
          { id: 'other', token: { issuer: OTHER, keys: { keys: [otherKey.public] } } },
          {
            id: 'narrow',
            services: ['plexus-patient-view'],
            callsPerMinute: 1,
            token: { issuer: NARROW, keys: { keys: [otherKey.public] } },
          },
        ],
      },
    );
  });
  afterAll(() => service.close());

  const call = async (path = PATH, body: unknown = requestFor('patient-view')) =>
    post(service.url + path, body, await service.authorization(path));
  const callOf = async (iss: string, path: string) =>
    post(service.url + path, requestFor('patient-view'), {
      authorization: `Bearer ${await tokenFor(path, otherKey, { claims: { iss } })}`,
    });
  const callOfOther = () => callOf(OTHER, PATH);
  const callOfNarrow = (path: string) => callOf(NARROW, path);

  test('row 57: as many as its entry says are answered, the next is 429 throttled', async () => {
    expect(await times(3, call)).toEqual([200, 200, 200]);
    const refused = await call();
    expect([refused.status, issueOf(refused.json).code]).toEqual([429, 'throttled']);
    expect(refused.headers.get('retry-after')).toBe('60');
  });

  test('Retry-After is true: a moment before it 429, then 200', async () => {
    await times(3, call);
    pass(19_500);
    expect((await call()).headers.get('retry-after')).toBe('41');
    pass(40_499);
    expect((await call()).headers.get('retry-after')).toBe('1');
    pass(1);
    expect((await call()).status).toBe(200);
  });

  test('a client whose entry says nothing has the calls of the setting, and its own', async () => {
    await times(4, call);
    expect(await times(6, callOfOther)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  test('cards, explanation, feedback and closed discovery count together', async () => {
    const statuses = [
      (await call(`/explain/plexus-patient-view`)).status,
      (await call(`${PATH}/feedback`, { feedback: [] })).status,
      (await send(`${service.url}/cds-services`, { headers: await service.authorization('/cds-services') })).status,
      (await call()).status,
    ];
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('services that it may not call, and that do not exist, count like any other', async () => {
    const forbidden = pathOf('order-sign');
    expect(await times(2, () => callOfNarrow(forbidden))).toEqual([403, 429]);
    pass(MINUTE);
    expect(await times(2, () => callOfNarrow('/cds-services/none'))).toEqual([404, 429]);
    pass(MINUTE);
    expect([(await callOfNarrow(forbidden)).status, (await callOfNarrow(PATH)).status]).toEqual([403, 429]);
  });

  test('a token that was told to come again opens the call when it does', async () => {
    const headers = await service.authorization(PATH);
    const again = () => post(service.url + PATH, requestFor('patient-view'), headers);
    await times(3, call);
    expect(await times(3, again)).toEqual([429, 429, 429]);
    pass(MINUTE);
    expect(await times(2, again)).toEqual([200, 401]);
  });

  test('health, metrics and pages count for nothing, and are answered to all', async () => {
    await times(4, call);
    for (const path of ['/health/live', '/metrics', '/rules'])
      expect(await times(4, () => send(service.url + path))).toEqual([200, 200, 200, 200]);
  });

  test('calls in its name that it did not sign count for nobody', async () => {
    const forger = await makeKey('key-1');
    const forged = async () =>
      post(service.url + PATH, {}, { authorization: `Bearer ${await tokenFor(PATH, forger)}` });
    expect(await times(4, forged)).toEqual([401, 401, 401, 401]);
    expect((await call()).status).toBe(200);
  });
});

describe('calls that are refused', () => {
  let service: ProductionService;
  beforeAll(async () => {
    service = await startProduction(
      {},
      {
        env: { TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8' },
        overrides: { refusalsPerMinute: REFUSALS_PER_MINUTE },
      },
    );
  });
  afterAll(() => service.close());

  const refused = (forwardedFor: string) =>
    post(service.url + PATH, {}, { authorization: 'Bearer nonsense', 'x-forwarded-for': forwardedFor });

  test('60 of an address in a minute are 401, then 429 until the minute is over; another address is on its own', async () => {
    expect(new Set(await times(60, () => refused('192.0.2.1')))).toEqual(new Set([401]));
    const over = await refused('192.0.2.1');
    expect([over.status, issueOf(over.json).code, over.headers.get('retry-after')]).toEqual([429, 'throttled', '60']);
    expect((await refused('192.0.2.2')).status).toBe(401);
    pass(MINUTE);
    expect((await refused('192.0.2.1')).status).toBe(401);
  });

  test('a good call from such an address is answered: many stand behind one proxy', async () => {
    expect((await times(61, () => refused('192.0.2.3'))).at(-1)).toBe(429);
    const headers = { ...(await service.authorization(PATH)), 'x-forwarded-for': '192.0.2.3' };
    expect((await post(service.url + PATH, requestFor('patient-view'), headers)).status).toBe(200);
  });

  test('the log says once that there are too many; the metrics count each', async () => {
    const lines = () => service.logs().match(/"status":4\d\d/g)?.length ?? 0;
    const counted = async () =>
      Number(
        /_count\{service="plexus-patient-view",status="429"\} (\d+)/.exec(
          (await send(`${service.url}/metrics`)).text,
        )?.[1] ?? 0,
      );
    const [linesBefore, countedBefore] = [lines(), await counted()];
    await times(70, () => refused('192.0.2.4'));
    expect([lines() - linesBefore, (await counted()) - countedBefore]).toEqual([61, 10]);
  });

  test('an address is what the last proxy that is not ours says: what came before it can be forged', async () => {
    const forged = (name: string) => refused(`${name}, 192.0.2.5, 10.1.2.3`);
    expect((await times(60, () => forged('198.51.100.1'))).at(-1)).toBe(401);
    expect((await forged('198.51.100.2')).status).toBe(429);
  });

  test('the addresses of one IPv6 network of 64 bits are one', async () => {
    expect((await times(60, () => refused('2001:db8::1'))).at(-1)).toBe(401);
    expect((await refused('2001:db8::2')).status).toBe(429);
    expect((await refused('2001:db8:0:1::1')).status).toBe(401);
  });
});

describe('without tokens', () => {
  let service: RunningService;
  beforeAll(async () => {
    const { public: key } = await makeKey();
    service = await startService({
      env: { CALLS_PER_MINUTE: '2' },
      clients: [{ id: 'ehr', token: { issuer: ISSUER, keys: { keys: [key] } } }],
    });
  });
  afterAll(() => service.close());
  const call = (forwardedFor: string) =>
    post(service.url + PATH, requestFor('patient-view'), { 'x-forwarded-for': forwardedFor });

  test('unsigned calls are counted by address, and X-Forwarded-For counts for nothing where no proxy is trusted', async () => {
    const statuses = [await call('192.0.2.1'), await call('192.0.2.2'), await call('192.0.2.3')];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  test('a token that is wrong is refused as often as the limit says that a service has by itself', async () => {
    const forger = await makeKey();
    const refused = async () =>
      post(service.url + PATH, {}, { authorization: `Bearer ${await tokenFor(PATH, forger)}` });
    expect((await times(REFUSALS_PER_MINUTE, refused)).at(-1)).toBe(401);
    expect((await refused()).status).toBe(429);
  });

  test('0 is any number', async () => {
    const free = await startService({ env: { CALLS_PER_MINUTE: '0' } });
    const statuses = await times(3, () => post(free.url + PATH, requestFor('patient-view')));
    await free.close();
    expect(statuses).toEqual([200, 200, 200]);
  });
});
