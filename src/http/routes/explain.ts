/** POST /explain/{id}: the cards for a request and how they came about; only where it is switched on, and never logged. */
import type { FastifyInstance } from 'fastify';
import { answer } from '../answer.js';
import { refuseOtherMethods } from '../methods.js';
import { writeAnswer } from '../number-literals.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/explain/:id';

export function explain(server: FastifyInstance, tools: ServerTools): void {
  if (!tools.config.explain) return;
  const findService = serviceFinder(tools.services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => {
    request.notes.silent = true;
    findService(request);
  };
  server.post(URL_PATTERN, { onRequest }, async (request, reply) => {
    const { cards, trace } = await answer(request, findService(request), tools, true);
    return reply.type('application/json').send(writeAnswer({ cards, trace }, request.bodyText));
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
