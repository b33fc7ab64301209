/**
 * What an explanation of cards needs besides the trace: what decisions, rules and facts are called, and what rules rest on.
 * Enters: the knowledge. Leaves: texts in every served language, the same for every patient.
 */
import type { FactType } from '../facts/fact.js';
import type { FactDefinition } from '../facts/load-facts.js';
import type { Knowledge } from '../load-knowledge.js';
import { foldQuote } from '../rules/check-rules.js';
import type { Citation, Rule } from '../rules/rule.js';
import type { Text } from '../text.js';

/** GET /explain/texts, each part by id. */
export interface ExplanationTexts {
  readonly decisions: Readonly<Record<string, Text>>;
  readonly rules: Readonly<Record<string, RuleText>>;
  readonly facts: Readonly<Record<string, FactText>>;
  /** Why rules give way to others, in English, for whoever reviews them. */
  readonly precedence: Readonly<Record<string, string>>;
}

export interface RuleText {
  /** In Dutch, for whoever reviews the rules. */
  readonly title: string;
  /** What its card or line says first, with placeholders. */
  readonly says?: Text;
  readonly sources: readonly SourceText[];
  readonly statements: readonly string[];
}

/** A sentence that a rule rests on: its quote, which is Dutch, or what it says in our words. */
export interface SourceText {
  readonly kind: Citation['kind'];
  readonly label: Text;
  readonly where?: string;
  readonly quote?: string;
  readonly paraphrase?: Text;
}

export interface FactText {
  /** What is asked for, such as "response to analgesics" or "red flags": a yes beside it would say nothing, or the opposite. */
  readonly text: Text;
  readonly type: FactType;
  readonly unit?: Text;
  /** Words of its codes. */
  readonly values?: Readonly<Record<string, Text>>;
  /** None recorded counts as no, where the record is complete. */
  readonly noneIsNo?: true;
}

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
