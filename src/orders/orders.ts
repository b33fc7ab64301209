/**
 * What cards may know of the case to make an order: whose it is, what day it is, what is drafted, and what is on its way already.
 */
import type { Coding, FhirResource } from 'fhir/r4.js';
import type { Case, Draft, Entry, Episode } from '../case/case.js';
import { belongsTo } from '../case/episodes.js';
import type { CodeSets } from '../fhir/code-sets.js';
import type { DateSpan, Day } from '../fhir/dates.js';
import { conceptsOf, isObject, listOf, normaliseReference } from '../fhir/references.js';
import type { OrderType } from './order-template.js';

export interface Orders {
  readonly patientId: string;
  /** References of the problems that a complaint consists of, as the client's server knows them. */
  readonly reasonsOf: (episode: Episode | undefined) => readonly string[];
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
  /**
   * Whether a drug may be offered as far as the record goes: problems, drugs and allergies were searched completely, no allergy is to it or
   * its group, and none of the drugs of `notWith` is in use or drafted. What could not be searched may be what forbids it.
   */
  readonly mayBeGiven: (concepts: readonly string[], notWith: readonly string[], judged: Draft | undefined) => boolean;
  /** Whether a planned item is for the complaint: it names no reason, or this one, is no older, and nobody made it urgent. */
  readonly isPlannedFor: (planned: Entry, episode: Episode | undefined) => boolean;
}

/** What an order is sought for. */
interface Sought {
  /** The complaint that it is for. */
  readonly episode: Episode | undefined;
  /** The days of a visit: one on other days is another. */
  readonly window: DateSpan | undefined;
  /** Whether it is urgent: a routine one is none. */
  readonly urgent: boolean;
  /** The draft that is judged: an order in its place is another one. */
  readonly judged: Draft | undefined;
  readonly today: Day;
}

/** Binds the case and the codes of the client. */
export function ordersOf(theCase: Case, codeSets: CodeSets): Orders {
  const { patient, today, drafts } = theCase;
  return {
    patientId: patient.id,
    reasonsOf: (episode) =>
      (episode?.conditions ?? [])
        .map(({ reference }) => reference)
        // Of STU3 an episode or a line stands for a problem, which an order of R4 cannot refer to.
        .filter((reference) => CONDITION.test(reference) && !theCase.unsaved.has(reference))
        .slice(0, MOST_REASONS),
    today,
    drafts,
    isCode: (coding, ours) =>
      isObject(coding) &&
      coding['code'] === ours.code &&
      (coding['system'] === ours.system || codeSets.isAlias(String(coding['system']))),
    conceptsOf: (element) => conceptsOf(element, codeSets),
    mayBeGiven: (concepts, notWith, judged) => mayBeGiven(theCase, concepts, notWith, judged),
    isPlannedFor: (planned, episode) => isPlannedFor(planned, episode, (element) => conceptsOf(element, codeSets)),
    isArranged: (type, concepts, forWhat) =>
      drafts.some(
        (draft) =>
          draft !== forWhat.judged &&
          (draft.half === undefined || forWhat.episode === undefined || draft.half === forWhat.episode.half) &&
          (forWhat.window === undefined || isWithin(draft.occurrence, forWhat.window)) &&
          draft.concepts.some((concept) => concepts.includes(concept)) &&
          isUrgentEnough(draft.resource, forWhat.urgent),
      ) ||
      concepts
        .flatMap((concept) => theCase.byConcept.get(concept) ?? [])
        .some((entry) => RECORDS[type].includes(entry.type) && isOnItsWay(entry, { ...forWhat, today })),
  };
}

const CONDITION = /^Condition\/[A-Za-z0-9\-.]{1,64}$/;
/** Ours: an order that names more says nothing more. */
const MOST_REASONS = 5;

/** Lists in which that can stand which forbids a drug. */
const DRUG_SAFETY = ['Condition', 'AllergyIntolerance', 'MedicationRequest', 'MedicationStatement'];
/** Groups that say what a drug is for, not what it is: an allergy to one of them is none to the others. */
const PURPOSES = ['analgesic', 'coanalgesic'];

function mayBeGiven(
  theCase: Case,
  concepts: readonly string[],
  notWith: readonly string[],
  judged: Draft | undefined,
): boolean {
  if (DRUG_SAFETY.some((type) => theCase.completeness(type) !== 'complete')) return false;
  const groups = concepts.filter((concept) => !PURPOSES.includes(concept) && !concept.startsWith('draft-'));
  const active = (concept: string, types: readonly string[]): boolean =>
    (theCase.byConcept.get(concept) ?? []).some(({ type, state }) => types.includes(type) && state === 'active');
  if (groups.some((concept) => active(concept, ['AllergyIntolerance', 'Condition']))) return false;
  return !notWith.some(
    (concept) =>
      active(concept, RECORDS.MedicationRequest) ||
      theCase.drafts.some((draft) => draft !== judged && draft.concepts.includes(concept)),
  );
}

function isPlannedFor(
  { resource, authored }: Entry,
  episode: Episode | undefined,
  read: (element: unknown) => readonly string[],
): boolean {
  if (isUrgentEnough(resource, true)) return false;
  const onset = episode?.onset?.first;
  if (authored && onset !== undefined && authored.last < onset - 1) return false;
  const { reasonReference, reasonCode } = resource as unknown as Readonly<Record<string, unknown>>;
  const named = listOf(reasonReference).map(({ reference }) => normaliseReference(reference));
  const own = episode?.conditions ?? [];
  if (named.length > 0) return own.some(({ reference }) => named.includes(reference));
  const reasons = listOf(reasonCode);
  return reasons.length === 0 || own.some(({ concepts }) => read(reasons).some((one) => concepts.includes(one)));
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
  if (episode && entry.sites.length > 0 && !belongsTo(episode, entry.sites, entry.side)) return false;
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
