/** The demo EHR beside the service: the example patients as a CDS client such as the public sandbox finds them. */
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle, Patient, Practitioner } from 'fhir/r4.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { readExamples, type Example } from '../support/examples.js';
import { filesBelow } from '../support/files.js';
import { issueOf } from '../support/json.js';
import { post, send, startService, type RunningService } from '../support/service.js';

let service: RunningService;
let fhir: string;
beforeAll(async () => {
  service = await startService();
  fhir = `${service.url}/demo-fhir`;
});
afterAll(() => service.close());

const EXAMPLES = readExamples();
const COURSES = filesBelow('fhir-profiles/sandbox/courses', '.yaml').map((path) => basename(path, '.yaml'));
const patientOf = ({ request }: Example) => request.context['patientId'] as string;

/** Ids in a prefetch value, or in what the EHR answers for it. */
function idsIn(value: unknown): readonly string[] {
  const { resourceType, id, entry = [] } = value as { resourceType: string; id: string; entry?: Bundle['entry'] };
  return resourceType === 'Bundle' ? entry.map(({ resource }) => resource!.id!).sort() : [id];
}

/** The prefetch of a service, asked of the EHR as the sandbox asks: searches posted as forms. */
async function prefetch(serviceId: string, patientId: string): Promise<Record<string, unknown>> {
  const { prefetch: templates } = SERVICES.find(({ id }) => id === serviceId)!;
  const answers = Object.entries(templates).map(async ([key, template]) => {
    const [path = '', query] = template.replace('{{context.patientId}}', patientId).split('?');
    const headers = { accept: 'application/json+fhir', authorization: 'Bearer of-the-sandbox' };
    const answer =
      query === undefined
        ? await send(`${fhir}/${path}`, { headers })
        : await send(`${fhir}/${path}/_search`, { method: 'POST', headers, body: new URLSearchParams(query) });
    expect([key, answer.status]).toEqual([key, 200]);
    return [key, answer.json] as const;
  });
  return Object.fromEntries(await Promise.all(answers));
}

const statements = (cards: readonly Card[]) =>
  cards.map(({ extension }) => extension['example.plexus-cds.card'].statements);

describe('every example patient', () => {
  test.each(EXAMPLES.map((example) => [example.id, example] as const))(
    '%s: our prefetch templates find all of the record, and the same cards come of it',
    async (_id, { service: serviceId, request }) => {
      const found = await prefetch(serviceId, request.context['patientId'] as string);
      for (const [key, value] of Object.entries(request.prefetch)) {
        if (value !== null) expect([key, idsIn(found[key])]).toEqual([key, idsIn(value)]);
      }
      const url = `${service.url}/cds-services/${serviceId}`;
      const [given, asked] = await Promise.all([post(url, request), post(url, { ...request, prefetch: found })]);
      const { cards } = asked.json as { cards: readonly Card[] };
      expect(cards.length).toBeGreaterThan(0);
      expect(statements(cards)).toEqual(statements((given.json as { cards: readonly Card[] }).cards));
    },
  );

  test('has a name that says it is an example', async () => {
    const { total, entry } = (await send(`${fhir}/Patient?_count=200`)).json as Bundle<Patient>;
    const names = new Map([
      ...EXAMPLES.map((example) => [patientOf(example), example.id] as const),
      ...COURSES.map((id) => [`sb-${id}`, id] as const),
    ]);
    expect([total, entry!.map(({ resource }) => resource!.id).sort()]).toEqual([names.size, [...names.keys()].sort()]);
    for (const { resource } of entry!) {
      const family = names.get(resource!.id!);
      expect(resource!.name).toEqual([{ use: 'official', text: `Example ${family}`, family, given: ['Example'] }]);
    }
  });

  test('has a GP who can be read', async () => {
    const { entry } = (await send(`${fhir}/Practitioner`)).json as Bundle<Practitioner>;
    expect(entry!.map(({ resource }) => resource!.name![0]!.given)).toEqual([['Example']]);
    const patient = (await send(`${fhir}/Patient/${patientOf(EXAMPLES[0]!)}`)).json as Patient;
    expect((await send(`${fhir}/${patient.generalPractitioner![0]!.reference!}`)).status).toBe(200);
  });
});

describe('the demo EHR as a browser meets it', () => {
  test.each(['GET', 'POST', 'PUT', 'DELETE'])('CORS preflight of %s with an Authorization header', async (method) => {
    const { status, headers } = await send(`${fhir}/Patient/x`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://sandbox.cds-hooks.org',
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization, content-type',
      },
    });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, 'https://sandbox.cds-hooks.org']);
    expect(headers.get('access-control-allow-methods')).toContain(method);
    expect(headers.get('access-control-allow-headers')).toContain('authorization');
  });

  test('errors and the Location of a new resource can be read by a script too', async () => {
    const origin = 'https://sandbox.cds-hooks.org';
    const missing = await send(`${fhir}/Patient/nobody`, { headers: { origin } });
    expect([missing.status, missing.headers.get('access-control-allow-origin')]).toEqual([404, origin]);
    const made = await post(`${fhir}/Task`, { resourceType: 'Task', status: 'draft', intent: 'order' }, { origin });
    expect([made.status, made.headers.get('access-control-expose-headers')]).toEqual([
      201,
      'location, etag, retry-after',
    ]);
    expect((await send(made.headers.get('location')!)).json).toEqual(made.json);
  });

  test('its root and a trailing slash', async () => {
    const root = await send(fhir);
    expect([root.status, issueOf(root.json).details!.text]).toEqual([
      404,
      'There is nothing at this address; start from GET /demo-fhir/metadata.',
    ]);
    expect((await send(`${fhir}/metadata/`)).status).toBe(200);
  });

  test('links follow PUBLIC_URL where it is set, the Host header where not', async () => {
    const behind = await startService({ env: { PUBLIC_URL: 'https://demo.example/plexus' } });
    const bundle = (await send(`${behind.url}/demo-fhir/Patient?_count=1`)).json as Bundle;
    await behind.close();
    for (const { url } of bundle.link!) expect(url).toMatch(/^https:\/\/demo\.example\/plexus\/demo-fhir\/Patient\?/);
    const own = (await send(`${fhir}/Patient?_count=1`)).json as Bundle;
    expect(own.entry![0]!.fullUrl).toMatch(`${fhir}/Patient/`);
  });
});

describe('the demo EHR leaves the service as it is', () => {
  test('in production there is none', async () => {
    const production = await startService({ config: { mode: 'production' } });
    for (const path of ['/demo-fhir/metadata', '/demo-fhir/Patient', '/demo-fhir']) {
      const { status, json } = await send(production.url + path);
      expect([status, issueOf(json).code]).toEqual([404, 'not-found']);
    }
    await production.close();
  });

  test('the CDS endpoints take no form, and answer their own errors', async () => {
    const body = 'patient=a';
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const { status, headers } = await post(`${service.url}/cds-services/plexus-patient-view`, body, form);
    expect([status, headers.get('content-type')]).toEqual([415, 'application/json; charset=utf-8']);
  });

  test('no patient data, id, parameter or header in logs and metrics', async () => {
    const secret = 'Jansen-Secret';
    const headers = { authorization: `Bearer ${secret}`, 'if-match': secret };
    const resource = { resourceType: 'Condition', subject: { reference: `Patient/${secret}` }, code: { text: secret } };
    await post(`${fhir}/Condition`, resource);
    await post(`${fhir}/Condition`, resource, headers);
    await post(`${fhir}/Condition`, `{"${secret}`);
    await post(`${fhir}/Observation`, resource);
    await send(`${fhir}/Condition/_search`, { method: 'POST', body: new URLSearchParams({ patient: secret }) });
    for (const path of [`Condition?patient=${secret}`, `Condition?${secret}=1`, `Patient/${secret}`, `${secret}/1`]) {
      await send(`${fhir}/${path}`, { headers });
    }
    const logs = service.logs();
    expect(logs).toContain('/demo-fhir/:type/:id');
    expect(logs).not.toContain('unexpected error');
    expect(logs + (await send(`${service.url}/metrics`)).text).not.toMatch(/jansen/i);
  });
});
