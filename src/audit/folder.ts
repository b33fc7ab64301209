/**
 * The folder of an audit stream: the names of its files, which sort as the chain goes, and where the chain ends when a process starts.
 * Files are only ever created and appended to; each by one process, which never opens one of another again.
 */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from '../config.js';
import { SETTINGS } from '../settings.js';
import { BEGINNING, readLine, remnantOf, type Head, type Remnant } from './chain.js';

export interface FileName {
  readonly name: string;
  /** Number of the first line that it holds. */
  readonly first: number;
  /** Moment of its making, milliseconds since 1970. */
  readonly made: number;
}

const NAME = /^audit-(\d{12})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.ndjson$/;

/** `audit-000000000001-20261122T101500000Z.ndjson`: the number of the first line, then the moment. */
export function fileName(first: number, made: number): FileName {
  const moment = new Date(made).toISOString().replaceAll(/[-:.]/g, '');
  return { name: `audit-${String(first).padStart(12, '0')}-${moment}.ndjson`, first, made };
}

function readName(name: string): FileName | undefined {
  const [, first, year, month, day, hour, minute, second, millisecond] = NAME.exec(name) ?? [];
  if (first === undefined) return undefined;
  const made = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${millisecond}Z`);
  return { name, first: Number(first), made };
}

/** The files of the stream in the order of the chain; other files are not of it. Throws what the file system throws. */
export function filesIn(dir: string): readonly FileName[] {
  return readdirSync(dir)
    .sort()
    .flatMap((name) => readName(name) ?? []);
}

/** Where a chain ends on disk. */
export interface ChainEnd {
  readonly head: Head;
  /** Unfinished lines that no line has named yet. */
  readonly remnants: readonly Remnant[];
  /** Moment of the newest name; 0 when there is none. */
  readonly made: number;
}

/** Makes the folder where there is none. Throws ConfigError. */
export function makeFolder(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(error);
  }
}

/** Reads the end of the chain, which is checked as far as its last line. Throws ConfigError when that is not one of this secret. */
export function readEnd(dir: string, key: Buffer): ChainEnd {
  const remnants: Remnant[] = [];
  try {
    const files = filesIn(dir);
    const made = files.at(-1)?.made ?? 0;
    // A crash in the first line of a file leaves one without any: the chain ends in the file before it.
    for (const { name } of files.toReversed()) {
      const bytes = readFileSync(join(dir, name));
      const end = bytes.lastIndexOf('\n');
      const remnant = remnantOf(name, bytes.subarray(end + 1));
      if (remnant) remnants.unshift(remnant);
      if (end >= 0) return { head: headOf(bytes.subarray(0, end), name, key), remnants, made };
    }
    return { head: BEGINNING, remnants, made };
  } catch (error) {
    throw error instanceof ConfigError ? error : unusable(error);
  }
}

function headOf(lines: Buffer, name: string, key: Buffer): Head {
  const last = readLine(lines.subarray(lines.lastIndexOf('\n') + 1), key);
  if (last) return last.head;
  throw new ConfigError([
    `AUDIT_DIR: the last line of ${name} does not verify with the secret of SECRET_FILE: restore that secret, or move the folder aside, keep it, and start with an empty one.`,
  ]);
}

/** The folder cannot be worked with, as a sentence for the operator. */
export function unusable(error: unknown): ConfigError {
  const { code = 'unknown reason' } = error as NodeJS.ErrnoException;
  return new ConfigError([`AUDIT_DIR cannot be used (${code}): ${SETTINGS.AUDIT_DIR.cure}.`]);
}
