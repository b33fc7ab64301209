#!/usr/bin/env node
/**
 * `npm run audit:verify -- [DIR] [--expect SEQUENCE:HASH] [--from SEQUENCE]`, in the package `plexus-cds-audit`: verifies an audit stream
 * with the secret of SECRET_FILE. DIR is AUDIT_DIR when it is not given. Ends with 0 when every link holds, else with 1. Reads files only.
 */
import { parseArgs } from 'node:util';
import type { Head } from '../audit/chain.js';
import { verifyStream, type Verification } from '../audit/verify.js';
import { ConfigError, readConfig } from '../config.js';
import { loadKeys } from '../load-secret.js';

const USAGE = 'Usage: audit:verify [DIR] [--expect SEQUENCE:HASH] [--from SEQUENCE], with SECRET_FILE set';

function settings() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { expect: { type: 'string' }, from: { type: 'string' } },
  });
  const { secretFile, auditDir } = readConfig();
  const [dir = auditDir] = positionals;
  if (dir === undefined || secretFile === undefined || positionals.length > 1) throw new ConfigError([USAGE]);
  const { expect, from = '1' } = values;
  if (!/^[1-9]\d{0,15}$/.test(from)) throw new ConfigError([`--from takes the number of an entry. ${USAGE}`]);
  return {
    dir,
    key: loadKeys(secretFile).chain,
    expectation: { from: Number(from), ...(expect !== undefined && { expected: readHead(expect) }) },
  };
}

function readHead(text: string): Head {
  const [, sequence, hash] = /^(\d{1,16}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (sequence === undefined || hash === undefined)
    throw new ConfigError([`--expect takes the number of an entry and its seal, as the log tells of them. ${USAGE}`]);
  return { sequence: Number(sequence), hash };
}

function report({ entries, files, first, last, head, unfinished, broken }: Verification): string {
  const lines = [`${entries} entries in ${files} files, head ${head.sequence}:${head.hash}`];
  if (first !== undefined && last !== undefined) lines.push(`from ${first} to ${last}`);
  for (const { file, bytes } of unfinished)
    lines.push(`${file} ends in an unfinished line of ${bytes} bytes, which the next start will name`);
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
