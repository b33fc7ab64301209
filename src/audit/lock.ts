/**
 * One process to a folder: two would each go on from the same line, and the chain would fork. The holder touches a file every second; a file
 * that was not touched for five is one of a process that was killed. Not a process id: in a container the next process has the same.
 * A holder that was stopped for longer, and lost the folder to another, finds that out before it writes on.
 */
import { closeSync, openSync, readFileSync, statSync, unlinkSync, utimesSync, writeSync } from 'node:fs';
import { readFile, unlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config.js';
import { unusable } from './folder.js';

/** Milliseconds. Ours. */
export const BEAT = 1000;
const STALE = 5 * BEAT;

export interface Lock {
  /** Touches the file; false when it was gone and had to be made anew. Rejects when the disk does, and with `LockLost` when it is another's. */
  readonly renew: () => Promise<boolean>;
  readonly release: () => Promise<void>;
}

/** Another process has taken the folder. */
export class LockLost extends Error {}

/** Takes the folder for the holder of `token`, which is another for each process. Throws ConfigError when another process has it. */
export function takeLock(dir: string, token: string, now: () => number): Lock {
  const path = join(dir, 'lock');
  try {
    create(path, token, now);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(error);
    takeOver(path, token, now);
  }
  return {
    renew: async () => {
      const isThere = await isOurs(path, token);
      if (!isThere) await writeFile(path, token, { flag: 'wx', mode: 0o600 });
      await utimes(path, now() / 1000, now() / 1000);
      return isThere;
    },
    release: async () => {
      if (await isOurs(path, token)) await unlink(path);
    },
  };
}

function create(path: string, token: string, now: () => number): void {
  const file = openSync(path, 'wx', 0o600);
  writeSync(file, token);
  closeSync(file);
  utimesSync(path, now() / 1000, now() / 1000);
}

/** Of two that take over at once the first finds out at its next renewal. */
function takeOver(path: string, token: string, now: () => number): void {
  try {
    // A time far ahead is one of a clock that was wrong.
    if (Math.abs(now() - statSync(path).mtimeMs) > STALE) {
      unlinkSync(path);
      create(path, token, now);
      if (readFileSync(path, 'utf8') === token) return;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(error);
  }
  throw new ConfigError([
    `AUDIT_DIR is another process's: give each replica a folder of its own; what a killed process held is free after ${STALE / 1000} seconds.`,
  ]);
}

/** False when nobody holds the folder. */
async function isOurs(path: string, token: string): Promise<boolean> {
  try {
    if ((await readFile(path, 'utf8')) === token) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  throw new LockLost();
}
