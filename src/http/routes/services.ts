/** POST /cds-services/{id}: the cards for a request. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { answer } from '../answer.js';
import { refuseOtherMethods } from '../methods.js';
import { writeAnswer } from '../number-literals.js';
import { exampleReferences } from '../openapi/examples.js';
import {
  BODY_ERRORS,
  errors,
  json,
  jsonBody,
  REQUEST_ERRORS,
  security,
  serviceId,
  TOKEN_ERRORS,
} from '../openapi/describe.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/cds-services/:id';

function describe(tools: ServerTools): FastifySchema {
  return {
    tags: ['CDS Hooks'],
    summary: 'The cards for a request',
    description:
      'Answers at the deadline with what is known by then. No card is an answer too: there is nothing to say.',
    security: security(tools.config),
    params: serviceId(tools.services),
    body: jsonBody('CdsRequest', exampleReferences(tools, 'request')),
    response: {
      200: json('CardsAnswer', 'The cards, the most urgent first.', exampleReferences(tools, 'answer')),
      ...errors(...TOKEN_ERRORS, ...BODY_ERRORS, ...REQUEST_ERRORS),
    },
  };
}

export function services(server: FastifyInstance, tools: ServerTools): void {
  const findService = serviceFinder(tools.services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => void findService(request);
  server.post(URL_PATTERN, { onRequest, schema: describe(tools) }, async (request, reply) => {
    const service = findService(request);
    const { cards, client, literals } = await answer(request, service, tools, false);
    // A client in shadow is counted like any other, and its users see nothing.
    const sent = client.shadow ? [] : cards;
    request.notes.cards = sent.length;
    tools.metrics.countCards(service.id, cards, client.shadow);
    return reply.type('application/json').send(writeAnswer({ cards: sent }, literals));
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
