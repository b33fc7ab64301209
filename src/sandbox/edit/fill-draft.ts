/**
 * A draft and the values that a person chose -> a resource about one patient, on one day.
 * Enters: a draft as the server offers it. Leaves: a new resource without empty elements; what enters is never changed.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Draft, DraftField } from '../../demo/sandbox-data.js';
import { dateOfDay } from '../days.js';

/** By id of the field; a field that is missing here leaves its element out. */
export type DraftValues = Readonly<Record<string, unknown>>;

/** What a draft does not say itself. */
export interface DraftCircumstances {
  readonly patientId: string;
  /** FHIR date or dateTime on which it is written; days of the draft are counted from its date. */
  readonly date: string;
  readonly id?: string;
}

type Elements = Record<string, unknown>;

/** The values that stand in a draft before anybody chooses. */
export function defaultsOf({ fields }: Draft): DraftValues {
  return Object.fromEntries(fields.flatMap(({ id, value }) => (value === undefined ? [] : [[id, value]])));
}

/** Fills in a draft. Throws RangeError for a resource type that is not drafted. */
export function fillDraft(
  draft: Draft,
  values: DraftValues,
  { patientId, date, id }: DraftCircumstances,
): FhirResource {
  const template = structuredClone(draft.resource) as Elements;
  const type = String(template['resourceType']);
  for (const field of draft.fields) setAt(template, field.path.split('.'), valueOf(field, values, date));
  const { resourceType, ...elements } = prune(template) as Elements;
  const filled = {
    resourceType,
    ...(id !== undefined && { id }),
    ...elements,
    ...headOf(type, elements, { reference: `Patient/${patientId}` }, date),
  };
  return filled as unknown as FhirResource;
}

function valueOf({ id, input }: DraftField, values: DraftValues, date: string): unknown {
  const value = values[id];
  return input.kind === 'day' && typeof value === 'number' ? dateOfDay(date, value) : structuredClone(value);
}

/** Patient and day, in the elements that each type has for them. */
function headOf(type: string, elements: Elements, patient: Elements, date: string): Elements {
  switch (type) {
    case 'Observation':
      return { subject: patient, effectiveDateTime: date };
    case 'Condition':
      return { subject: patient, recordedDate: date };
    case 'ServiceRequest':
    case 'MedicationRequest':
      return { subject: patient, authoredOn: date };
    case 'Task':
      return { for: patient, authoredOn: date };
    case 'Appointment': {
      const others = Array.isArray(elements['participant']) ? (elements['participant'] as unknown[]) : [];
      const participant = [{ actor: patient, status: 'needs-action' }, ...others];
      return { created: date, participant };
    }
    default:
      throw new RangeError(`${type} is not drafted: say where it names its patient and its day`);
  }
}

/** Sets an element, and makes what it stands in; undefined takes it away. */
function setAt(node: Elements, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path;
  const [next] = rest;
  if (next === undefined) {
    node[name] = value;
    return;
  }
  node[name] ??= /^\d+$/.test(next) ? [] : {};
  setAt(node[name] as Elements, rest, value);
}

/** What a Quantity has beside its value: without one it says nothing. */
const QUANTITY = ['unit', 'system', 'code'];

/** Without what is undefined, and without what holds nothing else. */
function prune(node: unknown): unknown {
  if (Array.isArray(node)) {
    const kept = node.map(prune).filter((one) => one !== undefined);
    return kept.length > 0 ? kept : undefined;
  }
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).flatMap(([name, value]): [string, unknown][] => {
    const pruned = prune(value);
    return pruned === undefined ? [] : [[name, pruned]];
  });
  const lostValue = 'value' in node && kept.every(([name]) => QUANTITY.includes(name));
  return kept.length > 0 && !lostValue ? Object.fromEntries(kept) : undefined;
}
