/**
 * The Case: one patient now, as the rules' facts see it.
 * Built once per request by `assemble`; everything is readonly. What is wrong, void or another patient's is not in it, only counted.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { DateSpan, Day } from '../fhir/dates.js';

export type Region = 'arm' | 'neck' | 'back' | 'leg';
/** Neck, shoulder girdle and arms, or back, buttocks and legs. */
export type Half = 'upper' | 'lower';
export type Side = 'left' | 'right' | 'bilateral';

/** The complaint groups of the timing protocol, and what falls outside it. */
export type Group = 'neck-only' | 'neck-arm' | 'back-only' | 'back-leg' | 'arm-only' | 'leg-only' | 'thoracic';

/**
 * Where a resource stands, whatever its type calls it:
 * `active` (a present condition, drug, allergy, task), `final` (a valid result), `preliminary`, `planned` (ordered or booked),
 * `running`, `done`, `past` (resolved, stopped) or `refuted`.
 */
export type State = 'active' | 'final' | 'preliminary' | 'planned' | 'running' | 'done' | 'past' | 'refuted';

/** One usable resource of the patient, with what every fact asks of it read once. */
export interface Entry {
  readonly resource: FhirResource;
  readonly type: FhirResource['resourceType'];
  /** `Type/id`, or `Type` when the resource has no id. */
  readonly reference: string;
  readonly state: State;
  /** Concept keys of its code (`fhir-profiles/concepts.yaml`). */
  readonly concepts: readonly string[];
  /** Concept keys of its body sites without the sides: `site-…`, `muscle-…`, `movement-…`. */
  readonly sites: readonly string[];
  readonly side?: Side;
  /** When it was so: onset, effective, performed, occurrence, authored; the fact decides whether a partial date will do. */
  readonly date?: DateSpan;
  /** When an order was written; it may name no day on which it is to be done. */
  readonly authored?: DateSpan;
  /** The end of its period, when recorded. */
  readonly end?: DateSpan;
  /** The response to a Questionnaire on which it was answered. */
  readonly form?: Entry;
}

/** A finding that was looked for: present or absent, on a day. */
export interface Finding {
  readonly entry: Entry;
  readonly present: boolean;
  readonly date?: DateSpan;
  readonly sites: readonly string[];
  readonly side?: Side;
}

/** A pain score on the scale 0-10, never rounded. */
export interface Score {
  readonly entry: Entry;
  readonly value: number;
  readonly date: DateSpan;
}

/** Strength of one muscle or movement on one side, MRC 0-5. */
export interface Strength {
  readonly entry: Entry;
  readonly muscle: string;
  readonly side?: Side;
  readonly grade: number;
  readonly date: DateSpan;
}

/** One present complaint with its own clock. */
export interface Episode {
  /** `e1`, `e2` … in order of onset, newest first. */
  readonly id: string;
  readonly half: Half;
  readonly regions: readonly Region[];
  readonly group: Group;
  readonly sites: readonly string[];
  readonly side?: Side;
  /** Undefined when no onset is recorded; partial when only the month or year is. */
  readonly onset?: DateSpan;
  readonly conditions: readonly Entry[];
}

/** An order or appointment that the GP is making now. */
export interface Draft {
  /** In the shape of R4. */
  readonly resource: FhirResource;
  /** As the client sent it, for an answer that changes only what is advised. */
  readonly sent: FhirResource;
  readonly reference: string;
  /** Kinds of order (`draft-…` concepts) that it is. */
  readonly kinds: readonly string[];
  readonly concepts: readonly string[];
  readonly sites: readonly string[];
  readonly half?: Half;
  /** Day or days on which it is to be carried out. */
  readonly occurrence?: DateSpan;
  /** Milligrams in one tablet or capsule, when the Medication states the strength of its only ingredient. */
  readonly mgPerUnit?: number;
  /** Codings of the drug, wherever it is named. */
  readonly drugCodings: readonly Readonly<Record<string, unknown>>[];
  readonly reasonConcepts: readonly string[];
  /** True when the order names a reason, known to the rules or not. */
  readonly hasReason: boolean;
  /** References of the conditions that the order names as its reason. */
  readonly reasons: readonly string[];
  /** False for drafts that are only context of the selected ones. */
  readonly selected: boolean;
  /** Put on hold by the GP: only a hard stop speaks of it. */
  readonly onHold: boolean;
}

/** Whether everything the EHR holds of a resource type is in the case. */
export type Completeness = 'complete' | 'incomplete';

export interface Patient {
  readonly id: string;
  readonly birthDate?: DateSpan;
}

export interface Case {
  readonly patient: Patient;
  readonly today: Day;
  readonly episodes: readonly Episode[];
  /** Usable resources by concept key, newest first. */
  readonly byConcept: ReadonlyMap<string, readonly Entry[]>;
  readonly byType: ReadonlyMap<string, readonly Entry[]>;
  /** Findings by concept key, newest first. */
  readonly findings: ReadonlyMap<string, readonly Finding[]>;
  readonly scores: readonly Score[];
  readonly strengths: readonly Strength[];
  readonly drafts: readonly Draft[];
  /** References of problems that are being added: no server knows them yet. */
  readonly unsaved: ReadonlySet<string>;
  readonly completeness: (resourceType: string) => Completeness;
  /** What was left out, by place and reason, for the trace. */
  readonly excluded: readonly { readonly where: string; readonly reason: string; readonly count: number }[];
  /** What was read although it breaks the standard, for the trace. */
  readonly tolerated: readonly { readonly where: string; readonly what: string }[];
}
