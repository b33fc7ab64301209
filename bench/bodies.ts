/**
 * Requests of a wanted size, made from an example patient. Small: the patient and the first entries that fit, the rest known to be
 * empty. Large: the whole example and, on top, closed problems and normal blood pressures of years ago, which change no advice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Condition, FhirResource, Observation } from 'fhir/r4.js';
import { resolveTokens } from '../src/demo/date-tokens.js';

interface Example {
  readonly id: string;
  readonly title: string;
  readonly hook: string;
  readonly service: string;
  readonly request: HookRequest;
}

interface HookRequest {
  readonly context: { readonly patientId: string };
  readonly prefetch: Readonly<Record<string, FhirResource | null>>;
}

export interface Body {
  readonly kilobytes: number;
  readonly text: string;
}

const EXAMPLES = join(import.meta.dirname, '../fhir-profiles/examples');

/** The patient-view example with the longest record: what a busy practice sends most. */
export function readExample(): Example {
  const examples = readdirSync(EXAMPLES)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(EXAMPLES, file), 'utf8')) as Example)
    .filter(({ hook }) => hook === 'patient-view');
  const longest = examples.sort((a, b) => sizeOf(b.request) - sizeOf(a.request))[0];
  if (!longest) throw new Error('fhir-profiles/examples holds no patient-view example');
  return { ...longest, request: resolveTokens(longest.request, { now: Date.now(), zone: 'Europe/Amsterdam' }) };
}

/** @param kilobytes of 1000 bytes; the body is at most that long, and shorter by less than one resource. */
export function buildBody(example: Example, kilobytes: number): Body {
  const wanted = kilobytes * 1000;
  const { request } = example;
  const scaled = sizeOf(request) > wanted ? cut(request, wanted) : fill(request, wanted);
  return { kilobytes, text: JSON.stringify(scaled) };
}

function cut(request: HookRequest, wanted: number): HookRequest {
  const empty = Object.keys(request.prefetch).map((key) => [key, null] as const);
  const patient = Object.fromEntries(
    Object.entries(request.prefetch['patient'] ?? {}).filter(([key]) => ESSENTIAL.has(key)),
  );
  let kept: HookRequest = {
    ...request,
    prefetch: { ...Object.fromEntries(empty), patient: patient as unknown as FhirResource },
  };
  for (const key of ['conditions', 'observations']) {
    for (const resource of resourcesOf(request.prefetch[key])) {
      const more = withResources(kept, key, [...resourcesOf(kept.prefetch[key]), resource]);
      if (sizeOf(more) <= wanted) kept = more;
    }
  }
  return kept;
}
const ESSENTIAL: ReadonlySet<string> = new Set(['resourceType', 'id', 'birthDate', 'gender']);

function fill(request: HookRequest, wanted: number): HookRequest {
  const { patientId } = request.context;
  const conditions = resourcesOf(request.prefetch['conditions']);
  const observations = resourcesOf(request.prefetch['observations']);
  let size = sizeOf(withResources(withResources(request, 'conditions', conditions), 'observations', observations));
  for (let nth = 0; ; nth += 1) {
    const extra = nth % 4 === 0 ? closedProblem(patientId, nth) : bloodPressure(patientId, nth);
    size += sizeOf({ resource: extra }) + 1;
    if (size > wanted) break;
    (nth % 4 === 0 ? conditions : observations).push(extra);
  }
  return withResources(withResources(request, 'conditions', conditions), 'observations', observations);
}

function resourcesOf(value: FhirResource | null | undefined): FhirResource[] {
  if (value?.resourceType !== 'Bundle') return [];
  return (value.entry ?? []).flatMap((entry) => (entry.resource as FhirResource | undefined) ?? []);
}

function withResources(request: HookRequest, key: string, resources: readonly FhirResource[]): HookRequest {
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'searchset',
    total: resources.length,
    entry: resources.map((resource) => ({ resource })),
  };
  return { ...request, prefetch: { ...request.prefetch, [key]: bundle } };
}

/** A day between 2008 and 2019: old enough for every window that a rule knows. */
function dayLongAgo(nth: number): string {
  return new Date(Date.UTC(2008, 0, 1 + ((nth * 37) % 4000))).toISOString().slice(0, 10);
}

function closedProblem(patientId: string, nth: number): Condition {
  const day = dayLongAgo(nth);
  return {
    resourceType: 'Condition',
    id: `closed-${nth}`,
    clinicalStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'resolved' }],
    },
    verificationStatus: {
      coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-ver-status', code: 'confirmed' }],
    },
    code: {
      coding: [{ system: 'http://hl7.org/fhir/sid/icpc-2', code: 'S87', display: 'Dermatitis, atopic eczema' }],
      text: 'Eczeem',
    },
    subject: { reference: `Patient/${patientId}` },
    onsetDateTime: day,
    abatementDateTime: day,
    recordedDate: day,
  };
}

function bloodPressure(patientId: string, nth: number): Observation {
  const pressure = (code: string, display: string, value: number) => ({
    code: { coding: [{ system: 'http://loinc.org', code, display }] },
    valueQuantity: { value, unit: 'mm[Hg]', system: 'http://unitsofmeasure.org', code: 'mm[Hg]' },
  });
  return {
    resourceType: 'Observation',
    id: `pressure-${nth}`,
    status: 'final',
    category: [
      { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] },
    ],
    code: { coding: [{ system: 'http://loinc.org', code: '85354-9', display: 'Blood pressure panel' }] },
    subject: { reference: `Patient/${patientId}` },
    effectiveDateTime: dayLongAgo(nth),
    component: [pressure('8480-6', 'Systolic blood pressure', 124), pressure('8462-4', 'Diastolic blood pressure', 78)],
  };
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
