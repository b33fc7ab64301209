/** GET /cds-services: what can be called. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { refuseOtherMethods } from '../methods.js';
import { OPEN } from '../authentication.js';
import { errors, json, security } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';

const DISCOVERED = { 200: json('Discovery', 'The services.') };

const DESCRIBED: FastifySchema = {
  tags: ['CDS Hooks'],
  summary: 'The services, their hooks and what each would like as prefetch',
  response: { ...DISCOVERED, ...errors() },
};

export function discovery(
  server: FastifyInstance,
  { services, config }: Pick<ServerTools, 'services' | 'config'>,
): void {
  const isOpen = config.discovery === 'open';
  const schema = isOpen
    ? DESCRIBED
    : {
        ...DESCRIBED,
        security: security(config),
        response: { ...DISCOVERED, ...errors('unauthenticated', 'too-many-requests') },
      };
  server.get('/cds-services', { schema, config: isOpen ? OPEN : {} }, async () => ({ services }));
  refuseOtherMethods(server, '/cds-services', 'GET');
}
