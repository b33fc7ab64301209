/**
 * Appends events to the files of a folder as one chain, and begins a new file when one is full or of another day (UTC).
 * One call at a time is the caller's. After a call that rejected, the next one finds out what the disk has of it and goes on from there, in a new file.
 */
import { access, open, readFile, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { AuditEvent } from 'fhir/r4.js';
import { remnantOf, sealLine, type Head, type Remnant, type SealedLine } from './chain.js';
import { fileName, type ChainEnd } from './folder.js';

export interface ChainFiles {
  /** Appends as many of the events as the file takes, at least one unless the disk fails; leaves their number. Rejects when the disk does. */
  readonly append: (events: readonly AuditEvent[]) => Promise<number>;
  /** Makes what was written outlast a loss of power. */
  readonly sync: () => Promise<void>;
  /** Ends the file; the next append begins another. */
  readonly end: () => Promise<void>;
}

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

/** Goes on where the chain ends. */
export function createChainFiles(tools: ChainFilesTools, end: ChainEnd): ChainFiles {
  const { dir, key, now, mostBytes, atHead } = tools;
  let { head, remnants, made } = end;
  let file: OpenFile | undefined;
  /** What was being written when the disk failed. */
  let doubtful: { readonly file: OpenFile; readonly lines: readonly SealedLine[] } | undefined;
  let isUnsynced = false;

  async function begin(): Promise<OpenFile> {
    // Later than the newest name, whatever the clock says: names sort as the chain goes.
    made = Math.max(now(), made + 1);
    const { name } = fileName(head.sequence + 1, made);
    return { handle: await open(join(dir, name), 'ax', 0o600), name, day: dayOf(made), size: 0 };
  }

  /** The lines that still fit, each following the other. */
  function seal(events: readonly AuditEvent[], size: number): readonly SealedLine[] {
    const lines: SealedLine[] = [];
    let [after, room] = [head, mostBytes - size];
    for (const event of events) {
      const line = sealLine(event, after, key, lines.length === 0 ? remnants : []);
      room -= Buffer.byteLength(line.text) + 1;
      // A line that no file would take has one to itself.
      if (room < 0 && size + lines.length > 0) break;
      lines.push(line);
      after = line.head;
    }
    return lines;
  }

  function accept(lines: readonly SealedLine[]): void {
    const last = lines.at(-1);
    if (!last) return;
    head = last.head;
    remnants = [];
  }

  /** Which of the doubtful lines stand in the file; what is left of the next one becomes a remnant. */
  async function settle({ file: written, lines }: NonNullable<typeof doubtful>): Promise<number> {
    await written.handle.close().catch(() => undefined);
    const path = join(dir, written.name);
    const rest = (await readIfThere(path, dir)).subarray(written.size);
    const stand = rest.toString('latin1').split('\n').length - 1;
    accept(lines.slice(0, stand));
    const remnant = remnantOf(written.name, rest.subarray(rest.lastIndexOf('\n') + 1));
    if (remnant) remnants = [...remnants, remnant];
    // A disk that is full for a day would leave an empty file for each attempt.
    if (written.size + rest.length === 0) await unlink(path).catch(() => undefined);
    doubtful = undefined;
    return stand;
  }

  async function finish(): Promise<void> {
    if (!file) return;
    const { handle, name } = file;
    // A file that cannot be synced is left like one that cannot be written.
    doubtful = { file, lines: [] };
    file = undefined;
    await handle.datasync();
    await handle.close();
    doubtful = undefined;
    isUnsynced = false;
    atHead(head, name);
  }

  return {
    append: async (events) => {
      if (doubtful) {
        const stand = await settle(doubtful);
        if (stand > 0) return stand;
      }
      if (file && file.day !== dayOf(now())) await finish();
      let lines = seal(events, file?.size ?? 0);
      if (lines.length === 0) {
        await finish();
        lines = seal(events, 0);
      }
      const target = (file ??= await begin());
      const bytes = Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
      doubtful = { file: target, lines };
      file = undefined;
      await target.handle.appendFile(bytes);
      doubtful = undefined;
      file = target;
      target.size += bytes.length;
      isUnsynced = true;
      accept(lines);
      return lines.length;
    },
    sync: async () => {
      if (!isUnsynced) return;
      await file?.handle.datasync();
      isUnsynced = false;
    },
    end: finish,
  };
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
