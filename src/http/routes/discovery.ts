/** GET /cds-services: what can be called. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { refuseOtherMethods } from '../methods.js';
import { errors, json } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';

const schema: FastifySchema = {
  tags: ['CDS Hooks'],
  summary: 'The services, their hooks and what each would like as prefetch',
  response: { 200: json('Discovery', 'The services.'), ...errors() },
};

export function discovery(
  server: FastifyInstance,
  { services, config }: Pick<ServerTools, 'services' | 'config'>,
): void {
  // Open, it is a constant, and monitors ask for it.
  const costly = config.discovery === 'closed';
  server.get('/cds-services', { config: { costly }, schema }, async () => ({ services }));
  refuseOtherMethods(server, '/cds-services', 'GET');
}
