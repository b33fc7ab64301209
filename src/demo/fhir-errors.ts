/**
 * What the demo EHR answers when it cannot do what is asked: always an OperationOutcome with one issue, place and cure.
 * Values that were sent are never repeated; of names only that of a search parameter, and only when it looks like one.
 */
import type { FastifyInstance } from 'fastify';
import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4.js';
import { operationOutcome } from '../errors.js';
import type { ErrorCode } from '../errors.js';
import { toServiceError } from '../http/error-replies.js';

export const FHIR_JSON = 'application/fhir+json; charset=utf-8';

export interface FhirErrorPlace {
  /** Element of the resource, or `http.` and the name of a parameter or header. */
  readonly expression?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal of the FHIR API: HTTP status, FHIR issue type, and a sentence that says what to do. */
export class FhirError extends Error {
  readonly status: number;
  readonly issue: OperationOutcomeIssue['code'];
  readonly place: FhirErrorPlace;

  constructor(status: number, issue: OperationOutcomeIssue['code'], text: string, place: FhirErrorPlace = {}) {
    super(text);
    this.name = 'FhirError';
    this.status = status;
    this.issue = issue;
    this.place = place;
  }
}

const PARAMETER_NAME = /^[A-Za-z_][A-Za-z:._-]{0,39}$/;

/** A 400 about one search parameter. `cure` goes on after its name. */
export function badParameter(name: string, cure: string, issue: 'value' | 'not-supported' = 'value'): FhirError {
  if (!PARAMETER_NAME.test(name)) return new FhirError(400, issue, `A parameter ${cure}`);
  return new FhirError(400, issue, `Parameter ${name} ${cure}`, { expression: `http.${name}` });
}

/** Sentences of the service that would name the wrong cure here. */
const OWN_WORDS: Partial<Readonly<Record<ErrorCode, string>>> = {
  'body-too-large': 'The body is larger than this server accepts; send a smaller resource.',
  'media-type':
    'The body is not of a type that is read here; send a resource as application/fhir+json or application/json in UTF-8, a search as application/x-www-form-urlencoded.',
};

/** Answers every fault below the prefix of `scope`; what nobody expected is left to the server around it. */
export function replyWithFhirErrors(scope: FastifyInstance): void {
  scope.setErrorHandler((thrown, _request, reply) => {
    const { status, headers, outcome } = describe(thrown);
    return reply.code(status).headers(headers).type(FHIR_JSON).send(outcome);
  });
  scope.setNotFoundHandler(() => {
    throw new FhirError(404, 'not-found', `There is nothing at this address; start from GET ${scope.prefix}/metadata.`);
  });
}

interface Description {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly outcome: OperationOutcome;
}

function describe(thrown: unknown): Description {
  if (thrown instanceof FhirError) {
    const { status, issue, message, place } = thrown;
    return { status, headers: place.headers ?? {}, outcome: outcomeOf(issue, message, place.expression) };
  }
  const error = toServiceError(thrown);
  if (error.code === 'unexpected') throw thrown;
  const words = OWN_WORDS[error.code];
  const outcome = operationOutcome(error);
  const [issue] = outcome.issue;
  return {
    status: error.status,
    headers: error.headers,
    outcome: words === undefined || issue === undefined ? outcome : outcomeOf(issue.code, words),
  };
}

function outcomeOf(code: OperationOutcomeIssue['code'], text: string, expression?: string): OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: [
      { severity: 'error', code, details: { text }, ...(expression !== undefined && { expression: [expression] }) },
    ],
  };
}
