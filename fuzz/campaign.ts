/**
 * Attempts at a service by a seed, until so many or so much time has passed; what is found is made smaller by fast-check, and kept once.
 * The same for the few seconds in the tests and for the long run.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { createSender, type Answered, type Attempt, type Sender } from './attempt.js';
import { hookRequest } from './hook-requests.js';
import { HUNG_AFTER, isSlow, judge, type Fault } from './judge.js';
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

/** Milliseconds that a finding may be made smaller. Ours. */
const SHRINKING = 20_000;

/** Tries so many attempts of one seed. */
export async function runBatch(target: Target, seed: number, runs: number, tally: Tally): Promise<void> {
  const sender = createSender(target.url, HUNG_AFTER);
  const takeLog = target.openLog();
  const isKnown = (one: Fault): boolean => tally.findings.some(({ fault }) => fault === one.fault);
  let last: { readonly fault: Fault; readonly attempt: Attempt } | undefined;
  let until = Infinity;
  const tryOne = async (attempt: Attempt): Promise<boolean> => {
    // Ends the batch: what is smaller still is not looked for any more.
    if (Date.now() > until) throw new fc.PreconditionFailure(true);
    const found = await tryAttempt(target, sender, takeLog, attempt, tally);
    // While one is made smaller, another one is no smaller form of it.
    const fault = found.find((one) => (last ? one.fault === last.fault.fault : !isKnown(one)));
    if (!fault) return true;
    last = { fault, attempt };
    until = Math.min(until, Date.now() + SHRINKING);
    return false;
  };
  await fc.check(fc.asyncProperty(target.attempts, tryOne), { seed, numRuns: runs });
  sender.close();
  if (last && !isKnown(last.fault)) tally.findings.push(findingOf(target, seed, last.fault, last.attempt));
}

async function tryAttempt(
  target: Target,
  sender: Sender,
  takeLog: () => string,
  attempt: Attempt,
  tally: Tally,
): Promise<readonly Fault[]> {
  const timed = async (): Promise<Answered> => {
    const before = target.cpu();
    const answered = await sender.send(attempt);
    return { ...answered, cpu: target.cpu() - before };
  };
  const answered = await timed();
  count(tally, attempt, answered);
  const faults = [...judge(attempt, answered)];
  // A machine that is busy elsewhere is no fault of the service, nor is what it does for others: slow is what is slow twice.
  if (isSlow(attempt, answered) && isSlow(attempt, await timed()))
    faults.push({ fault: 'a slow answer to a body of ordinary size', detail: `${Math.round(answered.cpu ?? 0)} ms` });
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
