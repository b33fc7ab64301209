/**
 * What a PlanDefinition, its actions and its usage all need of a rule: headline, topic, facts.
 */
import type { CodeableConcept } from 'fhir/r4.js';
import type { FactDefinition } from '../facts/load-facts.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';
import type { Knowledge } from '../load-knowledge.js';
import { elementOf } from '../orders/translations.js';
import { clausesOf, type Rule } from '../rules/rule.js';
import type { Text } from '../text.js';

/** What the rule says first, with its placeholders. */
export function headlineOf({ card, decision, title }: Rule, { decisions }: Knowledge): Text {
  return card.summary ?? card.bullet ?? decisions.get(decision)?.title ?? { nl: title, en: title };
}

/** The card topic. */
export function topicOf({ decision }: Rule, { decisions }: Knowledge): CodeableConcept {
  const title = decisions.get(decision)?.title;
  return {
    coding: [{ system: `${CANONICAL_BASE}/CodeSystem/card-topic`, code: decision }],
    ...(title && elementOf('text', title)),
  };
}

/** The facts that the clauses of a rule ask for, each once, in the order of the rule. */
export function factsOf({ when, unless, weigh, choose }: Rule, { facts }: Knowledge): readonly FactDefinition[] {
  const clauses = [...when, ...unless, ...weigh, ...choose].flatMap(clausesOf);
  const numbers = new Set(clauses.map(({ number }) => number));
  return [...numbers].flatMap((number) => facts.definitions[number] ?? []);
}
