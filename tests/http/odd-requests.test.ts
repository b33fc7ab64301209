/** What the fuzzer found: requests that no client should send, each of which had an answer that is not ours. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { HOOKS } from '../../src/cds-hooks/request.js';
import { emptyPlaces } from '../support/json.js';
import { condition, daysAgo, nrs } from '../support/records.js';
import { DRAFT, PATIENT, bundleOf, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, raw, startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describe('an id that cannot even be written as text names nothing, and ends nothing', () => {
  const id = { toString: 1, valueOf: 1 };
  const fullUrl = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
  const subject = { reference: `Patient/${PATIENT}` };

  test.each([
    ['an entry with a urn', { entry: [{ fullUrl, resource: { resourceType: 'Condition', id, subject } }] }],
    ['a drug beside its request', { entry: [{ resource: { resourceType: 'Medication', id } }] }],
  ])('%s', async (_what, bundle) => {
    const request = requestFor('patient-view');
    request.prefetch['medications'] = { ...searchsetOf(), ...bundle };
    expect((await post(service.url + pathOf('patient-view'), request)).status).toBe(200);
  });

  test.each(HOOKS.filter((hook) => hook !== 'patient-view'))('what %s is about', async (hook) => {
    const request = requestFor(hook);
    for (const [field, value] of Object.entries(request.context)) {
      if (typeof value !== 'object' || Array.isArray(value)) continue;
      const [entry] = (value as { readonly entry: readonly { readonly resource: object }[] }).entry;
      const odd = { fullUrl, resource: { ...entry!.resource, id } };
      request.context[field] = { resourceType: 'Bundle', entry: [odd, ...(bundleOf(DRAFT)['entry'] as unknown[])] };
    }
    expect((await post(service.url + pathOf(hook), request)).status).toBe(200);
  });
});

test('what a record leaves empty is not copied into a suggestion', async () => {
  const request = requestFor('patient-view');
  const codings = [{ system: 'http://snomed.info/sct', code: '16982005', display: '' }, null, {}];
  const bodySite = [{ coding: codings, text: null, extension: [] }, { text: '' }, { text: 'TOO LARGE' }];
  const shoulder = ['site-shoulder', 'side-right'];
  request.prefetch['conditions'] = searchsetOf({ ...condition('shoulder-pain', daysAgo(3)), bodySite });
  request.prefetch['observations'] = searchsetOf(nrs(9, daysAgo(0), shoulder));
  request['extension'] = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00' } };
  // A number that no double holds, which JSON cannot write again.
  const body = JSON.stringify(request).replace('"TOO LARGE"', '1e400');
  const { json } = await post(service.url + pathOf('patient-view'), body);
  const { cards } = json as { readonly cards: readonly Card[] };
  const actions = cards.flatMap(({ suggestions = [] }) => suggestions.flatMap((one) => one.actions));
  const problem = actions.find(({ resource }) => resource?.resourceType === 'Condition')?.resource;
  expect(problem).toMatchObject({
    bodySite: [{ coding: [{ system: 'http://snomed.info/sct', code: '16982005' }] }],
  });
  expect(emptyPlaces(json)).toEqual([]);
});

describe('a trace says what a request leaves unsaid', () => {
  const url = (): string => service.url + pathOf('patient-view').replace('cds-services', 'explain');

  test('a complaint of the thigh, which is in no region of ours, is one of the leg', async () => {
    const request = requestFor('patient-view');
    request.prefetch['conditions'] = searchsetOf(condition('neuralgic-amyotrophy', daysAgo(3), ['site-thigh']));
    const { json } = await post(url(), request);
    expect(json).toMatchObject({ trace: { episodes: [{ region: 'leg', regions: [], group: 'leg-only' }] } });
  });

  test('an object whose type is an empty text is no resource', async () => {
    const request = requestFor('patient-view');
    request.prefetch['conditions'] = searchsetOf({ resourceType: '', id: 'a' });
    expect((await post(url(), request)).json).toMatchObject({ trace: { excluded: [] } });
    request.prefetch['conditions'] = { resourceType: '' };
    expect((await post(url(), request)).status).toBe(422);
  });
});

/** The first words that come back to a client that writes its request piece by piece, whatever is answered meanwhile, and reads then. */
function writeInPieces(head: string, piece: string, pieces: number, tail = ''): Promise<string> {
  const { port, hostname } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let left = pieces;
  const write = (): void => {
    if (left === 0 || !socket.writable) socket.end(tail);
    else socket.write(piece, () => setImmediate(write));
    left -= 1;
  };
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', ({ message }) => resolve(message));
    socket.on('close', () => resolve(text.slice(0, 12)));
    socket.write(head, write);
  });
}

const PIECE = 20_000;
const POST = `POST ${pathOf('patient-view')} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n`;
const NOWHERE = POST.replace(pathOf('patient-view'), '/nothing');

test.each([
  ['headers over the limit', 431, 'GET /', 'x'.repeat(PIECE), 8, ' HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['a body of a length over the limit', 413, `${POST}Content-Length: 6000000\r\n\r\n`, ' '.repeat(PIECE), 300, ''],
  [
    'a body to an address that is not there',
    404,
    `${NOWHERE}Content-Length: 6000000\r\n\r\n`,
    ' '.repeat(PIECE),
    300,
    '',
  ],
])('%s: %i also reaches a client that is still sending', async (_what, status, head, piece, pieces, tail) => {
  const answers = await Promise.all(Array.from({ length: 12 }, () => writeInPieces(head, piece, pieces, tail)));
  expect(answers).toEqual(Array(12).fill(`HTTP/1.1 ${status}`));
});

describe('what Node would answer itself is answered by us', () => {
  test('HTTP/1.1 without Host: 400 as an OperationOutcome', async () => {
    const { port, hostname } = new URL(service.url);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.end('GET /cds-services HTTP/1.1\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    expect(text).toMatch(/^HTTP\/1\.1 400 /);
    expect(text).toContain('"resourceType":"OperationOutcome"');
  });

  test('an expectation that nobody knows is passed over', async () => {
    const headers = { 'content-type': 'application/json', expect: 'a-miracle' };
    expect((await raw(service.url + pathOf('patient-view'), headers, '{}')).status).toBe(400);
    const body = JSON.stringify(requestFor('patient-view'));
    const answer = await raw(service.url + pathOf('patient-view'), headers, body);
    expect([answer.status, answer.text]).toEqual([200, '{"cards":[]}']);
  });
});
