/**
 * Puts the pieces together by name: `Config` in, a server that is ready to listen out.
 * Randomness and the place where logs go are given to the pieces here, so that tests can give others.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';
import { Registry } from 'prom-client';
import type { Audit } from './audit/audit.js';
import { summariseRefusals } from './audit/refusals.js';
import { openAudit, type AuditLimits } from './audit/stream.js';
import { isLoopback } from './base-url.js';
import { SERVICES } from './cds-hooks/services.js';
import type { Service } from './cds-hooks/services.js';
import { ConfigError, publicUrlOf, type Config } from './config.js';
import { createDemoEhr, type DemoEhrTools } from './demo/demo-ehr.js';
import { loadExamples, shownExamples } from './demo/examples.js';
import { DEMO_FHIR } from './demo/fhir-api.js';
import { createEngine, type Engine } from './engine.js';
import { clientCapabilities } from './export/client-capabilities.js';
import { createBreaker } from './fhir/breaker.js';
import { createFhirClient } from './fhir/client.js';
import { CANONICAL_BASE } from './fhir/code-sets.js';
import { createGather } from './gather.js';
import { auditLog } from './http/auditing.js';
import { createMetrics, type Metrics } from './http/metrics.js';
import { buildServer } from './http/server.js';
import type { DemoEhr } from './http/server.js';
import type { Timeouts } from './http/timeouts.js';
import { UNKNOWN_CLIENT, clientFinder, loadClients, type Client } from './load-clients.js';
import { loadKeys } from './load-secret.js';
import { createAuthenticate, type Authenticate } from './trust/authenticate.js';
import { createKeySetFetcher } from './trust/fetch-key-set.js';
import { createFindKey } from './trust/keys.js';
import { createReplayMemory } from './trust/replay.js';
import { createSharedReplay, type SharedReplay } from './trust/replay-postgres.js';

/** Pieces to use instead of the real ones. */
export interface Overrides {
  readonly engine?: Partial<Engine>;
  readonly services?: readonly Service[];
  readonly logDestination?: DestinationStream;
  readonly timeouts?: Timeouts;
  readonly auditLimits?: Partial<AuditLimits>;
  readonly refusalsPerMinute?: number;
}

/** Builds the whole service. Throws KnowledgeError when the rules cannot be loaded, ConfigError when what is to be switched off does not exist. */
export function buildApp(config: Config, now: () => number, overrides: Overrides = {}): FastifyInstance {
  const clients = clientsOf(config);
  const logger = createLogger(config, overrides.logDestination);
  const trust = trustOf(config, clients, { now, logger });
  const isDemo = config.mode === 'demo';
  const { questionnaires, drafts, ...engine } = { ...createEngine(ROOT, config, now, clients), ...overrides.engine };
  const metrics = createMetrics(new Registry());
  const fhir = createFhirClient();
  const services = overrides.services ?? SERVICES;
  const started = new Date(now()).toISOString();
  const examples = loadExamples(join(ROOT, 'fhir-profiles/examples'), { now: now(), zone: config.timeZone });
  // The last to be opened: whatever fails before it leaves no folder taken.
  const audit = auditOf(config, { now, metrics, logger, limits: overrides.auditLimits });
  const server = buildServer({
    config,
    ...engine,
    gather: createGather({
      fhir,
      breaker: createBreaker(() => performance.now()),
      deadlineMs: config.deadlineMs,
      // As much as prefetch may bring.
      mostBytes: config.bodyLimit,
      count: (what, outcome) => metrics.countFetch(what, outcome),
    }),
    authenticate: trust.authenticate,
    findClient: clientFinder(clients),
    services,
    capabilityStatement: clientCapabilities(services, { base: CANONICAL_BASE, date: started }),
    examples: shownExamples(examples, started),
    logger,
    metrics,
    ...(audit && { audit }),
    newId: randomUUID,
    ...(overrides.timeouts && { timeouts: overrides.timeouts }),
    ...(overrides.refusalsPerMinute !== undefined && { refusalsPerMinute: overrides.refusalsPerMinute }),
    ...(isDemo && { demoEhr: demoEhrOf(config, { now, drafts, examples, questionnaires }) }),
  });
  // The service starts without its database: it says so in the log, answers 503 and is there again when the database is.
  server.addHook('onReady', trust.prepare);
  if (isDemo && !isLoopback(config.host)) {
    server.addHook('onListen', async () => server.log.warn(BEYOND(config.host)));
  }
  server.addHook('onClose', async () => {
    await Promise.all([fhir.close(), trust.close()]);
    await audit?.close();
  });
  return server;
}

interface AuditParts {
  readonly now: () => number;
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly limits: Partial<AuditLimits> | undefined;
}

/** The audit stream; none in a demonstration without a folder for it. */
function auditOf(config: Config, { now, metrics, logger, limits }: AuditParts): Audit | undefined {
  // Read in any case: a secret that cannot be used stops the start.
  const keys = loadKeys(config.secretFile);
  if (config.auditDir === undefined) return undefined;
  const count = metrics.countAudit;
  const stream = openAudit({
    dir: config.auditDir,
    keys,
    now,
    newId: randomUUID,
    ...(config.publicUrl !== undefined && { site: config.publicUrl }),
    count,
    log: auditLog(logger),
    ...(limits && { limits }),
  });
  return summariseRefusals(stream, { now, count });
}

interface Trust {
  readonly authenticate: Authenticate;
  /** Never rejects. */
  readonly prepare: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Who may call: the registry's tokens, their keys, and where those that were seen are remembered. */
function trustOf(
  config: Config,
  clients: readonly Client[],
  { now, logger }: { readonly now: () => number; readonly logger: Logger },
): Trust {
  const isDemo = config.mode === 'demo';
  const keySets = createKeySetFetcher();
  const shared = sharedReplayOf(config, now, (sentence) => logger.warn(sentence));
  return {
    authenticate: createAuthenticate({
      clients,
      publicUrl: publicUrlOf(config),
      unsigned: isDemo,
      now,
      findKey: createFindKey({ fetchKeySet: keySets.fetch, now, published: isDemo }),
      remember: shared?.remember ?? createReplayMemory(now),
    }),
    prepare: async () => shared?.prepare().catch(() => undefined),
    close: async () => {
      await Promise.all([keySets.close(), shared?.close()]);
    },
  };
}

/** Where replicas share which tokens were seen; none when each remembers its own. */
function sharedReplayOf(
  { databaseUrl }: Config,
  now: () => number,
  warn: (sentence: string) => void,
): SharedReplay | undefined {
  if (databaseUrl === undefined) return undefined;
  try {
    return createSharedReplay({ url: databaseUrl, now, warn });
  } catch (error) {
    throw new ConfigError(error instanceof Error ? [error.message] : []);
  }
}

const BEYOND = (host: string): string =>
  `demo mode listens on ${host}, beyond this machine: whoever reaches it may call without a token, and read and write the demo EHR; set HOST=127.0.0.1 unless that is meant`;

/** The registry, and in demo mode the demo EHR of this very service. */
function clientsOf(config: Config): readonly Client[] {
  const registered = config.clientsFile === undefined ? [] : loadClients(config.clientsFile, config.mode);
  if (config.mode !== 'demo') return registered;
  const demo = {
    ...UNKNOWN_CLIENT,
    id: 'demo',
    fhirServers: [`${publicUrlOf(config)}${DEMO_FHIR}`],
    open: true,
    privateNetwork: true,
  };
  return [...registered, demo];
}

/** The demo EHR of this very service. */
function demoEhrOf(
  config: Config,
  records: Pick<DemoEhrTools, 'now' | 'drafts' | 'examples' | 'questionnaires'>,
): DemoEhr {
  const { timeZone, languages, publicUrl } = config;
  return createDemoEhr({
    ...records,
    pageDir: join(ROOT, 'dist/sandbox'),
    profilesDir: join(ROOT, 'fhir-profiles'),
    newId: randomUUID,
    timeZone,
    languages,
    baseUrl: publicUrlOf(config),
    ...(publicUrl !== undefined && { publicUrl }),
  });
}

/** The folder that holds `rules` and `fhir-profiles`, beside `src` and `dist`. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function createLogger(config: Config, destination: DestinationStream = pino.destination(1)) {
  // No default bindings but time and level: pid and host name say nothing in a container.
  return pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
