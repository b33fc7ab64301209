import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../src/cds-hooks/parse-request.js';
import { readConfig } from '../../src/config.js';
import { settlePreferences } from '../../src/http/preferences.js';
import { UNKNOWN_CLIENT, type Client } from '../../src/load-clients.js';
import { requestFor, serviceOf } from '../support/requests.js';

const DEMO = readConfig({});

/** The preferences that a request with these wishes ends up with. */
function settle(
  wishes: unknown,
  acceptLanguage?: string,
  settings: Parameters<typeof settlePreferences>[2] = DEMO,
  client: Client = UNKNOWN_CLIENT,
): unknown {
  const request = { ...requestFor('patient-view'), extension: { 'example.plexus-cds.request': wishes } };
  return settlePreferences(parseRequest(request, serviceOf('patient-view')), acceptLanguage, settings, client)
    .preferences;
}

describe('preferences', () => {
  test('the defaults are NL and nl', () => {
    expect(settle(undefined)).toEqual({ jurisdiction: 'NL', language: 'nl' });
  });

  test('wishes of the request are honoured in demo mode', () => {
    const now = '2026-11-21T09:30:00+01:00';
    expect(settle({ jurisdiction: 'BE', language: 'en', now })).toEqual({
      jurisdiction: 'BE',
      language: 'en',
      now: Date.parse(now),
    });
  });

  test('a day without a time is noon UTC', () => {
    expect(settle({ now: '2026-11-21' })).toMatchObject({ now: Date.UTC(2026, 10, 21, 12) });
  });

  test.each([
    ['x'],
    [{ jurisdiction: 'DE', language: 'xx', now: 'tomorrow' }],
    [{ jurisdiction: ['NL'], now: 5 }],
    [{ now: '2026-99-99' }],
  ])('wishes that cannot be understood are ignored: %j', (wishes) => {
    expect(settle(wishes)).toEqual({ jurisdiction: 'NL', language: 'nl' });
  });

  test.each([
    ['en-GB,en;q=0.9,nl;q=0.8', 'en'],
    ['fr;q=1,nl;q=0.5,en;q=0.7', 'fr'],
    ['de;q=1,nl;q=0.5,en;q=0.7', 'en'],
    ['nl-BE', 'nl'],
    ['de', 'nl'],
    ['*', 'nl'],
    ['en;q=0', 'nl'],
    ['en;q=high', 'nl'],
  ])('Accept-Language %s gives %s in demo mode', (header, language) => {
    expect(settle({}, header)).toEqual({ jurisdiction: 'NL', language });
  });

  test('the extension goes before Accept-Language; a language that is not served is nobody’s wish', () => {
    expect(settle({ language: 'nl' }, 'en')).toMatchObject({ language: 'nl' });
    expect(settle({ language: 'en' }, 'en', readConfig({ LANGUAGES: 'nl' }))).toMatchObject({ language: 'nl' });
  });

  test('production honours neither wishes nor Accept-Language', () => {
    const wishes = { jurisdiction: 'BE', language: 'en', now: '2020-01-01' };
    expect(settle(wishes, 'en', { ...DEMO, mode: 'production' })).toEqual({ jurisdiction: 'NL', language: 'nl' });
  });

  test('a registered client has a jurisdiction and languages of its own, and chooses what its entry allows', () => {
    const wishes = { jurisdiction: 'NL', language: 'en', now: '2020-01-01' };
    const production = { ...DEMO, mode: 'production' as const };
    const belgian: Client = { ...UNKNOWN_CLIENT, jurisdiction: 'BE', languages: ['nl', 'en'] };
    expect(settle(wishes, 'en', production, belgian)).toEqual({ jurisdiction: 'BE', language: 'nl' });
    const choosing: Client = { ...belgian, mayChoose: ['language'] };
    expect(settle(wishes, undefined, production, choosing)).toEqual({ jurisdiction: 'BE', language: 'en' });
    expect(settle({}, 'en', production, choosing)).toEqual({ jurisdiction: 'BE', language: 'en' });
    const free: Client = { ...belgian, mayChoose: ['jurisdiction'] };
    expect(settle(wishes, undefined, production, free)).toEqual({ jurisdiction: 'NL', language: 'nl' });
  });
});
