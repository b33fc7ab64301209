/**
 * Attempts at a service by a seed, until so many or so much time has passed; what is found is made smaller by fast-check, and kept once.
 * The same for the few seconds in the tests and for the long run.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createSender, type Answered, type Attempt, type Sender } from './attempt.js';
import { hookRequest } from './hook-requests.js';
import { HUNG_AFTER, judge, judgeTime, type Fault } from './judge.js';
import { judgeLine, placesIn } from './log-lines.js';
import { mutatedBytes, mutatedValues } from './mutations.js';
import { otherRequest } from './other-routes.js';

/** A service to try. */
export interface Target {
  readonly name: string;
  readonly url: string;
  /** A reader of its own log, from now on: each call gives what was logged since the one before. */
  readonly openLog: () => () => string;
  /** Milliseconds of processor time of its process until now. */
  readonly cpu: () => number;
  readonly attempts: fc.Arbitrary<Attempt>;
  /** Whether its process, where it has one of its own, is no more. */
  readonly hasEnded?: () => boolean;
}

/** Everything that a service without tokens is tried with; the shares are ours. */
export const EVERY_KIND: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 35, arbitrary: mutatedBytes },
  { weight: 25, arbitrary: mutatedValues },
  { weight: 25, arbitrary: hookRequest },
  { weight: 15, arbitrary: otherRequest },
);

export interface Finding extends Fault {
  readonly target: string;
  /** Of the batch; it begins a run that finds this again. */
  readonly seed: number;
  readonly kind: string;
  /** The smallest request that shows it, as far as fast-check got; the body as text, and in Base64 where it is none. */
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Attempt['headers'];
    readonly body: string;
  };
}

export interface Tally {
  sent: number;
  readonly byStatus: Map<number, number>;
  /** Of each kind how many were sent, and how many of those were answered with what they asked for. */
  readonly byKind: Map<string, { sent: number; answered: number }>;
  slowest: { readonly ms: number; readonly bytes: number; readonly path: string };
  readonly findings: Finding[];
}

export function createTally(): Tally {
  return { sent: 0, byStatus: new Map(), byKind: new Map(), slowest: { ms: 0, bytes: 0, path: '' }, findings: [] };
}

export const ENDED = 'the process ended';

/** Milliseconds that a finding may be made smaller. Ours. */
const SHRINKING = 20_000;

/** Milliseconds in which a process that has dropped a connection is seen to have ended, if it has; what is no HTTP is dropped by one in good health. */
const DYING = { whole: 2000, malformed: 50 };

/** Whether the process of a target that does not answer has ended, or does so within that time. */
export async function isDead({ hasEnded = () => false }: Target, within = DYING.whole): Promise<boolean> {
  const until = performance.now() + within;
  while (!hasEnded() && performance.now() < until) await sleep(10);
  return hasEnded();
}

/** Tries so many attempts of one seed; none any more when the process has ended. */
export async function runBatch(target: Target, seed: number, runs: number, tally: Tally): Promise<void> {
  const sender = createSender(target.url, HUNG_AFTER);
  const takeLog = target.openLog();
  const isKnown = (one: Fault): boolean => tally.findings.some(({ fault }) => fault === one.fault);
  let last: { readonly fault: Fault; readonly attempt: Attempt } | undefined;
  let until = Infinity;
  let before: Attempt | undefined;
  // Nobody can be asked again, so nothing is made smaller; the end may have come a moment after the answer that caused it.
  const bury = (...suspects: readonly (Attempt | undefined)[]): never => {
    for (const one of suspects) if (one) tally.findings.push(findingOf(target, seed, { fault: ENDED }, one));
    throw new fc.PreconditionFailure(true);
  };
  const tryOne = async (attempt: Attempt): Promise<boolean> => {
    // Ends the batch: what is smaller still is not looked for any more.
    if (Date.now() > until) throw new fc.PreconditionFailure(true);
    if (target.hasEnded?.()) bury(before);
    const found = await tryAttempt(target, sender, takeLog, attempt, tally);
    if (found === 'ended') return bury(before, attempt);
    before = attempt;
    // While one is made smaller, another one is no smaller form of it.
    const fault = found.find((one) => (last ? one.fault === last.fault.fault : !isKnown(one)));
    if (!fault) return true;
    last = { fault, attempt };
    until = Math.min(until, Date.now() + SHRINKING);
    return false;
  };
  const { errorInstance } = await fc.check(fc.asyncProperty(target.attempts, tryOne), { seed, numRuns: runs });
  sender.close();
  // A fault of the fuzzer, not of the service.
  if (!last && errorInstance !== null) throw new Error('The fuzzer failed.', { cause: errorInstance });
  if (last && !isKnown(last.fault)) tally.findings.push(findingOf(target, seed, last.fault, last.attempt));
}

async function tryAttempt(
  target: Target,
  sender: Sender,
  takeLog: () => string,
  attempt: Attempt,
  tally: Tally,
): Promise<readonly Fault[] | 'ended'> {
  const timed = async (): Promise<Answered> => {
    const before = target.cpu();
    const answered = await sender.send(attempt);
    return { ...answered, cpu: target.cpu() - before };
  };
  const answered = await timed();
  count(tally, attempt, answered);
  const dying = attempt.malformed ? DYING.malformed : DYING.whole;
  if (answered.status === 0 && !answered.isHung && (await isDead(target, dying))) return 'ended';
  const faults = [...judge(attempt, answered), ...(await judgeTime(attempt, answered, timed))];
  // The line of what went wrong comes by another way than the answer.
  if (answered.status === 500) await sleep(50);
  const lines = takeLog()
    .split('\n')
    .filter((line) => line !== '');
  const ofLog = lines.flatMap(judgeLine);
  return [...faults.map((fault) => (answered.status === 500 ? withPlace(fault, answered, lines) : fault)), ...ofLog];
}

/** Two bugs are two findings: a 500 is known by the place in our code that it came from. */
function withPlace(fault: Fault, { text }: Answered, lines: readonly string[]): Fault {
  const id = /"diagnostics":"([^"]+)"/.exec(text)?.[1];
  const places = id === undefined ? [] : lines.flatMap((line) => placesIn(line, id));
  if (places.length === 0) return fault;
  return { fault: `${fault.fault} ${places.slice(0, 2).join(' ')}`, detail: places.join('\n') };
}

function count(tally: Tally, { kind, path, body }: Attempt, { status, ms }: Answered): void {
  tally.sent += 1;
  tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1);
  const ofKind = tally.byKind.get(kind) ?? { sent: 0, answered: 0 };
  tally.byKind.set(kind, ofKind);
  ofKind.sent += 1;
  if (status >= 200 && status < 300) ofKind.answered += 1;
  if (ms > tally.slowest.ms) tally.slowest = { ms, bytes: body?.length ?? 0, path: path.slice(0, 80) };
}

function findingOf({ name }: Target, seed: number, fault: Fault, attempt: Attempt): Finding {
  const { kind, method, path, headers, body = Buffer.alloc(0) } = attempt;
  const text = body.toString();
  const isText = Buffer.from(text).equals(body);
  return {
    ...fault,
    target: name,
    seed,
    kind,
    request: { method, path, headers, body: isText ? text : `base64:${body.toString('base64')}` },
  };
}
