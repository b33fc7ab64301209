/**
 * A rule -> the actions of its PlanDefinition: when it speaks, how urgent that is, and what can be accepted.
 * Enters: a rule, a hook and the knowledge. Leaves: one action for an event of the hook, the rest nested in it.
 */
import type { Expression, PlanDefinitionAction, PlanDefinitionActionCondition } from 'fhir/r4.js';
import type { Hook } from '../cds-hooks/request.js';
import type { Indicator } from '../cds-hooks/response.js';
import type { Knowledge } from '../load-knowledge.js';
import { elementOf } from '../orders/translations.js';
import { clausesOf, isGroup, type Clause, type Condition, type Rule, type SuggestionPlan } from '../rules/rule.js';
import type { Text } from '../text.js';
import { dataRequirementsOf } from './data-requirements.js';
import { all, expressionOf, notKnownTrue } from './fhirpath.js';
import { factsOf, headlineOf, topicOf } from './plan-parts.js';

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

const WORDS = {
  urgency: { nl: 'Hoe dringend de kaart is', en: 'How urgent the card is', fr: 'Degré d’urgence de la carte' },
  offers: { nl: 'Over te nemen met één klik', en: 'To accept with one click', fr: 'À accepter en un clic' },
  earlier: {
    nl: 'Geen eerdere regel van deze lijst geldt',
    en: 'No earlier row applies',
    fr: 'Aucune ligne précédente',
  },
} as const satisfies Readonly<Record<string, Text>>;

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

/** One condition for each clause or group, so that a reader sees which sentence is which expression; together they are the rule. */
function conditionsOf(rule: Rule, knowledge: Knowledge): readonly PlanDefinitionActionCondition[] {
  return [
    ...rule.when.map((condition) => applicable(condition, truthOf(condition, knowledge))),
    ...rule.unless.map((condition) => applicable(negated(condition), notKnownTrue(truthOf(condition, knowledge)))),
  ];
}

const truthOf = (condition: Condition, { facts }: Knowledge): string => expressionOf(condition, facts.definitions);

interface Named {
  readonly id: string;
  readonly text: Text;
}

function applicable({ id, text, ...more }: Named & Partial<Clause>, expression: string): PlanDefinitionActionCondition {
  return { kind: 'applicability', expression: expressionElement(id, withSetting(text, more.setting), expression) };
}

function expressionElement(name: string, description: Text, expression: string): Expression {
  return { ...elementOf('description', description), name, language: 'text/fhirpath', expression };
}

const mapText = ({ nl, en, fr }: Text, change: Readonly<Record<keyof Text, (text: string) => string>>): Text => ({
  nl: change.nl(nl),
  en: change.en(en),
  ...(fr !== undefined && { fr: change.fr(fr) }),
});

/** The sentence of a clause that silences the rule. */
function negated({ id, text }: Condition): Named {
  return {
    id,
    text: mapText(text, {
      nl: (words) => `Niet bekend is: ${words}`,
      en: (words) => `It is not known that: ${words}`,
      fr: (words) => `Il n’est pas connu que : ${words}`,
    }),
  };
}

function withSetting(text: Text, setting: string | undefined): Text {
  if (setting === undefined) return text;
  return mapText(text, {
    nl: (words) => `${words} (instelling ${setting})`,
    en: (words) => `${words} (setting ${setting})`,
    fr: (words) => `${words} (réglage ${setting})`,
  });
}

/** A clause or group of the rule by its id; the loader made sure that there is one. */
function conditionOf(id: string, { when, unless, weigh, choose }: Rule): Condition {
  const conditions = [...when, ...unless, ...weigh, ...choose];
  const found = [...conditions, ...conditions.filter(isGroup).flatMap(clausesOf)].find((one) => one.id === id);
  if (!found) throw new RangeError(`no clause ${id}`);
  return found;
}

/** The rows of the indicator as alternatives that exclude each other: each says that no row before it holds. */
function urgencyOf(rule: Rule, knowledge: Knowledge): PlanDefinitionAction {
  const rows = rule.card.indicator.map(({ level, when }, index) => {
    const earlier = rule.card.indicator.slice(0, index).map((row) => {
      const holds = all(row.when.map((id) => truthOf(conditionOf(id, rule), knowledge)));
      return notKnownTrue(holds);
    });
    const condition = [
      ...earlier.map((expression, place) => applicable({ id: `row-${place + 1}`, text: WORDS.earlier }, expression)),
      ...when.map((id) => conditionOf(id, rule)).map((one) => applicable(one, truthOf(one, knowledge))),
    ];
    return { ...elementOf('title', LEVELS[level]), priority: PRIORITY[level], condition };
  });
  return {
    ...elementOf('title', WORDS.urgency),
    groupingBehavior: 'logical-group',
    selectionBehavior: 'exactly-one',
    action: rows,
  };
}

function offersOf(rule: Rule, knowledge: Knowledge): PlanDefinitionAction {
  return {
    ...elementOf('title', WORDS.offers),
    groupingBehavior: 'visual-group',
    selectionBehavior: 'any',
    action: rule.card.suggestions.map((plan) => suggestionAction(plan, rule, knowledge)),
  };
}

/** What can be accepted, in the order of the rule. */
function suggestionAction(plan: SuggestionPlan, rule: Rule, knowledge: Knowledge): PlanDefinitionAction {
  const condition = [
    ...plan.when.map((id) => conditionOf(id, rule)).map((one) => applicable(one, truthOf(one, knowledge))),
    // What is to be known not to be so: here unknown stops, other than in `unless` of the rule.
    ...plan.unless
      .map((id) => conditionOf(id, rule))
      .map((one) => applicable(denied(one), `(${truthOf(one, knowledge)}).not()`)),
  ];
  return {
    ...deedOf(plan, knowledge),
    ...(plan.recommended && { precheckBehavior: 'yes' as const }),
    ...(condition.length > 0 && { condition }),
  };
}

function denied({ id, text }: Condition): Named {
  return {
    id,
    text: mapText(text, {
      nl: (words) => `Niet: ${words}`,
      en: (words) => `Not: ${words}`,
      fr: (words) => `Non : ${words}`,
    }),
  };
}

/** An order refers to its template; what changes a draft or cancels a planned item has no definition, only words. */
function deedOf(plan: SuggestionPlan, knowledge: Knowledge): PlanDefinitionAction {
  const words = plan.label ? elementOf('title', plan.label) : {};
  if ('order' in plan) return ordersOf(plan.order, plan.with, knowledge);
  if ('withdraw' in plan || 'cancel' in plan) return { ...words, type: actionType('remove') };
  const template = 'dose' in plan ? knowledge.templates.get(plan.dose) : undefined;
  return {
    ...words,
    type: actionType('update'),
    ...(template && { documentation: [{ type: 'depends-on' as const, resource: template.canonical }] }),
  };
}

function ordersOf(
  order: readonly string[],
  companions: readonly string[],
  { templates }: Knowledge,
): PlanDefinitionAction {
  const orders = [...order, ...companions].flatMap((id) => templates.get(id) ?? []);
  const actions = orders.map(({ title, canonical }) => ({
    ...elementOf('title', title),
    type: actionType('create'),
    definitionCanonical: canonical,
  }));
  const [only, ...more] = actions;
  if (only && more.length === 0) return only;
  const join = (titles: readonly (string | undefined)[]): string => titles.join(' + ');
  const titles = orders.map(({ title }) => title);
  const hasDrafts = titles.every(({ fr }) => fr !== undefined);
  const title = {
    nl: join(titles.map(({ nl }) => nl)),
    en: join(titles.map(({ en }) => en)),
    ...(hasDrafts && { fr: join(titles.map(({ fr }) => fr)) }),
  };
  return {
    ...elementOf('title', title),
    groupingBehavior: 'logical-group',
    // What is not safe without its companion is ordered with it or not at all.
    selectionBehavior: companions.length > 0 ? 'all-or-none' : 'any',
    action: actions,
  };
}

const actionType = (code: 'create' | 'update' | 'remove') => ({
  coding: [{ system: 'http://terminology.hl7.org/CodeSystem/action-type', code }],
});
