/**
 * Nothing of a request is where it should not be: a canary is planted in everything that is sent, at the level at which most is logged, and looked for in logs,
 * metrics, errors, headers, addresses, the audit and what the process prints.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { createCanaries, withCanaries, withCanaryIds, type Canaries } from '../support/canaries.js';
import { faultyCalls, faultyFeedback, goodFeedback, type Call } from '../support/faulty-calls.js';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import { startProduction, type ProductionService } from '../support/production.js';
import { raw, startService } from '../support/service.js';
import { readStories } from '../support/stories.js';
import { searchsetOf, requestFor } from '../support/requests.js';

type Json = Record<string, unknown>;
interface StoryRequest {
  context: Json;
  prefetch: Json;
}

let ehr: FhirServerDouble;
let service: ProductionService;
/** Everything that this process printed or warned of. */
const printed: string[] = [];
const onWarning = (warning: Error): void => void printed.push(String(warning.stack));

beforeAll(async () => {
  ehr = await startFhirServer();
  service = await startProduction(
    { fhirServers: [ehr.base], privateNetwork: true, deadlineMs: 10_000 },
    { env: { LOG_LEVEL: 'trace', EXPLAIN: 'on' } },
  );
  process.on('warning', onWarning);
});
afterAll(async () => {
  process.off('warning', onWarning);
  await service.close();
  await ehr.close();
});
afterEach(() => {
  ehr.asked.length = 0;
  ehr.headers.length = 0;
});

/** While `call` runs, what is printed is kept. */
async function watching<T>(call: () => Promise<T>): Promise<T> {
  const spies = [
    ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation((...parts: unknown[]) => void printed.push(parts.join(' '))),
    ),
    ...[process.stdout, process.stderr].map((stream) =>
      vi.spyOn(stream, 'write').mockImplementation((chunk) => printed.push(String(chunk)) > 0),
    ),
  ];
  try {
    return await call();
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}

const auditText = (): string =>
  readdirSync(service.auditDir)
    .map((name) => readFileSync(join(service.auditDir, name), 'utf8'))
    .join('\n');

/** Every place in which nothing of a request may stand. */
async function sinks(): Promise<Readonly<Record<string, string>>> {
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  return { log: service.logs(), metrics, printed: printed.join('\n'), audit: auditText() };
}

async function expectClean({ found }: Canaries): Promise<void> {
  for (const [sink, text] of Object.entries(await sinks())) expect(found(text), sink).toEqual([]);
}

async function send({ path, body, method = 'POST', headers = {} }: Call) {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {});
  const token = await service.authorization(path.split('?')[0] ?? path);
  const own = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(bytes), ...token, ...headers };
  return raw(service.url + path, own, method === 'GET' ? '' : bytes, method);
}

const TOKEN = { token_type: 'Bearer', expires_in: 300, scope: 'user/*.read', subject: 'cds-service' };

/** A story with its days counted from the real today, and a token for the FHIR server. */
function toldToday(story: Json, canaries: Canaries): Json {
  const request = resolveTokens(story, { now: Date.now(), zone: 'Europe/Amsterdam' });
  const fhirAuthorization = { ...TOKEN, access_token: canaries.plant('fhirAuthorization.access_token') };
  return { ...request, fhirServer: ehr.base, fhirAuthorization };
}

/** Every second request brings its record in prefetch; the others leave it to the FHIR server. */
function viaFhirServer(request: Json): Json {
  const { prefetch } = request as unknown as StoryRequest;
  const values = Object.values(prefetch) as readonly (Json | null)[];
  const resources = values.flatMap((value) => {
    const { resourceType, entry = [] } = (value ?? {}) as { resourceType?: string; entry?: { resource: Json }[] };
    if (resourceType === 'Bundle') return entry.map(({ resource }) => resource);
    return value === null ? [] : [value];
  });
  ehr.answers = ({ url = '' }, response) => {
    const [type = ''] = url.replace('/fhir/', '').split(/[/?]/);
    const ofType = resources.filter(({ resourceType }) => resourceType === type);
    sendJson(response, type === 'Patient' || type === 'Medication' ? (ofType[0] ?? {}) : searchsetOf(...ofType));
  };
  return { ...request, prefetch: {} };
}

interface Answered {
  readonly cards: readonly Card[];
  readonly headers: string;
}

async function answerTo(service: string, body: Json): Promise<Answered> {
  const { status, text, headers } = await send({ path: `/cds-services/${service}`, body });
  expect(status, text).toBe(200);
  return { cards: (JSON.parse(text) as Answered).cards, headers: JSON.stringify(headers) };
}

/** What a card shows and where it leads, without the resources of its suggestions. */
const shownOf = (cards: readonly Card[]): string =>
  JSON.stringify(cards, (name, value: unknown) => (name === 'resource' ? undefined : value));

/** What the suggestions make anew: all but the place of the complaint, which goes back as the record has it. */
const madeOf = (cards: readonly Card[]): string =>
  JSON.stringify(
    cards.flatMap(({ suggestions = [] }) =>
      suggestions.flatMap(({ actions }) => actions.flatMap((one) => (one.type === 'create' ? [one.resource] : []))),
    ),
    (name, value: unknown) => (name === 'bodySite' ? undefined : value),
  );

const stories = readStories();
/** For all of them, on a machine that does much else. */
const TIMEOUT = 60_000;

describe('canaries in every text of every story', () => {
  test('stay where they were sent, and in the GP’s own drafts that go back', { timeout: TIMEOUT }, async () => {
    const canaries = createCanaries();
    const all: Card[] = [];
    await watching(async () => {
      for (const [place, story] of stories.entries()) {
        const request = withCanaries(toldToday(story.request, canaries), canaries);
        request['fhirServer'] = ehr.base;
        Object.assign(request['fhirAuthorization'] as Json, { token_type: 'Bearer', scope: 'user/*.read' });
        const { cards, headers } = await answerTo(story.service, place % 2 === 0 ? request : viaFhirServer(request));
        expect(canaries.found(shownOf(cards) + madeOf(cards) + headers), story.id).toEqual([]);
        all.push(...cards);
      }
    });
    expect(canaries.found(ehr.asked.join('\n')), 'addresses').toEqual([]);
    await expectClean(canaries);
    expect(canaries.planted()).toBeGreaterThan(20_000);
    // The search finds what is there: a draft goes back with all that the GP wrote.
    expect(all.length).toBeGreaterThan(100);
    expect(canaries.found(JSON.stringify(all))).not.toEqual([]);
    // The token went to the server that it is for.
    expect(canaries.found(JSON.stringify(ehr.headers))).toContain('.fhirAuthorization.access_token');
  });
});

describe('canaries in every id', () => {
  test(
    'are in the actions that name a resource, and in addresses of the EHR’s own server',
    { timeout: TIMEOUT },
    async () => {
      const canaries = createCanaries();
      await watching(async () => {
        for (const [place, story] of stories.entries()) {
          const request = withCanaryIds(toldToday(story.request, canaries), canaries);
          const { cards, headers } = await answerTo(story.service, place % 2 === 0 ? request : viaFhirServer(request));
          const words = cards.map((card) => ({ ...card, extension: undefined }));
          const shown = JSON.stringify(words, (name, value: unknown) =>
            ['resource', 'resourceId'].includes(name) ? undefined : value,
          );
          expect(canaries.found(shown + headers), story.id).toEqual([]);
        }
      });
      expect(new Set(canaries.found(ehr.asked.join('\n')).map((path) => path.split('.').at(-1)))).toEqual(
        new Set(['patientId']),
      );
      await expectClean(canaries);
    },
  );
});

describe('canaries where something is wrong', () => {
  test('are in no error, header, log line or entry of the audit', async () => {
    const canaries = createCanaries();
    const calls = [...faultyCalls(canaries, ehr.base), ...faultyFeedback(canaries)];
    await watching(async () => {
      for (const call of calls) {
        const { status, text, headers } = await send(call);
        expect(status, call.path + text).toBeGreaterThanOrEqual(400);
        // Refused for what is wrong with it, not at the door.
        expect([401, 429, 503], call.path).not.toContain(status);
        expect(canaries.found(text + JSON.stringify(headers)), `${status} ${text}`).toEqual([]);
      }
      for (const call of goodFeedback(canaries)) {
        const { status, text, headers } = await send(call);
        expect(status, text).toBe(200);
        expect(canaries.found(text + JSON.stringify(headers))).toEqual([]);
      }
      expect(canaries.found(await notHttp(`GET /${canaries.plant('line')} HTTP/9.9\r\n\r\n`))).toEqual([]);
      expect(canaries.found(await notHttp(`GET / HTTP/1.1\r\n${canaries.plant('header')} : x\r\n\r\n`))).toEqual([]);
    });
    await expectClean(canaries);
  });

  test('of the FHIR server neither', async () => {
    const canaries = createCanaries();
    const answers: readonly FhirServerDouble['answers'][] = [
      (_request, response) => sendJson(response, { issue: canaries.plant('body') }, 500),
      (_request, response) => sendJson(response, `{"${canaries.plant('text')}`),
      (_request, response) => response.writeHead(302, { location: `${ehr.base}/${canaries.plant('location')}` }).end(),
      (_request, response) =>
        sendJson(response, { resourceType: 'Bundle', link: [{ relation: 'next', url: canaries.plant('next') }] }),
      ({ socket }) => socket.destroy(),
    ];
    await watching(async () => {
      for (const answer of answers) {
        ehr.answers = answer;
        const request = { ...requestFor('patient-view'), prefetch: {} } as Json;
        const { text } = await send({
          path: '/cds-services/plexus-patient-view',
          body: { ...toldToday(request, canaries) },
        });
        expect(canaries.found(text)).toEqual([]);
      }
    });
    await expectClean(canaries);
  });
});

describe('the audit', () => {
  test('names the user and the call as they were sent, and the patient not', async () => {
    const canaries = createCanaries();
    const request = requestFor('patient-view');
    const userId = `Practitioner/${canaries.plant('userId')}`;
    const patientId = canaries.plant('patientId');
    const body = {
      ...request,
      context: { userId, patientId },
      prefetch: { ...request.prefetch, patient: { resourceType: 'Patient', id: patientId, birthDate: '1980-02-01' } },
    };
    await answerTo('plexus-patient-view', body);
    const { audit = '', ...others } = await sinks();
    expect(audit).toContain(userId);
    expect(audit).toContain(request.hookInstance);
    expect(canaries.found(audit.replaceAll(userId, ''))).toEqual([]);
    expect(canaries.found(JSON.stringify(others))).toEqual([]);
  });
});

describe('a fault of ours', () => {
  test('is logged by its kind and place, whatever its message repeats', async () => {
    const canaries = createCanaries();
    const decide = (): never => {
      throw new TypeError(`${canaries.plant('message')}\n    at ${canaries.plant('frame')} (file:///a.js:1:1)`);
    };
    const broken = await startService({ env: { LOG_LEVEL: 'trace' }, overrides: { engine: { decide } } });
    const body = JSON.stringify(requestFor('patient-view'));
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const { status, text } = await raw(`${broken.url}/cds-services/plexus-patient-view`, headers, body);
    await broken.close();
    expect(status).toBe(500);
    expect(canaries.found(text + broken.logs())).toEqual([]);
    expect(broken.logs()).toMatch(/"name":"TypeError","at":\["at .*canaries\.test\.ts/);
  });
});

/** What is answered to bytes that are no HTTP. */
function notHttp(bytes: string): Promise<string> {
  const { hostname, port } = new URL(service.url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    socket.on('close', () => resolve(answer));
  });
}
