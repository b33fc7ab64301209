/**
 * A request body enters, a `CdsRequest` leaves, or a `ServiceError` says what is wrong and where.
 * The envelope of CDS Hooks is held to the letter; the FHIR resources in it are only taken out of their Bundles,
 * and refused where judging them would be unsafe (another patient, not R4). Their content is read by `fhir/` and `case/`.
 */
import { withoutSlash } from '../base-url.js';
import { ServiceError } from '../errors.js';
import { readContext } from './context.js';
import { withoutIdentity } from './patient-elements.js';
import { isResource } from './bundle-entries.js';
import { readPreferences } from './preferences.js';
import { isPrefetchKey } from './prefetch.js';
import type { CdsRequest, Tolerance } from './request.js';
import { isObject, refusal, requireObject, schemaCompiler } from './schema.js';
import type { JsonObject } from './schema.js';
import type { Service } from './services.js';

interface Envelope {
  readonly hook: string;
  readonly hookInstance: string;
  readonly context: JsonObject;
  readonly prefetch?: JsonObject;
  readonly fhirServer?: string;
  readonly fhirAuthorization?: { readonly access_token: string; readonly expires_in: number; readonly scope: string };
  readonly extension?: unknown;
}

function isFhirServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && url.username === '' && url.password === '' && !text.includes('#');
}

/** Ours, characters: web servers take 8 kB of a header or a little more, and refuse longer ones in ways that look like a breakdown. */
const MOST_TOKEN = 8192;

/** The envelope; what `context`, `prefetch` and `extension` hold is read by code, and here only described. */
export const REQUEST_SCHEMA = {
  type: 'object',
  required: ['hook', 'hookInstance', 'context'],
  dependentRequired: { fhirAuthorization: ['fhirServer'] },
  properties: {
    hook: { type: 'string', minLength: 1, description: 'The hook that the service answers.' },
    hookInstance: {
      type: 'string',
      // Any case, any version digit: EHRs make them in their own way.
      pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
      description: 'UUID of this call of the hook.',
    },
    context: {
      type: 'object',
      minProperties: 1,
      description:
        'Of every hook `patientId` and `userId`, and `encounterId` where there is one. Order hooks: `draftOrders` (Bundle), order-select also `selections` (list of `Type/id`). appointment-book: `appointments` (Bundle). problem-list-item-create: `conditions` (Bundle).',
    },
    prefetch: {
      type: 'object',
      description:
        'A value for each key that discovery names: a resource, a searchset Bundle, null for nothing found, an OperationOutcome for what failed. Only `patient` is required, and read from `fhirServer` when it is not here.',
    },
    fhirServer: {
      type: 'string',
      format: 'uri',
      description: 'Base URL of the FHIR R4 server of the EHR, http or https; read from only if it is registered.',
    },
    fhirAuthorization: {
      type: 'object',
      required: ['access_token', 'token_type', 'expires_in', 'scope', 'subject'],
      properties: {
        access_token: {
          type: 'string',
          pattern: '^[A-Za-z0-9\\-._~+/]+=*$',
          maxLength: MOST_TOKEN,
          description: 'Bearer token as RFC 6750 writes one.',
        },
        token_type: { type: 'string', pattern: '^[Bb]earer$' },
        expires_in: { type: 'integer', description: 'Seconds.' },
        // Epic's scopes are not SMART syntax, so only the type is checked.
        scope: { type: 'string' },
        subject: { type: 'string' },
      },
    },
    extension: {
      description:
        '`example.plexus-cds.request`: `{"jurisdiction": "NL"|"BE", "language": "nl"|"en"|"fr", "now": dateTime}`, each honoured in demo mode or where the entry of the client allows it (`now` in demo mode only).',
    },
  },
} as const;

const isEnvelope = schemaCompiler({ uri: isFhirServer }).compile<Envelope>(REQUEST_SCHEMA);

/** What more there is to say of a member that is not as it should be. */
const CURES = {
  'fhirAuthorization.access_token': `A bearer token is at most ${MOST_TOKEN} letters, digits and - . _ ~ + / with = at its end (RFC 6750); send it without spaces or line ends.`,
};

/**
 * Checks and normalises a request to `service`.
 * Throws `ServiceError`: 400 for envelope and context, 422 for FHIR that cannot be used, as the README's table of errors says.
 */
export function parseRequest(body: unknown, service: Service): CdsRequest {
  const envelope = requireObject(body);
  // A context that is no object holds no required field: it counts as missing, not as a wrong value.
  if (!isObject(envelope.context)) throw new ServiceError('missing', { expression: 'context' });
  if (!isEnvelope(envelope)) throw refusal(isEnvelope.errors, CURES);
  if (envelope.hook !== service.hook) {
    throw new ServiceError('invalid', { expression: 'hook', detail: `This service answers hook ${service.hook}.` });
  }
  const { context, tolerated: inContext } = readContext(envelope.context, service.hook);
  const tolerated = [...inContext];
  const prefetch = unwrapPrefetch(envelope.prefetch ?? {}, tolerated);
  requireSamePatient(prefetch, context.patientId);
  const { fhirServer, fhirAuthorization } = envelope;
  // Nobody is shown a token that has ended: the FHIR server would refuse it, and count that against us.
  const isEnded = fhirAuthorization !== undefined && fhirAuthorization.expires_in <= 0;
  if (isEnded) tolerated.push({ where: 'fhirAuthorization', what: 'a token that has ended, not used' });
  return {
    hook: service.hook,
    hookInstance: envelope.hookInstance,
    context,
    prefetch,
    preferences: readPreferences(envelope.extension),
    ...(fhirServer !== undefined && { fhirServer: withoutSlash(fhirServer) }),
    ...(fhirAuthorization &&
      !isEnded && {
        fhirAuthorization: { token: fhirAuthorization.access_token, scope: fhirAuthorization.scope },
      }),
    ...(tolerated.length > 0 && { tolerated }),
  };
}

/** Ours: many times the keys that discovery names; an object of hundreds of thousands of keys takes seconds to go through. */
const MOST_PREFETCH_KEYS = 200;

/** Clients from before CDS Hooks 1.0 wrap each value as `{response, resource}`. */
function unwrapPrefetch(prefetch: JsonObject, tolerated: Tolerance[]): JsonObject {
  if (Object.keys(prefetch).length > MOST_PREFETCH_KEYS) {
    const detail = `It holds more than ${MOST_PREFETCH_KEYS} keys; discovery names those that are read.`;
    throw new ServiceError('too-costly', { expression: 'prefetch', detail });
  }
  const values = Object.entries(prefetch).map(([key, value]) => {
    const isWrapped = isObject(value) && value.resourceType === undefined && 'resource' in value;
    const resource = isWrapped ? value.resource : value;
    // Only a key that is ours may be named: any other was written by the caller.
    const where = isPrefetchKey(key) ? `prefetch.${key}` : 'prefetch';
    if (isWrapped) tolerated.push({ where, what: 'wrapped as {response, resource}' });
    if (resource !== null && !isResource(resource)) {
      throw new ServiceError('fhir-unusable', { expression: where });
    }
    return [key, resource && withoutIdentity(resource)] as const;
  });
  return Object.fromEntries(values);
}

/** Cards about the wrong patient are the worst fault this service can make, so the Patient that was sent must be the one of the context. */
function requireSamePatient(prefetch: JsonObject, patientId: string): void {
  for (const [key, value] of Object.entries(prefetch)) {
    const patients = key === 'patient' ? patientsIn(value) : [value].filter(isPatient);
    if (patients.length > 0 && !patients.some((patient) => patient.id === patientId)) {
      throw new ServiceError('patient-mismatch', { expression: isPrefetchKey(key) ? `prefetch.${key}` : 'prefetch' });
    }
  }
}

function isPatient(value: unknown): value is JsonObject {
  return isObject(value) && value.resourceType === 'Patient';
}

function patientsIn(value: unknown): readonly JsonObject[] {
  if (isPatient(value)) return [value];
  if (!isObject(value) || !Array.isArray(value.entry)) return [];
  return value.entry.map((entry: unknown) => (isObject(entry) ? entry.resource : undefined)).filter(isPatient);
}
