/**
 * Pages without script and without anything from elsewhere: text in, one HTML document out.
 * Every text is escaped here; callers pass plain strings and put them together with `html`.
 */
import { createHash } from 'node:crypto';
import { DRAFT_MARK } from '../text.js';

/** Markup that is safe to print as it is. */
export interface Html {
  readonly markup: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

type Part = string | number | Html | readonly Html[];

/** A template whose strings are markup and whose values are escaped, unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  const printed = values.map((value) => {
    if (typeof value === 'string' || typeof value === 'number') return escape(String(value));
    return 'markup' in value ? value.markup : value.map((part) => part.markup).join('');
  });
  return { markup: strings.map((string, index) => string + (printed[index] ?? '')).join('') };
}

const STYLE = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); --soft: color-mix(in srgb, currentColor 65%, transparent); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.5rem; }
h1, h2, h3 { line-height: 1.2; } a { color: LinkText; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 3px solid var(--line); } small, .soft { color: var(--soft); }
pre { white-space: pre-wrap; background: color-mix(in srgb, currentColor 6%, transparent); padding: .8rem; } .wide { overflow-x: auto; }
`;

/** The only style that the pages may use, as a source of Content-Security-Policy. */
export const STYLE_SOURCE = `'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`;

/** In one piece: a line break inside the element would make it another style than the one that the policy names. */
const STYLE_ELEMENT: Html = { markup: `<style>${STYLE}</style>` };

/** A whole document; `ways` are the links to other pages, above the title. */
export function page(language: string, title: string, ways: Html, body: Html): string {
  return html`<!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <nav>${ways}</nav>
        <main>
          <h1>${title}</h1>
          ${language === 'fr' ? html`<p class="soft">${DRAFT_MARK}</p>` : html``} ${body}
        </main>
      </body>
    </html>`.markup;
}
