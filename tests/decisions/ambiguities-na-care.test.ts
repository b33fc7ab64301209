/**
 * What the sources leave open about the care around neuralgic amyotrophy (NA): how often it sits elsewhere, when the GP calls, whose
 * disease a family history is, from which day an attack counts, and who to refer to in Belgium: each with the reading of the service.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardWith, cardsFor, prescription, rulesOn, statementsOn, wordsOf, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, strength } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Elements = Readonly<Record<string, unknown>>;
const SHOULDER = ['site-shoulder', 'side-right'];
const SEVERE = nrs(8, daysAgo(0), SHOULDER);
const na = (verification: string, onset: string | undefined, more: Elements = {}) =>
  condition('neuralgic-amyotrophy', onset, SHOULDER, {
    verificationStatus: { coding: [{ code: verification }] },
    ...more,
  });
const view = (records: readonly FhirResource[], told: Told = {}) =>
  cardsFor(service, 'patient-view', { records, ...told });

describe('AMB-38: the places and the frequencies of Tabel 4 belong together in their order', () => {
  test.each<[string, string, FhirResource]>([
    ['a leg', 'Weakness of a leg occurs in NA (10%)', strength('muscle-quadriceps', 4, daysAgo(0))],
    ['the diaphragm', 'It occurs in 8% of patients with NA', finding('orthopnoea', true, daysAgo(0))],
    ['the vocal cords', 'vocal cord paresis is rare in NA', finding('hoarseness', true, daysAgo(0))],
    ['the abdomen', 'abdominal wall is rare in NA', strength('muscle-abdominal-wall', 4, daysAgo(0))],
    ['the face', 'Facial palsy is rare in NA', finding('facial-weakness', true, daysAgo(0))],
    ['the ear', 'In NA this is very rare', finding('sudden-deafness', true, daysAgo(0))],
    ['the tongue', 'the tongue is very rare in NA', finding('tongue-deviation', true, daysAgo(0))],
  ])('%s: "%s"', async (_, words, found) => {
    const NA = na('confirmed', daysAgo(30));
    expect(wordsOf(await view([NA, found]))).toContain(words);
    expect(wordsOf(await view([NA]))).not.toContain(words);
  });
});

describe('AMB-40: "op korte termijn" is within 7 days after the diagnosis was recorded', () => {
  test.each([
    [0, '28 November'],
    [1, '27 November'],
    [6, '22 November'],
    [7, '21 November'],
    [8, '21 November'],
  ])('recorded %i days ago: contact by %s', async (days, day) => {
    const cards = await view([na('confirmed', daysAgo(40), { recordedDate: daysAgo(days) })]);
    expect(cardWith('NA-123', cards)?.summary).toContain(`by ${day}`);
  });

  test.each([
    ['confirmed', true],
    ['provisional', false],
  ])('a diagnosis that is %s asks for it: %s', async (verification, asks) => {
    const cards = await view([na(verification, daysAgo(40), { recordedDate: daysAgo(1) })]);
    expect(statementsOn(cards).includes('NA-123')).toBe(asks);
  });
});

describe('AMB-41: NA of a relative is never the diagnosis of the patient, and speaks only where NA is suspected or confirmed', () => {
  const mother = (status = 'completed', disease = 'hereditary-na') =>
    record('FamilyMemberHistory', {
      status,
      patient: { reference: `Patient/${PATIENT}` },
      relationship: { text: 'mother' },
      condition: [{ code: coded(disease) }],
    });
  const SHOULDER_PAIN = condition('shoulder-pain', daysAgo(3), SHOULDER);
  const score = (value: number) => observation('nrs-pain', daysAgo(0), SHOULDER, { valueQuantity: { value } });

  test('a patient without a complaint gets no card', async () => {
    expect(await view([mother()])).toEqual([]);
    expect(await view([mother(), na('confirmed', daysAgo(3))])).not.toEqual([]);
  });

  test.each([
    [6.9, false],
    [7, true],
    [7.1, true],
  ])('with shoulder pain of NRS %d the hereditary form is named: %s', async (value, named) => {
    const statements = statementsOn(await view([mother(), SHOULDER_PAIN, score(value)]));
    expect(statements.includes('NA-16')).toBe(named);
  });

  test.each([
    ['provisional', 'completed', 'hereditary-na', true],
    ['confirmed', 'completed', 'neuralgic-amyotrophy', true],
    ['confirmed', 'entered-in-error', 'hereditary-na', false],
    ['confirmed', 'completed', 'diabetes', false],
  ])('beside an NA that is %s, of the mother (%s) %s: %s', async (verification, status, disease, named) => {
    const statements = statementsOn(await view([mother(status, disease), na(verification, daysAgo(3))]));
    expect(statements.includes('NA-16')).toBe(named);
  });

  test('prednisone is proposed for NA of the patient, not of the mother', async () => {
    expect(rulesOn(await view([mother(), SHOULDER_PAIN, SEVERE]))).not.toContain('na-prednisone-start');
    expect(rulesOn(await view([mother(), na('provisional', daysAgo(3)), SEVERE]))).toContain('na-prednisone-start');
  });
});

describe('AMB-50: the clock starts at the onset of the active condition, never at the day it was recorded', () => {
  const opens = async (...records: readonly FhirResource[]) => statementsOn(await view(records)).includes('NA-99');

  test.each<[string, FhirResource, boolean]>([
    ['onset today', na('provisional', daysAgo(0)), true],
    ['no onset, recorded today', na('provisional', undefined, { recordedDate: daysAgo(0) }), false],
    ['onset 13 days ago, recorded today', na('provisional', daysAgo(13), { recordedDate: daysAgo(0) }), true],
    ['onset 14 days ago, recorded today', na('provisional', daysAgo(14), { recordedDate: daysAgo(0) }), false],
  ])('%s opens the prednisone window: %s', async (_, listed, open) => {
    expect(await opens(listed, SEVERE)).toBe(open);
  });

  test.each([
    ['no onset', undefined, true],
    ['an onset', daysAgo(3), false],
  ])('an order of prednisone with %s on record asks for the date of onset: %s', async (_, onset, asks) => {
    const records = [na('provisional', onset, { recordedDate: daysAgo(0) }), SEVERE];
    const cards = await cardsFor(service, 'order-select', { records, drafts: [prescription('H02AB07')] });
    expect(wordsOf(cards).includes('date of onset')).toBe(asks);
  });

  test.each([
    ['a recurrence that began 5 days ago', daysAgo(5), 'recurrence', true],
    ['a recurrence that began 14 days ago', daysAgo(14), 'recurrence', false],
    ['an attack of 5 days ago that is resolved', daysAgo(5), 'resolved', false],
  ])('after an attack in 2019 %s opens the window: %s', async (_, onset, status, open) => {
    const earlier = na('confirmed', '2019-03-01', { clinicalStatus: { coding: [{ code: 'resolved' }] } });
    const again = na('provisional', onset, { clinicalStatus: { coding: [{ code: status }] } });
    expect(await opens(earlier, again, SEVERE)).toBe(open);
  });
});

describe('AMB-52: in Belgium doubt goes to a neurologist or a neuromuscular reference centre, in the Netherlands to the plexus clinic', () => {
  test.each([
    ['BE', 'an experienced neurologist or a neuromuscular reference centre', 'plexus clinic'],
    ['NL', 'plexus clinic of Radboudumc', 'reference centre'],
  ] as const)('in %s the card says "%s"', async (jurisdiction, words, otherWords) => {
    const card = cardWith('NA-114', await view([na('differential', daysAgo(20))], { jurisdiction }));
    expect(card?.summary).toContain(words);
    expect(`${card?.summary}\n${card?.detail}`).not.toContain(otherWords);
  });

  test.each([
    ['differential', true],
    ['provisional', false],
  ])('an NA that is %s is in doubt: %s', async (verification, doubt) => {
    const cards = await view([na(verification, daysAgo(20))], { jurisdiction: 'BE' });
    expect(statementsOn(cards).includes('NA-114')).toBe(doubt);
  });
});
