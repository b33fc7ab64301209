/** What routes say of themselves in `schema`: bodies and answers in JSON of a named schema, a text of another type, errors by their codes. */
import { errorKind, operationOutcome, ServiceError } from '../../errors.js';
import type { ErrorCode } from '../../errors.js';
import { schema } from './schemas.js';
import type { SchemaName } from './schemas.js';

/** What one status looks like; `content` is absent where there is no body. */
export interface ResponseDescription {
  readonly description: string;
  readonly content?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly type?: 'null';
}

/** Examples of a body by name: each a `value`, or a reference to one in the document. */
type Examples = Readonly<Record<string, { readonly value: unknown } | { readonly $ref: string }>>;

/** An answer in JSON. */
export function json(name: SchemaName, description: string, examples: Examples = {}): ResponseDescription {
  return {
    description,
    content: { 'application/json': { schema: schema(name), ...(isSome(examples) && { examples }) } },
  };
}

/** A request body in JSON. `x-examples` is what @fastify/swagger takes examples from, and only beside something else than a lone `$ref`. */
export function jsonBody(name: SchemaName, examples: Examples) {
  return { allOf: [schema(name)], ...(isSome(examples) && { 'x-examples': examples }) };
}

const isSome = (examples: Examples): boolean => Object.keys(examples).length > 0;

/** The service in an address. */
export function serviceId(services: readonly { readonly id: string }[]) {
  const ids = services.map(({ id }) => id);
  const id = {
    type: 'string',
    ...(ids.length > 0 && { enum: ids }),
    description: 'Id of a service, as discovery lists it.',
  };
  return { type: 'object', required: ['id'], properties: { id } };
}

/** An answer of another type: one text, or JSON that is described elsewhere. */
export function body(type: string, description: string, value: 'string' | 'object' = 'string'): ResponseDescription {
  return { description, content: { [type]: { schema: { type: value } } } };
}

/** A body that is no JSON object in UTF-8, before anybody looks at what it says. */
export const BODY_ERRORS = [
  'body-empty',
  'body-not-json',
  'body-not-utf8',
  'body-not-object',
  'body-too-deep',
  'body-too-large',
  'media-type',
] as const satisfies readonly ErrorCode[];

/** What a request to a service can meet once its body is read. */
export const REQUEST_ERRORS = [
  'missing',
  'invalid',
  'contradictory',
  'too-costly',
  'unknown-service',
  'patient-missing',
  'fhir-unusable',
  'fhir-not-r4',
  'patient-mismatch',
  'selection-unresolvable',
] as const satisfies readonly ErrorCode[];

/** What an address that needs a token can answer. */
export const TOKEN_ERRORS = [
  'unauthenticated',
  'forbidden',
  'too-many-requests',
] as const satisfies readonly ErrorCode[];

/** How callers sign, by its name in the document. */
export const SECURITY_SCHEMES = {
  clientToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The JSON Web Token of CDS Hooks, signed by a registered client: header `alg`, `kid`, `typ` `JWT`, claims `iss`, `aud` (the address that is called), `exp`, `iat`, `jti`; each opens one call.',
  },
} as const;

/** An address that needs a token; in demo mode it may be left out. */
export function security({ mode }: { readonly mode: 'demo' | 'production' }): Record<string, string[]>[] {
  return mode === 'demo' ? [{}, { clientToken: [] }] : [{ clientToken: [] }];
}

/** What every address can answer. */
const EVERYWHERE = ['malformed-http', 'headers-too-large', 'unexpected', 'unavailable'] as const;

/** The error answers of a route by status; each code is an example, with its sentence. */
export function errors(...codes: readonly ErrorCode[]): Readonly<Record<number, ResponseDescription>> {
  return errorResponses([...codes, ...EVERYWHERE]);
}

/** Codes of one status become one response. */
export function errorResponses(codes: readonly ErrorCode[]): Readonly<Record<number, ResponseDescription>> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) {
    const { status } = errorKind(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries([...byStatus].map(([status, same]) => [status, errorResponse(same)]));
}

function errorResponse(codes: readonly ErrorCode[]): ResponseDescription {
  const headers = Object.assign({}, ...codes.map((code) => errorKind(code).headers)) as Record<string, string>;
  return {
    description: codes.map((code) => errorKind(code).text ?? `Issue code ${errorKind(code).issue}, no text.`).join(' '),
    content: {
      'application/json': {
        schema: schema('OperationOutcome'),
        examples: Object.fromEntries(
          codes.map((code) => [code, { value: operationOutcome(new ServiceError(code), CORRELATION_ID) }]),
        ),
      },
    },
    ...(Object.keys(headers).length > 0 && {
      headers: Object.fromEntries(Object.keys(headers).map((name) => [name, { type: 'string' }])),
    }),
  };
}

/** Any: a real one is random. */
const CORRELATION_ID = '00000000-0000-4000-8000-000000000000';
