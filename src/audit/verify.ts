/**
 * Verifies an audit stream: reads the files of a folder in their order, line by line, and names the first link that does not hold.
 * Reads while a service writes, too. What was cut off at the end shows only against a head that was kept elsewhere (`expected`).
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { BEGINNING, readLine, remnantOf, type Head, type ReadLine, type Remnant } from './chain.js';
import { filesIn, type FileName } from './folder.js';

export interface Verification {
  readonly entries: number;
  readonly files: number;
  /** Instants of the first and the last entry, ISO 8601 in UTC. */
  readonly first?: string;
  readonly last?: string;
  readonly head: Head;
  /** Unfinished lines that the next line will name. */
  readonly unfinished: readonly Remnant[];
  /** The first link that does not hold; what comes after it was not read. */
  readonly broken?: Broken;
}

export interface Broken {
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly what: string;
}

export interface Expectation {
  /** A line that must stand in the stream, as the log told of it. */
  readonly expected?: Head;
  /** Number of the first line, where older files were put away rightfully. */
  readonly from?: number;
}

/** Bytes. Ours: some hundred times the longest line that we write. */
const LONGEST_LINE = 1_048_576;

/** Throws what the file system throws. */
export async function verifyStream(dir: string, key: Buffer, expectation: Expectation = {}): Promise<Verification> {
  const chain = createChainCheck(key, expectation);
  const files = filesIn(dir);
  for (const file of files) {
    const broken = await checkFile(dir, file, chain);
    if (broken) return { ...chain.seen(), files: files.length, broken };
  }
  const seen = { ...chain.seen(), files: files.length };
  if (seen.entries === 0) return { ...seen, broken: { what: 'there is no entry' } };
  const { expected } = expectation;
  if (expected && expected.sequence > seen.head.sequence)
    return { ...seen, broken: { what: `the stream ends before entry ${expected.sequence}, which is expected` } };
  return seen;
}

type ChainCheck = ReturnType<typeof createChainCheck>;

/** Takes the lines of a stream one by one; each call leaves what is wrong with the next line, or undefined. */
function createChainCheck(key: Buffer, { expected, from = 1 }: Expectation) {
  let head: Head | undefined = from === 1 ? BEGINNING : undefined;
  let [entries, first, last] = [0, undefined as string | undefined, undefined as string | undefined];
  let unfinished: readonly Remnant[] = [];

  function faultOf({ head: { sequence, hash }, previous, remnants }: ReadLine): string | undefined {
    const next = (head?.sequence ?? from - 1) + 1;
    if (sequence !== next)
      return `entry ${sequence} stands where entry ${next} should: lines are missing, added or swapped`;
    if (head && previous !== head.hash) return 'the line does not follow the one before it';
    if (JSON.stringify(remnants) !== JSON.stringify(unfinished))
      return 'the unfinished lines before it are not those that it names';
    if (expected?.sequence === sequence && expected.hash !== hash) return 'the entry is not the one that is expected';
    return undefined;
  }

  return {
    line: (bytes: Buffer, file: FileName | undefined): string | undefined => {
      const read = readLine(bytes, key);
      if (!read) {
        const doubt = entries === 0 ? ', or the secret is another' : '';
        return `the line does not carry our seal: it was edited, cut or added${doubt}`;
      }
      if (file && read.head.sequence !== file.first) return `the name of the file says entry ${file.first}`;
      const fault = faultOf(read);
      if (fault !== undefined) return fault;
      head = read.head;
      [entries, first, last] = [entries + 1, first ?? read.recorded, read.recorded];
      unfinished = [];
      return undefined;
    },
    /** What stands after the last line end of a file. */
    rest: (file: string, bytes: Buffer): string | undefined => {
      // A crash leaves a part of a line; more than one line without its end was made by hand.
      if (endsInSeal(bytes) && !readLine(bytes, key)) return 'the line does not carry our seal: it was edited';
      const remnant = remnantOf(file, bytes);
      if (remnant) unfinished = [...unfinished, remnant];
      return undefined;
    },
    seen: () => ({
      entries,
      head: head ?? BEGINNING,
      unfinished,
      ...(first !== undefined && { first }),
      ...(last !== undefined && { last }),
    }),
  };
}

/** Whether a seal stands in what should be a part of a line at most. */
const SEAL = /"hash","valueString":"[0-9a-f]{64}"\}\]\}\]\}/;
const endsInSeal = (bytes: Buffer): boolean => SEAL.test(bytes.toString('latin1'));

async function checkFile(dir: string, file: FileName, chain: ChainCheck): Promise<Broken | undefined> {
  let line = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(join(dir, file.name)) as AsyncIterable<Buffer>) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END)) {
      line += 1;
      const what = chain.line(bytes.subarray(0, end), line === 1 ? file : undefined);
      if (what !== undefined) return { file: file.name, line, what };
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > LONGEST_LINE)
      return { file: file.name, line: line + 1, what: 'the line is longer than any of ours' };
    rest = bytes;
  }
  const what = chain.rest(file.name, rest);
  return what === undefined ? undefined : { file: file.name, line: line + 1, what };
}

const LINE_END = 0x0a;
