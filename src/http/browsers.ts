/**
 * Which pages may call from a browser: CORS by a list of origins, or for any in a demonstration, whose data are nobody's.
 * Never with cookies. A preflight bears no token: it is answered before anybody asks for one.
 */
import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../config.js';

/** Lets pages call; without an origin that is allowed, no answer says anything of CORS, and browsers keep it from the page. */
export function openToBrowsers(
  server: FastifyInstance,
  { corsOrigins, mode }: Pick<Config, 'corsOrigins' | 'mode'>,
): void {
  if (corsOrigins.length === 0) return;
  server.register(cors, {
    // A function, since the answer to any other origin then bears no header of CORS but Vary.
    origin: (origin, answer) =>
      answer(null, corsOrigins === 'any' || (origin !== undefined && corsOrigins.includes(origin))),
    // The demo EHR is written to from a page as well.
    methods: mode === 'demo' ? ['GET', 'POST', 'PUT', 'DELETE'] : ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type', 'accept'],
    exposedHeaders: mode === 'demo' ? ['location', 'etag', 'retry-after'] : ['retry-after'],
    credentials: false,
    strictPreflight: false,
  });
}
