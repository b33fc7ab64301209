/**
 * The request extension `example.plexus-cds.request`: wishes about jurisdiction, language and clock.
 * Wishes that cannot be understood are ignored; whether the others are honoured is decided where the mode is known (`http/preferences.ts`).
 */
import { JURISDICTIONS, LANGUAGES } from './request.js';
import type { RequestPreferences } from './request.js';
import { isObject } from './schema.js';

export const REQUEST_EXTENSION = 'example.plexus-cds.request';
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Reads the extension of a request; never throws. */
export function readPreferences(extension: unknown): RequestPreferences {
  const wishes = isObject(extension) ? extension[REQUEST_EXTENSION] : undefined;
  if (!isObject(wishes)) return {};
  const jurisdiction = JURISDICTIONS.find((known) => known === wishes.jurisdiction);
  const language = LANGUAGES.find((known) => known === wishes.language);
  const now = readInstant(wishes.now);
  return {
    ...(jurisdiction !== undefined && { jurisdiction }),
    ...(language !== undefined && { language }),
    ...(now !== undefined && { now }),
  };
}

/** Milliseconds since 1970; a day without a time is taken at noon UTC, which is the same day in every zone that is served. */
function readInstant(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const text = DAY.test(value) ? `${value}T12:00:00Z` : value;
  if (!INSTANT.test(text)) return undefined;
  const instant = Date.parse(text);
  return Number.isNaN(instant) ? undefined : instant;
}
