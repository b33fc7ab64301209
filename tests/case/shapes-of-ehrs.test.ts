/**
 * The shapes in which EHRs really send a record: each is read as what it says, or named in the trace by place and kind.
 * Epic and the public sandbox (objects for lists, OIDs), Belgian R4; for the STU3 of Dutch GP systems see `dutch-gp.test.ts`.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { readDosages } from '../../src/facts/derive/dosage.js';
import { CALENDAR, CODE_SETS, caseOf, coded, condition, daysAgo, observation, record } from '../support/records.js';
import { PATIENT } from '../support/requests.js';

type Elements = Readonly<Record<string, unknown>>;

const of = (system: string, code: string) => ({ coding: [{ system, code }] });
const patient = { reference: `Patient/${PATIENT}` };
const kindsOf = ({ tolerated }: Case): readonly string[] => tolerated.map(({ where, what }) => `${where}: ${what}`);
const leftOutOf = ({ excluded }: Case): readonly string[] => excluded.map(({ where, reason }) => `${where}: ${reason}`);
const conceptsIn = (theCase: Case): readonly string[] =>
  (theCase.byType.get('Condition') ?? []).flatMap(({ concepts }) => concepts);

describe('code systems by their OID', () => {
  it.each([
    ['SNOMED CT', '2.16.840.1.113883.6.96', '45326000', 'shoulder-pain'],
    ['ICD-10-CM, where the code is one of ICD-10', '2.16.840.1.113883.6.90', 'G54.5', 'neuralgic-amyotrophy'],
    ['ICD-10-CM, finer than ICD-10', '2.16.840.1.113883.6.90', 'M54.50', 'low-back-pain'],
    ['ICPC-1-NL', '2.16.840.1.113883.2.4.4.31.1', 'L03', 'low-back-pain'],
  ])('%s', (_, oid, code, concept) => {
    for (const system of [`urn:oid:${oid}`, oid]) {
      const theCase = caseOf([condition('', daysAgo(3), [], { code: of(system, code) })]);
      expect(conceptsIn(theCase)).toContain(concept);
      expect(kindsOf(theCase)).toEqual(['Condition.code: another name of the code system']);
    }
  });

  it.each([
    ['RxNorm', 'urn:oid:2.16.840.1.113883.6.88', '8640', 'prednisone'],
    ['ATC', 'urn:oid:2.16.840.1.113883.6.73', 'H02AB07', 'prednisone'],
    ['LOINC', 'urn:oid:2.16.840.1.113883.6.1', '72514-3', 'nrs-pain'],
  ])('%s', (_, system, code, concept) => {
    expect(CODE_SETS.conceptsOf({ system, code })).toContain(concept);
    expect(CODE_SETS.isAlias(system)).toBe(true);
  });

  it('a code of ICD-10-CM that ICD-10 does not have stands for nothing', () => {
    expect(CODE_SETS.conceptsOf({ system: 'urn:oid:2.16.840.1.113883.6.90', code: 'C7A.00' })).toEqual([]);
  });

  it.each([
    ['http://snomed.info/sct', false],
    ['urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.9.1', false],
    ['https://his.example/codes', false],
    ['http://hl7.org/fhir/sid/icd-10-cm', true],
  ])('%s is another name: %s', (system, expected) => {
    expect(CODE_SETS.isAlias(system)).toBe(expected);
  });
});

describe('RxNorm and CPT of the public sandbox', () => {
  const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
  const CPT = 'http://www.ama-assn.org/go/cpt';

  it.each([
    [RXNORM, ['8640', '312615', '198144', '198145', '198146', '198148', '312617'], 'draft-pred'],
    [RXNORM, ['3355', '5640', '7258'], 'draft-nsaid'],
    [RXNORM, ['7804'], 'draft-opioid'],
    [CPT, ['72141', '72142', '72156', '72125', '72126', '72127'], 'draft-img-neck'],
    [CPT, ['72148', '72149', '72158', '72131', '72132', '72133'], 'draft-img-back'],
  ])('%s %j: %s', (system, codes, kind) => {
    for (const code of codes) expect(CODE_SETS.conceptsOf({ system, code }), code).toContain(kind);
  });
});

describe('a list and its only element', () => {
  const complaint = condition('shoulder-pain', daysAgo(3), ['site-shoulder', 'side-left']) as unknown as Elements;
  const score = observation('nrs-pain', daysAgo(1), [], { valueQuantity: { value: 8 } }) as unknown as Elements;
  const drug = {
    ...record('MedicationRequest', { status: 'active', medicationCodeableConcept: coded('prednisone') }),
  };
  const asCase = (elements: unknown): Case => caseOf([elements as FhirResource]);
  const OBJECT = 'an object in place of a list';
  const LIST = 'a list in place of an object';

  it.each([
    ['Condition.bodySite', OBJECT, complaint, { bodySite: coded('site-shoulder', 'side-left') }],
    ['Condition.category', OBJECT, complaint, { category: coded('x') }],
    ['Condition.code.coding', OBJECT, complaint, { code: { coding: coded('shoulder-pain')['coding']![0 as never] } }],
    ['Condition.code', LIST, complaint, { code: [coded('shoulder-pain')] }],
    ['Condition.subject', LIST, complaint, { subject: [patient] }],
    ['Condition.onsetPeriod', LIST, complaint, { onsetDateTime: undefined, onsetPeriod: [{ start: daysAgo(3) }] }],
  ])('%s: %s', (where, what, base, elements) => {
    const theCase = asCase({ ...base, ...elements });
    expect(theCase.episodes).toMatchObject([{ side: 'left', onset: { first: expect.any(Number) as number } }]);
    expect(kindsOf(theCase)).toEqual([`${where}: ${what}`]);
  });

  it.each([
    ['Observation.valueQuantity', { valueQuantity: [{ value: 8 }] }],
    ['Observation.method', { method: [coded('scale-nrs')] }],
    ['Observation.bodySite', { bodySite: [coded('site-shoulder')] }],
  ])('%s: a list in place of an object', (where, elements) => {
    const theCase = asCase({ ...score, ...elements });
    expect(theCase.scores).toMatchObject([{ value: 8 }]);
    expect(kindsOf(theCase)).toEqual([`${where}: ${LIST}`]);
  });

  it('of two values for one none is chosen', () => {
    const theCase = asCase({ ...score, valueQuantity: [{ value: 8 }, { value: 3 }] });
    expect(theCase.scores).toEqual([]);
    expect(leftOutOf(theCase)).toEqual(['Observation: pain score without a number']);
  });

  it('a dose is read through every wrong shape', () => {
    const dosageInstruction = {
      timing: [{ repeat: [{ frequency: 1, period: 1, periodUnit: 'd' }] }],
      doseAndRate: { doseQuantity: [{ value: 60, unit: 'mg' }] },
    };
    const draft = { ...drug, status: 'draft', intent: 'order', reasonCode: coded('neuralgic-amyotrophy') };
    const theCase = caseOf([], {
      hook: 'order-sign',
      drafts: [{ ...draft, dosageInstruction } as unknown as FhirResource],
    });
    expect(readDosages(theCase.drafts[0], CALENDAR)).toMatchObject([{ daily: 60 }]);
    expect(theCase.drafts[0]?.reasonConcepts).toContain('neuralgic-amyotrophy');
    expect(kindsOf(theCase)).toHaveLength(6);
  });

  it('a record of the right shape is noted nowhere', () => {
    for (const one of [complaint, score, drug]) expect(asCase(one).tolerated).toEqual([]);
  });
});

describe('an order that is still being written', () => {
  const draft = (elements: Elements): Case =>
    caseOf([], {
      hook: 'order-select',
      drafts: [record('MedicationRequest', { status: 'draft', intent: 'order', ...elements })],
    });

  it.each([
    ['without a drug', {}, 'MedicationRequest without a drug yet'],
    [
      'with a drug in words',
      { medicationCodeableConcept: { text: 'prednison' } },
      'MedicationRequest: text without a code',
    ],
    ['by display only', { medicationReference: { display: 'prednison' } }, 'MedicationRequest: text without a code'],
    [
      'without intent',
      { intent: undefined, medicationCodeableConcept: coded('prednisone') },
      'MedicationRequest without an intent',
    ],
  ])('%s', (_, elements, what) => {
    expect(draft(elements).tolerated).toEqual([{ where: 'context.draftOrders', what }]);
  });
});

describe('a pain score', () => {
  const SNOMED = 'http://snomed.info/sct';
  const METHOD = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.9.1';
  const score = (seen: Elements) =>
    caseOf([observation('', daysAgo(1), [], { code: of(SNOMED, '225908003'), ...seen })]);

  it('10 by the method VAS100 is 1, as in the example of the Dutch profile', () => {
    expect(score({ valueQuantity: { value: 10 }, method: of(METHOD, 'VAS100') }).scores).toMatchObject([{ value: 1 }]);
  });

  it('of which the unit for people says "of 100" is no score of 10', () => {
    const quantity = { value: 8, code: '{score}', unit: '/100' };
    const theCase = caseOf([observation('nrs-pain', daysAgo(1), [], { valueQuantity: quantity })]);
    expect(theCase.scores).toMatchObject([{ value: 0.8 }]);
  });

  it('without method and unit is of unknown scale', () => {
    expect(leftOutOf(score({ valueInteger: 10 }))).toEqual(['Observation: pain score of unknown scale']);
  });

  it('NRS2002 of the Belgian score list is about nutrition', () => {
    const BELGIAN = 'https://www.ehealth.fgov.be/standards/fhir/core-clinical/CodeSystem/be-cs-score';
    const theCase = score({ code: { ...of(BELGIAN, 'NRS2002'), text: 'NRS 2002' }, valueInteger: 5 });
    expect(theCase.scores).toEqual([]);
    expect(leftOutOf(theCase)).toEqual(['Observation: no code that the rules know']);
  });
});

describe('a date', () => {
  it.each([
    ['onsetDateTime', '12-10-2026'],
    ['onsetDateTime', '2026-02-30'],
    ['onsetPeriod', { start: 'vorige week' }],
  ])('%s %j that is none leaves the onset unknown, and is noted without the value', (element, value) => {
    const theCase = caseOf([condition('neck-pain', undefined, [], { [element]: value })]);
    expect(theCase.episodes).toMatchObject([{ id: 'e1' }]);
    expect(theCase.episodes[0]?.onset).toBeUndefined();
    expect(kindsOf(theCase)).toEqual([`Condition.${element}: no date, read as not recorded`]);
  });

  it.each([['2026'], ['2026-11']])('%s is as precise as it was written', (onset) => {
    const [episode] = caseOf([condition('neck-pain', onset)]).episodes;
    expect(episode!.onset!.last).toBeGreaterThan(episode!.onset!.first);
  });
});

describe('the side in national profiles', () => {
  const SNOMED = 'http://snomed.info/sct';
  const right = { system: SNOMED, code: '24028007' };
  const BELGIAN = 'https://www.ehealth.fgov.be/standards/fhir/core-clinical/StructureDefinition/be-ext-laterality';

  it.each([
    ['Belgian R4', { url: BELGIAN, valueCoding: right }],
    [
      'Dutch R4',
      {
        url: 'http://nictiz.nl/fhir/StructureDefinition/ext-AnatomicalLocation.Laterality',
        valueCodeableConcept: { coding: [right] },
      },
    ],
    [
      'Dutch STU3',
      {
        url: 'http://nictiz.nl/fhir/StructureDefinition/BodySite-Qualifier',
        valueCodeableConcept: { coding: [right] },
      },
    ],
  ])('%s', (_, extension) => {
    const bodySite = [{ ...of(SNOMED, '16982005'), extension: [extension] }];
    expect(caseOf([condition('shoulder-pain', daysAgo(3), [], { bodySite })]).episodes).toMatchObject([
      { side: 'right' },
    ]);
  });
});
