/** Reading and writing single resources of the demo EHR, and what it refuses. */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from 'fhir/r4.js';
import { createStore, MAX_CREATED, MAX_WRITTEN } from '../../src/demo/fhir-store.js';
import { startEhr, type RunningEhr } from '../support/ehr.js';
import { issueOf } from '../support/json.js';
import { post, send, type Answer } from '../support/service.js';

const NOW = Date.parse('2026-11-21T09:00:00Z');
const BACK = { resourceType: 'Condition', subject: { reference: 'Patient/a' }, code: { text: 'Lage rugpijn' } };

let ehr: RunningEhr;
beforeAll(async () => {
  ehr = await startEhr(
    [{ resourceType: 'Patient', id: 'a', meta: { lastUpdated: '2026-11-20T08:45:00+01:00' } }],
    () => NOW,
  );
});
afterAll(() => ehr.close());

const put = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  send(`${ehr.url}/${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/fhir+json', ...headers },
    body: JSON.stringify(body),
  });

describe('a resource', () => {
  test('is read with its version and time', async () => {
    const { status, headers, json } = await send(`${ehr.url}/Patient/a?_format=json`);
    expect(status).toBe(200);
    expect(json).toEqual({
      resourceType: 'Patient',
      id: 'a',
      meta: { lastUpdated: '2026-11-20T08:45:00+01:00', versionId: '1' },
    });
    expect(['content-type', 'etag', 'last-modified'].map((name) => headers.get(name))).toEqual([
      'application/fhir+json; charset=utf-8',
      'W/"1"',
      'Fri, 20 Nov 2026 07:45:00 GMT',
    ]);
  });

  test('is deleted: then it is not there, neither by its id nor by a search', async () => {
    const { headers } = await post(`${ehr.url}/Condition`, BACK, { 'content-type': 'application/fhir+json' });
    const location = headers.get('location')!;
    const id = location.split('/').at(-1)!;
    const remove = () => send(location, { method: 'DELETE' });
    expect(await remove()).toMatchObject({ status: 204, text: '' });
    expect((await send(location)).status).toBe(404);
    expect((await send(`${ehr.url}/Condition?_id=${id}`)).json).toMatchObject({ total: 0 });
    expect(issueOf((await remove()).json).code).toBe('not-found');
  });

  test.each(['application/json', 'application/fhir+json', 'application/fhir+json; charset=UTF-8'])(
    'is created from %s, found at its Location and by a search',
    async (type) => {
      const sent = { ...BACK, id: 'mine', meta: { versionId: '9', tag: [{ code: 'x' }] } };
      const { status, headers, json } = await post(`${ehr.url}/Condition`, sent, { 'content-type': type });
      const { id } = json as { id: string };
      expect([status, headers.get('location')]).toEqual([201, `${ehr.url}/Condition/${id}`]);
      expect(json).toEqual({
        ...BACK,
        id: expect.stringMatching(/^new-\d+$/),
        meta: { versionId: '1', lastUpdated: '2026-11-21T09:00:00.000Z', tag: [{ code: 'x' }] },
      });
      expect((await send(headers.get('location')!)).json).toEqual(json);
      const bundle = (await send(`${ehr.url}/Condition?patient=a&_id=${id}`)).json as Bundle;
      expect(bundle.entry!.map(({ resource }) => resource)).toEqual([json]);
    },
  );

  test('is updated under its id, and its version counts up', async () => {
    const { id } = (await post(`${ehr.url}/Condition`, BACK)).json as { id: string };
    for (const version of ['2', '3']) {
      const next = { ...BACK, id, code: { coding: [{ code: `v${version}` }] } };
      const { status, headers, json } = await put(`Condition/${id}`, next);
      expect([status, headers.get('etag')]).toEqual([200, `W/"${version}"`]);
      expect(json).toEqual({ ...next, meta: { versionId: version, lastUpdated: '2026-11-21T09:00:00.000Z' } });
    }
    expect(((await send(`${ehr.url}/Condition?code=v3`)).json as Bundle).total).toBe(1);
    expect(((await send(`${ehr.url}/Condition?code=v2`)).json as Bundle).total).toBe(0);
  });
});

describe('refused with an OperationOutcome that says what to do:', () => {
  const refusal = ({ status, json, headers }: Answer) => {
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    const { code, details, expression } = issueOf(json);
    expect(details!.text).toMatch(/^[A-Z].*; .*\.$/);
    return [status, code, ...(expression ?? [])];
  };

  test.each([
    ['Patient/nobody', 404, 'not-found'],
    ['Condition/a', 404, 'not-found'],
    ['Encounter/a', 404, 'not-supported'],
    ['Encounter', 404, 'not-supported'],
    ['patient/a', 404, 'not-supported'],
    ['constructor/a', 404, 'not-supported'],
    ['__proto__', 404, 'not-supported'],
    ['Patient/a/_history/1', 404, 'not-found'],
    ['Patient/constructor', 404, 'not-found'],
    ['Patient/a_b', 400, 'value', 'id'],
    ['Patient/%2e%2e%2fa', 400, 'value', 'id'],
    ['Patient/a%00', 400, 'value', 'id'],
    [`Patient/${'a'.repeat(65)}`, 400, 'value', 'id'],
    ['Patient/a?version=1', 400, 'not-supported', 'http.version'],
    ['metadata?mode=full', 400, 'not-supported', 'http.mode'],
  ])('GET %s', async (path, ...expected) => {
    expect(refusal(await send(`${ehr.url}/${path}`))).toEqual(expected);
  });

  test.each([
    ['another type', { resourceType: 'Observation' }, 400, 'invariant', 'resourceType'],
    ['no type', {}, 400, 'invariant', 'resourceType'],
    ['a list', [], 400, 'structure'],
    ['broken JSON', '{', 400, 'structure'],
    ['a poisoned key', '{"__proto__":{}}', 400, 'structure'],
    ['deep nesting', `{"resourceType":"Condition","a":${'['.repeat(5000)}${']'.repeat(5000)}}`, 400, 'too-costly'],
    ['too large a body', `{"a":"${'x'.repeat(1_100_000)}"}`, 413, 'too-long'],
  ])('POST of %s', async (_what, body, ...expected) => {
    expect(refusal(await post(`${ehr.url}/Condition`, body))).toEqual(expected);
  });

  test.each([
    'text/plain',
    'application/xml',
    'application/fhir+xml',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
  ])('a resource as %s', async (type) => {
    const body = JSON.stringify(BACK);
    expect(refusal(await post(`${ehr.url}/Condition`, body, { 'content-type': type }))).toEqual([415, 'not-supported']);
  });

  test('a search as JSON', async () => {
    expect(refusal(await post(`${ehr.url}/Condition/_search`, {}))).toEqual([415, 'not-supported']);
  });

  test('an update of what is not there, under another id, or without an id', async () => {
    expect(refusal(await put('Condition/nobody', { ...BACK, id: 'nobody' }))).toEqual([404, 'not-found']);
    expect(refusal(await put('Patient/a', { resourceType: 'Patient', id: 'b' }))).toEqual([400, 'invariant', 'id']);
    expect(refusal(await put('Patient/a', { resourceType: 'Patient' }))).toEqual([400, 'invariant', 'id']);
  });

  test('a condition on a create or update, which would not be looked at', async () => {
    const patient = { resourceType: 'Patient', id: 'a' };
    expect(refusal(await put('Patient/a', patient, { 'if-match': 'W/"7"' }))).toEqual([
      400,
      'not-supported',
      'http.if-match',
    ]);
    expect(refusal(await post(`${ehr.url}/Patient`, patient, { 'if-none-exist': '_id=a' }))).toEqual([
      400,
      'not-supported',
      'http.if-none-exist',
    ]);
  });

  test.each([
    ['DELETE', 'Patient', 'GET, HEAD, POST, OPTIONS'],
    ['PATCH', 'Patient/a', 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['POST', 'Patient/a', 'GET, HEAD, PUT, DELETE, OPTIONS'],
    ['PUT', 'Patient', 'GET, HEAD, POST, OPTIONS'],
    ['GET', 'Patient/_search', 'POST, OPTIONS'],
    ['POST', 'metadata', 'GET, HEAD, OPTIONS'],
  ])('%s %s, with the methods that there are', async (method, path, allow) => {
    const answer = await send(`${ehr.url}/${path}`, { method });
    expect(refusal(answer)).toEqual([405, 'not-supported']);
    expect(answer.headers.get('allow')).toBe(allow);
    expect((await send(`${ehr.url}/${path}`, { method: 'OPTIONS' })).headers.get('allow')).toBe(allow);
  });

  test('a Host header that is none, which would be written into links', async () => {
    const { port, hostname } = new URL(ehr.url);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = connect(Number(port), hostname).setEncoding('utf8');
      socket.on('data', (chunk: string) => (text += chunk)).on('close', () => resolve(text));
      socket.write('GET /demo-fhir/Patient HTTP/1.1\r\nHost: a/b"c\r\nConnection: close\r\n\r\n');
    });
    expect(answer).toMatch(/^HTTP\/1.1 400 [\s\S]*The Host header is no host/);
  });
});

describe('the store is bounded', () => {
  const tools = { newId: () => String(++made), now: () => NOW };
  let made = 0;

  test(`${MAX_CREATED} resources can be created, then no more, though updates go on`, () => {
    const store = createStore([{ resourceType: 'Patient', id: 'a' }], tools);
    for (let count = 0; count < MAX_CREATED; count += 1) store.create('Condition', {});
    expect(() => store.create('Condition', {})).toThrow();
    expect(store.update('Patient', 'a', {})?.meta.versionId).toBe('2');
    const all = { matches: () => true, offset: 0, count: 1 };
    expect(store.search('Condition', all).total).toBe(MAX_CREATED);
  });

  test('what is written is counted by its size, and what is overwritten is counted no longer', () => {
    const store = createStore([{ resourceType: 'Patient', id: 'a' }], tools);
    const large = { text: 'x'.repeat(MAX_WRITTEN * 0.6) };
    store.update('Patient', 'a', large);
    store.update('Patient', 'a', large);
    expect(() => store.create('Condition', large)).toThrow();
    expect(store.read('Patient', 'a')?.meta.versionId).toBe('3');
    store.update('Patient', 'a', {});
    expect(store.create('Condition', large).resourceType).toBe('Condition');
  });

  test('over HTTP that is 507', async () => {
    const full = await startEhr([]);
    const text = 'x'.repeat(1_000_000);
    let answer = await post(`${full.url}/Condition`, { ...BACK, text });
    while (answer.status === 201) answer = await post(`${full.url}/Condition`, { ...BACK, text });
    await full.close();
    expect([answer.status, issueOf(answer.json).code]).toEqual([507, 'too-costly']);
  });

  test('two resources of one id are refused at the start', () => {
    const patient = { resourceType: 'Patient', id: 'a' };
    expect(() => createStore([patient, patient], tools)).toThrow('two resources Patient/a');
  });
});
