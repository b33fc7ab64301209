/**
 * A few seconds of the fuzzer, always by the same seed: never a 500, never a hang, never a log line with input in it.
 * `npm run fuzz` runs for long, and by other seeds.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MARKER, type Answered, type Attempt } from '../../fuzz/attempt.js';
import { EVERY_KIND, createTally, runBatch, type Target } from '../../fuzz/campaign.js';
import { isSlow, judge } from '../../fuzz/judge.js';
import { judgeLine } from '../../fuzz/log-lines.js';
import { REGISTERED_CLIENT, tokenCalls } from '../../fuzz/tokens.js';
import { makeSite } from '../support/production.js';
import { pathOf, requestFor } from '../support/requests.js';
import { startService, type ServiceOptions } from '../support/service.js';

const SEED = 20261121;

interface RunningTarget extends Target {
  readonly close: () => Promise<void>;
}

async function startTarget(attempts: Target['attempts'], options: ServiceOptions = {}): Promise<RunningTarget> {
  const service = await startService(options);
  const openLog = () => {
    let read = service.logs().length;
    return () => {
      const fresh = service.logs().slice(read);
      read += fresh.length;
      return fresh;
    };
  };
  const cpu = () => (process.cpuUsage().user + process.cpuUsage().system) / 1000;
  return { name: 'service', url: service.url, attempts, openLog, cpu, close: service.close };
}

const site = makeSite();
afterAll(() => site.remove());

describe.each([
  ['demo', EVERY_KIND, 300, {}],
  ['production', tokenCalls, 150, { env: { ...site.env, CALLS_PER_MINUTE: '0' }, clients: [REGISTERED_CLIENT] }],
] as const)('the service in %s mode', (_mode, attempts, runs, options) => {
  let target: RunningTarget;
  beforeAll(async () => {
    target = await startTarget(attempts, options);
  });
  afterAll(() => target.close());

  test(`withstands ${runs} attempts by seed ${SEED}`, async () => {
    const tally = createTally();
    await runBatch(target, SEED, runs, tally);
    expect(tally.findings).toEqual([]);
    expect(tally.sent).toBe(runs);
    // A fuzzer that is always turned away at the door tries nothing.
    expect(tally.byStatus.get(200)).toBeGreaterThan(runs / 5);
  }, 60_000);
});

const good: Attempt = {
  kind: 'good',
  method: 'POST',
  path: pathOf('patient-view'),
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(requestFor('patient-view'))),
};

describe('the fuzzer sees', () => {
  const answer = (status: number, value: unknown, more: Partial<Answered> = {}): Answered => ({
    status,
    headers: {},
    text: typeof value === 'string' ? value : JSON.stringify(value),
    ms: 1,
    ...more,
  });
  const outcome = (text: string) => ({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'value', details: { text } }],
  });

  test('nothing in answers that are as they must be', () => {
    expect(judge(good, answer(200, { cards: [] }))).toEqual([]);
    expect(judge(good, answer(400, outcome('Send another one.')))).toEqual([]);
    expect(judge({ ...good, malformed: true }, answer(0, ''))).toEqual([]);
    expect(judge({ ...good, token: 'bad' }, answer(401, outcome('No.')))).toEqual([]);
    expect(judge({ ...good, path: '/demo-fhir/Patient' }, answer(507, outcome('Full.')))).toEqual([]);
  });

  test.each([
    ['a 500', answer(500, outcome('x')), 'status 500'],
    ['a 503', answer(503, outcome('x')), 'status 503'],
    ['a hang', answer(0, '', { isHung: true }), 'no answer within 15000 ms'],
    ['a connection that is dropped', answer(0, ''), 'connection closed without an answer'],
    ['an error in words of its own', answer(400, '<h1>Bad Request</h1>'), 'an error that is no OperationOutcome'],
    ['an error that repeats input', answer(400, outcome(`Not ${MARKER}.`)), 'an error that repeats what was sent'],
    ['an error that nobody described', answer(400, { ...outcome('x'), id: 'x' }), /^error against its schema/],
    ['an answer that is no JSON', answer(200, '{"cards":'), 'a 200 that is not JSON'],
    ['an answer that nobody described', answer(200, { cards: [], more: 1 }), /^answer against its schema/],
    ['a null', answer(200, { cards: [null] }), 'null or empty member: cards.*'],
  ])('%s', (_what, answered, fault) => {
    expect(judge(good, answered).map((one) => one.fault)).toContainEqual(
      typeof fault === 'string' ? fault : expect.stringMatching(fault),
    );
  });

  test('a bad token let in and a good one refused', () => {
    expect(judge({ ...good, token: 'bad' }, answer(200, { cards: [] }))).toHaveLength(1);
    expect(judge({ ...good, token: 'good' }, answer(401, outcome('No.')))).toHaveLength(1);
  });

  test('two seconds of processor time for a body of less than 100 kB, and no waiting for a busy machine', () => {
    const large = { ...good, body: Buffer.alloc(100_000) };
    expect(isSlow(good, answer(200, '', { ms: 2001, cpu: 2001 }))).toBe(true);
    expect(isSlow(good, answer(200, '', { ms: 2000, cpu: 2000 }))).toBe(false);
    expect(isSlow(good, answer(200, '', { ms: 9000, cpu: 100 }))).toBe(false);
    expect(isSlow(large, answer(200, '', { ms: 2001, cpu: 2001 }))).toBe(false);
  });

  test.each([
    ['input', { msg: `called for ${MARKER}` }],
    ['input in a known member', { hookInstance: 'Jan Jansen' }],
    ['an unknown member', { url: '/cds-services' }],
    ['a message that was thrown', { error: { name: 'TypeError', at: [], message: 'x' } }],
  ])('%s in a log line', (_what, members) => {
    expect(judgeLine(JSON.stringify({ level: 30, ...members }))).toHaveLength(1);
  });

  test('a bug, once, with the place that it comes from and the request that shows it', async () => {
    const decide = (): never => {
      throw new TypeError(MARKER);
    };
    const broken = await startTarget(fc.constant(good), { overrides: { engine: { decide } } });
    const tally = createTally();
    await runBatch(broken, SEED, 5, tally);
    await runBatch(broken, SEED, 5, tally);
    await broken.close();
    expect(tally.findings).toHaveLength(1);
    expect(tally.findings[0]).toMatchObject({
      fault: expect.stringMatching(/^status 500 TypeError at .*fuzz\.test\.ts/),
      seed: SEED,
      request: { path: good.path, body: good.body!.toString() },
    });
    // One attempt of the first batch; none of the second ends it, for the bug is known.
    expect(tally.sent).toBe(1 + 5);
  });
});
