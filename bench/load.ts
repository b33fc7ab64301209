/** Sends the same body again and again for a bounded time. Leaves: how many were answered, and how long each answer took. */
import { performance } from 'node:perf_hooks';
import type { Options, Request, Result } from 'autocannon';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly body: string;
  readonly seconds: number;
  /** So many requests in place of a time, each with headers of its own. */
  readonly each?: { readonly count: number; readonly headers: () => Readonly<Record<string, string>> };
  /** Requests per second; absent: as many as the service can take. */
  readonly rate?: number;
}

export interface Measured {
  readonly answered: number;
  /** Seconds. */
  readonly duration: number;
  readonly failed: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

const CONNECTIONS = 8;

/** autocannon's own histogram counts whole milliseconds, which is coarser than what is measured here. */
export async function measure({ url, body, seconds, rate, each }: Load): Promise<Measured> {
  const times: number[] = [];
  const options: Options = {
    url,
    body,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    connections: CONNECTIONS,
    ...(each ? { amount: each.count, requests: [{ setupRequest: addTo(each.headers) }] } : { duration: seconds }),
    ...(rate !== undefined && { overallRate: rate }),
  };
  const began = performance.now();
  const result = await new Promise<Result>((resolve, reject) => {
    const run = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
    run.on('response', (_client: unknown, _status: number, _bytes: number, milliseconds: number) => {
      times.push(milliseconds);
    });
  });
  // autocannon itself counts whole seconds.
  const took = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  return {
    answered: times.length,
    duration: each ? took : result.duration,
    failed: result.errors + result.timeouts + result.non2xx,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

function addTo(headers: () => Readonly<Record<string, string>>) {
  return (request: Request): Request => ({ ...request, headers: { ...request.headers, ...headers() } });
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
