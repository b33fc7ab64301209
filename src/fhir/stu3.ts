/**
 * Resources of FHIR STU3 (3.0.2), which Dutch GP systems speak -> the same elements under their names of R4.
 * Only what we read is renamed. What STU3 says by an element of its own and R4 by the status ("not taken", "not done") becomes that status:
 * read as R4 alone it would turn a "no" into a "yes". Never throws.
 */
import type { FhirResource } from 'fhir/r4.js';
import { readDate, type Calendar, type Day } from './dates.js';
import { isObject, listOf } from './references.js';
import type { Tolerate } from './shape.js';

type Raw = Readonly<Record<string, unknown>>;

export interface Stu3Tools {
  readonly calendar: Calendar;
  readonly today: Day;
  readonly tolerate: Tolerate;
}

/** Element of STU3 -> element of R4, by type. */
const RENAMED: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Condition: [
    ['assertedDate', 'recordedDate'],
    ['context', 'encounter'],
  ],
  Observation: [['context', 'encounter']],
  AllergyIntolerance: [['assertedDate', 'recordedDate']],
  Immunization: [['date', 'occurrenceDateTime']],
};

/** Element and value of STU3 that say that nothing happened, and the status with which R4 says so. */
const NEGATED: Readonly<Record<string, readonly [string, unknown, string]>> = {
  MedicationStatement: ['taken', 'n', 'not-taken'],
  Procedure: ['notDone', true, 'not-done'],
  Immunization: ['notGiven', true, 'not-done'],
};

/** The resource with the names of R4; the same object where nothing of it is of STU3. */
export function fromStu3(resource: FhirResource, tools: Stu3Tools): FhirResource {
  const raw = resource as unknown as Raw;
  const type: string = resource.resourceType;
  const changes = { ...renamed(raw, type, tools), ...negated(raw, type, tools) };
  if (type === 'MedicationRequest') Object.assign(changes, dosed(raw, tools), inUse(raw, tools));
  return Object.keys(changes).length === 0 ? resource : ({ ...raw, ...changes } as unknown as FhirResource);
}

function renamed(raw: Raw, type: string, { tolerate }: Stu3Tools): Record<string, unknown> {
  const changes: Record<string, unknown> = {};
  for (const [from, to] of Object.hasOwn(RENAMED, type) ? (RENAMED[type] ?? []) : []) {
    if (raw[from] === undefined || raw[to] !== undefined) continue;
    changes[to] = raw[from];
    tolerate(`${type}.${from}`, `STU3 for ${to}`);
  }
  return changes;
}

function negated(raw: Raw, type: string, { tolerate }: Stu3Tools): Record<string, unknown> {
  const [element, value, status] = (Object.hasOwn(NEGATED, type) ? NEGATED[type] : undefined) ?? [];
  if (element === undefined || raw[element] !== value) return {};
  tolerate(`${type}.${element}`, `STU3 for the status ${status ?? ''}`);
  return { status };
}

/** STU3 has the dose in the instruction itself, R4 in its `doseAndRate`. */
function dosed(raw: Raw, { tolerate }: Stu3Tools): Record<string, unknown> {
  const steps = listOf(raw['dosageInstruction']);
  const isOld = (step: Raw): boolean => step['doseQuantity'] !== undefined && step['doseAndRate'] === undefined;
  if (!steps.some(isOld)) return {};
  tolerate('MedicationRequest.dosageInstruction.doseQuantity', 'STU3 for doseAndRate.doseQuantity');
  const dosageInstruction = steps.map((step) =>
    isOld(step) ? { ...step, doseAndRate: [{ doseQuantity: step['doseQuantity'] }] } : step,
  );
  return { dosageInstruction };
}

const PERIOD_OF_USE = 'http://nictiz.nl/fhir/StructureDefinition/zib-Medication-PeriodOfUse';

/** A Dutch medication agreement has no status; its period of use says whether it stands. */
function inUse(raw: Raw, { calendar, today, tolerate }: Stu3Tools): Record<string, unknown> {
  if (raw['status'] !== undefined) return {};
  const period = listOf(raw['extension']).find(({ url }) => url === PERIOD_OF_USE)?.['valuePeriod'];
  if (!isObject(period) || readDate(period['start'], calendar) === undefined) return {};
  const end = readDate(period['end'], calendar);
  // An end that cannot be read is no end that is known to have passed.
  tolerate('MedicationRequest.extension', 'period of use, read as the status');
  return { status: end !== undefined && end.last < today ? 'completed' : 'active' };
}
