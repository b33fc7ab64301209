#!/usr/bin/env node
/**
 * `npm run audit:verify -- [DIR] [--expect SEQUENCE:HASH]… [--heads FILE]… [--from SEQUENCE]`, in the package `plexus-cds-audit`: verifies an
 * audit stream with the secret of SECRET_FILE. DIR is AUDIT_DIR when it is not given. FILE is a text with heads in it, such as the operational
 * log. Ends with 0 when every link holds and every head stands where it should, else with 1. Reads files only.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Head } from '../audit/chain.js';
import { verifyStream, type Verification } from '../audit/verify.js';
import { ConfigError, readConfig } from '../config.js';
import { loadKeys } from '../load-secret.js';

const USAGE =
  'Usage: audit:verify [DIR] [--expect SEQUENCE:HASH]... [--heads FILE]... [--from SEQUENCE], with SECRET_FILE set';

function settings() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      expect: { type: 'string', multiple: true },
      heads: { type: 'string', multiple: true },
      from: { type: 'string' },
    },
  });
  const { secretFile, auditDir } = readConfig();
  const [dir = auditDir] = positionals;
  if (dir === undefined || secretFile === undefined || positionals.length > 1) throw new ConfigError([USAGE]);
  const { expect = [], heads = [], from = '1' } = values;
  if (!/^[1-9]\d{0,15}$/.test(from)) throw new ConfigError([`--from takes the number of an entry. ${USAGE}`]);
  return {
    dir,
    key: loadKeys(secretFile).chain,
    expectation: { from: Number(from), expected: [...expect.map(readHead), ...heads.flatMap(headsIn)] },
  };
}

/** The heads that a text names, whatever stands around them. */
function headsIn(path: string): readonly Head[] {
  const found = readFileSync(path, 'utf8').match(/\b[1-9]\d{0,15}:[0-9a-f]{64}\b/g);
  if (found === null) throw new ConfigError([`--heads: no head stands in ${path}. ${USAGE}`]);
  return found.map(readHead);
}

function readHead(text: string): Head {
  const [, sequence, hash] = /^([1-9]\d{0,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new ConfigError([`--expect takes the number of an entry and its seal, as the log tells of them. ${USAGE}`]);
  return { sequence: Number(sequence), hash };
}

function report({ entries, files, first, last, head, unfinished, unstopped, broken }: Verification): string {
  const lines = [`${entries} entries in ${files} files, head ${head.sequence}:${head.hash}`];
  if (first !== undefined && last !== undefined) lines.push(`from ${first} to ${last}`);
  for (const { file, bytes } of unfinished)
    lines.push(`${file} ends in an unfinished line of ${bytes} bytes, which the next start will name`);
  if (unstopped.length > 0)
    lines.push(
      `NOTICE no stop precedes the start in entry ${unstopped.join(', ')}: the process before was killed, or what it wrote last was cut off; the heads in the log tell which`,
    );
  if (broken) {
    const place = [broken.file, broken.line].filter((part) => part !== undefined).join(':');
    lines.push(`BROKEN ${place === '' ? '' : `${place}: `}${broken.what}`);
  } else lines.push('every link holds');
  return lines.join('\n');
}

try {
  const { dir, key, expectation } = settings();
  const result = await verifyStream(dir, key, expectation);
  console.log(report(result));
  process.exitCode = result.broken ? 1 : 0;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
