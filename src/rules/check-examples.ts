/**
 * What the examples of a rule must show: values that its facts can have, the outcome that was written beside them, every clause that
 * decides, and both sides of every threshold.
 * Each refusal names the place and the cure; each has a negative fixture in the tests.
 */
import type { FactDeclaration, FactType, FactValue, ReadFact, Subject } from '../facts/fact.js';
import type { Fail } from './check-rules.js';
import { evaluate, suggestionsFor, truthOf, type Outcome } from './evaluate.js';
import type { RuleContext } from './load-rules.js';
import type { RawRule } from './rule-schema.js';
import { clausesOf, isGroup, type Condition, type Rule, type RuleExample, type SuggestionPlan } from './rule.js';
import { DEED_NAMES } from './suggestion-plan.js';

/** Throws at the first thing that is wrong with the examples of a rule. */
export function checkExamples(rule: Rule, raw: RawRule['examples'], context: RuleContext, fail: Fail): void {
  checkValues(raw, context, fail);
  const tried = rule.examples.map((example, index) => tryExample(rule, example, index, context, fail));
  checkDecisiveness(rule, tried, fail);
  checkThresholds(rule, fail);
  checkOffers(rule, fail);
}

function checkValues({ base, cases }: RawRule['examples'], { facts }: RuleContext, fail: Fail): void {
  const byId = new Map(facts.map((fact) => [fact.id, fact]));
  const check = (
    values: Readonly<Record<string, unknown>>,
    where: string,
    path: readonly (string | number)[],
  ): void => {
    for (const [id, value] of Object.entries(values)) {
      const fact = byId.get(id) ?? fail([...path, id], `${where} names ${id}, which is no fact`);
      const fault = value === 'unknown' ? undefined : faultOf(value, fact);
      if (fault !== undefined) fail([...path, id], `${where} gives ${id} the value ${JSON.stringify(value)}; ${fault}`);
    }
  };
  check(base, 'the base of the examples', ['examples', 'base']);
  cases.forEach(({ name, but }, index) =>
    check(but ?? {}, `the example "${name}"`, ['examples', 'cases', index, 'but']),
  );
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** What a value of each type looks like in an example, and the words for it. Dates are day numbers, as in the engine. */
const VALUES: Readonly<Record<FactType, { readonly fits: (value: unknown) => boolean; readonly words: string }>> = {
  boolean: { fits: (value) => typeof value === 'boolean', words: 'true or false' },
  integer: { fits: Number.isInteger, words: 'a whole number' },
  decimal: { fits: Number.isFinite, words: 'a number' },
  days: { fits: Number.isInteger, words: 'a whole number of days' },
  date: { fits: Number.isInteger, words: 'the number of a day' },
  code: { fits: isText, words: 'a code' },
  text: { fits: isText, words: 'a text' },
  list: { fits: (value) => Array.isArray(value) && value.every(isText), words: 'a list of texts' },
};

/** What to write instead of a value that the fact cannot have; undefined when it can. */
function faultOf(value: unknown, { type, values }: FactDeclaration): string | undefined {
  const { fits, words } = VALUES[type];
  if (!fits(value)) return `write ${words}, or unknown`;
  const strange = values && [value].flat().some((code) => !Object.hasOwn(values, String(code)));
  return strange ? `write one of ${Object.keys(values).join(', ')}, or unknown` : undefined;
}

/** An example with what the rule makes of it. */
interface Tried {
  readonly example: RuleExample;
  readonly outcome: Outcome;
  readonly truths: ReadonlyMap<string, boolean | undefined>;
}

const NOBODY: Subject = { owners: { patient: [], episode: [], order: [] } };

/** Runs an example; refuses it when it ends otherwise than it says. */
function tryExample(rule: Rule, example: RuleExample, index: number, context: RuleContext, fail: Fail): Tried {
  const refuse = (sentence: string): never =>
    fail(['examples', 'cases', index], `the example "${example.name}" ${sentence}`);
  const read: ReadFact = (number) => {
    const value: FactValue | undefined = example.facts[context.facts[number]?.id ?? ''];
    return value === undefined ? { evidence: [] } : { value, evidence: [] };
  };
  const outcome = evaluate(rule, NOBODY, read);
  const open = outcome.open.map((condition) => condition.id);
  const told = outcome.result === 'silent' ? outcome.because : open[0];
  if (outcome.result !== example.expect)
    refuse(`should be ${example.expect} and is ${outcome.result}${told ? ` because of ${told}` : ''}`);
  const reasons = outcome.result === 'silent' ? [outcome.because] : open;
  if (example.because !== undefined && !reasons.includes(example.because))
    refuse(`is ${outcome.result} because of ${String(told)}, not of ${example.because}`);
  const unchecked = example.check.find((id) => !open.includes(id));
  if (unchecked !== undefined) refuse(`does not leave ${unchecked} to be checked`);
  if (example.indicator !== undefined && example.indicator !== outcome.indicator)
    refuse(`is ${outcome.indicator}, not ${example.indicator}`);
  if (example.offers) {
    const offered = suggestionsFor(rule, NOBODY, read).map(nameOf);
    if (offered.join() !== example.offers.join())
      refuse(`offers ${offered.join(', ') || 'nothing'}, not ${example.offers.join(', ') || 'nothing'}`);
  }
  const truths = new Map<string, boolean | undefined>();
  for (const condition of [...rule.when, ...rule.unless]) {
    truths.set(condition.id, truthOf(condition, NOBODY, read));
    for (const clause of clausesOf(condition)) truths.set(clause.id, truthOf(clause, NOBODY, read));
  }
  return { example, outcome, truths };
}

/** Every clause must alone silence the rule in some example; in an `anyOf`, every member must alone make the group true. */
function checkDecisiveness(rule: Rule, tried: readonly Tried[], fail: Fail): void {
  const alone = (truths: Tried['truths'], id: string): boolean =>
    rule.when.every((condition) => (condition.id === id) === (truths.get(condition.id) === false)) &&
    rule.unless.every((condition) => (condition.id === id) === (truths.get(condition.id) === true));
  const check = (condition: Condition, key: string, index: number): void => {
    if (!tried.some(({ truths }) => alone(truths, condition.id)))
      fail(
        [key, index],
        `no example shows that ${condition.id} alone decides; add one in which only it silences the rule`,
      );
    if (!isGroup(condition) || condition.combine !== 'anyOf') return;
    for (const member of condition.clauses) {
      const single = tried.some(({ truths }) =>
        condition.clauses.every((clause) => (truths.get(clause.id) === true) === (clause.id === member.id)),
      );
      if (!single) fail([key, index], `no example shows that ${member.id} alone makes ${condition.id} true`);
    }
  };
  rule.when.forEach((condition, index) => check(condition, 'when', index));
  rule.unless.forEach((condition, index) => check(condition, 'unless', index));
  if (!tried.some(({ outcome }) => outcome.result === 'fires')) fail(['examples'], 'no example fires');
  for (const row of rule.card.indicator.length > 1 ? rule.card.indicator : []) {
    if (!tried.some(({ example }) => example.indicator === row.level))
      fail(['card', 'indicator'], `no example expects the indicator ${row.level}`);
  }
}

/** What a suggestion is called in an example. */
function nameOf(suggestion: SuggestionPlan): string {
  if ('order' in suggestion) return suggestion.order.join('+');
  return 'dose' in suggestion ? suggestion.dose : (DEED_NAMES.find((deed) => deed in suggestion) ?? '');
}

/** A suggestion that a clause chooses is offered in one example and not in another. */
function checkOffers(rule: Rule, fail: Fail): void {
  rule.card.suggestions.forEach((suggestion, index) => {
    if (suggestion.when.length + suggestion.unless.length === 0) return;
    const name = nameOf(suggestion);
    const told = rule.examples.flatMap(({ offers }) => offers?.includes(name) ?? []);
    if (!told.includes(true) || !told.includes(false))
      fail(
        ['card', 'suggestions', index],
        `say with offers: in one example that ${name} is offered, and in another that it is not`,
      );
  });
}

/** Every threshold needs an example just below it, at it and just above it. */
function checkThresholds(rule: Rule, fail: Fail): void {
  for (const key of ['when', 'unless', 'weigh', 'choose'] as const) {
    rule[key].forEach((condition, index) => {
      for (const clause of clausesOf(condition)) {
        const bounds =
          Array.isArray(clause.operand) && clause.operator === 'between'
            ? (clause.operand as readonly number[])
            : clause.threshold === undefined
              ? []
              : [clause.threshold];
        const values = rule.examples.flatMap((example) => {
          const value = example.facts[clause.fact];
          return typeof value === 'number' ? [value] : [];
        });
        for (const bound of bounds) {
          const has = (wanted: (value: number) => boolean): boolean => values.some(wanted);
          const missing = [
            has((value) => value < bound && value >= bound - 1) ? undefined : 'just below',
            has((value) => value === bound) ? undefined : 'at',
            has((value) => value > bound && value <= bound + 1) ? undefined : 'just above',
          ].filter((one) => one !== undefined);
          if (missing.length > 0)
            fail(
              [key, index],
              `the threshold ${bound} of ${clause.id} has no example ${missing.join(' and no example ')} it (within 1)`,
            );
        }
      }
    });
  }
}
