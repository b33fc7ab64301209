/** What the fuzzer found: requests that no client should send, each of which had an answer that is not ours. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOOKS } from '../../src/cds-hooks/request.js';
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

/** What comes back to a client that writes a request line of 150 kB in pieces, whatever is answered meanwhile. */
function writeLongLine(): Promise<string> {
  const { port, hostname } = new URL(service.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  let pieces = 30;
  const write = (): void => {
    if (pieces === 0 || !socket.writable) socket.end(' HTTP/1.1\r\nHost: x\r\n\r\n');
    else socket.write('x'.repeat(5000), () => setImmediate(write));
    pieces -= 1;
  };
  return new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', ({ message }) => resolve(message));
    socket.on('close', () => resolve(text.slice(0, 12)));
    socket.write('GET /', write);
  });
}

test('headers over the limit: 431 also reaches a client that is still writing them', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, writeLongLine));
  expect(answers).toEqual(Array(30).fill('HTTP/1.1 431'));
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
