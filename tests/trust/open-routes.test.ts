/** Every address of production asks for a token, but for those that are named here: a new one that says nothing of itself is closed. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startProduction, type ProductionService } from '../support/production.js';
import { send } from '../support/service.js';

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

test('discovery is open unless it is closed', async () => {
  const open = await startProduction();
  expect((await send(`${open.url}/cds-services`)).status).toBe(200);
  await open.close();
});

test('a preflight brings no token and is answered', async () => {
  const { status } = await send(`${service.url}/cds-services/plexus-patient-view`, { method: 'OPTIONS' });
  expect(status).toBe(204);
});
