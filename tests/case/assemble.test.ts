/** What of a record is used, what is left out and counted, and that the order in which it was sent has no influence. */
import fc from 'fast-check';
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { ServiceError } from '../../src/errors.js';
import { isoDay } from '../../src/fhir/dates.js';
import {
  assembleAll,
  caseOf,
  coded,
  condition,
  daysAgo,
  finding,
  nrs,
  observation,
  record,
  strength,
  weight,
} from '../support/records.js';
import { PATIENT } from '../support/requests.js';

const excludedOf = ({ excluded }: Case): Record<string, number> =>
  excluded.reduce<Record<string, number>>(
    (counts, { reason, count }) => ({ ...counts, [reason]: (counts[reason] ?? 0) + count }),
    {},
  );
const patient = (id: string) => ({ resourceType: 'Patient', id }) as FhirResource;

describe('whose record it is', () => {
  const attempt = (...resources: readonly FhirResource[]): unknown => {
    try {
      return assembleAll(resources);
    } catch (error) {
      return error;
    }
  };

  it('without the patient the answer is 412', () => {
    const error = attempt(finding('fever', true, daysAgo(1)));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: 'patient-missing', status: 412 });
  });

  it('with another patient the answer is 422', () => {
    expect(attempt(patient('somebody-else'))).toMatchObject({ code: 'patient-mismatch', status: 422 });
  });

  it('another patient beside ours is no fault', () => {
    expect(attempt(patient('somebody-else'), patient(PATIENT))).toMatchObject({ patient: { id: PATIENT } });
  });

  it('a record of another patient, or of none, is left out and counted', () => {
    const theCase = caseOf([
      condition('shoulder-pain', daysAgo(1), [], { subject: { reference: 'Patient/somebody-else' } }),
      finding('fever', true, daysAgo(1)),
      record('Observation', { status: 'final', code: coded('fever'), subject: undefined, valueBoolean: true }),
      record('Appointment', {
        status: 'booked',
        serviceType: [coded('gp-visit')],
        participant: [{ actor: { reference: 'Patient/somebody-else' } }],
      }),
    ]);
    expect(excludedOf(theCase)).toEqual({ 'other patient': 2, 'no patient': 1 });
    expect(theCase.episodes).toEqual([]);
    expect(theCase.findings.get('fever')).toHaveLength(1);
  });

  it.each([
    ['relative', `Patient/${PATIENT}`],
    ['absolute', `https://ehr.example.org/fhir/Patient/${PATIENT}`],
    ['versioned', `Patient/${PATIENT}/_history/3`],
  ])('a %s reference is the patient', (_, reference) => {
    expect(caseOf([condition('shoulder-pain', daysAgo(1), [], { subject: { reference } })]).episodes).toHaveLength(1);
  });
});

describe('what is void is left out and counted', () => {
  const verification = (code: string) => ({ verificationStatus: { coding: [{ code }] } });

  it.each([
    ['a condition entered in error', condition('shoulder-pain', daysAgo(1), [], verification('entered-in-error'))],
    ['an observation entered in error', observation('fever', daysAgo(1), [], { status: 'entered-in-error' })],
    ['a cancelled observation', observation('fever', daysAgo(1), [], { status: 'cancelled' })],
    ['a revoked order', record('ServiceRequest', { status: 'revoked', code: coded('mri-cervical') })],
    ['an order not to do it', record('ServiceRequest', { status: 'active', doNotPerform: true, code: coded('emg') })],
    [
      'a drug that is only a plan',
      record('MedicationRequest', { status: 'active', intent: 'plan', medicationCodeableConcept: coded('prednisone') }),
    ],
  ])('%s', (_, resource) => {
    const theCase = caseOf([resource]);
    expect(excludedOf(theCase)).toEqual({ void: 1 });
    expect(theCase.byType.size).toBe(0);
  });

  it('a refuted diagnosis is kept as refuted, and is neither complaint nor finding', () => {
    const theCase = caseOf([condition('neuralgic-amyotrophy', daysAgo(1), ['site-shoulder'], verification('refuted'))]);
    expect(theCase.byType.get('Condition')).toMatchObject([{ state: 'refuted' }]);
    expect(theCase.episodes).toEqual([]);
    expect(theCase.findings.size).toBe(0);
  });

  it('an unknown modifier extension can turn the meaning around: left out', () => {
    const modifierExtension = [{ url: 'https://example.org/not', valueBoolean: true }];
    const theCase = caseOf([observation('fever', daysAgo(1), [], { valueBoolean: true, modifierExtension })]);
    expect(excludedOf(theCase)).toEqual({ 'unknown modifier extension': 1 });
  });

  it.each([
    ['active', 'active'],
    ['recurrence', 'active'],
    ['relapse', 'active'],
    ['remission', 'past'],
    ['resolved', 'past'],
    ['inactive', 'past'],
  ])('a condition that is %s is %s', (code, state) => {
    const theCase = caseOf([condition('shoulder-pain', daysAgo(9), [], { clinicalStatus: { coding: [{ code }] } })]);
    expect(theCase.byType.get('Condition')).toMatchObject([{ state }]);
    expect(theCase.episodes).toHaveLength(state === 'active' ? 1 : 0);
  });

  it.each([
    ['a local code', { coding: [{ system: 'https://his.example', code: 'A' }] }, 'active'],
    ['a bare word of its own', 'lopend', 'active'],
    ['a local code before that of FHIR', { coding: [{ code: 'X' }, { code: 'resolved' }] }, 'past'],
    ['the bare word of STU3', 'resolved', 'past'],
    ['codings that are no list', { coding: { code: 'inactive' } }, 'past'],
    ['nothing readable', [null, { coding: [null] }], 'active'],
  ])('a clinical status that is %s hides no present complaint', (_, clinicalStatus, state) => {
    const theCase = caseOf([condition('shoulder-pain', daysAgo(9), [], { clinicalStatus })]);
    expect(theCase.byType.get('Condition')).toMatchObject([{ state }]);
    expect(theCase.episodes).toHaveLength(state === 'active' ? 1 : 0);
  });

  it('a clinical status of an unknown code leaves it to the end, and an allergy present', () => {
    const clinicalStatus = { coding: [{ code: 'local' }] };
    const ended = { clinicalStatus, abatementDateTime: daysAgo(2) };
    expect(caseOf([condition('shoulder-pain', daysAgo(9), [], ended)]).episodes).toEqual([]);
    const allergy = record('AllergyIntolerance', { clinicalStatus, code: coded('prednisone') });
    const theCase = caseOf([allergy, allergy, condition('shoulder-pain', daysAgo(9))]);
    expect(theCase.byType.get('AllergyIntolerance')).toMatchObject([{ state: 'active' }]);
    expect(theCase.tolerated).toEqual([
      { where: 'AllergyIntolerance.clinicalStatus', what: 'unknown code, read as no status' },
    ]);
  });

  it('without a clinical status an end makes it past', () => {
    const ended = { clinicalStatus: undefined, abatementDateTime: daysAgo(2) };
    expect(caseOf([condition('shoulder-pain', daysAgo(9), [], ended)]).episodes).toEqual([]);
    expect(caseOf([condition('shoulder-pain', daysAgo(9), [], { clinicalStatus: undefined })]).episodes).toHaveLength(
      1,
    );
  });
});

describe('a pain score that cannot be placed on 0-10 without guessing is left out and counted (AMB-01)', () => {
  const NRS = 'nrs-pain';
  const score = (code: string, seen: Readonly<Record<string, unknown>>) =>
    caseOf([observation(code, daysAgo(1), [], seen)]);

  it.each([
    ['NRS 11', NRS, { valueInteger: 11 }, 'pain score out of range'],
    ['NRS 10.5', NRS, { valueQuantity: { value: 10.5 } }, 'pain score out of range'],
    ['NRS -1', NRS, { valueInteger: -1 }, 'pain score out of range'],
    ['"8" as text', NRS, { valueString: '8' }, 'pain score without a number'],
    ['"8" where a number belongs', NRS, { valueInteger: '8' }, 'pain score without a number'],
    ['"hevig"', NRS, { valueString: 'hevig' }, 'pain score without a number'],
    ['no value', NRS, {}, 'pain score without a number'],
    ['more than 8', NRS, { valueQuantity: { value: 8, comparator: '>' } }, 'pain score with a comparator'],
    ['80 on a VAS of unknown length', 'pain-score-vas', { valueInteger: 80 }, 'pain score of unknown scale'],
    ['8 on a VAS of unknown length', 'pain-score-vas', { valueInteger: 8 }, 'pain score of unknown scale'],
    ['a zib score without method', 'pain-score-zib', { valueInteger: 8 }, 'pain score of unknown scale'],
    [
      'a broken number without a scale',
      'pain-score-any',
      { valueQuantity: { value: 7.5 } },
      'pain score of unknown scale',
    ],
    ['50 without a scale', 'pain-score-any', { valueInteger: 50 }, 'pain score out of range'],
    ['VAS 101 of 100', 'pain-score-vas', { valueQuantity: { value: 101, unit: 'mm' } }, 'pain score out of range'],
    ['without a date', NRS, { valueInteger: 8, effectiveDateTime: undefined }, 'pain score without a date'],
    ['of some day in November', NRS, { valueInteger: 8, effectiveDateTime: '2026-11' }, 'pain score without a date'],
  ])('%s', (_, code, seen, reason) => {
    const theCase = score(code, seen);
    expect(theCase.scores).toEqual([]);
    expect(excludedOf(theCase)).toEqual({ [reason]: 1 });
  });

  it.each([
    ['NRS 0', NRS, { valueInteger: 0 }, 0],
    ['NRS 10', NRS, { valueInteger: 10 }, 10],
    ['NRS 6.9, not rounded', NRS, { valueQuantity: { value: 6.9 } }, 6.9],
    ['VAS 73 mm', 'pain-score-vas', { valueQuantity: { value: 73, unit: 'mm' } }, 7.3],
    ['VAS 73 with the method VAS 100', 'pain-score-vas', { valueInteger: 73, method: coded('scale-vas100') }, 7.3],
    ['VAS 7 with the method VAS 10', 'pain-score-vas', { valueInteger: 7, method: coded('scale-vas10') }, 7],
    ['a zib score with the method NRS', 'pain-score-zib', { valueInteger: 8, method: coded('scale-nrs') }, 8],
    ['a whole number without a scale', 'pain-score-any', { valueInteger: 8 }, 8],
  ])('%s is %d', (_, code, seen, expected) => {
    expect(score(code, seen).scores.map(({ value }) => value)).toEqual([expected]);
  });
});

describe('a strength of a muscle', () => {
  const mrc = (seen: Readonly<Record<string, unknown>>, places = ['muscle-biceps']) =>
    caseOf([observation('muscle-strength-mrc', daysAgo(1), places, seen)]);

  it.each([
    [{ valueInteger: 4 }, 4],
    [{ valueQuantity: { value: 3 } }, 3],
    [{ valueString: '4+' }, 4],
    [{ valueString: '4-' }, 4],
  ])('%j is %i', (seen, grade) => {
    expect(mrc(seen).strengths).toMatchObject([{ grade, muscle: 'muscle-biceps' }]);
  });

  it.each([
    [{ valueInteger: 6 }],
    [{ valueInteger: -1 }],
    [{ valueQuantity: { value: 4.5 } }],
    [{ valueString: 'normaal' }],
    [{}],
  ])('%j is left out', (seen) => {
    expect(excludedOf(mrc(seen))).toEqual({ 'muscle strength out of range': 1 });
  });

  it('without a muscle it is left out', () => {
    expect(excludedOf(mrc({ valueInteger: 4 }, ['site-arm']))).toEqual({ 'muscle strength without a muscle': 1 });
  });
});

describe('the drug of a medication is found as', () => {
  const drug = coded('prednisolone');
  const request = (elements: Readonly<Record<string, unknown>>) =>
    record('MedicationRequest', { status: 'active', intent: 'order', authoredOn: daysAgo(3), ...elements });
  const sibling = { resourceType: 'Medication', id: 'm1', code: drug } as unknown as FhirResource;
  const conceptsIn = (...resources: readonly FhirResource[]): readonly string[] =>
    caseOf(resources).byType.get('MedicationRequest')?.[0]?.concepts ?? [];

  it.each([
    ['its code', [request({ medicationCodeableConcept: drug })]],
    [
      'a contained Medication',
      [
        request({
          medicationReference: { reference: '#m' },
          contained: [{ resourceType: 'Medication', id: 'm', code: drug }],
        }),
      ],
    ],
    ['a Medication that came along', [sibling, request({ medicationReference: { reference: 'Medication/m1' } })]],
    [
      'a Medication that came along, by an absolute address',
      [
        request({ medicationReference: { reference: 'https://ehr.example.org/fhir/Medication/m1/_history/2' } }),
        sibling,
      ],
    ],
  ])('%s', (_, resources) => {
    expect(conceptsIn(...resources)).toContain('systemic-corticosteroid');
  });

  it.each([
    ['text only', request({ medicationCodeableConcept: { text: 'prednisolon 5 mg' } })],
    ['a reference that leads nowhere', request({ medicationReference: { reference: 'Medication/gone' } })],
  ])('%s is not guessed at, and is counted', (_, resource) => {
    expect(conceptsIn(resource)).toEqual([]);
    expect(excludedOf(caseOf([resource]))).toEqual({ 'text without a code': 1 });
  });

  it('a drug or allergy that is only text makes its list say nothing about what is not on it', () => {
    const drug = request({ medicationCodeableConcept: { text: 'prednisolon 5 mg' } });
    const allergy = record('AllergyIntolerance', {
      patient: { reference: `Patient/${PATIENT}` },
      code: { text: 'prednison' },
    });
    const theCase = caseOf([drug, allergy]);
    expect(['MedicationRequest', 'AllergyIntolerance', 'Condition'].map(theCase.completeness)).toEqual([
      'incomplete',
      'incomplete',
      'complete',
    ]);
  });

  it('two Medications of one id that differ are none', () => {
    const other = { ...sibling, code: coded('prednisone') } as unknown as FhirResource;
    const drug = request({ medicationReference: { reference: 'Medication/m1' } });
    expect(conceptsIn(sibling, structuredClone(sibling), drug)).toContain('systemic-corticosteroid');
    expect(conceptsIn(sibling, other, drug)).toEqual([]);
  });

  it.each([
    ['no status', { status: undefined }],
    ['no patient', { subject: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/bsn' } } }],
    ['unknown modifier extension', { modifierExtension: [{ url: 'https://example.org/x' }] }],
  ])('one with %s may be in use: that no other drug is sent does not say that there is none', (reason, elements) => {
    const theCase = caseOf([request({ medicationCodeableConcept: drug, ...elements })]);
    expect(theCase.excluded).toEqual([{ where: 'MedicationRequest', reason, count: 1 }]);
    expect(theCase.completeness('MedicationRequest')).toBe('incomplete');
  });

  it('a stopped drug that is only text says nothing about now', () => {
    const stopped = request({ status: 'stopped', medicationCodeableConcept: { text: 'prednisolon 5 mg' } });
    expect(caseOf([stopped]).completeness('MedicationRequest')).toBe('complete');
  });
});

describe('the side of a record', () => {
  const LATERALITY = 'http://nictiz.nl/fhir/StructureDefinition/ext-AnatomicalLocation.Laterality';
  const sideOf = (bodySite: unknown, more: Readonly<Record<string, unknown>> = {}) =>
    caseOf([condition('arm-pain', daysAgo(3), [], { bodySite, ...more })]).episodes[0]?.side;

  it.each([
    ['is a code of the body site', [coded('site-arm', 'side-left')], 'left'],
    ['is a body site by itself', [coded('site-arm'), coded('side-right')], 'right'],
    ['left and right are both', [coded('side-left'), coded('side-right')], 'bilateral'],
    ['is not known', [coded('site-arm')], undefined],
    ['is an extension of a body site', [{ ...coded('site-arm'), extension: laterality('side-left') }], 'left'],
    [
      'is an extension of the coding',
      [{ coding: [{ ...(coded('site-arm')['coding'] as object[])[0], extension: laterality('side-right') }] }],
      'right',
    ],
    ['is one object where a list belongs', coded('site-arm', 'side-left'), 'left'],
  ])('%s', (_, bodySite, expected) => {
    expect(sideOf(bodySite)).toBe(expected);
  });

  it.each([
    ['https://example.org/AnatomicalLaterality', 'left'],
    ['https://example.org/zib.Laterality/', undefined],
    ['https://example.org/ext-Laterality/other', undefined],
  ])('is read of an extension %s: %s', (url, expected) => {
    expect(sideOf([{ ...coded('site-arm'), extension: laterality('side-left', url) }])).toBe(expected);
  });

  it('is looked for in a url of any length without delay', () => {
    const start = performance.now();
    const url = `${'-Laterality'.repeat(18_000)}/`;
    expect(sideOf([{ ...coded('site-arm'), extension: laterality('side-left', url) }])).toBeUndefined();
    expect(performance.now() - start).toBeLessThan(1000);
  });

  function laterality(side: string, url = LATERALITY): readonly unknown[] {
    return [{ url, valueCodeableConcept: coded(side) }];
  }
});

describe('answers of a questionnaire', () => {
  const form = (item: unknown) =>
    caseOf([record('QuestionnaireResponse', { status: 'completed', authored: daysAgo(1), item })]);
  const item = { linkId: 'fever', answer: [{ valueBoolean: true }] };

  it('are found below an item and below an answer', () => {
    expect(form([{ item }, { answer: [{ item: [item] }] }]).findings.get('fever')).toHaveLength(2);
  });

  it('are read as many as a request may hold', () => {
    // The patient and the form are two of the 5000.
    const many = Array<unknown>(4998).fill(item);
    expect(form([{ item: many }]).findings.get('fever')).toHaveLength(4998);
    expect(() => form([{ item: [...many, item] }])).toThrow('too-costly');
  });
});

describe('the same record twice', () => {
  it('by two prefetch keys counts once', () => {
    const score = nrs(8, daysAgo(1));
    const complaint = condition('shoulder-pain', daysAgo(9));
    const theCase = caseOf([score, complaint, structuredClone(score), structuredClone(complaint)]);
    expect(theCase.scores).toHaveLength(1);
    expect(theCase.byType.get('Condition')).toHaveLength(1);
    expect(theCase.episodes[0]?.conditions).toHaveLength(1);
  });

  it('two records without an id are two', () => {
    const nameless = { ...nrs(8, daysAgo(1)), id: undefined } as unknown as FhirResource;
    expect(caseOf([nameless, structuredClone(nameless)]).scores).toHaveLength(2);
  });
});

describe('the order in which records were sent', () => {
  const records = [
    condition('shoulder-pain', daysAgo(9), ['site-shoulder', 'side-left']),
    condition('neck-pain', daysAgo(9)),
    condition('low-back-pain', daysAgo(400)),
    condition('sciatica', undefined),
    nrs(8, daysAgo(1)),
    nrs(7, daysAgo(1)),
    nrs(9, `${daysAgo(1)}T09:00:00+01:00`),
    strength('muscle-biceps', 4, daysAgo(1)),
    strength('muscle-biceps', 3, daysAgo(1)),
    finding('saddle-anaesthesia', true, daysAgo(2)),
    finding('saddle-anaesthesia', false, daysAgo(2)),
    finding('fever', true, '2026-11'),
    weight(80, daysAgo(2)),
  ];
  const picture = (theCase: Case): unknown => ({
    episodes: theCase.episodes,
    findings: [...theCase.findings].sort(([one], [other]) => (one < other ? -1 : 1)),
    scores: theCase.scores,
    strengths: theCase.strengths,
    conditions: theCase.byType.get('Condition'),
  });

  it('has no influence', () => {
    const sorted = picture(caseOf(records));
    fc.assert(
      fc.property(fc.shuffledSubarray(records, { minLength: records.length }), (shuffled) => {
        expect(picture(caseOf(shuffled))).toEqual(sorted);
      }),
      { numRuns: 30 },
    );
  });

  it('newest first, of one day by time', () => {
    expect(caseOf(records).scores.map(({ value, date }) => [value, isoDay(date.first)])[0]).toEqual([9, daysAgo(1)]);
  });
});
