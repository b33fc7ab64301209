/**
 * Every error that a caller can meet, as data: code, HTTP status, FHIR issue type and one sentence that says what to do about it.
 * A `ServiceError` enters, an OperationOutcome leaves. Texts are ours: nothing that a caller sent is ever repeated here.
 */
import type { OperationOutcome, OperationOutcomeIssue } from 'fhir/r4.js';

interface ErrorKind {
  readonly status: number;
  /** Code of http://hl7.org/fhir/issue-type. */
  readonly issue: OperationOutcomeIssue['code'];
  /** Absent where the caller must learn nothing but the status. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const ERRORS = {
  'body-empty': { status: 400, issue: 'structure', text: 'The request has no body; send one JSON object.' },
  'body-not-json': {
    status: 400,
    issue: 'structure',
    text: 'The body cannot be read as JSON; send one JSON object without comments, trailing commas or __proto__ keys.',
  },
  'body-not-utf8': { status: 400, issue: 'structure', text: 'The body is not valid UTF-8; send JSON in UTF-8.' },
  'body-not-object': {
    status: 400,
    issue: 'structure',
    text: 'The body is JSON but not an object; send one JSON object.',
  },
  'body-too-deep': {
    status: 400,
    issue: 'too-costly',
    text: 'The body is nested too deeply; send plain FHIR resources.',
  },
  'too-costly': {
    status: 400,
    issue: 'too-costly',
    text: 'The request asks for more than this service judges at once; send less.',
  },
  'malformed-http': {
    status: 400,
    issue: 'structure',
    text: 'The HTTP request is malformed; check method, headers and length.',
  },
  missing: { status: 400, issue: 'required', text: 'A required member is missing or empty; add it.' },
  invalid: { status: 400, issue: 'value', text: 'A member has a value that CDS Hooks does not allow; correct it.' },
  contradictory: { status: 400, issue: 'invariant', text: 'Members contradict each other; correct one of them.' },
  unauthenticated: { status: 401, issue: 'login', headers: { 'www-authenticate': 'Bearer' } },
  forbidden: {
    status: 403,
    issue: 'forbidden',
    text: 'This client may not call this service; ask the operator to register it.',
  },
  'unknown-path': {
    status: 404,
    issue: 'not-found',
    text: 'There is nothing at this address; start from GET /cds-services.',
  },
  'unknown-service': {
    status: 404,
    issue: 'not-found',
    text: 'There is no service of this id; GET /cds-services lists the services.',
  },
  'wrong-method': {
    status: 405,
    issue: 'not-supported',
    text: 'This address does not take this method; the Allow header lists the methods.',
  },
  'patient-missing': {
    status: 412,
    issue: 'processing',
    text: 'The patient could not be had; send prefetch key patient.',
  },
  'body-too-large': {
    status: 413,
    issue: 'too-long',
    text: 'The body is larger than this service accepts; send less prefetch data.',
  },
  'media-type': {
    status: 415,
    issue: 'not-supported',
    text: 'The body is not plain JSON in UTF-8; send application/json without Content-Encoding.',
  },
  'fhir-unusable': {
    status: 422,
    issue: 'structure',
    text: 'A FHIR resource in the request cannot be used; send FHIR R4 resources as the hook defines them.',
  },
  'fhir-not-r4': {
    status: 422,
    issue: 'not-supported',
    text: 'An order to judge is not FHIR R4; send MedicationRequest or ServiceRequest.',
  },
  'patient-mismatch': {
    status: 422,
    issue: 'conflict',
    text: 'A resource belongs to another patient than context.patientId; check which patient is open.',
  },
  'selection-unresolvable': {
    status: 422,
    issue: 'not-found',
    text: 'None of the selections is in draftOrders; send the selected orders as entries of the Bundle.',
  },
  'too-many-requests': {
    status: 429,
    issue: 'throttled',
    text: 'Too many requests; wait as long as Retry-After says.',
    headers: { 'retry-after': '5' },
  },
  'headers-too-large': {
    status: 431,
    issue: 'too-long',
    text: 'The request line or headers are too large; shorten them.',
  },
  unexpected: { status: 500, issue: 'exception' },
  unavailable: {
    status: 503,
    issue: 'transient',
    text: 'The service is busy or closing; try again after Retry-After.',
    headers: { 'retry-after': '5' },
  },
} as const satisfies Readonly<Record<string, ErrorKind>>;

export type ErrorCode = keyof typeof ERRORS;

/** The entry of `ERRORS` for a code. */
export function errorKind(code: ErrorCode): ErrorKind {
  return ERRORS[code];
}

export interface ErrorPlace {
  /** FHIRPath-like place in the request, such as `context.patientId`. */
  readonly expression?: string;
  /** A sentence of our own that says more; never holds anything that was sent. */
  readonly detail?: string;
  /** Response headers beside those of the table. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that the caller is told about. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  readonly expression: string | undefined;
  readonly detail: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, place: ErrorPlace = {}) {
    super(code);
    this.name = 'ServiceError';
    this.code = code;
    this.expression = place.expression;
    this.detail = place.detail;
    this.headers = { ...errorKind(code).headers, ...place.headers };
  }

  get status(): number {
    return errorKind(this.code).status;
  }
}

/**
 * The body of an error reply. `correlationId` is told for code `unexpected` only, as `diagnostics`:
 * with it the operator finds the log line.
 */
export function operationOutcome(error: ServiceError, correlationId?: string): OperationOutcome {
  const { issue: code, text } = errorKind(error.code);
  const issue: OperationOutcomeIssue = { severity: 'error', code };
  if (text !== undefined) {
    issue.details = { text: error.detail === undefined ? text : `${text} ${error.detail}` };
    if (error.expression !== undefined) issue.expression = [error.expression];
  } else if (error.code === 'unexpected' && correlationId !== undefined) {
    issue.diagnostics = correlationId;
  }
  return { resourceType: 'OperationOutcome', issue: [issue] };
}
