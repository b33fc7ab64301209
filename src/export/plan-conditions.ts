/**
 * Clauses of a rule -> conditions of a PlanDefinition's actions: the sentence in each language, and beside it the FHIRPath that is the same.
 */
import type { PlanDefinitionActionCondition } from 'fhir/r4.js';
import type { Knowledge } from '../load-knowledge.js';
import { elementOf } from '../translations.js';
import { clausesOf, isGroup, type Condition, type Rule } from '../rules/rule.js';
import type { Text } from '../text.js';
import { all, expressionOf, notKnownTrue } from './fhirpath.js';
import { inEach } from './plan-parts.js';

const NOT_KNOWN = { nl: 'Niet bekend is: ', en: 'It is not known that: ', fr: 'Il n’est pas connu que : ' };
const KNOWN_NOT = { nl: 'Bekend niet: ', en: 'Known not to be so: ', fr: 'On sait que non : ' };
const NO_EARLIER = {
  nl: 'Geen eerdere rij geldt',
  en: 'No earlier row applies',
  fr: 'Aucune ligne précédente ne s’applique',
};
const SETTING = { nl: 'instelling', en: 'setting', fr: 'réglage' };

/** One condition for each clause or group, so that a reader sees which sentence is which expression; together they are the rule. */
export function conditionsOf(rule: Rule, knowledge: Knowledge): readonly PlanDefinitionActionCondition[] {
  return [
    ...rule.when.map((one) => applicable(one.id, sentenceOf(one), truthOf(one, knowledge))),
    ...rule.unless.map((one) => applicable(one.id, prefixed(one, NOT_KNOWN), notKnownTrue(truthOf(one, knowledge)))),
  ];
}

/** That clauses or groups of a rule are known to be so, and others known not to be so. */
export function choiceOf(
  when: readonly string[],
  unless: readonly string[],
  rule: Rule,
  knowledge: Knowledge,
): readonly PlanDefinitionActionCondition[] {
  const find = (id: string): Condition => conditionOf(id, rule);
  return [
    ...when.map(find).map((one) => applicable(one.id, sentenceOf(one), truthOf(one, knowledge))),
    ...unless
      .map(find)
      .map((one) => applicable(one.id, prefixed(one, KNOWN_NOT), `(${truthOf(one, knowledge)}).not()`)),
  ];
}

/** For each row of clauses that the row does not hold: of several rows the first that holds counts. */
export function noneOf(
  rows: readonly (readonly string[])[],
  rule: Rule,
  knowledge: Knowledge,
): readonly PlanDefinitionActionCondition[] {
  return rows.map((ids, index) => {
    const holds = all(ids.map((id) => truthOf(conditionOf(id, rule), knowledge)));
    return applicable(`row-${index + 1}`, NO_EARLIER, notKnownTrue(holds));
  });
}

const truthOf = (condition: Condition, { facts }: Knowledge): string => expressionOf(condition, facts.definitions);

/** A clause or group of the rule by its id; the loader made sure that there is one. */
function conditionOf(id: string, { when, unless, weigh, choose }: Rule): Condition {
  const conditions = [...when, ...unless, ...weigh, ...choose];
  const found = [...conditions, ...conditions.filter(isGroup).flatMap(clausesOf)].find((one) => one.id === id);
  if (!found) throw new RangeError(`no clause ${id}`);
  return found;
}

function applicable(name: string, description: Text, expression: string): PlanDefinitionActionCondition {
  return {
    kind: 'applicability',
    expression: { ...elementOf('description', description), name, language: 'text/fhirpath', expression },
  };
}

/** The sentence of a clause or group, with the settings whose numbers stand in its expression. */
function sentenceOf(condition: Condition): Text {
  const settings = clausesOf(condition).flatMap(({ setting }) => setting ?? []);
  if (settings.length === 0) return condition.text;
  return inEach(condition.text, (words, language) => `${words} (${SETTING[language]} ${settings.join(', ')})`);
}

function prefixed(condition: Condition, prefix: Required<Text>): Text {
  return inEach(sentenceOf(condition), (words, language) => `${prefix[language]}${words}`);
}
