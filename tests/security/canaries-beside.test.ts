/**
 * Canaries where the other ones are not: in codes, states, types, dates and names of members, and in the place of numbers; sent to the services, for an
 * explanation, and by a client in shadow. Answers may say what was sent; logs, metrics, errors, headers and the audit may not.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { SPOILED, createCanaries, withCanaries, withCanariesBeside, type Canaries } from '../support/canaries.js';
import { makeKey, startProduction, tokenFor, type ProductionService, type SigningKey } from '../support/production.js';
import { raw } from '../support/service.js';
import { readStories } from '../support/stories.js';

const SHADOW = 'https://shadow.example.org';

let shadowKey: SigningKey;
let service: ProductionService;
beforeAll(async () => {
  shadowKey = await makeKey();
  service = await startProduction(
    {},
    {
      env: { LOG_LEVEL: 'trace', EXPLAIN: 'on' },
      clients: [{ id: 'shadow', shadow: true, token: { issuer: SHADOW, keys: { keys: [shadowKey.public] } } }],
    },
  );
});
afterAll(() => service.close());

const ROUTES = ['cds-services', 'explain', 'shadow'] as const;
type Route = (typeof ROUTES)[number];

async function send(route: Route, id: string, request: object) {
  const path = `/${route === 'shadow' ? 'cds-services' : route}/${id}`;
  const { authorization } =
    route === 'shadow'
      ? { authorization: `Bearer ${await tokenFor(path, shadowKey, { claims: { iss: SHADOW } })}` }
      : await service.authorization(path);
  const body = JSON.stringify(request);
  const length = Buffer.byteLength(body);
  return raw(service.url + path, { 'content-type': 'application/json', 'content-length': length, authorization }, body);
}

async function expectClean({ found }: Canaries): Promise<void> {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const audit = readdirSync(service.auditDir).map((name) => readFileSync(join(service.auditDir, name), 'utf8'));
  for (const [sink, text] of Object.entries({ log: service.logs(), metrics, audit: audit.join() }))
    expect(found(text), sink).toEqual([]);
}

const stories = readStories().map((story) => ({
  ...story,
  request: resolveTokens(story.request, { now: Date.now(), zone: 'Europe/Amsterdam' }),
}));

test('texts of a record are in an explanation, and in no sink; a client in shadow is shown nothing of them', async () => {
  const canaries = createCanaries();
  const explained: string[] = [];
  for (const [place, story] of stories.entries()) {
    const route = place % 2 === 0 ? 'explain' : 'shadow';
    const { status, text, headers } = await send(route, story.service, withCanaries(story.request, canaries));
    expect(status, text).toBe(200);
    expect(canaries.found(JSON.stringify([...headers]))).toEqual([]);
    if (route === 'shadow') expect(text).toBe('{"cards":[]}');
    else explained.push(text);
  }
  // The search finds what is there: a draft, and a record without a code, go back in words.
  expect(canaries.found(explained.join())).not.toEqual([]);
  await expectClean(canaries);
});

test('codes, states, types, dates, numbers and names of members that are wrong are in no sink', async () => {
  const canaries = createCanaries();
  const answered = new Map<Route, number>();
  for (const [place, { service: id, request }] of stories.entries()) {
    const route = ROUTES[place % ROUTES.length]!;
    const what = SPOILED[Math.floor(place / ROUTES.length) % SPOILED.length]!;
    const { status, text, headers } = await send(route, id, withCanariesBeside(request, what, canaries));
    expect([200, 400, 412, 422], `${what} ${text}`).toContain(status);
    expect(canaries.found(JSON.stringify([...headers]) + (status === 200 ? '' : text)), what).toEqual([]);
    if (status === 200) answered.set(route, (answered.get(route) ?? 0) + 1);
  }
  for (const route of ROUTES) expect(answered.get(route), route).toBeGreaterThan(10);
  expect(canaries.planted()).toBeGreaterThan(5000);
  await expectClean(canaries);
});
