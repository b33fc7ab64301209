/**
 * A text as people read it: Dutch and English always, French where its drafts are served.
 */
import type { Language } from './cds-hooks/request.js';

/** A title, question or sentence per language. */
export interface Text {
  readonly nl: string;
  readonly en: string;
  /** A draft; there where drafts are served. */
  readonly fr?: string;
}

/** The words of a language; Dutch, which every text has, where that language is not served. */
export function textIn(text: Text, language: Language): string {
  return text[language] ?? text.nl;
}

/** A number with the language's decimal sign and at most two decimals. */
export function numberText(value: number, language: Language): string {
  const rounded = String(Math.round(value * 100) / 100);
  return language === 'en' ? rounded : rounded.replace('.', ',');
}

/** What a card or page in a draft language says of itself. */
export const DRAFT_MARK = 'Traduction provisoire, non relue par un clinicien.';

const SENTENCE = { type: 'string', minLength: 1 };

/** JSON Schema of a text. */
export const TEXT_SCHEMA = {
  type: 'object',
  required: ['nl', 'en'],
  additionalProperties: false,
  properties: { nl: SENTENCE, en: SENTENCE, fr: SENTENCE },
};
