/** The OpenAPI document is true: valid, complete, and every answer of the real service is one that it describes. */
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../../src/app.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { readConfig } from '../../src/config.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { ERRORS, type ErrorCode } from '../../src/errors.js';
import { readExamples } from '../support/examples.js';
import { issueOf } from '../support/json.js';
import { createJudge, readOpenApi, type Answered, type OpenApi, type Operation } from '../support/openapi.js';
import { startProduction, type ProductionService } from '../support/production.js';
import { DRAFT, PATIENT, bundleOf, pathOf, requestFor } from '../support/requests.js';
import {
  post,
  raw,
  rawWhileClosing,
  send,
  startService,
  type Answer,
  type RunningService,
} from '../support/service.js';
import { readStories } from '../support/stories.js';

let service: RunningService;
/** In production mode below a path, without what can be switched off, for a client that may call one service. */
let bare: ProductionService;
let document: OpenApi;
let judge: ReturnType<typeof createJudge>;
beforeAll(async () => {
  bare = await startProduction(
    { services: ['plexus-order-sign'], callsPerMinute: 1 },
    { env: { EXPLAIN: 'off', RULES_DISABLED: 'Neck', DISCOVERY: 'closed' } },
  );
  service = await startService({ env: { BODY_LIMIT: '200000' } });
  document = await readOpenApi(service.url);
  judge = createJudge(document);
});
afterAll(async () => {
  await service.close();
  await bare.close();
});

const CARDS = '/cds-services/{id}';
const operation = (path: string, method = 'post'): Operation => document.paths[path]![method]!;
const answered = ({ status, headers, text }: Answer): Answered => ({
  status,
  text,
  type: headers.get('content-type') ?? '',
});

describe('the document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document) as never);
    expect([document.openapi, valid, errors]).toEqual(['3.1.0', true, undefined]);
  });

  test('has the version of the package, and the address from which it came', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect([document.info.version, document.servers]).toEqual([version, [{ url: '/' }]]);
  });

  test('below a path on a proxy it names that path, so that a try goes to the same service', async () => {
    const [{ servers }, page] = [await readOpenApi(bare.url), await send(`${bare.url}/docs`)];
    expect(servers).toEqual([{ url: '/plexus' }]);
    expect(page.text).toContain('src="/plexus/docs/static/swagger-ui-bundle.js"');
  });

  test('has every address that takes a method, and no other', async () => {
    const routes = await routesOf(service.url);
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.filter((route) => !isPartOfAPageOrTheDemoEhr(route)).sort()).toEqual(described.sort());
  });

  test('has no /explain where that is switched off, and no demo EHR in production mode', async () => {
    const { paths } = await readOpenApi(bare.url);
    expect(Object.keys(document.paths).filter((path) => !(path in paths))).toEqual([
      '/explain/{id}',
      '/explain/texts',
      '/demo-fhir/metadata',
      '/sandbox/index',
      '/sandbox/patients/{id}',
      '/sandbox/patients/{id}/reset',
    ]);
  });

  test('says where a token is needed, and that a demonstration needs none', async () => {
    const { paths } = await readOpenApi(bare.url);
    const needs = (from: OpenApi['paths']) =>
      Object.entries(from).flatMap(([path, operations]) =>
        Object.values(operations).flatMap(({ security }) => (security ? [[path, security]] : [])),
      );
    const token = { clientToken: [] };
    expect(needs(paths)).toEqual([
      ['/cds-services', [token]],
      [CARDS, [token]],
      [`${CARDS}/feedback`, [token]],
    ]);
    expect(needs(document.paths)).toEqual([
      [CARDS, [{}, token]],
      [`${CARDS}/feedback`, [{}, token]],
      ['/explain/{id}', [{}, token]],
    ]);
  });

  test('knows every error of the service by its status', () => {
    const statuses = new Set(Object.values(ERRORS).map(({ status }) => String(status)));
    expect(Object.keys(document.components.responses).sort()).toEqual([...statuses].sort());
  });
});

/** Files of both pages, and FHIR, which describes itself. */
const isPartOfAPageOrTheDemoEhr = (route: string): boolean =>
  /^GET \/($|index\.html$|licences\.md$|assets\/)|\/docs\/static\//.test(route) ||
  (route.includes('/demo-fhir/') && route !== 'GET /demo-fhir/metadata');

/** Every `METHOD /path` that is registered and does not answer 405. */
async function routesOf(url: string): Promise<readonly string[]> {
  const registered = new Set<string>();
  const server = buildApp({ ...readConfig({}), logLevel: 'silent' }, Date.now);
  server.addHook('onRoute', ({ method, url: path }) => {
    for (const one of [method].flat()) registered.add(`${one} ${path}`);
  });
  await server.ready();
  await server.close();
  const candidates = [...registered].filter((route) => !/^(HEAD|OPTIONS) /.test(route));
  const taken = await Promise.all(
    candidates.map(async (route) => {
      const [method = '', path = ''] = route.split(' ');
      const { status } = await send(url + path.replace(/[:*]\w*/g, 'x'), { method });
      return status === 405 ? [] : [`${method} ${path.replace(/:(\w+)/g, '{$1}')}`];
    }),
  );
  return taken.flat();
}

describe('the examples', () => {
  test('there is a request and its answer for each service', () => {
    const ids = SERVICES.flatMap(({ id }) => [id, `${id}-answer`]);
    expect(Object.keys(document.components.examples).sort()).toEqual(ids.sort());
    for (const path of [CARDS, '/explain/{id}']) {
      const { examples = {} } = operation(path).requestBody!.content['application/json']!;
      expect(Object.keys(examples)).toEqual(SERVICES.map(({ id }) => id));
    }
  });

  test.each(SERVICES.map(({ id }) => id))('%s answers its example as the document says, with a card', async (id) => {
    const { [id]: request, [`${id}-answer`]: documented } = document.components.examples;
    const answer = await post(`${service.url}/cds-services/${id}`, request!.value);
    expect([answer.status, withoutUuids(answer.json)]).toEqual([200, withoutUuids(documented!.value)]);
    expect((answer.json as { cards: readonly unknown[] }).cards).not.toEqual([]);
    expect((await post(`${service.url}/explain/${id}`, request!.value)).status).toBe(200);
  });

  test('the feedback of the example is taken', async () => {
    const media = operation('/cds-services/{id}/feedback').requestBody!.content['application/json']!;
    const { feedback } = media.examples as unknown as Record<string, { value: unknown }>;
    const answer = await post(`${service.url}${pathOf('patient-view')}/feedback`, feedback!.value);
    expect(
      judge.undescribed({ 200: operation('/cds-services/{id}/feedback').responses['200']! }, answered(answer)),
    ).toEqual([]);
  });

  test('every example of an error keeps to the schema of errors', () => {
    const examples = Object.values(document.components.responses).flatMap(({ content = {} }) =>
      Object.values(content['application/json']?.examples ?? {}),
    );
    expect(examples).toHaveLength(Object.keys(ERRORS).length);
    for (const { value } of examples)
      expect(judge.faults({ $ref: '#/components/schemas/OperationOutcome' }, value)).toEqual([]);
  });
});

const withoutUuids = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, member: unknown) => (key === 'uuid' ? 'x' : member)));

describe('answers of 200', () => {
  test('of every story: cards and trace hold what is described and nothing else', async () => {
    const { responses } = operation('/explain/{id}');
    for (const story of readStories()) {
      const { service: id, request } = resolveTokens(story, { now: Date.now(), zone: 'Europe/Amsterdam' });
      const answer = await post(`${service.url}/explain/${id}`, request);
      expect([story.id, ...judge.undescribed({ 200: responses['200']! }, answered(answer))]).toEqual([story.id]);
    }
  });

  test.each([
    '/cds-services',
    '/explain/texts',
    '/rules',
    '/health/live',
    '/health/ready',
    '/metrics',
    '/docs',
    '/docs/json',
    '/docs/yaml',
    '/docs/capability-statement',
    '/demo-fhir/metadata',
  ])('of %s', async (path) => {
    const answer = await send(service.url + path);
    expect([answer.status, ...judge.undescribed(operation(path, 'get').responses, answered(answer))]).toEqual([200]);
  });

  test('of a rule, a leaflet, a readiness with rules switched off, and no cards', async () => {
    const cases = [
      ['/rules/{id}', 'get', await send(`${service.url}/rules/saddle-loss?language=en`)],
      ['/leaflets/{id}', 'get', await send(`${service.url}/leaflets/na-background`)],
      ['/health/ready', 'get', await send(`${bare.url}/health/ready`)],
      [CARDS, 'post', await post(service.url + pathOf('patient-view'), requestFor('patient-view'))],
    ] as const;
    for (const [path, method, answer] of cases)
      expect([path, answer.status, ...judge.undescribed(operation(path, method).responses, answered(answer))]).toEqual([
        path,
        200,
      ]);
  });

  test('of a draft without an id', async () => {
    const { request } = readExamples().find(({ id }) => id === 'back-image-too-early')!;
    const { draftOrders, selections, ...context } = structuredClone(request.context);
    const { entry } = draftOrders as { entry: { resource: { id?: string } }[] };
    for (const { resource } of entry) delete resource.id;
    const answer = await post(service.url + pathOf('order-select'), {
      ...request,
      context: { ...context, draftOrders },
    });
    expect(selections).toHaveLength(1);
    expect(answer.text).toContain('"cards":[{');
    // No one resource is named by a type alone.
    expect(answer.text).not.toContain('"order"');
    expect([answer.status, ...judge.undescribed(operation(CARDS).responses, answered(answer))]).toEqual([200]);
  });

  test('the fence rings: a member of a card or of the trace that is not described is seen', async () => {
    const { 'plexus-patient-view-answer': example } = document.components.examples;
    const { cards } = example!.value as { cards: readonly object[] };
    const odd = { cards: [{ ...cards[0], systemActions: [] }] };
    expect(judge.faults({ $ref: '#/components/schemas/CardsAnswer' }, odd)).toEqual([
      '/cards/0 must NOT have additional properties {"additionalProperty":"systemActions"}',
    ]);
    expect(judge.faults({ $ref: '#/components/schemas/Trace' }, {})).not.toEqual([]);
  });
});

describe('answers that are errors', () => {
  const cards = (body: unknown, headers = {}): Promise<Answered> =>
    post(service.url + pathOf('patient-view'), body, headers).then(answered);
  const select = (context: Readonly<Record<string, unknown>>): Promise<Answered> => {
    const request = requestFor('order-select');
    return post(service.url + pathOf('order-select'), { ...request, context: { ...request.context, ...context } }).then(
      answered,
    );
  };
  const bytes = async (
    path: string,
    headers: Readonly<Record<string, string>>,
    body: Buffer,
    method = 'POST',
  ): Promise<Answered> => {
    const answer = await raw(service.url + path, headers, body, method);
    return { status: answer.status, text: answer.text, type: answer.headers.get('content-type') ?? '' };
  };
  const valid = requestFor('patient-view');
  const images = Array.from({ length: 51 }, (_, n) => ({
    ...DRAFT,
    id: `d${n}`,
    code: { coding: [{ system: 'http://loinc.org', code: '24968-0' }] },
  }));

  const PROVOKED: Readonly<Record<string, () => Promise<Answered>>> = {
    'body-empty': () => cards(''),
    'body-not-json': () => cards('{'),
    'body-not-utf8': () =>
      bytes(pathOf('patient-view'), { 'content-type': 'application/json' }, Buffer.from([0x7b, 0xc3, 0x28])),
    'body-not-object': () => cards('[]'),
    'body-too-deep': () => cards(`{"deep":${'['.repeat(100)}${']'.repeat(100)}}`),
    'body-too-large': () => cards({ ...valid, padding: 'x'.repeat(200_000) }),
    'media-type': () => cards(valid, { 'content-type': 'text/plain' }),
    missing: () => cards({ ...valid, hookInstance: undefined }),
    invalid: () => cards({ ...valid, hook: 'order-sign' }),
    contradictory: () =>
      cards({
        ...valid,
        fhirAuthorization: { access_token: 'x', token_type: 'Bearer', expires_in: 1, scope: '', subject: '' },
      }),
    'too-costly': () => select({ selections: undefined, draftOrders: bundleOf(...images) }),
    unauthenticated: () => post(bare.url + pathOf('patient-view'), valid).then(answered),
    forbidden: async () => {
      const path = pathOf('patient-view');
      return answered(await post(bare.url + path, valid, await bare.authorization(path)));
    },
    'too-many-requests': async () => {
      const path = pathOf('order-sign');
      const again = async () => post(bare.url + path, valid, await bare.authorization(path));
      await again();
      return answered(await again());
    },
    'unknown-service': () => post(`${service.url}/cds-services/none`, valid).then(answered),
    'patient-missing': () => cards({ ...valid, prefetch: {} }),
    'fhir-unusable': () => select({ draftOrders: {} }),
    'fhir-not-r4': () =>
      select({
        draftOrders: bundleOf({ ...DRAFT, resourceType: 'ProcedureRequest' }),
        selections: ['ProcedureRequest/draft-1'],
      }),
    'patient-mismatch': () =>
      select({ draftOrders: bundleOf({ ...DRAFT, subject: { reference: `Patient/not-${PATIENT}` } }) }),
    'selection-unresolvable': () => select({ selections: ['ServiceRequest/other'] }),
    'malformed-http': () =>
      bytes(pathOf('patient-view'), { 'content-type': 'application/json', 'content-length': 'x' }, Buffer.alloc(0)),
    'headers-too-large': () => bytes('/cds-services', { authorization: 'x'.repeat(64_000) }, Buffer.alloc(0), 'GET'),
    unexpected: async () => {
      const decide = (): never => {
        throw new TypeError();
      };
      const broken = await startService({ overrides: { engine: { decide } } });
      const answer = await post(broken.url + pathOf('patient-view'), valid);
      await broken.close();
      return answered(answer);
    },
    unavailable: whileClosing,
  };

  test.each(Object.keys(PROVOKED) as ErrorCode[])(
    '%s is described where the cards are asked, and in its own words',
    async (code) => {
      const answer = await PROVOKED[code]!();
      const { responses } = operation(CARDS);
      expect([answer.status, ...judge.undescribed(responses, answer)]).toEqual([ERRORS[code].status]);
      const example = responses[answer.status]!.content!['application/json']!.examples![code]!.value;
      const [documented, given] = [issueOf(example), issueOf(JSON.parse(answer.text))];
      expect(given.code).toBe(documented.code);
      expect(given.details?.text.startsWith(documented.details?.text ?? '')).toBe(documented.details && true);
    },
  );

  test('nothing is described there that was not provoked', () => {
    const described = Object.values(operation(CARDS).responses).flatMap(({ content = {} }) =>
      Object.keys(content['application/json']?.examples ?? {}),
    );
    expect(described.filter((code) => code in ERRORS).sort()).toEqual(Object.keys(PROVOKED).sort());
  });

  test('of feedback, explain and the pages too', async () => {
    const path = `${pathOf('patient-view')}/feedback`;
    const cases: readonly (readonly [string, string, number, Promise<Answer>])[] = [
      ['/cds-services/{id}/feedback', 'post', 400, post(service.url + path, { feedback: [{}] })],
      ['/cds-services/{id}/feedback', 'post', 400, post(service.url + path, '{')],
      ['/cds-services/{id}/feedback', 'post', 404, post(`${service.url}/cds-services/none/feedback`, {})],
      ['/cds-services/{id}/feedback', 'post', 415, post(service.url + path, '{}', { 'content-type': 'text/plain' })],
      ['/explain/{id}', 'post', 404, post(`${service.url}/explain/none`, {})],
      ['/explain/{id}', 'post', 412, post(`${service.url}/explain/plexus-patient-view`, { ...valid, prefetch: {} })],
      ['/cds-services/{id}/feedback', 'post', 401, post(bare.url + path, {})],
      ['/rules/{id}', 'get', 404, send(`${service.url}/rules/none`)],
      ['/leaflets/{id}', 'get', 404, send(`${service.url}/leaflets/none`)],
    ];
    for (const [address, method, status, asked] of cases) {
      const answer = await asked;
      expect([
        address,
        answer.status,
        ...judge.undescribed(operation(address, method).responses, answered(answer)),
      ]).toEqual([address, status]);
    }
  });

  test('of no address in particular: 404, and 405 with Allow', async () => {
    const { responses } = document.components;
    for (const [status, asked] of [
      [404, send(`${service.url}/none`)],
      [405, send(`${service.url}/cds-services`, { method: 'DELETE' })],
    ] as const) {
      const answer = await asked;
      expect([answer.status, ...judge.undescribed(responses, answered(answer))]).toEqual([status]);
      for (const header of Object.keys(responses[status]!.headers ?? {})) expect(answer.headers.has(header)).toBe(true);
    }
  });
});

/** The answer of a service that is closing, taken apart. */
async function whileClosing(): Promise<Answered> {
  const answer = await rawWhileClosing(await startService());
  const [head = '', text = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), type: /content-type: (.*)/i.exec(head)?.[1]?.trim() ?? '', text };
}

describe('what is described of a request', () => {
  test.each(['hook', 'hookInstance', 'context'])(
    'is what the service checks: a request without %s is refused by both',
    async (name) => {
      const request = { ...requestFor('patient-view'), [name]: undefined };
      const schema = { $ref: '#/components/schemas/CdsRequest' };
      expect(judge.faults(schema, requestFor('patient-view'))).toEqual([]);
      expect(judge.faults(schema, JSON.parse(JSON.stringify(request)))).not.toEqual([]);
      expect((await post(service.url + pathOf('patient-view'), request)).status).toBe(400);
    },
  );
});

describe('the page', () => {
  test.each(['demo', 'production'])('in %s mode: nothing from elsewhere, nothing inline, in no frame', async (mode) => {
    const page = await send(`${(mode === 'demo' ? service : bare).url}/docs`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    const policy = page.headers.get('content-security-policy')!;
    expect(policy).toMatch(/^default-src 'none';.*frame-ancestors 'none'/);
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const addresses = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(4);
    for (const address of addresses) expect(address).toMatch(/^(\/plexus)?\/docs\/static\//);
    expect(page.text).not.toMatch(/<script>|<style|\son\w+=/);
  });

  test.each(['/docs', '/docs/json', '/docs/yaml', '/docs/static/swagger-ui.css', '/docs/capability-statement'])(
    '%s takes no other method: 405 with Allow',
    async (path) => {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const answer = await send(service.url + path, { method });
        expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      }
      expect((await send(service.url + path, { method: 'HEAD' })).status).toBe(200);
    },
  );

  test.each([
    '/docs/none',
    '/docs/static/',
    '/docs/static/none.js',
    '/docs/static/%2e%2e/package.json',
    '/docs/static/..%2fpackage.json',
  ])('%s is 404, as an OperationOutcome', async (path) => {
    const { status, text } = await raw(service.url + path, {}, '', 'GET');
    expect([status, issueOf(JSON.parse(text)).code]).toEqual([404, 'not-found']);
  });
});
