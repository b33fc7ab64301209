/** A course of the sandbox page, as its page sends it to the service: the record of a day as prefetch, that day at ten as now. */
import type { FhirResource } from 'fhir/r4.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { dateOfDay } from '../../src/sandbox/days.js';
import type { Course, Draft, SandboxIndex } from '../../src/demo/sandbox-data.js';
import { post, send, type RunningService } from './service.js';

/** What a client asks of the demo EHR at the start. */
export async function readIndex({ url }: RunningService): Promise<SandboxIndex> {
  return (await send(`${url}/sandbox/index`)).json as SandboxIndex;
}

/** A course with what was changed in it. */
export async function readCourse({ url }: RunningService, id: string): Promise<Course> {
  return (await send(`${url}/sandbox/patients/${id}`)).json as Course;
}

/** The newest version of each resource on a day. */
export function recordOn({ entries }: Course, day: number): readonly FhirResource[] {
  const present = new Map<string, FhirResource>();
  for (const { day: from, resource } of entries)
    if (from <= day) present.set(`${resource.resourceType}/${resource.id}`, resource);
  return [...present.values()];
}

const KEYS: Readonly<Record<string, FhirResource['resourceType']>> = {
  conditions: 'Condition',
  observations: 'Observation',
  medications: 'MedicationRequest',
  medicationStatements: 'MedicationStatement',
  procedures: 'Procedure',
  serviceRequests: 'ServiceRequest',
  appointments: 'Appointment',
  allergies: 'AllergyIntolerance',
  immunizations: 'Immunization',
  familyHistory: 'FamilyMemberHistory',
  questionnaireResponses: 'QuestionnaireResponse',
  careTeams: 'CareTeam',
  tasks: 'Task',
  diagnosticReports: 'DiagnosticReport',
  consents: 'Consent',
};

/** The cards of a day: of patient-view, or of another service with what its context has more. */
export async function cardsOn(
  { url }: RunningService,
  course: Course,
  day: number,
  hook = 'patient-view',
  context: Readonly<Record<string, unknown>> = {},
): Promise<readonly Card[]> {
  const record = recordOn(course, day);
  const searches = Object.entries(KEYS).map(([key, type]) => [
    key,
    {
      resourceType: 'Bundle',
      type: 'searchset',
      entry: record.filter(({ resourceType }) => resourceType === type).map((resource) => ({ resource })),
    },
  ]);
  const answer = await post(`${url}/cds-services/plexus-${hook}`, {
    hook,
    hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
    context: { userId: 'Practitioner/gp', patientId: course.patientId, ...context },
    prefetch: {
      patient: record.find(({ resourceType }) => resourceType === 'Patient'),
      ...(Object.fromEntries(searches) as Readonly<Record<string, unknown>>),
    },
    extension: {
      'example.plexus-cds.request': {
        now: `${dateOfDay(course.start, day)}T10:00:00+01:00`,
        jurisdiction: course.jurisdiction,
      },
    },
  });
  if (answer.status !== 200) throw new Error(`day ${day} of ${course.id}: ${answer.text}`);
  return (answer.json as { readonly cards: readonly Card[] }).cards;
}

/** A draft as the page sends it: with id, patient and day, and its fields filled in, those of `values` by field. */
export function filledIn(
  { resource, fields }: Draft,
  { patientId, start }: Pick<Course, 'patientId' | 'start'>,
  day: number,
  values: Readonly<Record<string, unknown>> = {},
): FhirResource {
  const reference = `Patient/${patientId}`;
  const today = dateOfDay(start, day);
  const draft = structuredClone(resource) as Record<string, unknown>;
  draft['id'] = 'draft';
  if (draft['resourceType'] === 'Appointment')
    draft['participant'] = [{ actor: { reference }, status: 'needs-action' }];
  else draft['subject'] = { reference };
  if (draft['resourceType'] === 'Observation') draft['effectiveDateTime'] = `${today}T10:00:00+01:00`;
  else if (draft['resourceType'] === 'Appointment') draft['created'] = today;
  else draft['authoredOn'] = today;
  for (const { id, path, input, value } of fields) {
    const chosen = values[id] ?? value;
    if (chosen !== undefined) put(draft, path, input.kind === 'day' ? dateOfDay(start, day + Number(chosen)) : chosen);
  }
  return draft as unknown as FhirResource;
}

/** Puts a value at a path of names and indices; what is not there on the way is made. */
function put(root: Record<string, unknown>, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop()!;
  let at = root;
  for (const [index, name] of names.entries()) {
    at[name] ??= /^\d+$/.test(names[index + 1] ?? last) ? [] : {};
    at = at[name] as Record<string, unknown>;
  }
  at[last] = value;
}
