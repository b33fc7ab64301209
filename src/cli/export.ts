/**
 * `npm run export -- FOLDER`: writes the rules as PlanDefinitions and the facts as Libraries, one JSON file for each. Makes the folder if need be.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { factLibraries } from '../export/fact-libraries.js';
import { planDefinitions } from '../export/plan-definitions.js';
import { createCalendar } from '../fhir/dates.js';
import { loadKnowledge } from '../load-knowledge.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  console.error('name the folder to write to: npm run export -- FOLDER');
  process.exit(1);
}
try {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const knowledge = loadKnowledge(root, createCalendar('Europe/Amsterdam'), { drafts: true });
  const plans = planDefinitions(knowledge);
  const libraries = factLibraries(knowledge);
  mkdirSync(folder, { recursive: true });
  for (const resource of [...plans, ...libraries])
    writeFileSync(
      join(folder, `${resource.resourceType}-${resource.id}.json`),
      `${JSON.stringify(resource, undefined, 2)}\n`,
    );
  console.log(`${plans.length} PlanDefinitions and ${libraries.length} Libraries in ${resolve(folder)}`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
