/**
 * Known addresses called with the wrong method: 405 with `Allow`, where Fastify would say 404.
 */
import type { FastifyInstance, HTTPMethods } from 'fastify';
import { ServiceError } from '../errors.js';
import { OPEN } from './authentication.js';

const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Refuses every method of `url` but the one it takes, before a body is read.
 * OPTIONS is answered without CORS headers: where browsers are welcome, the CORS plugin answers before this does.
 */
export function refuseOtherMethods(server: FastifyInstance, url: string, method: 'GET' | 'POST'): void {
  const allowed: readonly HTTPMethods[] = method === 'GET' ? ['GET', 'HEAD'] : ['POST'];
  const allow = [...allowed, 'OPTIONS'].join(', ');
  const refuse = async (): Promise<never> => {
    throw new ServiceError('wrong-method', { headers: { allow } });
  };
  server.route({
    method: METHODS.filter((other) => !allowed.includes(other)),
    url,
    config: OPEN,
    onRequest: refuse,
    handler: refuse,
  });
  server.options(url, async (_request, reply) => reply.code(204).header('allow', allow).send());
}
