/**
 * From source sentence to test: for every statement of the catalogue, what carries it.
 * Enters: the knowledge, and the stories that expect statements. Leaves: rows, and the rows as a Markdown page.
 */
import { createHash } from 'node:crypto';
import type { Knowledge } from '../load-knowledge.js';
import { foldQuote } from '../rules/check-rules.js';
import type { Citation, Rule } from '../rules/rule.js';
import type { Statement } from '../rules/load-rules.js';

/** A story that expects statements to fire or not to. */
export interface StoryExpectation {
  readonly id: string;
  readonly fire: readonly string[];
  readonly not: readonly string[];
}

export interface TraceRow {
  readonly statement: Statement;
  readonly rules: readonly Rule[];
  /** Ids of the leaflets that carry it. */
  readonly leaflets: readonly string[];
  /** Stories that expect it to fire. */
  readonly stories: readonly string[];
  /** Stories that expect it not to fire. */
  readonly silentIn: readonly string[];
}

/** One row for every statement of the catalogue, in its order. */
export function traceRows(knowledge: Knowledge, stories: readonly StoryExpectation[]): readonly TraceRow[] {
  return [...knowledge.statements.values()].map((statement) => ({
    statement,
    rules: knowledge.rules.filter((rule) => rule.statements.includes(statement.id)),
    leaflets: [...knowledge.texts.leaflets.values()]
      .filter((leaflet) =>
        leaflet.sections.some(({ items }) => items.some((item) => item.statements.includes(statement.id))),
      )
      .map(({ id }) => id),
    stories: stories.filter(({ fire }) => fire.includes(statement.id)).map(({ id }) => id),
    silentIn: stories.filter(({ not: absent }) => absent.includes(statement.id)).map(({ id }) => id),
  }));
}

/** The sentence that a rule quotes for a statement, else our paraphrase of it. */
export function sentenceOf(row: TraceRow): string {
  const citations = row.rules.flatMap((rule) => rule.source);
  const own = citations.find((citation) => isQuoteOf(citation, row.statement)) ?? citations[0];
  return own ? citationText(own) : '';
}

/** True when a citation quotes a statement word for word. */
export function isQuoteOf({ quote }: Citation, statement: Statement | undefined): boolean {
  if (quote === undefined || !statement) return false;
  return createHash('sha256').update(foldQuote(quote)).digest('hex') === statement.sha256;
}

function citationText(citation: Citation): string {
  return citation.quote === undefined ? (citation.paraphrase?.nl ?? '') : `“${foldQuote(citation.quote)}”`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim();

/** The rows as one Markdown page. */
export function traceMarkdown(rows: readonly TraceRow[]): string {
  const carried = rows.filter((row) => row.rules.length + row.leaflets.length > 0);
  const riding = carried.filter((row) => row.stories.length === 0);
  const lines = carried.map((row) =>
    [
      row.statement.id,
      cell(sentenceOf(row)),
      row.rules
        .map((rule) => `${rule.id} ${rule.version} (${rule.hooks.join(', ')}; ${rule.examples.length} examples)`)
        .join('<br>'),
      cell(row.rules.map((rule) => (rule.card.summary ?? rule.card.bullet)?.nl ?? '').join(' / ')),
      row.leaflets.join(', '),
      row.stories.join(', '),
      row.silentIn.join(', '),
    ].join(' | '),
  );
  return [
    '# Traceability',
    '',
    'Written by `npm run trace`; a test fails when it is stale. Quotes only for statements that decide something, paraphrase for the rest.',
    '',
    `${carried.length} of ${rows.length} statements are carried. ${riding.length} of them are in no story's expectations; their rules' examples show that they work: ${riding.map((row) => row.statement.id).join(', ')}.`,
    '',
    `Not carried yet: ${
      rows
        .filter((row) => !carried.includes(row))
        .map((row) => row.statement.id)
        .join(', ') || 'none'
    }.`,
    '',
    '| statement | sentence | rule, version, hooks | card | leaflet | stories: fires | stories: silent |',
    '|---|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
    '',
  ].join('\n');
}
