/** Which pages may call from a browser (CORS), and the headers that every answer carries. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProduction, type ProductionService } from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, raw, send, startService, type RunningService } from '../support/service.js';

const EHR = 'https://ehr.example.org';
const CHART = 'https://chart.example.org:8443';
const PATH = pathOf('patient-view');

let demo: RunningService;
let listed: ProductionService;
let closed: ProductionService;
beforeAll(async () => {
  [demo, listed, closed] = await Promise.all([
    startService(),
    startProduction({}, { env: { CORS_ORIGINS: `${EHR}, ${CHART}`, DISCOVERY: 'closed' } }),
    startProduction(),
  ]);
});
afterAll(() => Promise.all([demo, listed, closed].map((service) => service.close())));

/** What a browser asks before a POST with a token. */
const preflight = (url: string, origin: string) =>
  send(url, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    },
  });

/** The headers by which a browser decides. */
const corsOf = (headers: Headers) =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

describe('CORS', () => {
  test.each([EHR, CHART])('an origin of the list (%s) may GET and POST with a token, and no more', async (origin) => {
    for (const path of ['/cds-services', PATH, `${PATH}/feedback`]) {
      const { status, headers } = await preflight(listed.url + path, origin);
      expect([status, corsOf(headers), headers.get('vary')]).toEqual([
        204,
        {
          'access-control-allow-origin': origin,
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization, content-type, accept',
          'access-control-expose-headers': 'retry-after',
        },
        'Origin',
      ]);
    }
  });

  test.each([
    'https://evil.example.org',
    'http://ehr.example.org',
    'https://ehr.example.org:444',
    'https://ehr.example.org.evil.example',
    'null',
  ])('row 60: preflight of an origin that is not on the list (%s): 204 without allow headers', async (origin) => {
    for (const path of ['/cds-services', PATH, `${PATH}/feedback`]) {
      const { status, headers } = await preflight(listed.url + path, origin);
      expect([status, corsOf(headers), headers.get('vary')]).toEqual([204, {}, 'Origin']);
    }
  });

  test('row 60: without a list no origin is allowed, and a preflight is no error', async () => {
    const { status, headers } = await preflight(closed.url + PATH, EHR);
    expect([status, corsOf(headers)]).toEqual([204, {}]);
  });

  test('a preflight to an address that does not exist: 404, not 401 or 500', async () => {
    expect((await preflight(`${listed.url}/nothing`, 'https://evil.example.org')).status).toBe(404);
  });

  test('a page of the list can read the answer, and a refusal as well', async () => {
    const body = requestFor('patient-view');
    const answers = [
      await post(listed.url + PATH, body, { origin: EHR, ...(await listed.authorization(PATH)) }),
      await post(listed.url + PATH, body, { origin: EHR }),
      await post(listed.url + PATH, 'x', { origin: EHR, 'content-type': 'text/plain' }),
    ];
    for (const { headers } of answers) expect(headers.get('access-control-allow-origin')).toBe(EHR);
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
  });

  test('another page cannot', async () => {
    const headers = { origin: 'https://evil.example.org', ...(await listed.authorization(PATH)) };
    const answer = await post(listed.url + PATH, requestFor('patient-view'), headers);
    expect([answer.status, corsOf(answer.headers)]).toEqual([200, {}]);
  });

  test('in demo mode any page may, also with the methods that write to the demo EHR; cookies never', async () => {
    const { status, headers } = await preflight(demo.url + PATH, 'https://anybody.example');
    expect([status, corsOf(headers)]).toEqual([
      204,
      {
        'access-control-allow-origin': 'https://anybody.example',
        'access-control-allow-methods': 'GET, POST, PUT, DELETE',
        'access-control-allow-headers': 'authorization, content-type, accept',
        'access-control-expose-headers': 'location, etag, retry-after',
      },
    ]);
  });

  test('in demo mode with a list only the list', async () => {
    const service = await startService({ env: { CORS_ORIGINS: EHR } });
    const origins = await Promise.all(
      [EHR, CHART].map(async (origin) => corsOf((await preflight(service.url + PATH, origin)).headers)),
    );
    await service.close();
    expect(origins.map((headers) => headers['access-control-allow-origin'])).toEqual([EHR, undefined]);
  });
});

describe('headers of every answer', () => {
  const SAFE = {
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
  const OVER_HTTPS = { ...SAFE, 'strict-transport-security': 'max-age=31536000' };
  const TALKATIVE = ['server', 'x-powered-by', 'via'];

  test('an answer, and each kind of error', async () => {
    const authorization = await closed.authorization(PATH);
    const answers = await Promise.all([
      send(`${closed.url}/cds-services`),
      post(closed.url + PATH, requestFor('patient-view'), authorization),
      post(closed.url + PATH, {}),
      post(closed.url + PATH, 'x', await closed.authorization(PATH)),
      send(`${closed.url}/nothing`),
      send(closed.url + PATH, { method: 'PUT' }),
      send(`${closed.url}/metrics`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 401, 400, 404, 405, 200]);
    for (const { headers } of answers) {
      expect(Object.fromEntries(headers)).toMatchObject(OVER_HTTPS);
      expect(TALKATIVE.filter((name) => headers.has(name))).toEqual([]);
    }
  });

  test('what the router and the parser of HTTP refuse before there is a request', async () => {
    const unreadable = await raw(`${closed.url}/cds-services/%zz`, {}, '');
    expect([unreadable.status, Object.fromEntries(unreadable.headers)]).toEqual([
      404,
      expect.objectContaining(OVER_HTTPS),
    ]);
    const long = await raw(`${closed.url}/cds-services`, { authorization: 'x'.repeat(64_000) }, '', 'GET');
    expect([long.status, Object.fromEntries(long.headers)]).toEqual([431, expect.objectContaining(OVER_HTTPS)]);
    expect((await garbage(closed.url)).toLowerCase()).toMatch(/^http\/1\.1 400 [^]*x-content-type-options: nosniff/);
  });

  test('headers of just under 16 KiB are read', async () => {
    const { host } = new URL(closed.url);
    const rest = `GET /cds-services HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\nx: \r\n\r\n`.length;
    for (const [bytes, status] of [
      [16_384 - rest - 200, 200],
      [16_384, 431],
    ] as const)
      expect((await raw(`${closed.url}/cds-services`, { x: 'x'.repeat(bytes) }, '', 'GET')).status).toBe(status);
  });

  test('HTTPS is promised only where clients call over HTTPS', async () => {
    const plain = await startService({ env: { PUBLIC_URL: 'http://cds.example.org' } });
    for (const [service, promised] of [
      [demo, null],
      [plain, null],
      [closed, OVER_HTTPS['strict-transport-security']],
    ] as const) {
      const { headers } = await send(`${service.url}/cds-services`);
      expect(Object.fromEntries(headers)).toMatchObject(SAFE);
      expect(headers.get('strict-transport-security')).toBe(promised);
    }
    await plain.close();
  });

  test('pages keep policies of their own, which say who may frame them', async () => {
    for (const [path, needed] of [
      ['/rules', 'style-src'],
      ['/docs', "script-src 'self'"],
    ] as const) {
      const { headers } = await send(demo.url + path);
      expect(headers.get('content-security-policy')).toContain(needed);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect([headers.get('x-frame-options'), headers.get('x-content-type-options')]).toEqual(['DENY', 'nosniff']);
    }
  });
});

/** What is answered to bytes that are no HTTP. */
function garbage(url: string): Promise<string> {
  const { port, hostname } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write('\u0001\u0002 nonsense\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', () => undefined);
  });
}
