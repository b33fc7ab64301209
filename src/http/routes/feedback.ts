/** POST /cds-services/{id}/feedback: what users did with cards; checked and counted, not kept. */
import type { FastifyInstance } from 'fastify';
import { parseFeedback } from '../../cds-hooks/feedback.js';
import { refuseOtherMethods } from '../methods.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/cds-services/:id/feedback';

export function feedback(server: FastifyInstance, { services, metrics }: ServerTools): void {
  const findService = serviceFinder(services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => void findService(request);
  server.post(URL_PATTERN, { onRequest }, async (request, reply) => {
    metrics.countFeedback(findService(request).id, parseFeedback(request.body));
    return reply.code(200).send();
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
