/** GET /rules, /rules/{id} and /leaflets/{id}: what the rules say, as pages for people. The same for every patient. */
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify';
import type { Language } from '../../cds-hooks/request.js';
import { ServiceError } from '../../errors.js';
import { STYLE_SOURCE } from '../../export/html.js';
import { OPEN } from '../authentication.js';
import { refuseOtherMethods } from '../methods.js';
import { body, errors } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';

const POLICY = `default-src 'none'; style-src ${STYLE_SOURCE}; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

type PageRequest = FastifyRequest<{ Params: { id?: string }; Querystring: { language?: string } }>;

/** `{id}` in the address says what it is an id of. */
function describe(languages: readonly Language[], summary: string, id?: string): FastifySchema {
  const language = { enum: languages, description: 'A served language; the first one otherwise.' };
  return {
    tags: ['Pages'],
    summary,
    ...(id !== undefined && {
      params: { type: 'object', required: ['id'], properties: { id: { type: 'string', description: id } } },
    }),
    querystring: { type: 'object', properties: { language } },
    response: {
      200: body('text/html', 'A page without script.'),
      ...(id === undefined ? errors() : errors('unknown-path')),
    },
  };
}

export function pages(server: FastifyInstance, { pages: write, config }: Pick<ServerTools, 'pages' | 'config'>): void {
  const languageOf = ({ query }: PageRequest): Language =>
    config.languages.find((language) => language === query.language) ?? config.languages[0];
  // Fixed while the service runs, and made of all rules: each is written once, and only what exists is kept.
  const written = new Map<string, string>();
  const once = (page: string, write: () => string | undefined): string | undefined => {
    const document = written.get(page) ?? write();
    if (document !== undefined) written.set(page, document);
    return document;
  };
  const send = (reply: FastifyReply, document: string | undefined): FastifyReply => {
    if (document === undefined) throw new ServiceError('unknown-path');
    return reply.header('content-security-policy', POLICY).type('text/html; charset=utf-8').send(document);
  };
  const { languages } = config;
  const rules = describe(languages, 'The rules by decision');
  server.get('/rules', { schema: rules, config: OPEN }, (request: PageRequest, reply) => {
    const language = languageOf(request);
    return send(
      reply,
      once(language, () => write.rules(language)),
    );
  });
  const rule = describe(languages, 'A rule: its source, its clauses, its card and its examples', 'Id of a rule.');
  server.get('/rules/:id', { schema: rule, config: OPEN }, (request: PageRequest, reply) => {
    const { id = '' } = request.params;
    const language = languageOf(request);
    return send(
      reply,
      once(`rules/${id}/${language}`, () => write.rule(id, language)),
    );
  });
  const leaflet = describe(languages, 'Background that cards link to', 'Id of a leaflet.');
  server.get('/leaflets/:id', { schema: leaflet, config: OPEN }, (request: PageRequest, reply) => {
    const { id = '' } = request.params;
    const language = languageOf(request);
    return send(
      reply,
      once(`leaflets/${id}/${language}`, () => write.leaflet(id, language)),
    );
  });
  for (const url of ['/rules', '/rules/:id', '/leaflets/:id']) refuseOtherMethods(server, url, 'GET');
}
