/** The whole service behind a real port, as an EHR meets it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildApp } from '../../src/app.js';
import type { Overrides } from '../../src/app.js';
import { readConfig } from '../../src/config.js';
import type { Config, Environment } from '../../src/config.js';

export interface RunningService {
  readonly url: string;
  readonly close: () => Promise<void>;
  /** Everything that was logged, one JSON object per line. */
  readonly logs: () => string;
  /** Every route there is, with its method and pattern. */
  readonly routes: readonly { readonly method: string; readonly url: string }[];
}

export interface ServiceOptions {
  readonly env?: Environment;
  /** Settings in the place of those of the environment, unchecked. */
  readonly config?: Partial<Config>;
  readonly overrides?: Overrides;
  /** The clock, in milliseconds since 1970; real time when absent. */
  readonly now?: () => number;
  /** The registry of clients, as its file has it. */
  readonly clients?: readonly Readonly<Record<string, unknown>>[];
}

/** Starts the service on a free port. */
export async function startService(options: ServiceOptions = {}): Promise<RunningService> {
  let logs = '';
  const registry = options.clients && writeRegistry(options.clients);
  const config = { ...readConfig({ ...options.env, ...(registry && { CLIENTS_FILE: registry }) }), ...options.config };
  const logDestination = { write: (line: string) => void (logs += line) };
  const server = buildApp(config, options.now ?? Date.now, { logDestination, ...options.overrides });
  const routes: RunningService['routes'][number][] = [];
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, url });
  });
  if (registry) rmSync(dirname(registry), { recursive: true });
  await server.listen({ host: '127.0.0.1', port: 0 });
  const { port } = server.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close(), logs: () => logs, routes };
}

/** Writes a registry into a folder of its own; JSON is YAML. */
function writeRegistry(clients: NonNullable<ServiceOptions['clients']>): string {
  const path = join(mkdtempSync(join(tmpdir(), 'plexus-')), 'clients.yaml');
  writeFileSync(path, JSON.stringify(clients));
  return path;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON, undefined when there is none. */
  readonly json: unknown;
}

/** Sends a request and reads the whole answer. */
export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, init);
  return answerOf(response.status, response.headers, await response.text());
}

function answerOf(status: number, headers: Headers, text: string): Answer {
  const isJson = headers.get('content-type')?.includes('json') ?? false;
  return { status, headers, text, json: isJson && text !== '' ? JSON.parse(text) : undefined };
}

/** Posts a JSON value, or a text as it is. */
export function post(url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return send(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A request that fetch would not let out; body bytes and headers go as they are, a header more than once when they are a list of names and values. */
export function raw(
  target: string,
  headers: OutgoingHttpHeaders | readonly string[],
  body: Buffer | string,
  method = 'POST',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // To a list Node adds nothing itself.
    const sent = Array.isArray(headers) ? ['host', new URL(target).host, ...(headers as readonly string[])] : headers;
    const outgoing = httpRequest(target, { method, headers: sent }, (incoming) => {
      let text = '';
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()));
      incoming.on('end', () => {
        const answered = Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
          values.map((value): [string, string] => [name, value]),
        );
        resolve(answerOf(incoming.statusCode ?? 0, new Headers(answered), text));
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** What a service answers, to the letter, to a request that was half here when it began to close. */
export async function rawWhileClosing(closing: RunningService): Promise<string> {
  const { port, hostname } = new URL(closing.url);
  const socket = connect(Number(port), hostname);
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  // Half a request keeps the connection open while the server closes.
  await new Promise((resolve) => socket.write('GET /cds-services HTTP/1.1\r\nHost: x\r\n', resolve));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const closed = closing.close();
  await new Promise((resolve) => setTimeout(resolve, 100));
  socket.write('\r\n');
  await new Promise((resolve) => socket.once('close', resolve));
  await closed;
  return answer;
}
