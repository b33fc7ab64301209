/** Calendar dates as each language of the page writes them. */
import type { Language } from '../cds-hooks/request.js';

type Month = 'long' | 'short';

const formatsOf = (locale: string): Readonly<Record<Month, Intl.DateTimeFormat>> => {
  const format = (month: Month) =>
    new Intl.DateTimeFormat(locale, { day: 'numeric', month, year: 'numeric', timeZone: 'UTC' });
  return { long: format('long'), short: format('short') };
};

/** Made once: a format costs far more than its use. */
const FORMATS: Readonly<Record<Language, ReturnType<typeof formatsOf>>> = {
  nl: formatsOf('nl'),
  en: formatsOf('en-GB'),
  fr: formatsOf('fr'),
};

/** The day of a FHIR date or dateTime in words; one that names no day, such as `2026-11`, as it stands. */
export function dateText(date: string, language: Language, month: Month = 'long'): string {
  const day = /^\d{4}-\d\d-\d\d/.exec(date)?.[0];
  const time = Date.parse(`${day ?? ''}T00:00:00Z`);
  return Number.isNaN(time) ? date : FORMATS[language][month].format(time);
}
