/**
 * In: fhir-profiles/concepts.yaml (what each concept is made of), the French drafts below rules/translations/fr and the terminology table
 * of the knowledge folder. Out: value-sets/, value-sets-snomed-affiliate/, code-systems/ and concept-maps/ under fhir-profiles, always the
 * same bytes for the same input. It does not look anything up outside these inputs.
 *
 *   PLEXUS_KNOWLEDGE_DIR=../shared npm run terminology
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { codeSystems } from './terminology/code-systems.js';
import { conceptMaps } from './terminology/concept-maps.js';
import { Builder, type Concepts } from './terminology/content.js';
import { PROFILES, readTable, sortedIds } from './terminology/table.js';
import { valueSets } from './terminology/value-sets.js';

/** The folders below fhir-profiles that this script owns: all in them is written anew. */
export const GENERATED = ['value-sets', 'value-sets-snomed-affiliate', 'code-systems', 'concept-maps'];

const NOTICE = `# SNOMED CT codes outside the free sets

The files in this folder hold SNOMED CT codes, without descriptions, that are neither in the SNOMED CT Global Patient Set nor in the IPS free set.
They are matched on input only. Each value set belongs to the one of the same name in \`../value-sets\`, the concept map to that in \`../concept-maps\`.

This material includes SNOMED Clinical Terms® (SNOMED CT®) which is used by permission of SNOMED International.
All rights reserved. SNOMED CT® was originally created by The College of American Pathologists.
"SNOMED" and "SNOMED CT" are registered trademarks of SNOMED International (https://www.snomed.org).

Use of these codes needs a SNOMED CT affiliate licence, which is free of charge in member countries (the national release centre grants it).
Whoever has no licence deletes this folder: the service starts without it and recognises less.
`;

const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** Writes all terminology under \`out\` from the knowledge folder; returns the path of every file, relative to \`out\`. */
export function writeTerminology(knowledge: string, out: string): readonly string[] {
  const concepts = parse(readFileSync(join(PROFILES, 'concepts.yaml'), 'utf8')) as Concepts;
  const notFree = new Set(readFileSync(join(knowledge, 'snomed-not-free.txt'), 'utf8').split(/\s+/));
  const table = readTable(knowledge);
  const builder = new Builder(concepts, table);
  const resources = {
    ...valueSets(concepts, builder, notFree),
    ...codeSystems(concepts),
    ...conceptMaps(concepts, builder, table, notFree),
  };
  const files: Readonly<Record<string, string>> = {
    'value-sets-snomed-affiliate/README.md': NOTICE,
    ...Object.fromEntries(Object.entries(resources).map(([path, resource]) => [path, json(resource)])),
  };
  for (const folder of GENERATED) rmSync(join(out, folder), { recursive: true, force: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(join(out, path), text);
  }
  return sortedIds(Object.keys(files));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const knowledge = join(process.env['PLEXUS_KNOWLEDGE_DIR'] ?? '../shared', 'knowledge');
  console.info(`${writeTerminology(knowledge, PROFILES).length} files written to ${PROFILES}`);
}
