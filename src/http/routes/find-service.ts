/** From the id in an address to a service; for the routes that have one. */
import type { FastifyRequest } from 'fastify';
import type { Service } from '../../cds-hooks/services.js';
import { ServiceError } from '../../errors.js';

/**
 * Returns a function that gives the service that is called; as a hook it looks before the body is read.
 * Throws `ServiceError`: 404 for an unknown id, 403 for a service that the client that signed may not call. A Map, not an object: ids such as `constructor` must find nothing.
 */
export function serviceFinder(services: readonly Service[]): (request: FastifyRequest) => Service {
  const byId = new Map(services.map((service) => [service.id, service]));
  return (request) => {
    const service = byId.get((request.params as { readonly id: string }).id);
    if (service === undefined) throw new ServiceError('unknown-service');
    if (request.verdict.client?.services?.includes(service.id) === false) throw new ServiceError('forbidden');
    return service;
  };
}
