/**
 * What is attacked: one service in demo mode, one in production mode, and one with little room, in front of real FHIR servers.
 * Every socket that this process opens is watched, so that nothing that leaves can be missed.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { REFUSALS_PER_MINUTE } from '../../src/http/limits.js';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import { ISSUER, PUBLIC_URL, makeKey, startProduction, tokenFor, type SigningKey } from '../support/production.js';
import { PATIENT, searchsetOf } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';

/** What every attack carries somewhere, and no answer and no log may hold. */
export const MARK = 'Secret-Text-Of-The-Caller';

/** Milliseconds for reading from the FHIR server of a request. */
const DEADLINE = 300;

/** Who attacks stands behind a proxy, so that attacks come from as many addresses as they like. */
const BEHIND_PROXY = { TRUSTED_PROXIES: '127.0.0.1' };
/** Milliseconds; what is slow is slower than this. */
const TIMEOUTS = { headers: 1_000, request: 1_500, idle: 5_000, silence: 5_000, look: 100 };

interface Servers {
  readonly ehr: FhirServerDouble;
  readonly keys: FhirServerDouble;
}

/** Clients of production beside the first one, all with the second key; each is its own issuer. */
const CLIENTS = {
  plain: () => ({}),
  // A name of this machine, registered without leave to stand on a private network.
  rebound: ({ ehr }: Servers) => ({ fhirServers: [ehr.base.replace('127.0.0.1', 'localhost')] }),
  hasty: () => ({ callsPerMinute: 2 }),
  suspended: () => ({ status: 'suspended' }),
  narrow: () => ({ services: ['plexus-order-sign'] }),
  practice: () => ({ tenant: 'practice-1' }),
  app: () => ({ token: { subject: 'app-1' } }),
  vendor: ({ keys }: Servers) => ({ privateNetwork: true, token: { jku: [keys.base], keys: undefined } }),
  away: () => ({ privateNetwork: true, token: { jku: [NOBODY_LISTENS], keys: undefined } }),
} as const;
export type ClientName = keyof typeof CLIENTS;
export const issuerOf = (name: ClientName): string => `https://${name}.example.org`;
const NOBODY_LISTENS = 'http://127.0.0.1:9/keys';

/** The entry of a client; its tokens are signed with this key unless its own part says otherwise. */
function entryOf(name: ClientName, servers: Servers, key: SigningKey): Readonly<Record<string, unknown>> {
  const { token = {}, ...entry }: { readonly token?: object } = CLIENTS[name](servers);
  return { id: name, ...entry, token: { issuer: issuerOf(name), keys: { keys: [key.public] }, ...token } };
}

export interface Target {
  readonly mode: 'demo' | 'production';
  readonly url: string;
  readonly logs: () => string;
  /** The registered FHIR server. */
  readonly ehr: FhirServerDouble;
  /** A server that nobody registered: what asks it has been led astray. */
  readonly trap: FhirServerDouble;
  /** Where the keys of one client are. */
  readonly keys: FhirServerDouble;
  /** A service that has a bug, room for one request and little patience. */
  readonly troubled: RunningService;
  /** Headers by which a good call to `path` says who calls. */
  readonly credentials: (path: string, client?: ClientName) => Promise<Readonly<Record<string, string>>>;
  /** The key of the first client, that of all others, and one of nobody that is called like the first. */
  readonly key: SigningKey;
  readonly second: SigningKey;
  readonly stranger: SigningKey;
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
  const [second, stranger] = await Promise.all([makeKey('Rs+/384==', 'RS384'), makeKey()]);
  const keySet: RequestListener = (_, response) => sendJson(response, { keys: [second.public] });
  const keys = await startFhirServer(keySet);
  const reading = { fhirServers: [ehr.base], privateNetwork: true, deadlineMs: DEADLINE };
  const servers = { ehr, keys };
  const others = (Object.keys(CLIENTS) as ClientName[]).map((name) => entryOf(name, servers, second));
  const production = await startProduction(reading, {
    clients: others,
    // The real one: it is attacked too.
    overrides: { refusalsPerMinute: REFUSALS_PER_MINUTE },
    env: { ...BEHIND_PROXY, EXPLAIN: 'on', CALLS_PER_MINUTE: '0', CORS_ORIGINS: 'https://ehr.example.org' },
  });
  const signing = { id: 'signing', token: { issuer: ISSUER, keys: { keys: [production.key.public] } } };
  const demo = await startService({
    clients: [signing, { id: 'near', ...reading }, { id: 'rebound', ...CLIENTS.rebound(servers) }],
    env: { ...BEHIND_PROXY, PUBLIC_URL },
  });
  const decide = (): never => {
    throw new TypeError(MARK);
  };
  const troubled = await startService({
    clients: [{ id: 'near', ...reading }],
    env: { MOST_AT_ONCE: '1' },
    overrides: { engine: { decide, rules: { loaded: 0, disabled: [] } }, timeouts: TIMEOUTS },
  });
  const { key } = production;
  const attempts = watchConnections();
  const allowed = [demo.url, production.url, troubled.url, ehr.base, keys.base, NOBODY_LISTENS].map(
    (url) => new URL(url).host,
  );
  const parts = {
    ehr,
    trap,
    keys,
    troubled,
    key,
    second,
    stranger,
    strayed: () => [...attempts.connections].filter((connection) => !allowed.includes(connection)),
    lookedUp: () => [...attempts.names],
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
      keys.answers = keySet;
    },
    close: async () => {
      attempts.end();
      await Promise.all([demo, production, troubled, ehr, trap, keys].map((one) => one.close()));
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
