/**
 * What can be known of the patient: prefetch first, then what is missing from the EHR's FHIR server, within one deadline for all of it.
 * Enters: a checked request, its service and its client. Leaves: resources, and for each key how complete they are.
 * Never throws: what cannot be had leaves its key `absent`, `partial` or `failed`, and the rules take nothing of it for "no".
 */
import type { FhirResource } from 'fhir/r4.js';
import { nameOf } from './cds-hooks/bundle-entries.js';
import {
  TYPE_OF_KEY,
  completeness,
  isPrefetchKey,
  readPrefetch,
  type Gathered,
  type PrefetchKey,
  type SourceState,
} from './cds-hooks/prefetch.js';
import { neededOf, withoutIdentity } from './cds-hooks/patient-elements.js';
import { readScopes, type Grants } from './cds-hooks/scopes.js';
import { readSearchset } from './cds-hooks/searchset.js';
import type { CdsRequest, Tolerance } from './cds-hooks/request.js';
import type { Service } from './cds-hooks/services.js';
import type { Breaker } from './fhir/breaker.js';
import { createBudget, type Budget, type FetchFailure, type FhirClient, type FhirServer } from './fhir/client.js';
import { isObject } from './fhir/references.js';
import type { Client } from './load-clients.js';

export type FetchOutcome = 'read' | 'outside scope' | 'resting' | FetchFailure;

export interface GatherTools {
  readonly fhir: FhirClient;
  readonly breaker: Breaker;
  /** Milliseconds for reading from a FHIR server in one request, where the client's entry does not say. */
  readonly deadlineMs: number;
  /** Bytes that may be read for one request. */
  readonly mostBytes: number;
  /** Told of every key and Medication that was to be read. */
  readonly count: (what: string, outcome: FetchOutcome) => void;
}

export type Gather = (request: CdsRequest, service: Service, client: Client) => Promise<Gathered>;

/** Ours: Medications that are looked up for one request. */
const MOST_MEDICATIONS = 20;

interface Fetched {
  readonly outcome: FetchOutcome;
  readonly state: SourceState;
  readonly resources: readonly FhirResource[];
}

/** What a round of reading needs to know. */
interface Round extends GatherTools {
  readonly server: FhirServer;
  readonly grants: Grants;
  readonly budget: Budget;
  readonly patientId: string;
}

/** Binds the tools. */
export function createGather(tools: GatherTools): Gather {
  return async (request, service, client) => {
    const reading = readPrefetch(renamed(request.prefetch, client.prefetchAliases));
    const tolerated = [...(request.tolerated ?? []), ...reading.tolerated];
    const states = { ...reading.states };
    const resources = [...reading.resources];
    const server = serverOf(request, client);
    if (server) {
      const round: Round = {
        ...tools,
        server,
        grants: readScopes(request.fhirAuthorization?.scope ?? ''),
        budget: createBudget(client.deadlineMs ?? tools.deadlineMs, tools.mostBytes),
        patientId: request.context.patientId,
      };
      const missing = Object.keys(service.prefetch)
        .filter(isPrefetchKey)
        .filter((key) => isMissing(states[key]));
      for (const [key, fetched] of await readKeys(missing, service, round)) {
        states[key] = better(states[key], fetched.state);
        for (const resource of fetched.resources) resources.push(resource);
        tolerated.push(noteOf(`prefetch.${key}`, fetched.outcome));
      }
      for (const medication of await readMedications([...resources, ...request.context.resources], round))
        resources.push(medication);
    }
    if (!client.conditionsComplete) states.conditions = atMostPartial(states.conditions);
    return { states, resources, tolerated, completeness: completeness(states) };
  };
}

function renamed(
  prefetch: Readonly<Record<string, unknown>>,
  aliases: Client['prefetchAliases'],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(prefetch).map(([key, value]) => [aliases[key] ?? key, value]));
}

/** The FHIR server of a request, when its client is registered with it and it brings a token or needs none. */
function serverOf({ fhirServer, fhirAuthorization }: CdsRequest, client: Client): FhirServer | undefined {
  if (fhirServer === undefined || !client.fhirServers.includes(fhirServer)) return undefined;
  if (fhirAuthorization === undefined && !client.open) return undefined;
  const { privateNetwork } = client;
  return { base: fhirServer, privateNetwork, ...(fhirAuthorization && { token: fhirAuthorization.token }) };
}

/** A search that failed at the client is not asked again; one that was cut is. */
const isMissing = (state: SourceState): boolean => state === 'absent' || state === 'partial';

const WORTH: readonly SourceState[] = ['absent', 'failed', 'partial', 'empty', 'resource'];
const better = (one: SourceState, other: SourceState): SourceState =>
  WORTH.indexOf(other) > WORTH.indexOf(one) ? other : one;

const atMostPartial = (state: SourceState): SourceState =>
  state === 'resource' || state === 'empty' ? 'partial' : state;

function noteOf(where: string, outcome: FetchOutcome): Tolerance {
  return {
    where,
    what: outcome === 'read' ? 'read from the FHIR server' : `not read from the FHIR server: ${outcome}`,
  };
}

async function readKeys(
  keys: readonly PrefetchKey[],
  service: Service,
  round: Round,
): Promise<readonly (readonly [PrefetchKey, Fetched])[]> {
  if (keys.length === 0) return [];
  const { breaker, server } = round;
  const rests = !breaker.lets(server.base);
  const fetched = await Promise.all(
    keys.map(async (key) => [key, rests ? nothing('resting') : await readKey(key, service, round)] as const),
  );
  const asked = fetched.filter(([, { outcome }]) => outcome !== 'resting' && outcome !== 'outside scope');
  if (asked.length > 0)
    breaker.note(
      server.base,
      asked.some(([, { outcome }]) => !isBreakdown(outcome)),
    );
  for (const [key, { outcome }] of fetched) round.count(key, outcome);
  return fetched;
}

/** Faults of the server itself. What it says of a token or of who asks too much is said of one client, and must not let it rest for the others. */
const BREAKDOWNS: readonly FetchOutcome[] = ['deadline', 'unreachable', 'server error'];
const isBreakdown = (outcome: FetchOutcome): boolean => BREAKDOWNS.includes(outcome);

const nothing = (outcome: FetchOutcome): Fetched => ({
  outcome,
  state: outcome === 'outside scope' || outcome === 'resting' ? 'absent' : 'failed',
  resources: [],
});

async function readKey(key: PrefetchKey, service: Service, round: Round): Promise<Fetched> {
  const type = TYPE_OF_KEY[key];
  const query = (service.prefetch[key] ?? '').replaceAll('{{context.patientId}}', round.patientId);
  if (key === 'patient') return readPatient(query, round);
  const grant = round.grants(type, 'search');
  if (grant === 'none') return nothing('outside scope');
  const { pages, failure } = await round.fhir.search(round.server, query, round.budget);
  if (pages.length === 0) return nothing(failure ?? 'not FHIR');
  if (pages.some(({ resourceType }) => resourceType !== 'Bundle')) return nothing('not FHIR');
  const { state, resources } = readSearchset(withoutIdentity(joined(pages)), type);
  const isWhole = failure === undefined && grant === 'all';
  return { outcome: failure ?? 'read', state: isWhole ? state : atMostPartial(state), resources };
}

/** Pages as one searchset. Of several the last has no next page, so that nothing is missing but what the server counts more of. */
function joined(pages: readonly Record<string, unknown>[]): Record<string, unknown> {
  const [first = {}] = pages;
  if (pages.length === 1) return first;
  const entry = pages.flatMap((page) => (Array.isArray(page['entry']) ? (page['entry'] as readonly unknown[]) : []));
  return { resourceType: 'Bundle', entry, total: typeof first['total'] === 'number' ? first['total'] : 0 };
}

async function readPatient(path: string, round: Round): Promise<Fetched> {
  if (round.grants('Patient', 'read') === 'none') return nothing('outside scope');
  const reply = await round.fhir.read(round.server, path, round.budget);
  if ('failure' in reply) return nothing(reply.failure);
  const { resource } = reply;
  // Another patient than the one that was asked for is nobody's record here.
  if (resource['resourceType'] !== 'Patient' || resource['id'] !== round.patientId) return nothing('not FHIR');
  return { outcome: 'read', state: 'resource', resources: [neededOf(resource) as unknown as FhirResource] };
}

/** The Medications that requests and drafts refer to without saying what they are. */
async function readMedications(resources: readonly FhirResource[], round: Round): Promise<readonly FhirResource[]> {
  const paths = medicationPaths(resources, round.server.base).slice(0, MOST_MEDICATIONS);
  if (paths.length === 0 || round.grants('Medication', 'read') === 'none') return [];
  if (!round.breaker.lets(round.server.base)) return [];
  const replies = await Promise.all(paths.map((path) => round.fhir.read(round.server, path, round.budget)));
  return replies.flatMap((reply) => {
    round.count('medication', 'failure' in reply ? reply.failure : 'read');
    const isMedication = 'resource' in reply && reply.resource['resourceType'] === 'Medication';
    return isMedication ? [reply.resource as unknown as FhirResource] : [];
  });
}

const MEDICATION = /^Medication\/[A-Za-z0-9\-.]{1,64}$/;

/** `Medication/id` of every reference below the base that was not sent along; a reference to any other server is left alone. */
function medicationPaths(resources: readonly FhirResource[], base: string): readonly string[] {
  const known = new Set(resources.map(nameOf));
  const referred = resources.flatMap((resource) => {
    const { medicationReference } = resource as { readonly medicationReference?: unknown };
    const reference = isObject(medicationReference) ? medicationReference['reference'] : undefined;
    if (typeof reference !== 'string') return [];
    const path = reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference;
    return MEDICATION.test(path) && !known.has(path) ? [path] : [];
  });
  return [...new Set(referred)];
}
