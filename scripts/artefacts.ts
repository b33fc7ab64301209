/**
 * The FHIR artefacts of this project: those that stand in `fhir-profiles/`, those that are made of `rules/` and of our services, and examples of
 * what conforms to them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FhirResource } from 'fhir/r4.js';
import { SERVICES } from '../src/cds-hooks/services.js';
import { clientCapabilities } from '../src/export/client-capabilities.js';
import { factLibraries } from '../src/export/fact-libraries.js';
import { planDefinitions } from '../src/export/plan-definitions.js';
import { CANONICAL_BASE } from '../src/fhir/code-sets.js';
import { createCalendar } from '../src/fhir/dates.js';
import { loadKnowledge } from '../src/load-knowledge.js';
import { withSnapshot } from './snapshots.js';

/** Requests of CDS Hooks and not resources; SNOMED CT codes that need a licence; instances, which are examples. */
const LEFT_OUT = ['examples', 'value-sets-snomed-affiliate', 'instances'];

/** Every resource that others can refer to; `date` is when they are put together, a FHIR date. */
export function artefacts(root: string, date: string): readonly FhirResource[] {
  const profiles = join(root, 'fhir-profiles');
  const folders = readdirSync(profiles, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const written = folders
    .filter(({ name }) => !LEFT_OUT.includes(name))
    .flatMap(({ name }) => resourcesIn(join(profiles, name)));
  const knowledge = loadKnowledge(root, createCalendar('Europe/Amsterdam'), { drafts: true });
  return [
    ...written.map((one) => (one.resourceType === 'StructureDefinition' ? withSnapshot(one) : one)),
    ...planDefinitions(knowledge),
    ...factLibraries(knowledge),
    clientCapabilities(SERVICES, { base: CANONICAL_BASE, date }),
  ];
}

/** One resource for each profile. */
export function instances(root: string): readonly FhirResource[] {
  return resourcesIn(join(root, 'fhir-profiles/instances'));
}

function resourcesIn(folder: string): readonly FhirResource[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as FhirResource);
}
