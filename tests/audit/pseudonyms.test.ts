/** One id of a patient in the calls of many: under which pseudonyms it stands in the audit of a running service. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PSEUDONYM_SYSTEM } from '../../src/audit/audit-event.js';
import { detailOf, eventsOf } from '../support/audit.js';
import { ISSUER, makeKey, startProduction, tokenFor, type ProductionService } from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post } from '../support/service.js';

const PATH = pathOf('patient-view');
const OTHER = 'https://other-vendor.example.org';
const APPS = 'https://apps.example.org';
const OPEN_SERVER = 'https://open.example.org/fhir';

let service: ProductionService;
let key: ProductionService['key'];
beforeAll(async () => {
  key = await makeKey('of all');
  const keys = { keys: [key.public] };
  service = await startProduction(
    {},
    {
      // In a demonstration there is a call that nobody signed, too.
      env: { PLEXUS_MODE: 'demo', DISCOVERY: undefined },
      clients: [
        { id: 'two', tenant: 'one', token: { issuer: OTHER, keys } },
        { id: 'app-a', token: { issuer: APPS, subject: 'a', keys } },
        { id: 'app-b', token: { issuer: APPS, subject: 'b', keys } },
        { id: 'one', fhirServers: [OPEN_SERVER] },
      ],
    },
  );
});
afterAll(() => service.close());

/** Calls about the same id as ever; without claims nobody signs. Leaves the pseudonym of the line. */
async function pseudonymOf(claims?: Readonly<Record<string, unknown>>): Promise<string> {
  const signer = claims?.['iss'] === ISSUER ? service.key : key;
  const headers = claims && { authorization: `Bearer ${await tokenFor(PATH, signer, { claims })}` };
  const request = { ...requestFor('patient-view'), ...(!claims && { fhirServer: OPEN_SERVER }) };
  const answer = await post(service.url + PATH, request, headers);
  expect(answer.status, answer.text).toBe(200);
  const [patient] = eventsOf(service.auditDir).at(-1)?.entity ?? [];
  expect(patient?.what?.identifier?.system).toBe(PSEUDONYM_SYSTEM);
  return patient?.what?.identifier?.value ?? '';
}

/** Each is of another organisation than the others. */
const ORGANISATIONS: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> = {
  'a vendor, no tenant': { iss: ISSUER },
  'that vendor, tenant one': { iss: ISSUER, tenant: 'one' },
  'that vendor, tenant two': { iss: ISSUER, tenant: 'two' },
  'another vendor, tenant one': { iss: OTHER, tenant: 'one' },
  'a third vendor, one app': { iss: APPS, sub: 'a' },
  'a third vendor, another app': { iss: APPS, sub: 'b' },
  'the client that is called one, unsigned': undefined,
};

test('of one id are others wherever the patients may be', async () => {
  const pseudonyms = new Map<string, string>();
  for (const [who, claims] of Object.entries(ORGANISATIONS)) pseudonyms.set(who, await pseudonymOf(claims));
  expect(new Set(pseudonyms.values()).size, JSON.stringify([...pseudonyms])).toBe(Object.keys(ORGANISATIONS).length);
});

test('of one id and one organisation are the same in every call, whatever else the token says', async () => {
  const [one, other] = [{ tenant: 'one' }, { tenant: 'one', sub: 'somebody' }];
  expect(await pseudonymOf({ iss: ISSUER, ...one })).toBe(await pseudonymOf({ iss: ISSUER, ...other }));
  expect(detailOf(eventsOf(service.auditDir).at(-1)!, 'tenant')).toBe('one');
});

test('are made for no organisation that a token does not name as a text: it is refused', async () => {
  const status = async (tenant: unknown) => {
    const token = await tokenFor(PATH, service.key, { claims: { tenant } });
    return (await post(service.url + PATH, requestFor('patient-view'), { authorization: `Bearer ${token}` })).status;
  };
  expect(await Promise.all([['one'], 1, { name: 'one' }, null].map(status))).toEqual([401, 401, 401, 200]);
});
