/**
 * Verifies an audit stream: reads the files of a folder in their order, line by line, and names the first link that does not hold.
 * Reads while a service writes, too. What was cut off at the end shows only against the heads that were kept elsewhere (`expected`): all of
 * them, because after a restart the chain goes on from wherever it was cut, and a head of later says nothing of that.
 */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { APPLICATION_START, APPLICATION_STOP } from './audit-event.js';
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
  /** Numbers of the entries of a start that no stop precedes: a process was killed, or what it wrote last was cut off. */
  readonly unstopped: readonly number[];
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
  /** Lines that must stand in the stream, or right before its first, as the log told of them. */
  readonly expected?: readonly Head[];
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
  const { expected = [], from = 1 } = expectation;
  const missing = expected.find(({ sequence }) => sequence < Math.max(1, from - 1) || sequence > seen.head.sequence);
  if (!missing) return seen;
  const { sequence } = missing;
  const what =
    sequence > seen.head.sequence
      ? `the stream ends before entry ${sequence}, which is expected`
      : `entry ${sequence} is expected and stands before entry ${from}, the first that was read: verify what was put away with it, or leave that head out`;
  return { ...seen, broken: { what } };
}

type ChainCheck = ReturnType<typeof createChainCheck>;

/** What was read before a line; no head when that was put away. */
interface Before {
  readonly head: Head | undefined;
  readonly unfinished: readonly Remnant[];
}

/** Why a line with a good seal does not belong where it stands. */
function faultOf(
  { head: { sequence, hash }, previous, remnants }: ReadLine,
  { head, unfinished }: Before,
  { expected = [], from = 1 }: Expectation,
): string | undefined {
  const next = (head?.sequence ?? from - 1) + 1;
  if (sequence !== next)
    return `entry ${sequence} stands where entry ${next} should: lines are missing, added or swapped`;
  const isOther = head
    ? previous !== head.hash
    : expected.some((one) => one.sequence === from - 1 && one.hash !== previous);
  if (isOther) return 'the line does not follow the one before it';
  // The first line of what is left names those of files that were put away, too.
  const here = head ? remnants : remnants.slice(remnants.length - unfinished.length);
  if (JSON.stringify(here) !== JSON.stringify(unfinished))
    return 'the unfinished lines before it are not those that it names';
  if (expected.some((one) => one.sequence === sequence && one.hash !== hash))
    return `the entry is not the one that is expected: entry ${sequence} was another when its head was told`;
  return undefined;
}

/** Takes the lines of a stream one by one; each call leaves what is wrong with the next line, or undefined. */
function createChainCheck(key: Buffer, expectation: Expectation) {
  let head: Head | undefined = (expectation.from ?? 1) === 1 ? BEGINNING : undefined;
  let [entries, first, last] = [0, undefined as string | undefined, undefined as string | undefined];
  let unfinished: readonly Remnant[] = [];
  /** Of the line before. */
  let subtype: string | undefined;
  const unstopped: number[] = [];

  return {
    line: (bytes: Buffer, file: FileName | undefined): string | undefined => {
      const read = readLine(bytes, key);
      if (!read) {
        const doubt = entries === 0 ? ', or the secret is another' : '';
        return `the line does not carry our seal: it was edited, cut or added${doubt}`;
      }
      if (file && read.head.sequence !== file.first) return `the name of the file says entry ${file.first}`;
      const fault = faultOf(read, { head, unfinished }, expectation);
      if (fault !== undefined) return fault;
      if (read.subtype === APPLICATION_START && head && head !== BEGINNING && subtype !== APPLICATION_STOP)
        unstopped.push(read.head.sequence);
      [head, subtype] = [read.head, read.subtype];
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
      unstopped,
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
