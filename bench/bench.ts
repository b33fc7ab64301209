/**
 * What a request costs: our service, all rules loaded, beside a bare Fastify route that parses the same body.
 * Both in one run on one machine; the ratio travels to other machines, the figures do not. Says what it saw, judges nothing.
 * `npm run bench`, or `npm run bench -- --quick`.
 */
import { performance } from 'node:perf_hooks';
import type { Body } from './bodies.js';
import { buildBody, readExample } from './bodies.js';
import type { Server } from './child.js';
import { serve } from './child.js';
import type { Measured } from './load.js';
import { measure } from './load.js';

const SECONDS = process.argv.includes('--quick') ? 2 : 6;
const SIZES = [2, 30, 300];
const FIXED_RATE = { kilobytes: 30, perSecond: 200 };
const STARTS = 5;

const SERVICE = ['--enable-source-maps', 'dist/main.js'];
const BARE = ['--import', 'tsx', 'bench/bare.ts'];

interface Cost extends Measured {
  readonly perSecond: number;
  /** Milliseconds of processor time of the server per request. */
  readonly cpu: number;
}

async function warmUp(server: Server, path: string, body: Body): Promise<void> {
  // The first seconds belong to the compiler inside Node.
  await measure({ url: server.url + path, body: body.text, seconds: 2 });
}

async function costOf(server: Server, path: string, body: Body, rate?: number): Promise<Cost> {
  const load = { url: server.url + path, body: body.text, ...(rate !== undefined && { rate }) };
  const before = server.cpu() ?? Number.NaN;
  const measured = await measure({ ...load, seconds: SECONDS });
  const used = (server.cpu() ?? Number.NaN) - before;
  return { ...measured, perSecond: measured.answered / measured.duration, cpu: used / measured.answered };
}

/** @returns catalogue ids on the cards, sorted: proof that the padding changes no advice. */
async function statementsFor(server: Server, path: string, body: Body): Promise<string> {
  const response = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: body.text,
  });
  if (!response.ok) return `HTTP ${response.status}: ${(await response.text()).slice(0, 200)}`;
  const { cards } = (await response.json()) as {
    cards: { extension?: Record<string, { statements?: string[] }> }[];
  };
  const ids = cards.flatMap((card) => card.extension?.['example.plexus-cds.card']?.statements ?? []);
  return `${cards.length} cards: ${ids.sort().join(' ') || 'no statements'}`;
}

function faster(one: Cost, other: Cost): Cost {
  return one.perSecond >= other.perSecond ? one : other;
}

async function medianStart(): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < STARTS; nth += 1) {
    const server = await serve(SERVICE);
    times.push(server.startedIn);
    await server.stop();
  }
  return times.sort((a, b) => a - b)[Math.floor(STARTS / 2)] ?? Number.NaN;
}

const round = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : 'n/a');

function print(cells: readonly string[]): void {
  console.log(cells.map((cell, column) => (column === 0 ? cell.padEnd(10) : cell.padStart(11))).join(''));
}

async function compare(bare: Server, service: Server, path: string, bodies: readonly Body[]): Promise<void> {
  console.log(`\nAs fast as it goes, 8 connections, the better of two runs of ${SECONDS} s`);
  print([
    'body',
    'bare/s',
    'plexus/s',
    'ratio',
    'bare p50',
    'p50 ms',
    'bare p99',
    'p99 ms',
    'bare cpu',
    'cpu ms',
    'failed',
  ]);
  for (const body of bodies) {
    await warmUp(bare, path, body);
    await warmUp(service, path, body);
    // In turns, and the better of two: a neighbour on the machine shall not decide the ratio.
    const first = [await costOf(bare, path, body), await costOf(service, path, body)] as const;
    const second = [await costOf(bare, path, body), await costOf(service, path, body)] as const;
    const a = faster(first[0], second[0]);
    const b = faster(first[1], second[1]);
    print([
      `${round(body.text.length / 1000, 1)} KB`,
      round(a.perSecond, 0),
      round(b.perSecond, 0),
      round(b.perSecond / a.perSecond),
      round(a.p50),
      round(b.p50),
      round(a.p99),
      round(b.p99),
      round(a.cpu, 3),
      round(b.cpu, 3),
      String(a.failed + b.failed),
    ]);
  }
}

async function atFixedRate(bare: Server, service: Server, path: string, body: Body): Promise<void> {
  console.log(`\nAt ${FIXED_RATE.perSecond} requests per second, ${FIXED_RATE.kilobytes} KB, ${SECONDS} s each`);
  print(['', 'answered/s', 'p50 ms', 'p99 ms', 'cpu ms', 'failed']);
  for (const [name, server] of [
    ['bare', bare],
    ['plexus', service],
  ] as const) {
    const cost = await costOf(server, path, body, FIXED_RATE.perSecond);
    print([name, round(cost.perSecond, 0), round(cost.p50), round(cost.p99), round(cost.cpu, 3), String(cost.failed)]);
  }
}

async function run(): Promise<void> {
  const example = readExample();
  const path = `/cds-services/${example.service}`;
  const bodies = SIZES.map((kilobytes) => buildBody(example, kilobytes));
  const began = performance.now();
  console.log(`Node ${process.version}; example ${example.id}: ${example.title}`);
  console.log(`Start until listening: ${round(await medianStart(), 0)} ms (median of ${STARTS})`);
  const servers = await Promise.all([serve(BARE), serve(SERVICE)]);
  const [bare, service] = servers;
  try {
    console.log(`In memory after start: ${round(service.memory() ?? Number.NaN, 0)} MB`);
    for (const body of bodies) console.log(`${body.kilobytes} KB: ${await statementsFor(service, path, body)}`);
    await compare(bare, service, path, bodies);
    const steady = bodies.find(({ kilobytes }) => kilobytes === FIXED_RATE.kilobytes);
    if (steady) await atFixedRate(bare, service, path, steady);
    console.log(
      `\nIn memory after the run: ${round(service.memory() ?? Number.NaN, 0)} MB (bare: ${round(bare.memory() ?? Number.NaN, 0)} MB)`,
    );
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  console.log(`Took ${round((performance.now() - began) / 1000, 0)} s`);
}

// A benchmark reports; it is no gate, also when it cannot run.
await run().catch((error: unknown) => console.log(error instanceof Error ? error.message : String(error)));
process.exitCode = 0;
