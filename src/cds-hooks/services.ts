/**
 * Our services as data: what discovery says about each, and where a service is found by its id.
 * A new service is a new entry of `SERVICES`. Nothing here depends on a request.
 */
import type { Hook } from './request.js';
import { PAGE_SIZE } from './searchset.js';

export interface Service {
  /** Last part of the service's address; needs no URL encoding. */
  readonly id: string;
  readonly hook: Hook;
  readonly title: string;
  readonly description: string;
  readonly usageRequirements: string;
  /** Version of CDS Hooks that is spoken. */
  readonly version: '2.0.1';
  /** Version of the hook as the published hook library has it. */
  readonly hookVersion: string;
  readonly prefetch: Readonly<Record<string, string>>;
}

const OF_PATIENT = `patient={{context.patientId}}&_count=${PAGE_SIZE}`;

/** Every search that a service may ask for. One parameter of a kind per template: the public sandbox collapses repeated ones. */
const TEMPLATES = {
  patient: 'Patient/{{context.patientId}}',
  conditions: `Condition?${OF_PATIENT}`,
  observations: `Observation?${OF_PATIENT}&_sort=-date`,
  medications: `MedicationRequest?${OF_PATIENT}`,
  medicationStatements: `MedicationStatement?${OF_PATIENT}`,
  procedures: `Procedure?${OF_PATIENT}`,
  serviceRequests: `ServiceRequest?${OF_PATIENT}`,
  appointments: `Appointment?${OF_PATIENT}`,
  allergies: `AllergyIntolerance?${OF_PATIENT}`,
  immunizations: `Immunization?${OF_PATIENT}`,
  familyHistory: `FamilyMemberHistory?${OF_PATIENT}`,
  questionnaireResponses: `QuestionnaireResponse?${OF_PATIENT}`,
  careTeams: `CareTeam?${OF_PATIENT}`,
  tasks: `Task?${OF_PATIENT}`,
  diagnosticReports: `DiagnosticReport?${OF_PATIENT}`,
  consents: `Consent?${OF_PATIENT}`,
} as const;
type Key = keyof typeof TEMPLATES;

const EVERY_KEY = Object.keys(TEMPLATES) as Key[];
const APPOINTMENT_KEYS: readonly Key[] = [
  'patient',
  'conditions',
  'observations',
  'medications',
  'procedures',
  'serviceRequests',
  'appointments',
  'diagnosticReports',
];

function ask(keys: readonly Key[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key) => [key, TEMPLATES[key]]));
}

const CAVEAT =
  'Advice for a clinician, who decides; not CE-marked as a medical device. Required prefetch key: patient; all others are optional, but what is not sent is named as not checked.';
const COMMON = {
  version: '2.0.1',
  usageRequirements:
    'FHIR R4. Prefetch key patient is required: without it the service answers 412. Send null or an empty Bundle for a search that found nothing, an OperationOutcome for one that failed.',
} as const;

export const SERVICES: readonly Service[] = [
  {
    id: 'plexus-patient-view',
    hook: 'patient-view',
    title: 'Plexus: neck, arm, back and leg pain in the open record',
    description: `Points out neuralgic amyotrophy and other nerve problems behind neck, arm, back and leg pain when a record is opened. ${CAVEAT}`,
    hookVersion: '1.0',
    prefetch: ask(EVERY_KEY),
    ...COMMON,
  },
  {
    id: 'plexus-order-select',
    hook: 'order-select',
    title: 'Plexus: check of selected orders',
    description: `Judges the selected draft orders (imaging, therapy, referral, medication) for neck, arm, back and leg pain. ${CAVEAT}`,
    hookVersion: '1.0',
    prefetch: ask(EVERY_KEY),
    ...COMMON,
  },
  {
    id: 'plexus-order-sign',
    hook: 'order-sign',
    title: 'Plexus: check of orders before signing',
    description: `Judges the draft orders (imaging, therapy, referral, medication) for neck, arm, back and leg pain before they are signed. ${CAVEAT}`,
    hookVersion: '1.0',
    prefetch: ask(EVERY_KEY),
    ...COMMON,
  },
  {
    id: 'plexus-appointment-book',
    hook: 'appointment-book',
    title: 'Plexus: check of proposed appointments',
    description: `Compares proposed appointments with what is advised for neck, arm, back and leg pain. ${CAVEAT}`,
    hookVersion: '1.0',
    prefetch: ask(APPOINTMENT_KEYS),
    ...COMMON,
  },
  {
    id: 'plexus-problem-list',
    hook: 'problem-list-item-create',
    title: 'Plexus: neck, arm, back and leg pain on the problem list',
    description: `Points out neuralgic amyotrophy and other nerve problems when a problem is added to the list. ${CAVEAT}`,
    hookVersion: '0.1.0',
    prefetch: ask(EVERY_KEY.filter((key) => key !== 'appointments' && key !== 'tasks')),
    ...COMMON,
  },
];
