/**
 * Where this service opens connections to: only to registered FHIR servers, whatever a request, a page or a reference says.
 * Every socket of this process is watched, so nothing that leaves can be missed.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import { PATIENT, pathOf, requestFor, searchsetOf, type HookRequest } from '../support/requests.js';
import { post, startService, type Answer, type RunningService } from '../support/service.js';

let ehr: FhirServerDouble;
let service: RunningService;
let attempts: Set<string>;

const watch = (message: unknown): void => {
  const { socket } = message as { socket: Socket };
  socket.on('connectionAttempt', (address: string, port: number) => attempts.add(`${address}:${port}`));
  socket.on('lookup', (_error: unknown, _address: unknown, _family: unknown, host: string) => attempts.add(host));
};

beforeAll(async () => {
  ehr = await startFhirServer();
  service = await startService({
    clients: [
      { id: 'near', fhirServers: [ehr.base], privateNetwork: true, open: true },
      // A name of this machine, registered without leave to stand on a private network.
      { id: 'rebound', fhirServers: [ehr.base.replace('127.0.0.1', 'localhost')], open: true },
    ],
  });
  subscribe('net.client.socket', watch);
});
afterAll(async () => {
  unsubscribe('net.client.socket', watch);
  await service.close();
  await ehr.close();
});
beforeEach(() => {
  attempts = new Set();
  ehr.asked.length = 0;
  ehr.answers = (request, response) =>
    request.url?.includes('Patient/')
      ? sendJson(response, { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' })
      : sendJson(response, searchsetOf());
});

const ask = (more: Readonly<Record<string, unknown>>, prefetch: Readonly<Record<string, unknown>> = {}) => {
  const request: HookRequest = { ...requestFor('patient-view'), ...more };
  return post(service.url + pathOf('patient-view'), { ...request, prefetch });
};
const hostOf = (url: string): string => new URL(url).host;
/** The caller of this test itself, and the registered server. */
const allowed = () => [hostOf(service.url), hostOf(ehr.base)];
const elsewhere = (): readonly string[] => [...attempts].filter((attempt) => !allowed().includes(attempt));

describe('connections', () => {
  test('the watch sees a connection: the registered server is asked', async () => {
    await ask({ fhirServer: ehr.base });
    expect(ehr.asked.length).toBeGreaterThan(0);
    expect([...attempts]).toContain(hostOf(ehr.base));
    expect(elsewhere()).toEqual([]);
  });

  test.each([
    ['loopback', 'http://127.0.0.1:9/fhir'],
    ['a metadata service', 'http://169.254.169.254/latest'],
    ['a private address', 'http://10.0.0.1/fhir'],
    ['IPv6 loopback', 'http://[::1]:9/fhir'],
    ['a decimal address', 'http://2130706433:9/fhir'],
    ['a name', 'https://attacker.example/fhir'],
    ['the registered host, another path', () => ehr.base.replace('/fhir', '/admin')],
    ['the registered server as user name', () => ehr.base.replace('http://', 'http://registered.example/')],
    ['the registered address with a port behind it', () => ehr.base.replace('/fhir', '0/fhir')],
  ])('none, for fhirServer on %s', async (_, address) => {
    const { status } = await ask({ fhirServer: typeof address === 'string' ? address : address() });
    expect([400, 412]).toContain(status);
    expect(elsewhere()).toEqual([]);
    expect(ehr.asked).toEqual([]);
  });

  test('none, for a registered name that resolves to a private address', async () => {
    const { status } = await ask({ fhirServer: ehr.base.replace('127.0.0.1', 'localhost') });
    expect(status).toBe(412);
    expect(ehr.asked).toEqual([]);
    // The name was looked up, and no address of it was connected to.
    expect(elsewhere()).toEqual(['localhost']);
  });

  test('none, for next, redirects and references that lead away', async () => {
    const away = 'http://127.0.0.1:9/steal';
    ehr.answers = (request, response) => {
      const url = request.url ?? '';
      if (url.includes('Patient/')) sendJson(response, { resourceType: 'Patient', id: PATIENT });
      else if (url.includes('Observation')) response.writeHead(307, { location: away }).end();
      else if (url.includes('MedicationRequest'))
        sendJson(
          response,
          searchsetOf({
            resourceType: 'MedicationRequest',
            id: 'm1',
            status: 'active',
            intent: 'order',
            subject: { reference: `Patient/${PATIENT}` },
            medicationReference: { reference: `${away}/Medication/1` },
          }),
        );
      else sendJson(response, { ...searchsetOf(), link: [{ relation: 'next', url: away }] });
    };
    const { status } = await ask({ fhirServer: ehr.base });
    expect(status).toBe(200);
    expect(ehr.asked.length).toBeGreaterThan(2);
    expect(elsewhere()).toEqual([]);
  });
});

describe('a FHIR server that dies in the middle of a load', () => {
  test('costs no request an answer, and makes no alarm', async () => {
    const patient = { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' };
    const answers: Answer[] = [];
    // Ten at a time, so that some find it alive, some dying and some dead.
    const caller = async (): Promise<void> => {
      for (let call = 0; call < 20; call++) {
        answers.push(await ask({ fhirServer: ehr.base }, { patient }));
        if (answers.length === 60) await ehr.close();
      }
    };
    await Promise.all(Array.from({ length: 10 }, caller));
    expect(answers).toHaveLength(200);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    expect(answers.filter(({ text }) => text.includes('"critical"'))).toEqual([]);
  });
});
