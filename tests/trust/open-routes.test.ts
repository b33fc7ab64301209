/** Every address of production asks for a token, but for those that are named here: a new one that says nothing of itself is closed. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventsOf } from '../support/audit.js';
import { startProduction, type ProductionService } from '../support/production.js';
import { pathOf } from '../support/requests.js';
import { raw, send } from '../support/service.js';

let service: ProductionService;
beforeAll(async () => {
  service = await startProduction({}, { env: { EXPLAIN: 'on', DISCOVERY: 'closed' } });
});
afterAll(() => service.close());

/** What is the same for everybody, and says nothing of a patient. */
const OPEN = [
  '/docs',
  '/docs/capability-statement',
  '/docs/json',
  '/docs/static/*',
  '/docs/static/index.html',
  '/docs/static/swagger-initializer.js',
  '/docs/yaml',
  '/explain/texts',
  '/health/live',
  '/health/ready',
  '/leaflets/:id',
  '/metrics',
  '/rules',
  '/rules/:id',
];

test('without a token only these are answered; another method than the one of an address, 405', async () => {
  const answered: string[] = [];
  const closed: string[] = [];
  for (const { method, url } of service.routes) {
    if (method === 'OPTIONS') continue;
    const path = url.replace(':id', 'plexus-patient-view').replace('*', 'swagger-ui.css');
    const { status } = await send(service.url + path, { method });
    if (status === 401) closed.push(`${method} ${url}`);
    else if (status !== 405) answered.push(url);
  }
  expect([...new Set(answered)].sort()).toEqual(OPEN);
  expect(closed.sort()).toEqual([
    'GET /cds-services',
    'HEAD /cds-services',
    'POST /cds-services/:id',
    'POST /cds-services/:id/feedback',
    'POST /explain/:id',
  ]);
});

test('with a token the closed ones are answered', async () => {
  const headers = await service.authorization('/cds-services');
  expect((await send(`${service.url}/cds-services`, { headers })).status).toBe(200);
});

test.each(['GET', 'HEAD'])('%s of closed discovery that is refused stands in the audit', async (method) => {
  const before = eventsOf(service.auditDir).length;
  expect((await send(`${service.url}/cds-services`, { method })).status).toBe(401);
  expect(eventsOf(service.auditDir)).toHaveLength(before + 1);
});

test('discovery is open unless it is closed', async () => {
  const open = await startProduction();
  expect((await send(`${open.url}/cds-services`)).status).toBe(200);
  await open.close();
});

/** What a service answers to the headers of a request whose body of five megabytes does not come; it is not asked to wait for it. */
function answerToHeaders({ url }: ProductionService, requestLine: string, origin = ''): Promise<string> {
  const { port, hostname } = new URL(url);
  const socket = connect(Number(port), hostname);
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.once('data', (chunk: Buffer) => {
      socket.destroy();
      resolve(chunk.toString().slice(9, 12));
    });
    const headers = ['Host: x', 'Content-Type: application/json', 'Content-Length: 5000000', origin].filter(Boolean);
    socket.write([`${requestLine} HTTP/1.1`, ...headers, '', '['].join('\r\n'));
  });
}

describe('without a token no body is read', () => {
  const json = { 'content-type': 'application/json', 'content-length': 4 };

  test('of a preflight, which is answered', async () => {
    const paths = service.routes.filter(({ method }) => method === 'OPTIONS').map(({ url }) => url);
    expect(paths).toContain('/cds-services/:id');
    for (const path of paths)
      expect([path, (await raw(service.url + path.replace('*', 'x'), json, '{bad', 'OPTIONS')).status]).toEqual([
        path,
        204,
      ]);
    expect(await answerToHeaders(service, `OPTIONS ${pathOf('patient-view')}`)).toBe('204');
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'of %s to an address that does not exist',
    async (method) => {
      expect((await raw(`${service.url}/nothing`, json, '{bad', method)).status).toBe(404);
      expect(await answerToHeaders(service, `${method} /nothing`)).toBe('404');
    },
  );

  test.each([
    ['an address that exists', pathOf('patient-view'), '204'],
    ['one that does not', '/nothing', '404'],
  ])('of a preflight to %s from a page that is not on the list', async (_, path, status) => {
    const listed = await startProduction({}, { env: { CORS_ORIGINS: 'https://ehr.example.org' } });
    expect(await answerToHeaders(listed, `OPTIONS ${path}`, 'Origin: https://evil.example')).toBe(status);
    await listed.close();
  });

  test.each(['/cds-services/plexus-patient-view', '/cds-services/none', '/explain/plexus-patient-view'])(
    'of a call to %s',
    async (path) => {
      expect(await answerToHeaders(service, `POST ${path}`)).toBe('401');
    },
  );
});
