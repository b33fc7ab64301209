/** The chain from source sentence to test has no open link, and the committed page of it is fresh. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { traceMarkdown, traceRows } from '../src/export/traceability.js';
import { createCalendar } from '../src/fhir/dates.js';
import { loadKnowledge } from '../src/load-knowledge.js';
import { foldQuote } from '../src/rules/check-rules.js';
import { readStories } from './support/stories.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const knowledge = loadKnowledge(root, createCalendar('Europe/Amsterdam'));
const stories = readStories();
const rows = traceRows(
  knowledge,
  stories.map(({ id, expect: { fire, not } }) => ({ id, fire, not })),
);

describe('traceability', () => {
  it('every statement of the catalogue is carried by a rule or a leaflet', () => {
    const open = rows.filter((row) => row.rules.length + row.leaflets.length === 0);
    expect(open.map((row) => row.statement.id)).toEqual([]);
  });

  it('docs/traceability.md is what npm run trace writes', () => {
    expect(readFileSync(resolve(root, 'docs/traceability.md'), 'utf8')).toBe(traceMarkdown(rows));
  });
});

const sources = resolve(root, process.env['PLEXUS_KNOWLEDGE_DIR'] ?? '../shared', 'sources');
if (!existsSync(sources)) console.info(`quotes are not compared with the source texts: ${sources} is not there`);

describe.skipIf(!existsSync(sources))('quotes against the source texts', () => {
  const files: Readonly<Record<string, string>> = {
    'na-huisarts': '000_36a1676659376662.txt',
    'asn-folder': '001_4961c8edabd6d051.txt',
    'timing-protocol': '002_c67afb95176b6e6f.txt',
    'kngf-b': '003_16edfa8fd265471c.txt',
    'parese-pagina': '004_c949e00385a583ef.txt',
  };
  const words = (text: string): string => foldQuote(text);

  it('every quoted sentence has the hash of the catalogue', () => {
    const hashes = new Set([...knowledge.statements.values()].map((statement) => statement.sha256));
    const quotes = knowledge.rules.flatMap((rule) =>
      rule.source.filter(({ kind }) => kind === 'source').flatMap(({ quote }) => quote ?? []),
    );
    for (const quote of quotes) expect(hashes).toContain(createHash('sha256').update(foldQuote(quote)).digest('hex'));
  });

  it.each(Object.entries(files))('the quotes of %s stand word for word in its text', (doc, file) => {
    const text = words(readFileSync(resolve(sources, file), 'utf8'));
    const quotes = knowledge.rules.flatMap((rule) =>
      rule.source.filter((citation) => citation.doc === doc).flatMap(({ quote }) => quote ?? []),
    );
    expect(quotes.filter((quote) => !text.includes(words(quote)))).toEqual([]);
  });
});
