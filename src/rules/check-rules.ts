/**
 * The refusals of a rule that its shape does not show: names that do not exist, quotes that are not the source's, texts that are
 * too long; what its examples show is `check-examples.ts`.
 * Each refusal names the place and the cure; each has a negative fixture in the tests.
 */
import { createHash } from 'node:crypto';
import type { Language } from '../cds-hooks/request.js';
import type { FactType } from '../facts/fact.js';
import { checkExamples } from './check-examples.js';
import { fillPlaceholders, longestText, placeholdersOf } from './placeholders.js';
import type { RuleContext } from './load-rules.js';
import type { RawRule } from './rule-schema.js';
import { isGroup, type Rule, type SuggestionPlan } from './rule.js';
import { DEED_NAMES } from './suggestion-plan.js';

/** Refuses at a path of the file. */
export type Fail = (path: readonly (string | number)[], sentence: string) => never;

export const SUMMARY_LIMIT = 139;

/** Throws at the first thing that is wrong with a rule. */
export function checkRule(rule: Rule, raw: RawRule, context: RuleContext, fail: Fail): void {
  checkNames(rule, context, fail);
  checkCard(rule, context, fail);
  checkClauseIds(rule, fail);
  checkSuggestions(rule, raw, context, fail);
  checkChoices(rule, fail);
  checkCitations(rule, context, fail);
  checkTexts(rule, context, fail);
  checkExamples(rule, raw.examples, context, fail);
}

function checkNames(rule: Rule, context: RuleContext, fail: Fail): void {
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
}

function checkCard(rule: Rule, context: RuleContext, fail: Fail): void {
  rule.card.links.forEach((id, index) => {
    if (!context.links[id]) fail(['card', 'links', index], `there is no link ${id} in rules/links.yaml`);
  });
  rule.card.leaflets.forEach((id, index) => {
    if (!context.leaflets.has(id)) fail(['card', 'leaflets', index], `there is no leaflet ${id} in rules/leaflets`);
  });
  const { override } = rule.card;
  if (rule.card.summary && override === undefined)
    fail(['card'], 'a rule that can lead a card needs override: the name of a reason set');
  if (override !== undefined && !context.overrideSets.has(override)) {
    fail(['card', 'override'], `there is no reason set ${override} in fhir-profiles/code-systems/override-reason.json`);
  }
  if (!rule.card.summary && !rule.card.bullet)
    fail(['card'], 'the card needs a summary, or a bullet for the card of another rule');
}

/** Every suggestion names what exists, has words, and an order to change where it changes one. */
function checkSuggestions(rule: Rule, raw: RawRule, context: RuleContext, fail: Fail): void {
  const { suggestions } = rule.card;
  if (suggestions.filter(({ recommended }) => recommended).length > 1)
    fail(['card', 'suggestions'], 'only one suggestion can be the recommended one');
  suggestions.forEach((suggestion, index) => {
    const path = ['card', 'suggestions', index];
    const deeds = DEED_NAMES.filter((deed) => deed in (raw.card.suggestions?.[index] ?? {}));
    if (deeds.length !== 1) fail(path, `a suggestion does exactly one of ${DEED_NAMES.join(', ')}`);
    const written = raw.card.suggestions?.[index];
    if (written?.with && !('order' in suggestion))
      fail(path, 'with: goes with order:, which names what must not be without it');
    if (written?.of && !('priority' in suggestion))
      fail(path, 'of: goes with priority:, which makes drafts of these kinds urgent');
    if (suggestion.recommended && !('withdraw' in suggestion))
      fail(path, 'only the withdrawal of what is forbidden is recommended; all else is for the GP to choose');
    for (const [ids, type] of factsOf(suggestion)) {
      for (const id of ids) {
        const fact = context.facts.find((one) => one.id === id);
        if (!fact) fail(path, `there is no fact ${id}`);
        else if (fact.type !== type) fail(path, `${id} is a ${fact.type}; this suggestion needs a ${type}`);
      }
    }
    for (const id of templatesOf(suggestion))
      if (!context.orderTemplates.has(id))
        fail(path, `there is no order template ${id} in fhir-profiles/order-templates`);
    for (const id of [...suggestion.when, ...suggestion.unless])
      if (!clauseIdsOf(rule).includes(id)) fail(path, `there is no clause ${id}`);
    if ('leaveOut' in suggestion && !context.hasConcept(suggestion.leaveOut))
      fail(path, `there is no value set ${suggestion.leaveOut} in fhir-profiles/value-sets`);
    if ('priority' in suggestion && suggestion.of.length === 0)
      fail(path, 'say with of: which kinds of draft become more urgent');
    if (!('order' in suggestion) && !suggestion.label) fail(path, 'a suggestion that is no order needs a label');
    const changesOne = ['move', 'dose', 'hold', 'withdraw', 'leaveOut'].some((deed) => deed in suggestion);
    if (changesOne && rule.orders.length === 0) fail(path, 'only a rule with orders has an order to change');
  });
}

/** A clause that chooses between no suggestions was meant for one. */
function checkChoices(rule: Rule, fail: Fail): void {
  const named = rule.card.suggestions.flatMap(({ when, unless }) => [...when, ...unless]);
  rule.choose.forEach(({ id }, index) => {
    if (!named.includes(id)) fail(['choose', index], `no suggestion names ${id} in when or unless`);
  });
}

const factsOf = (suggestion: SuggestionPlan): readonly (readonly [readonly string[], FactType])[] => [
  ['move' in suggestion ? suggestion.move : [], 'date'],
  ['cancel' in suggestion ? suggestion.cancel : [], 'boolean'],
];

function templatesOf(suggestion: SuggestionPlan): readonly string[] {
  if ('order' in suggestion) return [...suggestion.order, ...suggestion.with];
  return 'dose' in suggestion ? [suggestion.dose] : [];
}

const clauseIdsOf = (rule: Rule): readonly string[] =>
  [...rule.when, ...rule.unless, ...rule.weigh, ...rule.choose].flatMap((one) =>
    isGroup(one) ? [one.id, ...one.clauses.map((clause) => clause.id)] : [one.id],
  );

/** Every clause has an id of its own, and the levels of the indicator name no other. */
function checkClauseIds(rule: Rule, fail: Fail): void {
  const ids = clauseIdsOf(rule);
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
      for (const id of placeholdersOf(template)) {
        const fact = context.facts.find((one) => one.id === id);
        if (!fact) fail(['card', key, language], `there is no fact ${id} for {${id}}`);
        else if (fact.type === 'boolean') fail(['card', key, language], `{${id}} is a boolean and has no text`);
      }
      if (/[{}]/.test(fillPlaceholders(template, () => '')))
        fail(['card', key, language], 'a brace opens no placeholder; write {theme.fact}');
    }
  }
  for (const [language, template] of Object.entries({ ...summary }) as [Language, string][]) {
    const longest = longestText(template, language, context.facts);
    if (longest > SUMMARY_LIMIT)
      fail(['card', 'summary', language], `the summary can become ${longest} characters; at most ${SUMMARY_LIMIT}`);
  }
}
