/** The fact definitions of `rules/facts`, read for cases of a test. */
import type { FhirResource } from 'fhir/r4.js';
import { readFileSync } from 'node:fs';
import type { Case } from '../../src/case/case.js';
import type { Fact, FactValue } from '../../src/facts/fact.js';
import { createFacts } from '../../src/facts/facts.js';
import { loadSettings } from '../../src/facts/load-settings.js';
import { loadFactDefinitions } from '../../src/load-knowledge.js';
import { parseYaml } from '../../src/yaml-file.js';
import { ROOT } from './files.js';
import { CALENDAR, CODE_SETS, caseOf, type Circumstances } from './records.js';

const settings = loadSettings(parseYaml('settings.yaml', readFileSync(`${ROOT}/rules/settings.yaml`, 'utf8')));
export const DEFINITIONS = loadFactDefinitions(ROOT, { codeSets: CODE_SETS, settings, calendar: CALENDAR });
export const FACTS = createFacts(DEFINITIONS, settings);

/** A fact of the patient, or of one of the episodes (newest onset first). */
export function factOf(id: string, theCase: Case, episode?: number): Fact {
  const sheet = FACTS.of(theCase);
  const number = DEFINITIONS.findIndex((definition) => definition.id === id);
  if (number < 0) throw new RangeError(`there is no fact ${id}`);
  const scope = DEFINITIONS[number]!.scope;
  const subject = scope === 'patient' ? sheet.patient : sheet.episodes[episode ?? 0];
  if (!subject) throw new RangeError(`there is no episode for ${id}`);
  return sheet.read(number, subject);
}

/** The value of a fact for these records; undefined when it is unknown. */
export function valueOf(id: string, records: readonly FhirResource[], more?: Circumstances): FactValue | undefined {
  return factOf(id, caseOf(records, more)).value;
}
