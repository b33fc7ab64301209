/**
 * Card plans -> cards with words: summary, Markdown detail, source, override reasons, links and our extension.
 * Pure but for the ids, which are an argument. Never says that something was excluded; says what is not recorded.
 */
import type { Jurisdiction, Language } from '../cds-hooks/request.js';
import {
  CARD_EXTENSION,
  type Card,
  type CardExtension,
  type Coding,
  type Indicator,
  type Link,
} from '../cds-hooks/response.js';
import type { FactDeclaration, ReadFact, Text } from '../facts/fact.js';
import { missingFacts, type Outcome } from '../rules/evaluate.js';
import { fillPlaceholders } from '../rules/placeholders.js';
import type { Citation, Rule } from '../rules/rule.js';
import type { CardPlan } from './group.js';
import { WORDS, factText, shorten } from './words.js';

/** The fixed texts that cards are made with. */
export interface CardTexts {
  readonly facts: readonly FactDeclaration[];
  readonly sources: Readonly<Record<string, { readonly label: Text; readonly url?: string }>>;
  readonly links: Readonly<Record<string, { readonly label: Text; readonly url: string }>>;
  /** Override reasons by set and language. */
  readonly overrides: Readonly<
    Record<string, readonly { readonly code: string; readonly system: string; readonly display: Text }[]>
  >;
  /** Base of our canonical addresses. */
  readonly base: string;
}

export interface RenderTools {
  readonly texts: CardTexts;
  readonly read: ReadFact;
  readonly language: Language;
  readonly jurisdiction: Jurisdiction;
  readonly demo: boolean;
  readonly randomId: () => string;
  /** Incomplete rules of the hook, whose facts are asked for on the card of their decision. */
  readonly incomplete: readonly Outcome[];
}

const SUMMARY_LIMIT = 139;
const MOST_QUESTIONS = 3;

/** Writes one card. */
export function renderCard(plan: CardPlan, tools: RenderTools): Card {
  const { texts, language } = tools;
  const { rule } = plan.lead;
  const missing = missingOf(plan, tools);
  const links = linksOf(plan, tools);
  const source = sourceOf(rule, texts);
  const extension = extensionOf(plan, missing);
  return {
    uuid: tools.randomId(),
    summary: shorten(summaryOf(plan, missing, tools), SUMMARY_LIMIT),
    detail: detailOf(plan, missing, tools),
    indicator: indicatorOf(plan),
    source: {
      label: source.label[language],
      ...(source.url !== undefined && { url: source.url }),
      topic: topicOf(plan, tools),
    },
    overrideReasons: overridesOf(plan, tools),
    ...(links.length > 0 && { links }),
    extension: { [CARD_EXTENSION]: extension },
  };
}

function summaryOf(plan: CardPlan, missing: readonly string[], tools: RenderTools): string {
  const { lead } = plan;
  return lead.result === 'fires' ? sentence(lead, lead.rule.card.summary, tools) : cannotCheck(missing, tools);
}

function indicatorOf(plan: CardPlan): Indicator {
  const levels = plan.lines.map((outcome) => outcome.indicator);
  if (levels.includes('critical')) return 'critical';
  return levels.includes('warning') ? 'warning' : 'info';
}

function sourceOf(rule: Rule, texts: CardTexts): { readonly label: Text; readonly url?: string } {
  const [first] = rule.source;
  const source = first && texts.sources[first.doc];
  if (!source) throw new RangeError(`the rule ${rule.id} has no source`);
  return source;
}

function topicOf(plan: CardPlan, { texts, language }: RenderTools): Coding {
  return {
    system: `${texts.base}/CodeSystem/card-topic`,
    code: plan.decision.id,
    display: plan.decision.title[language],
  };
}

function overridesOf(plan: CardPlan, { texts, language }: RenderTools): readonly Required<Coding>[] {
  const reasons = texts.overrides[plan.lead.rule.card.override ?? ''] ?? texts.overrides['info'] ?? [];
  return reasons.map(({ code, system, display }) => ({ code, system, display: display[language] }));
}

function linksOf(plan: CardPlan, { texts, language }: RenderTools): readonly Link[] {
  const ids = new Set(plan.lines.flatMap((outcome) => outcome.rule.card.links));
  return [...ids].flatMap((id) => {
    const link = texts.links[id];
    return link ? [{ label: link.label[language], url: link.url, type: 'absolute' as const }] : [];
  });
}

function extensionOf(plan: CardPlan, missing: readonly string[]): CardExtension {
  const outcomes = [...plan.lines, ...plan.incomplete];
  const order = plan.decision.per === 'order' ? plan.lead.subject.draft?.reference : undefined;
  return {
    family: plan.lead.rule.family,
    rules: outcomes.map(({ rule }) => ({ id: rule.id, version: rule.version })),
    statements: [...new Set(outcomes.flatMap((outcome) => outcome.rule.statements))],
    ...(missing.length > 0 && { missing }),
    ...(order !== undefined && { order }),
  };
}

/** Facts that could change the advice: first what the lead left open, then the other lines, then incomplete rules of the decision. */
function missingOf(plan: CardPlan, { read, incomplete }: RenderTools): readonly string[] {
  const { episode } = plan.lead.subject;
  const near = incomplete.filter(
    (outcome) => outcome.rule.decision === plan.decision.id && outcome.subject.episode === episode,
  );
  const outcomes = [...plan.incomplete, ...plan.lines, ...near];
  return [...new Set(outcomes.flatMap((outcome) => missingFacts(outcome.open, outcome.subject, read)))];
}

function sentence(outcome: Outcome, text: Text | undefined, { texts, read, language }: RenderTools): string {
  return fillPlaceholders(text?.[language] ?? '', ({ fact }) => {
    const number = texts.facts.findIndex((one) => one.id === fact);
    const declaration = texts.facts[number];
    return declaration ? factText(read(number, outcome.subject), declaration, language) : '';
  }).trim();
}

function namesOf(missing: readonly string[], { texts, language }: RenderTools): readonly string[] {
  return missing.map((id) => texts.facts.find((fact) => fact.id === id)?.text[language] ?? id);
}

function cannotCheck(missing: readonly string[], tools: RenderTools): string {
  const names = namesOf(missing.slice(0, MOST_QUESTIONS), tools).join(', ');
  return `${WORDS[tools.language].cannotCheck} ${names}.`;
}

function detailOf(plan: CardPlan, missing: readonly string[], tools: RenderTools): string {
  const words = WORDS[tools.language];
  const { lead } = plan;
  const bullets = plan.lines.filter((outcome) => outcome !== lead).map((outcome) => `- ${bulletOf(outcome, tools)}`);
  const parts = [
    lead.result === 'fires' ? sentence(lead, lead.rule.card.detail, tools) : words.cannotCheckDetail,
    bullets.join('\n'),
    missing.length > 0
      ? `**${words.stillToCheck}:** ${namesOf(missing.slice(0, MOST_QUESTIONS), tools).join('; ')}.`
      : '',
    citationOf(lead.rule, tools),
    tools.demo ? `*${words.demo}*` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A line of another rule; extensions and safety notes carry their mark and their own source. */
function bulletOf(outcome: Outcome, tools: RenderTools): string {
  const { card, source } = outcome.rule;
  const text = sentence(outcome, card.bullet ?? card.summary, tools);
  const [first] = source;
  if (!first || first.kind === 'source') return text;
  const label = tools.texts.sources[first.doc]?.label[tools.language];
  return `*${WORDS[tools.language][first.kind]}:* ${text}${label === undefined ? '' : ` (${label})`}`;
}

function citationOf(rule: Rule, tools: RenderTools): string {
  const [first] = rule.source;
  if (!first) return '';
  const label = tools.texts.sources[first.doc]?.label[tools.language] ?? first.doc;
  const where = first.where === undefined ? label : `${label}, ${first.where}`;
  return `> ${quoteOf(first, tools.language)} (${where})`;
}

function quoteOf(citation: Citation, language: Language): string {
  if (citation.quote !== undefined) return `“${citation.quote.replace(/\s+/g, ' ').trim()}”`;
  return citation.paraphrase?.[language] ?? '';
}
