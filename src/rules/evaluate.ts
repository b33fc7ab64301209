/**
 * Rule + facts -> outcome. Pure, order-free, the same for every hook.
 * Any `when` false or any `unless` true: silent. Else any `when` unknown: incomplete. Else it fires, and every unknown `unless` is still to be checked.
 */
import type { Indicator } from '../cds-hooks/response.js';

import type { ReadFact, Subject } from '../facts/fact.js';
import { allOf, anyOf, countOf, type Truth } from '../three-valued.js';
import { clausesOf, isGroup, type Clause, type Condition, type Rule, type SuggestionPlan } from './rule.js';

export type Result = 'fires' | 'silent' | 'incomplete';

export interface Outcome {
  readonly rule: Rule;
  readonly subject: Subject;
  readonly result: Result;
  /** The condition that made the rule silent. */
  readonly because?: string;
  /** Conditions that are unknown: of `when` when incomplete, of `unless` when it fires. */
  readonly open: readonly Condition[];
  readonly indicator: Indicator;
}

/** Evaluates one rule for one subject. */
export function evaluate(rule: Rule, subject: Subject, read: ReadFact): Outcome {
  const silent = (because: string): Outcome => ({
    rule,
    subject,
    result: 'silent',
    because,
    open: NONE,
    indicator: 'info',
  });
  let open: Condition[] | undefined;
  for (const condition of rule.when) {
    const truth = truthOf(condition, subject, read);
    if (truth === false) return silent(condition.id);
    if (truth === undefined) (open ??= []).push(condition);
  }
  let unchecked: Condition[] | undefined;
  for (const condition of rule.unless) {
    const truth = truthOf(condition, subject, read);
    if (truth === true) return silent(condition.id);
    if (truth === undefined) (unchecked ??= []).push(condition);
  }
  if (open) return { rule, subject, result: 'incomplete', open, indicator: 'info' };
  return { rule, subject, result: 'fires', open: unchecked ?? NONE, indicator: indicatorOf(rule, subject, read) };
}

const NONE: readonly Condition[] = [];

/** Truth of a clause or group. */
export function truthOf(condition: Condition, subject: Subject, read: ReadFact): Truth {
  if (!isGroup(condition)) return clauseTruth(condition, subject, read);
  const truths = condition.clauses.map((clause) => clauseTruth(clause, subject, read));
  if (condition.combine === 'anyOf') return anyOf(truths);
  return condition.combine === 'allOf' ? allOf(truths) : countOf(truths, condition.atLeast);
}

function clauseTruth(clause: Clause, subject: Subject, read: ReadFact): Truth {
  return clause.test(read(clause.number, subject).value);
}

/** The first level whose conditions are all true; the last row of the list has none. */
function indicatorOf(rule: Rule, subject: Subject, read: ReadFact): Indicator {
  const holds = (id: string): boolean => truthById(id, rule, subject, read) === true;
  return rule.card.indicator.find((row) => row.when.every(holds))?.level ?? 'info';
}

/** The truth of a clause or group of the rule, by its id. */
export function truthById(id: string, rule: Rule, subject: Subject, read: ReadFact): Truth {
  for (const condition of [...rule.when, ...rule.unless, ...rule.weigh, ...rule.choose]) {
    if (condition.id === id) return truthOf(condition, subject, read);
    const clause = isGroup(condition) ? condition.clauses.find((one) => one.id === id) : undefined;
    if (clause) return clauseTruth(clause, subject, read);
  }
  return undefined;
}

/** Suggestions of the rule whose clauses hold: each `when` true and each `unless` known to be false. */
export function suggestionsFor(rule: Rule, subject: Subject, read: ReadFact): readonly SuggestionPlan[] {
  const truth = (id: string): Truth => truthById(id, rule, subject, read);
  return rule.card.suggestions.filter(
    ({ when, unless }) => when.every((id) => truth(id) === true) && unless.every((id) => truth(id) === false),
  );
}

/** Facts named by open conditions whose value is unknown, each once. */
export function missingFacts(open: readonly Condition[], subject: Subject, read: ReadFact): readonly string[] {
  const clauses = open.flatMap(clausesOf).filter((clause) => clauseTruth(clause, subject, read) === undefined);
  return [...new Set(clauses.map((clause) => clause.fact))];
}
