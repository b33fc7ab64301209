/**
 * `npm run trace`: writes docs/traceability.md, from source sentence to test. `tests/trace.test.ts` fails while the file is stale.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { traceMarkdown, traceRows } from '../src/export/traceability.js';
import { createCalendar } from '../src/fhir/dates.js';
import { loadKnowledge } from '../src/load-knowledge.js';
import { readStories } from '../tests/support/stories.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const rows = traceRows(
  loadKnowledge(root, createCalendar('Europe/Amsterdam')),
  readStories().map(({ id, expect }) => ({ id, ...expect })),
);
mkdirSync(new URL('../docs/', import.meta.url), { recursive: true });
writeFileSync(new URL('../docs/traceability.md', import.meta.url), traceMarkdown(rows));
