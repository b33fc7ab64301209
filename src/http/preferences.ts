/**
 * Which jurisdiction, language and clock a request gets: its own wishes where the mode or its client's entry allows them, else what the
 * entry says, else the settings. The clock is the caller's in demo mode only.
 */
import type { CdsRequest, Jurisdiction, Language } from '../cds-hooks/request.js';
import type { Client } from '../load-clients.js';

export interface PreferenceSettings {
  readonly mode: 'demo' | 'production';
  readonly jurisdiction: Jurisdiction;
  /** Served languages; the first is the default. */
  readonly languages: readonly [Language, ...Language[]];
}

/** The request with its preferences settled: jurisdiction and language always, `now` only where the caller may set the clock. */
export function settlePreferences(
  request: CdsRequest,
  acceptLanguage: string | undefined,
  settings: PreferenceSettings,
  client: Client,
): CdsRequest {
  const isDemo = settings.mode === 'demo';
  const languages = client.languages ?? settings.languages;
  const wishes = request.preferences;
  const jurisdiction = isDemo || client.mayChoose.includes('jurisdiction') ? wishes.jurisdiction : undefined;
  const language =
    isDemo || client.mayChoose.includes('language')
      ? (languages.find((served) => served === wishes.language) ?? firstServed(acceptLanguage, languages))
      : undefined;
  return {
    ...request,
    preferences: {
      jurisdiction: jurisdiction ?? client.jurisdiction ?? settings.jurisdiction,
      language: language ?? languages[0],
      ...(isDemo && wishes.now !== undefined && { now: wishes.now }),
    },
  };
}

/** The served language that an Accept-Language header likes best. */
function firstServed(acceptLanguage: string | undefined, languages: readonly Language[]): Language | undefined {
  const ranges = (acceptLanguage ?? '').split(',').map(readRange);
  return ranges
    .filter(({ quality }) => quality > 0)
    .sort((a, b) => b.quality - a.quality)
    .map(({ primary }) => languages.find((language) => language === primary))
    .find((language) => language !== undefined);
}

/** `en-GB;q=0.8` as its primary language and quality; an unreadable quality counts as unwanted. */
function readRange(range: string): { readonly primary: string | undefined; readonly quality: number } {
  const [tag = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { primary: tag.split('-')[0], quality: quality === undefined ? 1 : Number(quality) || 0 };
}
