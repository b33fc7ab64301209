/**
 * What the sandbox page is told by the server beside it, as JSON: types only, read by both sides.
 * Days are whole days of a course; day 0 is the day on which the main complaint began.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Hook, Jurisdiction, Language } from '../cds-hooks/request.js';
import type { Text } from '../text.js';

/** GET /sandbox/index. */
export interface SandboxIndex {
  /** Base URL of the demo EHR, as the service knows it. */
  readonly fhirServer: string;
  /** The served languages; the first is the default. */
  readonly languages: readonly Language[];
  readonly timeZone: string;
  /** `Practitioner/id` of the GP who works in the demo EHR. */
  readonly userId: string;
  readonly patients: readonly PatientChoice[];
  /** Orders and appointments to draft. */
  readonly drafts: readonly Draft[];
  /** Pain scores to record, one for each place. */
  readonly scores: readonly Draft[];
}

export interface PatientChoice {
  readonly id: string;
  readonly title: Text;
  /** What the GP knows, in two or three sentences. */
  readonly story: Text;
  readonly jurisdiction: Jurisdiction;
}

/** A resource to fill in: without id, patient and day; those are the page's to add. */
export interface Draft {
  readonly id: string;
  readonly text: Text;
  /** On which hooks it can be drafted; none for what is recorded rather than ordered. */
  readonly hooks: readonly Hook[];
  readonly resource: Readonly<Record<string, unknown>>;
  readonly fields: readonly DraftField[];
}

/** A value of a draft that a person chooses. */
export interface DraftField {
  readonly id: string;
  readonly text: Text;
  /** Where the value stands: names and indices with dots between, such as `dosageInstruction.0.doseAndRate.0.doseQuantity.value`. */
  readonly path: string;
  readonly input:
    | {
        readonly kind: 'number';
        readonly min: number;
        readonly max: number;
        readonly step: number;
        readonly unit?: string;
      }
    /** Days from the day of the course, written as the date of that day; empty: the element is left out. */
    | { readonly kind: 'day' }
    | { readonly kind: 'choice'; readonly options: readonly { readonly text: Text; readonly value: unknown }[] };
  /** What stands there before anybody chooses; absent: nothing, the element is left out. */
  readonly value?: unknown;
}

/** GET /sandbox/patients/{id}: a patient's record as it grows, and what visitors changed in it. */
export interface Course extends PatientChoice {
  readonly patientId: string;
  /** The date of day 0, YYYY-MM-DD. Day `opens` is the real today. */
  readonly start: string;
  readonly opens: number;
  /** First and last day of the slider. */
  readonly first: number;
  readonly last: number;
  /** By the day on which they came into the record. A later entry of one type and id takes the place of an earlier one; days before `first` are there from the start. */
  readonly entries: readonly CourseEntry[];
  /** What was created, changed or deleted in the demo EHR since it started. */
  readonly changes: readonly Change[];
}

export interface CourseEntry {
  readonly day: number;
  readonly resource: FhirResource;
}

/** A change of the record, by the day of the course from which it counts. */
export type Change =
  | { readonly day: number; readonly resource: FhirResource }
  /** `Type/id`. */
  | { readonly day: number; readonly removed: string };
