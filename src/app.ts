/**
 * Puts the pieces together by name: `Config` in, a server that is ready to listen out.
 * Randomness and the place where logs go are given to the pieces here, so that tests can give others.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { DestinationStream } from 'pino';
import { Registry } from 'prom-client';
import { SERVICES } from './cds-hooks/services.js';
import type { Service } from './cds-hooks/services.js';
import { ConfigError, type Config } from './config.js';
import { createDecide } from './decide.js';
import type { Decide } from './decide.js';
import { createCalendar } from './fhir/dates.js';
import { createMetrics } from './http/metrics.js';
import { buildServer } from './http/server.js';
import type { Pages, RuleStatus } from './http/server.js';
import { leafletPage, rulePage, rulesPage } from './export/rule-pages.js';
import { loadKnowledge, type Knowledge } from './load-knowledge.js';

/** The rules, loaded, and the function that decides with them. */
export interface Engine {
  readonly decide: Decide;
  readonly rules: RuleStatus;
  readonly pages: Pages;
}

/** Pieces to use instead of the real ones. */
export interface Overrides {
  readonly engine?: Partial<Engine>;
  readonly services?: readonly Service[];
  readonly logDestination?: DestinationStream;
}

/** Builds the whole service. Throws KnowledgeError when the rules cannot be loaded, ConfigError when what is to be switched off does not exist. */
export function buildApp(config: Config, now: () => number, overrides: Overrides = {}): FastifyInstance {
  const { decide, rules, pages } = { ...createEngine(config, now), ...overrides.engine };
  return buildServer({
    config,
    decide,
    rules,
    pages,
    services: overrides.services ?? SERVICES,
    logger: createLogger(config, overrides.logDestination),
    metrics: createMetrics(new Registry()),
    newId: randomUUID,
  });
}

/** The one place where `decide` is put together: knowledge, clock and ids in, one function out. */
function createEngine(config: Config, now: () => number): Engine {
  const knowledge = loadKnowledge(ROOT, createCalendar(config.timeZone), {
    ...(config.settingsFile !== undefined && { siteSettings: config.settingsFile }),
    drafts: config.languages.includes('fr'),
  });
  const disabled = config.rulesDisabled;
  refuseUnknown(disabled, knowledge);
  return {
    decide: createDecide({
      knowledge,
      now,
      randomId: randomUUID,
      disabled,
      demo: config.mode === 'demo',
      publicUrl: config.publicUrl ?? `http://${config.host}:${config.port}`,
    }),
    rules: { loaded: knowledge.rules.length, disabled },
    pages: pagesOf(knowledge),
  };
}

/** A mistyped id would leave a rule speaking that a site believes to be silent. */
function refuseUnknown(disabled: readonly string[], { rules, decisions }: Knowledge): void {
  const unknown = disabled.filter((id) => !decisions.has(id) && !rules.some((rule) => rule.id === id));
  if (unknown.length > 0)
    throw new ConfigError([
      `RULES_DISABLED names ${unknown.join(', ')}, which is no rule or decision: take ids from /rules or rules/decisions.yaml.`,
    ]);
}

function pagesOf(knowledge: Knowledge): Pages {
  const rules = new Map(knowledge.rules.map((rule) => [rule.id, rule]));
  return {
    rules: (language) => rulesPage(knowledge, language),
    rule: (id, language) => {
      const rule = rules.get(id);
      return rule && rulePage(rule, knowledge, language);
    },
    leaflet: (id, language) => leafletPage(id, knowledge, language),
  };
}

/** The folder that holds `rules` and `fhir-profiles`, beside `src` and `dist`. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function createLogger(config: Config, destination: DestinationStream = pino.destination(1)) {
  // No default bindings but time and level: pid and host name say nothing in a container.
  return pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
