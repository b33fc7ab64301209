/** What is never offered: orders beside what forbids them, beside what could not be read, or beside what contradicts them. */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import type { Card, Suggestion } from '../../src/cds-hooks/response.js';
import { cardsFor, draft, prescription, rulesOn, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, nrs, observation, record, strength } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { startService, type RunningService } from '../support/service.js';
import { faultsOf } from '../support/validate.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const na = (days: number): FhirResource =>
  condition('neuralgic-amyotrophy', daysAgo(days), SHOULDER, {
    verificationStatus: { coding: [{ code: 'provisional' }] },
  });
const SEVERE = nrs(8, daysAgo(0), SHOULDER);
/** Breathing was asked about, so that an opioid can be offered. */
const BREATHES = [
  observation('orthopnoea', daysAgo(0), [], { valueBoolean: false }),
  observation('dyspnoea-on-bending', daysAgo(0), [], { valueBoolean: false }),
  observation('dyspnoea-at-rest', daysAgo(0), [], { valueBoolean: false }),
];
const BASE = [na(3), SEVERE, ...BREATHES];
const allergy = (code: string) =>
  record('AllergyIntolerance', {
    patient: { reference: `Patient/${PATIENT}` },
    clinicalStatus: { coding: [{ code: 'active' }] },
    code: coded(code),
  });
const drug = (medicationCodeableConcept: unknown) =>
  record('MedicationRequest', { status: 'active', intent: 'order', medicationCodeableConcept });

const suggestionsOn = (cards: readonly Card[]): readonly Suggestion[] =>
  cards.flatMap((card) => card.suggestions ?? []);
const suggested = async (hook: Hook, told: Told) => suggestionsOn(await cardsFor(service, hook, told));
const PRODUCTS = ['Prednisone', 'Diclofenac', 'Oxycodone', 'Gabapentin', 'Omeprazole', 'Macrogol', 'Paracetamol'];
/** The drugs that are offered for these records, by name. */
async function drugsFor(records: readonly FhirResource[], told: Told = {}): Promise<readonly string[]> {
  const offers = await suggested('patient-view', { records, ...told });
  const text = offers.map(({ label }) => label.toLowerCase()).join();
  return PRODUCTS.filter((product) => text.includes(product.toLowerCase()));
}

describe('drugs', () => {
  test('are offered where the record was searched and holds nothing against them', async () => {
    expect(await drugsFor(BASE)).toEqual(['Prednisone', 'Diclofenac', 'Oxycodone', 'Omeprazole', 'Macrogol']);
  });

  test.each([
    ['oxycodone', ['Prednisone', 'Diclofenac', 'Omeprazole']],
    ['nsaid', ['Prednisone', 'Oxycodone', 'Omeprazole', 'Macrogol', 'Paracetamol']],
    // What is not safe without its companion is not offered without it.
    ['omeprazole', ['Oxycodone', 'Macrogol']],
    ['macrogol', ['Prednisone', 'Diclofenac', 'Omeprazole']],
  ] as const)('are not offered to who is allergic to %s', async (code, left) => {
    expect(await drugsFor([...BASE, allergy(code)])).toEqual(left);
  });

  test.each([['allergies'], ['medications'], ['medicationStatements'], ['conditions']])(
    'are not offered when %s could not be read, or only in part',
    async (key) => {
      const told = { records: BASE.filter(({ resourceType }) => key !== 'conditions' || resourceType !== 'Condition') };
      expect(await drugsFor(told.records, { failed: [key] })).toEqual([]);
      expect(await drugsFor(BASE, { cut: [key] })).toEqual([]);
    },
  );

  test('are not offered beside a drug that stands in the record in words', async () => {
    expect(await drugsFor([...BASE, drug({ text: 'Naproxen 500 mg' })])).toEqual([]);
  });

  test('an opioid is not offered beside a benzodiazepine or gabapentinoid', async () => {
    for (const code of ['benzodiazepine', 'pregabalin'])
      expect(await drugsFor([...BASE, drug(coded(code))])).not.toContain('Oxycodone');
  });

  test('an opioid and gabapentin are never offered together', async () => {
    const shooting = observation('pain-on-reaching', daysAgo(0), SHOULDER, { valueBoolean: true });
    for (const atRest of [true, false]) {
      const rest = observation('pain-at-rest', daysAgo(0), SHOULDER, { valueBoolean: atRest });
      const offers = await drugsFor([na(16), SEVERE, ...BREATHES, rest, shooting]);
      expect(offers.filter((one) => one === 'Oxycodone' || one === 'Gabapentin')).toHaveLength(1);
    }
  });

  test('an NSAID is not offered in pregnancy, however that is recorded', async () => {
    const pregnant = [
      observation('pregnancy-status', daysAgo(5), [], { valueCodeableConcept: coded('pregnancy') }),
      observation('pregnancy-status', daysAgo(5), [], { valueBoolean: true }),
      observation('gestational-age', daysAgo(5), [], { valueQuantity: { value: 30, code: 'wk' } }),
      observation('estimated-delivery-date', daysAgo(5), [], { valueDateTime: daysAgo(-21) }),
      condition('pregnancy', daysAgo(60)),
      condition('pregnancy', undefined),
    ];
    for (const one of pregnant) expect(await drugsFor([...BASE, one])).not.toContain('Diclofenac');
    const past = observation('pregnancy-status', daysAgo(400), [], { valueBoolean: true });
    expect(await drugsFor([...BASE, past])).toContain('Diclofenac');
  });

  test.each<[string, FhirResource]>([
    ['sepsis', condition('sepsis', daysAgo(1))],
    ['an infection', condition('infection', daysAgo(1))],
    ['tuberculosis', condition('tuberculosis', daysAgo(100))],
    ['a depression', condition('depression', daysAgo(100))],
    [
      'a temperature in another unit',
      observation('body-temperature', daysAgo(0), [], { valueQuantity: { value: 102, code: '[degF]' } }),
    ],
    [
      'a live vaccine without a day',
      record('Immunization', {
        status: 'completed',
        patient: { reference: `Patient/${PATIENT}` },
        vaccineCode: coded('live-vaccine'),
        occurrenceString: 'this month',
      }),
    ],
    [
      'a vaccine in words',
      record('Immunization', {
        status: 'completed',
        patient: { reference: `Patient/${PATIENT}` },
        vaccineCode: { text: 'Stamaril' },
        occurrenceDateTime: daysAgo(3),
      }),
    ],
  ])('prednisone is not offered beside %s', async (_what, found) => {
    expect(await drugsFor([...BASE, found])).not.toContain('Prednisone');
  });

  test('prednisone is not offered in poorly controlled diabetes, nor before that is known', async () => {
    const hba1c = (value: number) =>
      observation('hba1c', daysAgo(10), [], { valueQuantity: { value, code: 'mmol/mol' } });
    const diabetes = condition('diabetes', daysAgo(900));
    expect(await drugsFor([...BASE, diabetes])).not.toContain('Prednisone');
    expect(await drugsFor([...BASE, diabetes, hba1c(70)])).not.toContain('Prednisone');
    expect(await drugsFor([...BASE, diabetes, hba1c(69)])).toContain('Prednisone');
  });

  test('none is offered beside what may be a stroke', async () => {
    const face = observation('facial-weakness', daysAgo(0), [], { valueBoolean: true });
    const offers = await suggested('patient-view', { records: [...BASE, face] });
    expect(offers.map(({ label }) => label).filter((label) => /diclofenac|oxycodone|prednisone/i.test(label))).toEqual(
      [],
    );
    expect(offers.filter(({ label }) => label === 'Referral to the neurologist')).toEqual([]);
  });
});

describe('repairs', () => {
  const dose = (value: number, frequency: number, more: Readonly<Record<string, unknown>> = {}) => ({
    timing: { repeat: { frequency, period: 1, periodUnit: 'd' } },
    doseAndRate: [{ doseQuantity: { value, unit: 'mg', code: 'mg' } }],
    ...more,
  });
  const BACK = [condition('low-back-pain', daysAgo(3), ['site-low-back'])];
  const updates = async (drafted: FhirResource, told: Told = {}) =>
    (await suggested('order-select', { records: BACK, drafts: [drafted], ...told })).filter(
      ({ actions }) => actions[0]?.type === 'update',
    );
  const opioid = (instruction: unknown) => prescription('N02AA05', { dosageInstruction: [instruction] });
  const doseIn = ([suggestion]: readonly Suggestion[]): unknown =>
    JSON.stringify(suggestion?.actions[0]?.resource).match(/"doseQuantity":\{"value":(\d+)/)?.[1];

  test('give an adult dose to adults only, and from 75 years half of it', async () => {
    expect(doseIn(await updates(opioid(dose(20, 2))))).toBe('10');
    expect(doseIn(await updates(opioid(dose(20, 2)), { birthDate: '1940-01-01' }))).toBe('5');
    expect(await updates(opioid(dose(20, 2)), { birthDate: '2016-05-05' })).toEqual([]);
    expect(await updates(opioid(dose(20, 2)), { birthDate: '1951' })).toEqual([]);
    const diclofenac = prescription('M01AB05', { dosageInstruction: [dose(100, 2)] });
    expect(await updates(diclofenac, { birthDate: '2016-05-05' })).toEqual([]);
  });

  test('keep what else the GP wrote of the dose, and leave alone a dose with more to it', async () => {
    const bounded = dose(20, 2, { patientInstruction: 'not while driving' });
    Object.assign(bounded.timing.repeat, { boundsDuration: { value: 5, unit: 'd' } });
    const [suggestion] = await updates(opioid(bounded));
    expect(suggestion?.actions[0]?.resource).toMatchObject({
      dosageInstruction: [
        { patientInstruction: 'not while driving', timing: { repeat: { boundsDuration: { value: 5 }, frequency: 2 } } },
      ],
    });
    expect(await updates(opioid(dose(20, 2, { asNeededBoolean: true })))).toEqual([]);
    expect(await updates(opioid(dose(20, 2, { route: coded('route-oral') })))).toEqual([]);
  });

  test('never lower an urgency', async () => {
    const weakLeg = [...BACK, strength('muscle-tibialis-anterior', 2, daysAgo(0))];
    const mri = (code: string, priority: string) => draft('ServiceRequest', { priority, code: coded(code) });
    const urgency = async (drafted: FhirResource) =>
      (await updates(drafted, { records: weakLeg })).map(
        ({ actions }) => (actions[0]?.resource as { priority?: string }).priority,
      );
    expect(await urgency(mri('mri-lumbar', 'routine'))).toEqual(['urgent']);
    for (const priority of ['urgent', 'asap', 'stat']) expect(await urgency(mri('mri-lumbar', priority))).toEqual([]);
  });

  test('of an appointment are valid or none', async () => {
    const appointments = [
      {
        resourceType: 'Appointment',
        id: 'a1',
        status: 'proposed',
        serviceType: [coded('mri-lumbar')],
        start: `${daysAgo(-2)}T09:00:00+01:00`,
        end: `${daysAgo(-2)}T09:30:00+01:00`,
        participant: [{ actor: { reference: `Patient/${PATIENT}` }, status: 'needs-action' }],
      } as unknown as FhirResource,
    ];
    for (const records of [
      BACK,
      [...BACK, observation('saddle-anaesthesia', daysAgo(0), [], { valueBoolean: true })],
    ]) {
      const offers = await suggested('appointment-book', { records, appointments });
      for (const { actions } of offers)
        for (const { type, resource } of actions)
          if (type === 'update' && resource) expect(faultsOf(resource)).toEqual([]);
    }
  });
});

describe('alarms', () => {
  test('cauda equina leads, also beside weakness, and its emergency comes first', async () => {
    const records = [
      condition('low-back-pain', daysAgo(3), ['site-low-back']),
      strength('muscle-tibialis-anterior', 2, daysAgo(0)),
      observation('saddle-anaesthesia', daysAgo(0), [], { valueBoolean: true }),
    ];
    const [card] = await cardsFor(service, 'patient-view', { records });
    expect(rulesOn([card!])[0]).toBe('saddle-loss');
    expect(card?.suggestions?.[0]?.label).toBe('Emergency referral, now');
  });

  test('a hard stop speaks of a draft that is on hold, other checks do not', async () => {
    const held = (atc: string) => [prescription(atc, { status: 'on-hold' })];
    const records = [na(3), SEVERE, allergy('diclofenac')];
    expect(rulesOn(await cardsFor(service, 'order-sign', { records, drafts: held('M01AB05') }))).toContain(
      'drug-allergy',
    );
    expect(rulesOn(await cardsFor(service, 'order-sign', { records, drafts: [prescription('N02AA05')] }))).toContain(
      'na-opioid-without-laxative',
    );
    expect(rulesOn(await cardsFor(service, 'order-sign', { records, drafts: held('N02AA05') }))).not.toContain(
      'na-opioid-without-laxative',
    );
  });

  test('are not shown to the patient, whose address may be absolute', async () => {
    const records = [observation('saddle-anaesthesia', daysAgo(0), [], { valueBoolean: true })];
    for (const userId of [
      `Patient/${PATIENT}`,
      `https://ehr.example/fhir/Patient/${PATIENT}`,
      `Patient/${PATIENT}/_history/1`,
    ])
      expect(await cardsFor(service, 'patient-view', { records, context: { userId } })).toEqual([]);
  });
});

describe('examinations', () => {
  const NECK_ARM = [
    condition('neck-pain', daysAgo(12), ['site-neck', 'side-right']),
    condition('arm-pain', daysAgo(12), ['site-arm', 'side-right']),
  ];
  const mri = (more: Readonly<Record<string, unknown>> = {}) =>
    record('ServiceRequest', {
      status: 'active',
      intent: 'order',
      code: coded('mri-cervical'),
      occurrenceDateTime: daysAgo(-4),
      ...more,
    });

  test('an infiltration is not offered on an anticoagulant', async () => {
    const offered = async (...more: readonly FhirResource[]) =>
      (await suggested('patient-view', { records: [...NECK_ARM, mri(), ...more], jurisdiction: 'BE' })).some(
        ({ label }) => label.startsWith('Epidural'),
      );
    expect(await offered()).toBe(true);
    expect(await offered(drug(coded('anticoagulant')))).toBe(false);
  });

  test('an image is cancelled only when it is for this complaint', async () => {
    const places = ['site-arm', 'side-right'];
    const better = [...NECK_ARM, nrs(8, daysAgo(11), places), nrs(2, daysAgo(0), places)];
    const cancelled = async (more: Readonly<Record<string, unknown>>) =>
      (await suggested('patient-view', { records: [...better, mri(more)] })).filter(
        ({ actions }) => actions[0]?.type === 'delete',
      ).length;
    const reason = (reference: string) => ({ reasonReference: [{ reference }] });
    expect(await cancelled({})).toBe(1);
    expect(await cancelled(reason(`Condition/${NECK_ARM[0]!.id!}`))).toBe(1);
    expect(await cancelled(reason('Condition/another'))).toBe(0);
    expect(await cancelled({ reasonCode: [coded('neck-pain')] })).toBe(1);
    expect(await cancelled({ reasonCode: [coded('malignancy')] })).toBe(0);
    expect(await cancelled({ authoredOn: daysAgo(13) })).toBe(1);
    expect(await cancelled({ authoredOn: daysAgo(14) })).toBe(0);
    expect(await cancelled({ priority: 'urgent' })).toBe(0);
  });
});
