/**
 * Attempts at processes of the service for some minutes, by seeds from the given one on, memory measured between them. Ends early when a process has
 * ended: that is a finding, and what was found before it stays one.
 */
import { MARKER } from './attempt.js';
import { ENDED, isDead, runBatch, type Finding, type Tally } from './campaign.js';
import { tidyDemoEhr } from './demo-ehr.js';
import type { Fault } from './judge.js';
import type { Memory, ServiceProcess } from './service-process.js';

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
export interface Tried {
  readonly service: ServiceProcess;
  /** Takes back what the attempts left in it. */
  readonly tidy: () => Promise<void>;
  readonly start: Memory;
  warm: Memory;
  end: Memory;
  peak: number;
}

export interface LongRun {
  readonly services: readonly ServiceProcess[];
  readonly minutes: number;
  readonly firstSeed: number;
  readonly tally: Tally;
  /** Called now and then, so that a run that is broken off leaves what it found. */
  readonly save: () => void;
}

/** Tries the services; one batch of four goes to the last, the others to the first. Leaves what was measured, and the findings in the tally. */
export async function longRun(run: LongRun): Promise<readonly Tried[]> {
  const tried = await Promise.all(run.services.map(prepare));
  await campaign(tried, run);
  for (const one of tried) run.tally.findings.push(...(await judgeProcess(one, run.firstSeed)));
  return tried;
}

async function prepare(service: ServiceProcess): Promise<Tried> {
  const tidy = service.name === 'demo' ? await tidyDemoEhr(service.url) : async () => undefined;
  const start = await service.collect();
  return { service, tidy, start, warm: start, end: start, peak: start.resident };
}

async function campaign(tried: readonly Tried[], { minutes, firstSeed, tally, save }: LongRun): Promise<void> {
  const began = Date.now();
  const hasEnded = (): boolean => tried.some(({ service }) => service.hasEnded());
  let batches = 0;
  const until = async (share: number): Promise<void> => {
    const end = began + minutes * share * 60_000;
    const line = async (): Promise<void> => {
      while (Date.now() < end && !hasEnded()) {
        const turn = batches++;
        const one = turn % PRODUCTION_TURN === PRODUCTION_TURN - 1 ? tried.at(-1) : tried[0];
        if (one) await runBatch(one.service, firstSeed + turn, BATCH, tally);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, line));
    for (const one of tried) await measure(one);
  };
  const sampling = setInterval(() => {
    for (const one of tried) one.peak = Math.max(one.peak, one.service.resident() || 0);
  }, 500);
  try {
    await until(WARM_UP);
    for (const one of tried) one.warm = one.end;
    const parts = Math.max(1, Math.round(minutes / 2));
    for (let part = 1; part <= parts && !hasEnded(); part += 1) {
      save();
      await until(WARM_UP + ((1 - WARM_UP) * part) / parts);
      const memory = tried.map(({ service, end }) => `${service.name} ${describe(end)}`).join('; ');
      const passed = ((Date.now() - began) / 60_000).toFixed(1);
      console.log(`${passed} min: ${tally.sent} sent, ${tally.findings.length} findings; ${memory}`);
    }
  } finally {
    clearInterval(sampling);
  }
}

/** What a service keeps once it is tidied; one that has ended keeps what was measured last. */
async function measure(one: Tried): Promise<void> {
  if (one.service.hasEnded()) return;
  try {
    // What the demo EHR holds is no growth of the service, so it is emptied before it is measured.
    await one.tidy();
    one.end = await one.service.collect();
  } catch (error) {
    if (!(await isDead(one.service))) throw error;
  }
}

/** A finding that no single request shows. */
export function aboutProcess(target: string, seed: number, fault: Fault): Finding {
  return { ...fault, target, seed, kind: 'process', request: { method: '', path: '', headers: {}, body: '' } };
}

async function judgeProcess({ service, warm, end }: Tried, seed: number): Promise<readonly Finding[]> {
  const said = service.complaints();
  if (service.hasEnded()) return [aboutProcess(service.name, seed, { fault: ENDED, detail: said })];
  const grown = (['kept', 'resident'] as const).filter((what) => end[what] - warm[what] > MOST_GROWTH[what]);
  const metrics = await (await fetch(`${service.url}/metrics`)).text();
  const faults: readonly Fault[] = [
    ...(said === '' ? [] : [{ fault: 'something on stderr', detail: said }]),
    ...(metrics.includes(MARKER) ? [{ fault: 'metrics with input in them' }] : []),
    ...grown.map((what) => ({ fault: `memory grew: ${what}`, detail: `${describe(warm)}; ${describe(end)}` })),
  ];
  return faults.map((fault) => aboutProcess(service.name, seed, fault));
}

/** A measurement in words. */
export const describe = ({ resident, kept }: Memory): string =>
  `${kept.toFixed(1)} MB kept, ${Math.round(resident)} MB resident`;
