/**
 * The registry of clients: which EHR calls, where its FHIR server stands, and what it is given.
 * Enters: the YAML file of CLIENTS_FILE. Leaves: checked clients. Throws ConfigError with file, line and cure. Read at start-up only.
 */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { Ajv } from 'ajv';
import { withoutSlash } from './base-url.js';
import { PREFETCH_KEYS, type PrefetchKey } from './cds-hooks/prefetch.js';
import { JURISDICTIONS, LANGUAGES, type Jurisdiction, type Language } from './cds-hooks/request.js';
import type { Capabilities, Coding } from './cds-hooks/response.js';
import { SERVICES } from './cds-hooks/services.js';
import { ConfigError, type Config } from './config.js';
import { isPrivateAddress } from './fhir/private-addresses.js';
import { findRegistryFault, type RegistryFault } from './trust/check-registry.js';
import { REGISTRATION_FORMATS, REGISTRATION_SCHEMA, type TokenRegistration } from './trust/registration.js';
import { KnowledgeError, parseYaml, schemaError, type YamlFile } from './yaml-file.js';

const WISHES = ['jurisdiction', 'language'] as const;
export type Wish = (typeof WISHES)[number];

/** One EHR, or one practice of it. */
export interface Client {
  readonly id: string;
  /** A suspended client is refused. */
  readonly status: 'active' | 'suspended';
  /** The `tenant` that its tokens carry; absent: any or none. */
  readonly tenant?: string;
  /** How it signs its calls; production serves no client without. */
  readonly token?: TokenRegistration;
  /** Ids of the services that it may call; absent: all. */
  readonly services?: readonly string[];
  /** Calls that it may make in a minute; absent: the service's own. */
  readonly callsPerMinute?: number;
  /** Base URLs that may be read from, without trailing slash; a call without token is this client's when it names one of them. */
  readonly fhirServers: readonly string[];
  /** Whether its FHIR server may be read without a token. */
  readonly open: boolean;
  /** Whether its FHIR server may stand on a private network. */
  readonly privateNetwork: boolean;
  /** Milliseconds that reading from its FHIR server may take in all; absent: the service's own. */
  readonly deadlineMs?: number;
  readonly jurisdiction?: Jurisdiction;
  /** Served languages, the first its default; absent: those of the service. */
  readonly languages?: readonly [Language, ...Language[]];
  /** What a request of this client may choose for itself. */
  readonly mayChoose: readonly Wish[];
  /** Its own names of our prefetch keys: some sites type them by hand. */
  readonly prefetchAliases: Readonly<Record<string, PrefetchKey>>;
  /** Local codes and the concept of ours that each stands for. */
  readonly codes: readonly { readonly system: string; readonly code: string; readonly concept: string }[];
  /** False when its list of conditions holds less than the patient's history: then nothing counts as "the first time". */
  readonly conditionsComplete: boolean;
  /** Whether its GPs order images and infiltrations where the jurisdiction leaves them to others (D14). */
  readonly gpMayOrderImaging: boolean;
  /** Its own codes for what our order templates order, by template. */
  readonly orderCodes: Readonly<Record<string, readonly Coding[]>>;
  /** What its EHR can show and do. */
  readonly capabilities: Capabilities;
  /** Ids of rules or decisions that are switched off for it. */
  readonly disabled: readonly string[];
  /** Evaluate everything, count it, and answer no cards. */
  readonly shadow: boolean;
}

/** A client of which nothing is known: it is given what the settings say and nothing is read from it. */
export const UNKNOWN_CLIENT: Client = {
  id: 'unknown',
  status: 'active',
  fhirServers: [],
  open: false,
  privateNetwork: false,
  mayChoose: [],
  prefetchAliases: {},
  codes: [],
  conditionsComplete: true,
  gpMayOrderImaging: false,
  orderCodes: {},
  capabilities: { markdown: true, suggestions: true, actions: 2, bundles: false },
  disabled: [],
  shadow: false,
};

const strings = { type: 'array', items: { type: 'string', minLength: 1 } };
const yes = { type: 'boolean' };
const validClients = new Ajv({ formats: REGISTRATION_FORMATS }).compile<
  readonly (Pick<Client, 'id'> &
    Partial<Omit<Client, 'capabilities'>> & {
      readonly capabilities?: Partial<Capabilities>;
    })[]
>({
  type: 'array',
  minItems: 1,
  items: {
    type: 'object',
    required: ['id'],
    additionalProperties: false,
    properties: {
      id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
      status: { enum: ['active', 'suspended'] },
      tenant: { type: 'string', minLength: 1 },
      token: REGISTRATION_SCHEMA,
      services: { type: 'array', minItems: 1, items: { enum: SERVICES.map(({ id }) => id) } },
      callsPerMinute: { type: 'integer', minimum: 1 },
      fhirServers: { type: 'array', minItems: 1, items: { type: 'string', format: 'base-url' } },
      open: yes,
      privateNetwork: yes,
      deadlineMs: { type: 'integer', minimum: 100, maximum: 10_000 },
      jurisdiction: { enum: JURISDICTIONS },
      languages: { type: 'array', minItems: 1, uniqueItems: true, items: { enum: LANGUAGES } },
      mayChoose: { type: 'array', items: { enum: WISHES } },
      prefetchAliases: { type: 'object', additionalProperties: { enum: PREFETCH_KEYS } },
      codes: {
        type: 'array',
        items: {
          type: 'object',
          required: ['system', 'code', 'concept'],
          additionalProperties: false,
          properties: { system: { type: 'string' }, code: { type: 'string' }, concept: { type: 'string' } },
        },
      },
      conditionsComplete: yes,
      gpMayOrderImaging: yes,
      orderCodes: {
        type: 'object',
        additionalProperties: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['system', 'code'],
            additionalProperties: false,
            properties: { system: { type: 'string' }, code: { type: 'string' }, display: { type: 'string' } },
          },
        },
      },
      capabilities: {
        type: 'object',
        additionalProperties: false,
        properties: { markdown: yes, suggestions: yes, actions: { type: 'integer', minimum: 1 }, bundles: yes },
      },
      disabled: strings,
      shadow: yes,
    },
  },
});

/** Reads and checks the registry at `path`; production asks more of it. */
export function loadClients(path: string, mode: Config['mode']): readonly Client[] {
  try {
    return readClients(parseYaml(path, readFileSync(path, 'utf8')), mode);
  } catch (error) {
    if (error instanceof KnowledgeError) throw new ConfigError([`CLIENTS_FILE: ${error.message}.`]);
    throw new ConfigError(['CLIENTS_FILE cannot be read: set it to the path of a readable YAML file.']);
  }
}

function readClients(file: YamlFile, mode: Config['mode']): readonly Client[] {
  if (!validClients(file.value)) throw schemaError(file, validClients.errors, 'docs/clients.example.yaml');
  const clients = file.value.map((raw): Client => ({
    ...UNKNOWN_CLIENT,
    ...raw,
    fhirServers: (raw.fhirServers ?? []).map(withoutSlash),
    capabilities: { ...UNKNOWN_CLIENT.capabilities, ...raw.capabilities },
  }));
  const fault = addressFault(clients) ?? findRegistryFault(clients, mode);
  if (fault) throw new KnowledgeError(file.at(fault.path), fault.sentence);
  return clients;
}

/** The first entry that has the id or, where it is found by it, the FHIR server of another; or an address on a private network without saying so. */
function addressFault(clients: readonly Client[]): RegistryFault | undefined {
  const ids = new Set<string>();
  const bases = new Map<string, string>();
  for (const [index, { id, token, fhirServers, privateNetwork }] of clients.entries()) {
    if (ids.has(id)) return { path: [index, 'id'], sentence: `${id} is the id of two entries; give each its own` };
    ids.add(id);
    for (const base of token ? [] : fhirServers) {
      const other = bases.get(base);
      if (other !== undefined)
        return {
          path: [index, 'fhirServers'],
          sentence: `${base} is also that of ${other}; a server has one client unless their tokens tell them apart`,
        };
      bases.set(base, id);
    }
    const lists = { fhirServers, ...(token?.jku && !token.keys && { 'token.jku': token.jku }) };
    for (const [list, addresses] of Object.entries(lists)) {
      const near = addresses.find((address) => isPrivateHost(new URL(address).hostname));
      if (near !== undefined && !privateNetwork)
        return {
          path: [index, ...list.split('.')],
          sentence: `${near} stands on a private network; set privateNetwork: true if that is meant`,
        };
    }
  }
  return undefined;
}

function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return isIP(host) !== 0 && isPrivateAddress(host);
}

/** Finds the client of a call that nobody signed, by the FHIR server that it names; an entry with a token is only had with its token. */
export function clientFinder(clients: readonly Client[]): (fhirServer: string | undefined) => Client {
  const unsigned = clients.filter(({ token }) => token === undefined);
  const byServer = new Map(unsigned.flatMap((client) => client.fhirServers.map((base) => [base, client] as const)));
  return (fhirServer) => byServer.get(fhirServer ?? '') ?? UNKNOWN_CLIENT;
}
