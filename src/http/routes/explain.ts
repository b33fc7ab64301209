/** POST /explain/{id}: the cards for a request and how they came about; only where it is switched on, and never logged. */
import type { FastifyInstance, FastifySchema } from 'fastify';
import { answer } from '../answer.js';
import { refuseOtherMethods } from '../methods.js';
import { writeAnswer } from '../number-literals.js';
import { exampleReferences } from '../openapi/examples.js';
import { BODY_ERRORS, errors, json, jsonBody, REQUEST_ERRORS, serviceId } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/explain/:id';

function describe(tools: ServerTools): FastifySchema {
  return {
    tags: ['Explanation'],
    summary: 'The cards for a request and how they came about',
    description: 'The same body as the service takes. Holds data of the patient that was sent, and is never logged.',
    params: serviceId(tools.services),
    body: jsonBody('CdsRequest', exampleReferences(tools, 'request')),
    response: { 200: json('Explanation', 'Cards and trace.'), ...errors(...BODY_ERRORS, ...REQUEST_ERRORS) },
  };
}

export function explain(server: FastifyInstance, tools: ServerTools): void {
  if (!tools.config.explain) return;
  const findService = serviceFinder(tools.services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => {
    request.notes.silent = true;
    findService(request);
  };
  server.post(URL_PATTERN, { onRequest, schema: describe(tools) }, async (request, reply) => {
    const { cards, trace } = await answer(request, findService(request), tools, true);
    return reply.type('application/json').send(writeAnswer({ cards, trace }, request.bodyText));
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
