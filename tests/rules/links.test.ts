/** The closed list of addresses that a card may point to: each says when somebody last looked. */
import { describe, expect, it } from 'vitest';
import { loadLinks } from '../../src/rules/load-tables.js';
import { KnowledgeError, parseYaml } from '../../src/yaml-file.js';
import { readText } from '../support/files.js';

const linkWith = (parts: string) =>
  loadLinks(parseYaml('rules/links.yaml', `page: { label: { nl: "Pagina", en: "Page" }, ${parts} }\n`));

describe('the addresses of cards', () => {
  it('that ship are read', () => {
    expect(Object.keys(loadLinks(parseYaml('rules/links.yaml', readText('rules/links.yaml')))).length).toBeGreaterThan(
      3,
    );
  });

  it('carry the day of the last check, or that there was none', () => {
    expect(linkWith('url: "https://example.org", checked: never')['page']?.checked).toBe('never');
    expect(linkWith('url: "https://example.org", checked: "2026-11-22"')['page']?.checked).toBe('2026-11-22');
  });

  it.each([
    ['no check', 'url: "https://example.org"'],
    ['a check that is no day', 'url: "https://example.org", checked: last week'],
    ['an address of another scheme', 'url: "javascript:alert(1)", checked: never'],
  ])('are refused with %s', (_what, parts) => {
    expect(() => linkWith(parts)).toThrow(KnowledgeError);
    expect(() => linkWith(parts)).toThrow('rules/links.yaml:1');
  });
});
