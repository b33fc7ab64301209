/**
 * How our JSON Schemas speak: ajv's first error in, a `ServiceError` with the place in the request out.
 * Also holds the limit on nesting, which a schema cannot express, and the word for what we answer: closed.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv';
import { ServiceError } from '../errors.js';

export const FHIR_ID = '[A-Za-z0-9\\-.]{1,64}';

/** Deeper than any FHIR resource in use, far shallower than what upsets recursive code. */
const MAX_DEPTH = 60;

/** A compiler for lenient schemas: nothing is coerced, removed or filled in. `verbose` only tells null from a wrong type. */
export function schemaCompiler(formats: Readonly<Record<string, (text: string) => boolean>>): Ajv2020 {
  return new Ajv2020({
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    verbose: true,
    formats: { ...formats },
  });
}

type Members = Readonly<Record<string, unknown>>;

/** The schema of an object that has these members and no other: for what we answer, so that an undescribed member is seen. */
export function closed(required: Members, optional: Members = {}) {
  return {
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  } as const;
}

/** `/feedback/0/card` as `feedback[0].card`. */
function place(pointer: string): string {
  return pointer
    .slice(1)
    .split('/')
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join('')
    .replace(/^\./, '');
}

/** Turns the first of ajv's errors into an error of ours; null and empty values count as missing. `cures` by place says more of a wrong value. */
export function refusal(
  errors: readonly ErrorObject[] | null | undefined,
  cures: Readonly<Record<string, string>> = {},
): ServiceError {
  const error = errors?.[0];
  if (error === undefined) return new ServiceError('invalid');
  const { missingProperty } = error.params as { readonly missingProperty?: string };
  const pointer = missingProperty === undefined ? error.instancePath : `${error.instancePath}/${missingProperty}`;
  const expression = pointer === '' ? undefined : place(pointer);
  const at = expression === undefined ? {} : { expression };
  if (error.keyword === 'dependentRequired') return new ServiceError('contradictory', at);
  const nothing = error.data === null || error.data === '' || error.keyword === 'minProperties';
  if (error.keyword === 'required' || nothing) return new ServiceError('missing', at);
  const detail = cures[expression ?? ''];
  return new ServiceError('invalid', { ...at, ...(detail !== undefined && { detail }) });
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a JSON value is an object, not an array or null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as an object. Throws 400 for anything else and for nesting beyond the limit. */
export function requireObject(body: unknown): JsonObject {
  if (body === undefined) throw new ServiceError('body-empty');
  if (!isObject(body)) throw new ServiceError('body-not-object');
  if (isTooDeep(body)) throw new ServiceError('body-too-deep');
  return body;
}

/** Recursive only as deep as the limit, whatever the input holds. */
function isTooDeep(node: object, room = MAX_DEPTH): boolean {
  if (room === 0) return true;
  for (const key in node) {
    const child: unknown = (node as JsonObject)[key];
    if (typeof child === 'object' && child !== null && isTooDeep(child, room - 1)) return true;
  }
  return false;
}
