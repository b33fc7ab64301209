/** GET /health/live and /health/ready: whether the process runs, and with which rules. */
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from '../methods.js';
import type { ServerTools } from '../server.js';

export function health(server: FastifyInstance, { rules }: Pick<ServerTools, 'rules'>): void {
  server.get('/health/live', async () => ({ status: 'live' }));
  server.get('/health/ready', async () => ({
    status: 'ready',
    rules: rules.loaded,
    ...(rules.disabled.length > 0 && { disabled: rules.disabled }),
  }));
  refuseOtherMethods(server, '/health/live', 'GET');
  refuseOtherMethods(server, '/health/ready', 'GET');
}
