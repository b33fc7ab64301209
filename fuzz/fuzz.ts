/**
 * The long run: the built service in processes of their own, in demo and in production mode, tried with requests that nobody should send, by
 * seeds from the given one on. Never a 500, never a hang, never a log line or an audit with input in it, memory flat.
 * `npm run fuzz -- [--minutes 30] [--seed N] [--out FILE]` says what was sent and what was found; exit code 1 when anything was.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadKeys } from '../src/load-secret.js';
import { makeSite } from '../tests/support/production.js';
import { judgeAudit } from './audit-stream.js';
import { EVERY_KIND, createTally, type Tally } from './campaign.js';
import { aboutProcess, describe, longRun, type Tried } from './long-run.js';
import { startProcess } from './service-process.js';
import { REGISTERED_CLIENT, tokenCalls } from './tokens.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    out: { type: 'string', default: 'fuzz-findings.json' },
  },
});
const MINUTES = Number(values.minutes);
const FIRST_SEED = Number(values.seed);

async function run(): Promise<void> {
  if (!(MINUTES > 0) || !Number.isInteger(FIRST_SEED))
    throw new Error('--minutes takes a number above 0, --seed a whole number.');
  console.log(`Node ${process.version}; ${MINUTES} minutes from seed ${FIRST_SEED}`);
  const site = makeSite();
  const registry = join(site.auditDir, '..', 'clients.yaml');
  // JSON is YAML.
  writeFileSync(registry, JSON.stringify([REGISTERED_CLIENT]));
  const services = await Promise.all([
    startProcess('demo', EVERY_KIND, { PLEXUS_MODE: 'demo' }),
    startProcess('production', tokenCalls, { ...site.env, CLIENTS_FILE: registry }),
  ]);
  const tally = createTally();
  const began = Date.now();
  try {
    const tried = await longRun({ services, minutes: MINUTES, firstSeed: FIRST_SEED, tally, save: () => write(tally) });
    report(tally, tried, (Date.now() - began) / 1000);
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    const ofAudit = await judgeAudit(site.auditDir, loadKeys(site.secretFile).chain);
    tally.findings.push(...ofAudit.map((fault) => aboutProcess('production', FIRST_SEED, fault)));
    site.remove();
    write(tally);
  }
  console.log(`Findings: ${tally.findings.length}${tally.findings.length > 0 ? `, in ${values.out}` : ''}`);
  process.exitCode = tally.findings.length > 0 ? 1 : 0;
}

function report({ sent, byStatus, byKind, slowest }: Tally, tried: readonly Tried[], seconds: number): void {
  const kinds = [...byKind].map(([kind, { sent: of, answered }]) => `${kind} ${of} (${answered} answered 2xx)`);
  const statuses = [...byStatus].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  console.log(`\nSent ${sent} requests in ${Math.round(seconds)} s, ${Math.round(sent / seconds)} per second`);
  console.log(`By kind: ${kinds.sort().join(', ')}`);
  console.log(`By status (0: cut off): ${statuses.join(', ')}`);
  console.log(`Slowest answer: ${Math.round(slowest.ms)} ms to ${slowest.bytes} bytes at ${slowest.path}`);
  for (const { service, start, warm, end, peak } of tried) {
    const course = `at start ${describe(start)}; after the warm-up ${describe(warm)}; at the end ${describe(end)}`;
    console.log(`Memory of ${service.name}: ${course}; at most ${Math.round(peak)} MB resident`);
  }
}

const write = ({ findings }: Tally): void => writeFileSync(values.out, `${JSON.stringify(findings, null, 2)}\n`);

await run();
