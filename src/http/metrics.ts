/**
 * What is counted, in a registry that the caller owns. Every label has few possible values, all of them ours: no ids, no patient data.
 */
import { Counter, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import type { Feedback } from '../cds-hooks/feedback.js';
import type { Card } from '../cds-hooks/response.js';

export interface Metrics {
  /** The metrics in Prometheus' text format. */
  readonly contentType: string;
  read(): Promise<string>;
  countRequest(service: string | undefined, status: number, seconds: number): void;
  countCards(service: string, cards: readonly Card[]): void;
  countFeedback(service: string, feedback: readonly Feedback[]): void;
}

/** Label for requests that no service answered. */
const NO_SERVICE = 'none';

/** Creates the counters in `registry`. */
export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  const duration = new Histogram({
    name: 'plexus_request_duration_seconds',
    help: 'Time to answer a request; its count is the number of requests.',
    labelNames: ['service', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
    registers,
  });
  const cards = new Counter({
    name: 'plexus_cards_total',
    help: 'Cards that were sent.',
    labelNames: ['service', 'decision', 'indicator'],
    registers,
  });
  const outcomes = new Counter({
    name: 'plexus_feedback_total',
    help: 'Answers of users to cards.',
    labelNames: ['service', 'outcome'],
    registers,
  });
  return {
    contentType: registry.contentType,
    read: () => registry.metrics(),
    countRequest: (service = NO_SERVICE, status, seconds) => duration.observe({ service, status }, seconds),
    countCards: (service, sent) => {
      for (const { source, indicator } of sent) cards.inc({ service, decision: source.topic.code, indicator });
    },
    countFeedback: (service, feedback) => {
      for (const { outcome } of feedback) outcomes.inc({ service, outcome });
    },
  };
}
