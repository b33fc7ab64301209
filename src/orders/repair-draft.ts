/**
 * A GP's own draft with what is advised changed, and nothing else: every other element as the client sent it, in its order and shape.
 * Enters: the draft as it was sent and what is to be changed. Leaves: the repaired resource; undefined when that cannot be changed in it.
 */
import type { FhirResource } from 'fhir/r4.js';
import { isoDay, type DateSpan } from '../fhir/dates.js';
import { isObject, listOf } from '../fhir/references.js';

type Elements = Readonly<Record<string, unknown>>;

const OCCURRENCE = ['occurrenceDateTime', 'occurrencePeriod', 'occurrenceTiming'];
const BOOKED = ['start', 'end', 'minutesDuration', 'slot'];

/** Carried out within other days, or from a day on when the last is not finite. An appointment that is only proposed asks for them; one that is booked has a slot that only the practice can change. */
export function moved(sent: FhirResource, { first, last }: DateSpan): FhirResource | undefined {
  const period = { start: isoDay(first), ...(Number.isFinite(last) && { end: isoDay(last) }) };
  if (sent.resourceType === 'ServiceRequest') return replaced(sent, OCCURRENCE, { occurrencePeriod: period });
  if (sent.resourceType !== 'Appointment' || sent.status !== 'proposed') return undefined;
  return replaced(sent, [...BOOKED, 'requestedPeriod'], { requestedPeriod: [period] });
}

/**
 * Taken as another order of the same drug says. A course of several steps takes the place of all that was written, with its supply; one dose takes
 * the place of one dose, and what else the GP wrote of it stays. Undefined where a dose has more to it: as needed, another route, several instructions.
 */
export function dosed(sent: FhirResource, order: Elements): FhirResource | undefined {
  const { dosageInstruction, dispenseRequest } = sent as unknown as Elements;
  const steps = listOf(order['dosageInstruction']);
  const [step, ...more] = steps;
  if (step === undefined) return undefined;
  const instruction = more.length > 0 ? undefined : redosed(listOf(dosageInstruction), step);
  if (more.length === 0 && !instruction) return undefined;
  const taken = replaced(sent, ['dosageInstruction'], { dosageInstruction: instruction ? [instruction] : steps });
  const supply = supplyOf(dispenseRequest, order['dispenseRequest']);
  return replaced(taken, ['dispenseRequest'], supply ? { dispenseRequest: supply } : {});
}

const MORE_TO_IT = ['asNeededBoolean', 'asNeededCodeableConcept', 'route', 'maxDosePerPeriod', 'additionalInstruction'];

function redosed(instructions: readonly Elements[], step: Elements): Elements | undefined {
  const [instruction, ...others] = instructions;
  if (!instruction || others.length > 0 || MORE_TO_IT.some((name) => name in instruction)) return undefined;
  const repeatOf = ({ timing }: Elements): Elements =>
    isObject(timing) && isObject(timing['repeat']) ? timing['repeat'] : {};
  const bounds = Object.entries(repeatOf(instruction)).filter(([name]) => name.startsWith('bounds'));
  return {
    ...instruction,
    text: step['text'],
    timing: { repeat: { ...Object.fromEntries(bounds), ...repeatOf(step) } },
    doseAndRate: step['doseAndRate'],
  };
}

/** The quantity was that of another dose, and a course is not to be repeated. */
function supplyOf(written: unknown, advised: unknown): Elements | undefined {
  const kept = isObject(written)
    ? without(written, ['quantity', 'expectedSupplyDuration', 'numberOfRepeatsAllowed'])
    : {};
  const supply = { ...kept, ...(isObject(advised) ? advised : {}) };
  return Object.keys(supply).length > 0 ? supply : undefined;
}

/** The priorities of R4, the least urgent first. */
const PRIORITIES = ['routine', 'urgent', 'asap', 'stat'];

/** More urgent; undefined when it is so already, and for an appointment, whose priority is a number of its own. */
export function prioritised(sent: FhirResource, priority: 'urgent' | 'stat'): FhirResource | undefined {
  const { priority: present = 'routine' } = sent as { readonly priority?: string };
  if (sent.resourceType === 'Appointment' || PRIORITIES.indexOf(present) >= PRIORITIES.indexOf(priority))
    return undefined;
  return replaced(sent, ['priority'], { priority });
}

/** Not to be carried out until the GP says so; an appointment cannot wait. */
export function held(sent: FhirResource): FhirResource | undefined {
  return sent.resourceType === 'Appointment' ? undefined : replaced(sent, ['status'], { status: 'on-hold' });
}

/** Without some of its details; undefined when it has none of them. */
export function withoutDetails(sent: FhirResource, isMeant: (detail: Elements) => boolean): FhirResource | undefined {
  const details = listOf((sent as unknown as Elements)['orderDetail']);
  const kept = details.filter((detail) => !isMeant(detail));
  if (kept.length === details.length) return undefined;
  return replaced(sent, ['orderDetail'], kept.length > 0 ? { orderDetail: kept } : {});
}

/** The elements of those names and what extends them go; the new ones stand where the first of them stood, or at the end. */
function replaced(resource: FhirResource, names: readonly string[], by: Elements): FhirResource {
  const isReplaced = (name: string): boolean => names.includes(name.replace(/^_/, ''));
  const elements = Object.entries(resource);
  const place = elements.findIndex(([name]) => isReplaced(name));
  const others = elements.filter(([name]) => !isReplaced(name));
  others.splice(place < 0 ? others.length : place, 0, ...Object.entries(by));
  return Object.fromEntries(others) as unknown as FhirResource;
}

function without(elements: Elements, names: readonly string[]): Elements {
  return Object.fromEntries(Object.entries(elements).filter(([name]) => !names.includes(name.replace(/^_/, ''))));
}
