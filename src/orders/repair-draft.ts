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

/** Carried out within other days. An appointment that is only proposed asks for them; one that is booked has a slot that only the practice can change. */
export function moved(sent: FhirResource, { first, last }: DateSpan): FhirResource | undefined {
  const period = { start: isoDay(first), end: isoDay(last) };
  if (sent.resourceType === 'ServiceRequest') return replaced(sent, OCCURRENCE, { occurrencePeriod: period });
  if (sent.resourceType !== 'Appointment' || sent.status !== 'proposed') return undefined;
  return replaced(sent, [...BOOKED, 'requestedPeriod'], { requestedPeriod: [period] });
}

/** Taken as another order of the same drug says, with the supply that goes with it. */
export function dosed(sent: FhirResource, { dosageInstruction, dispenseRequest }: Elements): FhirResource {
  const { dispenseRequest: dispensed } = sent as unknown as Elements;
  const others = isObject(dispensed) ? without(dispensed, ['quantity', 'expectedSupplyDuration']) : {};
  const supply = { ...others, ...(isObject(dispenseRequest) ? dispenseRequest : {}) };
  return replaced(replaced(sent, ['dosageInstruction'], { dosageInstruction }), ['dispenseRequest'], {
    ...(Object.keys(supply).length > 0 && { dispenseRequest: supply }),
  });
}

/** More urgent; undefined when it is so already. */
export function prioritised(sent: FhirResource, priority: 'urgent' | 'stat'): FhirResource | undefined {
  const { priority: present } = sent as { readonly priority?: string };
  if (present === 'stat' || present === priority) return undefined;
  return replaced(sent, ['priority'], { priority });
}

/** Not to be carried out until the GP says so. */
export function held(sent: FhirResource): FhirResource {
  return replaced(sent, ['status'], { status: 'on-hold' });
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
