/** How many requests are worked on at once, and how long a connection may take: whatever way a request ends, its place is free again. */
import { createServer, request as httpRequest, type ClientRequest, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import Fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { TIMEOUTS } from '../../src/http/timeouts.js';
import { limitUnderWay } from '../../src/http/under-way.js';
import { SETTINGS } from '../../src/settings.js';
import { issueOf } from '../support/json.js';
import { startProduction } from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, send, startService, type RunningService } from '../support/service.js';

const PATH = pathOf('patient-view');
const BODY = JSON.stringify(requestFor('patient-view'));
/** Milliseconds; short enough to wait for. */
const SHORT = { headers: 150, request: 300, idle: 150, silence: 400, look: 20 };

/** A FHIR server that takes requests and answers when it is told to. */
let ehr: Server;
const waiting: (() => void)[] = [];
let ehrUrl: string;
beforeAll(async () => {
  ehr = createServer((_, response) => void waiting.push(() => response.writeHead(503).end()));
  await new Promise<void>((resolve) => ehr.listen(0, '127.0.0.1', resolve));
  ehrUrl = `http://127.0.0.1:${(ehr.address() as AddressInfo).port}`;
});
afterAll(() => {
  ehr.closeAllConnections();
  ehr.close();
});

const start = (more: object = {}) =>
  startService({
    env: { MOST_AT_ONCE: '2' },
    clients: [{ id: 'slow', fhirServers: [ehrUrl], open: true, privateNetwork: true, deadlineMs: 10_000 }],
    ...more,
  });

/** As the metrics tell it. */
async function underWay({ url }: RunningService): Promise<number> {
  return Number(/plexus_requests_under_way (\d+)/.exec((await send(`${url}/metrics`)).text)?.[1]);
}
const becomes = (service: RunningService, count: number) =>
  vi.waitFor(async () => expect(await underWay(service)).toBe(count), { timeout: 8000, interval: 10 });

/** A call whose headers are sent, and as much of its body as is given. */
function begin({ url }: RunningService, written: string, body = BODY): ClientRequest {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const call = httpRequest(url + PATH, { method: 'POST', headers, agent: false });
  // Whoever is cut off hears of it here.
  call.on('error', () => undefined);
  call.write(written);
  return call;
}

/** A call that waits for the EHR's FHIR server: the patient is not in it. */
function beginReading(service: RunningService): ClientRequest {
  const { prefetch, ...request } = requestFor('patient-view');
  const body = JSON.stringify({ ...request, fhirServer: ehrUrl, prefetch: { ...prefetch, patient: undefined } });
  const call = begin(service, body, body);
  call.end();
  return call;
}
const answerAll = () => waiting.splice(0).forEach((answer) => answer());

const answerOf = (call: ClientRequest): Promise<number | undefined> =>
  new Promise((resolve) => call.on('response', (response) => resolve(response.resume().statusCode)));

describe('requests at once', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await start();
  });
  afterEach(async () => {
    answerAll();
    await becomes(service, 0);
  });
  afterAll(() => service.close());

  test('row 59: beyond the limit 503 transient with Retry-After, before the body is read; open addresses are answered', async () => {
    const calls = [begin(service, '{'), begin(service, '{')];
    await becomes(service, 2);
    const third = begin(service, '');
    expect(await answerOf(third)).toBe(503);
    const refused = await post(service.url + PATH, BODY);
    expect([issueOf(refused.json).code, refused.headers.get('retry-after')]).toEqual(['transient', '5']);
    expect((await send(`${service.url}/health/ready`)).status).toBe(200);
    expect((await send(`${service.url}/metrics`)).text).toMatch(
      /_count\{service="plexus-patient-view",status="503"\} 2\n/,
    );
    for (const call of [...calls, third]) call.destroy();
  });

  test('up to the limit calls are answered, and give their places back', async () => {
    const held = begin(service, '{');
    await becomes(service, 1);
    for (let i = 0; i < 3; i += 1) expect((await post(service.url + PATH, BODY)).status).toBe(200);
    held.destroy();
  });

  test('an error gives its place back', async () => {
    for (const body of ['no JSON', '[]', '{"hook":"order-sign"}'])
      for (let i = 0; i < 3; i += 1) expect((await post(service.url + PATH, body)).status).toBe(400);
    expect((await post(`${service.url}/cds-services/none`, BODY)).status).toBe(404);
    await becomes(service, 0);
  });

  test('a call that is hung up on in its body gives its place back', async () => {
    const call = begin(service, BODY.slice(0, 40));
    await becomes(service, 1);
    call.destroy();
    await becomes(service, 0);
  });

  test('a call that is hung up on while it is worked on keeps its place until the work is done', async () => {
    const calls = [beginReading(service), beginReading(service)];
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThanOrEqual(2), { timeout: 8000 });
    const gone = calls.map((call) => new Promise((resolve) => call.on('close', resolve)));
    for (const call of calls) call.destroy();
    await Promise.all(gone);
    expect((await post(service.url + PATH, BODY)).status).toBe(503);
    await vi.waitFor(async () => {
      answerAll();
      expect(await underWay(service)).toBe(0);
    });
    expect((await post(service.url + PATH, BODY)).status).toBe(200);
  });

  test('a call that is hung up on while its token is judged keeps its place so long, and no longer', async () => {
    const told: number[] = [];
    const places = limitUnderWay(1, (count) => told.push(count));
    const server = Fastify();
    let judge: () => Promise<void> = async () => undefined;
    server.addHook('onRequest', (request, reply) => places.enter(request, reply, () => judge()));
    server.addHook('preHandler', async (request) => places.begin(request));
    server.addHook('onSend', async (request) => places.finish(request));
    const answered = vi.fn(async () => '');
    server.get('/', answered);
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    const arrived = new Promise<() => void>((resolve) => {
      judge = () => new Promise((judged) => resolve(judged));
    });
    const call = httpRequest(url, { agent: false }).on('error', () => undefined);
    const gone = new Promise((resolve) => server.server.once('connection', (socket) => socket.once('close', resolve)));
    call.end();
    const judged = await arrived;
    call.destroy();
    await gone;
    expect((await send(url)).status).toBe(503);
    expect(told).toEqual([1]);
    judged();
    await vi.waitFor(() => expect(told).toEqual([1, 0]));
    expect(answered).not.toHaveBeenCalled();
    judge = () => Promise.reject(new Error('refused'));
    expect((await send(url)).status).toBe(500);
    expect(told).toEqual([1, 0, 1, 0]);
    judge = async () => undefined;
    expect((await send(url)).status).toBe(200);
    await server.close();
  });
});

describe('a call that finds no place', () => {
  test('keeps its token: it opens the call once there is one', async () => {
    const service = await startProduction({}, { env: { MOST_AT_ONCE: '1' } });
    const bearing = async () => ({ ...(await service.authorization(PATH)), 'content-type': 'application/json' });
    const held = httpRequest(service.url + PATH, {
      method: 'POST',
      headers: { ...(await bearing()), 'content-length': 100 },
      agent: false,
    }).on('error', () => undefined);
    held.write('{');
    await becomes(service, 1);
    const headers = await bearing();
    expect((await post(service.url + PATH, BODY, headers)).status).toBe(503);
    held.destroy();
    await becomes(service, 0);
    expect((await post(service.url + PATH, BODY, headers)).status).toBe(200);
    expect((await post(service.url + PATH, BODY, headers)).status).toBe(401);
    await service.close();
  });
});

describe('readers of open pages', () => {
  let written = 0;
  const pages = {
    // More than the sockets of a machine hold for a reader who does not read.
    rules: () => {
      written += 1;
      return ' '.repeat(30_000_000);
    },
    rule: () => undefined,
    leaflet: () => undefined,
  };
  let service: RunningService;
  beforeAll(async () => {
    service = await start({ overrides: { engine: { pages } } });
  });
  afterAll(() => service.close());

  test('have places of their own, as many as callers: beyond them 503, and callers and operators are answered', async () => {
    const { port, hostname } = new URL(service.url);
    const readers = [1, 2].map(() => connect(Number(port), hostname));
    for (const reader of readers) {
      reader.pause();
      reader.write('GET /rules HTTP/1.1\r\nHost: x\r\n\r\n');
    }
    await vi.waitFor(async () => expect((await send(`${service.url}/leaflets/none`)).status).toBe(503));
    expect((await post(service.url + PATH, BODY)).status).toBe(200);
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect((await send(service.url + path)).status).toBe(200);
    for (const reader of readers) reader.destroy();
    await vi.waitFor(async () => expect((await send(`${service.url}/leaflets/none`)).status).toBe(404));
    expect(written).toBe(1);
  });
});

describe('a connection that takes too long', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await start({ overrides: { timeouts: SHORT } });
  });
  afterEach(async () => {
    answerAll();
    await becomes(service, 0);
  });
  afterAll(() => service.close());

  /** Opens a connection, and gives what was answered by the time that it is closed. */
  function open(): { readonly socket: Socket; readonly closed: Promise<string> } {
    const { port, hostname } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    return { socket, closed: new Promise((resolve) => socket.on('close', () => resolve(text))) };
  }

  /** Writes a character every few milliseconds, as long as somebody listens. */
  function dribble(socket: Socket, text: string): void {
    const left = text.split('');
    const timer = setInterval(() => {
      const next = left.shift();
      if (next === undefined || socket.destroyed) clearInterval(timer);
      else socket.write(next);
    }, 10);
  }

  test('row 62: half-open: nothing is sent, and the connection is closed', async () => {
    expect(await open().closed).toBe('');
  });

  test('row 62: slowloris: headers that come byte by byte are cut off', async () => {
    const { socket, closed } = open();
    dribble(socket, `GET /health/live HTTP/1.1\r\nHost: x\r\n${'X-A: b\r\n'.repeat(100)}`);
    expect(await closed).toBe('');
  });

  test('row 62: a body that comes byte by byte is cut off, and gives its place back', async () => {
    const { socket, closed } = open();
    socket.write(`POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n`);
    await becomes(service, 1);
    dribble(socket, ' '.repeat(1000));
    expect(await closed).toBe('');
    await becomes(service, 0);
  });

  test('a connection on which nothing more is asked is closed', async () => {
    const { socket, closed } = open();
    socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await closed).toMatch(/^HTTP\/1.1 200 /);
  });

  test('a connection without a byte for too long is closed, and its place is free once the work is done', async () => {
    const call = beginReading(service);
    const closed = new Promise((resolve) => call.on('close', resolve));
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0), { timeout: 8000 });
    await closed;
    expect(await underWay(service)).toBe(1);
  });

  test('the times that hold otherwise leave a request its deadline, and a proxy its idle connections', () => {
    expect(TIMEOUTS.headers).toBeLessThan(TIMEOUTS.request);
    expect(TIMEOUTS.silence).toBeGreaterThan(SETTINGS.DEADLINE_MS.schema.maximum + TIMEOUTS.request);
    expect(TIMEOUTS.idle).toBeGreaterThan(60_000);
  });
});
