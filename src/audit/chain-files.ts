/**
 * Appends events to the files of a folder as one chain, and begins a new file when one is full or of another day (UTC).
 * One call at a time is the caller's. After a call that rejected, the next one finds out what the disk has of it and goes on from there, in a new file.
 */
import { access, open, readFile, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent } from 'fhir/r4.js';
import { remnantOf, sealLine, type Head, type SealedLine } from './chain.js';
import { fileName, type ChainEnd } from './folder.js';

export interface ChainFilesTools {
  readonly dir: string;
  readonly key: Buffer;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Bytes; a file ends before the line with which it would be larger. */
  readonly mostBytes: number;
  /** Called when a file ends: from then on its last line is known outside the folder. */
  readonly atHead: (head: Head, file: string) => void;
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly name: string;
  readonly day: number;
  /** Bytes of whole lines. */
  size: number;
}

const DAY = 86_400_000;
const dayOf = (at: number): number => Math.floor(at / DAY);

export class ChainFiles {
  readonly #tools: ChainFilesTools;
  #end: ChainEnd;
  #file: OpenFile | undefined;
  /** What was being written when the disk failed. */
  #doubtful: { readonly file: OpenFile; readonly lines: readonly SealedLine[] } | undefined;
  #isUnsynced = false;

  /** Goes on where the chain ends. */
  constructor(tools: ChainFilesTools, end: ChainEnd) {
    this.#tools = tools;
    this.#end = end;
  }

  /** Appends as many of the events as the file takes, at least one; leaves their number. Rejects when the disk fails. */
  async append(events: readonly AuditEvent[]): Promise<number> {
    const standing = await this.#settle();
    if (standing > 0) return standing;
    if (this.#file && this.#file.day !== dayOf(this.#tools.now())) await this.end();
    let lines = this.#seal(events, this.#file?.size ?? 0);
    if (lines.length === 0) {
      await this.end();
      lines = this.#seal(events, 0);
    }
    const file = this.#file ?? (await this.#begin());
    const bytes = Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
    await this.#doubting(file, lines, () => file.handle.appendFile(bytes));
    this.#file = file;
    file.size += bytes.length;
    this.#isUnsynced = true;
    this.#accept(lines);
    return lines.length;
  }

  /** Makes what was written outlast a loss of power. */
  async sync(): Promise<void> {
    const file = this.#file;
    if (!file || !this.#isUnsynced) return;
    await this.#doubting(file, [], () => file.handle.datasync());
    this.#file = file;
    this.#isUnsynced = false;
  }

  /** Ends the file; the next append begins another. */
  async end(): Promise<void> {
    const file = this.#file;
    if (!file) return;
    await this.sync();
    this.#file = undefined;
    await file.handle.close();
    this.#tools.atHead(this.#end.head, file.name);
  }

  async #begin(): Promise<OpenFile> {
    const { dir, now } = this.#tools;
    // Later than the newest name, whatever the clock says: names sort as the chain goes.
    const made = Math.max(now(), this.#end.made + 1);
    const { name } = fileName(this.#end.head.sequence + 1, made);
    this.#end = { ...this.#end, made };
    return { handle: await open(join(dir, name), 'ax', 0o600), name, day: dayOf(now()), size: 0 };
  }

  /** The lines that fit beside so many bytes, each following the other. */
  #seal(events: readonly AuditEvent[], size: number): readonly SealedLine[] {
    const lines: SealedLine[] = [];
    let { head, remnants } = this.#end;
    let room = this.#tools.mostBytes - size;
    for (const event of events) {
      const line = sealLine(event, head, this.#tools.key, remnants);
      room -= Buffer.byteLength(line.text) + 1;
      // A line that no file would take has one to itself.
      if (room < 0 && size + lines.length > 0) break;
      lines.push(line);
      [head, remnants] = [line.head, []];
    }
    return lines;
  }

  #accept(lines: readonly SealedLine[]): void {
    const last = lines.at(-1);
    if (last) this.#end = { ...this.#end, head: last.head, remnants: [] };
  }

  /** Does something with the file after which it may not be usable. */
  async #doubting(file: OpenFile, lines: readonly SealedLine[], act: () => Promise<void>): Promise<void> {
    this.#doubtful = { file, lines };
    this.#file = undefined;
    await act();
    this.#doubtful = undefined;
  }

  /** How many of the doubtful lines stand in their file; what is left of the next one becomes a remnant. */
  async #settle(): Promise<number> {
    if (!this.#doubtful) return 0;
    const { file, lines } = this.#doubtful;
    await file.handle.close().catch(() => undefined);
    const path = join(this.#tools.dir, file.name);
    const rest = (await readIfThere(path, this.#tools.dir)).subarray(file.size);
    const standing = rest.toString('latin1').split('\n').length - 1;
    this.#accept(lines.slice(0, standing));
    const remnant = remnantOf(file.name, rest.subarray(rest.lastIndexOf('\n') + 1));
    if (remnant) this.#end = { ...this.#end, remnants: [...this.#end.remnants, remnant] };
    // A disk that is full for a day would leave an empty file for each attempt.
    if (file.size + rest.length === 0) await unlink(path).catch(() => undefined);
    this.#doubtful = undefined;
    return standing;
  }
}

/** Empty when the file is gone from a folder that is there; rejects when nothing can be told. */
async function readIfThere(path: string, dir: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await access(dir);
    return Buffer.alloc(0);
  }
}
