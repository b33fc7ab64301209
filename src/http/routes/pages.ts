/** GET /rules, /rules/{id} and /leaflets/{id}: what the rules say, as pages for people. The same for every patient. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Language } from '../../cds-hooks/request.js';
import { ServiceError } from '../../errors.js';
import { STYLE_SOURCE } from '../../export/html.js';
import { refuseOtherMethods } from '../methods.js';
import type { ServerTools } from '../server.js';

const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

type PageRequest = FastifyRequest<{ Params: { id?: string }; Querystring: { language?: string } }>;

export function pages(server: FastifyInstance, { pages: write, config }: Pick<ServerTools, 'pages' | 'config'>): void {
  const languageOf = ({ query }: PageRequest): Language =>
    config.languages.find((language) => language === query.language) ?? config.languages[0];
  const send = (reply: FastifyReply, document: string | undefined): FastifyReply => {
    if (document === undefined) throw new ServiceError('unknown-path');
    return reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(document);
  };
  server.get('/rules', (request: PageRequest, reply) => send(reply, write.rules(languageOf(request))));
  server.get('/rules/:id', (request: PageRequest, reply) =>
    send(reply, write.rule(request.params.id ?? '', languageOf(request))),
  );
  server.get('/leaflets/:id', (request: PageRequest, reply) =>
    send(reply, write.leaflet(request.params.id ?? '', languageOf(request))),
  );
  for (const url of ['/rules', '/rules/:id', '/leaflets/:id']) refuseOtherMethods(server, url, 'GET');
}
