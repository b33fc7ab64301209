/** The ways from one page for people to another: other languages, and back to all rules. */
import type { Language } from '../cds-hooks/request.js';
import { html, type Html } from './html.js';

/** Who reads: in which language, and in which it could be. */
export interface Reader {
  readonly language: Language;
  readonly languages: readonly Language[];
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { nl: 'Nederlands', en: 'English', fr: 'Français' };

const ALL_RULES: Readonly<Record<Language, string>> = { nl: 'Alle regels', en: 'All rules', fr: 'Toutes les règles' };

/** The same page in the other languages, and all rules from the pages below them. */
export function waysFrom(path: string, { language, languages }: Reader): Html {
  const names = languages.map((other) =>
    other === language
      ? html` <span lang="${other}" aria-current="true">${LANGUAGE_NAMES[other]}</span>`
      : html` <a href="${path}?language=${other}" lang="${other}" hreflang="${other}">${LANGUAGE_NAMES[other]}</a>`,
  );
  return path === '/rules'
    ? html`${names}`
    : html`<a href="/rules?language=${language}">${ALL_RULES[language]}</a> · ${names}`;
}
