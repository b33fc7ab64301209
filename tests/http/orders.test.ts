/** Orders that a GP can accept with one click, as an EHR gets them: complete, within their limits, and never where something forbids them. */
import type { FhirResource, MedicationRequest, ServiceRequest } from 'fhir/r4.js';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import type { Card, Suggestion } from '../../src/cds-hooks/response.js';
import { cardsFor, draft, prescription, rulesOn, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, nrs, observation, record, strength, weight } from '../support/records.js';
import { PATIENT, bundleOf, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';

const OWN_MRI = { system: 'urn:local:orders', code: 'RAD-17', display: 'MRI CWK' };
const OWN_DICLOFENAC = { system: 'urn:local:drugs', code: 'D-75' };
const BASE = (name: string): string => `https://${name}.example/fhir`;
const NOW = '2026-11-21T10:00:00+01:00';

let service: RunningService;
beforeAll(async () => {
  service = await startService({
    clients: [
      { id: 'images', fhirServers: [BASE('images')], gpMayOrderImaging: true },
      {
        id: 'own-codes',
        fhirServers: [BASE('own-codes')],
        jurisdiction: 'BE',
        orderCodes: { 'mri-neck': [OWN_MRI], diclofenac: [OWN_DICLOFENAC] },
      },
      { id: 'cards-only', fhirServers: [BASE('cards-only')], capabilities: { suggestions: false, markdown: false } },
      { id: 'single', fhirServers: [BASE('single')], capabilities: { actions: 1 } },
      { id: 'bundles', fhirServers: [BASE('bundles')], capabilities: { actions: 5, bundles: true } },
    ],
  });
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const PROVISIONAL = { verificationStatus: { coding: [{ code: 'provisional' }] } };
const na = (days: number): FhirResource => condition('neuralgic-amyotrophy', daysAgo(days), SHOULDER, PROVISIONAL);
const severe = (score = 8): FhirResource => nrs(score, daysAgo(0), SHOULDER);

const suggestionsOn = (cards: readonly Card[]): readonly Suggestion[] =>
  cards.flatMap((card) => card.suggestions ?? []);
const actionsOn = (cards: readonly Card[]) => suggestionsOn(cards).flatMap(({ actions }) => actions);
const suggested = async (hook: Hook, told: Told) => suggestionsOn(await cardsFor(service, hook, told));
const labelled = (suggestions: readonly Suggestion[], words: string): Suggestion | undefined =>
  suggestions.find(({ label }) => label.includes(words));
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- each test knows the type of its order
const resourceOf = <T>(suggestion: Suggestion | undefined, place = 0): T =>
  suggestion?.actions[place]?.resource as unknown as T;

/** The cards that a registered client gets of these records. */
async function cardsOf(client: string, hook: Hook, records: readonly FhirResource[], drafts?: readonly FhirResource[]) {
  const request = requestFor(hook);
  for (const key of Object.keys(request.prefetch)) if (key !== 'patient') request.prefetch[key] = searchsetOf();
  const of = (type: string) => searchsetOf(...records.filter(({ resourceType }) => resourceType === type));
  const keys = { conditions: of('Condition'), observations: of('Observation'), procedures: of('Procedure') };
  Object.assign(request.prefetch, keys, { serviceRequests: of('ServiceRequest') });
  if (drafts) request.context['draftOrders'] = bundleOf(...drafts);
  const extension = { 'example.plexus-cds.request': { now: NOW, language: 'en' } };
  const answer = await post(service.url + pathOf(hook), { ...request, fhirServer: BASE(client), extension });
  expect(answer.status).toBe(200);
  return (answer.json as { cards: readonly Card[] }).cards;
}

describe('a prednisone course for an adult with NA', () => {
  const course = (days: number, more: readonly FhirResource[] = [], told: Told = {}) =>
    suggested('patient-view', { records: [na(days), severe(), ...more], ...told });
  const COURSE = 'Prednisone course';

  test('is whole: steps with days and milligrams, tablets, what it is for, and stomach protection with it', async () => {
    const suggestion = labelled(await course(3), COURSE);
    expect(suggestion?.label).toBe(
      'Prednisone course: 60 mg for 7 days, then 10 mg less every day down to 0: 60 mg a day (12 tablets of 5 mg), 7 days + Stomach protection: omeprazole',
    );
    expect(suggestion?.actions.map(({ type }) => type)).toEqual(['create', 'create']);
    const order = resourceOf<MedicationRequest>(suggestion);
    expect(order).toMatchObject({
      resourceType: 'MedicationRequest',
      status: 'draft',
      intent: 'proposal',
      medicationCodeableConcept: { text: 'Prednisone tablet 5 mg' },
      subject: { reference: `Patient/${PATIENT}` },
      authoredOn: daysAgo(0),
      reasonReference: [{ reference: expect.stringMatching(/^Condition\//) as string }],
      dispenseRequest: { quantity: { value: 114 }, expectedSupplyDuration: { value: 12 } },
    });
    expect(order.medicationCodeableConcept?.coding?.map(({ code }) => code)).toEqual(['H02AB07', '23817']);
    expect(order.dosageInstruction?.map((step) => step.doseAndRate?.[0]?.doseQuantity?.value)).toEqual([
      60, 50, 40, 30, 20, 10,
    ]);
    expect(order.dosageInstruction?.at(-1)?.timing?.repeat?.boundsPeriod).toEqual({
      start: daysAgo(-11),
      end: daysAgo(-11),
    });
    expect(resourceOf<MedicationRequest>(suggestion, 1)).toMatchObject({
      medicationCodeableConcept: { coding: [{ code: 'A02BC01' }] },
      dosageInstruction: [{ text: 'Dose according to Farmacotherapeutisch Kompas' }],
    });
  });

  test('in Belgium names no tablet: its strengths are not in our sources', async () => {
    const suggestion = labelled(await course(3, [], { jurisdiction: 'BE' }), COURSE);
    const order = resourceOf<MedicationRequest>(suggestion);
    expect(order.medicationCodeableConcept?.coding?.map(({ code }) => code)).toEqual(['H02AB07']);
    expect(order.dispenseRequest).toEqual({ expectedSupplyDuration: expect.objectContaining({ value: 12 }) as object });
    expect(order.dosageInstruction?.[0]?.text).toBe('60 mg a day, 7 days');
    expect(JSON.stringify(resourceOf(suggestion, 1))).toContain('Dose according to BCFI');
  });

  test('stands alone where stomach protection is in use', async () => {
    const ppi = record('MedicationRequest', {
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: coded('ppi'),
    });
    expect(labelled(await course(3, [ppi]), COURSE)?.actions).toHaveLength(1);
  });

  test('is offered until day 13 and not on day 14', async () => {
    expect(labelled(await course(12), COURSE)).toBeDefined();
    expect(labelled(await course(13), COURSE)).toBeDefined();
    expect(labelled(await course(14), COURSE)).toBeUndefined();
  });

  test.each([
    ['an active ulcer', [condition('peptic-ulcer', daysAgo(30))]],
    ['fever', [observation('body-temperature', daysAgo(0), [], { valueQuantity: { value: 38.5, code: 'Cel' } })]],
    ['a history of malignancy', [condition('malignancy', daysAgo(900))]],
    [
      'a corticosteroid in use',
      [
        record('MedicationRequest', {
          status: 'active',
          intent: 'order',
          medicationCodeableConcept: coded('prednisolone'),
        }),
      ],
    ],
    ['a course that is drafted already', []],
  ] as const)('is not offered beside %s', async (what, more) => {
    const drafts = what.startsWith('a course') ? [prescription('H02AB07')] : undefined;
    const offers = drafts
      ? await suggested('order-select', { records: [na(3), severe()], drafts })
      : await course(3, more);
    expect(
      actionsOn([{ suggestions: offers } as Card]).filter(
        ({ type, description }) => type === 'create' && description.startsWith(COURSE),
      ),
    ).toEqual([]);
  });

  test('is not offered while NA is only suspected by us: that is for the GP to write down', async () => {
    const pain = condition('shoulder-pain', daysAgo(3), SHOULDER);
    const offers = await suggested('patient-view', { records: [pain, nrs(9, daysAgo(0), SHOULDER)] });
    expect(labelled(offers, COURSE)).toBeUndefined();
    expect(resourceOf(labelled(offers, 'on the problem list'))).toMatchObject({
      resourceType: 'Condition',
      verificationStatus: { coding: [{ code: 'provisional' }] },
      onsetDateTime: daysAgo(3),
      bodySite: [coded(...SHOULDER)],
    });
  });

  test('signed, asks for an evaluation after 24 to 48 hours', async () => {
    const drafts = [prescription('H02AB07', { reasonCode: [coded('neuralgic-amyotrophy')] })];
    const offers = await suggested('order-sign', { records: [na(3), severe()], drafts });
    expect(resourceOf(labelled(offers, 'Call after 24 to 48 hours'))).toMatchObject({
      resourceType: 'Task',
      status: 'draft',
      for: { reference: `Patient/${PATIENT}` },
      restriction: { period: { start: daysAgo(-1), end: daysAgo(-2) } },
    });
  });
});

describe('a prednisone course for a child', () => {
  const course = (kilograms: number, weighed = 0) =>
    suggested('patient-view', {
      birthDate: '2016-05-05',
      records: [na(3), severe(), weight(kilograms, daysAgo(weighed))],
    });

  test('follows the weight, rounded down to tablets of 5 mg', async () => {
    const order = resourceOf<MedicationRequest>(labelled(await course(28), 'Prednisone course by weight'));
    expect(order.dosageInstruction?.map((step) => step.doseAndRate?.[0]?.doseQuantity?.value)).toEqual([25, 15, 5]);
    expect(order.dispenseRequest?.quantity?.value).toBe(39);
    expect(order.note?.[0]?.text).toContain('paediatrician');
  });

  test('needs a weight of at most 90 days old', async () => {
    expect(labelled(await course(28, 90), 'Prednisone course')).toBeDefined();
    expect(labelled(await course(28, 91), 'Prednisone course')).toBeUndefined();
  });
});

test('whatever the weight, the age and the day: the dose stays under its cap and the course inside its window', async () => {
  const patient = fc.record({
    kilograms: fc.integer({ min: 3, max: 150 }),
    birthYear: fc.integer({ min: 1926, max: 2026 }),
    days: fc.integer({ min: 0, max: 20 }),
    jurisdiction: fc.constantFrom('NL' as const, 'BE' as const),
  });
  await fc.assert(
    fc.asyncProperty(patient, async ({ kilograms, birthYear, days, jurisdiction }) => {
      const records = [na(days), severe(), weight(kilograms, daysAgo(1))];
      const offers = await suggested('patient-view', { records, jurisdiction, birthDate: `${birthYear}-01-01` });
      const suggestion = labelled(offers, 'Prednisone course');
      const isChild = birthYear > 2008;
      // Under five kilograms there is no whole tablet; in milligrams there is.
      const isDosed = !isChild || kilograms >= 5 || jurisdiction === 'BE';
      expect(suggestion !== undefined).toBe(days <= 13 && isDosed);
      if (!suggestion) return;
      const doses = (resourceOf<MedicationRequest>(suggestion).dosageInstruction ?? []).map(
        (step) => step.doseAndRate?.[0]?.doseQuantity?.value ?? NaN,
      );
      expect(Math.max(...doses)).toBeLessThanOrEqual(isChild ? Math.min(kilograms, 60) : 60);
      expect(doses.at(-1)).toBeLessThanOrEqual(15);
    }),
    { numRuns: 150 },
  );
});

describe('the repair of a drafted order', () => {
  const repaired = async (drafted: FhirResource, records: readonly FhirResource[], told: Told = {}) => {
    const suggestions = await suggested('order-select', { records, drafts: [drafted], ...told });
    return suggestions.filter(({ actions }) => actions[0]?.type !== 'create');
  };
  const elementsBut = (resource: FhirResource, names: readonly string[]): unknown =>
    Object.entries(resource).filter(([name]) => !names.includes(name));
  const daily = (value: number, days: number, more: Readonly<Record<string, unknown>> = {}) => ({
    timing: {
      repeat: { frequency: 1, period: 1, periodUnit: 'd', boundsDuration: { value: days, unit: 'd', code: 'd' } },
    },
    doseAndRate: [{ doseQuantity: { value, unit: 'mg', code: 'mg' } }],
    ...more,
  });
  const FOR_NA = { reasonCode: [coded('neuralgic-amyotrophy')] };

  const TABLET_5_MG = { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.1', code: '23817' }] };
  const TABLET_OF_ANOTHER_KIND = {
    coding: [
      { system: 'http://www.whocc.no/atc', code: 'H02AB07' },
      { system: 'urn:oid:2.16.840.1.113883.2.4.4.1', code: '1' },
    ],
  };
  const WRITTEN = {
    identifier: [{ value: 'rx-1' }],
    ...FOR_NA,
    dosageInstruction: [daily(40, 7)],
    dispenseRequest: { validityPeriod: { end: daysAgo(-30) }, numberOfRepeatsAllowed: 2, quantity: { value: 56 } },
    substitution: { allowedBoolean: true },
  };

  test('of prednisone replaces the dose and the supply, and leaves all else as the GP wrote it', async () => {
    const drafted = draft('MedicationRequest', { medicationCodeableConcept: TABLET_5_MG, ...WRITTEN });
    const [suggestion] = await repaired(drafted, [na(3), severe()]);
    expect(suggestion?.actions).toMatchObject([{ type: 'update' }]);
    const resource = resourceOf<MedicationRequest>(suggestion);
    const changed = ['dosageInstruction', 'dispenseRequest'];
    expect(elementsBut(resource, changed)).toEqual(elementsBut(drafted, changed));
    expect(Object.keys(resource)).toEqual(Object.keys(drafted));
    expect(resource.dosageInstruction).toHaveLength(6);
    // A course is not repeated.
    expect(Object.keys(resource.dispenseRequest ?? {})).toEqual([
      'validityPeriod',
      'quantity',
      'expectedSupplyDuration',
    ]);
    expect(resource.dispenseRequest?.quantity?.value).toBe(114);
  });

  test('of prednisone counts no tablets where only the substance is named, and leaves another product alone', async () => {
    const [suggestion] = await repaired(prescription('H02AB07', WRITTEN), [na(3), severe()]);
    const { dosageInstruction, dispenseRequest } = resourceOf<MedicationRequest>(suggestion);
    expect(dosageInstruction?.[0]?.text).toBe('60 mg a day, 7 days');
    expect(dispenseRequest?.quantity).toBeUndefined();
    const other = draft('MedicationRequest', { medicationCodeableConcept: TABLET_OF_ANOTHER_KIND, ...WRITTEN });
    expect(await repaired(other, [na(3), severe()])).toEqual([]);
  });

  test('of methylprednisolone is left to the GP: its milligrams are others', async () => {
    const drafted = prescription('H02AB04', { ...FOR_NA, dosageInstruction: [daily(48, 12)] });
    expect(await repaired(drafted, [na(3), severe()])).toEqual([]);
  });

  test('of prednisone in Belgium names no tablet', async () => {
    const [suggestion] = await repaired(prescription('H02AB07', WRITTEN), [na(3), severe()], { jurisdiction: 'BE' });
    expect(resourceOf<MedicationRequest>(suggestion).dosageInstruction?.[0]?.text).toBe('60 mg a day, 7 days');
  });

  test('of prednisone keeps the day on which the GP lets it begin', async () => {
    const step = daily(40, 7, {});
    Object.assign(step.timing.repeat, {
      boundsDuration: undefined,
      boundsPeriod: { start: daysAgo(-2), end: daysAgo(-8) },
    });
    const [suggestion] = await repaired(prescription('H02AB07', { ...FOR_NA, dosageInstruction: [step] }), [
      na(3),
      severe(),
    ]);
    const { dosageInstruction } = resourceOf<MedicationRequest>(suggestion);
    expect(dosageInstruction?.[0]?.timing?.repeat?.boundsPeriod).toEqual({ start: daysAgo(-2), end: daysAgo(-8) });
  });

  test('of prednisolone leaves out the quantity: which tablets is not known', async () => {
    const drafted = prescription('H02AB06', {
      ...FOR_NA,
      dosageInstruction: [daily(40, 7)],
      dispenseRequest: { quantity: { value: 14 } },
    });
    const [suggestion] = await repaired(drafted, [na(3), severe()]);
    const { dispenseRequest } = resourceOf<MedicationRequest>(suggestion);
    expect(dispenseRequest).toEqual({ expectedSupplyDuration: expect.objectContaining({ value: 12 }) as object });
  });

  test('where something forbids the drug is its withdrawal, marked as recommended, and no other dose', async () => {
    const drafted = prescription('H02AB07', { ...FOR_NA, dosageInstruction: [daily(40, 7)] });
    const changes = await repaired(drafted, [na(3), severe(), condition('peptic-ulcer', daysAgo(30))]);
    expect(changes).toMatchObject([
      { isRecommended: true, actions: [{ type: 'delete', resourceId: 'MedicationRequest/draft-1' }] },
    ]);
  });

  test('of a child that was not weighed is to hold it', async () => {
    const drafted = prescription('H02AB07', { ...FOR_NA, dosageInstruction: [daily(40, 7)] });
    const [suggestion] = await repaired(drafted, [na(3), severe()], { birthDate: '2016-05-05' });
    expect(resourceOf(suggestion)).toEqual({ ...drafted, status: 'on-hold' });
  });

  test('of diclofenac is 75 mg twice a day, unless the product has another strength', async () => {
    const dosageInstruction = [
      {
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
        doseAndRate: [{ doseQuantity: { value: 100, unit: 'mg', code: 'mg' } }],
      },
    ];
    const records = [condition('low-back-pain', daysAgo(3), ['site-low-back'])];
    const [suggestion] = await repaired(prescription('M01AB05', { dosageInstruction }), records);
    expect(resourceOf<MedicationRequest>(suggestion).dosageInstruction).toMatchObject([
      { timing: { repeat: { frequency: 2 } }, doseAndRate: [{ doseQuantity: { value: 75, code: 'mg' } }] },
    ]);
    const retard100 = { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.8', code: '14279738' }] };
    const product = draft('MedicationRequest', { medicationCodeableConcept: retard100, dosageInstruction });
    expect(await repaired(product, records)).toEqual([]);
  });

  test('of a therapy request takes out strength training and nothing else', async () => {
    const orderDetail = [coded('therapy-mobility'), coded('therapy-strength-training'), { text: 'by hand' }];
    const drafted = draft('ServiceRequest', {
      code: coded('physiotherapy'),
      orderDetail,
      note: [{ text: 'as written' }],
    });
    const records = [na(10), severe(5), strength('muscle-serratus-anterior', 3, daysAgo(1))];
    const changes = await repaired(drafted, records);
    const resource = resourceOf<ServiceRequest>(labelled(changes, 'strength training'));
    expect(resource).toEqual({ ...drafted, orderDetail: [orderDetail[0], orderDetail[2]] });
  });

  test('of an image beside an alarm is its urgency', async () => {
    const records = [
      condition('low-back-pain', daysAgo(3), ['site-low-back']),
      observation('saddle-anaesthesia', daysAgo(0), [], { valueBoolean: true }),
    ];
    const drafted = draft('ServiceRequest', { priority: 'routine', code: coded('mri-lumbar') });
    const changes = await repaired(drafted, records);
    expect(resourceOf(labelled(changes, 'urgent'))).toEqual({ ...drafted, priority: 'stat' });
    expect(
      labelled(await repaired({ ...drafted, priority: 'stat' } as FhirResource, records), 'urgent'),
    ).toBeUndefined();
  });

  test('of an image beside an alarm comes after the emergency itself', async () => {
    const records = [
      condition('low-back-pain', daysAgo(3), ['site-low-back']),
      observation('saddle-anaesthesia', daysAgo(0), [], { valueBoolean: true }),
    ];
    const drafts = [draft('ServiceRequest', { code: coded('mri-lumbar') })];
    const offers = await suggested('order-select', { records, drafts });
    expect(offers.map(({ label }) => label).slice(0, 3)).toEqual([
      'Emergency referral, now',
      'Emergency consultation, now',
      'Make the imaging urgent',
    ]);
  });

  test('keeps the shape in which the client sent it', async () => {
    const drafted = prescription('H02AB07', {
      reasonCode: coded('neuralgic-amyotrophy'),
      dosageInstruction: daily(40, 7),
    });
    const [suggestion] = await repaired(drafted, [na(3), severe()]);
    expect(resourceOf<{ reasonCode: unknown }>(suggestion).reasonCode).toEqual(coded('neuralgic-amyotrophy'));
  });
});

describe('images and infiltrations', () => {
  const NECK_ARM = [
    condition('neck-pain', daysAgo(8), ['site-neck', 'side-right']),
    condition('arm-pain', daysAgo(8), ['site-arm', 'side-right']),
  ];
  const mriIn = (cards: readonly Card[]) =>
    resourceOf<ServiceRequest | undefined>(labelled(suggestionsOn(cards), 'MRI of the neck'));

  test('are created in Belgium, in weeks 3 and 4, and not in the Netherlands (D14)', async () => {
    const inBelgium = await cardsFor(service, 'patient-view', { records: NECK_ARM, jurisdiction: 'BE' });
    expect(mriIn(inBelgium)).toMatchObject({
      resourceType: 'ServiceRequest',
      status: 'draft',
      intent: 'proposal',
      code: { coding: [{ system: 'http://loinc.org', code: '24935-9' }, { code: 'mri-cervical' }] },
      occurrencePeriod: { start: daysAgo(-6), end: daysAgo(-19) },
    });
    expect(mriIn(await cardsFor(service, 'patient-view', { records: NECK_ARM }))).toBeUndefined();
  });

  test('are created for a Dutch client that says its GPs order them', async () => {
    expect(mriIn(await cardsOf('images', 'patient-view', NECK_ARM))).toBeDefined();
  });

  test('carry the codes of the site, which are understood when they come back', async () => {
    const cards = await cardsOf('own-codes', 'patient-view', NECK_ARM);
    const mri = mriIn(cards);
    expect(mri?.code).toEqual({ coding: [OWN_MRI], text: 'MRI of the neck' });
    const planned = { ...mri, id: 'mri-1', status: 'active', intent: 'order' } as FhirResource;
    expect(mriIn(await cardsOf('own-codes', 'patient-view', [...NECK_ARM, planned]))).toBeUndefined();
  });

  test('a drug under a code of the site is judged as what it is', async () => {
    const heart = condition('ischaemic-heart-disease', daysAgo(900));
    const drafted = draft('MedicationRequest', { medicationCodeableConcept: { coding: [OWN_DICLOFENAC] } });
    const cards = await cardsOf('own-codes', 'order-sign', [...NECK_ARM, heart], [drafted]);
    expect(rulesOn(cards)).toContain('drug-diclofenac-heart');
  });

  test('an infiltration of the neck is planned two days after the MRI at the earliest', async () => {
    const mri = (days: number) =>
      record('ServiceRequest', {
        status: 'active',
        intent: 'order',
        code: coded('mri-cervical'),
        occurrenceDateTime: daysAgo(days),
      });
    const infiltrationAfter = async (days: number) =>
      resourceOf<ServiceRequest | undefined>(
        labelled(
          await suggested('patient-view', { records: [...NECK_ARM, mri(days)], jurisdiction: 'BE' }),
          'Epidural infiltration',
        ),
      );
    expect((await infiltrationAfter(-4))?.occurrencePeriod).toEqual({ start: daysAgo(-6), end: daysAgo(-19) });
    expect((await infiltrationAfter(-5))?.occurrencePeriod?.start).toBe(daysAgo(-7));
    expect(
      labelled(await suggested('patient-view', { records: NECK_ARM, jurisdiction: 'BE' }), 'Epidural'),
    ).toBeUndefined();
  });

  test('the check at the start of week 3 is a visit on days 14 to 16', async () => {
    const offers = await suggested('patient-view', { records: NECK_ARM });
    expect(resourceOf(labelled(offers, 'Check at the start of week 3'))).toMatchObject({
      resourceType: 'Appointment',
      status: 'proposed',
      requestedPeriod: [{ start: daysAgo(-6), end: daysAgo(-8) }],
      participant: [{ actor: { reference: `Patient/${PATIENT}` }, status: 'needs-action' }],
    });
  });
});

describe('an urgent referral', () => {
  const ALARM = [
    condition('low-back-pain', daysAgo(3), ['site-low-back']),
    strength('muscle-tibialis-anterior', 2, daysAgo(0)),
  ];
  const referral = (priority?: string) =>
    record('ServiceRequest', {
      status: 'active',
      intent: 'order',
      authoredOn: daysAgo(1),
      code: coded('referral-neurology'),
      ...(priority && { priority }),
    });
  const offered = async (...more: readonly FhirResource[]) =>
    labelled(await suggested('patient-view', { records: [...ALARM, ...more] }), 'Urgent referral to the neurologist');

  test('is offered beside a routine one, and not beside an urgent one', async () => {
    expect(await offered()).toBeDefined();
    expect(await offered(referral())).toBeDefined();
    expect(await offered(referral('routine'))).toBeDefined();
    expect(await offered(referral('asap'))).toBeUndefined();
  });
});

describe('what a client can take', () => {
  const PAIN = [na(10), severe()];

  test('no suggestions, and plain text', async () => {
    const cards = await cardsOf('cards-only', 'patient-view', PAIN);
    expect(cards.length).toBeGreaterThan(0);
    expect(suggestionsOn(cards)).toEqual([]);
    for (const { detail, selectionBehavior } of cards) {
      expect(detail).not.toMatch(/\*|^>|\\/m);
      expect(selectionBehavior).toBeUndefined();
    }
    expect(cards.map(({ detail }) => detail).join()).toContain('- ');
  });

  test('one action in a suggestion: what belongs together comes apart and says so', async () => {
    const offers = suggestionsOn(await cardsOf('single', 'patient-view', PAIN));
    expect(offers.every(({ actions }) => actions.length === 1)).toBe(true);
    expect(labelled(offers, 'Oxycodone')?.label).toBe(
      'Oxycodone slow-release 10 mg, twice a day (together with Laxative: macrogol)',
    );
    expect(labelled(offers, 'Laxative: macrogol (together with Oxycodone')).toBeDefined();
  });

  test('several actions in one, and bundles of what can do without each other', async () => {
    const operated = record('Procedure', {
      status: 'completed',
      code: coded('spine-surgery'),
      performedDateTime: daysAgo(400),
      bodySite: [coded('site-low-back')],
    });
    const records = [condition('low-back-pain', daysAgo(20), ['site-low-back']), operated];
    const together = suggestionsOn(await cardsOf('bundles', 'patient-view', records));
    expect(together.find(({ actions }) => actions.length === 3)?.label).toBe(
      'Referral to the neurosurgeon + Referral to the pain clinic + Referral to the rehabilitation physician',
    );
    const apart = suggestionsOn(await cardsOf('nobody', 'patient-view', records));
    expect(apart.filter(({ label }) => label.startsWith('Referral')).map(({ actions }) => actions.length)).toEqual([
      1, 1, 1,
    ]);
  });
});
