/** The OpenAPI document of a running service, and whether an answer is as it says. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { send } from './service.js';

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<
    Record<string, { readonly schema: object; readonly examples?: Readonly<Record<string, { value: unknown }>> }>
  >;
}

export interface Operation {
  readonly requestBody?: {
    readonly content: Readonly<
      Record<string, { readonly schema: object; readonly examples?: Readonly<Record<string, { $ref: string }>> }>
    >;
  };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface OpenApi {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, ResponseObject>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

/** The document of the service at `url`. */
export async function readOpenApi(url: string): Promise<OpenApi> {
  return (await send(`${url}/docs/json`)).json as OpenApi;
}

/** What an answer is compared by. */
export interface Answered {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** Reads the document's schemas: tells of a value whether it keeps to one, and of an answer whether it is described. */
export function createJudge({ components }: Pick<OpenApi, 'components'>) {
  const ajv = new Ajv2020({
    strict: false,
    allErrors: true,
    formats: {
      uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
      uri: (text: string) => URL.canParse(text),
      'date-time': (text: string) => !Number.isNaN(Date.parse(text)),
    },
  });
  const compiled = new Map<object, ValidateFunction>();
  /** Every fault of a value. */
  const faults = (schema: object, value: unknown): readonly string[] => {
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components });
    compiled.set(schema, validate);
    validate(value);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
  /** Every way in which an answer is not one of these responses. */
  const undescribed = (responses: Operation['responses'], { status, type, text }: Answered): readonly string[] => {
    const response = responses[status];
    if (!response) return [`status ${status} is not described`];
    if (!response.content) return text === '' ? [] : ['a body is not described'];
    const media = response.content[type.split(';')[0] ?? ''];
    if (!media) return [`type ${type} is not described`];
    return faults(media.schema, type.includes('json') ? JSON.parse(text) : text);
  };
  return { faults, undescribed };
}
