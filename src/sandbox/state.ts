/** Everything that the page shows, as signals: what was read, what the visitor chose, and what follows from both. */
import { computed, signal } from '@preact/signals';
import type { Communication, FhirResource, Questionnaire } from 'fhir/r4.js';
import type { Hook, Language } from '../cds-hooks/request.js';
import type { ExplanationTexts } from '../export/explanation-texts.js';
import type { Change, Course, SandboxIndex } from '../demo/sandbox-data.js';
import { recordOn } from './course/record.js';
import type { Answers } from './course/strip.js';
import { dateOfDay } from './days.js';
import type { Exchange } from './ehr/exchange.js';
import { hookRequest, type HookRequest, type Service } from './ehr/hook-request.js';
import { newUuid } from './ehr/uuid.js';
import type { Trace } from './why/trace.js';

/** Read once. */
export const index = signal<SandboxIndex | undefined>(undefined);
export const services = signal<readonly Service[]>([]);
export const questionnaires = signal<readonly Questionnaire[]>([]);
export const texts = signal<ExplanationTexts | undefined>(undefined);

/** Chosen by the visitor. */
export const language = signal<Language>('nl');
export const course = signal<Course | undefined>(undefined);
export const changes = signal<readonly Change[]>([]);
export const day = signal(0);
export const hook = signal<Hook>('patient-view');
export const drafts = signal<readonly FhirResource[]>([]);
/** `Type/id` of the resource that is shown in the record. */
export const selected = signal<string | undefined>(undefined);
/** A request of the visitor's own; while it is there, the patient's is not sent. */
export const ownRequest = signal<string | undefined>(undefined);

/** How often the visitor has asked for the same once more: a request of their own, or one that found no answer. */
export const timesSent = signal(0);

/** Answered by the service. */
export const answer = signal<Exchange | undefined>(undefined);
export const trace = signal<Trace | undefined>(undefined);
/** Whether the visitor has asked why: from then on every answer is explained, which costs twenty times what the cards weigh. */
export const explaining = signal(false);
/** Of patient-view, by day; days that nobody asked yet are missing. */
export const cardsByDay = signal<Answers>(new Map());
export const feedback = signal<readonly Communication[]>([]);
/** What went wrong last, in words of the page; undefined when nothing did. */
export const trouble = signal<'no-answer' | 'not-stored' | undefined>(undefined);

/** What the cards of every day rest on; another object whenever something of it has changed. */
export const ground = computed(() => ({
  course: course.value,
  changes: changes.value,
  language: language.value,
  services: services.value,
}));

export const record = computed<readonly FhirResource[]>(() =>
  course.value ? recordOn(course.value, changes.value, day.value) : [],
);
export const date = computed(() => (course.value ? dateOfDay(course.value.start, day.value) : ''));
export const service = computed(() => services.value.find((one) => one.hook === hook.value));

/** The request that the demo EHR would send for a day; undefined until everything was read, and for an order hook without a draft. */
export function requestOn(onDay: number, ofHook: Hook, withDrafts: readonly FhirResource[]): HookRequest | undefined {
  const asked = services.value.find((one) => one.hook === ofHook);
  if (!index.value || !course.value || !asked) return undefined;
  if (ofHook !== 'patient-view' && withDrafts.length === 0) return undefined;
  const { patientId, start, jurisdiction } = course.value;
  const { userId, fhirServer } = index.value;
  return hookRequest({
    service: asked,
    record: recordOn(course.value, changes.value, onDay),
    drafts: withDrafts,
    patientId,
    userId,
    fhirServer,
    date: dateOfDay(start, onDay),
    jurisdiction,
    language: language.value,
    newId: newUuid,
  });
}

/** What is sent now: the visitor's own request, or that of the patient on the day of the slider. */
export const body = computed(() => {
  if (ownRequest.value !== undefined) return ownRequest.value;
  const request = requestOn(day.value, hook.value, drafts.value);
  return request && JSON.stringify(request, null, 2);
});

/** Another object each time that the service is to be asked. */
export const question = computed(() => ({ body: body.value, service: service.value, timesSent: timesSent.value }));
