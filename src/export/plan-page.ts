/**
 * The page on the exported PlanDefinitions: what of them can be run elsewhere, and which rules are documentation-grade in what and why.
 * Enters: the knowledge. Leaves: Markdown.
 */
import type { Knowledge } from '../load-knowledge.js';
import type { Rule } from '../rules/rule.js';
import { DEED_NAMES } from '../rules/suggestion-plan.js';
import { factLibraries, libraryOf } from './fact-libraries.js';
import { limitsOf, type Limit } from './plan-limits.js';
import { factsOf } from './plan-parts.js';

/** What each limit is to somebody who runs the export. */
const MEANINGS: Readonly<Record<Limit, string>> = {
  facts: 'its conditions hold elsewhere, given the values of the facts; the Libraries describe facts and compute none',
  derived: 'one or more of its facts are derived in code',
  'per-complaint': 'holds for each complaint by itself, and what one complaint is is decided in code',
  'per-draft': 'holds for each selected draft order by itself',
  unknown:
    'where a condition is unknown the action does not apply; the service asks, or names on an order what is missing',
  precedence: 'which rules silence each other and how sentences become one card is not exported',
  line: 'has no card of its own: a sentence on that of another rule',
  placeholders: 'its texts name values of facts as `{fact}`',
  orders:
    'offers orders; those that are arranged already, not made here, past their days or not safe beside a drug in use are left out by code',
  changes: 'changes or removes an order of the GP, or cancels what is planned: words only',
};

/** The page. */
export function planDefinitionsMarkdown(knowledge: Knowledge): string {
  const { rules, facts } = knowledge;
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return [
    '# Rules as PlanDefinitions',
    '',
    'Written by `npm run plan-definitions`; a test fails when it is stale. `npm run export -- FOLDER` writes the resources.',
    '',
    `${rules.length} rules are ${sum(rules.map(({ hooks }) => hooks.length))} PlanDefinitions of type eca-rule, one for each rule and hook; ${facts.definitions.length} facts are the parameters of ${factLibraries(knowledge).length} Libraries.`,
    `Over all ${sum(rules.map(({ examples }) => examples.length))} examples of the rules, and over the facts of every story, the exported FHIRPath run by fhirpath.js ends as the engine does: outcome, each condition, urgency and offers. \`tests/export/plan-definitions.test.ts\` fails otherwise.`,
    '',
    '## What the export is good for, and what not',
    '',
    'The same stands in three languages in `usage` of each PlanDefinition.',
    '',
    ...limitTable(knowledge),
    '',
    '## Documentation-grade: facts',
    '',
    'No rule with a condition can be run on a record alone. Which record counts for a fact is code: which are void, when they were, of which complaint, whether a newer one ends an older one, whether the list that could hold it was received in full. FHIRPath without that would say "no" where this service says "unknown".',
    '',
    ...factTable(knowledge),
    '',
    '## Documentation-grade: actions',
    '',
    'An `order` refers to its ActivityDefinition by `definitionCanonical`. What else can be accepted has a type (`update`, `remove`), a title and conditions that agree with the engine, and no definition: which drafts it means, and what becomes of their other elements, is code.',
    '',
    ...deedTable(knowledge),
    '',
  ].join('\n');
}

function limitTable(knowledge: Knowledge): readonly string[] {
  const limits = knowledge.rules.flatMap((rule) => limitsOf(rule, knowledge));
  const rows = Object.entries(MEANINGS).map(
    ([limit, meaning]) => `| ${meaning} | ${limits.filter((one) => one === limit).length} |`,
  );
  return ['| of a rule | rules |', '|---|---|', ...rows];
}

/** The facts that rules ask for, by Library; derived ones with the number of their rules. */
function factTable(knowledge: Knowledge): readonly string[] {
  const { rules, facts } = knowledge;
  const asked = rules.map((rule) => ({ rule, facts: factsOf(rule, knowledge) }));
  const rulesOf = (id: string): number => asked.filter(({ facts }) => facts.some((fact) => fact.id === id)).length;
  const recorded = asked.filter(({ facts }) => facts.length > 0 && facts.every(({ derivation }) => !derivation));
  const derived = asked.filter(({ facts }) => facts.some(({ derivation }) => derivation));
  const files = [...new Set(facts.definitions.map(({ file }) => file))];
  const rows = files.map((file) => {
    const used = facts.definitions.filter((fact) => fact.file === file && rulesOf(fact.id) > 0);
    const names = used.filter(({ derivation }) => derivation).map(({ id }) => `${id} (${rulesOf(id)})`);
    return `| ${libraryOf(file).id} | ${used.length - names.length} | ${names.join(', ')} |`;
  });
  return [
    `${derived.length} rules ask for a derived fact. ${recorded.length} ask only for facts that are read from records: ${idsOf(recorded.map(({ rule }) => rule))}.`,
    '',
    '| Library | facts read from records | derived facts (rules that ask for them) |',
    '|---|---|---|',
    ...rows,
  ];
}

function deedTable({ rules }: Knowledge): readonly string[] {
  const rows = DEED_NAMES.filter((deed) => deed !== 'order').map((deed) => {
    const doing = rules.filter(({ card }) => card.suggestions.some((plan) => deed in plan));
    return `| \`${deed}\` | ${doing.length} | ${idsOf(doing)} |`;
  });
  return ['| deed | rules | which |', '|---|---|---|', ...rows];
}

const idsOf = (rules: readonly Rule[]): string => rules.map(({ id }) => id).join(', ');
