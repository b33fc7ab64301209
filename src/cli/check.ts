/**
 * `npm run rules:check`: loads all knowledge and says what is wrong with it, or what it holds. Reads files only.
 */
import { fileURLToPath } from 'node:url';
import { createCalendar } from '../fhir/dates.js';
import { loadKnowledge } from '../load-knowledge.js';

try {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const knowledge = loadKnowledge(root, createCalendar('Europe/Amsterdam'), { drafts: true });
  const statements = new Set(knowledge.rules.flatMap((rule) => rule.statements));
  console.log(
    `${knowledge.rules.length} active rules, ${knowledge.facts.definitions.length} facts, ${statements.size} statements carried out of ${knowledge.statements.size}, ${knowledge.templates.size} order templates`,
  );
  const unchecked = Object.entries(knowledge.texts.links).filter(([, { checked }]) => checked === 'never');
  if (unchecked.length > 0) console.log(`addresses that nobody has checked: ${unchecked.map(([id]) => id).join(', ')}`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
