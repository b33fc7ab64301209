/** GET /cds-services: what can be called. */
import type { FastifyInstance } from 'fastify';
import { refuseOtherMethods } from '../methods.js';
import type { ServerTools } from '../server.js';

export function discovery(server: FastifyInstance, { services }: Pick<ServerTools, 'services'>): void {
  server.get('/cds-services', async () => ({ services }));
  refuseOtherMethods(server, '/cds-services', 'GET');
}
