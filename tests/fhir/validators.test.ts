/**
 * The validators that other tests lean on: each fault of R4 is seen, and by whom; what is valid is let through.
 * The example patients, which a vendor copies, are valid R4.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/fhir/references.js';
import { readExamples } from '../support/examples.js';
import { faultsOf } from '../support/validate.js';

type Elements = Readonly<Record<string, unknown>>;

const PATIENT = { reference: 'Patient/patient-1' };
const CLINICAL = 'http://terminology.hl7.org/CodeSystem/condition-clinical';
const VERIFICATION = 'http://terminology.hl7.org/CodeSystem/condition-ver-status';
const coded = (system: string, code: string) => ({ coding: [{ system, code }] });

const VALID = {
  MedicationRequest: {
    status: 'draft',
    intent: 'order',
    subject: PATIENT,
    medicationCodeableConcept: {
      coding: [{ system: 'http://www.whocc.no/atc', code: 'H02AB06' }],
      text: 'Prednisolone',
    },
    dosageInstruction: [{ text: 'In the morning', timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } }],
  },
  ServiceRequest: {
    status: 'draft',
    intent: 'order',
    subject: PATIENT,
    code: { text: 'EMG' },
    occurrenceDateTime: '2026',
  },
  Task: { status: 'requested', intent: 'order', for: PATIENT, authoredOn: '2026-11-21T09:00:00+01:00' },
  Appointment: {
    status: 'booked',
    start: '2026-11-28T09:00:00+01:00',
    end: '2026-11-28T09:10:00+01:00',
    participant: [{ actor: PATIENT, status: 'accepted' }],
  },
  Condition: { clinicalStatus: coded(CLINICAL, 'active'), subject: PATIENT, onsetDateTime: '2028-02-29' },
};

/** A valid resource but for these elements; undefined takes one away. */
function spoilt(resourceType: keyof typeof VALID, elements: Elements): FhirResource {
  const resource = { resourceType, ...VALID[resourceType], ...elements };
  return JSON.parse(JSON.stringify(resource)) as FhirResource;
}

/** Who found something, and where. */
const findings = (resource: FhirResource) => [
  ...new Set(faultsOf(resource).map((fault) => fault.split(': ').slice(0, 2).join(': '))),
];

const bundleOf = (resource: unknown) =>
  ({ resourceType: 'Bundle', type: 'collection', entry: [{ resource }] }) as FhirResource;

describe('what is valid R4 has no faults', () => {
  it.each(Object.keys(VALID) as (keyof typeof VALID)[])('a %s', (type) => {
    expect(faultsOf(spoilt(type, {}))).toEqual([]);
    expect(faultsOf(bundleOf(spoilt(type, {})))).toEqual([]);
  });

  it.each<[string, keyof typeof VALID, Elements]>([
    ['an absolute reference', 'Task', { for: { reference: 'https://ehr.example/fhir/Patient/1' } }],
    [
      'a reference within a transaction',
      'Task',
      { owner: { reference: 'urn:uuid:88f151c0-a954-468a-88bd-5ae15c08e059' } },
    ],
    [
      'a required code in whose place an extension says why',
      'Task',
      {
        status: undefined,
        _status: {
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }],
        },
      },
    ],
    [
      'a condition that was entered in error, without clinical status',
      'Condition',
      {
        clinicalStatus: undefined,
        verificationStatus: coded(VERIFICATION, 'entered-in-error'),
      },
    ],
    // con-3 is a warning in R4, so that no validator holds it against a resource.
    ['a problem without clinical status', 'Condition', { clinicalStatus: undefined }],
  ])('%s', (_, type, elements) => {
    expect(faultsOf(spoilt(type, elements))).toEqual([]);
  });
});

describe('what is not valid R4 is found', () => {
  it.each<[string, keyof typeof VALID, Elements, readonly string[]]>([
    ['a missing required code', 'Task', { status: undefined }, ['medplum: Task.status']],
    [
      'a missing required element',
      'MedicationRequest',
      { subject: undefined },
      ['medplum: MedicationRequest.subject', 'json-schema: MedicationRequest'],
    ],
    ['an unknown element', 'Task', { urgency: 'asap' }, ['medplum: Task.urgency', 'json-schema: Task']],
    [
      'an unknown element of an element',
      'ServiceRequest',
      { code: { name: 'EMG' } },
      ['medplum: ServiceRequest.code.name', 'json-schema: ServiceRequest.code'],
    ],
    ['a wrong status', 'Task', { status: 'nonsense' }, ['json-schema: Task.status', 'own: Task.status']],
    // The JSON schema lists no codes for these.
    ['a wrong status', 'MedicationRequest', { status: 'nonsense' }, ['own: MedicationRequest.status']],
    ['a wrong status', 'ServiceRequest', { status: 'nonsense' }, ['own: ServiceRequest.status']],
    ['a wrong intent', 'ServiceRequest', { intent: 'nonsense' }, ['own: ServiceRequest.intent']],
    ['a wrong status', 'Condition', { clinicalStatus: coded(CLINICAL, 'nonsense') }, ['own: Condition.clinicalStatus']],
    [
      'a code of the wrong system',
      'Condition',
      { clinicalStatus: coded(VERIFICATION, 'active') },
      ['own: Condition.clinicalStatus'],
    ],
    [
      'text where a code is required',
      'Condition',
      { clinicalStatus: { text: 'Active' } },
      ['own: Condition.clinicalStatus'],
    ],
    [
      'a malformed date',
      'Task',
      { authoredOn: '21-11-2026' },
      ['medplum: Task.authoredOn', 'json-schema: Task.authoredOn'],
    ],
    ['a time without a zone', 'Task', { authoredOn: '2026-11-21T09:00:00' }, ['json-schema: Task.authoredOn']],
    ['a day that no calendar has', 'Task', { authoredOn: '2026-02-30' }, ['own: Task.authoredOn']],
    ['a wrong JSON type', 'Task', { description: 5 }, ['medplum: Task.description', 'json-schema: Task.description']],
    ['one where there are many', 'Task', { note: { text: 'x' } }, ['medplum: Task.note', 'json-schema: Task.note']],
    ['two values of one element', 'Condition', { onsetString: 'last week' }, ['medplum: onsetString']],
    ['a reference to the wrong type', 'Task', { owner: { reference: 'Medication/1' } }, ['medplum: Task.owner']],
    ['an empty list', 'Task', { note: [] }, ['own: Task.note']],
    ['an empty text', 'Task', { description: '' }, ['json-schema: Task.description', 'own: Task.description']],
  ])('%s, in a %s', (_, type, elements, expected) => {
    expect(findings(spoilt(type, elements))).toEqual(expected);
  });

  it.each<[string, string, keyof typeof VALID, Elements]>([
    ['app-3', 'a booked appointment without start and end', 'Appointment', { start: undefined, end: undefined }],
    ['app-2', 'an appointment with a start but no end', 'Appointment', { status: 'proposed', end: undefined }],
    ['con-4', 'a condition that is over and active', 'Condition', { abatementDateTime: '2026-11-01' }],
    [
      'con-5',
      'a condition that was entered in error and is active',
      'Condition',
      { verificationStatus: coded(VERIFICATION, 'entered-in-error') },
    ],
  ])('invariant %s: %s', (key, _, type, elements) => {
    expect(faultsOf(spoilt(type, elements))).toEqual([
      expect.stringMatching(`^medplum: ${type}: Constraint ${key} not met`),
    ]);
  });

  it('a fault deep in a bundle, with its path', () => {
    expect(findings(bundleOf(spoilt('Task', { status: 'nonsense', intent: undefined })))).toEqual([
      'medplum: Bundle.entry[0].resource.intent',
      'json-schema: Bundle.entry[0].resource.status',
      'own: Bundle.entry[0].resource.status',
    ]);
    const contained = spoilt('Task', { contained: [{ resourceType: 'Patient', id: 'p', gender: 'nonsense' }] });
    expect(findings(contained)).toEqual(['json-schema: Task.contained[0].gender', 'own: Task.contained[0].gender']);
  });

  it('a type that R4 does not have', () => {
    const unknown = { resourceType: 'MedicationOrder' } as unknown as FhirResource;
    expect(findings(unknown)).toContain('json-schema: MedicationOrder');
    expect(findings(bundleOf(unknown))).toContain('json-schema: Bundle.entry[0].resource');
  });
});

describe('the example patients are valid R4', () => {
  const examples = readExamples().map(({ id, request: { prefetch, context } }) => ({
    id,
    resources: [...Object.values(prefetch), ...Object.values(context)].filter(
      (value): value is Elements & FhirResource => isObject(value) && 'resourceType' in value,
    ),
  }));

  it.each(examples)('$id', ({ resources }) => {
    expect(resources.length).toBeGreaterThan(0);
    expect(resources.flatMap(faultsOf)).toEqual([]);
  });
});
