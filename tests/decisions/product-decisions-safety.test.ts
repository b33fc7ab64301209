/**
 * What the service decided about doing and not doing: when it offers a course of prednisone, what it takes for something else than
 * neuralgic amyotrophy (NA), when it proposes to cancel, and when an image is early or late. Each test asks a running service.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { cardWith, draft, prescription, rulesOn, statementsOn, wordsOf, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, strength, weight } from '../support/records.js';
import { askService, found, na, neckAndArmPain, neckPain, RIGHT_SHOULDER, TODAY } from '../support/complaints.js';

const { ask, view } = askService();

const shoulderPain = condition('shoulder-pain', daysAgo(3), RIGHT_SHOULDER);
const severe = nrs(8, TODAY, RIGHT_SHOULDER);
const inUse = (drug: string) =>
  record('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded(drug),
    authoredOn: daysAgo(10),
  });

describe('D17: starting prednisone is proposed in listed NA, day 0-13, NRS 7 or more, without hard stop, fever or alarm; three things do not withhold it', () => {
  const isOffered = async (records: readonly FhirResource[], told?: Told) =>
    rulesOn(await view(records, told)).includes('na-prednisone-start');
  const temperature = (value: number) =>
    observation('body-temperature', TODAY, [], { valueQuantity: { value, code: 'Cel' } });
  const serratus = (grade: number) => strength('muscle-serratus-anterior', grade, TODAY);
  const inOneArm = [
    finding('onset-sudden', true, daysAgo(2)),
    found('bladder-bowel-normal'),
    found('saddle-sensation-normal'),
    finding('pyramidal-signs', false, TODAY),
    strength('muscle-quadriceps', 5, TODAY),
    strength('muscle-deltoid', 4, TODAY),
    strength('muscle-triceps', 4, TODAY),
  ];

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['NA provisional', true, [na(3, 'provisional'), severe]],
    ['NA differential', false, [na(3, 'differential'), severe]],
    ['no NA on the list', false, [shoulderPain, severe]],
    ['day 13', true, [na(13, 'provisional'), severe]],
    ['day 14', false, [na(14, 'provisional'), severe]],
    ['NRS 7', true, [na(3, 'provisional'), nrs(7, TODAY, RIGHT_SHOULDER)]],
    ['NRS 6', false, [na(3, 'provisional'), nrs(6, TODAY, RIGHT_SHOULDER)]],
  ])('%s: %s', async (_, offered, records) => {
    expect(await isOffered(records)).toBe(offered);
  });

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['37.9 degrees', true, [temperature(37.9)]],
    ['38.0 degrees', false, [temperature(38)]],
    ['an infection outside the closed list', true, [condition('infection', daysAgo(2))]],
    ['shingles', false, [condition('herpes-zoster', daysAgo(2))]],
    ['pyramidal signs', false, [found('pyramidal-signs')]],
    ['saddle anaesthesia', false, [found('saddle-anaesthesia')]],
    ['a weak face', false, [found('facial-weakness')]],
    ['a malignancy in 2011', false, [condition('malignancy', '2011-01-01')]],
    ['breathlessness at rest', false, [found('dyspnoea-at-rest')]],
    ['a severe deficit, NA not confirmed', false, [serratus(3)]],
    ['a mild deficit', true, [serratus(4)]],
    ['breathlessness lying flat', true, [found('orthopnoea')]],
    ['weakness of several groups that fits NA', true, inOneArm],
  ])('beside %s: %s', async (_, offered, more) => {
    expect(await isOffered([na(3, 'provisional'), severe, ...more])).toBe(offered);
  });

  test('beside a severe deficit in the arm with confirmed NA, and beside a first complaint after 50', async () => {
    expect(await isOffered([na(3, 'confirmed'), severe, serratus(3)])).toBe(true);
    expect(await isOffered([na(3, 'provisional'), severe], { birthDate: '1960-01-01' })).toBe(true);
  });

  const week = (mg: number, from: number) => ({
    sequence: 1,
    timing: {
      repeat: {
        frequency: 1,
        period: 1,
        periodUnit: 'd',
        boundsPeriod: { start: daysAgo(-from), end: daysAgo(-from - 6) },
      },
    },
    doseAndRate: [{ doseQuantity: { value: mg, unit: 'mg', code: 'mg' } }],
  });
  const signed = (records: readonly FhirResource[], dosage: unknown, told: Told = {}) =>
    ask('order-sign', {
      records,
      drafts: [prescription('H02AB07', { dosageInstruction: [dosage] })],
      ...told,
    });

  test.each([
    [3, false],
    [4, true],
  ])('on day 10 a course that begins in %i days is too late: %s', async (from, late) => {
    const rules = rulesOn(await signed([na(10, 'provisional'), severe], week(60, from)));
    expect(rules.includes('prednisone-window-passed')).toBe(late);
  });

  test.each([
    [20, undefined],
    [22, undefined],
    [23, 'critical'],
  ])('%i mg for a child of 20 kg is an overdose: %s', async (mg, indicator) => {
    const cards = await signed([na(3, 'provisional'), severe, weight(20, TODAY)], week(mg, 0), {
      birthDate: '2018-01-01',
    });
    const overdose = cards.find((card) => rulesOn([card]).includes('prednisone-child-dose-too-high'));
    expect(overdose?.indicator).toBe(indicator);
    expect(rulesOn(cards)).toContain('prednisone-under-18');
  });
});

describe('D18: weak face or tongue, lost balance, sudden painless weakness and Horner with neck pain are taken for stroke or dissection first', () => {
  const weak = strength('muscle-deltoid', 4, TODAY);

  test.each(['facial-weakness', 'tongue-deviation', 'vertigo'])('%s with an arm complaint', async (sign) => {
    const loudness = async (...more: readonly FhirResource[]) =>
      cardWith('SAFE-28', await view([shoulderPain, found(sign), ...more]))?.indicator;
    expect([await loudness(), await loudness(weak)]).toEqual(['warning', 'critical']);
    expect(statementsOn(await view([shoulderPain, finding(sign, false, TODAY)]))).not.toContain('SAFE-28');
  });

  test.each([
    ['hoarseness', 'NA-69'],
    ['sudden-deafness', 'NA-72'],
  ])('%s alone in NA goes to the ENT specialist', async (sign, statement) => {
    const statements = statementsOn(await view([na(3, 'provisional'), found(sign)]));
    expect(statements).toContain(statement);
    expect(statements).not.toContain('SAFE-28');
  });

  test.each([
    [0, 'critical'],
    [8, undefined],
  ])('sudden weakness of the arm with NRS %i: %s', async (value, indicator) => {
    const records = [shoulderPain, weak, found('onset-sudden'), nrs(value, TODAY, RIGHT_SHOULDER)];
    expect(cardWith('SAFE-29', await view(records))?.indicator).toBe(indicator);
  });

  test.each<[string, string, FhirResource]>([
    ['neck', 'SAFE-30', neckPain(3)],
    ['shoulder', 'EXT-08', shoulderPain],
  ])('Horner with pain of the %s: %s', async (_, statement, complaint) => {
    const cards = await view([complaint, found('horner-syndrome')]);
    expect(statementsOn(cards.slice(0, 1)).filter((id) => id === 'SAFE-30' || id === 'EXT-08')).toContain(statement);
    expect(cards[0]?.indicator).toBe('critical');
  });

  test('a suspicion of NA says what is not assessed', async () => {
    const words = wordsOf(await view([shoulderPain, severe]));
    expect(words).toMatch(/Not assessed: heart attack, aortic aneurysm and joint infection/);
  });
});

describe('D19: better means every scored site of the complaint, by a score of at most 7 days, and without a drug that hides the pain; a site without a score is asked', () => {
  const planned = (code: string) => record('ServiceRequest', { status: 'active', intent: 'order', code: coded(code) });
  const at = (value: number, days: number, site: string) => nrs(value, daysAgo(days), [site]);
  const ofNeckAndArm = async (...scores: readonly FhirResource[]) =>
    statementsOn(await view([...neckAndArmPain(20), planned('mri-cervical'), ...scores])).includes('CERV-17');
  const muchBetter = observation('global-change', TODAY, [], {
    valueCodeableConcept: { coding: [{ code: 'much-better' }] },
  });
  const armFell = (days: number) => [at(6, 15, 'site-arm'), at(3, days, 'site-arm')];

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['arm 6 to 3, neck without a score', true, armFell(0)],
    ['arm 6 to 3, neck 6 to 3', true, [...armFell(0), at(6, 15, 'site-neck'), at(3, 0, 'site-neck')]],
    ['arm 6 to 3, neck still 6', false, [...armFell(0), at(6, 15, 'site-neck'), at(6, 0, 'site-neck')]],
    ['arm 6 to 3, seven days ago', true, armFell(7)],
    ['arm 6 to 3, eight days ago', false, armFell(8)],
  ])('%s: cancelling is proposed %s', async (_, proposed, scores) => {
    expect(await ofNeckAndArm(...scores)).toBe(proposed);
  });

  const atNeck = (value: number, days: number) => at(value, days, 'site-neck');
  test.each<[string, string | undefined, readonly FhirResource[]]>([
    ['the neck has no score', 'the neck', armFell(0)],
    ['the neck has a score of 1', undefined, [...armFell(0), atNeck(1, 0)]],
    ['the arm has no score', 'the arm', [atNeck(6, 15), atNeck(3, 0)]],
    ['much better, no score at all', 'the neck, the arm', [muchBetter]],
    ['the neck has no score, and nothing is much better', undefined, [at(6, 15, 'site-arm'), at(4, 0, 'site-arm')]],
  ])('neck and arm pain, %s: asked about %s', async (_, asked, scores) => {
    const words = wordsOf(await view([...neckAndArmPain(20), planned('mri-cervical'), ...scores]));
    expect(/Ask about the pain in (.*) too/.exec(words)?.[1]).toBe(asked);
  });

  test.each([
    ['site-lower-leg', 'the back'],
    ['site-low-back', 'the leg'],
  ])('back and leg pain that fell at %s: asked about %s', async (site, asked) => {
    const sciatica = condition('sciatica', daysAgo(20), ['site-low-back', 'site-lower-leg']);
    const words = wordsOf(await view([sciatica, planned('mri-lumbar'), at(6, 15, site), at(3, 0, site)]));
    expect(/Ask about the pain in (.*) too/.exec(words)?.[1]).toBe(asked);
  });

  const ofBack = async (from: number, to: number, ...more: readonly FhirResource[]) =>
    rulesOn(
      await view([
        condition('low-back-pain', daysAgo(20), ['site-low-back']),
        planned('mri-lumbar'),
        at(from, 15, 'site-low-back'),
        at(to, 0, 'site-low-back'),
        ...more,
      ]),
    );

  test.each([
    [10, 5, false],
    [8, 4, true],
    [6, 4, true],
    [5, 4, false],
    [5, 3, true],
    [4, 3, false],
  ])('back pain from %i to %i: cancelling is proposed %s', async (from, to, proposed) => {
    expect((await ofBack(from, to)).includes('back-cancel')).toBe(proposed);
  });

  test.each([
    ['oxycodone', 'back-cancel-ask'],
    ['prednisone', 'back-cancel-ask'],
    ['paracetamol', 'back-cancel'],
  ])('from 8 to 2 on %s: %s', async (drug, rule) => {
    const rules = await ofBack(8, 2, inUse(drug));
    expect(rules.filter((id) => id === 'back-cancel' || id === 'back-cancel-ask')).toEqual([rule]);
  });
});

describe('D21: an image without a date warns before day 7, informs on day 7-13, is silent from day 14; with radiating pain a date after day 27 informs', () => {
  const imageOn = (complaint: readonly FhirResource[], more: Readonly<Record<string, unknown>> = {}) =>
    ask('order-select', {
      records: [...complaint, found('red-flags-excluded'), found('yellow-flags-assessed')],
      drafts: [draft('ServiceRequest', { code: coded('mri-cervical'), ...more })],
    });

  test.each([
    [6, 'warning'],
    [7, 'info'],
    [13, 'info'],
    [14, 'silent'],
  ])('ordered on day %i without a date: %s', async (day, loudness) => {
    expect((await imageOn(neckAndArmPain(day)))[0]?.indicator ?? 'silent').toBe(loudness);
  });

  test.each<[string, string, number, readonly FhirResource[]]>([
    ['neck and arm', 'warning', 13, neckAndArmPain(8)],
    ['neck and arm', 'silent', 14, neckAndArmPain(8)],
    ['neck and arm', 'silent', 27, neckAndArmPain(8)],
    ['neck and arm', 'info', 28, neckAndArmPain(8)],
    ['neck', 'silent', 28, [neckPain(8)]],
  ])('pain of %s: %s for an image on day %i', async (_, loudness, day, complaint) => {
    const cards = await imageOn(complaint, { occurrenceDateTime: daysAgo(8 - day) });
    expect(cards[0]?.indicator ?? 'silent').toBe(loudness);
  });
});
