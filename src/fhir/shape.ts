/**
 * A resource as a client sends it -> the same in the shape of R4, with a note of every shape that the standard forbids.
 * Enters: a resource in which a list may stand as its only element, or an element as a list of one. Leaves: a resource of which every element
 * that we read has its own shape. Adds and loses nothing; a list of several where one is due stays as it is. Never throws.
 */
import type { FhirResource } from 'fhir/r4.js';
import { isObject } from './references.js';

/** Told of what was read around: the place as `Type.element`, and the kind. Never a value. */
export type Tolerate = (where: string, what: string) => void;

export interface ShapeTools {
  /** Whether a code system is named otherwise than by its own URL. */
  readonly isAlias: (system: string) => boolean;
  readonly tolerate: Tolerate;
}

type Shape = 'list' | 'one';
type Raw = Readonly<Record<string, unknown>>;

const of = (shape: Shape, names: string): readonly (readonly [string, Shape])[] =>
  names.split(' ').map((name) => [name, shape] as const);

/** Elements that have one shape in every resource that we read; what stands below any other element is not looked at. */
const EVERYWHERE: ReadonlyMap<string, Shape> = new Map([
  ...of('list', 'coding component participant reasonCode reasonReference dosageInstruction doseAndRate orderDetail'),
  ...of('list', 'ingredient contained interpretation focus conclusionCode procedureCode role diagnosis'),
  ...of('one', 'subject patient for actor encounter code clinicalStatus verificationStatus method vaccineCode'),
  ...of('one', 'medicationReference medicationCodeableConcept valueQuantity valuePeriod valueCodeableConcept'),
  ...of('one', 'onsetPeriod abatementPeriod effectivePeriod performedPeriod occurrencePeriod period'),
  ...of(
    'one',
    'timing repeat boundsPeriod boundsDuration doseQuantity dispenseRequest expectedSupplyDuration quantity',
  ),
  ...of('one', 'strength numerator denominator'),
]);

/** Elements whose shape depends on the resource. */
const BY_TYPE: Readonly<Record<string, ReadonlyMap<string, Shape>>> = {
  Condition: new Map(of('list', 'bodySite category')),
  Observation: new Map([...of('list', 'category'), ...of('one', 'bodySite')]),
  Procedure: new Map(of('list', 'bodySite')),
  ServiceRequest: new Map(of('list', 'bodySite category')),
  MedicationRequest: new Map(of('list', 'category')),
  DiagnosticReport: new Map(of('list', 'category')),
  Consent: new Map(of('list', 'category')),
  Appointment: new Map(of('list', 'serviceType')),
  Encounter: new Map([...of('list', 'type'), ...of('one', 'serviceType')]),
  EpisodeOfCare: new Map([...of('list', 'type'), ...of('one', 'condition')]),
  FamilyMemberHistory: new Map(of('list', 'condition')),
};

const NONE: ReadonlyMap<string, Shape> = new Map();

/** Deeper than any element that we read. */
const DEEPEST = 8;

/** The resource in the shape of R4; the same object where it has that shape. */
export function inShape(resource: FhirResource, tools: ShapeTools): FhirResource {
  const type: string = resource.resourceType;
  const own = Object.hasOwn(BY_TYPE, type) ? (BY_TYPE[type] ?? NONE) : NONE;
  return mend(resource as unknown as Raw, { where: type, depth: 0, own }, tools) as unknown as FhirResource;
}

interface Place {
  readonly where: string;
  readonly depth: number;
  /** Shapes that hold here besides those that hold everywhere. */
  readonly own: ReadonlyMap<string, Shape>;
}

function mend(element: Raw, place: Place, tools: ShapeTools): Raw {
  let mended: Record<string, unknown> | undefined;
  for (const key of Object.keys(element)) {
    const value = element[key];
    if (typeof value !== 'object' || value === null) continue;
    const shape = place.own.get(key) ?? EVERYWHERE.get(key);
    if (shape === undefined) continue;
    const inside = mendMember(value, key, shape, place, tools);
    if (inside !== value) (mended ??= { ...element })[key] = inside;
  }
  return mended ?? element;
}

function mendMember(value: object, key: string, shape: Shape, { where, depth }: Place, tools: ShapeTools): unknown {
  if (depth > DEEPEST) return value;
  const place = { where: `${where}.${key}`, depth: depth + 1, own: NONE };
  const shaped = reshape(value, shape, (what) => tools.tolerate(place.where, what));
  if (!Array.isArray(shaped)) return mend(shaped as Raw, place, tools);
  const elements: readonly unknown[] = shaped;
  if (key === 'coding') {
    if (elements.some((one) => isObject(one) && typeof one['system'] === 'string' && tools.isAlias(one['system'])))
      tools.tolerate(where, 'another name of the code system');
    return shaped;
  }
  const mended = elements.map((one) => (isObject(one) ? mend(one, place, tools) : one));
  return mended.some((one, index) => one !== elements[index]) ? mended : shaped;
}

function reshape(value: object, shape: Shape, tolerate: (what: string) => void): object {
  if (shape === 'list' && !Array.isArray(value)) {
    tolerate('an object in place of a list');
    return [value];
  }
  if (shape !== 'one' || !Array.isArray(value)) return value;
  const [only, ...more] = value as readonly unknown[];
  tolerate('a list in place of an object');
  return more.length === 0 && isObject(only) ? only : value;
}

/** The value without what FHIR and CDS Hooks forbid: null, empty texts, lists and objects, and numbers too large for JSON to write, at any depth; undefined when nothing is left. */
export function withoutEmpty(value: unknown): unknown {
  if (value === null || value === undefined || value === '') return undefined;
  // JSON would have null in its place.
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map(withoutEmpty).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  const members = Object.entries(value).flatMap(([name, member]) => {
    const kept = withoutEmpty(member);
    return kept === undefined ? [] : [[name, kept] as const];
  });
  return members.length > 0 ? Object.fromEntries(members) : undefined;
}
