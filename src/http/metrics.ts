/**
 * What is counted, in a registry that the caller owns. Every label has few possible values, all of them ours: no ids, no patient data.
 */
import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { AuditResult } from '../audit/audit.js';
import type { Feedback } from '../cds-hooks/feedback.js';
import { isPrefetchKey, type SourceStates } from '../cds-hooks/prefetch.js';
import { CARD_EXTENSION, type Card } from '../cds-hooks/response.js';
import type { Service } from '../cds-hooks/services.js';
import type { FetchOutcome } from '../gather.js';
import type { Refusal } from '../trust/authenticate.js';

export interface Metrics {
  /** The metrics in Prometheus' text format. */
  readonly contentType: string;
  read(): Promise<string>;
  countRequest(service: string | undefined, status: number, seconds: number): void;
  /** A call that was not let in. */
  countRefusal(reason: Refusal): void;
  /** Cards of a client in shadow are counted apart: nobody saw them. */
  countCards(service: string, cards: readonly Card[], shadow: boolean): void;
  /** How each prefetch key of a request came out. */
  countSources(service: Service, states: SourceStates): void;
  /** One key, or a Medication, that was to be read from a FHIR server. */
  countFetch(what: string, outcome: FetchOutcome): void;
  countFeedback(service: string, feedback: readonly Feedback[]): void;
  /** Requests that are worked on now. */
  tellUnderWay(requests: number): void;
  readonly countAudit: (result: AuditResult) => void;
}

/** Label for requests that no service answered. */
const NO_SERVICE = 'none';

/** Creates the counters in `registry`. */
export function createMetrics(registry: Registry): Metrics {
  const { duration, refused, cards, missing, sources, fetches, outcomes, audited, underWay } = createCounters(registry);
  return {
    contentType: registry.contentType,
    read: () => registry.metrics(),
    countRequest: (service = NO_SERVICE, status, seconds) => duration.observe({ service, status }, seconds),
    countRefusal: (reason) => refused.inc({ reason }),
    countCards: (service, made, shadow) => {
      for (const { source, indicator, extension } of made) {
        const { family, missing: facts = [] } = extension[CARD_EXTENSION];
        cards.inc({ service, decision: source.topic.code, family, indicator, shown: shadow ? 'no' : 'yes' });
        for (const fact of facts) missing.inc({ fact });
      }
    },
    countSources: (service, states) => {
      for (const key of Object.keys(service.prefetch)) {
        if (isPrefetchKey(key)) sources.inc({ service: service.id, key, state: states[key] });
      }
    },
    countFetch: (key, outcome) => fetches.inc({ key, outcome }),
    countFeedback: (service, feedback) => {
      for (const { outcome } of feedback) outcomes.inc({ service, outcome });
    },
    tellUnderWay: (requests) => underWay.set(requests),
    countAudit: (result) => audited.inc({ result }),
  };
}

function createCounters(registry: Registry) {
  const registers = [registry];
  const cards = new Counter({
    name: 'plexus_cards_total',
    help: 'Cards that were made; those of a client in shadow were not shown.',
    labelNames: ['service', 'decision', 'family', 'indicator', 'shown'],
    registers,
  });
  const missing = new Counter({
    name: 'plexus_missing_facts_total',
    help: 'Facts that a card named as not recorded.',
    labelNames: ['fact'],
    registers,
  });
  const sources = new Counter({
    name: 'plexus_prefetch_total',
    help: 'Prefetch keys by what is known of them when all was read that could be had.',
    labelNames: ['service', 'key', 'state'],
    registers,
  });
  const fetches = new Counter({
    name: 'plexus_fhir_reads_total',
    help: 'Keys and Medications that were missing and to be read from the FHIR server of the EHR; outcome deadline: a deadline missed.',
    labelNames: ['key', 'outcome'],
    registers,
  });
  const outcomes = new Counter({
    name: 'plexus_feedback_total',
    help: 'Answers of users to cards.',
    labelNames: ['service', 'outcome'],
    registers,
  });
  return { ...createRequestMetrics(registers), cards, missing, sources, fetches, outcomes };
}

/** Of requests, whatever they ask. */
function createRequestMetrics(registers: Registry[]) {
  const duration = new Histogram({
    name: 'plexus_request_duration_seconds',
    help: 'Time to answer a request; its count is the number of requests.',
    labelNames: ['service', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const refused = new Counter({
    name: 'plexus_refused_calls_total',
    help: 'Calls that were not let in, by the reason that the caller is not told.',
    labelNames: ['reason'],
    registers,
  });
  const underWay = new Gauge({
    name: 'plexus_requests_under_way',
    help: 'Requests that are worked on now; MOST_AT_ONCE is their limit.',
    registers,
  });
  const audited = new Counter({
    name: 'plexus_audit_entries_total',
    help: 'Entries of the audit: written; late (answered before it was written), lost (no room to wait), summarised (a refused call that was only counted).',
    labelNames: ['result'],
    registers,
  });
  return { duration, refused, audited, underWay };
}
