/**
 * Values and fixed words as a GP reads them, in the language of the card.
 * Enters: facts and languages. Leaves: text; strings that may come from a record are escaped for Markdown and HTML.
 */
import type { Language } from '../cds-hooks/request.js';
import { type Fact, type FactDeclaration } from '../facts/fact.js';
import { civil } from '../fhir/dates.js';
import { NOT_RECORDED } from '../rules/placeholders.js';
import { numberText, textIn } from '../text.js';

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

/** The words of a fact's value on a card. */
export function factText(fact: Fact, declaration: FactDeclaration, language: Language): string {
  const { value } = fact;
  if (value === undefined) return NOT_RECORDED[language];
  if (typeof value === 'number')
    return declaration.type === 'date' ? dateText(value, language) : numberText(value, language);
  if (typeof value === 'boolean') return textIn(declaration.text, language);
  const words = declaration.values;
  const text = (typeof value === 'string' ? [value] : value)
    .map((one) => (words?.[one] ? textIn(words[one], language) : escapeText(one)))
    .join(', ');
  return shorten(text, declaration.maxLength);
}

/** At most `limit` UTF-16 units, an ellipsis included; cut between characters, never inside one. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let short = '';
  for (const character of text) {
    if (short.length + character.length > limit - 1) break;
    short += character;
  }
  return `${short.trimEnd()}…`;
}

const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const SPECIAL = /[\\`*_{}[\]()#+\-.!|~<>&"']/g;

/** A string of the record as inert text: controls and bidi marks gone, every character with a meaning in Markdown or HTML neutralised. */
export function escapeText(text: string): string {
  return text.replace(CONTROLS, ' ').replace(SPECIAL, (character) => ENTITIES[character] ?? `\\${character}`);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&#39;',
};

const MARKDOWN = /\\(.)|&(?:lt|gt|amp|quot|#39);|\*{1,2}|^> /gm;

/** The Markdown of our cards, and no other, as plain text for an EHR that shows it as it is. */
export function asPlainText(markdown: string): string {
  return markdown.replace(
    MARKDOWN,
    (mark, escaped?: string) =>
      escaped ?? Object.keys(ENTITIES).find((character) => ENTITIES[character] === mark) ?? '',
  );
}
