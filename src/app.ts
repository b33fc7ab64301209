/**
 * Puts the pieces together by name: `Config` in, a server that is ready to listen out.
 * Randomness and the place where logs go are given to the pieces here, so that tests can give others.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Questionnaire } from 'fhir/r4.js';
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { Registry } from 'prom-client';
import { isLoopback } from './base-url.js';
import { SERVICES } from './cds-hooks/services.js';
import type { Service } from './cds-hooks/services.js';
import { ConfigError, type Config } from './config.js';
import { createDecide } from './decide.js';
import type { Decide } from './decide.js';
import { createDemoEhr, type DemoEhrTools } from './demo/demo-ehr.js';
import { loadExamples, shownExamples } from './demo/examples.js';
import { DEMO_FHIR } from './demo/fhir-api.js';
import type { DraftTexts } from './draft-texts.js';
import { clientCapabilities } from './export/client-capabilities.js';
import type { ExplanationTexts } from './export/explanation-texts.js';
import { createBreaker } from './fhir/breaker.js';
import { createFhirClient } from './fhir/client.js';
import { CANONICAL_BASE } from './fhir/code-sets.js';
import { createCalendar } from './fhir/dates.js';
import { createGather } from './gather.js';
import { createMetrics } from './http/metrics.js';
import { buildServer } from './http/server.js';
import type { DemoEhr, Pages, RuleStatus } from './http/server.js';
import type { Timeouts } from './http/timeouts.js';
import { leafletPage, rulePage, rulesPage } from './export/rule-pages.js';
import { explanationTexts } from './export/rule-texts.js';
import { UNKNOWN_CLIENT, clientFinder, loadClients, type Client } from './load-clients.js';
import { loadKnowledge, type Knowledge } from './load-knowledge.js';
import { createAuthenticate, type Authenticate } from './trust/authenticate.js';
import { createKeySetFetcher, type FetchKeySet } from './trust/fetch-key-set.js';
import { createFindKey } from './trust/keys.js';
import { createReplayMemory } from './trust/replay.js';

/** The rules and forms, loaded, and the function that decides with them. */
export interface Engine {
  readonly decide: Decide;
  readonly rules: RuleStatus;
  readonly pages: Pages;
  readonly explanationTexts: ExplanationTexts;
  readonly questionnaires: readonly Questionnaire[];
  readonly drafts: DraftTexts;
}

/** Pieces to use instead of the real ones. */
export interface Overrides {
  readonly engine?: Partial<Engine>;
  readonly services?: readonly Service[];
  readonly logDestination?: DestinationStream;
  readonly timeouts?: Timeouts;
  readonly refusalsPerMinute?: number;
}

/** Builds the whole service. Throws KnowledgeError when the rules cannot be loaded, ConfigError when what is to be switched off does not exist. */
export function buildApp(config: Config, now: () => number, overrides: Overrides = {}): FastifyInstance {
  const clients = clientsOf(config);
  const keySets = createKeySetFetcher();
  const isDemo = config.mode === 'demo';
  const { questionnaires, drafts, ...engine } = { ...createEngine(config, now, clients), ...overrides.engine };
  const metrics = createMetrics(new Registry());
  const fhir = createFhirClient();
  const services = overrides.services ?? SERVICES;
  const started = new Date(now()).toISOString();
  const examples = loadExamples(join(ROOT, 'fhir-profiles/examples'), { now: now(), zone: config.timeZone });
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
    authenticate: createAuthenticateFor(config, clients, keySets.fetch, now),
    findClient: clientFinder(clients),
    services,
    capabilityStatement: clientCapabilities(services, { base: CANONICAL_BASE, date: started }),
    examples: shownExamples(examples, started),
    logger: createLogger(config, overrides.logDestination),
    metrics,
    newId: randomUUID,
    ...(overrides.timeouts && { timeouts: overrides.timeouts }),
    ...(overrides.refusalsPerMinute !== undefined && { refusalsPerMinute: overrides.refusalsPerMinute }),
    ...(isDemo && {
      demoEhr: demoEhrOf(config, { now, drafts, examples, questionnaires }),
    }),
  });
  if (isDemo && !isLoopback(config.host)) {
    server.addHook('onListen', async () => server.log.warn(BEYOND(config.host)));
  }
  server.addHook('onClose', async () => {
    await Promise.all([fhir.close(), keySets.close()]);
  });
  return server;
}

const BEYOND = (host: string): string =>
  `demo mode listens on ${host}, beyond this machine: whoever reaches it may call without a token, and read and write the demo EHR; set HOST=127.0.0.1 unless that is meant`;

/** The one place where the judge of tokens is put together; only a demonstration lets in unsigned calls, and keys that everybody has. */
function createAuthenticateFor(
  config: Config,
  clients: readonly Client[],
  fetchKeySet: FetchKeySet,
  now: () => number,
): Authenticate {
  const isDemo = config.mode === 'demo';
  return createAuthenticate({
    clients,
    publicUrl: publicUrlOf(config),
    unsigned: isDemo,
    now,
    findKey: createFindKey({ fetchKeySet, now, published: isDemo }),
    remember: createReplayMemory(now),
  });
}

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

const publicUrlOf = (config: Config): string => config.publicUrl ?? `http://${config.host}:${config.port}`;

/** The one place where `decide` is put together: knowledge, clock and ids in, one function out. */
function createEngine(config: Config, now: () => number, clients: readonly Client[]): Engine {
  const knowledge = loadKnowledge(ROOT, createCalendar(config.timeZone), {
    ...(config.settingsFile !== undefined && { siteSettings: config.settingsFile }),
    drafts: config.languages.includes('fr'),
  });
  const disabled = config.rulesDisabled;
  refuseUnknown('RULES_DISABLED', disabled, knowledge);
  for (const client of clients) refuseUnknown(`CLIENTS_FILE, client ${client.id},`, client.disabled, knowledge);
  refuseUnknownCodes(clients, knowledge);
  return {
    decide: createDecide({
      knowledge,
      now,
      randomId: randomUUID,
      disabled,
      clients,
      demo: config.mode === 'demo',
      publicUrl: publicUrlOf(config),
    }),
    rules: { loaded: knowledge.rules.length, disabled },
    pages: pagesOf(knowledge, config.languages),
    explanationTexts: explanationTexts(knowledge),
    questionnaires: [...knowledge.questionnaires.values()].map(({ resource }) => resource),
    drafts: knowledge.drafts,
  };
}

/** A mistyped id would leave a rule speaking that a site believes to be silent. */
function refuseUnknown(setting: string, disabled: readonly string[], { rules, decisions }: Knowledge): void {
  const unknown = disabled.filter((id) => !decisions.has(id) && !rules.some((rule) => rule.id === id));
  if (unknown.length > 0)
    throw new ConfigError([
      `${setting} names ${unknown.join(', ')}, which is no rule or decision: take ids from /rules or rules/decisions.yaml.`,
    ]);
}

/** A local code that stands for nothing would be a disease that nobody sees, or an order that goes out under another code than a site believes. */
function refuseUnknownCodes(clients: readonly Client[], { codeSets, templates }: Knowledge): void {
  for (const { id, codes, orderCodes } of clients) {
    const template = Object.keys(orderCodes).find((one) => !templates.has(one));
    if (template !== undefined)
      throw new ConfigError([
        `CLIENTS_FILE, client ${id}, has codes for ${template}, which is no order template: take names of fhir-profiles/order-templates.`,
      ]);
    const counted = Object.keys(orderCodes).find((one) => templates.get(one)?.mgPerTablet !== undefined);
    if (counted !== undefined)
      throw new ConfigError([
        `CLIENTS_FILE, client ${id}, has codes for ${counted}, which counts tablets of a strength that another code may not have: leave it out.`,
      ]);
    const unknown = codes.find(({ concept }) => !codeSets.has(concept));
    if (unknown)
      throw new ConfigError([
        `CLIENTS_FILE, client ${id}, maps a code to ${unknown.concept}, which is no concept: take keys of fhir-profiles/concepts.yaml.`,
      ]);
  }
}

function pagesOf(knowledge: Knowledge, languages: Config['languages']): Pages {
  const rules = new Map(knowledge.rules.map((rule) => [rule.id, rule]));
  return {
    rules: (language) => rulesPage(knowledge, { language, languages }),
    rule: (id, language) => {
      const rule = rules.get(id);
      return rule && rulePage(rule, knowledge, { language, languages });
    },
    leaflet: (id, language) => leafletPage(id, knowledge, { language, languages }),
  };
}

/** The folder that holds `rules` and `fhir-profiles`, beside `src` and `dist`. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function createLogger(config: Config, destination: DestinationStream = pino.destination(1)) {
  // No default bindings but time and level: pid and host name say nothing in a container.
  return pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
