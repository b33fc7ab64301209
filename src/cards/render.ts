/**
 * Card plans -> cards with words: summary, Markdown detail, source, override reasons, links and our extension.
 * Pure but for the ids, which are an argument. Never says that something was excluded; says what is not recorded.
 */
import type { Language } from '../cds-hooks/request.js';
import {
  CARD_EXTENSION,
  type Card,
  type CardExtension,
  type Coding,
  type Indicator,
  type Link,
} from '../cds-hooks/response.js';
import { type FactDeclaration, type ReadFact } from '../facts/fact.js';
import { SUMMARY_LIMIT } from '../rules/check-rules.js';
import { missingFacts, type Outcome } from '../rules/evaluate.js';
import { fillPlaceholders } from '../rules/placeholders.js';
import type { Leaflet } from '../rules/load-leaflets.js';
import { clausesOf, type Citation, type LineKind, type Rule } from '../rules/rule.js';
import type { CardPlan } from './group.js';
import { WORDS, factText, shorten } from './words.js';
import { suggestionsOf } from './suggestions.js';
import { DRAFT_MARK, textIn, type Text } from '../text.js';

/** The fixed texts that cards are made with. */
export interface CardTexts {
  /** Facts by id, with their number. */
  readonly facts: ReadonlyMap<string, { readonly number: number; readonly declaration: FactDeclaration }>;
  readonly sources: Readonly<Record<string, { readonly label: Text; readonly url?: string }>>;
  readonly links: Readonly<Record<string, { readonly label: Text; readonly url: string }>>;
  readonly leaflets: ReadonlyMap<string, Leaflet>;
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
  readonly demo: boolean;
  /** Where clients reach us, for links to our own pages; without trailing slash. */
  readonly publicUrl: string;
  readonly randomId: () => string;
  /** Day number of today. */
  readonly today: number;
  /** Incomplete rules of the hook, whose facts are asked for on the card of their decision. */
  readonly incomplete: readonly Outcome[];
}

const MOST_QUESTIONS = 3;

/** Writes one card. */
export function renderCard(plan: CardPlan, tools: RenderTools): Card {
  const { texts, language } = tools;
  const { rule } = plan.lead;
  const missing = missingOf(plan, tools);
  const links = linksOf(plan, tools);
  const suggestions = suggestionsOf(plan, tools);
  const source = sourceOf(rule, texts);
  const extension = extensionOf(plan, missing);
  return {
    uuid: tools.randomId(),
    summary: shorten(summaryOf(plan, missing, tools), SUMMARY_LIMIT),
    detail: detailOf(plan, missing, tools),
    indicator: indicatorOf(plan),
    source: {
      label: textIn(source.label, language),
      ...(source.url !== undefined && { url: source.url }),
      topic: topicOf(plan, tools),
    },
    ...(suggestions.length > 0 && { suggestions, selectionBehavior: 'any' as const }),
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
    display: textIn(plan.decision.title, language),
  };
}

function overridesOf(plan: CardPlan, { texts, language }: RenderTools): readonly Required<Coding>[] {
  const reasons = texts.overrides[plan.lead.rule.card.override ?? ''] ?? texts.overrides['info'] ?? [];
  return reasons.map(({ code, system, display }) => ({ code, system, display: textIn(display, language) }));
}

function linksOf(plan: CardPlan, { texts, language, publicUrl }: RenderTools): readonly Link[] {
  const ids = new Set(plan.lines.flatMap((outcome) => outcome.rule.card.links));
  const leaflets = new Set(plan.lines.flatMap((outcome) => outcome.rule.card.leaflets));
  const sites = [...ids].flatMap((id) => texts.links[id] ?? []);
  const pages = [...leaflets].flatMap((id) => {
    const leaflet = texts.leaflets.get(id);
    return leaflet ? [{ label: leaflet.title, url: `${publicUrl}/leaflets/${id}?language=${language}` }] : [];
  });
  return [...pages, ...sites].map(({ label, url }) => ({ label: textIn(label, language), url, type: 'absolute' }));
}

function extensionOf(plan: CardPlan, missing: readonly string[]): CardExtension {
  // What could not be completed is named only where nothing fired: there the card is about it.
  const outcomes = plan.lead.result === 'fires' ? plan.lines : [...plan.lines, ...plan.incomplete];
  const order = plan.decision.per === 'order' ? plan.lead.subject.draft?.reference : undefined;
  return {
    family: plan.lead.rule.family,
    rules: outcomes.map(({ rule }) => ({ id: rule.id, version: rule.version })),
    statements: [...new Set(outcomes.flatMap((outcome) => outcome.rule.statements))],
    ...(missing.length > 0 && { missing }),
    ...(order !== undefined && { order }),
  };
}

/**
 * Facts that are not recorded, those that could change the advice first (D23): what an order check or the lead left open, what would
 * change the indicator, then the other lines, then rules of the decision that could not be completed, leads before bullets.
 */
function missingOf(plan: CardPlan, { read, incomplete }: RenderTools): readonly string[] {
  const { lead, decision } = plan;
  // Who must refer now is not asked for what could also be known.
  const isUrgent = lead.indicator === 'critical';
  const near = incomplete.filter(
    ({ rule, subject }) => !isUrgent && rule.decision === decision.id && subject.episode === lead.subject.episode,
  );
  const canLead = (outcome: Outcome): boolean => outcome.rule.card.summary !== undefined;
  const missing = [
    ...plan.incomplete.flatMap((outcome) => missingFacts(outcome.open, outcome.subject, read)),
    ...missingFacts(lead.open, lead.subject, read),
    ...missingFacts(lead.rule.weigh, lead.subject, read),
    ...[...plan.lines, ...near.filter(canLead), ...near.filter((outcome) => !canLead(outcome))].flatMap((outcome) =>
      missingFacts(outcome.open, outcome.subject, read),
    ),
  ];
  return [...new Set(missing)];
}

/** The questions that a card prints: at most three, none twice, none that one of its lines asks already. */
function questionsOf(plan: CardPlan, missing: readonly string[], tools: RenderTools): readonly string[] {
  const clauses = plan.lines.flatMap((outcome) => outcome.rule.when.flatMap(clausesOf));
  const asked = clauses.filter((clause) => clause.operator === 'recorded' && clause.operand === false);
  const open = missing.filter((id) => !asked.some((clause) => clause.fact === id));
  return [...new Set(namesOf(open, tools))].slice(0, MOST_QUESTIONS);
}

function sentence(outcome: Outcome, text: Text | undefined, { texts, read, language }: RenderTools): string {
  return fillPlaceholders(text ? textIn(text, language) : '', (fact) => {
    const known = texts.facts.get(fact);
    return known ? factText(read(known.number, outcome.subject), known.declaration, language) : '';
  }).trim();
}

function namesOf(missing: readonly string[], { texts, language }: RenderTools): readonly string[] {
  return missing.map((id) => {
    const text = texts.facts.get(id)?.declaration.text;
    return text ? textIn(text, language) : id;
  });
}

function cannotCheck(missing: readonly string[], tools: RenderTools): string {
  const names = [...new Set(namesOf(missing, tools))].slice(0, MOST_QUESTIONS).join(', ');
  return `${WORDS[tools.language].cannotCheck} ${names}.`;
}

function detailOf(plan: CardPlan, missing: readonly string[], tools: RenderTools): string {
  const words = WORDS[tools.language];
  const { lead } = plan;
  const questions = questionsOf(plan, missing, tools);
  const parts = [
    lead.result === 'fires' ? sentence(lead, lead.rule.card.detail, tools) : words.cannotCheckDetail,
    ...sectionsOf(
      plan.lines.filter((outcome) => outcome !== lead),
      tools,
    ),
    questions.length > 0 ? `**${words.stillToCheck}:** ${questions.join('; ')}.` : '',
    citationOf(lead.rule, tools),
    tools.language === 'fr' ? `*${DRAFT_MARK}*` : '',
    tools.demo ? `*${words.demo}*` : '',
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What a reader looks for first comes first; a long card gets a heading for each part. */
const SECTIONS: readonly { readonly heading: 'toDo' | 'toAsk' | 'background'; readonly kinds: readonly LineKind[] }[] =
  [
    { heading: 'toDo', kinds: ['alarm', 'delay', 'do', 'cancel', 'go'] },
    { heading: 'toAsk', kinds: ['ask'] },
    { heading: 'background', kinds: ['info'] },
  ];
const LINES_WITHOUT_HEADINGS = 4;

function sectionsOf(lines: readonly Outcome[], tools: RenderTools): readonly string[] {
  const sections = SECTIONS.map(({ heading, kinds }) => ({
    heading: WORDS[tools.language][heading],
    bullets: lines
      .filter((outcome) => kinds.includes(outcome.rule.card.kind))
      .map((outcome) => `- ${bulletOf(outcome, tools)}`),
  })).filter(({ bullets }) => bullets.length > 0);
  if (lines.length <= LINES_WITHOUT_HEADINGS) return [sections.flatMap(({ bullets }) => bullets).join('\n')];
  return sections.map(({ heading, bullets }) => [`**${heading}**`, ...bullets].join('\n'));
}

/** A line of another rule; extensions and safety notes carry their mark and their own source. */
function bulletOf(outcome: Outcome, tools: RenderTools): string {
  const { card, source } = outcome.rule;
  const text = sentence(outcome, card.bullet ?? card.summary, tools);
  const [first] = source;
  if (!first || first.kind === 'source') return text;
  return `*${WORDS[tools.language][first.kind]}:* ${text} (${labelOf(first, tools)})`;
}

function citationOf(rule: Rule, tools: RenderTools): string {
  const [first] = rule.source;
  if (!first) return '';
  const label = labelOf(first, tools);
  const where = first.where === undefined ? label : `${label}, ${first.where}`;
  const mark = first.kind === 'source' ? '' : `*${WORDS[tools.language][first.kind]}:* `;
  return `> ${mark}${quoteOf(first, tools.language)} (${where})`;
}

function labelOf({ doc }: Citation, { texts, language }: RenderTools): string {
  const source = texts.sources[doc];
  return source ? textIn(source.label, language) : doc;
}

function quoteOf(citation: Citation, language: Language): string {
  if (citation.quote !== undefined) return `“${citation.quote.replace(/\s+/g, ' ').trim()}”`;
  return citation.paraphrase ? textIn(citation.paraphrase, language) : '';
}
