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
import type { Config } from './config.js';
import { createDecide } from './decide.js';
import type { Decide } from './decide.js';
import { createCalendar } from './fhir/dates.js';
import { createMetrics } from './http/metrics.js';
import { buildServer } from './http/server.js';
import type { RuleStatus } from './http/server.js';
import { loadKnowledge } from './load-knowledge.js';

/** The rules, loaded, and the function that decides with them. */
export interface Engine {
  readonly decide: Decide;
  readonly rules: RuleStatus;
}

/** Pieces to use instead of the real ones. */
export interface Overrides {
  readonly engine?: Engine;
  readonly services?: readonly Service[];
  readonly logDestination?: DestinationStream;
}

/** Builds the whole service. Throws when the rules cannot be loaded. */
export function buildApp(config: Config, now: () => number, overrides: Overrides = {}): FastifyInstance {
  const { decide, rules } = overrides.engine ?? createEngine(config, now);
  return buildServer({
    config,
    decide,
    rules,
    services: overrides.services ?? SERVICES,
    logger: createLogger(config, overrides.logDestination),
    metrics: createMetrics(new Registry()),
    newId: randomUUID,
  });
}

/** The one place where `decide` is put together: knowledge, clock and ids in, one function out. */
function createEngine(config: Config, now: () => number): Engine {
  const knowledge = loadKnowledge(ROOT, createCalendar(config.timeZone));
  const disabled = config.rulesDisabled;
  return {
    decide: createDecide({ knowledge, now, randomId: randomUUID, disabled, demo: config.mode === 'demo' }),
    rules: { loaded: knowledge.rules.length, disabled },
  };
}

/** The folder that holds `rules` and `fhir-profiles`, beside `src` and `dist`. */
const ROOT = fileURLToPath(new URL('..', import.meta.url));

function createLogger(config: Config, destination: DestinationStream = pino.destination(1)) {
  // No default bindings but time and level: pid and host name say nothing in a container.
  return pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
