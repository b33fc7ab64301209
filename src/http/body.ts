/**
 * Which bodies are read: JSON in UTF-8, whether called application/json or FHIR's own name for it. Everything else is refused with 415.
 * Keys that could poison a prototype are refused by Fastify's parser.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceError } from '../errors.js';

const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json(?:;|$)/;
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)/i;

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, for what JSON.parse loses; kept out of `notes`, which are logged. */
    bodyText: string;
  }
}

/** Replaces Fastify's body parsers by one for JSON. */
export function acceptOnlyJson(server: FastifyInstance): void {
  // A server within this one, such as the demo EHR's, calls this again and has the member already.
  if (!server.hasRequestDecorator('bodyText')) server.decorateRequest('bodyText', '');
  const parseJson = server.getDefaultJsonParser('error', 'error');
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body, done) => {
    const text = decode(body as Buffer);
    if (text === undefined) {
      done(new ServiceError('body-not-utf8'));
      return;
    }
    request.bodyText = text;
    // The parser answers through `done`; its type also allows a promise, which it never returns.
    void parseJson(request, text, done);
  });
  server.addHook('onRequest', async (request) => refuseEncodings(request));
}

/**
 * Answers a preflight and an address that does not exist before a body is read: neither has a use for one, and whoever sends it was neither asked for a
 * token nor counted. To be added after CORS, which answers the preflights of its origins.
 */
export function answerBeforeBodies(server: FastifyInstance): void {
  server.addHook('onRequest', async (request, reply) => {
    const { method, is404, routeOptions } = request;
    if (method !== 'OPTIONS' && !is404) return undefined;
    await routeOptions.handler.call(server, request, reply);
    return reply;
  });
}

/** Charsets and encodings are known from the headers, so a body in another one is not even read. */
function refuseEncodings({ headers }: FastifyRequest): void {
  const charset = CHARSET.exec(headers['content-type'] ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if ((charset !== 'utf-8' && charset !== 'utf8') || encoding !== 'identity') throw new ServiceError('media-type');
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });

function decode(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}
