/**
 * POST /explain/{id}: the cards for a request and how they came about; never logged. GET /explain/texts: what rules and facts are called there,
 * the same for every patient. Only where explaining is switched on.
 */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { answer } from '../answer.js';
import { OPEN } from '../authentication.js';
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

const URL_PATTERN = '/explain/:id';
const TEXTS = '/explain/texts';

function describe(tools: ServerTools): FastifySchema {
  return {
    tags: ['Explanation'],
    summary: 'The cards for a request and how they came about',
    description: 'The same body as the service takes. Holds data of the patient that was sent, and is never logged.',
    security: security(tools.config),
    params: serviceId(tools.services),
    body: jsonBody('CdsRequest', exampleReferences(tools, 'request')),
    response: {
      200: json('Explanation', 'Cards and trace.'),
      ...errors(...TOKEN_ERRORS, ...BODY_ERRORS, ...REQUEST_ERRORS),
    },
  };
}

const DESCRIBE_TEXTS: FastifySchema = {
  tags: ['Explanation'],
  summary: 'What the decisions, rules and facts of a trace are called, and what the rules rest on',
  description: 'The same for every patient, in every served language; with an `ETag`, which `If-None-Match` may name.',
  response: {
    200: json('ExplanationTexts', 'The texts by id.'),
    304: { description: 'They are those of the ETag.', type: 'null' },
    ...errors(),
  },
};

export function explain(server: FastifyInstance, tools: ServerTools): void {
  if (!tools.config.explain) return;
  const findService = serviceFinder(tools.services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => {
    request.notes.silent = true;
    findService(request);
  };
  server.post(URL_PATTERN, { onRequest, schema: describe(tools) }, async (request, reply) => {
    const { cards, trace, literals } = await answer(request, findService(request), tools, true);
    return reply.type('application/json').send(writeAnswer({ cards, trace }, literals));
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
  serveTexts(server, tools);
}

/** Fixed while the service runs, and another after a restart perhaps: kept by whoever asks, and asked for again each time. */
function serveTexts(server: FastifyInstance, { explanationTexts }: ServerTools): void {
  const text = JSON.stringify(explanationTexts);
  const tag = createHash('sha256').update(text).digest('base64url').slice(0, 27);
  server.get(TEXTS, { schema: DESCRIBE_TEXTS, config: OPEN }, async (request, reply) => {
    // What a proxy compresses on its way keeps its tag as a weak one.
    reply.headers({ etag: `W/"${tag}"`, 'cache-control': 'no-cache' });
    if (request.headers['if-none-match']?.includes(`"${tag}"`)) return reply.code(304).send();
    return reply.type('application/json').send(text);
  });
  refuseOtherMethods(server, TEXTS, 'GET');
}
