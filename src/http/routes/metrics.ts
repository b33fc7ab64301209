/** GET /metrics: counters in Prometheus' text format. */
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from '../methods.js';
import type { ServerTools } from '../server.js';

export function metrics(server: FastifyInstance, { metrics }: Pick<ServerTools, 'metrics'>): void {
  server.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.read()));
  refuseOtherMethods(server, '/metrics', 'GET');
}
