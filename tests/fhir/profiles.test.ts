/** Our profiles: each admits its example and what we read of the example patients, and refuses what it is there to refuse. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { conceptsOf } from '../../src/fhir/references.js';
import { filesBelow, readText, ROOT } from '../support/files.js';
import { coded, CODE_SETS } from '../support/records.js';
import { PROFILES, profileFaults } from '../support/profiles.js';
import { readStories } from '../support/stories.js';

const DAY = '2026-11-21';

/** The example of a profile, which conforms to it. */
const instanceOf = (id: string): FhirResource =>
  JSON.parse(readText(`fhir-profiles/instances/${id}.json`)) as FhirResource;
/** The example with these elements in the place of its own; undefined takes one away. */
const spoilt = (id: string, elements: Readonly<Record<string, unknown>>): FhirResource => ({
  ...instanceOf(id),
  ...elements,
});
const step = (value: number, more: Readonly<Record<string, unknown>> = {}) => ({
  sequence: 1,
  text: `${value} mg a day`,
  timing: { repeat: { boundsPeriod: { start: DAY, end: DAY }, frequency: 1, period: 1, periodUnit: 'd' } },
  doseAndRate: [{ doseQuantity: { value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
  ...more,
});

/** What each profile must refuse, as changes of its example. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>> = {
  'prednisone-course': {
    'more than 60 mg on a day': { dosageInstruction: [step(61)] },
    'a step without its days': { dosageInstruction: [step(60, { timing: { repeat: { frequency: 1 } } })] },
    'another drug': { medicationCodeableConcept: coded('diclofenac') },
    'no length': { dispenseRequest: {} },
    'a signed order': { status: 'active' },
  },
  'drug-proposal': {
    'a dose without words': { dosageInstruction: [step(60, { text: undefined })] },
    'a dose in tablets': { dosageInstruction: [step(1, { doseAndRate: [{ doseQuantity: { value: 1 } }] })] },
    'no dose': { dosageInstruction: undefined },
  },
  'examination-proposal': {
    'no code': { code: undefined },
    'a window without a beginning': { occurrencePeriod: { end: DAY } },
    'an order': { intent: 'order' },
  },
  'referral-proposal': {
    'an image': { code: coded('mri-cervical') },
    'a day': { occurrenceDateTime: DAY },
  },
  'task-proposal': {
    'nobody it is for': { for: undefined },
    'no words': { description: undefined },
  },
  'visit-proposal': {
    'no days': { requestedPeriod: undefined },
    'days without a beginning': { requestedPeriod: [{ end: DAY }] },
    'a slot': { start: `${DAY}T09:00:00Z`, end: `${DAY}T09:15:00Z` },
    'another service': { serviceType: [coded('emg')] },
  },
  'suspected-na': {
    'a confirmed one': { verificationStatus: { coding: [{ code: 'confirmed' }] } },
    'another disease': { code: coded('low-back-pain') },
    'no day of recording': { recordedDate: undefined },
  },
  'pain-score': {
    eleven: { valueInteger: 11 },
    'one below zero': { valueInteger: -1 },
    'a word': { valueInteger: undefined, valueString: 'severe' },
    'another score': { code: coded('body-weight') },
    'no day': { effectiveDateTime: undefined },
  },
  'muscle-strength': {
    six: { valueInteger: 6 },
    'another word': { valueInteger: undefined, valueString: 'weak' },
    'no muscle': { bodySite: undefined },
  },
  finding: {
    'a number': { valueBoolean: undefined, valueInteger: 1 },
    'no answer': { valueBoolean: undefined },
  },
  'alarm-finding': { 'no day': { effectiveDateTime: undefined } },
  complaint: { 'no onset': { onsetDateTime: undefined }, 'no place': { bodySite: undefined } },
};

/** At the edge of what a profile admits. */
const ADMITTED: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
  ['prednisone-course', '60 mg on a day', { dosageInstruction: [step(60)] }],
  ['drug-proposal', 'a dose in words only', { dosageInstruction: [{ text: 'As the formulary says' }] }],
  ['examination-proposal', 'a window that begins', { occurrencePeriod: { start: DAY } }],
  ['visit-proposal', 'days without an end', { requestedPeriod: [{ start: DAY }] }],
  ['pain-score', 'ten', { valueInteger: 10 }],
  ['pain-score', 'zero', { valueInteger: 0 }],
  ['muscle-strength', 'five', { valueInteger: 5 }],
  ['muscle-strength', '4+ in words', { valueInteger: undefined, valueString: '4+' }],
];

describe('our profiles', () => {
  it('each has an example, named by it, and something that it refuses', () => {
    const examples = filesBelow('fhir-profiles/instances', '.json').map((path) => basename(path, '.json'));
    expect(examples).toEqual([...PROFILES.keys()].sort());
    expect(Object.keys(REFUSED).sort()).toEqual(examples);
    for (const id of examples) {
      expect(instanceOf(id).meta?.profile).toEqual([PROFILES.get(id)?.url]);
      expect(instanceOf(id).id).toBe(`${id}-example`);
    }
  });

  it('each is of R4, and each national profile beside it stands in the notes on terminology', ({ skip }) => {
    expect(new Set([...PROFILES.values()].map(({ fhirVersion }) => fhirVersion))).toEqual(new Set(['4.0.1']));
    const notes = resolve(ROOT, process.env['PLEXUS_KNOWLEDGE_DIR'] ?? '../shared', 'knowledge/terminology.md');
    skip(!existsSync(notes), 'no knowledge folder');
    const text = readFileSync(notes, 'utf8');
    const mapped = [...PROFILES.values()].flatMap(({ mapping = [] }) => mapping.map(({ uri = '' }) => uri));
    expect(mapped.length).toBeGreaterThan(0);
    expect(mapped.filter((uri) => !text.includes(basename(uri)))).toEqual([]);
  });

  it.each([...PROFILES.keys()])('%s admits its example', (id) => {
    expect(profileFaults(id, instanceOf(id))).toEqual([]);
  });

  it.each(ADMITTED)('%s admits %s', (id, _what, elements) => {
    expect(profileFaults(id, spoilt(id, elements))).toEqual([]);
  });

  it.each(
    Object.entries(REFUSED).flatMap(([id, changes]) =>
      Object.entries(changes).map(([what, elements]) => [id, what, elements] as const),
    ),
  )('%s refuses %s', (id, _what, elements) => {
    expect(profileFaults(id, spoilt(id, elements))).not.toEqual([]);
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
