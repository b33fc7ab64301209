/**
 * The audit stream: entries become sealed lines of AuditEvents in a folder, in the order in which they came, one write under way at a time.
 * A disk that fails holds no answer back and ends nothing: what waits is kept, as far as there is room, and written when the disk is back.
 *
 * A line is given to the operating system before its promise ends, so that a process that dies loses none that was told of; it is synced to
 * the disk within a second (`BEAT`), when its file ends and at the close, so that a loss of power can cost the last second.
 */
import type { AuditEvent } from 'fhir/r4.js';
import type { Audit, AuditEntry, AuditResult } from './audit.js';
import { auditEvent } from './audit-event.js';
import type { Head } from './chain.js';
import { createChainFiles } from './chain-files.js';
import { makeFolder, readEnd } from './folder.js';
import { BEAT, LockLost, takeLock } from './lock.js';
import { createPseudonymise } from './pseudonym.js';

/** What the operator is told. */
export interface AuditLog {
  /** A file ended with this line: kept elsewhere, it shows later that none was cut off. */
  readonly head: (head: Head, file: string) => void;
  /** `reason` is a code of the operating system, such as ENOSPC. */
  readonly failing: (reason: string) => void;
  readonly recovered: () => void;
}

export interface AuditTools {
  readonly dir: string;
  readonly keys: { readonly pseudonym: Buffer; readonly chain: Buffer };
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Base URL of the service as clients call it. */
  readonly site?: string;
  readonly count: (result: AuditResult) => void;
  readonly log: AuditLog;
  readonly limits?: Partial<AuditLimits>;
}

/** Ours. */
export interface AuditLimits {
  /** Bytes of a file. */
  readonly fileBytes: number;
  /** Entries that may wait; those beyond are counted, and told of when there is room. */
  readonly waiting: number;
  /** Milliseconds that an answer may wait for its line. */
  readonly patience: number;
  /** Milliseconds between two looks at the folder, and between two attempts after a failure. */
  readonly beat: number;
}
export const AUDIT_LIMITS: AuditLimits = { fileBytes: 16_777_216, waiting: 10_000, patience: 250, beat: BEAT };

/** Lines in one write. Ours. */
const BATCH = 256;

interface Waiting {
  readonly event: AuditEvent;
  /** Lets the answer go; absent when none waits. */
  release?: (() => void) | undefined;
}

/** Takes the folder, goes on where its chain ends and records `start`. Throws ConfigError when the folder cannot be had or its end is not ours. */
export function openAudit(tools: AuditTools): Audit {
  const { dir, keys, now, count, log } = tools;
  const limits = { ...AUDIT_LIMITS, ...tools.limits };
  makeFolder(dir);
  const lock = takeLock(dir, tools.newId(), now);
  const files = createChainFiles(
    { dir, key: keys.chain, now, mostBytes: limits.fileBytes, atHead: log.head },
    readEnd(dir, keys.chain),
  );
  const eventTools = { pseudonymise: createPseudonymise(keys.pseudonym), ...(tools.site && { site: tools.site }) };
  const queue: Waiting[] = [];
  let lost = 0;
  let [isFailing, isStalled, isTaken, isDue, isClosed] = [false, false, false, false, false];
  let pumping: Promise<void> | undefined;

  function enqueue(entry: AuditEntry, release?: () => void): Waiting {
    const waiting = { event: auditEvent(entry, now(), eventTools), release };
    queue.push(waiting);
    return waiting;
  }

  /** Lets an answer go before its line is written. */
  function letGo(waiting: Waiting): void {
    if (!waiting.release) return;
    count('late');
    waiting.release();
    waiting.release = undefined;
  }

  /** Looks whether the folder is still there and ours; what is written by then is synced. */
  async function tend(): Promise<void> {
    isDue = false;
    const isThere = await lock.renew();
    // A file of a folder that was moved away is written by its handle as if nothing had happened.
    if (!isThere || isFailing) await files.end();
    else await files.sync();
  }

  async function write(): Promise<void> {
    const written = await files.append(queue.slice(0, BATCH).map(({ event }) => event));
    isStalled = false;
    for (const { release } of queue.splice(0, written)) {
      count('written');
      release?.();
    }
  }

  async function work(): Promise<void> {
    try {
      while (isDue || queue.length > 0) await (isDue ? tend() : write());
      if (isFailing) log.recovered();
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.failing((error as NodeJS.ErrnoException).code ?? 'another process has the folder');
      isFailing = true;
      isTaken ||= error instanceof LockLost;
      queue.forEach(letGo);
    }
  }

  /** Nothing is under way twice; after a failure only the next beat tries again. */
  function pump(): Promise<void> {
    if (isTaken || (isFailing && !isDue)) return Promise.resolve();
    return (pumping ??= work().finally(() => {
      pumping = undefined;
    }));
  }

  function look(): void {
    isDue = true;
    void pump();
  }
  const beat = setInterval(look, limits.beat).unref();

  /** Ends when the line is written, or after `patience`. */
  async function patiently(entry: AuditEntry): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const waiting = enqueue(entry, resolve);
      timer = setTimeout(() => {
        isStalled = true;
        letGo(waiting);
      }, limits.patience);
      void pump();
    });
    clearTimeout(timer);
  }

  async function record(entry: AuditEntry): Promise<void> {
    if (isClosed || queue.length >= limits.waiting) {
      lost += 1;
      count('lost');
      return;
    }
    tellOfLost();
    if (!isFailing) return patiently(entry);
    count('late');
    enqueue(entry);
  }

  function tellOfLost(): void {
    if (lost > 0) enqueue({ action: 'lost', calls: lost });
    lost = 0;
  }

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    clearInterval(beat);
    tellOfLost();
    enqueue({ action: 'stop' });
    await pumping;
    isDue = true;
    await pump();
    queue.forEach(() => count('lost'));
    await files.end().catch(() => undefined);
    await lock.release().catch(() => undefined);
  }

  enqueue({ action: 'start' });
  void pump();
  return { record, isWriting: () => !isFailing && !isStalled, close };
}
