/**
 * What cards may know of the case to make an order: whose it is, what day it is, what is drafted, and what is on its way already.
 */
import type { Coding, FhirResource } from 'fhir/r4.js';
import type { Case, Draft, Entry, Episode } from '../case/case.js';
import type { CodeSets } from '../fhir/code-sets.js';
import type { DateSpan, Day } from '../fhir/dates.js';
import { conceptsOf, isObject } from '../fhir/references.js';
import type { OrderType } from './order-template.js';

export interface Orders {
  readonly patientId: string;
  readonly today: Day;
  /** The drafts of the hook's context, those that are only context included. */
  readonly drafts: readonly Draft[];
  /** Whether a client's coding is one of ours, its system by whatever name. */
  readonly isCode: (coding: unknown, ours: Coding) => boolean;
  /** Concepts of a CodeableConcept of a draft, by the codes that its client uses. */
  readonly conceptsOf: (element: unknown) => readonly string[];
  /**
   * Whether such an order is drafted, given or carried out: a drug in use, a request, task or visit since the complaint began,
   * a problem on the list. A second one is never offered.
   */
  readonly isArranged: (type: OrderType, concepts: readonly string[], forWhat: Omit<Sought, 'today'>) => boolean;
}

/** What an order is sought for. */
interface Sought {
  /** The complaint that it is for. */
  readonly episode: Episode | undefined;
  /** The days of a visit: one on other days is another. */
  readonly window: DateSpan | undefined;
  /** Whether it is urgent: a routine one is none. */
  readonly urgent: boolean;
  readonly today: Day;
}

/** Binds the case and the codes of the client. */
export function ordersOf(theCase: Case, codeSets: CodeSets): Orders {
  const { patient, today, drafts } = theCase;
  return {
    patientId: patient.id,
    today,
    drafts,
    isCode: (coding, ours) =>
      isObject(coding) &&
      coding['code'] === ours.code &&
      (coding['system'] === ours.system || codeSets.isAlias(String(coding['system']))),
    conceptsOf: (element) => conceptsOf(element, codeSets),
    isArranged: (type, concepts, forWhat) =>
      drafts.some(
        (draft) =>
          draft.concepts.some((concept) => concepts.includes(concept)) &&
          isUrgentEnough(draft.resource, forWhat.urgent),
      ) ||
      concepts
        .flatMap((concept) => theCase.byConcept.get(concept) ?? [])
        .some((entry) => RECORDS[type].includes(entry.type) && isOnItsWay(entry, { ...forWhat, today })),
  };
}

/** Where an order of each type shows in the record. */
const RECORDS: Readonly<Record<OrderType, readonly string[]>> = {
  MedicationRequest: ['MedicationRequest', 'MedicationStatement'],
  ServiceRequest: ['ServiceRequest', 'Appointment', 'Procedure'],
  Task: ['Task'],
  Appointment: ['Appointment'],
  Condition: ['Condition'],
};

/** Given or asked for now, or done for this complaint; a plan of a day that has passed is none any more. */
function isOnItsWay(entry: Entry, { episode, window, urgent, today }: Sought): boolean {
  const { state, date, end = date, authored } = entry;
  if (!isUrgentEnough(entry.resource, urgent)) return false;
  if (window) return ['planned', 'done'].includes(state) && isWithin(date, window);
  if (state === 'active' || state === 'running') return true;
  if (state === 'planned' && end) return end.last >= today;
  if (state !== 'planned' && state !== 'done') return false;
  const since = episode?.onset?.first;
  if (since === undefined) return state === 'planned';
  const known = date ?? authored;
  return known === undefined ? state === 'planned' : known.first >= since;
}

const URGENT = ['urgent', 'asap', 'stat'];

function isUrgentEnough(resource: FhirResource, urgent: boolean): boolean {
  const { priority } = resource as { readonly priority?: unknown };
  return !urgent || URGENT.includes(String(priority));
}

const isWithin = (date: DateSpan | undefined, { first, last }: DateSpan): boolean =>
  date !== undefined && date.first >= first && date.first <= last;
