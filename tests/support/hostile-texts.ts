/**
 * Strings that a record can hold and a page must not obey: markup, Markdown, addresses, controls, signs that turn or cover what stands beside them.
 * Every script and picture in them makes itself known: it calls `ran()` or asks `https://evil.example`.
 */

const EVIL = 'https://evil.example';

const MARKUP = [
  '<script>ran()</script>',
  '<script src="https://evil.example/a.js"></script>',
  `<img src="${EVIL}/a.png" onerror="ran()">`,
  '<img src=x onerror=ran()>',
  '<svg onload=ran()><g/></svg>',
  '<iframe srcdoc="<script>parent.ran()</script>"></iframe>',
  '<iframe src="javascript:parent.ran()"></iframe>',
  `<a href="javascript:ran()">click</a>`,
  `<form action="${EVIL}"><input name=a><button>go</button></form>`,
  `<link rel=stylesheet href="${EVIL}/a.css">`,
  '<style>*{display:none}</style>',
  '<base href="https://evil.example/">',
  '<meta http-equiv=refresh content="0;url=https://evil.example">',
  '</h3></div></section><b>out',
  '<!-- hidden',
  '<![CDATA[ hidden',
  '<?php hidden',
  '"><b onmouseover=ran() autofocus onfocus=ran() tabindex=1>',
  '&#60;script&#62;ran()&#60;/script&#62;',
  '&lt;b&gt; &amp;lt; &nbsp; &colon;',
];

const MARKDOWN = [
  '[click](javascript:ran())',
  '[click](JaVaScRiPt:ran())',
  '[click](data:text/html,<script>ran()</script>)',
  '[click][ref] and [ref]: https://evil.example',
  `[click](${EVIL} "title")`,
  `![picture](${EVIL}/a.png)`,
  `<${EVIL}>`,
  '<javascript:ran()>',
  `see ${EVIL}/path?q=1`,
  'http://localhost/path',
  'www.evil.example/path',
  'www.1evil.com',
  'www.\ufe0fevil\ufe0f.com',
  '//evil.com/path',
  'someone@evil.example',
  'mailto:someone@evil.example xmpp:a@evil.example/b',
  '# heading',
  'heading\n===',
  'heading\n---',
  '===',
  '---',
  '* * *',
  '- item\n- item',
  '1. item',
  '1) item',
  '> quote',
  '    code',
  '\tcode',
  '`code`',
  '```js\ncode',
  '~~~\ncode',
  '**bold** __bold__ *it* _it_',
  '~~gone~~ ~gone~',
  'a | b\n--- | ---\nc | d',
  '- [ ] task',
  'note[^1]\n\n[^1]: footnote',
  'end of line\\',
  'hard  \nbreak\\\nbreak',
  '\\*not\\* \\<b\\>',
  '{pain.score} {{context.patientId}} ${1} <%= 1 %>',
];

const SIGNS = [
  'a\rb\nc\u2028d\u2029e\u0085f\u000bg\u000ch',
  'line\r\n\r\n# heading',
  'a\u202ecod.exe',
  'a\u202db\u202cc\u200ed\u200fe\u061cf',
  'a\u2066b\u2067c\u2068d\u2069e',
  'pijn \u05db\u05d0\u05d1 7 \u05d9\u05de\u05d9\u05dd',
  '\u0623\u0644\u0645 <b> 12 - 14',
  'a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg',
  '\ufeffmark',
  '\u3164\u115f\u1160\uffa0\u034f hidden',
  `z${'\u0301\u0316\u0334'.repeat(40)}algo`,
  '\u0000nul\u0001\u0008\u001b[31m\u007f\u009b',
  'half \ud83d and \ude00',
  '\ud83d\ude00'.repeat(60),
  `${'x'.repeat(38)}\ud83d\ude00y`,
  '\u{e0041}\u{e0042} tags',
  '\ue000\ufdd0\uffff',
  'w'.repeat(5000),
  '&'.repeat(200),
  '',
  '   ',
  'constructor',
  '__proto__',
];

/** All of them. */
export const HOSTILE: readonly string[] = [...MARKUP, ...MARKDOWN, ...SIGNS];

/** What a reader can see of a string: no controls, no marks of direction, one space for several. */
export function visible(text: string): string {
  return text
    .replace(/(?!\p{Variation_Selector})[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu, ' ')
    .replace(/(\p{M}{3})\p{M}+/gu, '$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** What people write, as far as a card or page could show it. */
const WRITTEN = ['display', 'text', 'name', 'family', 'title', 'comment', 'description', 'valueString', 'div', 'unit'];
const WRITTEN_LISTS = ['given', 'prefix', 'suffix', 'line'];

/** The request with each of its written texts replaced by the next string, beginning at one of them; and a note in each resource. */
export function withTexts(request: unknown, strings: readonly string[], first = 0): unknown {
  let place = first;
  const next = (): string => strings[place++ % strings.length] ?? '';
  const replaced = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(replaced);
    if (typeof node !== 'object' || node === null) return node;
    const members = Object.entries(node).map(([name, value]: readonly [string, unknown]) => {
      if (typeof value === 'string') return [name, WRITTEN.includes(name) ? next() : value];
      if (WRITTEN_LISTS.includes(name) && Array.isArray(value)) return [name, value.map(next)];
      return [name, replaced(value)];
    });
    const own = Object.fromEntries(members) as Record<string, unknown>;
    return 'resourceType' in own && !('entry' in own) ? { note: [{ text: next() }], ...own } : own;
  };
  return replaced(request);
}
