/**
 * The long run: the built service in processes of their own, in demo and in production mode, tried with requests that nobody should send, by
 * seeds from the given one on. Never a 500, never a hang, never a log line with input in it, memory flat.
 * `npm run fuzz -- [--minutes 30] [--seed N] [--out FILE]` says what was sent and what was found; exit code 1 when anything was.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeSite } from '../tests/support/production.js';
import { MARKER } from './attempt.js';
import { EVERY_KIND, createTally, runBatch, type Finding, type Tally } from './campaign.js';
import { tidyDemoEhr } from './demo-ehr.js';
import { startProcess, type Memory, type ServiceProcess } from './service-process.js';
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

/** Attempts of one seed. */
const BATCH = 200;
/** Batches at once: one makes requests while the service answers the other. */
const AT_ONCE = 2;
/** Every which batch goes to production, where most are turned away at the door. */
const PRODUCTION_TURN = 4;
/** Share of the time after which the compiler inside Node has seen everything, and memory is what it will be. */
const WARM_UP = 0.2;
/** MB that a service may keep more at the end than after the warm-up, and have more of the machine. Ours: a leak of some 100 bytes per request shows. */
const MOST_GROWTH = { kept: 15, resident: 150 };

/** One process and what was measured of it. */
interface Tried {
  readonly service: ServiceProcess;
  /** Takes back what the attempts left in it. */
  readonly tidy: () => Promise<void>;
  readonly start: Memory;
  warm: Memory;
  end: Memory;
  peak: number;
}

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
    const tried = await Promise.all(services.map(prepare));
    await campaign(tried, tally, began);
    for (const one of tried) tally.findings.push(...(await judgeProcess(one)));
    report(tally, tried, (Date.now() - began) / 1000);
  } finally {
    await Promise.all(services.map((service) => service.stop()));
    site.remove();
  }
  write(tally);
  console.log(`Findings: ${tally.findings.length}${tally.findings.length > 0 ? `, in ${values.out}` : ''}`);
  process.exitCode = tally.findings.length > 0 ? 1 : 0;
}

async function prepare(service: ServiceProcess): Promise<Tried> {
  const tidy = service.name === 'demo' ? await tidyDemoEhr(service.url) : async () => undefined;
  const start = await service.collect();
  return { service, tidy, start, warm: start, end: start, peak: start.resident };
}

async function campaign(tried: readonly Tried[], tally: Tally, began: number): Promise<void> {
  let batches = 0;
  const until = async (minutes: number): Promise<void> => {
    const end = began + minutes * 60_000;
    const line = async (): Promise<void> => {
      while (Date.now() < end && !tried.some(({ service }) => service.hasEnded())) {
        const turn = batches++;
        const one = tried[turn % PRODUCTION_TURN === PRODUCTION_TURN - 1 ? 1 : 0];
        if (one) await runBatch(one.service, FIRST_SEED + turn, BATCH, tally);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    for (const one of tried) {
      // What the demo EHR holds is no growth of the service, so it is emptied before it is measured.
      await one.tidy();
      one.end = await one.service.collect();
    }
  };
  const sampling = setInterval(() => {
    for (const one of tried) one.peak = Math.max(one.peak, one.service.resident());
  }, 500);
  try {
    await until(MINUTES * WARM_UP);
    for (const one of tried) one.warm = one.end;
    const parts = Math.max(1, Math.round(MINUTES / 2));
    for (let part = 1; part <= parts; part += 1) {
      // Also of a run that is broken off.
      write(tally);
      await until(MINUTES * (WARM_UP + ((1 - WARM_UP) * part) / parts));
      const memory = tried.map(({ service, end }) => `${service.name} ${describe(end)}`).join('; ');
      console.log(`${minutesSince(began)} min: ${tally.sent} sent, ${tally.findings.length} findings; ${memory}`);
    }
  } finally {
    clearInterval(sampling);
  }
}

/** What no single answer shows. */
async function judgeProcess({ service, warm, end }: Tried): Promise<readonly Finding[]> {
  const { name: target } = service;
  const about = { target, seed: FIRST_SEED, kind: 'process', request: { method: '', path: '', headers: {}, body: '' } };
  if (service.hasEnded()) return [{ ...about, fault: 'the process ended', detail: service.complaints() }];
  const grown = (['kept', 'resident'] as const).filter((what) => end[what] - warm[what] > MOST_GROWTH[what]);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  return [
    ...(service.complaints() === '' ? [] : [{ ...about, fault: 'something on stderr', detail: service.complaints() }]),
    ...(metrics.includes(MARKER) ? [{ ...about, fault: 'metrics with input in them' }] : []),
    ...grown.map((what) => ({
      ...about,
      fault: `memory grew: ${what}`,
      detail: `${describe(warm)}; ${describe(end)}`,
    })),
  ];
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
const minutesSince = (began: number): string => ((Date.now() - began) / 60_000).toFixed(1);
const describe = ({ resident, kept }: Memory): string =>
  `${kept.toFixed(1)} MB kept, ${Math.round(resident)} MB resident`;

await run();
