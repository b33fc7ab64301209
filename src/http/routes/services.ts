/** POST /cds-services/{id}: the cards for a request. */
import type { FastifyInstance } from 'fastify';
import { parseRequest } from '../../cds-hooks/parse-request.js';
import { refuseOtherMethods } from '../methods.js';
import { settlePreferences } from '../preferences.js';
import type { ServerTools } from '../server.js';
import { serviceFinder } from './find-service.js';

const URL_PATTERN = '/cds-services/:id';

export function services(server: FastifyInstance, { services, decide, config, metrics }: ServerTools): void {
  const findService = serviceFinder(services);
  const onRequest = async (request: Parameters<typeof findService>[0]) => void findService(request);
  server.post(URL_PATTERN, { onRequest }, async (request) => {
    const service = findService(request);
    const parsed = parseRequest(request.body, service);
    request.notes.hookInstance = parsed.hookInstance;
    const { cards } = decide(settlePreferences(parsed, request.headers['accept-language'], config), { explain: false });
    request.notes.cards = cards.length;
    metrics.countCards(service.id, cards);
    return { cards };
  });
  refuseOtherMethods(server, URL_PATTERN, 'POST');
}
