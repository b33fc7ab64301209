/**
 * Values and fixed words as a GP reads them, in the language of the card.
 * Enters: facts and languages. Leaves: text; strings that may come from a record are escaped for Markdown and HTML.
 */
import type { Language } from '../cds-hooks/request.js';
import { type Fact, type FactDeclaration } from '../facts/fact.js';
import { civil } from '../fhir/dates.js';
import { NOT_RECORDED } from '../rules/placeholders.js';
import { numberText, textIn } from '../text.js';
import { bounded, inert, readable } from './record-text.js';

export const WORDS = {
  nl: {
    toDo: 'Wat nu',
    toAsk: 'Vraag en onderzoek',
    background: 'Wat meespeelt',
    stillToCheck: 'Nog na te gaan',
    cannotCheck: 'Deze order is niet volledig te controleren; niet vastgelegd of niet ontvangen:',
    cannotCheckDetail: 'Vul het ontbrekende gegeven in het dossier aan; daarna wordt de order opnieuw beoordeeld.',
    extension: 'Aanvulling',
    safety: 'Veiligheidsnoot',
    togetherWith: 'samen met',
    from: 'vanaf',
    demo: 'Demonstratie: niet CE-gemarkeerd, niet voor klinisch gebruik.',
  },
  en: {
    toDo: 'What now',
    toAsk: 'Ask and examine',
    background: 'What matters here',
    stillToCheck: 'Still to check',
    cannotCheck: 'This order cannot be checked fully; not recorded or not received:',
    cannotCheckDetail: 'Add the missing data to the record; the order is then judged again.',
    extension: 'Addition',
    safety: 'Safety note',
    togetherWith: 'together with',
    from: 'from',
    demo: 'Demonstration: not CE-marked, not for clinical use.',
  },
  fr: {
    toDo: 'Que faire',
    toAsk: 'Demander et examiner',
    background: 'Ce qui intervient',
    stillToCheck: 'Encore à vérifier',
    cannotCheck: 'Cette prescription ne peut être entièrement vérifiée ; non consigné ou non reçu :',
    cannotCheckDetail: 'Compléter la donnée manquante dans le dossier ; la prescription est alors réévaluée.',
    extension: 'Complément',
    safety: 'Note de sécurité',
    togetherWith: 'avec',
    from: 'à partir du',
    demo: 'Démonstration : sans marquage CE, pas d’usage clinique.',
  },
} as const satisfies Record<Language, Record<string, string>>;

const MONTHS: Readonly<Record<Language, readonly string[]>> = {
  nl: [
    'januari',
    'februari',
    'maart',
    'april',
    'mei',
    'juni',
    'juli',
    'augustus',
    'september',
    'oktober',
    'november',
    'december',
  ],
  en: [
    'January',
    'February',
    'March',
    'April',
    'May',
    'June',
    'July',
    'August',
    'September',
    'October',
    'November',
    'December',
  ],
  fr: [
    'janvier',
    'février',
    'mars',
    'avril',
    'mai',
    'juin',
    'juillet',
    'août',
    'septembre',
    'octobre',
    'novembre',
    'décembre',
  ],
};

/** A day number as "4 december"; without the year, since every date on a card lies within months of today. */
export function dateText(day: number, language: Language): string {
  const { month, dayOfMonth } = civil(day);
  const ordinal = language === 'fr' && dayOfMonth === 1 ? 'er' : '';
  return `${dayOfMonth}${ordinal} ${MONTHS[language][month - 1]}`;
}

/** What a text is written into: `text` is shown as it is, in `markdown` a string of the record is escaped. */
export type Format = 'text' | 'markdown';

/** The words of a fact's value on a card. */
export function factText(fact: Fact, declaration: FactDeclaration, language: Language, format: Format): string {
  const { value } = fact;
  if (value === undefined) return NOT_RECORDED[language];
  if (typeof value === 'number')
    return declaration.type === 'date' ? dateText(value, language) : numberText(value, language);
  if (typeof value === 'boolean') return textIn(declaration.text, language);
  const codes = typeof value === 'string' ? [value] : value;
  const { values = {}, maxLength } = declaration;
  const isOurs = codes.every((code) => Object.hasOwn(values, code));
  const words = codes.map((code) => {
    const own = Object.hasOwn(values, code) ? values[code] : undefined;
    return own ? textIn(own, language) : readable(code);
  });
  const line = bounded(words.join(', '), maxLength);
  // Of signs that nobody can read nothing is left.
  if (line === '') return NOT_RECORDED[language];
  return isOurs || format === 'text' ? line : inert(line);
}
