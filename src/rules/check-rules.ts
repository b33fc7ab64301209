/**
 * The refusals of a rule that its shape does not show: names that do not exist, quotes that are not the source's,
 * clauses that never decide, thresholds without examples around them, examples that fail.
 * Each refusal names the place and the cure; each has a negative fixture in the tests.
 */
import { createHash } from 'node:crypto';
import type { FactValue, Subject } from '../facts/fact.js';
import { evaluate, truthOf, type Outcome } from './evaluate.js';
import { fillPlaceholders, longestText, placeholdersOf } from './placeholders.js';
import type { RuleContext } from './load-rules.js';
import type { RawRule } from './rule-schema.js';
import { clausesOf, isGroup, type Condition, type Rule, type RuleExample } from './rule.js';

/** Refuses at a path of the file. */
export type Fail = (path: readonly (string | number)[], sentence: string) => never;

export const SUMMARY_LIMIT = 139;

/** Throws at the first thing that is wrong with a rule. */
export function checkRule(rule: Rule, raw: RawRule, context: RuleContext, fail: Fail): void {
  checkNames(rule, raw, context, fail);
  checkCitations(rule, context, fail);
  checkTexts(rule, context, fail);
  const outcomes = checkExamples(rule, context, fail);
  checkDecisiveness(rule, outcomes, context, fail);
  checkThresholds(rule, fail);
}

function checkNames(rule: Rule, raw: RawRule, context: RuleContext, fail: Fail): void {
  const fileName = rule.file.split('/').pop();
  if (fileName !== `${rule.id}.yaml`) fail(['id'], `the id ${rule.id} is not the file's name; rename one of them`);
  if (!context.decisions.has(rule.decision))
    fail(['decision'], `there is no decision ${rule.decision} in rules/decisions.yaml`);
  rule.statements.forEach((id, index) => {
    if (!context.statements.has(id)) fail(['statements', index], `${id} is not in rules/catalogue.json`);
  });
  rule.orders.forEach((kind, index) => {
    if (!context.draftKinds.has(kind))
      fail(['orders', index], `there is no value set ${kind} in fhir-profiles/value-sets`);
  });
  rule.card.links.forEach((id, index) => {
    if (!context.links[id]) fail(['card', 'links', index], `there is no link ${id} in rules/links.yaml`);
  });
  raw.card.suggestions?.forEach((suggestion, index) => {
    if (!context.orderTemplates.has(suggestion.order)) {
      fail(
        ['card', 'suggestions', index],
        `there is no order template ${suggestion.order} in fhir-profiles/order-templates`,
      );
    }
  });
  const { override } = rule.card;
  if (rule.card.summary && override === undefined)
    fail(['card'], 'a rule that can lead a card needs override: the name of a reason set');
  if (override !== undefined && !context.overrideSets.has(override)) {
    fail(['card', 'override'], `there is no reason set ${override} in fhir-profiles/code-systems/override-reason.json`);
  }
  if (!rule.card.summary && !rule.card.bullet)
    fail(['card'], 'the card needs a summary, or a bullet for the card of another rule');
  const ids = [...rule.when, ...rule.unless, ...rule.weigh].flatMap((one) =>
    isGroup(one) ? [one.id, ...one.clauses.map((clause) => clause.id)] : [one.id],
  );
  const double = ids.find((id, index) => ids.indexOf(id) !== index);
  if (double !== undefined) fail(['when'], `the clause id ${double} is used twice`);
  rule.card.indicator.forEach((row, index) => {
    const wrong = row.when.find((id) => !ids.includes(id));
    if (wrong !== undefined) fail(['card', 'indicator', index], `there is no clause ${wrong}`);
    const last = index === rule.card.indicator.length - 1;
    if (last !== (row.when.length === 0))
      fail(['card', 'indicator', index], 'the last level, and only it, stands without conditions');
  });
}

/** White space folded as in the catalogue. */
export function foldQuote(quote: string): string {
  return quote.replace(/\s+/g, ' ').trim();
}

function checkCitations(rule: Rule, context: RuleContext, fail: Fail): void {
  const statements = rule.statements.flatMap((id) => context.statements.get(id) ?? []);
  rule.source.forEach((citation, index) => {
    if (!context.sources[citation.doc])
      fail(['source', index, 'doc'], `there is no source ${citation.doc} in rules/sources.yaml`);
    if (citation.quote === undefined) {
      if (!citation.paraphrase) fail(['source', index], 'a source needs a quote, or a paraphrase in our own words');
      return;
    }
    if (citation.kind !== 'source') return;
    const hash = createHash('sha256').update(foldQuote(citation.quote)).digest('hex');
    const quoted = statements.filter((statement) => statement.sha256 === hash);
    if (quoted.length === 0)
      fail(
        ['source', index, 'quote'],
        'this is not the sentence of any statement of the rule; copy the quote from the catalogue',
      );
    if (!quoted.some(({ document }) => document === undefined || document === citation.doc))
      fail(['source', index, 'doc'], `the sentence stands in ${String(quoted[0]?.document)}, not in ${citation.doc}`);
  });
  const foreign = statements.some((statement) => statement.kind === undefined);
  if (foreign && !rule.source.some((citation) => citation.kind === 'source'))
    fail(['source'], 'a rule of source statements needs a source of kind source');
}

function checkTexts(rule: Rule, context: RuleContext, fail: Fail): void {
  const { summary, detail, bullet } = rule.card;
  for (const [key, text] of Object.entries({ summary, detail, bullet })) {
    for (const [language, template] of Object.entries<string>({ ...text })) {
      for (const placeholder of placeholdersOf(template)) {
        const fact = context.facts.find((one) => one.id === placeholder.fact);
        if (!fact) fail(['card', key, language], `there is no fact ${placeholder.fact} for {${placeholder.fact}}`);
        else if (fact.type === 'boolean')
          fail(['card', key, language], `{${placeholder.fact}} is a boolean and has no text`);
      }
      if (/[{}]/.test(fillPlaceholders(template, () => '')))
        fail(['card', key, language], 'a brace opens no placeholder; write {theme.fact}');
    }
  }
  for (const language of ['nl', 'en'] as const) {
    const template = summary?.[language];
    if (template === undefined) continue;
    const longest = longestText(template, language, context.facts);
    if (longest > SUMMARY_LIMIT)
      fail(['card', 'summary', language], `the summary can become ${longest} characters; at most ${SUMMARY_LIMIT}`);
  }
}

interface Tried {
  readonly example: RuleExample;
  readonly outcome: Outcome;
  readonly truths: ReadonlyMap<string, boolean | undefined>;
}

const NOBODY: Subject = { owners: { patient: [], episode: [], order: [] } };

function checkExamples(rule: Rule, context: RuleContext, fail: Fail): readonly Tried[] {
  return rule.examples.map((example, index) => {
    const path = ['examples', 'cases', index];
    const strange = Object.keys(example.facts).find((id) => !context.facts.some((fact) => fact.id === id));
    if (strange !== undefined) fail(path, `the example "${example.name}" names ${strange}, which is no fact`);
    const read = (number: number): { value?: FactValue; evidence: readonly [] } => {
      const value = example.facts[context.facts[number]?.id ?? ''];
      return value === undefined ? { evidence: [] } : { value, evidence: [] };
    };
    const outcome = evaluate(rule, NOBODY, read);
    const told = outcome.result === 'silent' ? outcome.because : outcome.open[0]?.id;
    if (outcome.result !== example.expect)
      fail(
        path,
        `the example "${example.name}" should be ${example.expect} and is ${outcome.result}${told ? ` because of ${told}` : ''}`,
      );
    const reasons = outcome.result === 'silent' ? [outcome.because] : outcome.open.map((condition) => condition.id);
    if (example.because !== undefined && !reasons.includes(example.because))
      fail(
        path,
        `the example "${example.name}" is ${outcome.result} because of ${String(told)}, not of ${example.because}`,
      );
    const unchecked = example.check.find((id) => !outcome.open.some((condition) => condition.id === id));
    if (unchecked !== undefined) fail(path, `the example "${example.name}" does not leave ${unchecked} to be checked`);
    if (example.indicator !== undefined && example.indicator !== outcome.indicator)
      fail(path, `the example "${example.name}" is ${outcome.indicator}, not ${example.indicator}`);
    const truths = new Map<string, boolean | undefined>();
    for (const condition of [...rule.when, ...rule.unless]) {
      truths.set(condition.id, truthOf(condition, NOBODY, read));
      for (const clause of clausesOf(condition)) truths.set(clause.id, truthOf(clause, NOBODY, read));
    }
    return { example, outcome, truths };
  });
}

/** Every clause must alone silence the rule in some example; in an `anyOf`, every member must alone make the group true. */
function checkDecisiveness(rule: Rule, tried: readonly Tried[], _context: RuleContext, fail: Fail): void {
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

/** Every threshold needs an example just below it, at it and just above it. */
function checkThresholds(rule: Rule, fail: Fail): void {
  for (const key of ['when', 'unless', 'weigh'] as const) {
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
