import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueOf } from '../support/json.js';
import { DRAFT, bundleOf, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, send, startService } from '../support/service.js';
import type { RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

describe('logs and metrics', () => {
  test('E3 E4 no patient data, token, URL or header in logs and metrics', async () => {
    const secret = 'Jansen-Secret';
    const request = requestFor('order-select');
    Object.assign(request, {
      fhirServer: `https://${secret}.example/fhir`,
      fhirAuthorization: {
        access_token: secret,
        token_type: 'Bearer',
        expires_in: 300,
        scope: secret,
        subject: secret,
      },
    });
    request.context.draftOrders = bundleOf({ ...DRAFT, note: [{ text: secret }] });
    request.prefetch.conditions = searchsetOf({ resourceType: 'Condition', id: secret, code: { text: secret } });
    const headers = { authorization: `Bearer ${secret}`, 'user-agent': secret };
    for (const body of [
      request,
      { ...request, hook: secret },
      { ...request, context: { patientId: `${secret}/` } },
      `{"${secret}`,
    ]) {
      await post(`${service.url}${pathOf('order-select')}?patient=${secret}`, body, headers);
    }
    await post(`${service.url}/explain/plexus-order-select`, request, headers);
    await send(`${service.url}/${secret}`);
    expect(service.logs() + (await send(`${service.url}/metrics`)).text).not.toMatch(/jansen/i);
  });

  test('a log line says method, route pattern, status, duration, service, hookInstance and number of cards', async () => {
    const request = { ...requestFor('patient-view'), hookInstance: '00000000-0000-4000-8000-000000000001' };
    await post(service.url + pathOf('patient-view'), request);
    const line = service
      .logs()
      .split('\n')
      .find((text) => text.includes(request.hookInstance))!;
    const { level, time, reqId, ms, msg, ...rest } = JSON.parse(line);
    expect([level, typeof time, typeof reqId, typeof ms, msg]).toEqual([30, 'string', 'string', 'number', 'request']);
    expect(rest).toEqual({
      method: 'POST',
      route: '/cds-services/:id',
      status: 200,
      service: 'plexus-patient-view',
      hookInstance: request.hookInstance,
      cards: 0,
    });
  });

  test('metrics have labels of our own only', async () => {
    const text = (await send(`${service.url}/metrics`)).text;
    expect(text).toMatch(/plexus_request_duration_seconds_count\{service="plexus-patient-view",status="200"\} \d+/);
    const services = new Set([...text.matchAll(/service="([^"]+)"/g)].map(([, name]) => name));
    for (const name of services)
      expect(name).toMatch(/^(none|plexus-(patient-view|order-select|order-sign|appointment-book|problem-list))$/);
  });
});

describe('health', () => {
  test('live and ready; ready tells the number of rules and what is switched off', async () => {
    const rules = { loaded: 12, disabled: ['Neck'] };
    const engine = { rules, decide: () => ({ cards: [], trace: {} }) };
    const small = await startService({ overrides: { engine } });
    expect((await send(`${small.url}/health/live`)).json).toEqual({ status: 'live' });
    expect((await send(`${small.url}/health/ready`)).json).toEqual({ status: 'ready', rules: 12, disabled: ['Neck'] });
    await small.close();
  });
});

describe('explain', () => {
  test('answers the cards of the service and the trace, and leaves no line in the log', async () => {
    const quiet = await startService();
    const answer = await post(`${quiet.url}/explain/plexus-patient-view`, requestFor('patient-view'));
    await quiet.close();
    expect([answer.status, Object.keys(answer.json as object)]).toEqual([200, ['cards', 'trace']]);
    expect(quiet.logs()).not.toContain('explain/:id');
  });

  test('is not there when switched off', async () => {
    const off = await startService({ env: { EXPLAIN: 'off' } });
    const answer = await post(`${off.url}/explain/plexus-patient-view`, requestFor('patient-view'));
    await off.close();
    expect([answer.status, issueOf(answer.json).code]).toEqual([404, 'not-found']);
  });
});
