/** The stream where the disk fails: answers are not held back, nothing is lost as long as there is room, and all goes on by itself. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Audit, AuditEntry, AuditResult } from '../../src/audit/audit.js';
import { REFUSALS_PER_MINUTE, summariseRefusals } from '../../src/audit/refusals.js';
import { verifyStream } from '../../src/audit/verify.js';
import { ROOT } from '../support/files.js';
import {
  detailOf,
  eventsOf,
  filesOf,
  KEYS,
  newFolder,
  NOON,
  removeFolders,
  streamIn,
  until,
} from '../support/audit.js';

afterAll(removeFolders);

const CALL: AuditEntry = { action: 'cards', status: 200 };
const QUICK = { beat: 5 };
const idsIn = (dir: string) =>
  eventsOf(dir).flatMap(({ entity }) => entity?.find(({ name }) => name === 'request')?.what?.identifier?.value ?? []);
const verify = (dir: string) => verifyStream(dir, KEYS.chain);

/** A file stands where the folder was; the folder and what is in it stand beside it. */
function takeAway(dir: string): () => void {
  renameSync(dir, `${dir}-away`);
  writeFileSync(dir, '');
  return () => {
    rmSync(dir);
    renameSync(`${dir}-away`, dir);
  };
}

describe('a folder that is gone', () => {
  test('shows, holds no answer back, and is written again when it is back, without a gap', async () => {
    const [dir, told, counted] = [newFolder(), [] as string[], [] as AuditResult[]];
    const audit = streamIn(dir, { limits: QUICK, told, counted });
    await audit.record({ ...CALL, requestId: 'before' });
    const giveBack = takeAway(dir);
    await until(() => !audit.isWriting());
    await audit.record({ ...CALL, requestId: 'meanwhile' });
    expect(counted.filter((one) => one === 'late')).toHaveLength(1);
    giveBack();
    await until(() => audit.isWriting());
    await audit.record({ ...CALL, requestId: 'after' });
    await audit.close();
    expect(idsIn(dir)).toEqual(['before', 'meanwhile', 'after']);
    expect(told.filter((one) => /^(failing|recovered|lost)/.test(one))).toEqual(['failing ENOTDIR', 'recovered']);
    expect((await verify(dir)).broken).toBeUndefined();
  });

  test('that comes back empty goes on with the number and the seal of the last line, so that the gap shows', async () => {
    const dir = newFolder();
    const audit = streamIn(dir, { limits: QUICK });
    await audit.record(CALL);
    takeAway(dir);
    await until(() => !audit.isWriting());
    rmSync(dir);
    mkdirSync(dir);
    await until(() => audit.isWriting());
    await audit.record({ ...CALL, requestId: 'after' });
    await audit.close();
    expect((await verify(dir)).broken).toMatchObject({
      line: 1,
      what: expect.stringContaining('entry 3 stands where entry 1'),
    });
    expect((await verifyStream(dir, KEYS.chain, { from: 3 })).broken).toBeUndefined();
  });

  test('in the middle of a rotation costs nothing', async () => {
    const dir = newFolder();
    // Every line has a file to itself.
    const audit = streamIn(dir, { limits: { beat: 5, fileBytes: 1 } });
    await audit.record({ ...CALL, requestId: 'before' });
    const giveBack = takeAway(dir);
    await audit.record({ ...CALL, requestId: 'meanwhile' });
    expect(audit.isWriting()).toBe(false);
    giveBack();
    await until(() => audit.isWriting());
    await audit.close();
    expect(idsIn(dir)).toEqual(['before', 'meanwhile']);
    expect((await verify(dir)).broken).toBeUndefined();
  });

  test('for longer than there is room loses the newest, and says how many', async () => {
    const [dir, counted, clock] = [newFolder(), [] as AuditResult[], { now: NOON }];
    const audit = streamIn(dir, { limits: { beat: 5, waiting: 3 }, counted, clock });
    await audit.record(CALL);
    const giveBack = takeAway(dir);
    await until(() => !audit.isWriting());
    for (const requestId of ['1', '2', '3']) await audit.record({ ...CALL, requestId });
    clock.now += 1000;
    for (const requestId of ['4', '5']) await audit.record({ ...CALL, requestId });
    clock.now += 1000;
    expect(counted.filter((one) => one === 'lost')).toHaveLength(2);
    giveBack();
    await until(() => audit.isWriting());
    await audit.record({ ...CALL, requestId: '6' });
    await audit.close();
    expect(idsIn(dir)).toEqual(['1', '2', '3', '6']);
    const lost = eventsOf(dir).at(-3)!;
    expect([lost.outcomeDesc, detailOf(lost, 'calls'), lost.outcome, lost.subtype?.[0]?.code]).toEqual([
      '2 calls left no line: they could not be written.',
      '2',
      '8',
      '110133',
    ]);
    expect(lost.period).toEqual({ start: '2026-11-22T12:00:01.000Z', end: '2026-11-22T12:00:02.000Z' });
    expect((await verify(dir)).broken).toBeUndefined();
  });

  test('at the close is left, counted, and told of: calls, not the start or the stop', async () => {
    const [dir, counted, told] = [newFolder(), [] as AuditResult[], [] as string[]];
    const audit = streamIn(dir, { limits: { ...QUICK, waiting: 3 }, counted, told });
    await audit.record(CALL);
    takeAway(dir);
    await until(() => !audit.isWriting());
    for (let call = 0; call < 2; call += 1) await audit.record(CALL);
    await audit.record({ action: 'refusals', calls: 7 });
    for (let call = 0; call < 2; call += 1) await audit.record(CALL);
    await audit.close();
    expect(told.filter((one) => one.startsWith('lost'))).toEqual(['lost 11']);
    await audit.record(CALL);
    expect(told.at(-1)).toBe('lost 1');
  });
});

test('a disk that is full in the middle of a line: every entry stands once, and what is left of lines is named and sealed', () => {
  const dir = newFolder();
  mkdirSync(dirname(dir), { recursive: true });
  // No file may be larger than 4 kB, so that the system cuts writes short as a full disk does.
  const program = `trap '' XFSZ; ulimit -f 4; exec "$0" --import tsx tests/support/audit-on-small-disk.ts "$1"`;
  const output = execFileSync('bash', ['-c', program, process.execPath, dir], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 10_000,
  });
  const { broken, entries, unfinished, remnants, ids } = JSON.parse(output) as Record<string, unknown>;
  expect({ broken, entries, unfinished }).toEqual({ entries: 22, unfinished: [] });
  expect(ids).toEqual(Array.from({ length: 20 }, (_, call) => `call-${call}`));
  expect(Number(remnants)).toBeGreaterThan(3);
});

describe('one process to a folder', () => {
  test('a second one is refused, until the first lets the folder go', async () => {
    const dir = newFolder();
    const first = streamIn(dir);
    await first.record(CALL);
    expect(() => streamIn(dir)).toThrow(/^AUDIT_DIR is another process's: give each replica a folder of its own/);
    await first.close();
    await streamIn(dir).close();
    expect(await verify(dir)).toMatchObject({ entries: 5 });
  });

  test.each([
    ['a moment', 5000, true],
    ['a moment and a millisecond', 5001, false],
    ['a clock that was ahead', -5001, false],
  ])('what a killed process held is free after five seconds: %s', async (_when, later, isHeld) => {
    const dir = newFolder();
    mkdirSync(dir);
    // What is left of a process that was killed: nobody touches it any more.
    const killed = streamIn(dir, { limits: { beat: 1_000_000 } });
    const clock = { now: NOON + later };
    const open = () => streamIn(dir, { clock });
    if (isHeld) expect(open).toThrow("another process's");
    else await open().close();
    await killed.close();
  });

  test('whoever lost the folder to another writes no more, and says so', async () => {
    const [dir, told] = [newFolder(), [] as string[]];
    const slept = streamIn(dir, { limits: QUICK, told });
    await slept.record(CALL);
    writeFileSync(join(dir, 'lock'), 'another');
    await until(() => !slept.isWriting());
    const before = readFileSync(join(dir, filesOf(dir)[0]!), 'utf8');
    await slept.record(CALL);
    await slept.close();
    expect(readFileSync(join(dir, filesOf(dir)[0]!), 'utf8')).toBe(before);
    expect(told.slice(1, 3)).toEqual(['failing another process has the folder', 'lost 1']);
    expect(readFileSync(join(dir, 'lock'), 'utf8')).toBe('another');
  });

  test.each([
    ['a file', (dir: string) => writeFileSync(dir, '')],
    ['below a file', (dir: string) => writeFileSync(dirname(dir), '')],
  ])('a folder that is %s is refused with the cure', (_what, make) => {
    const dir = newFolder();
    rmSync(dirname(dir), { recursive: true });
    if (_what === 'a file') mkdirSync(dirname(dir));
    make(dir);
    expect(() => streamIn(dir)).toThrow(/^AUDIT_DIR cannot be used \(E[A-Z]+\): set it to a folder/);
  });
});

describe('refused calls', () => {
  const REFUSED: AuditEntry = { action: 'cards', status: 401, refusal: 'no token' };

  async function flooded(entries: readonly AuditEntry[], at: (audit: Audit, clock: { now: number }) => Promise<void>) {
    const [dir, clock, counted] = [newFolder(), { now: NOON }, [] as AuditResult[]];
    const tools = { now: () => clock.now, count: (result: AuditResult) => void counted.push(result) };
    const audit = summariseRefusals(streamIn(dir, { clock, counted }), tools);
    await Promise.all(entries.map((entry) => audit.record(entry)));
    await at(audit, clock);
    await audit.close();
    expect((await verify(dir)).broken).toBeUndefined();
    return { events: eventsOf(dir).slice(1, -1), counted };
  }
  const many = (count: number, entry = REFUSED) => Array.from({ length: count }, () => entry);
  const nothing = async () => undefined;

  test.each([
    [REFUSALS_PER_MINUTE - 1, []],
    [REFUSALS_PER_MINUTE, []],
    [REFUSALS_PER_MINUTE + 1, ['1 more calls were refused in a minute.']],
    [REFUSALS_PER_MINUTE + 500, ['500 more calls were refused in a minute.']],
  ])('%i of nobody in a minute', async (count, summaries) => {
    const { events, counted } = await flooded(many(count), nothing);
    const single = events.filter((event) => detailOf(event, 'action') === 'cards');
    expect(single).toHaveLength(Math.min(count, REFUSALS_PER_MINUTE));
    expect(events.slice(single.length).map(({ outcomeDesc }) => outcomeDesc)).toEqual(summaries);
    expect(counted.filter((one) => one === 'summarised')).toHaveLength(count - single.length);
  });

  test('of a minute are told of with the next entry after it, and the next minute begins anew', async () => {
    const { events } = await flooded(many(REFUSALS_PER_MINUTE + 2), async (audit, clock) => {
      clock.now = NOON + 59_999;
      await audit.record(CALL);
      clock.now = NOON + 60_000;
      await audit.record(REFUSED);
    });
    expect(events.slice(REFUSALS_PER_MINUTE).map(({ outcomeDesc }) => outcomeDesc)).toEqual([
      'Answered.',
      '2 more calls were refused in a minute.',
      'Refused: no token.',
    ]);
  });

  test('are counted by the client whose name they bore, so that a flood in one name hides no other', async () => {
    const named = { ...REFUSED, client: 'ehr' };
    const { events } = await flooded([...many(REFUSALS_PER_MINUTE + 1), named], nothing);
    expect(events.filter(({ agent }) => agent[0]?.who?.identifier?.value === 'ehr')).toHaveLength(1);
  });

  test('hide no call that was answered, nor one that failed otherwise', async () => {
    const { events } = await flooded([...many(REFUSALS_PER_MINUTE + 1), CALL, { ...CALL, status: 422 }], nothing);
    expect(events.map(({ outcomeDesc }) => outcomeDesc)).toEqual([
      ...many(REFUSALS_PER_MINUTE).map(() => 'Refused: no token.'),
      'Answered.',
      'Not answered: HTTP status 422.',
      '1 more calls were refused in a minute.',
    ]);
  });
});
