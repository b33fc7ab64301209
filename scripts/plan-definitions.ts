/**
 * `npm run plan-definitions`: writes docs/plan-definitions.md, what of the exported rules can be run elsewhere.
 * `tests/export/plan-definitions.test.ts` fails while the file is stale.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { planDefinitionsMarkdown } from '../src/export/plan-page.js';
import { createCalendar } from '../src/fhir/dates.js';
import { loadKnowledge } from '../src/load-knowledge.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const knowledge = loadKnowledge(root, createCalendar('Europe/Amsterdam'));
writeFileSync(new URL('../docs/plan-definitions.md', import.meta.url), planDefinitionsMarkdown(knowledge));
