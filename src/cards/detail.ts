/**
 * The Markdown of a card: what its lead says, the lines beneath it, what is still to be checked, and the sentence it rests on.
 * Never says that something was excluded; says what is not recorded.
 */
import type { Language } from '../cds-hooks/request.js';
import type { Outcome } from '../rules/evaluate.js';
import { clausesOf, type Citation, type LineKind, type Rule } from '../rules/rule.js';
import { DRAFT_MARK, textIn } from '../text.js';
import type { CardPlan } from './group.js';
import { labelOf, namesOf, sentence, type RenderTools } from './sentences.js';
import { WORDS } from './words.js';

const MOST_QUESTIONS = 3;

/** The sentence of an order that cannot be checked, with what is missing. */
export function cannotCheck(missing: readonly string[], tools: RenderTools): string {
  const names = [...new Set(namesOf(missing, tools))].slice(0, MOST_QUESTIONS).join(', ');
  return `${WORDS[tools.language].cannotCheck} ${names}.`;
}

/** The detail of a card; `missing` are the facts that are not recorded, the first that could change the advice first. */
export function detailOf(plan: CardPlan, missing: readonly string[], tools: RenderTools): string {
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

/** The questions that a card prints: at most three, none twice, none that one of its lines asks already. */
function questionsOf(plan: CardPlan, missing: readonly string[], tools: RenderTools): readonly string[] {
  const clauses = plan.lines.flatMap((outcome) => outcome.rule.when.flatMap(clausesOf));
  const asked = clauses.filter((clause) => clause.operator === 'recorded' && clause.operand === false);
  const open = missing.filter((id) => !asked.some((clause) => clause.fact === id));
  return [...new Set(namesOf(open, tools))].slice(0, MOST_QUESTIONS);
}

function quoteOf(citation: Citation, language: Language): string {
  if (citation.quote !== undefined) return `“${citation.quote.replace(/\s+/g, ' ').trim()}”`;
  return citation.paraphrase ? textIn(citation.paraphrase, language) : '';
}
