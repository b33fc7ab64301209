/** Demo mode: calls without a token, and of issuers that nobody registered, are nobody's; who bears a registered name must prove it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ISSUER, PUBLIC_URL, makeKey, tokenFor, type SigningKey } from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, send, startService, type RunningService } from '../support/service.js';

const PATH = pathOf('patient-view');
const SIGNED = 'https://signed.example/fhir';
const UNSIGNED = 'https://unsigned.example/fhir';
const GONE = 'https://gone.example/fhir';
let service: RunningService;
let key: SigningKey;
let stranger: SigningKey;
beforeAll(async () => {
  [key, stranger] = await Promise.all([makeKey(), makeKey()]);
  service = await startService({
    env: { PLEXUS_MODE: 'demo', PUBLIC_URL, HOST: '0.0.0.0' },
    clients: [
      {
        id: 'signed',
        fhirServers: [SIGNED],
        jurisdiction: 'BE',
        token: { issuer: ISSUER, keys: { keys: [key.public] } },
      },
      { id: 'unsigned', fhirServers: [UNSIGNED], jurisdiction: 'BE' },
      { id: 'gone', fhirServers: [GONE], status: 'suspended' },
    ],
  });
});
afterAll(() => service.close());

/** The status of a call, and whether it was taken for one of the Belgian clients. */
async function explained(fhirServer: string, authorization?: string): Promise<readonly [number, string | undefined]> {
  const request = { ...requestFor('patient-view'), fhirServer };
  const headers = authorization === undefined ? {} : { authorization };
  const { status, json } = await post(service.url + PATH.replace('/cds-services', '/explain'), request, headers);
  return [status, (json as { trace?: { jurisdiction: string } }).trace?.jurisdiction];
}
const EXPLAIN = PATH.replace('/cds-services', '/explain');
const bearer = async (...given: Parameters<typeof tokenFor>): Promise<string> => `Bearer ${await tokenFor(...given)}`;

describe('an unsigned call', () => {
  test.each([
    ['without token', () => undefined],
    [
      'with a token of an issuer that is not registered',
      () => bearer(EXPLAIN, stranger, { claims: { iss: 'https://other.example' } }),
    ],
    ['with the login of a proxy', () => `Basic ${Buffer.from('user:password').toString('base64')}`],
    ['with a token that cannot be read', () => 'Bearer x.y.z'],
  ])('%s is let in, as nobody’s', async (_, make) => {
    expect(await explained(SIGNED, await make())).toEqual([200, 'NL']);
  });

  test('finds its client by the FHIR server that it names', async () => {
    expect(await explained(UNSIGNED)).toEqual([200, 'BE']);
  });

  test('of a suspended client is refused', async () => {
    expect(await explained(GONE)).toEqual([401, undefined]);
  });
});

describe('a call in the name of a registered client', () => {
  test('is its own when it is signed by it, whatever FHIR server it names', async () => {
    expect(await explained(UNSIGNED, await bearer(EXPLAIN, key))).toEqual([200, 'BE']);
    expect(await explained('https://nobody.example/fhir', await bearer(EXPLAIN, key))).toEqual([200, 'BE']);
  });

  test.each([
    ['another key', () => bearer(EXPLAIN, stranger)],
    ['another address', () => bearer(PATH, key)],
  ])('is refused when it is signed by or for %s', async (_, make) => {
    expect(await explained(SIGNED, await make())).toEqual([401, undefined]);
  });
});

test('that it listens beyond this machine is said once in the log, as a warning', async () => {
  await send(`${service.url}/health/live`);
  const warnings = service
    .logs()
    .split('\n')
    .filter((line) => line.includes('"level":40'));
  expect(warnings).toEqual([expect.stringMatching(/demo mode listens on 0\.0\.0\.0, beyond this machine/)]);
});
