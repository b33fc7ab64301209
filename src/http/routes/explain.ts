/** POST /explain/{id}: the cards for a request and how they came about; only where it is switched on, and never logged. */
import type { FastifyInstance } from 'fastify';
import { parseRequest } from '../../cds-hooks/parse-request.js';
import { refuseOtherMethods } from '../methods.js';
import { settlePreferences } from '../preferences.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/explain/:id';

export function explain(server: FastifyInstance, { services, decide, config }: ServerTools): void {
  if (!config.explain) return;
  const findService = serviceFinder(services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => {
    request.notes.silent = true;
    findService(request);
  };
  server.post(URL_PATTERN, { onRequest }, async (request) => {
    const parsed = parseRequest(request.body, findService(request));
    const { cards, trace } = decide(settlePreferences(parsed, request.headers['accept-language'], config), {
      explain: true,
    });
    return { cards, trace };
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
