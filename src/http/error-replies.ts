/**
 * Every fault ends here and leaves as an OperationOutcome of `errors.ts`: faults of ours, of Fastify's, of Node's HTTP parser.
 * What was thrown is never sent, and of unexpected errors only the kind and the places in our code are logged: messages can repeat input.
 */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { errorKind, operationOutcome, ServiceError } from '../errors.js';
import type { ErrorCode } from '../errors.js';

/** Fastify's codes for faults of the caller. */
const CODE_OF: ReadonlyMap<string, ErrorCode> = new Map<string, ErrorCode>([
  ['FST_ERR_CTP_EMPTY_JSON_BODY', 'body-empty'],
  ['FST_ERR_CTP_INVALID_JSON_BODY', 'body-not-json'],
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'body-too-large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'media-type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed-http'],
]);

type Headers = Readonly<Record<string, string>>;

/** Error handler and not-found handler, and `headers` on every answer; also answers 503 while the server closes. */
export function replyWithOutcomes(server: FastifyInstance, headers: Headers): void {
  let isClosing = false;
  server.addHook('preClose', async () => {
    isClosing = true;
  });
  server.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers);
    if (isClosing) throw new ServiceError('unavailable');
  });
  server.addHook('onSend', async (_request, reply) => {
    // Fastify would close the connection, and a client that is still sending would never see why: Node reads the rest and drops it.
    if (reply.statusCode === errorKind('body-too-large').status) void reply.removeHeader('connection');
  });
  server.setErrorHandler((thrown, request, reply) => answer(toServiceError(thrown), thrown, request, reply));
  server.setNotFoundHandler(() => {
    throw new ServiceError('unknown-path');
  });
}

/**
 * What Node would answer itself, with an empty body: HTTP/1.1 without Host is refused in our words; an expectation that we do not know is
 * passed over, as RFC 9110 (10.1.1) lets a server do.
 */
export function answerInPlaceOfNode(server: FastifyInstance): void {
  server.addHook('onRequest', async ({ raw }) => {
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined) throw new ServiceError('malformed-http');
  });
  server.server.on('checkExpectation', (request, response) => server.server.emit('request', request, response));
}

/** A path that the router cannot even read names nothing. */
export function frameworkErrorAnswer(headers: Headers) {
  return (thrown: Error, request: FastifyRequest, reply: FastifyReply): void => {
    void answer(new ServiceError('unknown-path'), thrown, request, reply.headers(headers));
  };
}

function answer(error: ServiceError, thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.code === 'unexpected') request.log.error({ error: withoutMessage(thrown) }, 'unexpected error');
  return reply
    .code(error.status)
    .headers(error.headers)
    .type('application/json')
    .send(operationOutcome(error, request.id));
}

/** What was thrown as an error that the caller may be told; `unexpected` when it is no fault of the caller. */
export function toServiceError(thrown: unknown): ServiceError {
  if (thrown instanceof ServiceError) return thrown;
  const { code, statusCode } = (thrown ?? {}) as { readonly code?: unknown; readonly statusCode?: unknown };
  const known = typeof code === 'string' ? CODE_OF.get(code) : undefined;
  if (known !== undefined) return new ServiceError(known);
  const isFaultOfCaller = typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500;
  return new ServiceError(isFaultOfCaller ? 'malformed-http' : 'unexpected');
}

/** Name and stack frames of what was thrown, without its message. */
export function withoutMessage(thrown: unknown): { readonly name: string; readonly at: readonly string[] } {
  if (!(thrown instanceof Error)) return { name: typeof thrown, at: [] };
  const { stack = '', message } = thrown;
  // The message stands at the head of the stack, and a line of it can look like a frame.
  const end = stack.indexOf(message);
  const frames =
    end < 0
      ? []
      : stack
          .slice(end + message.length)
          .split('\n')
          .filter((line) => /^ {4}at /.test(line));
  return { name: thrown.name, at: frames.map((line) => line.trim()) };
}

/** Milliseconds, ours. */
const LINGER = 1000;

/** Answers what Node's parser refuses before there is a request; a client that is too slow is only cut off. */
export function clientErrorAnswer(headers: Headers) {
  return (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (socket.writable && error.code !== 'ECONNRESET' && error.code !== 'ERR_HTTP_REQUEST_TIMEOUT') {
      const code = error.code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'malformed-http';
      socket.end(writtenAnswer(code, headers));
      // What the client still sends is read and dropped: a socket that is closed over it takes the answer away again.
      setTimeout(() => socket.destroy(), LINGER).unref();
      return;
    }
    // The rest of what was answered already.
    if (!socket.writableEnded) socket.destroy();
  };
}

function writtenAnswer(code: ErrorCode, headers: Headers): string {
  const { status } = errorKind(code);
  const body = JSON.stringify(operationOutcome(new ServiceError(code)));
  const lines = Object.entries({
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n');
}
