/** POST /cds-services/{id}/feedback: what users did with cards; checked and counted, and in demo mode kept in the demo EHR. */
import type { FastifyInstance } from 'fastify';
import { parseFeedback } from '../../cds-hooks/feedback.js';
import { withoutMessage } from '../error-replies.js';
import { refuseOtherMethods } from '../methods.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/cds-services/:id/feedback';

export function feedback(server: FastifyInstance, { services, metrics, demoEhr }: ServerTools): void {
  const findService = serviceFinder(services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => void findService(request);
  server.post(URL_PATTERN, { onRequest }, async (request, reply) => {
    const { id } = findService(request);
    const given = parseFeedback(request.body);
    metrics.countFeedback(id, given);
    try {
      demoEhr?.keepFeedback(id, given);
    } catch (thrown) {
      // The client has done its part: a demonstration that is full is no reason to send the same again.
      request.log.warn({ error: withoutMessage(thrown) }, 'feedback not kept');
    }
    return reply.code(200).send();
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
