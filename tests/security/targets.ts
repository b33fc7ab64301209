/**
 * What is attacked: one service in demo mode, one in production mode, and one with little room, in front of real FHIR servers.
 * Every socket that this process opens is watched, so that nothing that leaves can be missed.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import {
  ISSUER,
  PUBLIC_URL,
  makeKey,
  startProduction,
  tokenFor,
  type SigningKey,
  type TokenChange,
} from '../support/production.js';
import { PATIENT, searchsetOf } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';

/** What every attack carries somewhere, and no answer and no log may hold. */
export const MARK = 'Secret-Text-Of-The-Caller';

/** Milliseconds for reading from the FHIR server of a request. */
export const DEADLINE = 300;

/** Clients beside the first one, all with the second key; each is its own issuer. */
const CLIENTS = {
  // A name of this machine, registered without leave to stand on a private network.
  rebound: (ehr: string) => ({ fhirServers: [ehr.replace('127.0.0.1', 'localhost')] }),
  hasty: () => ({ callsPerMinute: 2 }),
  suspended: () => ({ status: 'suspended' }),
  narrow: () => ({ services: ['plexus-order-sign'] }),
  practice: () => ({ tenant: 'practice-1' }),
} as const;
export type ClientName = keyof typeof CLIENTS;
const issuerOf = (name: ClientName): string => `https://${name}.example.org`;

export interface Target {
  readonly mode: 'demo' | 'production';
  readonly url: string;
  readonly logs: () => string;
  /** The registered FHIR server. */
  readonly ehr: FhirServerDouble;
  /** A server that nobody registered: what asks it has been led astray. */
  readonly trap: FhirServerDouble;
  /** Headers by which a good call to `path` says who calls. */
  readonly credentials: (path: string, client?: ClientName) => Promise<Readonly<Record<string, string>>>;
  /** A token of the first client for `path`, good but for the change. */
  readonly token: (path: string, change?: TokenChange, key?: SigningKey) => Promise<string>;
  /** The key of the first client. */
  readonly key: SigningKey;
  /** Host and port of every connection elsewhere since the last attack began. */
  readonly strayed: () => readonly string[];
  /** Names that were looked up since then. */
  readonly lookedUp: () => readonly string[];
}

/** A good FHIR server: the patient, and empty searchsets for the rest. */
export const goodServer: RequestListener = (request, response) =>
  request.url?.includes('/Patient/')
    ? sendJson(response, { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' })
    : sendJson(response, searchsetOf());

export interface Targets {
  readonly all: readonly Target[];
  /** Forgets what was seen, before an attack. */
  readonly begin: () => void;
  readonly close: () => Promise<void>;
}

/** Starts all of it. */
export async function startTargets(): Promise<Targets> {
  const ehr = await startFhirServer(goodServer);
  const trap = await startFhirServer();
  const second = await makeKey('key-2');
  const reading = { fhirServers: [ehr.base], privateNetwork: true, deadlineMs: DEADLINE };
  const others = Object.entries(CLIENTS).map(([name, entry]) => ({
    id: name,
    token: { issuer: issuerOf(name as ClientName), keys: { keys: [second.public] } },
    ...entry(ehr.base),
  }));
  const production = await startProduction(reading, {
    clients: others,
    env: { EXPLAIN: 'on', CALLS_PER_MINUTE: '0', CORS_ORIGINS: 'https://ehr.example.org' },
  });
  const signing = { id: 'signing', token: { issuer: ISSUER, keys: { keys: [production.key.public] } } };
  const demo = await startService({
    clients: [signing, { id: 'near', ...reading }, { id: 'rebound', ...CLIENTS.rebound(ehr.base) }],
    env: { PUBLIC_URL },
  });
  const { key } = production;
  const attempts = watchConnections();
  const allowed = [demo.url, production.url, ehr.base].map((url) => new URL(url).host);
  const parts = {
    ehr,
    trap,
    key,
    strayed: () => [...attempts.connections].filter((connection) => !allowed.includes(connection)),
    lookedUp: () => [...attempts.names],
    token: (path: string, change?: TokenChange, by = key) => tokenFor(path, by, change),
  };
  const signed = async (path: string, client?: ClientName) => ({
    authorization: `Bearer ${await (client ? tokenFor(path, second, { claims: { iss: issuerOf(client) } }) : tokenFor(path, key))}`,
  });
  const target = (mode: Target['mode'], { url, logs }: RunningService): Target => ({
    ...parts,
    mode,
    url,
    logs,
    credentials: mode === 'production' ? signed : async () => ({}),
  });
  return {
    all: [target('demo', demo), target('production', production)],
    begin: () => {
      attempts.connections.clear();
      attempts.names.clear();
      for (const server of [ehr, trap]) server.asked.length = 0;
    },
    close: async () => {
      attempts.end();
      await Promise.all([demo, production, ehr, trap].map((one) => one.close()));
    },
  };
}

interface Attempts {
  readonly connections: Set<string>;
  readonly names: Set<string>;
  readonly end: () => void;
}

function watchConnections(): Attempts {
  const connections = new Set<string>();
  const names = new Set<string>();
  const watch = (message: unknown): void => {
    const { socket } = message as { socket: Socket };
    socket.on('connectionAttempt', (address: string, port: number) => connections.add(`${address}:${port}`));
    socket.on('lookup', (_error: unknown, _address: unknown, _family: unknown, host: string) => names.add(host));
  };
  subscribe('net.client.socket', watch);
  return { connections, names, end: () => void unsubscribe('net.client.socket', watch) };
}
