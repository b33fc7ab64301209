/**
 * GET /docs: the OpenAPI document as a page to try the service with, as JSON and as YAML; and what we ask of a FHIR server.
 * The page is Swagger UI, served from here: the policy lets it load nothing from elsewhere and ask nobody but this service.
 */
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { OPEN, openRoutes } from '../authentication.js';
import { refuseOtherMethods } from '../methods.js';
import { DOCS, pathOf } from '../openapi/document.js';
import { body, errors } from '../openapi/describe.js';
import type { ServerTools } from '../server.js';

/** No inline script and no inline style; the pictures of the style sheet are data addresses. */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': ["'self'", 'data:'],
  'connect-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

const FHIR_JSON = 'application/fhir+json';

const CAPABILITIES: FastifySchema = {
  tags: ['Documentation'],
  summary: 'What the service asks of the FHIR server of an EHR',
  description: 'A CapabilityStatement (FHIR R4) of kind requirements, mode client.',
  response: { 200: body(FHIR_JSON, 'A CapabilityStatement.', 'object'), ...errors() },
};

/** `prepareDocument` is awaited before the document is made. */
export function docs(
  server: FastifyInstance,
  { config, capabilityStatement }: Pick<ServerTools, 'config' | 'capabilityStatement'>,
  prepareDocument: () => Promise<void>,
): void {
  let json: string | undefined;
  void server.register(async (page) => {
    openRoutes(page);
    await page.register(swaggerUi, {
      routePrefix: DOCS,
      indexPrefix: pathOf(config.publicUrl),
      staticCSP: POLICY,
      theme: { title: 'Plexus CDS' },
      // Without the bar that asks for the address of another document.
      uiConfig: { layout: 'BaseLayout', docExpansion: 'list', deepLinking: true },
      uiHooks: {
        onRequest: (request, reply, done) => {
          prepareDocument().then(() => {
            if (request.routeOptions.url !== `${DOCS}/json`) {
              done();
              return;
            }
            // Written once; the plugin would write it for every reader.
            json ??= JSON.stringify(server.swagger());
            void reply.type('application/json; charset=utf-8').send(json);
          }, done);
        },
      },
    });
  });
  const statement = JSON.stringify(capabilityStatement);
  server.get(`${DOCS}/capability-statement`, { schema: CAPABILITIES, config: OPEN }, async (_request, reply) =>
    reply.type(FHIR_JSON).send(statement),
  );
  for (const path of ['', '/json', '/yaml', '/static/*', '/capability-statement'])
    refuseOtherMethods(server, `${DOCS}${path}`, 'GET');
}
