/** One request as the fuzzer sends it, to the byte, and what came back. */
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { performance } from 'node:perf_hooks';

/** Stands in every text that the fuzzer makes up: what shows it where it must not be shows what a client sent. */
export const MARKER = 'mArk7x9Zq';

export interface Attempt {
  /** What made it, such as `bytes of a story`. */
  readonly kind: string;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Length and body do not fit each other, or more of this kind: sent over a bare socket, and cut off is an answer too. */
  readonly malformed?: true;
  /** Whether no answer but 401 may follow, or any answer but 401. */
  readonly token?: 'bad' | 'good';
}

export interface Answered {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Milliseconds from the first byte sent to the last one read. */
  readonly ms: number;
  /** Milliseconds of processor time that the service used meanwhile, for others too. */
  readonly cpu?: number;
  /** Nothing came within the limit. */
  readonly isHung?: true;
}

/** Sends requests to one service over a few connections that stay open. */
export interface Sender {
  send(attempt: Attempt): Promise<Answered>;
  close(): void;
}

/** `limit` in milliseconds: who has not answered by then is taken for hung. */
export function createSender(url: string, limit: number): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  return {
    send: (attempt) => (attempt.malformed ? sendBare(url, attempt, limit) : sendWhole(url, attempt, limit, agent)),
    close: () => agent.destroy(),
  };
}

function sendWhole(url: string, { method, path, headers, body }: Attempt, limit: number, agent: Agent) {
  const began = performance.now();
  const { hostname, port } = new URL(url);
  return new Promise<Answered>((resolve) => {
    const since = () => performance.now() - began;
    const outgoing = httpRequest({ agent, hostname, port, method, path, headers: withLength(headers, body) });
    const timer = setTimeout(() => {
      resolve({ status: 0, headers: {}, text: '', ms: since(), isHung: true });
      outgoing.destroy();
    }, limit);
    const end = (status: number, answered: Answered['headers'], text: string) => {
      clearTimeout(timer);
      resolve({ status, headers: answered, text, ms: since() });
    };
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => end(incoming.statusCode ?? 0, incoming.headers, Buffer.concat(chunks).toString()));
      incoming.on('error', () => end(0, {}, ''));
      // Nothing more is to come; headers that are too long are refused before the method is known, with a body that Node's client takes ill.
      if (method === 'HEAD') end(incoming.statusCode ?? 0, incoming.headers, '');
    });
    outgoing.on('error', () => end(0, {}, ''));
    outgoing.end(body);
  });
}

function withLength(headers: Attempt['headers'], body: Buffer | undefined): Record<string, string> {
  return { ...headers, ...(body && { 'content-length': String(body.length) }) };
}

function sendBare(url: string, attempt: Attempt, limit: number): Promise<Answered> {
  const began = performance.now();
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    const end = (isHung: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
      const ms = performance.now() - began;
      resolve({ status, headers: {}, text: bodyIn(text), ms, ...(isHung && status === 0 && { isHung }) });
    };
    const timer = setTimeout(() => end(true), limit);
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.on('close', () => end(false));
    socket.on('error', () => end(false));
    // Half closed: a body that is shorter than its length is known to be so, and the server needs not wait for the rest.
    socket.end(written(attempt));
  });
}

/** The JSON in an answer, which may come in chunks or with a second one after it. */
function bodyIn(text: string): string {
  const body = text.slice(text.indexOf('\r\n\r\n') + 4).split('HTTP/1.1 ', 1)[0] ?? '';
  return body.slice(Math.max(0, body.indexOf('{')), body.lastIndexOf('}') + 1);
}

/** The bytes of a request, its headers as they are. */
export function written({ method, path, headers, body = Buffer.alloc(0) }: Attempt): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
