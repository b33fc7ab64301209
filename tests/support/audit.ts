/** Audit streams in folders of their own: written by the real stream, read back as files. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AuditEvent } from 'fhir/r4.js';
import type { Audit, AuditResult } from '../../src/audit/audit.js';
import { openAudit, type AuditLimits } from '../../src/audit/stream.js';
import { loadKeys } from '../../src/load-secret.js';

export const KEYS = loadKeys(undefined);
export const NOON = Date.parse('2026-11-22T12:00:00Z');

/** A clock that stands until it is set. */
export interface Clock {
  now: number;
}

export interface StreamOptions {
  readonly keys?: typeof KEYS;
  readonly clock?: Clock;
  readonly limits?: Partial<AuditLimits>;
  readonly counted?: AuditResult[];
  /** What the operator was told. */
  readonly told?: string[];
}

const folders: string[] = [];

/** A folder for a stream, not made yet. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plexus-audit-'));
  folders.push(folder);
  return join(folder, 'audit');
}

/** Takes every folder away. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Opens the stream of a folder. */
export function streamIn(dir: string, options: StreamOptions = {}): Audit {
  const { keys = KEYS, clock = { now: NOON }, limits, counted = [], told = [] } = options;
  return openAudit({
    dir,
    keys,
    now: () => clock.now,
    newId: randomUUID,
    count: (result) => void counted.push(result),
    log: {
      goesOn: ({ sequence, hash }) => void told.push(`goes on ${sequence}:${hash}`),
      lost: (calls) => void told.push(`lost ${calls}`),
      head: ({ sequence, hash }, file) => void told.push(`${file} ${sequence}:${hash}`),
      failing: (reason) => void told.push(`failing ${reason}`),
      recovered: () => void told.push('recovered'),
    },
    // A machine that is busy with other tests is no disk that fails.
    limits: { patience: 60_000, ...limits },
  });
}

/** Names of the files, in the order of the chain. */
export const filesOf = (dir: string): readonly string[] =>
  readdirSync(dir)
    .filter((name) => name.endsWith('.ndjson'))
    .sort();

/** The lines of a file without their ends; of all files when none is named. */
export const linesOf = (dir: string, name?: string): readonly string[] =>
  (name === undefined ? filesOf(dir) : [name]).flatMap((one) =>
    readFileSync(join(dir, one), 'utf8').split('\n').slice(0, -1),
  );

export const eventsOf = (dir: string): readonly AuditEvent[] =>
  linesOf(dir).map((line) => JSON.parse(line) as AuditEvent);

/** Own detail of an event, such as `status`. */
export const detailOf = (event: AuditEvent, type: string): string | undefined =>
  event.entity?.flatMap(({ detail = [] }) => detail).find((one) => one.type === type)?.valueString;

/** Waits until something is so, as long as a test may take. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
