import { describe, expect, it } from 'vitest';
import { htmlOf } from '../../src/sandbox/cards/markdown.js';

describe('Markdown of a card', () => {
  it('becomes the HTML that a doctor reads', () => {
    expect(htmlOf('**Now**\n- refer')).toBe('<p><strong>Now</strong></p>\n<ul>\n<li>refer</li>\n</ul>');
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '<script>alert(1)</script>',
    '[x](javascript:alert(1))',
    '![x](data:text/html,x)',
  ])('lets nothing run: %s', (markdown) => {
    const html = htmlOf(markdown);
    expect(html).not.toMatch(/<(img|script)[^>]*(onerror|src="(?!")[^"])/);
    expect(html).not.toMatch(/javascript:|<script/);
  });
});
