/** A course of the sandbox page, asked of the service as the page asks: with its own record of a day, drafts and request. */
import { randomUUID } from 'node:crypto';
import type { FhirResource } from 'fhir/r4.js';
import type { Hook } from '../../src/cds-hooks/request.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import type { Course, Draft, SandboxIndex } from '../../src/demo/sandbox-data.js';
import { recordOn } from '../../src/sandbox/course/record.js';
import { dateOfDay } from '../../src/sandbox/days.js';
import { defaultsOf, fillDraft, type DraftValues } from '../../src/sandbox/edit/fill-draft.js';
import { lastMomentOf } from '../../src/sandbox/edit/last-moment.js';
import { hookRequest } from '../../src/sandbox/ehr/hook-request.js';
import { post, send, type RunningService } from './service.js';

/** What a client asks of the demo EHR at the start. */
export async function readIndex({ url }: RunningService): Promise<SandboxIndex> {
  return (await send(`${url}/sandbox/index`)).json as SandboxIndex;
}

/** A course with what was changed in it. */
export async function readCourse({ url }: RunningService, id: string): Promise<Course> {
  return (await send(`${url}/sandbox/patients/${id}`)).json as Course;
}

/** The cards of a day: of patient-view, or of another hook with what was drafted. */
export async function cardsOn(
  { url }: RunningService,
  course: Course,
  day: number,
  hook: Hook = 'patient-view',
  drafts: readonly FhirResource[] = [],
): Promise<readonly Card[]> {
  const service = SERVICES.find((one) => one.hook === hook)!;
  const request = hookRequest({
    service,
    record: recordOn(course, course.changes, day),
    drafts,
    patientId: course.patientId,
    userId: 'Practitioner/gp',
    fhirServer: `${url}/demo-fhir`,
    date: dateOfDay(course.start, day),
    jurisdiction: course.jurisdiction,
    language: 'nl',
    newId: randomUUID,
  });
  const answer = await post(`${url}/cds-services/${service.id}`, request);
  if (answer.status !== 200) throw new Error(`day ${day} of ${course.id}: ${answer.text}`);
  return (answer.json as { readonly cards: readonly Card[] }).cards;
}

/** A draft as the page sends it: with id, patient and day, and its fields filled in, those of `values` by field. */
export function filledIn(draft: Draft, course: Course, day: number, values: DraftValues = {}): FhirResource {
  const today = dateOfDay(course.start, day);
  const isMeasured = draft.resource['resourceType'] === 'Observation';
  const date = isMeasured ? lastMomentOf(today, recordOn(course, course.changes, day)) : today;
  return fillDraft(draft, { ...defaultsOf(draft), ...values }, { patientId: course.patientId, date, id: 'draft' });
}
