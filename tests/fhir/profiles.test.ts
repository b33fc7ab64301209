/** Our profiles: they are FHIR, what we read of the example patients conforms to them, and each refuses what it is there to refuse. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { condition, coded, observation, record, CODE_SETS } from '../support/records.js';
import { conceptsOf } from '../../src/fhir/references.js';
import { PATIENT } from '../support/requests.js';
import { PROFILES, profileFaults } from '../support/profiles.js';
import { readStories } from '../support/stories.js';
import { faultsOf } from '../support/validate.js';

const DAY = '2026-11-21';
const subject = { reference: `Patient/${PATIENT}` };
const step = (value: number) => ({
  sequence: 1,
  text: `${value} mg a day`,
  timing: { repeat: { boundsPeriod: { start: DAY, end: DAY }, frequency: 1, period: 1, periodUnit: 'd' } },
  doseAndRate: [{ doseQuantity: { value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
});
const request = (type: string, more: Readonly<Record<string, unknown>>) =>
  record(type, {
    status: 'draft',
    intent: 'proposal',
    authoredOn: DAY,
    instantiatesCanonical: ['urn:template'],
    ...more,
  });
const course = (more: Readonly<Record<string, unknown>> = {}) =>
  request('MedicationRequest', {
    medicationCodeableConcept: coded('prednisone'),
    dosageInstruction: [step(60)],
    dispenseRequest: {
      expectedSupplyDuration: { value: 1, unit: 'd', system: 'http://unitsofmeasure.org', code: 'd' },
    },
    ...more,
  });
const visit = (more: Readonly<Record<string, unknown>> = {}): FhirResource => ({
  resourceType: 'Appointment',
  status: 'proposed',
  serviceType: [coded('gp-visit')],
  requestedPeriod: [{ start: DAY }],
  participant: [{ actor: subject, status: 'needs-action' }],
  ...more,
});
const task = (more: Readonly<Record<string, unknown>> = {}): FhirResource =>
  ({
    resourceType: 'Task',
    status: 'draft',
    intent: 'proposal',
    code: coded('task-coping'),
    description: 'ask',
    for: subject,
    authoredOn: DAY,
    instantiatesCanonical: 'urn:template',
    ...more,
  }) as unknown as FhirResource;
const suspected = (more: Readonly<Record<string, unknown>> = {}) =>
  condition('neuralgic-amyotrophy', DAY, [], {
    verificationStatus: { coding: [{ code: 'provisional' }] },
    category: [coded('problem-list-item')],
    recordedDate: DAY,
    ...more,
  });
const score = (more: Readonly<Record<string, unknown>> = {}) =>
  observation('nrs-pain', DAY, ['site-arm'], { valueInteger: 7, ...more });
const strength = (more: Readonly<Record<string, unknown>> = {}) =>
  observation('muscle-strength-mrc', DAY, ['muscle-deltoid', 'side-left'], { valueInteger: 3, ...more });
const found = (more: Readonly<Record<string, unknown>> = {}) =>
  observation('winged-scapula', DAY, [], { valueBoolean: true, ...more });

/** A resource that conforms to a profile, and ones that must not. */
const INSTANCES: Readonly<Record<string, readonly [FhirResource, Readonly<Record<string, FhirResource>>]>> = {
  'prednisone-course': [
    course(),
    {
      'more than 60 mg on a day': course({ dosageInstruction: [step(61)] }),
      'a step without its days': course({ dosageInstruction: [{ ...step(60), timing: { repeat: { frequency: 1 } } }] }),
      'another drug': course({ medicationCodeableConcept: coded('diclofenac') }),
      'no length': course({ dispenseRequest: {} }),
      'a signed order': course({ status: 'active' }),
    },
  ],
  'drug-proposal': [
    course(),
    {
      'a dose without words': course({ dosageInstruction: [{ ...step(60), text: undefined }] }),
      'a dose in tablets': course({
        dosageInstruction: [{ ...step(1), doseAndRate: [{ doseQuantity: { value: 1 } }] }],
      }),
      'no dose': course({ dosageInstruction: undefined }),
    },
  ],
  'examination-proposal': [
    request('ServiceRequest', { code: coded('mri-cervical'), occurrencePeriod: { start: DAY } }),
    {
      'no code': request('ServiceRequest', {}),
      'a window without a beginning': request('ServiceRequest', { code: coded('emg'), occurrencePeriod: { end: DAY } }),
      'an order': request('ServiceRequest', { code: coded('emg'), intent: 'order' }),
    },
  ],
  'referral-proposal': [
    request('ServiceRequest', { code: coded('referral-neurology') }),
    {
      'an image': request('ServiceRequest', { code: coded('mri-cervical') }),
      'a day': request('ServiceRequest', { code: coded('referral-neurology'), occurrenceDateTime: DAY }),
    },
  ],
  'task-proposal': [
    task(),
    { 'nobody it is for': task({ for: undefined }), 'no words': task({ description: undefined }) },
  ],
  'visit-proposal': [
    visit(),
    {
      'no days': visit({ requestedPeriod: undefined }),
      'days without a beginning': visit({ requestedPeriod: [{ end: DAY }] }),
      'a slot': visit({ start: `${DAY}T09:00:00Z`, end: `${DAY}T09:15:00Z` }),
      'another service': visit({ serviceType: [coded('emg')] }),
    },
  ],
  'suspected-na': [
    suspected(),
    {
      'a confirmed one': suspected({ verificationStatus: { coding: [{ code: 'confirmed' }] } }),
      'another disease': suspected({ code: coded('low-back-pain') }),
      'no day of recording': suspected({ recordedDate: undefined }),
    },
  ],
  'pain-score': [
    score(),
    {
      eleven: score({ valueInteger: 11 }),
      'one below zero': score({ valueInteger: -1 }),
      'a word': score({ valueInteger: undefined, valueString: 'severe' }),
      'another score': score({ code: coded('body-weight') }),
      'no day': score({ effectiveDateTime: undefined }),
    },
  ],
  'muscle-strength': [
    strength({ valueInteger: undefined, valueString: '4+' }),
    {
      six: strength({ valueInteger: 6 }),
      'another word': strength({ valueInteger: undefined, valueString: 'weak' }),
      'no muscle': strength({ bodySite: undefined }),
    },
  ],
  finding: [
    found(),
    {
      'a number': found({ valueBoolean: undefined, valueInteger: 1 }),
      'no answer': found({ valueBoolean: undefined }),
    },
  ],
  'alarm-finding': [
    observation('saddle-anaesthesia', DAY, [], { valueBoolean: true }),
    { 'no day': observation('saddle-anaesthesia', DAY, [], { valueBoolean: true, effectiveDateTime: undefined }) },
  ],
  complaint: [
    condition('neck-pain', DAY, ['site-neck']),
    { 'no onset': condition('neck-pain', undefined, ['site-neck']), 'no place': condition('neck-pain', DAY) },
  ],
};

describe('our profiles', () => {
  it('each has instances here, and each instance a profile', () => {
    expect(Object.keys(INSTANCES).sort()).toEqual([...PROFILES.keys()].sort());
  });

  it.each([...PROFILES])('%s is valid R4 and narrows only what R4 has', (id, profile) => {
    // The JSON schema is that of 4.0.0, and knows no later version.
    expect(faultsOf({ ...profile, fhirVersion: '4.0.0' })).toEqual([]);
    expect(profile.fhirVersion).toBe('4.0.1');
    expect(profile.url).toBe(`https://plexus-cds.example/fhir/StructureDefinition/${id}`);
  });

  it.each(Object.entries(INSTANCES))('%s admits what it is for', (id, [good]) => {
    expect(profileFaults(id, good)).toEqual([]);
  });

  it.each(
    Object.entries(INSTANCES).flatMap(([id, [, bad]]) =>
      Object.entries(bad).map(([what, one]) => [id, what, one] as const),
    ),
  )('%s refuses %s', (id, _what, one) => {
    expect(profileFaults(id, one)).not.toEqual([]);
  });
});

describe('the records of the example patients', () => {
  const now = { now: Date.parse(`${DAY}T10:00:00+01:00`), zone: 'Europe/Amsterdam' };
  const resources = readStories().flatMap(({ request: told }) => {
    const { prefetch } = resolveTokens(told, now) as { prefetch: Readonly<Record<string, unknown>> };
    return Object.values(prefetch).flatMap((value) =>
      ((value as { entry?: readonly { resource: FhirResource }[] } | null)?.entry ?? []).map(
        ({ resource }) => resource,
      ),
    );
  });
  const withConcept = (type: string, concept: string) =>
    resources.filter(
      (resource) =>
        resource.resourceType === type &&
        conceptsOf((resource as { code?: unknown }).code, CODE_SETS).includes(concept) &&
        (resource as { status?: unknown }).status === 'final',
    );

  it.each([
    ['pain-score', 'nrs-pain'],
    ['muscle-strength', 'muscle-strength-mrc'],
    ['alarm-finding', 'saddle-anaesthesia'],
    ['alarm-finding', 'urinary-retention'],
    ['finding', 'winged-scapula'],
  ])('conform to %s where they say %s', (profile, concept) => {
    const meant = withConcept('Observation', concept);
    expect(meant.length).toBeGreaterThan(0);
    const faults = meant.map((resource) => profileFaults(profile, resource)).filter((one) => one.length > 0);
    expect(faults).toEqual([]);
  });
});
