/** Small FHIR resources in our own codes, and the case that is built of them. Days are counted from a fixed today. */
import type { FhirResource } from 'fhir/r4.js';
import { assemble } from '../../src/case/assemble.js';
import type { Case } from '../../src/case/case.js';
import type { CdsRequest, Hook } from '../../src/cds-hooks/request.js';
import { loadCodeSets } from '../../src/fhir/code-sets.js';
import { createCalendar, dayNumber, isoDay } from '../../src/fhir/dates.js';
import { NO_DRAFTS } from '../../src/draft-texts.js';
import { loadQuestionnaires, readQuestionnaires } from '../../src/load-questionnaires.js';
import { readText, ROOT } from './files.js';
import { PATIENT } from './requests.js';

export const TODAY = dayNumber(2026, 11, 21);
export const CALENDAR = createCalendar('Europe/Amsterdam');
export const CODE_SETS = loadCodeSets(`${ROOT}/fhir-profiles`);
export const FORMS = loadQuestionnaires(readQuestionnaires(`${ROOT}/fhir-profiles`), {
  codeSets: CODE_SETS,
  drafts: NO_DRAFTS,
  statements: new Set((JSON.parse(readText('rules/catalogue.json')) as { id: string }[]).map(({ id }) => id)),
});
const FINDING = 'https://plexus-cds.example/fhir/CodeSystem/finding';

type Record = Readonly<{ [element: string]: unknown }>;

/** The day so many days before today. */
export const daysAgo = (days: number): string => isoDay(TODAY - days);

/** A CodeableConcept of our own codes. */
export const coded = (...codes: readonly string[]): Record => ({
  coding: codes.map((code) => ({ system: FINDING, code })),
});

let count = 0;

/** A resource of the patient with an id of its own. */
export function record(resourceType: string, elements: Record): FhirResource {
  count += 1;
  const resource = { resourceType, id: `r${count}`, subject: { reference: `Patient/${PATIENT}` }, ...elements };
  return resource as unknown as FhirResource;
}

/** A present complaint or disease. */
export const condition = (code: string, onset: string | undefined, places: readonly string[] = [], more: Record = {}) =>
  record('Condition', {
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: coded(code),
    ...(onset !== undefined && { onsetDateTime: onset }),
    ...(places.length > 0 && { bodySite: [coded(...places)] }),
    ...more,
  });

/** An observation: a code, when, where, and what was seen. */
export const observation = (code: string, date: string, places: readonly string[], seen: Record) =>
  record('Observation', {
    status: 'final',
    code: coded(code),
    effectiveDateTime: date,
    ...(places.length > 0 && { bodySite: coded(...places) }),
    ...seen,
  });

/** A finding that was looked for. */
export const finding = (code: string, present: boolean, date: string, places: readonly string[] = []) =>
  observation(code, date, places, { valueBoolean: present });

/** A pain score 0-10. */
export const nrs = (value: number, date: string, places: readonly string[] = ['site-shoulder'], more: Record = {}) =>
  observation('nrs-pain', date, places, { valueInteger: value, ...more });

/** The strength of a muscle or movement, MRC 0-5. */
export const strength = (muscle: string, grade: number, date: string, side = 'side-right') =>
  observation('muscle-strength-mrc', date, [muscle, side], { valueInteger: grade });

/** A weight in kilograms. */
export const weight = (kilograms: number, date: string) =>
  observation('body-weight', date, [], { valueQuantity: { value: kilograms, code: 'kg' } });

export interface Circumstances {
  readonly hook?: Hook;
  readonly birthDate?: string;
  readonly drafts?: readonly FhirResource[];
  readonly selections?: readonly string[];
  /** Types of which not everything was sent; all others are complete. */
  readonly incomplete?: readonly string[];
}

/** The case of the patient with these records. */
export function caseOf(resources: readonly FhirResource[], circumstances: Circumstances = {}): Case {
  const { birthDate = '1980-02-01', incomplete = [] } = circumstances;
  const patient = { resourceType: 'Patient', id: PATIENT, birthDate } as unknown as FhirResource;
  return assembleAll([patient, ...resources], circumstances, incomplete);
}

/** The same, of exactly these resources: the patient must be among them. */
export function assembleAll(
  resources: readonly FhirResource[],
  { hook = 'patient-view', drafts = [], selections }: Circumstances = {},
  incomplete: readonly string[] = [],
): Case {
  const request: CdsRequest = {
    hook,
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { patientId: PATIENT, resources: drafts, ...(selections && { selections }) },
    prefetch: {},
    preferences: {},
  };
  const completeness = (type: string) => (incomplete.includes(type) ? 'incomplete' : 'complete');
  const tools = { codeSets: CODE_SETS, forms: FORMS, calendar: CALENDAR, recentDays: 28 };
  return assemble(request, { resources, completeness, tolerated: [] }, TODAY, tools);
}
