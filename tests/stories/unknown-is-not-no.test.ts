/**
 * What could not be fetched, is not final yet, or is contradicted never reassures: requests to a real server on a fixed day,
 * each beside the one that differs from it in nothing but what is known.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, draft, prescription, rulesOn, wordsOf, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, strength, weight } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const na = (verification: string) =>
  condition('neuralgic-amyotrophy', daysAgo(3), ['site-shoulder', 'side-right'], {
    verificationStatus: { coding: [{ code: verification }] },
  });
const SEVERE = nrs(8, daysAgo(0), ['site-shoulder', 'side-right']);

describe('the proposal to start prednisone', () => {
  const withNa = ({ records = [], ...told }: Told = {}, verification = 'provisional') =>
    cardsFor(service, 'patient-view', { records: [na(verification), SEVERE, ...records], ...told });

  test('stands when the record was searched and names no contraindication', async () => {
    expect(rulesOn(await withNa())).toContain('na-prednisone-start');
  });

  test.each(['allergies', 'immunizations'])('asks to check first when %s could not be fetched', async (key) => {
    const rules = rulesOn(await withNa({ failed: [key] }));
    expect(rules).toContain('na-prednisone-check-first');
    expect(rules).not.toContain('na-prednisone-start');
  });

  test.each(['saddle-anaesthesia', 'pyramidal-signs'])('is withheld beside the alarm %s', async (alarm) => {
    const cards = await withNa({ records: [finding(alarm, true, daysAgo(0))] });
    expect(cards[0]?.indicator).toBe('critical');
    expect(rulesOn(cards)).not.toContain('na-prednisone-start');
  });

  test('is not made for NA as a differential diagnosis', async () => {
    expect(rulesOn(await withNa({}, 'differential'))).not.toContain('na-prednisone-start');
  });

  test('knows a corticosteroid allergy recorded as its class', async () => {
    const allergy = record('AllergyIntolerance', {
      patient: { reference: `Patient/${PATIENT}` },
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'H02AB' }] },
    });
    expect(rulesOn(await withNa({ records: [allergy] }))).not.toContain('na-prednisone-start');
  });
});

describe('an order', () => {
  test('is not passed over in silence when the conditions could not be fetched', async () => {
    const cards = await cardsFor(service, 'order-sign', { failed: ['conditions'], drafts: [prescription('M01AB05')] });
    expect(cards).not.toEqual([]);
  });
});

describe('a prednisone order without a reason', () => {
  const forPain = (score: number) =>
    cardsFor(service, 'order-sign', {
      records: [
        condition('shoulder-pain', daysAgo(3), ['site-shoulder', 'side-right']),
        nrs(score, daysAgo(0), ['site-shoulder', 'side-right']),
      ],
      drafts: [prescription('H02AB07')],
    });

  test.each([
    [6, false],
    [7, true],
    [8, true],
  ])('at a score of %i asks for its reason: %s', async (score, asks) => {
    expect(wordsOf(await forPain(score)).includes('reason of the order')).toBe(asks);
  });
});

describe('a course for a child whose dose cannot be read', () => {
  test('is headed by the dose, not by advice that goes with it', async () => {
    const cards = await cardsFor(service, 'order-sign', {
      birthDate: '2016-02-01',
      records: [na('confirmed'), SEVERE, weight(20, daysAgo(0))],
      drafts: [prescription('H02AB07', { dosageInstruction: [{ text: '12 tablets a day' }] })],
    });
    expect(cards.map((card) => card.summary).filter((summary) => /stomach|proton/i.test(summary))).toEqual([]);
    expect(cards.map((card) => card.summary).join()).toMatch(/dose|weight/i);
  });
});

describe('a course for a child of 20 kg in tablets', () => {
  const quantity = (value: number, unit: string) => ({ value, unit });
  const inTablets = (count: number, strength: unknown, unit = 'tablet') =>
    cardsFor(service, 'order-sign', {
      birthDate: '2016-02-01',
      records: [na('confirmed'), SEVERE, weight(20, daysAgo(0))],
      drafts: [
        draft('MedicationRequest', {
          contained: [
            {
              resourceType: 'Medication',
              id: 'm',
              code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'H02AB07' }] },
              ingredient: [{ itemCodeableConcept: { text: 'prednisone' }, strength }],
            },
          ],
          medicationReference: { reference: '#m' },
          dosageInstruction: [
            {
              timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
              doseAndRate: [{ doseQuantity: quantity(count, unit) }],
            },
          ],
        }),
      ],
    });
  const FIVE_MG = { numerator: quantity(5, 'mg'), denominator: quantity(1, 'tablet') };

  test.each([
    [4, false],
    [5, true],
    [12, true],
  ])('%i tablets of 5 mg are too much: %s', async (count, tooMuch) => {
    const cards = await inTablets(count, FIVE_MG);
    expect(cards.some(({ indicator }) => indicator === 'critical')).toBe(tooMuch);
    expect(wordsOf(cards).includes('Dose too high for the weight')).toBe(tooMuch);
  });

  test.each([
    ['a strength per millilitre', { numerator: quantity(5, 'mg'), denominator: quantity(1, 'mL') }, 'tablet'],
    ['no strength', undefined, 'tablet'],
    ['a dose in millilitres', FIVE_MG, 'mL'],
  ])('%s leaves the dose to be checked by the GP', async (_, strength, unit) => {
    const cards = await inTablets(12, strength, unit);
    expect(wordsOf(cards)).not.toContain('Dose too high');
    expect(wordsOf(cards)).toMatch(/cannot be checked fully/);
  });
});

describe('two scores of one day without a time', () => {
  const scored = (shoulder: number, neck: number) =>
    cardsFor(service, 'patient-view', {
      records: [
        na('provisional'),
        nrs(shoulder, daysAgo(0), ['site-shoulder', 'side-right']),
        nrs(neck, daysAgo(0), ['site-neck']),
      ],
    });

  test.each([
    [8, 4],
    [4, 8],
  ])('%i at the shoulder and %i at the neck: the highest is treated', async (shoulder, neck) => {
    expect(rulesOn(await scored(shoulder, neck))).toContain('na-prednisone-start');
  });

  test('both low: none is', async () => {
    expect(rulesOn(await scored(4, 4))).not.toContain('na-prednisone-start');
  });
});

describe('what is not dated', () => {
  const backPain = condition('low-back-pain', daysAgo(5), ['site-low-back']);
  const retention = (onset?: string) => condition('urinary-retention', onset);
  const asks = async (...records: readonly FhirResource[]): Promise<boolean> =>
    rulesOn(await cardsFor(service, 'patient-view', { records })).includes('alarm-without-date');

  test('retention without a date beside back pain is asked about today', async () => {
    expect(await asks(backPain, retention())).toBe(true);
  });

  test('retention of yesterday is an alarm, and nothing is left to ask', async () => {
    const cards = await cardsFor(service, 'patient-view', { records: [backPain, retention(daysAgo(1)), retention()] });
    expect(cards[0]?.indicator).toBe('critical');
    expect(rulesOn(cards)).not.toContain('alarm-without-date');
  });

  test('retention without a date and without a complaint is silent', async () => {
    expect(await asks(retention())).toBe(false);
  });

  test('listed NA without the day on which the pain began is asked for it', async () => {
    const listed = (onset?: string) =>
      cardsFor(service, 'patient-view', {
        records: [condition('neuralgic-amyotrophy', onset, ['site-shoulder', 'side-right']), SEVERE],
      });
    expect(rulesOn(await listed())).toContain('na-ask-onset');
    expect(rulesOn(await listed('2026-11'))).toContain('na-ask-onset');
    expect(rulesOn(await listed(daysAgo(3)))).not.toContain('na-ask-onset');
  });
});

describe('a first complaint at 63', () => {
  const neckPain = condition('neck-pain', daysAgo(9), ['site-neck']);
  const seen = async (told: Told): Promise<readonly string[]> =>
    rulesOn(await cardsFor(service, 'patient-view', { birthDate: '1963-05-01', records: [neckPain], ...told }));

  test('is a flag when the whole problem list was received', async () => {
    const rules = await seen({});
    expect(rules).toContain('red-age-over-50');
    expect(rules).not.toContain('red-age-history-ask');
  });

  test('is a question when only part of it was', async () => {
    const rules = await seen({ cut: ['conditions'] });
    expect(rules).toContain('red-age-history-ask');
    expect(rules).not.toContain('red-age-over-50');
  });
});

describe('an alarm', () => {
  const NECK_ARM = [
    condition('neck-pain', daysAgo(20), ['site-neck', 'side-right']),
    condition('arm-pain', daysAgo(20), ['site-arm', 'side-right']),
  ];
  const withFindings = (...findings: readonly FhirResource[]) =>
    cardsFor(service, 'patient-view', { records: [...NECK_ARM, ...findings] });
  const saddle = finding('saddle-anaesthesia', true, daysAgo(2));
  const normalToday = (status: string) =>
    observation('saddle-anaesthesia', daysAgo(0), [], { valueBoolean: false, status });

  test('is ended by a newer final normal', async () => {
    expect((await withFindings(saddle, normalToday('final'))).map((card) => card.indicator)).not.toContain('critical');
  });

  test('is not ended by a normal that is not final yet', async () => {
    expect((await withFindings(saddle, normalToday('preliminary')))[0]?.indicator).toBe('critical');
  });

  test('is new when a diagnosis states an onset of now, whatever stood on the list', async () => {
    const cards = await cardsFor(service, 'patient-view', {
      records: [
        condition('low-back-pain', daysAgo(5), ['site-low-back']),
        condition('urinary-incontinence', '2015-03-01'),
        condition('urinary-incontinence', daysAgo(1)),
      ],
    });
    expect(cards[0]?.indicator).toBe('critical');
  });
});

describe('sudden painless weakness of an arm', () => {
  const sudden = finding('onset-sudden', true, daysAgo(0), ['site-arm', 'side-right']);
  const seenBy = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });

  test.each([
    ['as a strength', strength('muscle-deltoid', 4, daysAgo(0))],
    ['as a finding', finding('weakness', true, daysAgo(0), ['site-arm', 'side-right'])],
    ['as a diagnosis', condition('weakness', daysAgo(0), ['site-arm', 'side-right'])],
  ])('speaks of stroke first when it is recorded %s, with no complaint on the list', async (_, weakness) => {
    const [card] = await seenBy(weakness, sudden);
    expect(card).toMatchObject({ indicator: 'critical' });
    expect(rulesOn([card!])).toContain('arm-weak-suddenly-painless');
  });

  test('is silent for normal strength', async () => {
    expect(await seenBy(strength('muscle-deltoid', 5, daysAgo(0)), sudden)).toEqual([]);
  });
});

describe('suspicion of NA', () => {
  const attack = (naSide: string) =>
    cardsFor(service, 'patient-view', {
      records: [
        condition('neuralgic-amyotrophy', daysAgo(200), ['site-shoulder', naSide], {
          verificationStatus: { coding: [{ code: 'confirmed' }] },
        }),
        condition('shoulder-pain', daysAgo(3), ['site-shoulder', 'side-right']),
        SEVERE,
        finding('onset-sudden', true, daysAgo(0)),
      ],
    });

  test('of a new attack is not hushed by a confirmed NA of the other arm', async () => {
    expect(rulesOn(await attack('side-left'))).toContain('na-suspicion');
  });

  test('is not repeated for the arm in which NA is confirmed', async () => {
    expect(rulesOn(await attack('side-right'))).not.toContain('na-suspicion');
  });
});

describe('the proposal to cancel a planned MRI', () => {
  const planned = record('ServiceRequest', {
    status: 'active',
    intent: 'order',
    code: coded('mri-cervical'),
  });
  const cancels = async (records: readonly FhirResource[], told: Told = {}): Promise<boolean> => {
    const neckPain = condition('neck-pain', daysAgo(30), ['site-neck']);
    const cards = await cardsFor(service, 'patient-view', { records: [neckPain, planned, ...records], ...told });
    return cards.some((card) => card.source.topic.code === 'Cancel');
  };
  const fallen = [nrs(8, daysAgo(20), ['site-neck']), nrs(2, daysAgo(0), ['site-neck'])];

  test('stands when the pain fell far enough', async () => {
    expect(await cancels(fallen)).toBe(true);
  });

  const saidBetter = (places: readonly string[]) =>
    cancels([
      condition('low-back-pain', daysAgo(60), ['site-low-back']),
      observation('global-change', daysAgo(0), places, { valueCodeableConcept: coded('much-better') }),
    ]);

  test('stands when a change at the neck was recorded', async () => {
    expect(await saidBetter(['site-neck'])).toBe(true);
  });

  test('waits when a change without a place may be of the other complaint', async () => {
    expect(await saidBetter([])).toBe(false);
  });

  test('waits when drugs that may hide the pain could not be searched', async () => {
    expect(await cancels(fallen, { failed: ['medications', 'medicationStatements'] })).toBe(false);
  });
});
