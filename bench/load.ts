/** Sends the same body again and again for a bounded time. Leaves: how many were answered, and how long each answer took. */
import type { Options, Result } from 'autocannon';
import autocannon from 'autocannon';

export interface Load {
  readonly url: string;
  readonly body: string;
  readonly seconds: number;
  /** Headers of each request, asked for one by one until there are no more: so many requests are sent, in place of a time. */
  readonly headers?: readonly Readonly<Record<string, string>>[];
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
export async function measure({ url, body, seconds, rate, headers }: Load): Promise<Measured> {
  const times: number[] = [];
  const options: Options = {
    url,
    body,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    connections: CONNECTIONS,
    ...(headers ? { amount: headers.length, setupRequest: eachWith(headers) } : { duration: seconds }),
    ...(rate !== undefined && { overallRate: rate }),
  };
  const result = await new Promise<Result>((resolve, reject) => {
    const run = autocannon(options, (error, done) => (error ? reject(error) : resolve(done)));
    run.on('response', (_client: unknown, _status: number, _bytes: number, milliseconds: number) => {
      times.push(milliseconds);
    });
  });
  times.sort((a, b) => a - b);
  return {
    answered: times.length,
    duration: result.duration,
    failed: result.errors + result.timeouts + result.non2xx,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
  };
}

function eachWith(headers: NonNullable<Load['headers']>): NonNullable<Options['setupRequest']> {
  let nth = 0;
  return (request) => ({ ...request, headers: { ...request.headers, ...headers[nth++ % headers.length] } });
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
