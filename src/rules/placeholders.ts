/**
 * Placeholders of card texts: `{fact}` and `{fact:format}`.
 * Finds them, and tells how long a text can become, so that a summary never outgrows a card.
 */
import type { Language } from '../cds-hooks/request.js';
import type { FactDeclaration } from '../facts/fact.js';

export interface Placeholder {
  readonly fact: string;
  readonly format?: string;
}

const PLACEHOLDER = /\{([a-z][A-Za-z]*\.[a-z][A-Za-z0-9]*)(?::([a-z]+))?\}/g;

/** The placeholders of a text, in order. */
export function placeholdersOf(template: string): readonly Placeholder[] {
  return [...template.matchAll(PLACEHOLDER)].map(([, fact, format]) => ({
    fact: fact ?? '',
    ...(format !== undefined && { format }),
  }));
}

/** Puts a text in the place of every placeholder. */
export function fillPlaceholders(template: string, textOf: (placeholder: Placeholder) => string): string {
  return template.replace(PLACEHOLDER, (_, fact: string, format?: string) =>
    textOf({ fact, ...(format !== undefined && { format }) }),
  );
}

const LONGEST_DATE: Readonly<Record<Language, number>> = {
  nl: '30 september 2026'.length,
  en: '30 September 2026'.length,
};
const LONGEST_NUMBER = '1000,25'.length;

/** The greatest number of UTF-16 units that a text can have. */
export function longestText(template: string, language: Language, facts: readonly FactDeclaration[]): number {
  return fillPlaceholders(template, ({ fact }) => {
    const declaration = facts.find((one) => one.id === fact);
    return '#'.repeat(declaration ? longestValue(declaration, language) : 0);
  }).length;
}

function longestValue(fact: FactDeclaration, language: Language): number {
  if (fact.type === 'date') return LONGEST_DATE[language];
  if (fact.values) return Math.max(...Object.values(fact.values).map((text) => text[language].length));
  return ['code', 'text', 'list'].includes(fact.type) ? fact.maxLength : LONGEST_NUMBER;
}
