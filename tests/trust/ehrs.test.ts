/** Tokens as real clients make them: Epic, the public sandbox, and the example of the specification. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { UNKNOWN_CLIENT, type Client } from '../../src/load-clients.js';
import { createAuthenticate } from '../../src/trust/authenticate.js';
import { createFindKey } from '../../src/trust/keys.js';
import { createReplayMemory } from '../../src/trust/replay.js';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import {
  PUBLIC_URL,
  makeKey,
  startProduction,
  tokenFor,
  type ProductionService,
  type SigningKey,
} from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, send, startService, type RunningService } from '../support/service.js';

const PATH = pathOf('order-sign');
const FEEDBACK = {
  feedback: [{ card: randomUUID(), outcome: 'overridden', outcomeTimestamp: '2026-11-21T09:00:00Z' }],
};

describe('a token as Epic makes it', () => {
  const issuer = 'https://epic.example.org/interconnect/api/FHIR/R4';
  let keyServer: FhirServerDouble;
  let key: SigningKey;
  let service: ProductionService;
  beforeAll(async () => {
    key = await makeKey('Kd+0/aQ8Zg+3T/xw1hO==', 'RS384');
    keyServer = await startFhirServer((_request, response) => sendJson(response, { keys: [key.public] }));
    service = await startProduction(
      {},
      {
        clients: [
          {
            id: 'epic-site',
            privateNetwork: true,
            token: { issuer, subject: 'b1f6f4f8', jku: [`${keyServer.base}/PublicKeys/530013/530013`] },
          },
        ],
      },
    );
  });
  afterAll(async () => {
    await service.close();
    await keyServer.close();
  });

  test('RS384, a kid with + / =, sub, nbf five minutes before iat, a life of 900 seconds, keys at jku: is answered', async () => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: 'b1f6f4f8', nbf: iat - 300, iat, exp: iat + 900 };
    const header = { jku: `${keyServer.base}/PublicKeys/530013/530013` };
    const authorization = `Bearer ${await tokenFor(PATH, key, { header, claims })}`;
    expect((await post(service.url + PATH, requestFor('order-sign'), { authorization })).status).toBe(200);
    expect(keyServer.asked).toEqual(['GET /fhir/PublicKeys/530013/530013']);
  });
});

describe('a token as the public sandbox makes it, in demo mode', () => {
  const issuer = 'https://sandbox.cds-hooks.org';
  const jku = `${issuer}/.well-known/jwks.json`;
  let key: SigningKey;
  let service: RunningService;
  beforeAll(async () => {
    // Under the sandbox's kid; a private key of its own, for this repository holds none.
    key = await makeKey('44823f3d-0b01-4a6c-a80e-b9d3e8a7226f');
    service = await startService({
      env: { PUBLIC_URL, DISCOVERY: 'closed' },
      clients: [{ id: 'sandbox', token: { issuer, keys: { keys: [key.public] }, jku: [jku] } }],
    });
  });
  afterAll(() => service.close());
  const bearer = async (path: string): Promise<{ authorization: string }> => ({
    authorization: `Bearer ${await tokenFor(path, key, { header: { jku }, claims: { iss: issuer } })}`,
  });
  const callers = () =>
    service
      .logs()
      .split('\n')
      .filter((line) => line.includes('"client":"sandbox"')).length;

  test('ES384, jku, aud the very address: discovery, service and feedback are answered and known as its calls', async () => {
    const discovery = await send(`${service.url}/cds-services`, { headers: await bearer('/cds-services') });
    const answer = await post(service.url + PATH, requestFor('order-sign'), await bearer(PATH));
    const feedback = await post(`${service.url}${PATH}/feedback`, FEEDBACK, await bearer(`${PATH}/feedback`));
    expect([discovery.status, answer.status, feedback.status, callers()]).toEqual([200, 200, 200, 3]);
  });

  test('for one address opens no other', async () => {
    expect((await post(service.url + PATH, requestFor('order-sign'), await bearer('/cds-services'))).status).toBe(401);
  });
});

describe('the example token of the specification', () => {
  // CDS Hooks 2.0, "Trusting CDS Clients", Example (HL7/cds-hooks, input/pagecontent/index.md), letter for letter.
  const AUTHORIZATION =
    'Bearer eyJhbGciOiJFUzM4NCIsInR5cCI6IkpXVCIsImtpZCI6ImV4YW1wbGUta2lkIiwiamt1IjoiaHR0cHM6Ly9maGlyLWVoci5leGFtcGxlLmNvbS9qd2tfdXJpIn0' +
    '.eyJpc3MiOiJodHRwczovL2ZoaXItZWhyLmV4YW1wbGUuY29tLyIsImF1ZCI6Imh0dHBzOi8vY2RzLmV4YW1wbGUub3JnL2Nkcy1zZXJ2aWNlcy9zb21lLXNlcnZpY2UiLCJleHAiOjE0MjI1Njg4NjAsImlhdCI6MTMxMTI4MDk3MCwianRpIjoiZWUyMmIwMjEtZTFiNy00NjExLWJhNWItOGVlYzZhMzNhYzFlIiwidGVuYW50IjoiMmRkZDZjM2EtOGU5YS00NGM2LWEzMDUtNTIxMTFhZDMwMmEyIn0' +
    '.d1WfLjGRKlcWB94l9do4cM8REXeYJLL6SGUBO8VHZhfM8mwKYP70EMxJ67War4TQblEpaQrp11wx5p7oPFm2ETYgCicS84vXWEIYTdjooZdooCSDf2L8-i4awdoUwiEb';
  const KEY = {
    kty: 'EC',
    use: 'sig',
    crv: 'P-384',
    kid: 'example-kid',
    x: '46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk',
    y: 'XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI',
    alg: 'ES384',
  };
  const ISSUED = 1_311_280_970_000;
  const client: Client = {
    ...UNKNOWN_CLIENT,
    id: 'example',
    tenant: '2ddd6c3a-8e9a-44c6-a305-52111ad302a2',
    token: {
      issuer: 'https://fhir-ehr.example.com/',
      jku: ['https://fhir-ehr.example.com/jwk_uri'],
      keys: { keys: [KEY] },
    },
  };
  const judge = (now: () => number, published = true) => {
    const fetchKeySet = (): Promise<never> => Promise.reject(new Error('the keys are in the registry'));
    return createAuthenticate({
      clients: [client],
      publicUrl: 'https://cds.example.org',
      unsigned: false,
      now,
      findKey: createFindKey({ fetchKeySet, now, published }),
      remember: createReplayMemory(now),
    })(AUTHORIZATION, '/cds-services/some-service', async () => undefined);
  };

  test('is accepted shortly after it was issued', async () => {
    expect(await judge(() => ISSUED + 1000)).toEqual({ client, tenant: client.tenant });
  });

  test('is refused by the real clock', async () => {
    expect(await judge(Date.now)).toEqual({ client, refusal: 'expired' });
  });

  test('is refused an hour after it was issued, although it says to live until 2015', async () => {
    expect(await judge(() => ISSUED + 3_661_000)).toEqual({ client, refusal: 'too old' });
  });

  test('is refused in production at any time: its private key is printed beside it', async () => {
    expect(await judge(() => ISSUED + 1000, false)).toEqual({ client, refusal: 'key' });
  });
});
