/**
 * What is missing from prefetch is read from the EHR's FHIR server, within a deadline, and what cannot be read is said:
 * a real service in front of a real server that behaves as well or as badly as each test wants.
 */
import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { startFhirServer, sendJson, type FhirServerDouble } from '../support/fhir-server.js';
import { issueOf } from '../support/json.js';
import { condition, daysAgo, finding, nrs } from '../support/records.js';
import { PATIENT, bundleOf, pathOf, requestFor, searchsetOf, type HookRequest } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';

const DEADLINE = 300;
/** The deadline and room for a busy machine; how close to the deadline an answer comes is what `npm run bench:fhir` shows. */
const IN_TIME = DEADLINE + 1_500;
const TOKEN = 'token-of-this-request';
const RECORD = {
  Patient: { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' },
  Condition: condition('shoulder-pain', daysAgo(3), ['site-shoulder', 'side-right']),
  Observation: nrs(9, daysAgo(0), ['site-shoulder', 'side-right']),
};

/** A good server: the patient, the conditions and observations of the record, and empty searchsets for the rest. */
const good: RequestListener = (request, response) => {
  const [type = '', id] = (request.url ?? '').replace('/fhir/', '').split('?')[0]!.split('/');
  if (id !== undefined) sendJson(response, RECORD.Patient);
  else if (type === 'Condition' || type === 'Observation') sendJson(response, searchsetOf(RECORD[type]));
  else sendJson(response, searchsetOf());
};

let ehr: FhirServerDouble;
let service: RunningService;
async function start(entry: Readonly<Record<string, unknown>> = {}): Promise<void> {
  ehr = await startFhirServer(good);
  service = await serviceFor(entry);
}
async function stop(): Promise<void> {
  await service.close();
  await ehr.close();
}
beforeAll(() => start());
afterAll(stop);
afterEach(async () => {
  // An answer ends what a test made of the server's reputation.
  ehr.answers = good;
  await ask(requestWith({}));
  ehr.asked.length = 0;
  ehr.headers.length = 0;
});
/** For a test that leaves the service or the server in a state of its own. */
async function withOwn(entry: Readonly<Record<string, unknown>>, run: () => Promise<void>): Promise<void> {
  const shared = { ehr, service };
  await start(entry);
  await run().finally(stop);
  ({ ehr, service } = shared);
}

const serviceFor = (entry: Readonly<Record<string, unknown>>) =>
  startService({
    clients: [{ id: 'practice', fhirServers: [ehr.base], privateNetwork: true, deadlineMs: DEADLINE, ...entry }],
  });

const authorization = (scope = 'patient/*.rs') => ({
  access_token: TOKEN,
  token_type: 'Bearer',
  expires_in: 300,
  scope,
  subject: 'plexus',
});

/** A request with the FHIR server and a token, and only these prefetch keys. */
function requestWith(
  prefetch: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
  hook: 'patient-view' | 'order-select' = 'patient-view',
): HookRequest {
  const now = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00', language: 'en' } };
  const server = { fhirServer: ehr.base, fhirAuthorization: authorization() };
  return { ...requestFor(hook), ...server, extension: now, ...more, prefetch: { ...prefetch } };
}

const ask = async (request: HookRequest) => {
  const answer = await post(service.url + pathOf('patient-view'), request);
  return { status: answer.status, cards: (answer.json as { cards?: readonly Card[] }).cards ?? [], json: answer.json };
};
const explain = async (request: HookRequest) => {
  const answer = await post(`${service.url}/explain/plexus-patient-view`, request);
  return (answer.json as { trace: { sources: Record<string, string>; tolerated: { where: string; what: string }[] } })
    .trace;
};
const said = (cards: readonly Card[]) => cards.map(({ summary, detail }) => `${summary}\n${detail}`);
const EVERYTHING = () => ({
  ...Object.fromEntries(Object.keys(requestFor('patient-view').prefetch).map((key) => [key, searchsetOf()])),
  patient: RECORD.Patient,
  conditions: searchsetOf(RECORD.Condition),
  observations: searchsetOf(RECORD.Observation),
});

describe('what is missing', () => {
  test('one key: one search with the patient, and the same cards', async () => {
    const others = Object.fromEntries(Object.entries(EVERYTHING()).filter(([key]) => key !== 'observations'));
    const whole = await ask(requestWith(EVERYTHING()));
    expect(ehr.asked).toEqual([]);
    const completed = await ask(requestWith(others));
    expect(ehr.asked).toEqual([`GET /fhir/Observation?patient=${PATIENT}&_count=100&_sort=-date`]);
    expect(ehr.headers[0]).toMatchObject({ authorization: `Bearer ${TOKEN}` });
    expect(whole.cards.length).toBeGreaterThan(0);
    expect(said(completed.cards)).toEqual(said(whole.cards));
  });

  test('everything: each key once, and the same cards', async () => {
    const whole = await ask(requestWith(EVERYTHING()));
    const fetched = await ask(requestWith({}));
    expect(new Set(ehr.asked).size).toBe(Object.keys(EVERYTHING()).length);
    expect(ehr.asked).toHaveLength(Object.keys(EVERYTHING()).length);
    expect(said(fetched.cards)).toEqual(said(whole.cards));
  });

  test('a searchset that was cut is read again, whole; one that failed or is known to be empty is not', async () => {
    const cut = { ...searchsetOf(), link: [{ relation: 'next', url: 'https://elsewhere.example/page2' }] };
    const failed = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };
    await ask(requestWith({ ...EVERYTHING(), observations: cut, allergies: failed, tasks: null }));
    expect(ehr.asked).toEqual([`GET /fhir/Observation?patient=${PATIENT}&_count=100&_sort=-date`]);
  });

  test('of a Medication that an order only refers to is looked up, below the base and nowhere else', async () => {
    const order = (reference: string) => ({
      resourceType: 'MedicationRequest',
      id: 'm1',
      status: 'active',
      intent: 'order',
      subject: { reference: `Patient/${PATIENT}` },
      medicationReference: { reference },
    });
    const medications = (reference: string) => ({ ...EVERYTHING(), medications: searchsetOf(order(reference)) });
    for (const reference of ['Medication/a', `${ehr.base}/Medication/b`])
      await ask(requestWith(medications(reference)));
    expect(ehr.asked).toEqual(['GET /fhir/Medication/a', 'GET /fhir/Medication/b']);
    for (const reference of [
      'https://elsewhere.example/Medication/c',
      `${ehr.base}.attacker.example/Medication/d`,
      'Medication/../Patient/e',
      'Medication/f?x=1',
      '#contained',
    ])
      await ask(requestWith(medications(reference)));
    expect(ehr.asked).toHaveLength(2);
  });
});

describe('how much is read', () => {
  test('at most twenty Medications for a request', async () => {
    const orders = Array.from({ length: 21 }, (_, index) => ({
      resourceType: 'MedicationRequest',
      id: `m${index}`,
      status: 'active',
      intent: 'order',
      subject: { reference: `Patient/${PATIENT}` },
      medicationReference: { reference: `Medication/${index}` },
    }));
    await ask(requestWith({ ...EVERYTHING(), medications: searchsetOf(...orders) }));
    expect(ehr.asked.filter((line) => line.includes('/Medication/'))).toHaveLength(20);
  });

  test('no more bytes than a request may bring itself', async () => {
    await withOwn({ deadlineMs: 10_000 }, async () => {
      const padding = 'x'.repeat(1_000_000);
      ehr.answers = (request, response) => {
        if (request.url?.includes('/Patient/')) good(request, response);
        else sendJson(response, { ...searchsetOf(), extension: [{ url: 'urn:x', valueString: padding }] });
      };
      const { tolerated } = await explain(requestWith({}));
      const outcomes = tolerated.map(({ what }) => what);
      expect(outcomes.filter((what) => what.endsWith('too large')).length).toBeGreaterThan(0);
      // Five megabytes are the limit of a body.
      expect(outcomes.filter((what) => what === 'read from the FHIR server').length).toBeLessThanOrEqual(6);
    });
  });
});

describe('who is asked', () => {
  test.each([
    ['a server of nobody', { fhirServer: 'https://unknown.example/fhir' }],
    ['a server whose address only begins like a registered one', () => ({ fhirServer: `${ehr.base}-else` })],
    ['no token', { fhirAuthorization: undefined }],
  ])('nobody, for %s', async (_, more) => {
    const { status } = await ask(requestWith({ patient: RECORD.Patient }, typeof more === 'function' ? more() : more));
    expect(status).toBe(200);
    expect(ehr.asked).toEqual([]);
  });

  test('an open server without a token', async () => {
    await withOwn({ open: true }, async () => {
      const { cards } = await ask(requestWith({}, { fhirAuthorization: undefined }));
      expect(cards.length).toBeGreaterThan(0);
      expect(ehr.headers.some((headers) => 'authorization' in headers)).toBe(false);
    });
  });

  test.each([
    ['patient/Condition.read patient/Patient.read', ['Condition', 'Patient']],
    ['user/*.read', ['Condition', 'Observation', 'Patient']],
    ['patient/Condition.rs patient/Patient.r', ['Condition', 'Patient']],
    ['patient/Condition.r patient/Patient.r', ['Patient']],
    ['patient/Condition.cruds', ['Condition']],
    ['patient/Condition.write', []],
    ['Condition.Read (Problems) (R4)', ['Condition', 'Observation', 'Patient']],
    ['launch openid', ['Condition', 'Observation', 'Patient']],
  ])('only for types in the scope %s: %j', async (scope, types) => {
    await ask(requestWith({}, { fhirAuthorization: authorization(scope) }));
    const asked = new Set(ehr.asked.map((line) => /\/fhir\/([A-Za-z]+)/.exec(line)?.[1]));
    expect(['Condition', 'Observation', 'Patient'].filter((type) => asked.has(type))).toEqual(types);
  });

  test('a scope with a filter gives a part: nothing of it counts as "none recorded"', async () => {
    const { sources } = await explain(
      requestWith({}, { fhirAuthorization: authorization('patient/*.read patient/Condition.rs') }),
    );
    expect(sources['conditions']).toBe('resource');
    const filtered = authorization('patient/Condition.rs?category=problem-list-item patient/Patient.r');
    expect((await explain(requestWith({}, { fhirAuthorization: filtered }))).sources['conditions']).toBe('partial');
  });
});

describe('a FHIR server that fails', () => {
  const silent: RequestListener = () => undefined;
  const status =
    (code: number): RequestListener =>
    (_, response) =>
      response.writeHead(code, { location: `${ehr.base}/elsewhere` }).end();
  const WAYS: readonly (readonly [string, RequestListener])[] = [
    ['slow', silent],
    ['401', status(401)],
    ['429', status(429)],
    ['500', status(500)],
    ['redirecting', status(302)],
    ['behind a gateway that does not reach it', status(502)],
    ['closing every connection', ({ socket }) => socket.destroy()],
    ['answering HTML', (_, response) => response.end('<html>Log in</html>')],
    ['answering about another patient', (_, response) => sendJson(response, { ...RECORD.Patient, id: 'p2' })],
  ];

  test.each(WAYS)('%s, with the patient in prefetch: 200 in time, and no card looks complete', async (_, way) => {
    ehr.answers = way;
    const began = performance.now();
    const { status: code, cards } = await ask(
      requestWith({ patient: RECORD.Patient, conditions: searchsetOf(RECORD.Condition) }),
    );
    expect(performance.now() - began).toBeLessThan(IN_TIME);
    expect(code).toBe(200);
    expect(cards.filter(({ indicator }) => indicator === 'critical')).toEqual([]);
  });

  test('down: 200, and 412 without the patient', async () => {
    await withOwn({}, async () => {
      await ehr.close();
      expect((await ask(requestWith({ patient: RECORD.Patient }))).status).toBe(200);
      expect((await ask(requestWith({}))).status).toBe(412);
    });
  });

  test('each connection broken once: every key is read the second time, and the cards are the same', async () => {
    const whole = await ask(requestWith({}));
    const keys = ehr.asked.splice(0).length;
    const broken = new Set<string | undefined>();
    ehr.answers = (request, response) => {
      if (broken.has(request.url)) good(request, response);
      else request.socket.destroy();
      broken.add(request.url);
    };
    expect(said((await ask(requestWith({}))).cards)).toEqual(said(whole.cards));
    expect([ehr.asked.length, broken.size]).toEqual([2 * keys, keys]);
  });

  test('one key slow, the others not: what came is used and what did not is named', async () => {
    ehr.answers = (request, response) => {
      if (!request.url?.includes('AllergyIntolerance')) good(request, response);
    };
    const { cards } = await ask(requestWith({}));
    expect(cards.length).toBeGreaterThan(0);
    const { sources } = await explain(requestWith({}));
    expect([sources['conditions'], sources['allergies']]).toEqual(['resource', 'failed']);
  });

  test('an alarm that was sent is raised all the same', async () => {
    ehr.answers = silent;
    const observations = searchsetOf(finding('saddle-anaesthesia', true, daysAgo(0)));
    const conditions = searchsetOf(condition('low-back-pain', daysAgo(3), ['site-low-back']));
    const { cards } = await ask(requestWith({ patient: RECORD.Patient, conditions, observations }));
    expect(cards[0]?.indicator).toBe('critical');
  });

  test('an order is not passed over in silence', async () => {
    ehr.answers = silent;
    const draftOrders = bundleOf({
      resourceType: 'MedicationRequest',
      id: 'draft-1',
      status: 'draft',
      intent: 'order',
      subject: { reference: `Patient/${PATIENT}` },
      medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: 'M01AB05' }] },
    });
    const request = requestWith({ patient: RECORD.Patient }, {}, 'order-select');
    request.context = { ...request.context, selections: ['MedicationRequest/draft-1'], draftOrders };
    const answer = await post(service.url + pathOf('order-select'), request);
    expect((answer.json as { cards: readonly Card[] }).cards).not.toEqual([]);
  });

  test('three requests without any answer let it rest; the next ones do not wait', async () => {
    await withOwn({}, async () => {
      ehr.answers = silent;
      for (let round = 0; round < 3; round++) await ask(requestWith({ patient: RECORD.Patient }));
      const asked = ehr.asked.length;
      const trace = await explain(requestWith({ patient: RECORD.Patient }));
      expect(ehr.asked).toHaveLength(asked);
      expect(trace.tolerated).toContainEqual({
        where: 'prefetch.conditions',
        what: 'not read from the FHIR server: resting',
      });
    });
  });

  test.each([400, 401, 403, 429])('%i, which is said of one token, lets it rest for nobody else', async (code) => {
    await withOwn({}, async () => {
      ehr.answers = (request, response) =>
        (request.headers.authorization === `Bearer ${TOKEN}` ? good : status(code))(request, response);
      const bad = { fhirServer: ehr.base, fhirAuthorization: { ...authorization(), access_token: 'another' } };
      for (let round = 0; round < 4; round++) await ask(requestWith({ patient: RECORD.Patient }, bad));
      expect((await explain(requestWith({}))).sources['conditions']).toBe('resource');
    });
  });

  test('what is not asked, since it is outside the scope, is no answer', async () => {
    await withOwn({}, async () => {
      ehr.answers = status(500);
      const narrow = { fhirServer: ehr.base, fhirAuthorization: authorization('patient/Condition.rs') };
      for (let round = 0; round < 3; round++) await ask(requestWith({ patient: RECORD.Patient }, narrow));
      const { tolerated } = await explain(requestWith({ patient: RECORD.Patient }, narrow));
      expect(tolerated.map(({ what }) => what)).toContain('not read from the FHIR server: resting');
    });
  });

  test('one that answers a single key is not let to rest', async () => {
    ehr.answers = (request, response) => {
      if (request.url?.includes('Condition')) good(request, response);
    };
    for (let round = 0; round < 4; round++) await ask(requestWith({ patient: RECORD.Patient }));
    const asked = ehr.asked.length;
    await ask(requestWith({ patient: RECORD.Patient }));
    expect(ehr.asked.length).toBeGreaterThan(asked);
  });
});

test('a token with a line end is refused, and locks nobody out: twenty such calls, and a good one is answered as before', async () => {
  const whole = await ask(requestWith({}));
  const odd = { fhirServer: ehr.base, fhirAuthorization: { ...authorization(), access_token: `${TOKEN}\n` } };
  for (let call = 0; call < 20; call++) {
    const { status, json } = await ask(requestWith({}, odd));
    expect([status, issueOf(json).expression]).toEqual([400, ['fhirAuthorization.access_token']]);
    expect(issueOf(json).details?.text).toContain('line end');
    expect(JSON.stringify(json)).not.toContain(TOKEN);
  }
  const { status, cards } = await ask(requestWith({}));
  expect([status, said(cards)]).toEqual([200, said(whole.cards)]);
});

describe('a FHIR server that dies in the middle of a load', () => {
  test('costs no request an answer, and makes no alarm', async () => {
    await withOwn({ open: true }, async () => {
      const answers: Awaited<ReturnType<typeof ask>>[] = [];
      // Ten at a time, so that some find it alive, some dying and some dead.
      const caller = async (): Promise<void> => {
        for (let call = 0; call < 20; call++) {
          answers.push(await ask(requestWith({ patient: RECORD.Patient })));
          if (answers.length === 60) await ehr.close();
        }
      };
      await Promise.all(Array.from({ length: 10 }, caller));
      expect(answers).toHaveLength(200);
      expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
      expect(answers.flatMap(({ cards }) => cards).filter(({ indicator }) => indicator === 'critical')).toEqual([]);
    });
  });
});

describe('what is kept', () => {
  test('no token, address, patient or query is in logs or metrics; the reads are counted by key and outcome', async () => {
    await ask(requestWith({}));
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    for (const secret of [TOKEN, ehr.base, PATIENT, '_sort=']) expect(service.logs() + metrics).not.toContain(secret);
    expect(metrics).toContain('plexus_fhir_reads_total{key="conditions",outcome="read"}');
    expect(metrics).toContain('plexus_prefetch_total{service="plexus-patient-view",key="conditions",state="resource"}');
  });
});
