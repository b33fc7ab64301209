/**
 * Which jurisdiction, language and clock a request gets: its own wishes in demo mode, the settings otherwise.
 */
import type { CdsRequest, Jurisdiction, Language } from '../cds-hooks/request.js';

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
): CdsRequest {
  const { jurisdiction, languages } = settings;
  const language = languages[0];
  if (settings.mode !== 'demo') return { ...request, preferences: { jurisdiction, language } };
  const asked = request.preferences;
  const isServed = asked.language !== undefined && languages.includes(asked.language);
  return {
    ...request,
    preferences: {
      ...asked,
      jurisdiction: asked.jurisdiction ?? jurisdiction,
      language: isServed ? asked.language : (firstServed(acceptLanguage, languages) ?? language),
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
