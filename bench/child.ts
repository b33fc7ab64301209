/** A server in a process of its own, on a free port of this machine: started, looked at from outside, stopped. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Server {
  readonly url: string;
  /** Milliseconds from the start of the process until it answered. */
  readonly startedIn: number;
  readonly process: ChildProcess;
  /** Milliseconds of processor time since its start; undefined where the system does not tell. */
  cpu(): number | undefined;
  /** MB in memory; undefined where the system does not tell. */
  memory(): number | undefined;
  stop(): Promise<void>;
}

/** Milliseconds; long, for a machine that is busy with other things. */
const START_LIMIT = 60_000;
/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock. */
const MS_PER_TICK = 10;

/**
 * @param args of node, for example `['dist/main.js']`
 * @param stdio of the process; what it says on stderr must be a pipe
 * Throws with what the process said when it does not come up.
 */
export async function serve(
  args: readonly string[],
  settings: Readonly<Record<string, string>> = {},
  stdio: StdioOptions = ['ignore', 'ignore', 'pipe'],
): Promise<Server> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), PLEXUS_MODE: 'demo', LOG_LEVEL: 'warn', ...settings },
    stdio,
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2000)));
  while (!(await answers(`${url}/health/live`))) {
    if (hasEnded(child) || performance.now() - began > START_LIMIT) {
      child.kill();
      throw new Error(`${args.join(' ')} does not answer.\n${said}`);
    }
    await sleep(5);
  }
  return {
    url,
    process: child,
    startedIn: performance.now() - began,
    cpu: () => cpuOf(child),
    memory: () => memoryOf(child),
    stop: () => stop(child),
  };
}

/** By itself, or killed: then it has no exit code. */
export const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;

async function stop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(hard);
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Fields 14 and 15 of /proc/<pid>/stat, counted after the name, which may hold spaces. */
function cpuOf(child: ChildProcess): number | undefined {
  const fields = proc(child, 'stat')?.split(') ')[1]?.split(' ');
  return fields && (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

function memoryOf(child: ChildProcess): number | undefined {
  const kilobytes = /VmRSS:\s+(\d+)/.exec(proc(child, 'status') ?? '')?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

function proc(child: ChildProcess, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${child.pid ?? 0}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}
