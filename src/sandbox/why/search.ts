/** Finds rules by what a doctor or reviewer would type: words of the card, title, id, statement, decision. */
import type { ExplanationTexts } from '../../export/explanation-texts.js';
import type { RuleRow } from './trace.js';

/** What can be searched in a row, folded; in every language, since a search need not be in that of the page. */
export function searchable({ rule }: RuleRow, { rules, decisions }: ExplanationTexts): string {
  const text = rules[rule.id];
  const words = [decisions[rule.decision], text?.says].flatMap((one) => [one?.nl ?? '', one?.en ?? '', one?.fr ?? '']);
  return fold([rule.id, rule.decision, text?.title ?? '', ...(text?.statements ?? []), ...words].join(' '));
}

/** True when every word of the query stands somewhere in the text, without regard to case and accents. */
export function isFound(text: string, query: string): boolean {
  return fold(query)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
