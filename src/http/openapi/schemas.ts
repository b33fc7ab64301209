/**
 * The named schemas of the OpenAPI document: those that requests are checked by, and those that answers keep to.
 * A route names one by `schema('Card')`. Our own parsers check requests and name place and cure; Fastify checks and writes nothing by them.
 */
import type { FastifyInstance } from 'fastify';
import { FEEDBACK_SCHEMA } from '../../cds-hooks/feedback.js';
import { REQUEST_SCHEMA } from '../../cds-hooks/parse-request.js';
import { RESPONSE_SCHEMAS } from '../../cds-hooks/response-schema.js';
import { closed } from '../../cds-hooks/schema.js';
import { ERRORS } from '../../errors.js';
import { EXPLANATION_TEXTS_SCHEMA } from './explanation-texts-schema.js';
import { TRACE_SCHEMA } from './trace-schema.js';

const text = { type: 'string', minLength: 1 } as const;

/** By name. */
export const SCHEMAS = {
  CdsRequest: REQUEST_SCHEMA,
  Feedback: FEEDBACK_SCHEMA,
  ...RESPONSE_SCHEMAS,
  Explanation: closed({ ...RESPONSE_SCHEMAS.CardsAnswer.properties, trace: { $ref: '#/components/schemas/Trace' } }),
  Trace: TRACE_SCHEMA,
  ExplanationTexts: EXPLANATION_TEXTS_SCHEMA,
  Live: closed({ status: { const: 'live' } }),
  Ready: closed(
    { status: { const: 'ready' }, rules: { type: 'integer', minimum: 0, description: 'Number of rules.' } },
    {
      disabled: { type: 'array', items: text, minItems: 1, description: 'Rules and decisions that are switched off.' },
    },
  ),
  OperationOutcome: {
    ...closed({
      resourceType: { const: 'OperationOutcome' },
      issue: {
        type: 'array',
        minItems: 1,
        maxItems: 1,
        items: closed(
          {
            severity: { const: 'error' },
            code: { enum: [...new Set(Object.values(ERRORS).map(({ issue }) => issue))] },
          },
          {
            details: closed({ text }),
            expression: { type: 'array', items: text, minItems: 1, maxItems: 1 },
            diagnostics: { ...text, description: 'Correlation id, with status 500 only.' },
          },
        ),
      },
    }),
    description: 'What is wrong, the cure, and where it helps the place in the request. Never repeats what was sent.',
  },
} as const;

export type SchemaName = keyof typeof SCHEMAS;

/** A reference to a named schema. */
export function schema(name: SchemaName): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

/** Keeps Fastify from checking or writing anything by the schemas of its routes. */
export function onlyDescribe(server: FastifyInstance): void {
  server.setValidatorCompiler(() => () => true);
  server.setSerializerCompiler(() => (value) => JSON.stringify(value));
}
