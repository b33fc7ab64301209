/**
 * What rules are called and what they rest on, for the pages and for explanations.
 * Enters: the knowledge. Leaves: texts in every served language, the same for every patient.
 */
import type { FactDefinition } from '../facts/load-facts.js';
import type { Knowledge } from '../load-knowledge.js';
import { foldQuote } from '../rules/check-rules.js';
import type { Rule } from '../rules/rule.js';
import type { Text } from '../text.js';
import type { ExplanationTexts, FactText, RuleText, SourceText } from './explanation-texts.js';

/** All texts, of rules that are switched off too. */
export function explanationTexts(knowledge: Knowledge): ExplanationTexts {
  return {
    decisions: Object.fromEntries([...knowledge.decisions.values()].map(({ id, title }) => [id, title])),
    rules: Object.fromEntries(knowledge.rules.map((rule) => [rule.id, ruleText(rule, knowledge)])),
    facts: Object.fromEntries(knowledge.facts.definitions.map((definition) => [definition.id, factText(definition)])),
    precedence: Object.fromEntries(knowledge.precedence.map(({ id, because }) => [id, because])),
  };
}

function ruleText(rule: Rule, knowledge: Knowledge): RuleText {
  const { title, statements } = rule;
  const says = firstSaid(rule);
  return { title, ...(says && { says }), sources: sourcesOf(rule, knowledge), statements };
}

/** What its card or line says first; undefined for a rule that is silent by itself. */
export function firstSaid({ card }: Rule): Text | undefined {
  return card.summary ?? card.bullet;
}

/** What a rule rests on, in the order in which it names them. */
export function sourcesOf(rule: Rule, knowledge: Knowledge): readonly SourceText[] {
  return rule.source.map(({ kind, doc, where, quote, paraphrase }) => ({
    kind,
    label: sourceLabel(doc, knowledge),
    ...(where !== undefined && { where }),
    ...(quote !== undefined && { quote: foldQuote(quote) }),
    ...(paraphrase && { paraphrase }),
  }));
}

/** What a cited text is called. */
export function sourceLabel(doc: string, { texts }: Knowledge): Text {
  return texts.sources[doc]?.label ?? { nl: doc, en: doc };
}

function factText({ text, type, unit, values, absent }: FactDefinition): FactText {
  return {
    text,
    type,
    ...(unit && { unit }),
    ...(values && { values }),
    ...(absent === 'false' && { noneIsNo: true }),
  };
}
