/**
 * What could not be fetched, is not final yet, or is contradicted never reassures: requests to a real server on a fixed day,
 * each beside the one that differs from it in nothing but what is known.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import type { Hook } from '../../src/cds-hooks/request.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, weight } from '../support/records.js';
import { bundleOf, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';

const NOW = '2026-11-21T10:00:00+01:00';
const FAILED = {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'exception' }],
};
const MINE = { subject: { reference: 'Patient/patient-1' } };

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

interface Told {
  readonly prefetch?: Readonly<Record<string, unknown>>;
  readonly drafts?: readonly unknown[];
}

/** A draft of a drug by its ATC code. */
const prescription = (atc: string, more: Readonly<Record<string, unknown>> = {}) => ({
  resourceType: 'MedicationRequest',
  id: 'draft-1',
  status: 'draft',
  intent: 'order',
  ...MINE,
  medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: atc }] },
  ...more,
});

/** Cards for a patient of whom everything else was searched and nothing found. */
async function cardsFor(hook: Hook, { prefetch = {}, drafts }: Told): Promise<readonly Card[]> {
  const request = requestFor(hook);
  for (const key of Object.keys(request.prefetch)) if (key !== 'patient') request.prefetch[key] = searchsetOf();
  Object.assign(request.prefetch, prefetch);
  if (drafts) request.context['draftOrders'] = bundleOf(...drafts);
  const body = { ...request, extension: { 'example.plexus-cds.request': { now: NOW, language: 'en' } } };
  const answer = await post(service.url + pathOf(hook), body);
  expect(answer.status).toBe(200);
  return (answer.json as { cards: readonly Card[] }).cards;
}

const rulesOf = (cards: readonly Card[]): readonly string[] =>
  cards.flatMap((card) => card.extension['example.plexus-cds.card'].rules.map(({ id }) => id));

const na = (verification: string) =>
  condition('neuralgic-amyotrophy', daysAgo(3), ['site-shoulder', 'side-right'], {
    verificationStatus: { coding: [{ code: verification }] },
  });
const SEVERE = searchsetOf(nrs(8, daysAgo(0), ['site-shoulder', 'side-right']));

describe('the proposal to start prednisone', () => {
  const ofPatient = (told: Readonly<Record<string, unknown>> = {}, verification = 'provisional') =>
    cardsFor('patient-view', {
      prefetch: { conditions: searchsetOf(na(verification)), observations: SEVERE, ...told },
    });

  test('stands when the record was searched and names no contraindication', async () => {
    expect(rulesOf(await ofPatient())).toContain('na-prednisone-start');
  });

  test.each(['allergies', 'immunizations'])('asks to check first when %s could not be fetched', async (key) => {
    const rules = rulesOf(await ofPatient({ [key]: FAILED }));
    expect(rules).toContain('na-prednisone-check-first');
    expect(rules).not.toContain('na-prednisone-start');
  });

  test.each(['saddle-anaesthesia', 'pyramidal-signs'])('is withheld beside the alarm %s', async (alarm) => {
    const observations = searchsetOf(
      nrs(8, daysAgo(0), ['site-shoulder', 'side-right']),
      finding(alarm, true, daysAgo(0)),
    );
    const cards = await ofPatient({ observations });
    expect(cards[0]?.indicator).toBe('critical');
    expect(rulesOf(cards)).not.toContain('na-prednisone-start');
  });

  test('is not made for NA as a differential diagnosis', async () => {
    expect(rulesOf(await ofPatient({}, 'differential'))).not.toContain('na-prednisone-start');
  });

  test('knows a corticosteroid allergy recorded as its class', async () => {
    const allergy = record('AllergyIntolerance', {
      patient: MINE.subject,
      clinicalStatus: { coding: [{ code: 'active' }] },
      code: { coding: [{ system: 'http://www.whocc.no/atc', code: 'H02AB' }] },
    });
    expect(rulesOf(await ofPatient({ allergies: searchsetOf(allergy) }))).not.toContain('na-prednisone-start');
  });
});

describe('an order', () => {
  test('is not passed over in silence when the conditions could not be fetched', async () => {
    const cards = await cardsFor('order-sign', { prefetch: { conditions: FAILED }, drafts: [prescription('M01AB05')] });
    expect(cards).not.toEqual([]);
  });
});

describe('a prednisone order without a reason', () => {
  const forPain = (score: number) =>
    cardsFor('order-sign', {
      prefetch: {
        conditions: searchsetOf(condition('shoulder-pain', daysAgo(3), ['site-shoulder', 'side-right'])),
        observations: searchsetOf(nrs(score, daysAgo(0), ['site-shoulder', 'side-right'])),
      },
      drafts: [prescription('H02AB07')],
    });

  test.each([
    [6, false],
    [7, true],
    [8, true],
  ])('at a score of %i asks for its reason: %s', async (score, asks) => {
    expect(JSON.stringify(await forPain(score)).includes('reason of the order')).toBe(asks);
  });
});

describe('a course for a child whose dose cannot be read', () => {
  test('is headed by the dose, not by advice that goes with it', async () => {
    const cards = await cardsFor('order-sign', {
      prefetch: {
        patient: { resourceType: 'Patient', id: 'patient-1', birthDate: '2016-02-01' },
        conditions: searchsetOf(na('confirmed')),
        observations: searchsetOf(nrs(8, daysAgo(0), ['site-shoulder', 'side-right']), weight(20, daysAgo(0))),
      },
      drafts: [prescription('H02AB07', { dosageInstruction: [{ text: '12 tablets a day' }] })],
    });
    expect(cards.map((card) => card.summary).filter((summary) => /stomach|proton/i.test(summary))).toEqual([]);
    expect(cards.map((card) => card.summary).join()).toMatch(/dose|weight/i);
  });
});

describe('an alarm', () => {
  const NECK_ARM = [
    condition('neck-pain', daysAgo(20), ['site-neck', 'side-right']),
    condition('arm-pain', daysAgo(20), ['site-arm', 'side-right']),
  ];
  const withFindings = (...findings: readonly unknown[]) =>
    cardsFor('patient-view', {
      prefetch: { conditions: searchsetOf(...NECK_ARM), observations: searchsetOf(...findings) },
    });
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
    const cards = await cardsFor('patient-view', {
      prefetch: {
        conditions: searchsetOf(
          condition('low-back-pain', daysAgo(5), ['site-low-back']),
          condition('urinary-incontinence', '2015-03-01'),
          condition('urinary-incontinence', daysAgo(1)),
        ),
      },
    });
    expect(cards[0]?.indicator).toBe('critical');
  });
});

describe('suspicion of NA', () => {
  const attack = (naSide: string) =>
    cardsFor('patient-view', {
      prefetch: {
        conditions: searchsetOf(
          condition('neuralgic-amyotrophy', daysAgo(200), ['site-shoulder', naSide], {
            verificationStatus: { coding: [{ code: 'confirmed' }] },
          }),
          condition('shoulder-pain', daysAgo(3), ['site-shoulder', 'side-right']),
        ),
        observations: searchsetOf(
          nrs(8, daysAgo(0), ['site-shoulder', 'side-right']),
          finding('onset-sudden', true, daysAgo(0)),
        ),
      },
    });

  test('of a new attack is not hushed by a confirmed NA of the other arm', async () => {
    expect(rulesOf(await attack('side-left'))).toContain('na-suspicion');
  });

  test('is not repeated for the arm in which NA is confirmed', async () => {
    expect(rulesOf(await attack('side-right'))).not.toContain('na-suspicion');
  });
});

describe('the proposal to cancel a planned MRI', () => {
  const planned = record('ServiceRequest', {
    status: 'active',
    intent: 'order',
    code: { coding: [{ system: 'https://plexus-cds.example/fhir/CodeSystem/finding', code: 'mri-cervical' }] },
  });
  const better = (told: Readonly<Record<string, unknown>>, ...scores: readonly unknown[]) =>
    cardsFor('patient-view', {
      prefetch: {
        conditions: searchsetOf(condition('neck-pain', daysAgo(30), ['site-neck'])),
        serviceRequests: searchsetOf(planned),
        observations: searchsetOf(...scores),
        ...told,
      },
    });
  const fallen = [nrs(8, daysAgo(20), ['site-neck']), nrs(2, daysAgo(0), ['site-neck'])];

  test('stands when the pain fell far enough', async () => {
    expect(JSON.stringify(await better({}, ...fallen))).toContain('Cancel');
  });

  const saidBetter = (places: readonly string[]) =>
    better(
      {
        conditions: searchsetOf(
          condition('neck-pain', daysAgo(30), ['site-neck']),
          condition('low-back-pain', daysAgo(60), ['site-low-back']),
        ),
      },
      observation('global-change', daysAgo(0), places, { valueCodeableConcept: coded('much-better') }),
    );

  test('stands when a change at the neck was recorded', async () => {
    expect(JSON.stringify(await saidBetter(['site-neck']))).toContain('Cancel');
  });

  test('waits when a change without a place may be of the other complaint', async () => {
    expect(JSON.stringify(await saidBetter([]))).not.toContain('Cancel');
  });

  test('waits when drugs that may hide the pain could not be searched', async () => {
    expect(
      JSON.stringify(await better({ medications: FAILED, medicationStatements: FAILED }, ...fallen)),
    ).not.toContain('Cancel');
  });
});
