/**
 * The OpenAPI 3.1 document of our own addresses, made from the schemas of the routes when it is first asked for.
 * What a route does not say of itself (tags) is not in it: the answers to wrong methods, the files of the page, the FHIR API of the demo EHR.
 */
import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import type { FastifyInstance, FastifySchema } from 'fastify';
import { ERRORS } from '../../errors.js';
import type { ErrorCode } from '../../errors.js';
import type { ServerTools } from '../server.js';
import { answerExamples, exampleObjects, type ExampleCall } from './examples.js';
import { body, errorResponses, errors, SECURITY_SCHEMES } from './describe.js';
import { onlyDescribe, SCHEMAS } from './schemas.js';

/** Where the page stands. */
export const DOCS = '/docs';

const DESCRIPTION = `Clinical decision support for general practice in the Netherlands and Belgium by [CDS Hooks](https://cds-hooks.org) 2.0.1: neuralgic amyotrophy, \
neck, arm, back and leg pain. **Not CE-marked, not for clinical use.** The patients of the examples do not exist.

Requests and answers are JSON in UTF-8. Every error is an OperationOutcome with one issue. An address that is not here answers 404, another method than the one that is here 405 with \
\`Allow\`; \`components.responses\` has both, and every other error of the service. Members of a request that nothing here describes are ignored.

What the service asks of the FHIR server of an EHR is a CapabilityStatement, at \`/docs/capability-statement\`.`;

const TAGS = [
  { name: 'CDS Hooks', description: 'What an EHR calls.' },
  { name: 'Explanation', description: 'How an answer came about.' },
  { name: 'Pages', description: 'The rules and leaflets, for people.' },
  { name: 'Operations', description: 'Health and metrics.' },
  { name: 'Documentation', description: 'This document, and what the service asks of a FHIR server.' },
  { name: 'Demo EHR', description: 'In demo mode: a FHIR server with the example patients.' },
];

/** That of package.json; a test compares them. */
const VERSION = '0.1.0';

/** Every error that the service knows, by status: also those of no address in particular. */
const RESPONSES = Object.fromEntries(
  Object.entries(errorResponses(Object.keys(ERRORS) as ErrorCode[])).map(([status, { headers = {}, ...response }]) => {
    const described = Object.entries(headers).map(([name, schema]) => [name, { schema }] as const);
    return [status, { ...response, headers: Object.fromEntries(described) }];
  }),
);

/** The routes of the page, which the plugin that serves it does not describe. */
const PAGE_ROUTES: Readonly<Record<string, FastifySchema>> = {
  [DOCS]: page('This document as a page to try the service with', 'text/html'),
  [`${DOCS}/json`]: page('This document', 'application/json', 'object'),
  [`${DOCS}/yaml`]: page('This document as YAML', 'application/x-yaml'),
};

function page(summary: string, type: string, value: 'string' | 'object' = 'string'): FastifySchema {
  return { tags: ['Documentation'], summary, response: { 200: body(type, 'The document.', value), ...errors() } };
}

/**
 * Registers what collects the routes; those that are to be in the document are added in a later plugin.
 * Returns what is to be awaited before the document is asked for: the examples are answered then, once.
 */
export function describeApi(server: FastifyInstance, tools: ServerTools): () => Promise<void> {
  let calls: readonly ExampleCall[] | undefined;
  onlyDescribe(server);
  const options: FastifyDynamicSwaggerOptions = {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Plexus CDS',
        version: VERSION,
        description: DESCRIPTION,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: pathOf(tools.config.publicUrl) || '/' }],
      tags: TAGS,
      components: { securitySchemes: SECURITY_SCHEMES },
    },
    hideUntagged: true,
    stripBasePath: false,
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => ({ schema: (route.method === 'GET' && PAGE_ROUTES[url]) || schema, url }),
    transformObject: (made) => {
      const document = 'openapiObject' in made ? made.openapiObject : {};
      const components: object = {
        schemas: SCHEMAS,
        responses: RESPONSES,
        examples: exampleObjects(calls ?? []),
        securitySchemes: SECURITY_SCHEMES,
      };
      return { ...document, components };
    },
  };
  void server.register(swagger, options);
  return async () => {
    calls ??= await answerExamples(tools);
  };
}

/** Path of a base URL, without trailing slash; empty at the root of a host. */
export function pathOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
}
