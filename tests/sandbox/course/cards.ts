/** Cards with what the strip reads of them. */
import type { Card, Indicator } from '../../../src/cds-hooks/response.js';

/** A card of a decision, led by a rule. */
export function cardOf(code: string, rule: string, summary = rule, indicator: Indicator = 'info'): Card {
  return {
    uuid: `${code}-${rule}`,
    summary,
    detail: '',
    indicator,
    source: { label: 'test', topic: { system: 'https://example.org/topic', code, display: `The ${code}` } },
    overrideReasons: [],
    extension: { 'example.plexus-cds.card': { family: 'NA', rules: [{ id: rule, version: '1' }], statements: [] } },
  };
}
