/**
 * A rule -> the actions of its PlanDefinition: when it speaks, how urgent that is, and what can be accepted.
 * Enters: a rule, a hook and the knowledge. Leaves: one action for an event of the hook, the rest nested in it.
 */
import type { PlanDefinitionAction } from 'fhir/r4.js';
import type { Hook } from '../cds-hooks/request.js';
import type { Indicator } from '../cds-hooks/response.js';
import type { Knowledge } from '../load-knowledge.js';
import { isGiven } from '../orders/ordering.js';
import type { OrderTemplate } from '../orders/order-template.js';
import { elementOf } from '../translations.js';
import type { Rule, SuggestionPlan } from '../rules/rule.js';
import type { Text } from '../text.js';
import { dataRequirementsOf } from './data-requirements.js';
import { choiceOf, conditionsOf, noneOf } from './plan-conditions.js';
import { factsOf, headlineOf, joined, topicOf } from './plan-parts.js';

/** The urgency of an action for each indicator of a card. */
const PRIORITY: Readonly<Record<Indicator, NonNullable<PlanDefinitionAction['priority']>>> = {
  info: 'routine',
  warning: 'urgent',
  critical: 'stat',
};

const LEVELS: Readonly<Record<Indicator, Text>> = {
  info: { nl: 'Ter informatie', en: 'Information', fr: 'Pour information' },
  warning: { nl: 'Waarschuwing', en: 'Warning', fr: 'Avertissement' },
  critical: { nl: 'Kritiek', en: 'Critical', fr: 'Critique' },
};

const URGENCY = { nl: 'Hoe dringend de kaart is', en: 'How urgent the card is', fr: 'Degré d’urgence de la carte' };
const OFFERS = { nl: 'Over te nemen met één klik', en: 'To accept with one click', fr: 'À accepter en un clic' };

/** What a rule does on a hook. */
export function actionOf(rule: Rule, hook: Hook, knowledge: Knowledge): PlanDefinitionAction {
  const { card } = rule;
  const [first, ...more] = card.indicator;
  const input = dataRequirementsOf(factsOf(rule, knowledge));
  const nested = [
    ...(more.length > 0 ? [urgencyOf(rule, knowledge)] : []),
    ...(card.suggestions.length > 0 ? [offersOf(rule, knowledge)] : []),
  ];
  const condition = conditionsOf(rule, knowledge);
  return {
    ...elementOf('title', headlineOf(rule, knowledge)),
    ...(card.detail && elementOf('description', card.detail)),
    ...(card.bullet && elementOf('textEquivalent', card.bullet)),
    ...(first && more.length === 0 && { priority: PRIORITY[first.level] }),
    code: [topicOf(rule, knowledge)],
    trigger: [{ type: 'named-event', name: hook }],
    ...(condition.length > 0 && { condition: [...condition] }),
    ...(input.length > 0 && { input: [...input] }),
    ...(nested.length > 0 && { action: nested }),
  };
}

/** The rows of the indicator as alternatives that exclude each other: each says that no row before it holds. */
function urgencyOf(rule: Rule, knowledge: Knowledge): PlanDefinitionAction {
  const rows = rule.card.indicator.map(({ level, when }, index) => {
    const earlier = rule.card.indicator.slice(0, index).map((row) => row.when);
    const condition = [...noneOf(earlier, rule, knowledge), ...choiceOf(when, [], rule, knowledge)];
    return { ...elementOf('title', LEVELS[level]), priority: PRIORITY[level], condition };
  });
  return {
    ...elementOf('title', URGENCY),
    groupingBehavior: 'logical-group',
    selectionBehavior: 'exactly-one',
    action: rows,
  };
}

function offersOf(rule: Rule, knowledge: Knowledge): PlanDefinitionAction {
  return {
    ...elementOf('title', OFFERS),
    groupingBehavior: 'visual-group',
    selectionBehavior: 'any',
    action: rule.card.suggestions.map((plan) => suggestionAction(plan, rule, knowledge)),
  };
}

function suggestionAction(plan: SuggestionPlan, rule: Rule, knowledge: Knowledge): PlanDefinitionAction {
  const orders = ordersOf(plan, knowledge);
  // While the rule leaves a question open no drug is offered, so each of its exceptions must be known not to be so.
  const settled = orders.some(isGiven) ? rule.unless.map(({ id }) => id) : [];
  const unless = [...new Set([...plan.unless, ...settled])];
  const condition = choiceOf(plan.when, unless, rule, knowledge);
  return {
    ...(orders.length > 0
      ? orderAction(orders, 'with' in plan && plan.with.length > 0)
      : changeAction(plan, knowledge)),
    ...(plan.recommended && { precheckBehavior: 'yes' as const }),
    ...(condition.length > 0 && { condition: [...condition] }),
  };
}

function ordersOf(plan: SuggestionPlan, { templates }: Knowledge): readonly OrderTemplate[] {
  return 'order' in plan ? [...plan.order, ...plan.with].flatMap((id) => templates.get(id) ?? []) : [];
}

/** An order refers to its template; several are a group, and what is not safe without its companion is ordered with it or not at all. */
function orderAction(orders: readonly OrderTemplate[], together: boolean): PlanDefinitionAction {
  const actions = orders.map(({ title, canonical }) => ({
    ...elementOf('title', title),
    type: actionType('create'),
    definitionCanonical: canonical,
  }));
  const [only, ...more] = actions;
  if (only && more.length === 0) return only;
  const titles = orders.map(({ title }) => title);
  return {
    ...elementOf('title', joined(titles, ' + ')),
    groupingBehavior: 'logical-group',
    selectionBehavior: together ? 'all-or-none' : 'any',
    action: actions,
  };
}

/** What changes a draft or cancels a planned item has no definition, only words. */
function changeAction(plan: SuggestionPlan, { templates }: Knowledge): PlanDefinitionAction {
  const isRemoval = 'withdraw' in plan || 'cancel' in plan;
  const template = 'dose' in plan ? templates.get(plan.dose) : undefined;
  return {
    ...(plan.label && elementOf('title', plan.label)),
    type: actionType(isRemoval ? 'remove' : 'update'),
    ...(template && { documentation: [{ type: 'depends-on' as const, resource: template.canonical }] }),
  };
}

const actionType = (code: 'create' | 'update' | 'remove') => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/action-type', code }],
});
