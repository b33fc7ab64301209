/** GET /metrics: counters in Prometheus' text format. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { ALWAYS_OPEN } from '../authentication.js';
import { refuseOtherMethods } from '../methods.js';
import { body, errors } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';

const schema: FastifySchema = {
  tags: ['Operations'],
  summary: 'Counters and durations for Prometheus; no patient data',
  response: { 200: body('text/plain', "Prometheus' text format."), ...errors() },
};

export function metrics(server: FastifyInstance, { metrics }: Pick<ServerTools, 'metrics'>): void {
  server.get('/metrics', { schema, config: ALWAYS_OPEN }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.read()),
  );
  refuseOtherMethods(server, '/metrics', 'GET');
}
