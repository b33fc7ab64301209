/** What a placeholder is, and how long a text can become once it is filled. */
import { describe, expect, it } from 'vitest';
import { NOT_RECORDED, fillPlaceholders, longestText, placeholdersOf } from '../../src/rules/placeholders.js';
import { FACTS } from '../support/rules.js';

const SITES = { arm: { nl: 'arm', en: 'arm' }, shoulder: { nl: 'schoudergordel en bovenarm', en: 'shoulder girdle' } };

describe('placeholders', () => {
  it('are facts between braces, without a format', () => {
    const text = 'Since {pain.days} days: {complaint.note}, {pain.days:long}, {pain}';
    expect(placeholdersOf(text)).toEqual(['pain.days', 'complaint.note']);
    expect(fillPlaceholders(text, (fact) => fact.toUpperCase())).toBe(
      'Since PAIN.DAYS days: COMPLAINT.NOTE, {pain.days:long}, {pain}',
    );
  });
});

describe('the longest text', () => {
  const longest = (id: string, language: 'nl' | 'en', facts = FACTS): number => longestText(`{${id}}`, language, facts);

  it.each(['pain.days', 'complaint.began', 'complaint.kind'])('%s is at least as long as "not recorded"', (id) => {
    expect(longest(id, 'nl')).toBe(NOT_RECORDED.nl.length);
    expect(longest(id, 'en')).toBe(NOT_RECORDED.en.length);
  });

  it('of a text is its own greatest length, of a code that of its longest word', () => {
    expect(longest('complaint.note', 'nl')).toBe(40);
    const facts = FACTS.map((fact) => (fact.id === 'complaint.kind' ? { ...fact, values: SITES } : fact));
    expect(longest('complaint.kind', 'nl', facts)).toBe(SITES.shoulder.nl.length);
  });

  it('of a list is its own greatest length, since several words can stand together', () => {
    const facts = FACTS.map((fact) => (fact.id === 'complaint.sites' ? { ...fact, values: SITES } : fact));
    expect(longest('complaint.sites', 'nl', facts)).toBe(40);
  });
});
