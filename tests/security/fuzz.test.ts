/**
 * A few seconds of the fuzzer, always by the same seed: never a 500, never a hang, never a log line with input in it.
 * `npm run fuzz` runs for long, and by other seeds.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MARKER, type Answered, type Attempt } from '../../fuzz/attempt.js';
import { EVERY_KIND, createTally, runBatch, type Target } from '../../fuzz/campaign.js';
import { judge, isSlow } from '../../fuzz/judge.js';
import { judgeLine } from '../../fuzz/log-lines.js';
import { startService, type RunningService, type ServiceOptions } from '../support/service.js';

const SEED = 20261121;
const RUNS = 400;

async function startTarget(options: ServiceOptions = {}): Promise<Target & Pick<RunningService, 'close'>> {
  const service = await startService(options);
  const openLog = () => {
    let read = service.logs().length;
    return () => {
      const fresh = service.logs().slice(read);
      read += fresh.length;
      return fresh;
    };
  };
  return { name: 'demo', url: service.url, close: service.close, openLog, cpu: cpuTime, attempts: EVERY_KIND };
}

const cpuTime = (): number => (process.cpuUsage().user + process.cpuUsage().system) / 1000;

describe('the service', () => {
  let target: Awaited<ReturnType<typeof startTarget>>;
  beforeAll(async () => {
    target = await startTarget();
  });
  afterAll(() => target.close());

  test(`withstands ${RUNS} attempts by seed ${SEED}`, async () => {
    const tally = createTally();
    await runBatch(target, SEED, RUNS, tally);
    expect(tally.findings).toEqual([]);
    expect(tally.sent).toBe(RUNS);
    // A fuzzer that is always turned away at the door tries nothing.
    expect(tally.byStatus.get(200)).toBeGreaterThan(RUNS / 4);
  }, 60_000);
});
