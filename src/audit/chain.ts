/**
 * The chain that an audit stream is: each line holds the seal of the line before it and ends with its own, an HMAC-SHA-256 over every byte
 * before it. Who can write the folder but has not the secret can neither make a line nor change, swap or leave out one without a seal that fails.
 */
import { createHash, createHmac } from 'node:crypto';
import type { AuditEvent, Extension } from 'fhir/r4.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';

export const CHAIN_EXTENSION = `${CANONICAL_BASE}/StructureDefinition/audit-chain`;

/** Where a chain stands: the number of its last line and that line's seal, 64 hexadecimal digits. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
}

/** Before the first line. */
export const BEGINNING: Head = { sequence: 0, hash: '0'.repeat(64) };

/** What a crash or a full disk left of a line at the end of a file. It stays where it is; the next line that is written names it, and so seals it. */
export interface Remnant {
  /** Name of the file. */
  readonly file: string;
  readonly bytes: number;
  /** SHA-256, 64 hexadecimal digits. */
  readonly hash: string;
}

export interface SealedLine {
  /** Without line end. */
  readonly text: string;
  readonly head: Head;
}

/** What a line says, once its seal is right. */
export interface ReadLine {
  readonly head: Head;
  /** Seal of the line before. */
  readonly previous: string;
  /** Instant, ISO 8601 in UTC. */
  readonly recorded: string;
  readonly remnants: readonly Remnant[];
  /** Code of what happened. */
  readonly subtype?: string;
}

/** What follows a seal; the seal is the last value of the last extension. */
const END = '"}]}]}';
const HASH_LENGTH = 64;

/** The line of an event that follows `after`; `remnants` are the unfinished lines since. */
export function sealLine(event: AuditEvent, after: Head, key: Buffer, remnants: readonly Remnant[] = []): SealedLine {
  const sequence = after.sequence + 1;
  const extension: Extension[] = [
    // A decimal: FHIR's integers end at 2,147,483,647.
    { url: 'sequence', valueDecimal: sequence },
    { url: 'previous', valueString: after.hash },
    ...remnants.map(({ file, bytes, hash }) => ({
      url: 'remnant',
      extension: [
        { url: 'file', valueString: file },
        { url: 'bytes', valueDecimal: bytes },
        { url: 'hash', valueString: hash },
      ],
    })),
    { url: 'hash', valueString: '' },
  ];
  const unsealed = JSON.stringify({ ...event, extension: [{ url: CHAIN_EXTENSION, extension }] }).slice(0, -END.length);
  const hash = hmac(Buffer.from(unsealed), key);
  return { text: unsealed + hash + END, head: { sequence, hash } };
}

/** Reads a line without its end; undefined when the seal is not one that the key makes. */
export function readLine(line: Buffer, key: Buffer): ReadLine | undefined {
  const at = line.length - END.length - HASH_LENGTH;
  if (at < 0 || line.toString('latin1', at + HASH_LENGTH) !== END) return undefined;
  const hash = line.toString('latin1', at, at + HASH_LENGTH);
  if (hash !== hmac(line.subarray(0, at), key)) return undefined;
  // Only we make seals, so what is sealed has our shape.
  const event = JSON.parse(line.toString('utf8')) as AuditEvent;
  const members = event.extension?.[0]?.extension ?? [];
  const previous = members.find(({ url }) => url === 'previous')?.valueString ?? '';
  const sequence = members.find(({ url }) => url === 'sequence')?.valueDecimal ?? 0;
  const remnants = members.filter(({ url }) => url === 'remnant').map(remnantIn);
  const subtype = event.subtype?.[0]?.code;
  return {
    head: { sequence, hash },
    previous,
    recorded: event.recorded,
    remnants,
    ...(subtype !== undefined && { subtype }),
  };
}

function remnantIn({ extension = [] }: Extension): Remnant {
  const [file, bytes, hash] = extension;
  return { file: file?.valueString ?? '', bytes: bytes?.valueDecimal ?? 0, hash: hash?.valueString ?? '' };
}

/** The unfinished line at the end of a file; undefined when there is none. */
export function remnantOf(file: string, rest: Buffer): Remnant | undefined {
  if (rest.length === 0) return undefined;
  return { file, bytes: rest.length, hash: createHash('sha256').update(rest).digest('hex') };
}

const hmac = (bytes: Buffer, key: Buffer): string => createHmac('sha256', key).update(bytes).digest('hex');
