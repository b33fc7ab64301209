/**
 * Outcomes -> those that may speak, by the rows of `rules/precedence.yaml`.
 * Rows are taken in their order; what a row has dropped drops nothing itself. What was dropped, and by which row, is kept for the trace.
 */
import type { Hook } from '../cds-hooks/request.js';
import type { Outcome } from './evaluate.js';
import type { OutcomePattern, Precedence } from './rule.js';

export interface Suppressed {
  readonly outcome: Outcome;
  /** Id of the row. */
  readonly by: string;
}

export interface Standing {
  readonly outcomes: readonly Outcome[];
  readonly suppressed: readonly Suppressed[];
}

/** Drops outcomes that are silent, and those of lower precedence. */
export function applyPrecedence(outcomes: readonly Outcome[], rows: readonly Precedence[], hook: Hook): Standing {
  let standing = outcomes.filter((outcome) => outcome.result !== 'silent');
  const suppressed: Suppressed[] = [];
  for (const row of rows) {
    if (row.on && !row.on.includes(hook)) continue;
    const isExcepted = (outcome: Outcome): boolean => row.but !== undefined && matches(row.but, outcome);
    const causes = new Set(standing.filter((outcome) => matches(row.if, outcome) && !isExcepted(outcome)));
    if (causes.size === 0) continue;
    const episodes = new Set([...causes].map((cause) => cause.subject.episode));
    const isDropped = (outcome: Outcome): boolean =>
      !causes.has(outcome) &&
      matches(row.drop, outcome) &&
      (row.scope === 'patient' || episodes.has(outcome.subject.episode));
    suppressed.push(...standing.filter(isDropped).map((outcome) => ({ outcome, by: row.id })));
    standing = standing.filter((outcome) => !isDropped(outcome));
  }
  return { outcomes: standing, suppressed };
}

function matches(pattern: OutcomePattern, outcome: Outcome): boolean {
  const { rule } = outcome;
  return (
    outcome.result === (pattern.outcome ?? 'fires') &&
    (pattern.levels?.includes(rule.level) ?? true) &&
    (pattern.decisions?.includes(rule.decision) ?? true) &&
    (pattern.kinds?.includes(rule.card.kind) ?? true) &&
    (pattern.indicators?.includes(outcome.indicator) ?? true) &&
    (pattern.rules?.includes(rule.id) ?? true)
  );
}
