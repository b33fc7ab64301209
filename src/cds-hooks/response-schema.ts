/**
 * What we answer, as JSON Schemas: discovery and cards. Closed, so that a member which nobody described is seen; types are in `response.ts`.
 * Answers are not checked against them while a client waits: the tests do that. `ref('Card')` names another one of them.
 */
import { HOOKS } from './request.js';
import { CARD_EXTENSION } from './response.js';
import { closed } from './schema.js';

/** Another one of the schemas, at its place in the OpenAPI document. */
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const text = { type: 'string', minLength: 1 } as const;
const uuid = { type: 'string', format: 'uuid' } as const;

function list(items: unknown) {
  return { type: 'array', items, minItems: 1 };
}

const resource = {
  type: 'object',
  required: ['resourceType'],
  properties: { resourceType: text },
  description: 'A resource of FHIR R4.',
};

const extension = closed({
  [CARD_EXTENSION]: closed(
    {
      family: { ...text, description: 'Family of the rule that leads the card.' },
      rules: list(closed({ id: text, version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' } })),
      statements: { ...list(text), description: 'Ids of the catalogue of every statement that fired into the card.' },
    },
    {
      missing: { ...list(text), description: 'Ids of facts that are not recorded and could change the advice.' },
      order: {
        type: 'string',
        pattern: '^[A-Za-z]+(/.+)?$',
        description: '`Type/id` of the draft that the card judges; `Type` where it was sent without an id.',
      },
    },
  ),
});

/** By the name that each has in the OpenAPI document. */
export const RESPONSE_SCHEMAS = {
  Discovery: closed({ services: { type: 'array', items: ref('Service') } }),
  Service: closed({
    id: text,
    hook: { enum: HOOKS },
    title: text,
    description: text,
    usageRequirements: text,
    version: { ...text, description: 'Version of CDS Hooks that is spoken.' },
    hookVersion: text,
    prefetch: {
      type: 'object',
      required: ['patient'],
      additionalProperties: { type: 'string' },
      description: 'Prefetch templates by key.',
    },
  }),
  CardsAnswer: closed({ cards: { type: 'array', items: ref('Card') } }),
  Card: closed(
    {
      uuid,
      summary: { ...text, maxLength: 139 },
      detail: {
        ...text,
        description: 'GitHub-flavoured Markdown, or plain text where the entry of the client says so.',
      },
      indicator: { enum: ['info', 'warning', 'critical'] },
      source: closed({ label: text, topic: ref('Coding') }, { url: { type: 'string', format: 'uri' } }),
      overrideReasons: list(ref('Coding')),
      extension,
    },
    {
      suggestions: list(ref('Suggestion')),
      selectionBehavior: { enum: ['at-most-one', 'any'] },
      links: list(ref('Link')),
    },
  ),
  Coding: closed({ system: { type: 'string', format: 'uri' }, code: text }, { display: text }),
  Suggestion: closed(
    { label: text, uuid, actions: list(ref('Action')) },
    { isRecommended: { const: true, description: 'Only the withdrawal of an order that is forbidden.' } },
  ),
  Action: {
    ...closed(
      { type: { enum: ['create', 'update', 'delete'] }, description: text },
      { resource, resourceId: { type: 'string', pattern: '^[A-Za-z]+/.+$' } },
    ),
    if: { properties: { type: { const: 'delete' } } },
    then: { required: ['resourceId'] },
    else: { required: ['resource'] },
  },
  Link: closed({ label: text, url: { type: 'string', format: 'uri' }, type: { enum: ['absolute', 'smart'] } }),
} as const;
