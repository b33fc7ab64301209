/** The chain: what is written verifies, over files, days, restarts and crashes; whatever is done to the files afterwards is found at its line. */
import { appendFileSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit.js';
import { readLine } from '../../src/audit/chain.js';
import { verifyStream } from '../../src/audit/verify.js';
import { loadKeys } from '../../src/load-secret.js';
import {
  eventsOf,
  filesOf,
  KEYS,
  linesOf,
  newFolder,
  NOON,
  removeFolders,
  streamIn,
  type StreamOptions,
} from '../support/audit.js';

afterAll(removeFolders);

const CALL: AuditEntry = {
  action: 'cards',
  client: 'ehr',
  tenant: 'practice',
  authority: ['https://ehr.example.org', null, 'practice'],
  patientId: 'p1',
  service: 's',
  status: 200,
};

/** A closed stream of so many calls, between a start and a stop. */
async function written(calls: number, options: StreamOptions = {}): Promise<string> {
  const dir = newFolder();
  const audit = streamIn(dir, options);
  for (let call = 0; call < calls; call += 1) await audit.record({ ...CALL, requestId: `call-${call}` });
  await audit.close();
  return dir;
}

const verify = (dir: string, expectation = {}) => verifyStream(dir, KEYS.chain, expectation);
const headOf = (line: string) => readLine(Buffer.from(line), KEYS.chain)!.head;

/** Writes lines in the place of those of the only file. */
function rewrite(dir: string, change: (lines: readonly string[]) => readonly string[]): void {
  const [name = ''] = filesOf(dir);
  writeFileSync(
    join(dir, name),
    change(linesOf(dir, name))
      .map((line) => `${line}\n`)
      .join(''),
  );
}

describe('a stream', () => {
  test('verifies: number of entries, first and last moment, head', async () => {
    const dir = await written(3);
    const last = headOf(linesOf(dir).at(-1)!);
    expect(await verify(dir)).toEqual({
      entries: 5,
      files: 1,
      first: '2026-11-22T12:00:00.000Z',
      last: '2026-11-22T12:00:00.000Z',
      head: last,
      unfinished: [],
      unstopped: [],
    });
    expect(last.sequence).toBe(5);
  });

  test('of many calls at once holds them in the order in which they came, each written before its promise ends', async () => {
    const dir = newFolder();
    const audit = streamIn(dir);
    const ids = Array.from({ length: 600 }, (_, call) => `call-${call}`);
    await Promise.all(
      ids.map(async (requestId) => {
        await audit.record({ ...CALL, requestId });
        if (requestId.endsWith('50'))
          expect(readFileSync(join(dir, filesOf(dir)[0]!), 'latin1').includes(`"${requestId}"`)).toBe(true);
      }),
    );
    await audit.close();
    const found = eventsOf(dir).map(
      ({ entity }) => entity?.find(({ name }) => name === 'request')?.what?.identifier?.value,
    );
    expect(found).toEqual([undefined, ...ids, undefined]);
    expect((await verify(dir)).broken).toBeUndefined();
  });

  test('of any entries verifies, and a change of any byte is found', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    const entry = fc.record(
      {
        patientId: text,
        tenant: text,
        userId: text,
        hookInstance: text,
        client: text,
        refusal: text,
        status: fc.integer(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 6 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (entries, at, flip) => {
          const dir = newFolder();
          const audit = streamIn(dir, { limits: { fileBytes: 3000 } });
          await Promise.all(entries.map((one) => audit.record({ action: 'cards', ...one })));
          await audit.close();
          const whole = await verify(dir);
          expect([whole.broken, whole.entries]).toEqual([undefined, entries.length + 2]);
          const names = filesOf(dir);
          const path = join(dir, names[at % names.length]!);
          const bytes = readFileSync(path);
          bytes[at % bytes.length]! ^= flip;
          writeFileSync(path, bytes);
          expect((await verify(dir)).broken).toBeDefined();
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('what is done to a file is found at its line', () => {
  const edit = (line: string) => line.replace('call-', 'cell-');
  test.each<[string, (lines: readonly string[]) => readonly string[], number, RegExp]>([
    ['a line that was edited', (lines) => lines.with(2, edit(lines[2]!)), 3, /does not carry our seal/],
    ['a line that was removed', (lines) => lines.toSpliced(2, 1), 3, /entry 4 stands where entry 3 should/],
    ['a line that was put in again', (lines) => lines.toSpliced(3, 0, lines[2]!), 4, /entry 3 stands where entry 4/],
    ['a line that was made up', (lines) => lines.toSpliced(3, 0, '{"resourceType":"AuditEvent"}'), 4, /our seal/],
    ['an empty line', (lines) => lines.toSpliced(3, 0, ''), 4, /our seal/],
    ['two lines that were swapped', (lines) => lines.with(2, lines[3]!).with(3, lines[2]!), 3, /entry 4 stands where/],
    ['a line that was cut short', (lines) => lines.with(2, lines[2]!.slice(0, 100)), 3, /our seal/],
    [
      'a last line that was replaced by another',
      (lines) => lines.with(-1, lines[1]!),
      6,
      /entry 2 stands where entry 6/,
    ],
    ['a first line that was removed', (lines) => lines.slice(1), 1, /the name of the file says entry 1/],
  ])('%s', async (_what, change, line, words) => {
    const dir = await written(4);
    rewrite(dir, change);
    const { broken } = await verify(dir);
    expect([broken?.file, broken?.line]).toEqual([filesOf(dir)[0], line]);
    expect(broken?.what).toMatch(words);
  });

  test('a line of another stream of the same secret', async () => {
    const [dir, other] = [await written(4), await written(4, { clock: { now: NOON + 1 } })];
    rewrite(dir, (lines) => lines.with(3, linesOf(other)[3]!));
    expect((await verify(dir)).broken).toMatchObject({ line: 4, what: 'the line does not follow the one before it' });
  });

  test.each([
    ['first', 0, /entry 1|says entry|stands where/],
    ['second', 1, /stands where/],
  ])('a %s file that was removed', async (_which, index, words) => {
    const dir = await written(9, { limits: { fileBytes: 4000 } });
    const names = filesOf(dir);
    expect(names.length).toBeGreaterThan(3);
    rmSync(join(dir, names[index]!));
    expect((await verify(dir)).broken).toMatchObject({
      file: names[index + 1],
      line: 1,
      what: expect.stringMatching(words),
    });
  });

  test('a file that bears another name', async () => {
    const dir = await written(2);
    const [name = ''] = filesOf(dir);
    renameSync(join(dir, name), join(dir, name.replace('-000000000001-', '-000000000002-')));
    expect((await verify(dir)).broken).toMatchObject({ line: 1, what: 'the name of the file says entry 2' });
  });

  test('the secret of another service', async () => {
    const dir = await written(2);
    const result = await verifyStream(dir, loadKeys(undefined).chain);
    expect(result.broken).toMatchObject({ line: 1, what: expect.stringContaining('the secret is another') });
  });

  test('what was cut off at the end shows against a head that was kept elsewhere, and against nothing else', async () => {
    const dir = await written(4);
    const last = headOf(linesOf(dir).at(-1)!);
    expect((await verify(dir, { expected: [last] })).broken).toBeUndefined();
    rewrite(dir, (lines) => lines.slice(0, -1));
    expect((await verify(dir)).broken).toBeUndefined();
    expect((await verify(dir, { expected: [last] })).broken?.what).toBe(
      `the stream ends before entry 6, which is expected`,
    );
    const other = { sequence: 3, hash: last.hash };
    expect((await verify(dir, { expected: [other] })).broken).toMatchObject({
      line: 3,
      what: expect.stringContaining('expected'),
    });
  });

  test('what was cut off between two processes shows against a head of before, not against those of after', async () => {
    const told: string[] = [];
    const dir = await written(10, { told });
    const before = headOf(linesOf(dir).at(-1)!);
    rewrite(dir, (lines) => lines.slice(0, 4));
    const cut = headOf(linesOf(dir).at(-1)!);
    for (let call = 0; call < 2; call += 1) await streamIn(dir, { told }).close();
    const after = headOf(linesOf(dir).at(-1)!);
    // What the operator keeps holds the head of the end, and the one on which the next process went on.
    expect(told.join()).toContain(`12:${before.hash},goes on 4:${cut.hash},`);
    expect(await verify(dir, { expected: [cut, after] })).not.toHaveProperty('broken');
    expect((await verify(dir, { expected: [after, cut, before] })).broken?.what).toBe(
      'the stream ends before entry 12, which is expected',
    );
    for (let call = 0; call < 3; call += 1) await streamIn(dir).close();
    expect((await verify(dir, { expected: [after, before] })).broken?.what).toMatch(
      /^the entry is not .*: entry 12 was/,
    );
  });

  test.each([
    ['the beginning', 1, 0],
    ['an entry of files that were put away', 5, 3],
  ])('a head that no line can meet is not met: that of %s', async (_which, from, sequence) => {
    const dir = await written(4, { limits: { fileBytes: 1 } });
    const hash = sequence === 0 ? '0'.repeat(64) : headOf(linesOf(dir)[sequence - 1]!).hash;
    for (const name of filesOf(dir).slice(0, from - 1)) rmSync(join(dir, name));
    expect((await verify(dir, { from, expected: [{ sequence, hash }] })).broken?.what).toContain(
      `entry ${sequence} is expected and stands before entry ${from}, the first that was read`,
    );
  });

  test('the line before the first that is left is known by its head', async () => {
    const dir = await written(4, { limits: { fileBytes: 1 } });
    const [first = '', second = ''] = linesOf(dir);
    rmSync(join(dir, filesOf(dir)[0]!));
    expect(await verify(dir, { from: 2, expected: [headOf(first)] })).not.toHaveProperty('broken');
    const other = { ...headOf(second), sequence: 1 };
    expect((await verify(dir, { from: 2, expected: [other] })).broken).toMatchObject({
      line: 1,
      what: 'the line does not follow the one before it',
    });
  });

  test('files that were put away rightfully are no fault where it is said with which entry the rest begins', async () => {
    const dir = await written(9, { limits: { fileBytes: 4000 } });
    const [first = '', second = ''] = filesOf(dir);
    rmSync(join(dir, first));
    const from = headOf(linesOf(dir, second)[0]!).sequence;
    expect((await verify(dir, { from })).broken).toBeUndefined();
    expect((await verify(dir, { from: from + 1 })).broken).toMatchObject({ file: second, line: 1 });
  });

  test('nor where the file before ended in a crash: what it left is named in the first line that is left', async () => {
    const dir = await written(2);
    const crashed = filesOf(dir)[0]!;
    truncateSync(join(dir, crashed), statSync(join(dir, crashed)).size - 40);
    await streamIn(dir).close();
    rmSync(join(dir, crashed));
    expect(await verify(dir, { from: 4 })).not.toHaveProperty('broken');
    // A remnant that is there is held against the line all the same.
    writeFileSync(join(dir, 'audit-000000000004-20261122T115959000Z.ndjson'), '{"resource');
    expect((await verify(dir, { from: 4 })).broken?.what).toContain('unfinished');
  });

  test('a folder without an entry', async () => {
    const dir = await written(1);
    rmSync(join(dir, filesOf(dir)[0]!));
    expect((await verify(dir)).broken?.what).toBe('there is no entry');
  });
});

describe('a file ends', () => {
  /** Bytes of the lines of a stream of one call: start, call, stop. */
  const sizes = async () => linesOf(await written(1)).map((line) => Buffer.byteLength(line) + 1);

  test.each([
    ['with its first line when the second would make it one byte too large', -1, [1, 2]],
    ['with its second line when the two are as large as a file may be', 0, [2, 1]],
    ['with its second line when one byte is left', 1, [2, 1]],
  ])('%s', async (_where, more, lines) => {
    const [start = 0, call = 0] = await sizes();
    const told: string[] = [];
    const dir = await written(1, { limits: { fileBytes: start + call + more }, told });
    expect(filesOf(dir).map((name) => linesOf(dir, name).length)).toEqual(lines);
    const heads = filesOf(dir).map((name) => {
      const { sequence, hash } = headOf(linesOf(dir, name).at(-1)!);
      return `${name} ${sequence}:${hash}`;
    });
    expect(told.filter((one) => one.startsWith('audit-'))).toEqual(heads);
    expect((await verify(dir)).broken).toBeUndefined();
  });

  test('never before its first line, however long that is', async () => {
    const dir = await written(1, { limits: { fileBytes: 10 } });
    expect(filesOf(dir).map((name) => linesOf(dir, name).length)).toEqual([1, 1, 1]);
    expect((await verify(dir)).broken).toBeUndefined();
  });

  test('with its day, not a millisecond before', async () => {
    const midnight = Date.parse('2026-11-23T00:00:00Z');
    const clock = { now: midnight - 1 };
    const dir = newFolder();
    const audit = streamIn(dir, { clock });
    for (const now of [midnight - 1, midnight, midnight + 1]) {
      clock.now = now;
      await audit.record(CALL);
    }
    await audit.close();
    expect(filesOf(dir)).toEqual([
      'audit-000000000001-20261122T235959999Z.ndjson',
      'audit-000000000003-20261123T000000000Z.ndjson',
    ]);
    expect((await verify(dir)).broken).toBeUndefined();
  });
});

describe('a clock that was ahead', () => {
  test('costs one file for each process and day, not one for each line', async () => {
    const dir = await written(1, { clock: { now: NOON + 3 * 86_400_000 } });
    const clock = { now: NOON };
    const audit = streamIn(dir, { clock });
    for (let call = 0; call < 5; call += 1) await audit.record(CALL);
    clock.now += 86_400_000;
    await audit.record(CALL);
    await audit.close();
    expect(filesOf(dir).map((name) => linesOf(dir, name).length)).toEqual([3, 6, 2]);
    expect((await verify(dir)).broken).toBeUndefined();
  });
});

describe('a start', () => {
  test('that no stop precedes is told of: the process was killed, or lines were cut off', async () => {
    const dir = await written(2);
    await streamIn(dir).close();
    expect((await verify(dir)).unstopped).toEqual([]);
    const [, second = ''] = filesOf(dir);
    writeFileSync(join(dir, second), `${linesOf(dir, second)[0]}\n`);
    await streamIn(dir).close();
    expect(await verify(dir)).toMatchObject({ unstopped: [6], entries: 7 });
    expect(await verify(dir)).not.toHaveProperty('broken');
  });
});

describe('a restart', () => {
  test('goes on with the chain, in a file of its own, also when the clock went back', async () => {
    const dir = await written(2);
    for (const now of [NOON + 60_000, NOON - 60_000]) {
      const audit = streamIn(dir, { clock: { now } });
      await audit.record(CALL);
      await audit.close();
    }
    expect(filesOf(dir)).toHaveLength(3);
    expect(await verify(dir)).toMatchObject({ entries: 10, head: { sequence: 10 }, unfinished: [] });
  });

  test('after a crash within a line keeps what is left of it, names it, and so seals it', async () => {
    const dir = await written(2);
    const crashed = filesOf(dir)[0]!;
    truncateSync(join(dir, crashed), statSync(join(dir, crashed)).size - 40);
    const before = await verify(dir);
    expect([before.broken, before.unfinished.map(({ file }) => file), before.entries]).toEqual([
      undefined,
      [crashed],
      3,
    ]);
    const rest = readFileSync(join(dir, crashed));

    const audit = streamIn(dir);
    await audit.close();
    expect(readFileSync(join(dir, crashed))).toEqual(rest);
    expect(
      eventsOf(dir)
        .slice(-2)
        .map(({ subtype }) => subtype?.[0]?.display),
    ).toEqual(['Application Start', 'Application Stop']);
    expect(await verify(dir)).toMatchObject({ entries: 5, unfinished: [] });

    // From now on it can neither be changed nor taken away.
    for (const changed of [
      rest.subarray(0, -1),
      rest.subarray(0, rest.lastIndexOf('\n') + 1),
      Buffer.from(rest).fill('x', rest.length - 3),
    ]) {
      writeFileSync(join(dir, crashed), changed);
      expect((await verify(dir)).broken).toMatchObject({ line: 1, what: expect.stringContaining('unfinished') });
    }
  });

  test('after two crashes in a row, the second within the first line of its file, names both', async () => {
    const dir = await written(1);
    const first = filesOf(dir)[0]!;
    truncateSync(join(dir, first), statSync(join(dir, first)).size - 1);
    const second = 'audit-000000000003-20261122T120001000Z.ndjson';
    writeFileSync(join(dir, second), '{"resourceType":"Audit');
    const audit = streamIn(dir);
    await audit.close();
    expect(await verify(dir)).toMatchObject({ entries: 4, unfinished: [], files: 3 });
    appendFileSync(join(dir, second), 'x');
    expect((await verify(dir)).broken).toMatchObject({ file: filesOf(dir)[2], line: 1 });
  });

  test.each([
    ['another secret', (dir: string) => streamIn(dir, { keys: loadKeys(undefined) })],
    [
      'an end that was edited',
      (dir: string) => {
        rewrite(dir, (lines) => lines.with(-1, lines.at(-1)!.replace('stopped', 'stepped')));
        return streamIn(dir);
      },
    ],
  ])('with %s is refused with the cure', async (_what, open) => {
    const dir = await written(1);
    expect(() => open(dir)).toThrow(
      /^AUDIT_DIR: the last line of audit-.* does not verify .*SECRET_FILE: restore that secret, or move/,
    );
  });
});
