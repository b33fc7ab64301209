/**
 * An entry as a FHIR R4 AuditEvent. Enters: what is known of a call. Leaves: the resource, every code of it of HL7 or DICOM, the patient as a pseudonym.
 * docs/audit.md says which element answers which question of NEN 7513.
 */
import { isIP } from 'node:net';
import type { AuditEvent, AuditEventAgent, AuditEventEntity, Coding, Reference } from 'fhir/r4.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';
import { normaliseReference } from '../fhir/references.js';
import type { AssigningAuthority, AuditEntry } from './audit.js';
import type { Pseudonymise } from './pseudonym.js';

/** Systems of the identifiers that only we give. */
export const PSEUDONYM_SYSTEM = `${CANONICAL_BASE}/sid/patient-pseudonym`;
export const CLIENT_SYSTEM = `${CANONICAL_BASE}/sid/client`;

const DICOM = 'http://dicom.nema.org/resources/ontology/DCM';
const INTERACTION = 'http://hl7.org/fhir/restful-interaction';
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem';

/** DICOM codes of the lines with which a process begins and ends. */
export const APPLICATION_START = '110120';
export const APPLICATION_STOP = '110121';

type Kind = Required<Pick<AuditEvent, 'type' | 'subtype' | 'action'>>;

const REST: Coding = { system: `${TERMINOLOGY}/audit-event-type`, code: 'rest', display: 'RESTful Operation' };
const ALERT: Coding = { system: DICOM, code: '110113', display: 'Security Alert' };
const ACTIVITY: Coding = { system: DICOM, code: '110100', display: 'Application Activity' };
const OPERATION: Kind = {
  type: REST,
  subtype: [{ system: INTERACTION, code: 'operation', display: 'operation' }],
  action: 'E',
};

/** `restful-interaction` has the operation for all that is asked by POST. */
const KIND: Readonly<Record<AuditEntry['action'], Kind>> = {
  cards: OPERATION,
  explanation: OPERATION,
  feedback: OPERATION,
  discovery: {
    type: REST,
    subtype: [{ system: INTERACTION, code: 'capabilities', display: 'capabilities' }],
    action: 'R',
  },
  refusals: { type: ALERT, subtype: [{ system: DICOM, code: '110126', display: 'Node Authentication' }], action: 'E' },
  // The gap itself, which ended before its line could be written: `period` says from when.
  lost: { type: ALERT, subtype: [{ system: DICOM, code: '110133', display: 'Audit Recording Stopped' }], action: 'E' },
  start: {
    type: ACTIVITY,
    subtype: [{ system: DICOM, code: APPLICATION_START, display: 'Application Start' }],
    action: 'E',
  },
  stop: {
    type: ACTIVITY,
    subtype: [{ system: DICOM, code: APPLICATION_STOP, display: 'Application Stop' }],
    action: 'E',
  },
};

/** What is about a patient is asked for a treatment: the hooks are those of a consultation. */
const TREATMENT: AuditEvent['purposeOfEvent'] = [
  { coding: [{ system: `${TERMINOLOGY}/v3-ActReason`, code: 'TREAT', display: 'treatment' }] },
];
const FOR_TREATMENT: ReadonlySet<AuditEntry['action']> = new Set(['cards', 'explanation', 'feedback']);

const NAME = 'Plexus CDS';

export interface EventTools {
  readonly pseudonymise: Pseudonymise;
  /** Base URL of the service as clients call it. */
  readonly site?: string;
}

/** The event of an entry at a moment, milliseconds since 1970. */
export function auditEvent(entry: AuditEntry, at: number, tools: EventTools): AuditEvent {
  const { action, status = 200, refusal } = entry;
  return {
    resourceType: 'AuditEvent',
    ...KIND[action],
    ...(entry.since !== undefined && { period: { start: instant(Math.min(entry.since, at)), end: instant(at) } }),
    recorded: instant(at),
    outcome: outcomeOf(action, status),
    outcomeDesc: describe(entry, status, refusal),
    ...(FOR_TREATMENT.has(action) && { purposeOfEvent: TREATMENT }),
    agent: agentsOf(entry, tools.pseudonymise),
    source: {
      ...(tools.site !== undefined && { site: tools.site }),
      observer: { display: NAME },
      type: [{ system: `${TERMINOLOGY}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    entity: entitiesOf(entry, tools.pseudonymise),
  };
}

const instant = (at: number): string => new Date(at).toISOString();

/** Success, a failure of the caller, a failure of ours; that lines were lost is a serious one. */
function outcomeOf(action: AuditEntry['action'], status: number): AuditEvent['outcome'] {
  if (action === 'lost' || status >= 500) return '8';
  return action === 'refusals' || status >= 400 ? '4' : '0';
}

function describe({ action, calls = 0 }: AuditEntry, status: number, refusal: string | undefined): string {
  if (action === 'refusals') return `${calls} more calls were refused in a minute.`;
  if (action === 'lost') return `${calls} calls left no line: they could not be written.`;
  if (action === 'start') return 'The service started.';
  if (action === 'stop') return 'The service stopped.';
  if (refusal !== undefined) return `Refused: ${refusal}.`;
  return status < 400 ? 'Answered.' : `Not answered: HTTP status ${status}.`;
}

function agentsOf(entry: AuditEntry, pseudonymise: Pseudonymise): AuditEventAgent[] {
  if (entry.action === 'start' || entry.action === 'stop' || entry.action === 'lost')
    return [{ type: role('110150', 'Application'), who: { display: NAME }, requestor: false }];
  const { client, address = '', userId, authority } = entry;
  const user = userId === undefined ? undefined : userOf(userId, authority, pseudonymise);
  const caller: AuditEventAgent = {
    type: role('110153', 'Source Role ID'),
    ...(client !== undefined && { who: { identifier: { system: CLIENT_SYSTEM, value: client } } }),
    requestor: user === undefined,
    ...(isIP(address) !== 0 && { network: { address, type: '2' } }),
  };
  if (!user) return [caller];
  const human = { system: `${TERMINOLOGY}/extra-security-role-type`, code: 'humanuser', display: 'human user' };
  return [{ type: { coding: [human] }, who: user, requestor: true }, caller];
}

const role = (code: string, display: string) => ({ coding: [{ system: DICOM, code, display }] });

const STAFF = /^(Practitioner|PractitionerRole|Organization|Device)\//;

/** Undefined for what names nobody; a patient or relative who looks at the record is no more in clear than the patient. */
function userOf(
  userId: string,
  authority: AssigningAuthority | undefined,
  pseudonymise: Pseudonymise,
): Reference | undefined {
  const reference = normaliseReference(userId);
  if (reference === undefined) return undefined;
  if (STAFF.test(reference)) return { reference };
  const type = /^(Patient|RelatedPerson)\//.exec(reference)?.[1];
  return type === undefined ? undefined : { type, identifier: pseudonym(pseudonymise(authority, reference)) };
}

const pseudonym = (value: string) => ({ system: PSEUDONYM_SYSTEM, value });

function entitiesOf(entry: AuditEntry, pseudonymise: Pseudonymise): AuditEventEntity[] {
  const { patientId, authority, service, requestId } = entry;
  const details = detailsOf(entry);
  return [
    ...(patientId === undefined
      ? []
      : [
          {
            what: { identifier: pseudonym(pseudonymise(authority, patientId)) },
            type: kind('1', 'Person'),
            role: { system: `${TERMINOLOGY}/object-role`, code: '1', display: 'Patient' },
          },
        ]),
    {
      type: kind('2', 'System Object'),
      name: service ?? entry.action,
      ...(details.length > 0 && { detail: details.map(([type, valueString]) => ({ type, valueString })) }),
    },
    ...(requestId === undefined
      ? []
      : [{ what: { identifier: { value: requestId } }, type: kind('4', 'Other'), name: 'request' }]),
  ];
}

const kind = (code: string, display: string): Coding => ({ system: `${TERMINOLOGY}/audit-entity-type`, code, display });

/** Our own names of what is known beside; each rule is a detail of its own, as `id|version`. */
function detailsOf(entry: AuditEntry): readonly (readonly [string, string])[] {
  const { action, tenant, hookInstance, status, refusal, cards, calls, rules = [] } = entry;
  const known = { tenant, hookInstance, status, refusal, cards, calls };
  return [
    ['action', action] as const,
    ...Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as const])),
    ...rules.map(({ id, version }) => ['rule', `${id}|${version}`] as const),
  ];
}
