/** What of a request is in memory: while it waits for the EHR's FHIR server only what is needed, and after the answer nothing. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { createCanaries, withCanaries, type Canaries } from '../support/canaries.js';
import { faultyCalls, goodFeedback } from '../support/faulty-calls.js';
import { ROOT } from '../support/files.js';
import { startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import { PATIENT, pathOf, requestFor } from '../support/requests.js';
import { post, raw } from '../support/service.js';
import { readStories } from '../support/stories.js';

const TIMEOUT = 120_000;

let ehr: FhirServerDouble;
let child: ChildProcess;
let url: string;
const folder = mkdtempSync(join(tmpdir(), 'plexus-heap-'));

beforeAll(async () => {
  ehr = await startFhirServer();
  child = fork(join(ROOT, 'tests/support/inspected-service.ts'), {
    // Of a longer string a snapshot would show the first thousand characters only.
    execArgv: ['--expose-gc', '--heap-snapshot-string-limit=100000000', '--import', 'tsx'],
  });
  child.send({ clients: [{ id: 'ehr', fhirServers: [ehr.base], privateNetwork: true, deadlineMs: 10_000 }] });
  [url] = (await once(child, 'message')) as [string];
}, TIMEOUT);
afterAll(async () => {
  child.disconnect();
  await once(child, 'exit');
  await ehr.close();
  rmSync(folder, { recursive: true });
});

let snapshots = 0;

/** The places of all canaries that the memory of the service holds. */
async function inMemory({ found }: Canaries): Promise<readonly string[]> {
  const path = join(folder, `${++snapshots}.heapsnapshot`);
  child.send(path);
  await once(child, 'message');
  const file = await open(path);
  const places = new Set<string>();
  let end = '';
  for await (const chunk of file.createReadStream({
    encoding: 'utf8',
    highWaterMark: 1 << 20,
  }) as AsyncIterable<string>) {
    const text = end + chunk;
    if (text.includes('c4n4ry')) for (const place of found(text)) places.add(place);
    end = chunk.slice(-40);
  }
  return [...places];
}

const grant = ({ plant }: Canaries, scope = 'user/*.read') => ({
  fhirServer: ehr.base,
  fhirAuthorization: {
    access_token: plant('access_token'),
    token_type: 'Bearer',
    expires_in: 300,
    scope,
    subject: 'cds-service',
  },
});

const HOOKS = SERVICES.map(({ hook }) => hook);

/** A member of a draft whose number is to go back as it was written, and is kept as a text of its own for that. */
const DECIMAL = '"quantityQuantity":{"value":1.00000000000000000000},';

/** Stories of every service, one with a draft that goes back among them. */
const TOLD = [
  'plexus-patient-view',
  'plexus-order-select',
  'plexus-order-sign',
  'plexus-appointment-book',
  'plexus-problem-list-item-create',
];

describe('in memory', () => {
  test(
    'is of a Patient, while the record is being read, only whose it is and when born, on every hook',
    { timeout: TIMEOUT },
    async () => {
      const canaries = createCanaries();
      const waiting: { readonly url: string; readonly response: ServerResponse }[] = [];
      ehr.answers = ({ url = '' }, response) => void waiting.push({ url, response });
      const calls = HOOKS.map((hook) => {
        const { prefetch, context, ...request } = requestFor(hook);
        const { patient } = withCanaries({ patient: prefetch['patient'] }, canaries);
        const id = canaries.plant('id');
        // Few questions, so that those of all five have a connection at once.
        const granted = grant(canaries, 'user/Condition.read');
        const own = { ...context, patientId: id };
        const body = { ...request, ...granted, context: own, prefetch: { patient: { ...(patient as object), id } } };
        const text = JSON.stringify(body)
          .replaceAll(PATIENT, id)
          .replace(/"(?=subject"|participant")/g, `${DECIMAL}"`);
        return { id, hook, text };
      });
      const answered = calls.map(({ hook, text }) => post(url + pathOf(hook), text));
      const isAsked = ({ id }: { readonly id: string }) => waiting.some((one) => one.url.includes(id));
      await expect.poll(() => calls.filter((call) => !isAsked(call)), { timeout: 5_000 }).toEqual([]);
      const places = await inMemory(canaries);
      for (const { response } of waiting) response.destroy();
      expect((await Promise.all(answered)).map(({ status }) => status)).toEqual(HOOKS.map(() => 200));
      // The patient's id and the token of the questions that wait: the search finds what is there.
      expect([...places].sort()).toEqual(['access_token', 'id']);
    },
  );

  test('is nothing of a request, a refusal or feedback after the answer', { timeout: TIMEOUT }, async () => {
    const canaries = createCanaries();
    ehr.answers = (_request, response) => void response.writeHead(404).end();
    const stories = TOLD.flatMap((service) =>
      readStories()
        .filter((story) => story.service === service)
        .slice(0, 3),
    );
    let cards = 0;
    for (const { service, request } of stories) {
      const told = withCanaries(resolveTokens(request, { now: Date.now(), zone: 'Europe/Amsterdam' }), canaries);
      const answer = await post(`${url}/cds-services/${service}`, { ...told, ...grant(canaries) });
      expect(answer.status, answer.text).toBe(200);
      cards += (answer.json as { cards: readonly unknown[] }).cards.length;
    }
    for (const { path, body, headers = {}, method = 'POST' } of [
      ...faultyCalls(canaries, ehr.base),
      ...goodFeedback(canaries),
    ]) {
      const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {});
      const own = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers };
      await raw(url + path, own, method === 'GET' ? '' : text, method);
    }
    // One that says nothing: a connection that is kept open holds the head of its last request.
    await post(url + pathOf('patient-view'), requestFor('patient-view'));
    expect(cards).toBeGreaterThan(0);
    // Fastify keeps the last hundred media types that it was sent, to find their parser; nothing else is there.
    expect((await inMemory(canaries)).filter((place) => place !== 'content-type')).toEqual([]);
  });
});
