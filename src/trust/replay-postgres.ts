/**
 * Which tokens were seen, shared by replicas in one PostgreSQL table.
 * A row is the SHA-256 of issuer and token id, and until when it counts: no token, no issuer, nothing of a patient.
 * Fails closed: a token that cannot be looked up may be a stolen one that another replica has let in already, so a database
 * that is away makes `remember` throw, and the call is answered 503. It recovers by itself: each call tries a connection anew.
 */
import { createHash } from 'node:crypto';
import pg from 'pg';
import type { RememberToken } from './authenticate.js';

/** The table as it is made where it is missing and the user of DATABASE_URL may make it; docs/replicas.md has the same for an operator. */
export const SCHEMA = `create table if not exists plexus_seen_token (
  token bytea primary key,
  until timestamptz not null
);
create index if not exists plexus_seen_token_until on plexus_seen_token (until);`;

/** One statement, so that of two replicas with the same token one inserts and the other finds the row; a row whose time is over is taken anew. */
const REMEMBER = `insert into plexus_seen_token as seen (token, until) values ($1, $2)
on conflict (token) do update set until = excluded.until where seen.until <= $3`;

/** Rows that another replica deletes at this moment are left to it. */
const CLEAN = `delete from plexus_seen_token where token in
(select token from plexus_seen_token where until < $1 order by until limit $2 for update skip locked)`;

/** All numbers are ours. Milliseconds that a call waits for a connection, and as many for a statement: together a second. */
const PATIENCE_MS = 500;
/** The server gives up first, so that no statement goes on that nobody waits for. */
const PATIENCE_OF_SERVER = 0.8;
const MOST_CONNECTIONS = 4;
const IDLE_MS = 30_000;
/** Every so many tokens at most so many rows are deleted: faster than they come, and no call pays for a heap of them. */
const CLEAN_EVERY = 100;
const CLEAN_AT_MOST = 1000;
/** Rows are kept so long beyond their time: a replica whose clock is behind may still take their tokens. */
const CLOCKS_APART_MS = 3_600_000;

export interface SharedReplayTools {
  /** DATABASE_URL. */
  readonly url: string;
  /**
   * Milliseconds since 1970, by the clock that also judges when tokens expire. With the database's clock a row could
   * be over while the token that it stands for is still taken here.
   */
  readonly now: () => number;
  /** Is told what goes wrong, without password, token or anything of a patient; of an outage once. */
  readonly warn: (sentence: string) => void;
  /** Other than `PATIENCE_MS`. */
  readonly patienceMs?: number;
}

export interface SharedReplay {
  /** Throws an `Error` within about a second when the database cannot be asked; the token may then be remembered or not. */
  readonly remember: RememberToken;
  /** Makes the table where it is missing. Throws as `remember` does, which makes up for it with the next token. */
  readonly prepare: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Opens no connection before it is asked. Throws an `Error` for the operator when the URL cannot be read, or a file that it names. */
export function createSharedReplay({ url, now, warn, patienceMs = PATIENCE_MS }: SharedReplayTools): SharedReplay {
  const pool = createPool(url, patienceMs);
  // Without a listener, an idle connection that breaks would end the process.
  pool.on('error', (error) => warn(`A connection to DATABASE_URL was lost (${reasonOf(error)}).`));
  let ready: Promise<void> | undefined;
  let fault: string | undefined;
  let seen = 0;

  /** No cause: errors of the driver carry their client. The next call looks for the table again: the database may be another one then. */
  const unreachable = (error: unknown): never => {
    ready = undefined;
    const sentence = `Seen tokens cannot be looked up in DATABASE_URL (${reasonOf(error)}).`;
    // Once, not with each call.
    if (sentence !== fault) warn(sentence);
    fault = sentence;
    throw new Error(sentence);
  };

  const prepare = (): Promise<void> => (ready ??= makeTable(pool).catch(unreachable));

  const clean = (): void => {
    const before = new Date(now() - CLOCKS_APART_MS);
    pool.query(CLEAN, [before, CLEAN_AT_MOST]).catch((error: unknown) => {
      warn(`Expired rows of plexus_seen_token could not be deleted (${reasonOf(error)}).`);
    });
  };

  return {
    prepare,
    close: () => pool.end(),
    remember: async (issuer, tokenId, until) => {
      await prepare();
      const values = [keyOf(issuer, tokenId), new Date(until), new Date(now())];
      const { rowCount } = await pool.query(REMEMBER, values).catch(unreachable);
      fault = undefined;
      if (rowCount === 1 && seen++ % CLEAN_EVERY === 0) clean();
      return rowCount === 1;
    },
  };
}

function createPool(url: string, patienceMs: number): pg.Pool {
  const options = {
    connectionString: url,
    max: MOST_CONNECTIONS,
    connectionTimeoutMillis: patienceMs,
    query_timeout: patienceMs,
    statement_timeout: Math.floor(patienceMs * PATIENCE_OF_SERVER),
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    allowExitOnIdle: true,
    application_name: 'plexus-cds',
  };
  // The pool reads the URL with its first connection; an operator learns of a mistake at the start.
  try {
    new pg.Client(options);
  } catch (error) {
    throw new Error(
      `DATABASE_URL cannot be used (${reasonOf(error)}): correct its address, or the certificate files that it names.`,
    );
  }
  return new pg.Pool(options);
}

/** As JSON, since two texts put one after the other could be cut in two ways. */
function keyOf(issuer: string, tokenId: string): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([issuer, tokenId]))
    .digest();
}

/**
 * Looks first: a user that may use the table needs no right to make one, and to make an index stops the writing of other replicas.
 * Those that start at once can get in each other's way (`if not exists` sees no table that another session is still making):
 * who loses finds it there.
 */
async function makeTable(pool: pg.Pool): Promise<void> {
  if (await isThere(pool)) return;
  try {
    await pool.query(SCHEMA);
  } catch (error) {
    if (!(await isThere(pool))) throw error;
  }
}

async function isThere(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ there: boolean }>(`select to_regclass('plexus_seen_token') is not null as there`);
  return rows[0]?.there === true;
}

/** SQLSTATE or the system's code; the driver's own sentences, which hold nothing of the URL, where there is none. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
