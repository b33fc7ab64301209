/**
 * What an EHR sends to a CDS Hooks 2.0 service, after its envelope has been checked.
 * FHIR content is not judged here: it is read, tolerantly, by `fhir/` and `case/`.
 */
import type { FhirResource } from 'fhir/r4.js';

export const HOOKS = [
  'patient-view',
  'order-select',
  'order-sign',
  'appointment-book',
  'problem-list-item-create',
] as const;
export type Hook = (typeof HOOKS)[number];

export const JURISDICTIONS = ['NL', 'BE'] as const;
export type Jurisdiction = (typeof JURISDICTIONS)[number];
export const LANGUAGES = ['nl', 'en', 'fr'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Something in the request that is not as the standard has it and was read around; for the trace. Never holds a value that was sent. */
export interface Tolerance {
  readonly where: string;
  readonly what: string;
}

export interface HookContext {
  /** Bare FHIR id, without `Patient/`. */
  readonly patientId: string;
  readonly userId?: string;
  readonly encounterId?: string;
  /** Resources of `draftOrders` (order hooks), `appointments` (appointment-book) or `conditions` (problem-list-item-create). */
  readonly resources: readonly FhirResource[];
  /** `Type/id` of the drafts to judge; absent: all of them. */
  readonly selections?: readonly string[];
}

/** Request extension `example.plexus-cds.request`; honoured only where the contract allows it. */
export interface RequestPreferences {
  readonly jurisdiction?: Jurisdiction;
  readonly language?: Language;
  /** Instant of the request, milliseconds since 1970. */
  readonly now?: number;
}

/** A token for the EHR's FHIR server: used while the request lasts, kept and logged nowhere. */
export interface FhirAuthorization {
  readonly token: string;
  readonly scope: string;
}

export interface CdsRequest {
  readonly hook: Hook;
  readonly hookInstance: string;
  readonly context: HookContext;
  /** Values as sent: resource, Bundle, OperationOutcome or null. */
  readonly prefetch: Readonly<Record<string, unknown>>;
  readonly preferences: RequestPreferences;
  /** Where the client says that more can be read, without trailing slash; whether it is asked is decided by its registry entry. */
  readonly fhirServer?: string;
  readonly fhirAuthorization?: FhirAuthorization;
  /** Faults of the envelope and the context that were read around. */
  readonly tolerated?: readonly Tolerance[];
}
