/**
 * What each resource type calls the same thing: its states, its dates, its code.
 * Tables only; how they are read is `entries.ts`.
 */
import type { State } from './case.js';

/** Status of a resource -> state; a status that is not listed is void. */
export const STATES: Readonly<Record<string, Readonly<Record<string, State>>>> = {
  Observation: { final: 'final', amended: 'final', corrected: 'final', preliminary: 'preliminary' },
  DiagnosticReport: {
    final: 'final',
    amended: 'final',
    corrected: 'final',
    appended: 'final',
    preliminary: 'preliminary',
  },
  Procedure: { completed: 'done', 'in-progress': 'running' },
  MedicationRequest: { active: 'active', completed: 'past', stopped: 'past' },
  MedicationStatement: { active: 'active', completed: 'past', stopped: 'past' },
  ServiceRequest: { active: 'planned', completed: 'done' },
  Appointment: { proposed: 'planned', pending: 'planned', booked: 'planned', arrived: 'done', fulfilled: 'done' },
  Encounter: { finished: 'done', 'in-progress': 'running' },
  Immunization: { completed: 'done' },
  QuestionnaireResponse: { completed: 'final', amended: 'final', 'in-progress': 'preliminary' },
  FamilyMemberHistory: { completed: 'final', partial: 'final' },
  CareTeam: { active: 'active', proposed: 'planned' },
  Task: {
    requested: 'active',
    received: 'active',
    accepted: 'active',
    ready: 'active',
    'in-progress': 'active',
    'on-hold': 'active',
    completed: 'done',
  },
  Consent: { active: 'active' },
  Flag: { active: 'active' },
  AdverseEvent: { actual: 'final' },
  CarePlan: { active: 'active' },
  ImagingStudy: { available: 'done' },
};

/** Where each type says when it was so; the first that can be read counts. */
export const DATE_ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  Condition: ['onsetDateTime', 'onsetPeriod'],
  Observation: ['effectiveDateTime', 'effectiveInstant', 'effectivePeriod'],
  DiagnosticReport: ['effectiveDateTime', 'effectivePeriod'],
  Procedure: ['performedDateTime', 'performedPeriod'],
  MedicationRequest: ['authoredOn'],
  MedicationStatement: ['effectiveDateTime', 'effectivePeriod'],
  ServiceRequest: ['occurrenceDateTime', 'occurrencePeriod'],
  Appointment: ['start', 'requestedPeriod'],
  Encounter: ['period'],
  Immunization: ['occurrenceDateTime'],
  AllergyIntolerance: ['onsetDateTime', 'recordedDate'],
  QuestionnaireResponse: ['authored'],
  FamilyMemberHistory: ['date'],
  CareTeam: ['period'],
  Task: ['authoredOn'],
  AdverseEvent: ['date'],
  ImagingStudy: ['started'],
};

/** Where each type says when it ended. */
export const END_ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  Condition: ['abatementDateTime', 'abatementPeriod'],
  MedicationStatement: ['effectivePeriod'],
  Procedure: ['performedPeriod'],
  ServiceRequest: ['occurrencePeriod'],
  Appointment: ['requestedPeriod'],
  CareTeam: ['period'],
};

/** Where each type says what it is about; `code` where it is not listed. */
export const CODE_ELEMENTS: Readonly<Record<string, readonly string[]>> = {
  Immunization: ['vaccineCode'],
  Appointment: ['serviceType', 'appointmentType', 'reasonCode'],
  Encounter: ['type', 'serviceType'],
  Consent: ['category', 'scope'],
  AdverseEvent: ['event'],
  ImagingStudy: ['procedureCode'],
};
