/** POST /cds-services/{id}/feedback: what users did with cards; checked and counted, and in demo mode kept in the demo EHR. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { parseFeedback } from '../../cds-hooks/feedback.js';
import { withoutMessage } from '../error-replies.js';
import { refuseOtherMethods } from '../methods.js';
import { BODY_ERRORS, errors, jsonBody, security, serviceId, TOKEN_ERRORS } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/cds-services/:id/feedback';

const EXAMPLE = {
  feedback: [
    {
      card: '95f0c28d-205b-4466-9942-d4a7b6fe3430',
      outcome: 'overridden',
      outcomeTimestamp: '2026-11-21T10:05:00Z',
      overrideReason: { reason: { code: 'na-clinically-unlikely' }, userComment: 'Seen by the neurologist last week.' },
    },
  ],
};

function describe({ services, config }: Pick<ServerTools, 'services' | 'config'>): FastifySchema {
  return {
    tags: ['CDS Hooks'],
    summary: 'What users did with cards',
    description: 'Checked and counted. Kept nowhere but, in demo mode, as Communication in the demo EHR.',
    security: security(config),
    params: serviceId(services),
    body: jsonBody('Feedback', { feedback: { value: EXAMPLE } }),
    response: {
      200: { type: 'null', description: 'Taken; no body.' },
      ...errors(...TOKEN_ERRORS, ...BODY_ERRORS, 'missing', 'invalid', 'unknown-service'),
    },
  };
}

export function feedback(server: FastifyInstance, { services, config, metrics, demoEhr }: ServerTools): void {
  const findService = serviceFinder(services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => void findService(request);
  server.post(URL_PATTERN, { onRequest, schema: describe({ services, config }) }, async (request, reply) => {
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
