/**
 * What the sandbox page asks the demo EHR beyond FHIR: its patients with their courses, and what visitors changed in them.
 * Below `/sandbox`, in demo mode only. Reads no credentials: whoever reaches it may reset a patient, as whoever reaches the EHR may change it.
 */
import type { FastifyInstance, FastifyRequest, FastifySchema } from 'fastify';
import { ServiceError } from '../errors.js';
import { createCalendar } from '../fhir/dates.js';
import { refuseOtherMethods } from '../http/methods.js';
import { body, errors } from '../http/openapi/describe.js';
import type { FhirStore, SeedResource } from './fhir-store.js';
import type { SeededCourse } from './load-courses.js';
import { changesOf, recordOf } from './sandbox-changes.js';
import type { Course, PatientChoice, SandboxIndex } from './sandbox-data.js';

export interface SandboxTools extends Omit<SandboxIndex, 'patients'> {
  readonly courses: readonly SeededCourse[];
  readonly store: FhirStore;
}

type OfPatient = FastifyRequest<{ Params: { id: string } }>;

const PARAMS = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', description: 'Id of a patient, as the index lists it.' } },
};
const TAGS = ['Demo EHR'];
const INDEX: FastifySchema = {
  tags: TAGS,
  summary: 'What the sandbox page begins with',
  description: 'The patients, what can be drafted and recorded, and the languages.',
  response: { 200: body('application/json', 'The index.', 'object'), ...errors() },
};
const PATIENT: FastifySchema = {
  tags: TAGS,
  summary: 'A patient of the sandbox page',
  description: 'The record as it grows by days, and what visitors changed in it since the demo EHR started.',
  params: PARAMS,
  response: { 200: body('application/json', 'The course.', 'object'), ...errors('unknown-path') },
};
const RESET: FastifySchema = {
  tags: TAGS,
  summary: 'Take back what visitors changed in a patient of the sandbox page',
  params: PARAMS,
  response: { 204: { description: 'The record is as it was at the start.', type: 'null' }, ...errors('unknown-path') },
};

/** Adds the routes. */
export function serveSandbox(server: FastifyInstance, { courses, store, ...rest }: SandboxTools): void {
  const calendar = createCalendar(rest.timeZone);
  const known = new Map(courses.map((course) => [course.id, course]));
  const courseOf = ({ params }: OfPatient): SeededCourse => {
    const course = known.get(params.id);
    if (!course) throw new ServiceError('unknown-path');
    return course;
  };
  const index: SandboxIndex = { ...rest, patients: courses.map(choiceOf) };

  server.get('/sandbox/index', { schema: INDEX }, async (_request, reply) => reply.send(index));
  server.get('/sandbox/patients/:id', { schema: PATIENT }, async (request: OfPatient, reply) => {
    const course = courseOf(request);
    return reply.send({ ...course, changes: changesOf(course, store, calendar) } satisfies Course);
  });
  server.post('/sandbox/patients/:id/reset', { schema: RESET }, async (request: OfPatient, reply) => {
    store.reset(recordOf(courseOf(request).patientId, calendar));
    return reply.code(204).send();
  });
  refuseOtherMethods(server, '/sandbox/index', 'GET');
  refuseOtherMethods(server, '/sandbox/patients/:id', 'GET');
  refuseOtherMethods(server, '/sandbox/patients/:id/reset', 'POST');
}

function choiceOf({ id, title, story, jurisdiction }: SeededCourse): PatientChoice {
  return { id, title, story, jurisdiction };
}

/** The records as they are on the day on which the page opens. */
export function sandboxRecords(courses: readonly SeededCourse[]): readonly SeedResource[] {
  return courses.flatMap(({ entries, opens }) => {
    const present = new Map<string, SeedResource>();
    for (const { day, resource } of entries)
      if (day <= opens)
        present.set(`${resource.resourceType}/${resource.id ?? ''}`, resource as unknown as SeedResource);
    return [...present.values()];
  });
}
