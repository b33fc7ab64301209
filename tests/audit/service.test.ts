/** The audit of a running service: an entry for each call before its answer is had, and what the operator sees of it. */
import { execFile } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { AuditEvent } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARD_EXTENSION, type Card } from '../../src/cds-hooks/response.js';
import { loadKeys } from '../../src/load-secret.js';
import { createPseudonymise } from '../../src/audit/pseudonym.js';
import { detailOf, eventsOf, linesOf, until } from '../support/audit.js';
import { readExamples } from '../support/examples.js';
import { ROOT } from '../support/files.js';
import { issueOf } from '../support/json.js';
import { ISSUER, startProduction, type ProductionService } from '../support/production.js';
import { pathOf, requestFor, type HookRequest } from '../support/requests.js';
import { post, send, startService } from '../support/service.js';
import { faultsOf } from '../support/validate.js';

const TENANT = 'practice-1';
const EHR = 'https://ehr.example.org/fhir';
const EXAMPLE = readExamples().find(({ id }) => id === 'cauda-equina')!;
let service: ProductionService;
beforeAll(async () => {
  service = await startProduction(
    { fhirServers: [EHR], tenant: TENANT },
    { env: { EXPLAIN: 'on' }, overrides: { auditLimits: { beat: 5, patience: 60_000 } } },
  );
});
afterAll(() => service.close());

/** Calls as the registered client. */
async function call(path: string, body: unknown) {
  return post(service.url + path, body, await service.authorization(path, { claims: { tenant: TENANT } }));
}

const lastEvent = (): AuditEvent => eventsOf(service.auditDir).at(-1)!;
const exampleRequest = (): HookRequest => ({ ...structuredClone(EXAMPLE.request), fhirServer: EHR });
const servicePath = `/cds-services/${EXAMPLE.service}`;

describe('a call of a service', () => {
  test('stands in the audit when its answer is had: the rules of its cards, the patient as a pseudonym, valid FHIR', async () => {
    const request = exampleRequest();
    const answer = await call(servicePath, request);
    const { cards } = answer.json as { cards: readonly Card[] };
    const event = lastEvent();
    expect(cards.length).toBeGreaterThan(0);
    const rules = event.entity?.flatMap(({ detail = [] }) => detail).filter(({ type }) => type === 'rule');
    const fired = cards
      .flatMap(({ extension }) => extension[CARD_EXTENSION].rules)
      .map(({ id, version }) => `${id}|${version}`);
    expect(rules?.map(({ valueString }) => valueString)).toEqual([...new Set(fired)]);
    expect([
      event.entity?.[1]?.name,
      ...['hookInstance', 'status', 'cards'].map((type) => detailOf(event, type)),
    ]).toEqual([EXAMPLE.service, request.hookInstance, '200', String(cards.length)]);
    const pseudonymise = createPseudonymise(loadKeys(service.secretFile).pseudonym);
    expect(event.entity?.[0]?.what?.identifier?.value).toBe(
      pseudonymise([ISSUER, null, TENANT], String(request.context['patientId'])),
    );
    expect(event.agent.at(-1)).toMatchObject({
      who: { identifier: { value: 'ehr' } },
      network: { address: '127.0.0.1' },
    });
    expect(faultsOf(event)).toEqual([]);
  });

  test('that cannot be answered stands there with its status', async () => {
    const answer = await call(pathOf('patient-view'), { ...requestFor('patient-view'), prefetch: {} });
    expect(answer.status).toBe(412);
    expect([lastEvent().outcome, detailOf(lastEvent(), 'status')]).toEqual(['4', '412']);
  });

  test('has no id of a patient in clear, neither of the patient nor of a patient who is the user', async () => {
    const request = exampleRequest();
    request.context['userId'] = `Patient/${String(request.context['patientId'])}`;
    await call(servicePath, request);
    expect(linesOf(service.auditDir).join()).not.toContain(String(request.context['patientId']));
  });

  test('of explain and of feedback stands there too; what serves no patient does not', async () => {
    await call(`/explain/${EXAMPLE.service}`, exampleRequest());
    expect(detailOf(lastEvent(), 'action')).toBe('explanation');
    await call(`${servicePath}/feedback`, { feedback: [] });
    expect([detailOf(lastEvent(), 'action'), lastEvent().entity?.[0]?.name]).toEqual(['feedback', EXAMPLE.service]);
    const before = linesOf(service.auditDir).length;
    for (const path of ['/cds-services', '/rules', '/metrics', '/health/live', '/nowhere'])
      await send(service.url + path);
    await call('/cds-services/no-such-service', {});
    expect(linesOf(service.auditDir)).toHaveLength(before);
  });
});

describe('a call that is refused', () => {
  const refusedCall = async (headers: Readonly<Record<string, string>>, path = servicePath) => {
    const { status } = await post(service.url + path, exampleRequest(), headers);
    const event = lastEvent();
    const named = event.agent[0]?.who?.identifier?.value;
    return { status, named, service: event.entity?.[0]?.name, ...{ words: event.outcomeDesc, outcome: event.outcome } };
  };

  test('without a token: which service, from where, and why', async () => {
    expect(await refusedCall({})).toEqual({
      status: 401,
      named: undefined,
      service: EXAMPLE.service,
      words: 'Refused: no token.',
      outcome: '4',
    });
    expect(lastEvent().agent[0]?.network?.address).toBe('127.0.0.1');
    expect(JSON.stringify(lastEvent())).not.toContain('patient-pseudonym');
  });

  test('with a token of a client that does not hold: the client whose name it bears, and never the token', async () => {
    const authorization = await service.authorization(servicePath, { claims: { tenant: TENANT, exp: 1 } });
    expect(await refusedCall(authorization)).toMatchObject({ status: 401, named: 'ehr', words: 'Refused: expired.' });
    expect(linesOf(service.auditDir).join()).not.toContain(authorization.authorization.split('.').at(-1));
  });
});

test('a client in shadow that may call one service: the rules of the cards that nobody saw; its name beside 403', async () => {
  const shadow = await startProduction({ shadow: true, services: [EXAMPLE.service] });
  const ask = async (path: string) => post(shadow.url + path, EXAMPLE.request, await shadow.authorization(path));
  const answers = [await ask(servicePath), await ask('/cds-services/plexus-order-sign')];
  const [seen, refused] = eventsOf(shadow.auditDir).slice(1);
  await shadow.close();
  expect(answers[0]?.json).toEqual({ cards: [] });
  expect([detailOf(seen!, 'cards'), detailOf(seen!, 'rule')]).toEqual(['0', expect.stringMatching(/^[a-z0-9-]+\|\d/)]);
  expect([answers[1]?.status, detailOf(refused!, 'status')]).toEqual([403, '403']);
  expect(refused!.agent[0]?.who?.identifier?.value).toBe('ehr');
});

test('a demonstration is audited only where a folder is named', async () => {
  const folder = join(service.auditDir, '..', 'demo');
  const demo = await startService({ env: { AUDIT_DIR: folder } });
  await post(demo.url + servicePath, EXAMPLE.request);
  await demo.close();
  expect(eventsOf(folder).map(({ outcomeDesc }) => outcomeDesc)).toEqual([
    'The service started.',
    'Answered.',
    'The service stopped.',
  ]);
});

test('while nothing can be written cards are answered, and the replica is not ready', async () => {
  const ready = () => send(`${service.url}/health/ready`);
  renameSync(service.auditDir, `${service.auditDir}-away`);
  writeFileSync(service.auditDir, '');
  await until(async () => (await ready()).status === 503);
  expect(issueOf((await ready()).json).details?.text).toContain('The audit cannot be written; see the log.');
  const answer = await call(servicePath, exampleRequest());
  expect((answer.json as { cards: readonly Card[] }).cards.length).toBeGreaterThan(0);
  rmSync(service.auditDir);
  renameSync(`${service.auditDir}-away`, service.auditDir);
  await until(async () => (await ready()).status === 200);
  expect(detailOf(lastEvent(), 'action')).toBe('cards');
  expect((await send(`${service.url}/metrics`)).text).toMatch(/plexus_audit_entries_total\{result="late"\} 1\n/);
  expect(service.logs()).toMatch(/"reason":"ENOTDIR","msg":"audit cannot be written"/);
  expect(service.logs()).toContain('audit is written again');
});

test('the operator is told with which entry a process begins: of none, and of the last', async () => {
  const folder = join(service.auditDir, '..', 'twice');
  const [first, second] = [[], []].map(() => async () => {
    const demo = await startService({ env: { AUDIT_DIR: folder, SECRET_FILE: service.secretFile } });
    await demo.close();
    return demo.logs();
  });
  const told = await first!();
  expect(told).toContain('"msg":"audit begins with its first entry"');
  const head = /"head":"(2:[0-9a-f]{64})".*"msg":"audit file ended"/.exec(told)?.[1];
  expect(await second!()).toContain(`"head":"${head}","msg":"audit goes on from this entry"`);
});

describe('npm run audit:verify', () => {
  const textWith = (text: string): string => {
    const path = join(service.auditDir, '..', 'kept-heads.log');
    writeFileSync(path, text);
    return path;
  };
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const command = promisify(execFile)(process.execPath, ['--import', 'tsx', 'src/cli/audit.ts', ...args], {
      cwd: ROOT,
      env: { ...process.env, SECRET_FILE: service.secretFile, ...env },
    });
    try {
      return { code: 0, text: (await command).stdout };
    } catch (error) {
      const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
      return { code, text: stdout + stderr };
    }
  };

  test('says of a running service how many entries there are, from when till when, and the head; a head is expected', async () => {
    const { code, text } = await run([service.auditDir]);
    expect(code).toBe(0);
    expect(text).toMatch(
      /^\d+ entries in \d+ files, head \d+:[0-9a-f]{64}\nfrom 20\S+Z to 20\S+Z\nevery link holds\n$/,
    );
    const head = /head (\S+)/.exec(text)?.[1] ?? '';
    expect((await run([service.auditDir, '--expect', head])).code).toBe(0);
    const later = head.replace(/^\d+/, '999999');
    for (const expected of [
      ['--expect', later, '--expect', head],
      ['--expect', head, '--heads', textWith(`{"head":"${head}"}\n{"head":"${later}"}`)],
    ])
      expect(await run([service.auditDir, ...expected])).toMatchObject({
        code: 1,
        text: expect.stringContaining('BROKEN the stream ends before entry 999999'),
      });
  });

  test.each([
    ['without a secret', ['.'], { SECRET_FILE: '' }, 'Usage: audit:verify'],
    ['with a head that is none', ['.', '--expect', '12'], {}, '--expect takes the number of an entry and its seal'],
    ['with the head of nothing', ['.', '--expect', `0:${'0'.repeat(64)}`], {}, '--expect takes the number of an entry'],
    ['with a log without heads', ['.', '--heads', 'package.json'], {}, '--heads: no head stands in package.json'],
  ])('%s ends with 1 and a sentence', async (_what, args, env, words) => {
    expect(await run(args, env)).toMatchObject({ code: 1, text: expect.stringContaining(words) });
  });
});
