/** POST /cds-services/{id}: the cards for a request. */
import type { FastifyInstance } from 'fastify';
import { answer } from '../answer.js';
import { refuseOtherMethods } from '../methods.js';
import { writeAnswer } from '../number-literals.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/cds-services/:id';

export function services(server: FastifyInstance, tools: ServerTools): void {
  const findService = serviceFinder(tools.services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => void findService(request);
  server.post(URL_PATTERN, { onRequest }, async (request, reply) => {
    const service = findService(request);
    const { cards, client } = await answer(request, service, tools, false);
    // A client in shadow is counted like any other, and its users see nothing.
    const sent = client.shadow ? [] : cards;
    request.notes.cards = sent.length;
    tools.metrics.countCards(service.id, cards, client.shadow);
    return reply.type('application/json').send(writeAnswer({ cards: sent }, request.bodyText));
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
