/** The server beside the page: the example patients and the FHIR API of the demo EHR. Every function throws for an answer that is not a success. */
import type { Bundle, Communication, FhirResource, Questionnaire } from 'fhir/r4.js';
import type { ExplanationTexts } from '../../export/explanation-texts.js';
import type { Course, SandboxIndex } from '../../demo/sandbox-data.js';
import { referenceTo } from '../record/describe.js';
import type { Service } from './hook-request.js';

/** Addresses are relative to the page, which may stand below a path of a proxy. */
const FHIR = 'demo-fhir';

/** The answer was an error, or none came that can be read. */
export class RequestFailed extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`HTTP ${status}`);
    this.status = status;
  }
}

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const response = await fetch(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': path.startsWith(FHIR) ? 'application/fhir+json' : 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  if (!response.ok) throw new RequestFailed(response.status);
  const text = await response.text();
  return text === '' ? undefined : (JSON.parse(text) as unknown);
}

export const readIndex = async () => (await ask('GET', 'sandbox/index')) as SandboxIndex;

export const readServices = async () =>
  ((await ask('GET', 'cds-services')) as { readonly services: readonly Service[] }).services;

export const readCourse = async (id: string) => (await ask('GET', `sandbox/patients/${id}`)) as Course;

export async function resetPatient(id: string): Promise<void> {
  await ask('POST', `sandbox/patients/${id}/reset`);
}

export const readTexts = async () => (await ask('GET', 'explain/texts')) as ExplanationTexts;

/** Our forms, as the demo EHR serves them. */
export const readQuestionnaires = () => search<Questionnaire>('Questionnaire');

/** The newest feedback that the demo EHR has kept, of all visitors. */
export const readFeedback = () => search<Communication>('Communication', '?_sort=-date&_count=8');

async function search<T extends FhirResource>(type: T['resourceType'], query = ''): Promise<readonly T[]> {
  const { entry = [] } = (await ask('GET', `${FHIR}/${type}${query}`)) as Bundle<T>;
  return entry.flatMap(({ resource }) => resource ?? []);
}

/** Stores a new resource; what is returned has the id that the server gave. */
export const create = async (resource: FhirResource) =>
  (await ask('POST', `${FHIR}/${resource.resourceType}`, resource)) as FhirResource;

/** Stores the next version. */
export const update = async (resource: FhirResource) =>
  (await ask('PUT', `${FHIR}/${referenceTo(resource)}`, resource)) as FhirResource;

/** `reference` is `Type/id`. */
export async function remove(reference: string): Promise<void> {
  await ask('DELETE', `${FHIR}/${reference}`);
}

/** One entry of feedback, as CDS Hooks has it. */
export async function sendFeedback(service: string, entry: unknown): Promise<void> {
  await ask('POST', `cds-services/${service}/feedback`, { feedback: [entry] });
}
