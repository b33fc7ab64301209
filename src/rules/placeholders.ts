/**
 * Placeholders of card texts: `{fact}`.
 * Finds them, and tells how long a text can become, so that a summary never outgrows a card.
 */
import type { Language } from '../cds-hooks/request.js';
import { type FactDeclaration } from '../facts/fact.js';
import { textIn } from '../text.js';

const PLACEHOLDER = /\{([a-z][A-Za-z]*\.[a-z][A-Za-z0-9]*)\}/g;

/** What stands in the place of a value that is unknown. */
export const NOT_RECORDED: Readonly<Record<Language, string>> = {
  nl: 'niet vastgelegd',
  en: 'not recorded',
  fr: 'non consigné',
};

/** The ids of the facts that a text has placeholders for, in order. */
export function placeholdersOf(template: string): readonly string[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, fact]) => fact ?? '');
}

/** Puts a text in the place of every placeholder. */
export function fillPlaceholders(template: string, textOf: (fact: string) => string): string {
  // Most texts have none, and every line of every card comes by here.
  if (!template.includes('{')) return template;
  return template.replace(PLACEHOLDER, (_, fact: string) => textOf(fact));
}

const LONGEST_DATE: Readonly<Record<Language, number>> = {
  nl: '30 september'.length,
  en: '30 September'.length,
  fr: '30 septembre'.length,
};
const LONGEST_NUMBER = '1000,25'.length;

/** The greatest number of UTF-16 units that a text can have. */
export function longestText(template: string, language: Language, facts: readonly FactDeclaration[]): number {
  return fillPlaceholders(template, (id) => {
    const declaration = facts.find((one) => one.id === id);
    return '#'.repeat(declaration ? longestValue(declaration, language) : 0);
  }).length;
}

/** Of the value, or of the words that say that it is unknown. */
function longestValue(fact: FactDeclaration, language: Language): number {
  return Math.max(longestKnown(fact, language), NOT_RECORDED[language].length);
}

function longestKnown(fact: FactDeclaration, language: Language): number {
  if (fact.type === 'date') return LONGEST_DATE[language];
  // Of a list several words can stand together; only `maxLength` ends it.
  if (fact.values && fact.type !== 'list')
    return Math.max(...Object.values(fact.values).map((text) => textIn(text, language).length));
  return ['code', 'text', 'list'].includes(fact.type) ? fact.maxLength : LONGEST_NUMBER;
}
