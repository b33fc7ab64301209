/**
 * Card plans -> cards with words: summary, detail, source, suggestions, override reasons, links and our extension.
 * Pure but for the ids, which are an argument.
 */
import {
  CARD_EXTENSION,
  type Card,
  type CardExtension,
  type Coding,
  type Indicator,
  type Link,
} from '../cds-hooks/response.js';
import { isLocalReference } from '../fhir/references.js';
import { SUMMARY_LIMIT } from '../rules/check-rules.js';
import { missingFacts, type Outcome } from '../rules/evaluate.js';
import type { Rule } from '../rules/rule.js';
import { textIn, type Text } from '../text.js';
import { cannotCheck, detailOf } from './detail.js';
import type { CardPlan } from './group.js';
import { asPlainText, shorten, withoutTags } from './record-text.js';
import { sentence, type CardTexts, type RenderTools } from './sentences.js';
import { suggestionsOf, type Offered } from './suggestions.js';

/** Writes the cards, the most urgent first: what one of them orders, none below it orders again. */
export function renderCards(plans: readonly CardPlan[], tools: RenderTools): readonly Card[] {
  const offered: Offered = { settled: new Set(), urgentReferral: false };
  return plans.map((plan) => renderCard(plan, tools, offered));
}

function renderCard(plan: CardPlan, tools: RenderTools, offered: Offered): Card {
  const { texts, language } = tools;
  const { rule } = plan.lead;
  const missing = missingOf(plan, tools);
  const links = linksOf(plan, tools);
  const detail = detailOf(plan, missing, tools);
  const suggestions = suggestionsOf(plan, tools, offered);
  const source = sourceOf(rule, texts);
  const extension = extensionOf(plan, missing);
  return {
    uuid: tools.randomId(),
    summary: shorten(withoutTags(summaryOf(plan, missing, tools)), SUMMARY_LIMIT),
    detail: tools.takes.markdown ? detail : withoutTags(asPlainText(detail)),
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
  return lead.result === 'fires' ? sentence(lead, lead.rule.card.summary, tools, 'text') : cannotCheck(missing, tools);
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
  const reference = plan.decision.per === 'order' ? plan.lead.subject.draft?.reference : undefined;
  const order = reference !== undefined && isLocalReference(reference) ? reference : undefined;
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
