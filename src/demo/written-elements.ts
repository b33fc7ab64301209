/**
 * The elements that resources of a course have in common: an Observation's head, places and sides, statuses, values, notes.
 */
import type { CodeableConcept, Observation, Questionnaire } from 'fhir/r4.js';
import type { EntryOf, Named, Placed } from './course-entry.js';
import { conceptOf, type WrittenConcept } from './written-concepts.js';

export interface WriterTools {
  /** Date token of a day of the course. */
  readonly dateOf: (day: number) => string;
  /** The same with the time of a visit, or another. */
  readonly timeOf: (day: number, time?: string) => string;
  /** The concept of a key, of one of these kinds. Throws KnowledgeError with the place of the entry. */
  readonly concept: (key: string, ...kinds: readonly string[]) => WrittenConcept;
  /** The Questionnaire of an id. Throws KnowledgeError. */
  readonly questionnaire: (id: string) => Questionnaire;
  /** `Patient/id`. */
  readonly patient: string;
  /** `Practitioner/id` of the GP. */
  readonly practitioner: string;
}

/** An Observation of a day, without its value. */
export function observed(key: string, kind: string, day: number, tools: WriterTools): Observation {
  return {
    resourceType: 'Observation',
    status: 'final',
    category: [status('observation-category', 'exam')],
    code: conceptOf(tools.concept(key, kind)),
    subject: { reference: tools.patient },
    effectiveDateTime: tools.timeOf(day),
    performer: [{ reference: tools.practitioner }],
  };
}

/** UCUM units of what is measured; a score has none. */
const UNITS: Readonly<Record<string, string>> = {
  'body-weight': 'kg',
  'body-height': 'cm',
  'body-temperature': 'Cel',
  hba1c: 'mmol/mol',
};

/** The value of a measurement: a quantity in UCUM, or the number of a score. */
export function valueOf({ measure, value }: EntryOf['measure']): Pick<Observation, 'valueInteger' | 'valueQuantity'> {
  const code = UNITS[measure];
  if (code === undefined) return { valueInteger: value };
  return { valueQuantity: { value, unit: code === 'Cel' ? '°C' : code, system: 'http://unitsofmeasure.org', code } };
}

/** In an Observation, place and side are one concept. */
export function siteOf(placed: Placed, tools: WriterTools): { readonly bodySite?: CodeableConcept } {
  const sites = placesOf(placed, tools);
  return sites.length === 0 ? {} : { bodySite: conceptOf(...sites) };
}

/** Elsewhere, places and side are concepts of their own. */
export function sitesOf(placed: Placed, tools: WriterTools): { readonly bodySite?: CodeableConcept[] } {
  const sites = placesOf(placed, tools);
  return sites.length === 0 ? {} : { bodySite: sites.map((site) => conceptOf(site)) };
}

function placesOf({ at = [], side }: Placed, { concept }: WriterTools): readonly WrittenConcept[] {
  const sites = (typeof at === 'string' ? [at] : at).map((key) => concept(key, 'site'));
  return side === undefined ? sites : [...sites, concept(`side-${side}`, 'side')];
}

/** A concept of a code system of HL7. */
export function status(system: string, code: string): CodeableConcept {
  return { coding: [{ system: `http://terminology.hl7.org/CodeSystem/${system}`, code }] };
}

/** A note, where the entry has one. */
export function noteOf({ note }: Named): { readonly note?: { text: string }[] } {
  return note === undefined ? {} : { note: [{ text: note }] };
}
