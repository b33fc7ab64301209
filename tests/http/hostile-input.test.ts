/** Table of invalid and hostile input, row by row: status and issue code, always as an OperationOutcome that repeats nothing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import { issueOf } from '../support/json.js';
import { condition, daysAgo, nrs } from '../support/records.js';
import { DRAFT, PATIENT, bundleOf, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import type { HookRequest } from '../support/requests.js';
import { post, raw, rawWhileClosing, send, startService } from '../support/service.js';
import type { Answer, RunningService } from '../support/service.js';

let service: RunningService;
let url: string;
beforeAll(async () => {
  service = await startService();
  url = service.url + pathOf('patient-view');
});
afterAll(() => service.close());

const MARK = 'Secret-Text-Of-The-Caller';

function call(hook: Hook, change: (request: HookRequest) => unknown = () => undefined): Promise<Answer> {
  const request = requestFor(hook);
  change(request);
  return post(service.url + pathOf(hook), request);
}

/** Sets a member of the request, of its context, or of its prefetch. */
const member = (name: string, value: unknown) => (request: HookRequest) => (request[name] = value);
const contextOf = (name: string, value: unknown) => (request: HookRequest) => (request.context[name] = value);
const prefetchOf = (name: string, value: unknown) => (request: HookRequest) => (request.prefetch[name] = value);

function expectRefusal(answer: Answer, status: number, issue: string, expression?: string): void {
  expect(answer.headers.get('content-type')).toContain('application/json');
  const { code, expression: place, severity } = issueOf(answer.json);
  expect([answer.status, code, severity]).toEqual([status, issue, 'error']);
  if (expression !== undefined) expect(place).toEqual([expression]);
  expect(answer.text).not.toContain(MARK);
}

describe('body', () => {
  test.each([`{"hook":"${MARK}`, '{"hook":"patient-view",}', '// comment\n{}', 'hook=patient-view'])(
    'row 1: body that is not JSON: 400 structure (%s)',
    async (body) => {
      expectRefusal(await post(url, body), 400, 'structure');
    },
  );

  test('row 2: empty body: 400 structure', async () => {
    expectRefusal(await post(url, ''), 400, 'structure');
    expectRefusal(await send(url, { method: 'POST' }), 400, 'structure');
  });

  test.each(['null', '[]', '"x"', '1'])('row 3: JSON %s is no object: 400 structure', async (body) => {
    expectRefusal(await post(url, body), 400, 'structure');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/jsonp', 'nonsense'])(
    'row 4: Content-Type %s: 415 not-supported',
    async (type) => {
      expectRefusal(await post(url, requestFor('patient-view'), { 'content-type': type }), 415, 'not-supported');
    },
  );

  test('row 4: no Content-Type: 415', async () => {
    expect((await raw(url, {}, '{}')).status).toBe(415);
  });

  test.each([
    'application/json; charset=utf-8',
    'application/json;charset="UTF-8"',
    'application/fhir+json',
    'application/fhir+json; fhirVersion=4.0',
  ])('row 5: %s is accepted', async (type) => {
    expect((await post(url, requestFor('patient-view'), { 'content-type': type })).status).toBe(200);
  });

  test('row 6: invalid UTF-8: 400 structure; another charset: 415', async () => {
    const broken = Buffer.concat([Buffer.from('{"hook":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);
    const answer = await raw(url, { 'content-type': 'application/json' }, broken);
    expect([answer.status, issueOf(JSON.parse(answer.text)).code]).toEqual([400, 'structure']);
    expectRefusal(
      await post(url, '{}', { 'content-type': 'application/json; charset=iso-8859-1' }),
      415,
      'not-supported',
    );
  });

  test('row 7: body over the limit: 413 too-long; below it, megabytes are accepted', async () => {
    const small = await startService({ env: { BODY_LIMIT: '2000' } });
    const answer = await post(small.url + pathOf('patient-view'), { padding: MARK.repeat(200) });
    await small.close();
    expectRefusal(answer, 413, 'too-long');
    expect((await call('patient-view', member('padding', 'x'.repeat(4_500_000)))).status).toBe(200);
  });

  test('row 8: Content-Encoding gzip: 415', async () => {
    expectRefusal(await post(url, '{}', { 'content-encoding': 'gzip' }), 415, 'not-supported');
  });

  test('row 9: very deep nesting: 400 too-costly; huge arrays and strings: 200', async () => {
    for (const depth of [100, 100_000]) {
      const deep = '['.repeat(depth) + ']'.repeat(depth);
      expectRefusal(await post(url, `{"hook":"patient-view","deep":${deep}}`), 400, 'too-costly');
    }
    expect((await call('patient-view', member('huge', Array(200_000).fill(1)))).status).toBe(200);
  });

  test.each(['{"__proto__":{"a":1}}', '{"context":{"constructor":{"prototype":{}}}}'])(
    'row 10: poisonous key %s: 400 structure',
    async (body) => {
      expectRefusal(await post(url, body), 400, 'structure');
    },
  );

  test('row 11: of duplicate keys the last wins', async () => {
    const body = JSON.stringify(requestFor('patient-view')).replace('{', '{"hook":"order-sign",');
    expect((await post(url, body)).status).toBe(200);
  });
});

describe('address and method', () => {
  test('row 12: unknown service: 404 not-found, before the body is read', async () => {
    expectRefusal(await post(`${service.url}/cds-services/${MARK}`, 'no JSON'), 404, 'not-found');
    expectRefusal(await send(`${service.url}/${MARK}?a=${MARK}`), 404, 'not-found');
  });

  test.each(['..%2f..%2fetc%2fpasswd', '%00', 'constructor', '__proto__', '%zz', 'a'.repeat(10_000)])(
    'row 13: path trick %s: 404 not-found',
    async (id) => {
      expectRefusal(await post(`${service.url}/cds-services/${id}`, {}), 404, 'not-found');
    },
  );

  test.each([
    ['GET', '/cds-services/plexus-patient-view', 'POST, OPTIONS'],
    ['PUT', '/cds-services/plexus-patient-view', 'POST, OPTIONS'],
    ['GET', '/cds-services/plexus-patient-view/feedback', 'POST, OPTIONS'],
    ['DELETE', '/explain/plexus-patient-view', 'POST, OPTIONS'],
    ['POST', '/cds-services', 'GET, HEAD, OPTIONS'],
    ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
  ])('row 14: wrong method %s %s: 405 with Allow', async (method, path, allow) => {
    const answer = await send(service.url + path, { method });
    expectRefusal(answer, 405, 'not-supported');
    expect(answer.headers.get('allow')).toBe(allow);
  });

  test('row 15: Accept that excludes JSON is answered with JSON', async () => {
    const answer = await post(url, requestFor('patient-view'), { accept: 'application/xml' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
  });
});

describe('envelope', () => {
  test.each([
    [undefined, 'required'],
    ['', 'required'],
    [null, 'required'],
    [1, 'value'],
    [true, 'value'],
  ])('row 16: hook %j: 400 %s', async (hook, issue) => {
    expectRefusal(await call('patient-view', member('hook', hook)), 400, issue, 'hook');
  });

  test('row 17: hook of another service: 400 value, says which hook is expected', async () => {
    const answer = await call('patient-view', member('hook', MARK));
    expectRefusal(answer, 400, 'value', 'hook');
    expect(issueOf(answer.json).details?.text).toContain('patient-view');
  });

  test.each([
    [undefined, 'required'],
    ['not-a-uuid', 'value'],
    [7, 'value'],
  ])('row 18: hookInstance %j: 400 %s', async (hookInstance, issue) => {
    expectRefusal(await call('patient-view', member('hookInstance', hookInstance)), 400, issue, 'hookInstance');
  });

  test('row 18: hookInstance of any case and version digit is accepted', async () => {
    expect((await call('patient-view', member('hookInstance', 'D1577C69-DFBE-F4AD-0A6D-3E05E953B2EA'))).status).toBe(
      200,
    );
  });

  test('row 19: the same hookInstance again is answered again', async () => {
    expect((await call('patient-view')).text).toBe((await call('patient-view')).text);
  });

  test.each([undefined, null, 'x', [], {}])('row 20: context %j: 400 required', async (context) => {
    expectRefusal(await call('patient-view', member('context', context)), 400, 'required', 'context');
  });

  test.each([
    [undefined, 'required'],
    [null, 'required'],
    ['', 'required'],
    [17, 'value'],
    [{}, 'value'],
  ])('row 21: context.patientId %j: 400 %s', async (patientId, issue) => {
    expectRefusal(await call('patient-view', contextOf('patientId', patientId)), 400, issue, 'context.patientId');
  });

  test.each(['a/b', 'a b', 'x'.repeat(65), '../x', 'a?b', 'a&b', 'Practitioner/1', 'Patient/a/b'])(
    'row 22: patientId %s: 400 value',
    async (patientId) => {
      expectRefusal(await call('patient-view', contextOf('patientId', patientId)), 400, 'value', 'context.patientId');
    },
  );

  test('row 22: Patient/x is taken as x', async () => {
    expect((await call('patient-view', contextOf('patientId', `Patient/${PATIENT}`))).status).toBe(200);
  });

  test.each([undefined, 'no-type', 'Device/1', 4])('row 23: userId %j: 200, noted in the trace', async (userId) => {
    const request = requestFor('patient-view');
    request.context.userId = userId;
    expect((await post(url, request)).status).toBe(200);
    const explained = (await post(`${service.url}/explain/plexus-patient-view`, request)).json as {
      trace: { tolerated: unknown[] };
    };
    if (userId !== 'Device/1')
      expect(explained.trace.tolerated).toContainEqual({ where: 'context.userId', what: 'missing or not Type/id' });
  });

  test('row 24: unknown members and an extension of any shape: 200', async () => {
    expect((await call('patient-view', (request) => Object.assign(request, { extension: [1], more: {} }))).status).toBe(
      200,
    );
  });

  const authorization = {
    access_token: 't',
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'Condition.Read (Problems) (R4)',
    subject: 's',
  };

  test('row 25: fhirAuthorization without fhirServer: 400 invariant', async () => {
    expectRefusal(await call('patient-view', member('fhirAuthorization', authorization)), 400, 'invariant');
  });

  test.each([
    [{ ...authorization, access_token: undefined }, 'required'],
    [{ ...authorization, token_type: 'MAC' }, 'value'],
    [{ ...authorization, expires_in: '300' }, 'value'],
  ])('row 26: wrong fhirAuthorization: 400 (%#)', async (fhirAuthorization, issue) => {
    const answer = await call('patient-view', (request) =>
      Object.assign(request, { fhirServer: 'https://ehr.example/fhir', fhirAuthorization }),
    );
    expectRefusal(answer, 400, issue);
  });

  test('row 27: expires_in of 0 or less: the token is not used, the request is answered', async () => {
    const answer = await call('patient-view', (request) =>
      Object.assign(request, {
        fhirServer: 'https://ehr.example/fhir',
        fhirAuthorization: { ...authorization, expires_in: 0 },
      }),
    );
    expect(answer.status).toBe(200);
  });

  test.each([
    'not a url',
    'ftp://ehr.example/fhir',
    'file:///etc/passwd',
    'https://user:pw@ehr.example/fhir',
    'https://ehr.example/fhir#x',
    5,
  ])('row 28: fhirServer %s: 400 value', async (fhirServer) => {
    expectRefusal(await call('patient-view', member('fhirServer', fhirServer)), 400, 'value', 'fhirServer');
  });

  test.each(['http://localhost/fhir', 'http://169.254.169.254/latest', 'http://10.0.0.1/fhir'])(
    'row 30: fhirServer %s: 200 from what was sent',
    async (fhirServer) => {
      expect((await call('patient-view', member('fhirServer', fhirServer))).status).toBe(200);
    },
  );
});

describe('input that a careless pattern or loop would take hours for', () => {
  test('a fhirServer of two million slashes: 200', async () => {
    const fhirServer = `http://ehr.example/${'/'.repeat(2_000_000)}x`;
    expect((await call('patient-view', member('fhirServer', fhirServer))).status).toBe(200);
  });

  test('fifty thousand diagnoses of running and of finished episodes: 200', async () => {
    const episode = (id: string, status: string) => ({
      resourceType: 'EpisodeOfCare',
      id,
      status,
      patient: { reference: `Patient/${PATIENT}` },
      diagnosis: Array.from({ length: 50_000 }, (_, index) => ({
        condition: { reference: `Condition/${id}${index}` },
      })),
    });
    const prefetch = {
      ...requestFor('patient-view').prefetch,
      conditions: searchsetOf(episode('a', 'active'), episode('b', 'finished')),
    };
    expect((await call('patient-view', member('prefetch', prefetch))).status).toBe(200);
  });
});

describe('prefetch', () => {
  test.each([[[]], ['x'], [1]])('row 35: prefetch %j: 400 value', async (prefetch) => {
    expectRefusal(await call('patient-view', member('prefetch', prefetch)), 400, 'value', 'prefetch');
  });

  test.each([['x'], [1], [true], [[]], [{}], [{ id: MARK }]])(
    'row 36: prefetch value %j: 422 structure',
    async (value) => {
      expectRefusal(
        await call('patient-view', prefetchOf('conditions', value)),
        422,
        'structure',
        'prefetch.conditions',
      );
      expectRefusal(await call('patient-view', prefetchOf(MARK, value)), 422, 'structure', 'prefetch');
    },
  );

  test('row 36: the old {response, resource} form is unwrapped', async () => {
    const patient = requestFor('patient-view').prefetch.patient;
    expect(
      (await call('patient-view', prefetchOf('patient', { response: { status: '200 OK' }, resource: patient }))).status,
    ).toBe(200);
  });

  test('row 37: a resource of an unexpected type is treated as missing', async () => {
    const conditions = { resourceType: 'Patient', id: PATIENT };
    expect((await call('patient-view', prefetchOf('conditions', conditions))).status).toBe(200);
  });

  test('row 38: OperationOutcome for the required key: 412 processing', async () => {
    const outcome = {
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'error', code: 'exception', diagnostics: MARK }],
    };
    expectRefusal(await call('patient-view', prefetchOf('patient', outcome)), 412, 'processing', 'prefetch.patient');
  });

  test('row 39: required key absent and no FHIR access: 412 that names the key', async () => {
    expectRefusal(
      await call('patient-view', (request) => delete request.prefetch.patient),
      412,
      'processing',
      'prefetch.patient',
    );
  });

  test('row 40: no optional key at all: 200', async () => {
    expect(
      (await call('patient-view', (request) => (request.prefetch = { patient: request.prefetch.patient }))).status,
    ).toBe(200);
  });

  test('row 41: Patient in prefetch is not the context patient: 422 conflict', async () => {
    const other = { resourceType: 'Patient', id: 'somebody-else' };
    expectRefusal(await call('patient-view', prefetchOf('patient', other)), 422, 'conflict', 'prefetch.patient');
    expectRefusal(
      await call('patient-view', prefetchOf('patient', searchsetOf(other))),
      422,
      'conflict',
      'prefetch.patient',
    );
  });

  const SUBJECT = { reference: `Patient/${PATIENT}` };

  test.each([
    [
      'row 42: a Condition of another patient',
      'conditions',
      { resourceType: 'Condition', id: 'c', subject: { reference: 'Patient/somebody-else' }, code: { text: MARK } },
    ],
    [
      'row 43: entered-in-error and unknown modifiers',
      'observations',
      {
        resourceType: 'Observation',
        id: 'o',
        status: 'entered-in-error',
        subject: SUBJECT,
        modifierExtension: [{ url: 'https://example.org/x' }],
      },
    ],
    [
      'row 44: values that cannot be used',
      'observations',
      {
        resourceType: 'Observation',
        id: 'o',
        status: 'final',
        subject: SUBJECT,
        code: {},
        effectiveDateTime: '2026-02-31',
        valueString: '8',
      },
    ],
    [
      'row 45: an STU3 resource that is not selected',
      'serviceRequests',
      { resourceType: 'ProcedureRequest', id: 'p', subject: SUBJECT },
    ],
  ])('%s: 200', async (_, key, resource) => {
    const answer = await call('patient-view', prefetchOf(key, searchsetOf(resource)));
    expect([answer.status, answer.text.includes(MARK)]).toEqual([200, false]);
  });
});

describe('records of a shape that FHIR does not have', () => {
  const SUBJECT = { reference: `Patient/${PATIENT}` };
  const NA = condition('neuralgic-amyotrophy', daysAgo(9), ['site-shoulder']);
  const score = { ...nrs(8, daysAgo(1), []) };
  const form = { resourceType: 'QuestionnaireResponse', id: 'q', status: 'completed', subject: SUBJECT };
  const OURS = { ...form, questionnaire: 'Questionnaire/na-suspicion' };
  const drug = { resourceType: 'MedicationRequest', id: 'm', status: 'active', subject: SUBJECT };
  /** What JSON can say and no text can be made of. */
  const NO_TEXT = { toString: 1, valueOf: 1 };

  test.each<[string, string, unknown]>([
    ['focus with null', 'observations', { ...score, focus: [null] }],
    ['focus as an object, encounter as a list', 'observations', { ...score, focus: {}, encounter: [null] }],
    ['codings that are an object', 'conditions', { ...NA, verificationStatus: { coding: { code: 'confirmed' } } }],
    ['codings with null', 'conditions', { ...NA, verificationStatus: { coding: [null] } }],
    ['a status that is null', 'conditions', { ...NA, verificationStatus: null, clinicalStatus: null }],
    ['a questionnaire that is no text', 'questionnaireResponses', { ...form, questionnaire: NO_TEXT }],
    ['items of our form that are no items', 'questionnaireResponses', { ...OURS, item: [null, { linkId: NO_TEXT }] }],
    [
      'answers of our form that are no answers',
      'questionnaireResponses',
      { ...OURS, item: [{ linkId: 'side', answer: [null, { valueCoding: [NO_TEXT] }, { valueCoding: NO_TEXT }] }] },
    ],
    [
      'as many answers as are read, each with as many sides',
      'questionnaireResponses',
      {
        ...OURS,
        item: [
          { linkId: 'side', answer: Array.from({ length: 2400 }, (_, i) => ({ valueCoding: { code: `${i}` } })) },
          ...Array<unknown>(2400).fill({ linkId: 'pain-at-rest', answer: [{ valueBoolean: true }] }),
        ],
      },
    ],
    [
      'a contained id that is no text',
      'medications',
      { ...drug, medicationReference: { reference: '#m' }, contained: [{ id: NO_TEXT }] },
    ],
    ['a type and a status that every object has', 'tasks', { ...drug, resourceType: 'constructor', status: 'name' }],
  ])('%s: 200', async (_, key, resource) => {
    const answer = await call('patient-view', (request) => {
      request.prefetch.conditions = searchsetOf(NA);
      request.prefetch[key] = searchsetOf(resource);
    });
    expect(answer.status).toBe(200);
  });
});

describe('draft orders', () => {
  test.each([
    ['MedicationOrder', 'MedicationRequest'],
    ['ProcedureRequest', 'ServiceRequest'],
    ['ReferralRequest', 'ServiceRequest'],
  ])('row 45: selected %s: 422 not-supported, names %s and the place', async (resourceType, expected) => {
    const answer = await call('order-select', (request) => {
      request.context.draftOrders = bundleOf({ resourceType, id: 'old' });
      request.context.selections = [`${resourceType}/old`];
    });
    expectRefusal(answer, 422, 'not-supported', 'context.draftOrders');
    expect(answer.text).toContain(`Send ${expected} in the place of ${resourceType}.`);
  });

  test.each([
    [[]],
    ['x'],
    [{ resourceType: 'ServiceRequest' }],
    [{ resourceType: 'Bundle' }],
    [{ resourceType: 'Bundle', entry: [] }],
    [{ resourceType: 'Bundle', entry: [{}, 1] }],
  ])('row 46: draftOrders %j: 422 structure', async (draftOrders) => {
    expectRefusal(
      await call('order-sign', contextOf('draftOrders', draftOrders)),
      422,
      'structure',
      'context.draftOrders',
    );
  });

  test.each([[[]], ['ServiceRequest/draft-1'], [null], [{}]])(
    'row 47: selections %j: 400 value',
    async (selections) => {
      expectRefusal(
        await call('order-select', contextOf('selections', selections)),
        400,
        'value',
        'context.selections',
      );
    },
  );

  test('row 47: selections that name no draft: 422 not-found; one that does is enough', async () => {
    expectRefusal(
      await call('order-select', contextOf('selections', [`ServiceRequest/${MARK}`, 5])),
      422,
      'not-found',
      'context.selections',
    );
    expect(
      (await call('order-select', contextOf('selections', ['ServiceRequest/gone', 'ServiceRequest/draft-1']))).status,
    ).toBe(200);
  });

  test('row 48: thousands of draft orders: 200 within two seconds', async () => {
    const drafts = Array.from({ length: 5000 }, (_, index) => ({ ...DRAFT, id: `draft-${index}` }));
    const start = performance.now();
    expect((await call('order-select', contextOf('draftOrders', bundleOf(...drafts)))).status).toBe(200);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test.each([
    'Patient/somebody-else',
    'https://ehr.example/fhir/Patient/somebody-else',
    'Patient/somebody-else/_history/3',
  ])('a selected draft of another patient (%s): 422 conflict', async (reference) => {
    const answer = await call('order-select', contextOf('draftOrders', bundleOf({ ...DRAFT, subject: { reference } })));
    expectRefusal(answer, 422, 'conflict', 'context.draftOrders');
  });

  test.each([
    `Patient/${PATIENT}`,
    `https://ehr.example/fhir/Patient/${PATIENT}`,
    `Patient/${PATIENT}/_history/3`,
    'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0',
  ])('a selected draft with subject %s: 200', async (reference) => {
    expect(
      (await call('order-select', contextOf('draftOrders', bundleOf({ ...DRAFT, subject: { reference } })))).status,
    ).toBe(200);
  });
});

describe('the server itself', () => {
  test('row 58: a bug: 500 exception, a correlation id that the log has too, and nothing else', async () => {
    const decide = (): never => {
      throw new TypeError(MARK);
    };
    const broken = await startService({ overrides: { engine: { decide, rules: { loaded: 0, disabled: [] } } } });
    const answer = await post(broken.url + pathOf('patient-view'), requestFor('patient-view'));
    await broken.close();
    const { diagnostics, ...rest } = issueOf(answer.json);
    expect([answer.status, rest]).toEqual([500, { severity: 'error', code: 'exception' }]);
    expect(broken.logs()).toContain(diagnostics!);
    expect(broken.logs()).toContain('TypeError');
    expect(broken.logs()).not.toContain(MARK);
  });

  test('row 59: while closing: 503 transient with Retry-After', async () => {
    const answer = await rawWhileClosing();
    expect(answer).toMatch(/^HTTP\/1.1 503 [\s\S]*retry-after: \d+[\s\S]*"code":"transient"/i);
  });

  test.each([
    ['demo', 'https://ehr.example'],
    ['production', null],
  ] as const)('row 60: CORS preflight in %s mode', async (mode, allowed) => {
    const strict = await startService({ config: { mode, ...(mode === 'production' && { corsOrigins: [] }) } });
    for (const path of ['/cds-services', pathOf('patient-view'), `${pathOf('patient-view')}/feedback`]) {
      const answer = await send(strict.url + path, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://ehr.example',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization',
        },
      });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([204, allowed]);
      if (allowed)
        expect(answer.headers.get('access-control-allow-headers')).toBe('authorization, content-type, accept');
    }
    await strict.close();
  });

  test('row 61: forged Host and X-Forwarded headers change nothing', async () => {
    const forged = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const answer = await raw(`${service.url}/cds-services`, forged, '', 'GET');
    expect([answer.status, answer.text]).toEqual([200, (await send(`${service.url}/cds-services`)).text]);
  });

  test('headers over the limit: 431 as an OperationOutcome', async () => {
    const answer = await raw(
      `${service.url}/cds-services`,
      { authorization: `Bearer ${'x'.repeat(64_000)}` },
      '',
      'GET',
    );
    expect([answer.status, issueOf(JSON.parse(answer.text)).code]).toEqual([431, 'too-long']);
  });
});
