/** What must be true of the audit stream after the attempts: every link of it holds, and nothing that was made up stands in it. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { verifyStream } from '../src/audit/verify.js';
import { MARKER } from './attempt.js';
import type { Fault } from './judge.js';

/** The organisation is named as the client signed it. */
const TENANT = /\{"type":"tenant","valueString":"(?:[^"\\]|\\.)*"\}/;

/** Every fault of the stream in a folder, by the key of its seals. */
export async function judgeAudit(dir: string, key: Buffer): Promise<readonly Fault[]> {
  const telling = readdirSync(dir).flatMap((name) =>
    readFileSync(join(dir, name), 'utf8')
      .split('\n')
      .filter((line) => line.replace(TENANT, '').includes(MARKER)),
  );
  const { broken } = await verifyStream(dir, key);
  const [line] = telling;
  return [
    ...(line === undefined ? [] : [{ fault: 'an audit with input in it', detail: line.slice(0, 1000) }]),
    ...(broken ? [{ fault: 'an audit stream that does not hold', detail: JSON.stringify(broken) }] : []),
  ];
}
