import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOOKS } from '../../src/cds-hooks/request.js';
import type { Hook } from '../../src/cds-hooks/request.js';
import { DRAFT, bundleOf, pathOf, requestFor } from '../support/requests.js';
import type { HookRequest } from '../support/requests.js';
import { post, startService } from '../support/service.js';
import type { Answer, RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** Sends a valid request of a hook after `change`. */
function call(hook: Hook, change: (request: HookRequest) => void = () => undefined): Promise<Answer> {
  const request = requestFor(hook);
  change(request);
  return post(service.url + pathOf(hook), request);
}

describe('request', () => {
  test.each(HOOKS)('D1 POST {baseUrl}/cds-services/{id} accepts JSON: %s', async (hook) => {
    const answer = await call(hook);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });

  test('D2 hook must be this service’s hook', async () => {
    expect((await call('patient-view', (request) => (request.hook = 'order-sign'))).status).toBe(400);
  });

  test('D3 the same hookInstance is answered again and stands in the log', async () => {
    expect([(await call('patient-view')).status, (await call('patient-view')).status]).toEqual([200, 200]);
    expect(service.logs()).toContain('"hookInstance":"d1577c69-dfbe-44ad-ba6d-3e05e953b2ea"');
  });

  test('D4 D5 fhirAuthorization needs fhirServer; both together and none are accepted', async () => {
    const fhirAuthorization = {
      access_token: 't',
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'user/*.read',
      subject: 'cds',
    };
    const fhirServer = 'https://ehr.example/fhir';
    expect((await call('patient-view', (request) => Object.assign(request, { fhirAuthorization }))).status).toBe(400);
    expect(
      (await call('patient-view', (request) => Object.assign(request, { fhirAuthorization, fhirServer }))).status,
    ).toBe(200);
  });

  test('D6 context must hold what the hook requires', async () => {
    for (const [hook, field] of [
      ['patient-view', 'patientId'],
      ['order-select', 'draftOrders'],
      ['order-sign', 'draftOrders'],
      ['appointment-book', 'appointments'],
      ['problem-list-item-create', 'conditions'],
    ] as const) {
      expect((await call(hook, (request) => (request.context[field] = undefined))).status).toBe(400);
    }
  });

  test('D7 prefetch may be left out or be partial: the patient alone is enough, none is 412', async () => {
    const patientOnly = (request: HookRequest) => (request.prefetch = { patient: request.prefetch.patient });
    expect((await call('patient-view', patientOnly)).status).toBe(200);
    expect((await call('patient-view', (request) => delete (request as Partial<HookRequest>).prefetch)).status).toBe(
      412,
    );
  });

  test('D8 unknown members and extensions of any shape change nothing', async () => {
    const answers = await Promise.all(
      [{}, [], 'x', 1, null, { 'com.example': { a: 1 } }].map((extension) =>
        call('patient-view', (request) => {
          Object.assign(request, { extension, unknown: [{}] });
          Object.assign(request.context, { extension, unknown: {} });
        }),
      ),
    );
    const plain = await call('patient-view');
    expect(answers.map((answer) => [answer.status, answer.text])).toEqual(answers.map(() => [200, plain.text]));
  });

  test('D12 a DSTU2 MedicationOrder beside the selected draft does no harm', async () => {
    const answer = await call('order-select', (request) => {
      request.context.draftOrders = bundleOf({ resourceType: 'MedicationOrder', id: 'old' }, DRAFT);
    });
    expect(answer.status).toBe(200);
  });
});

describe('selections', () => {
  const select = (selections: unknown, entry: unknown = { resource: DRAFT }) =>
    call('order-select', (request) => {
      request.context.selections = selections;
      request.context.draftOrders = { resourceType: 'Bundle', entry: [entry] };
    });

  test.each([
    ['Type/id', 'ServiceRequest/draft-1'],
    ['bare id', 'draft-1'],
    ['absolute reference', 'https://ehr.example/fhir/ServiceRequest/draft-1'],
    ['versioned reference', 'ServiceRequest/draft-1/_history/2'],
  ])('a selection is found by %s', async (_, selection) => {
    expect((await select([selection])).status).toBe(200);
  });

  test('a selection is found by the fullUrl of its entry, also when the draft has no id yet', async () => {
    const fullUrl = 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0';
    expect((await select([fullUrl], { fullUrl, resource: DRAFT })).status).toBe(200);
    expect((await select([fullUrl], { fullUrl, resource: { ...DRAFT, id: undefined } })).status).toBe(200);
  });

  test('without selections every draft is judged', async () => {
    const foreign = { ...DRAFT, id: 'draft-2', subject: { reference: 'Patient/somebody-else' } };
    const withForeign = (selections: readonly string[] | undefined) =>
      call('order-select', (request) => {
        request.context.draftOrders = bundleOf(DRAFT, foreign);
        if (selections) request.context.selections = selections;
        else delete request.context.selections;
      });
    expect((await withForeign(undefined)).status).toBe(422);
    expect((await withForeign(['ServiceRequest/draft-1'])).status).toBe(200);
  });
});
