/** GET /health/live and /health/ready: whether the process runs, and with which rules; not ready while calls cannot be audited. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { ServiceError } from '../../errors.js';
import { ALWAYS_OPEN } from '../authentication.js';
import { refuseOtherMethods } from '../methods.js';
import { errors, json } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';

const tags = ['Operations'];

const LIVE: FastifySchema = {
  tags,
  summary: 'Whether the process runs',
  response: { 200: json('Live', 'It does.'), ...errors() },
};

const READY: FastifySchema = {
  tags,
  summary: 'Whether requests can be answered and audited, and with which rules',
  response: { 200: json('Ready', 'They can.'), ...errors() },
};

export function health(server: FastifyInstance, { rules, audit }: Pick<ServerTools, 'rules' | 'audit'>): void {
  server.get('/health/live', { schema: LIVE, config: ALWAYS_OPEN }, async () => ({ status: 'live' }));
  server.get('/health/ready', { schema: READY, config: ALWAYS_OPEN }, async () => {
    if (audit?.isWriting() === false)
      throw new ServiceError('unavailable', { detail: 'The audit cannot be written; see the log.' });
    return {
      status: 'ready',
      rules: rules.loaded,
      ...(rules.disabled.length > 0 && { disabled: rules.disabled }),
    };
  });
  refuseOtherMethods(server, '/health/live', 'GET');
  refuseOtherMethods(server, '/health/ready', 'GET');
}
