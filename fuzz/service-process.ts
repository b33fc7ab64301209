/** The built service in a process of its own, as the fuzzer needs it: its log, and what it keeps in memory when everything else was collected. */
import { once } from 'node:events';
import { hasEnded, serve, type Server } from '../bench/child.js';
import type { Target } from './campaign.js';

/** MB. */
export interface Memory {
  /** What the process has of the machine. */
  readonly resident: number;
  /** What is left on the heap and beside it after a collection: what the service keeps. */
  readonly kept: number;
}

export interface ServiceProcess extends Required<Target> {
  /** Collects garbage, then measures. Throws when the process has ended, or ends meanwhile. */
  readonly collect: () => Promise<Memory>;
  /** MB, without a collection. */
  readonly resident: () => number;
  /** What it wrote to stderr, which should be nothing. */
  readonly complaints: () => string;
  readonly stop: () => Promise<void>;
}

/** Runs in the process of the service before it: measures when asked, and ends it when nobody is left to ask. */
const MEASURE = `data:text/javascript,${encodeURIComponent(`
  process.on('message', () => { gc(); gc(); process.send(process.memoryUsage()); });
  process.on('disconnect', () => process.exit());
  process.channel.unref();
`)}`;

/** Starts the built service, or another program, with these settings. */
export async function startProcess(
  name: string,
  attempts: Target['attempts'],
  settings: Readonly<Record<string, string>>,
  program: readonly string[] = ['dist/main.js'],
): Promise<ServiceProcess> {
  const args = ['--expose-gc', '--import', MEASURE, '--enable-source-maps', ...program];
  const server = await serve(args, { LOG_LEVEL: 'info', CALLS_PER_MINUTE: '0', ...settings }, [
    'ignore',
    'pipe',
    'pipe',
    'ipc',
  ]);
  const readers = new Set<{ text: string }>();
  let complaints = '';
  server.process.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    for (const reader of readers) reader.text += chunk;
  });
  server.process.stderr?.setEncoding('utf8').on('data', (chunk: string) => (complaints += chunk));
  return {
    name,
    attempts,
    url: server.url,
    openLog: () => {
      const reader = { text: '' };
      readers.add(reader);
      return () => takeLines(reader);
    },
    cpu: () => server.cpu() ?? 0,
    collect: () => measure(server),
    resident: () => server.memory() ?? Number.NaN,
    complaints: () => complaints,
    hasEnded: () => hasEnded(server.process),
    stop: () => server.stop(),
  };
}

/** Whole lines only; the rest of one may still be on its way. */
function takeLines(reader: { text: string }): string {
  const end = reader.text.lastIndexOf('\n') + 1;
  const lines = reader.text.slice(0, end);
  reader.text = reader.text.slice(end);
  return lines;
}

const MB = 1_000_000;

async function measure({ process: child }: Server): Promise<Memory> {
  if (hasEnded(child)) throw new Error('The process has ended.');
  const waiting = new AbortController();
  const exit = once(child, 'exit', { signal: waiting.signal }).then(() => {
    throw new Error('The process ended while it was measured.');
  });
  const message = once(child, 'message', { signal: waiting.signal }) as Promise<[NodeJS.MemoryUsage]>;
  // What cannot be sent any more is told of by the exit.
  child.send('measure', () => undefined);
  try {
    const [{ rss, heapUsed, external }] = await Promise.race([message, exit]);
    return { resident: rss / MB, kept: (heapUsed + external) / MB };
  } finally {
    // Whichever did not come is waited for no longer.
    waiting.abort();
    await Promise.allSettled([message, exit]);
  }
}
