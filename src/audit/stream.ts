/**
 * The audit stream: entries become sealed lines of AuditEvents in a folder, in the order in which they came, one write under way at a time.
 * A disk that fails holds no answer back and ends nothing: what waits is kept, as far as there is room, and written when the disk is back.
 *
 * A line is given to the operating system before its promise ends, so that a process that dies loses none that was told of; it is synced to
 * the disk within a second (`BEAT`), when its file ends and at the close, so that a loss of power can cost the last second.
 */
import type { AuditEvent } from 'fhir/r4.js';
import type { Audit, AuditEntry, AuditResult } from './audit.js';
import { auditEvent, type EventTools } from './audit-event.js';
import type { Head } from './chain.js';
import { ChainFiles } from './chain-files.js';
import { makeFolder, readEnd } from './folder.js';
import { BEAT, LockLost, takeLock, type Lock } from './lock.js';
import { createPseudonymise } from './pseudonym.js';

/** What the operator is told. */
export interface AuditLog {
  /** The folder was taken, and the chain goes on after this line: what is cut off later shows, and what was cut off before. */
  readonly goesOn: (head: Head) => void;
  /** A file ended with this line: kept elsewhere, it shows later that none was cut off. */
  readonly head: (head: Head, file: string) => void;
  /** `reason` is a code of the operating system, such as ENOSPC. */
  readonly failing: (reason: string) => void;
  readonly recovered: () => void;
  /** At the close: of so many calls there is no line and will be none. */
  readonly lost: (calls: number) => void;
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

/** Ours: a file of some ten thousand lines, a minute of a hundred calls a second, a delay that a GP does not notice. */
const AUDIT_LIMITS: AuditLimits = { fileBytes: 16_777_216, waiting: 10_000, patience: 250, beat: BEAT };

/** Lines in one write. Ours. */
const BATCH = 256;

/** Takes the folder, goes on where its chain ends and records `start`. Throws ConfigError when the folder cannot be had or its end is not ours. */
export function openAudit(tools: AuditTools): Audit {
  const { dir, keys, now, log } = tools;
  makeFolder(dir);
  const lock = takeLock(dir, tools.newId(), now);
  const limits = { ...AUDIT_LIMITS, ...tools.limits };
  const files = { dir, key: keys.chain, now, mostBytes: limits.fileBytes, atHead: log.head };
  const end = readEnd(dir, keys.chain);
  log.goesOn(end.head);
  return new AuditStream({ ...tools, limits }, lock, new ChainFiles(files, end));
}

/** Start and stop are no calls. */
const callsOf = ({ action, calls = 1 }: AuditEntry): number => (action === 'start' || action === 'stop' ? 0 : calls);

interface Waiting {
  readonly event: AuditEvent;
  /** For how many calls it stands. */
  readonly calls: number;
  /** Lets the answer go; absent when none waits. */
  release?: (() => void) | undefined;
}

class AuditStream implements Audit {
  readonly #tools: AuditTools & { readonly limits: AuditLimits };
  readonly #lock: Lock;
  readonly #files: ChainFiles;
  readonly #eventTools: EventTools;
  readonly #beat: NodeJS.Timeout;
  readonly #queue: Waiting[] = [];
  /** Calls whose entries found no room since the last line that told of such, and when the first did. */
  #lost = { calls: 0, since: 0 };
  #isFailing = false;
  /** Whether an answer did not wait for its line, and no line was written since. */
  #isStalled = false;
  /** Whether another process has the folder; there is no way back. */
  #isTaken = false;
  /** Whether the folder is to be looked at. */
  #isDue = false;
  #isClosed = false;
  #working: Promise<void> | undefined;

  constructor(tools: AuditTools & { readonly limits: AuditLimits }, lock: Lock, files: ChainFiles) {
    const { keys, site, limits } = tools;
    this.#tools = tools;
    this.#lock = lock;
    this.#files = files;
    this.#eventTools = { pseudonymise: createPseudonymise(keys.pseudonym), ...(site !== undefined && { site }) };
    this.#beat = setInterval(() => {
      this.#isDue = true;
      void this.#pump();
    }, limits.beat).unref();
    this.#enqueue({ action: 'start' });
    void this.#pump();
  }

  readonly isWriting = (): boolean => !this.#isFailing && !this.#isStalled;

  readonly record = async (entry: AuditEntry): Promise<void> => {
    const { count, limits } = this.#tools;
    if (this.#isClosed || this.#queue.length >= limits.waiting) {
      this.#lose(callsOf(entry));
      count('lost');
      // No line will tell of it.
      if (this.#isClosed) this.#tools.log.lost(callsOf(entry));
      return;
    }
    this.#tellOfLost();
    if (!this.#isFailing) return this.#patiently(entry);
    count('late');
    this.#enqueue(entry);
  };

  readonly close = async (): Promise<void> => {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearInterval(this.#beat);
    this.#tellOfLost();
    this.#enqueue({ action: 'stop' });
    await this.#working;
    // A second attempt, in a new file, when the disk takes no more of this one.
    for (let attempt = 0; attempt < 2 && this.#queue.length > 0; attempt += 1) {
      this.#isDue = true;
      await this.#pump();
    }
    this.#queue.forEach(() => this.#tools.count('lost'));
    const calls = this.#queue.reduce((sum, waiting) => sum + waiting.calls, 0);
    if (calls > 0) this.#tools.log.lost(calls);
    await this.#files.end().catch(() => undefined);
    await this.#lock.release().catch(() => undefined);
  };

  #enqueue(entry: AuditEntry, release?: () => void): Waiting {
    const event = auditEvent(entry, this.#tools.now(), this.#eventTools);
    const waiting = { event, calls: callsOf(entry), release };
    this.#queue.push(waiting);
    return waiting;
  }

  #tellOfLost(): void {
    if (this.#lost.calls > 0) this.#enqueue({ action: 'lost', ...this.#lost });
    this.#lost = { calls: 0, since: 0 };
  }

  #lose(calls: number): void {
    const since = this.#lost.calls > 0 ? this.#lost.since : this.#tools.now();
    this.#lost = { calls: this.#lost.calls + calls, since };
  }

  /** Ends when the line is written, or after `patience`. */
  async #patiently(entry: AuditEntry): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      const waiting = this.#enqueue(entry, resolve);
      timer = setTimeout(() => {
        this.#isStalled = true;
        this.#letGo(waiting);
      }, this.#tools.limits.patience);
      void this.#pump();
    });
    clearTimeout(timer);
  }

  /** Lets an answer go before its line is written. */
  #letGo(waiting: Waiting): void {
    if (!waiting.release) return;
    this.#tools.count('late');
    waiting.release();
    waiting.release = undefined;
  }

  /** Nothing is under way twice; after a failure only the next beat tries again. */
  #pump(): Promise<void> {
    if (this.#isTaken || (this.#isFailing && !this.#isDue)) return Promise.resolve();
    return (this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
      // What came after the last look at the queue.
      if (this.#queue.length > 0) void this.#pump();
    }));
  }

  async #work(): Promise<void> {
    const { log } = this.#tools;
    try {
      while (this.#isDue || this.#queue.length > 0) await (this.#isDue ? this.#look() : this.#write());
      if (this.#isFailing) log.recovered();
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing) log.failing((error as NodeJS.ErrnoException).code ?? 'another process has the folder');
      this.#isFailing = true;
      this.#isTaken ||= error instanceof LockLost;
      for (const waiting of this.#queue) this.#letGo(waiting);
    }
  }

  /** Whether the folder is still there and ours; what is written by then is synced. */
  async #look(): Promise<void> {
    this.#isDue = false;
    const isThere = await this.#lock.renew();
    // A file of a folder that was moved away can be written by its handle as if nothing had happened.
    await (isThere && !this.#isFailing ? this.#files.sync() : this.#files.end());
  }

  async #write(): Promise<void> {
    const written = await this.#files.append(this.#queue.slice(0, BATCH).map(({ event }) => event));
    this.#isStalled = false;
    for (const { release } of this.#queue.splice(0, written)) {
      this.#tools.count('written');
      release?.();
    }
  }
}
