/**
 * All rules of a hook, each for every patient, episode or draft that it is about -> outcomes.
 */
import type { Hook, Jurisdiction } from '../cds-hooks/request.js';
import type { FactSheet } from '../facts/facts.js';
import type { Subject } from '../facts/fact.js';
import { evaluate, type Outcome } from './evaluate.js';
import type { Rule } from './rule.js';

/** Rules by hook, without those that a site has switched off by rule id or decision. */
export function rulesByHook(rules: readonly Rule[], disabled: readonly string[]): (hook: Hook) => readonly Rule[] {
  const enabled = rules.filter((rule) => !disabled.includes(rule.id) && !disabled.includes(rule.decision));
  const byHook = new Map<Hook, Rule[]>();
  for (const rule of enabled) {
    for (const hook of rule.hooks) byHook.set(hook, [...(byHook.get(hook) ?? []), rule]);
  }
  return (hook) => byHook.get(hook) ?? [];
}

/** Evaluates the rules of one jurisdiction; silent outcomes are part of the result. */
export function evaluateAll(rules: readonly Rule[], sheet: FactSheet, jurisdiction: Jurisdiction): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  for (const rule of rules) {
    if (rule.jurisdictions.length > 0 && !rule.jurisdictions.includes(jurisdiction)) continue;
    for (const subject of subjectsOf(rule, sheet)) outcomes.push(evaluate(rule, subject, sheet.read));
  }
  return outcomes;
}

function subjectsOf(rule: Rule, sheet: FactSheet): readonly Subject[] {
  const regions = rule.for;
  const isAbout = ({ episode }: Subject): boolean =>
    regions === 'patient' || (episode?.regions.some((region) => regions.includes(region)) ?? false);
  if (rule.orders.length === 0) return regions === 'patient' ? [sheet.patient] : sheet.episodes.filter(isAbout);
  const judged = sheet.drafts.filter(
    ({ draft }) => (rule.level === 'P0' || !draft.onHold) && draft.kinds.some((kind) => rule.orders.includes(kind)),
  );
  return judged.flatMap(({ alone, perEpisode }) => (regions === 'patient' ? [alone] : perEpisode.filter(isAbout)));
}
