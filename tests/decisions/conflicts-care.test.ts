/**
 * Where two sentences of the sources pull apart about treatment, tests and referral: which one speaks at which time, and in which
 * country. Each test asks a running service about two patients who differ in one datum.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import type { Jurisdiction } from '../../src/cds-hooks/request.js';
import { cardWith, draft, prescription, rulesOn, statementsOn, wordsOf, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, strength } from '../support/records.js';
import { send } from '../support/service.js';
import { askService, found, neckAndArmPain, order, RIGHT_SHOULDER, TODAY } from '../support/complaints.js';

const { url, view, ordered } = askService();

/** Three calendar months before today: still the acute policy, and the day on which it is over. */
const LAST_ACUTE = '2026-08-21';
const FIRST_CHRONIC = '2026-08-20';
const na = (onset: string, verification = 'confirmed') =>
  condition('neuralgic-amyotrophy', onset, RIGHT_SHOULDER, {
    verificationStatus: { coding: [{ code: verification }] },
  });
const score = (value: number, days = 0) => nrs(value, daysAgo(days), RIGHT_SHOULDER);
const neckPain = (days: number) => condition('neck-pain', daysAgo(days), ['site-neck']);
const inUse = (drug: string, days = 3) =>
  record('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded(drug),
    authoredOn: daysAgo(days),
  });

describe('CONF-08: no strength training of weak muscles in acute NA, coordination before strength in chronic NA; else the advice for paresis', () => {
  const training = order('physiotherapy', 'therapy-strength-training');
  const weak = strength('muscle-deltoid', 4, TODAY);
  const ADVICE = ['NA-88', 'NA-92', 'PAR-25'];

  test.each<[string, string, FhirResource]>([
    ['confirmed NA on the last acute day', 'NA-88', na(LAST_ACUTE)],
    ['confirmed NA a day later', 'NA-92', na(FIRST_CHRONIC)],
    ['suspected NA', 'NA-88', na(daysAgo(20), 'provisional')],
    ['shoulder pain without NA', 'PAR-25', condition('shoulder-pain', daysAgo(20), RIGHT_SHOULDER)],
  ])('%s with a weak deltoid: %s', async (_, statement, complaint) => {
    const statements = statementsOn(await ordered(training, [complaint, weak]));
    expect(statements.filter((id) => ADVICE.includes(id))).toEqual([statement]);
  });

  const rightArm = ['site-arm', 'side-right'];
  const suddenArmPain = (value: number, onset = daysAgo(10)) => [
    condition('arm-pain', onset, rightArm),
    nrs(value, TODAY, rightArm),
    finding('onset-sudden', true, onset),
    weak,
  ];

  test.each<[string, string, readonly FhirResource[]]>([
    ['NRS 6', 'PAR-25', suddenArmPain(6)],
    ['NRS 7', 'NA-88', suddenArmPain(7)],
    ['NRS 7, all within one root', 'NA-88', [...suddenArmPain(7), found('symptoms-single-root')]],
    ['NRS 7 on the last acute day', 'NA-88', suddenArmPain(7, LAST_ACUTE)],
    ['NRS 7 a day later', 'PAR-25', suddenArmPain(7, FIRST_CHRONIC)],
  ])('sudden arm pain with a weak deltoid, no NA on the list, %s: %s', async (_, statement, records) => {
    const ofOrder = statementsOn(await ordered(training, records));
    expect(ofOrder.filter((id) => ADVICE.includes(id))).toEqual([statement]);
    expect(rulesOn(await view(records)).includes('na-no-strength-training')).toBe(statement === 'NA-88');
  });

  test('at full strength no advice of the three', async () => {
    const statements = statementsOn(await ordered(training, [na(LAST_ACUTE), strength('muscle-deltoid', 5, TODAY)]));
    expect(statements.filter((id) => ADVICE.includes(id))).toEqual([]);
  });
});

describe('CONF-09: a co-analgesic is offered within the acute policy and reconsidered after three calendar months', () => {
  test.each([
    [LAST_ACUTE, true],
    [FIRST_CHRONIC, false],
  ])('NA since %s, NRS 8: offered %s, on an order reconsidered otherwise', async (onset, offered) => {
    const records = [na(onset), score(8), found('pain-at-rest')];
    expect(statementsOn(await view(records)).includes('NA-83')).toBe(offered);
    expect(statementsOn(await ordered(prescription('N03AX12'), records)).includes('NA-112')).toBe(!offered);
  });
});

describe('CONF-10: NA needs no EMG from the GP; for neck and arm pain an EMG follows only unclear imaging', () => {
  const imaged = (conclusion: string) =>
    record('DiagnosticReport', {
      status: 'final',
      code: coded('mri-cervical'),
      effectiveDateTime: daysAgo(2),
      conclusionCode: [coded(conclusion)],
    });

  test.each<[string, readonly string[], readonly FhirResource[]]>([
    ['NA', ['NA-40'], [na(daysAgo(20))]],
    ['neck and arm pain without an image', ['CERV-14'], neckAndArmPain(20)],
    ['a clear image', ['CERV-14'], [...neckAndArmPain(20), imaged('imaging-clear')]],
    ['an unclear image', [], [...neckAndArmPain(20), imaged('imaging-unclear')]],
  ])('%s: %j', async (_, expected, records) => {
    const statements = statementsOn(await ordered(order('emg'), records));
    expect(statements.filter((id) => id === 'NA-40' || id === 'CERV-14')).toEqual(expected);
  });
});

describe('CONF-11: of two prognoses the patient reads the more cautious figures, and no promise of full recovery', () => {
  test('in the leaflet that a card of NA links to', async () => {
    const links = (await view([na(daysAgo(20))])).flatMap((card) => card.links ?? []);
    const { pathname, search } = new URL(links.find(({ url }) => url.includes('/leaflets/na-patient'))?.url ?? '');
    const { text } = await send(url() + pathname + search);
    expect(text).toMatch(/70 to 90 per cent[\s\S]*Two in three people still have pain/);
    expect(text).toContain('can therefore not be promised');
  });
});

describe('CONF-12: prednisone shortens and relieves, it does not cure: one card says both', () => {
  test.each([
    [6, false],
    [7, true],
  ])('acute NA with NRS %i: %s', async (value, both) => {
    const card = cardWith('NA-81', await view([na(daysAgo(3)), score(value)]));
    expect(/prednisone[\s\S]*there is no cure/i.test(`${card?.summary} ${card?.detail}`)).toBe(both);
  });
});

describe('CONF-13: while NA is suspected no image or infiltration of the neck is proposed, and the neurologist comes before an infiltration', () => {
  const PROPOSALS = ['CERV-11', 'CERV-12'];

  test.each([
    [6, PROPOSALS],
    [7, []],
  ])('neck and arm pain on day 10 with NRS %i in the arm: proposed %j', async (value, proposed) => {
    const statements = statementsOn(await view([...neckAndArmPain(10), nrs(value, TODAY, ['site-arm', 'side-right'])]));
    expect(statements.filter((id) => PROPOSALS.includes(id))).toEqual(proposed);
  });

  test.each<[string, string, readonly FhirResource[]]>([
    ['NA on the list as provisional', 'NA-39', [na(daysAgo(20), 'provisional')]],
    ['NA on the list as differential', 'NA-39', [na(daysAgo(20), 'differential')]],
    ['no NA', 'CERV-13', []],
  ])('an order of an infiltration with %s: %s speaks', async (_, statement, disease) => {
    const cards = await ordered(order('cervical-epidural-infiltration'), [...neckAndArmPain(20), ...disease]);
    expect(statementsOn(cards).filter((id) => id === 'NA-39' || id === 'CERV-13')).toEqual([statement]);
    expect(statementsOn(cards.slice(0, 1))).toContain(statement);
  });

  const infiltration = (more = {}) =>
    draft('ServiceRequest', { code: coded('cervical-epidural-infiltration'), ...more });
  const rightArm = (value: number) => nrs(value, TODAY, ['site-arm', 'side-right']);
  const sudden = finding('onset-sudden', true, daysAgo(10));
  const leading = async (...more: readonly FhirResource[]) => {
    const cards = await ordered(infiltration(), [...neckAndArmPain(10), ...more]);
    const spoken = rulesOn(cards).filter((id) => CHECKS.includes(id));
    expect(rulesOn(cards.slice(0, 1)).filter((id) => CHECKS.includes(id))).toEqual(spoken);
    return spoken;
  };
  const NEUROLOGIST = 'na-infiltration-neurologist-first';
  const NO_MRI = 'neck-infiltration-no-mri';
  const CHECKS = [NEUROLOGIST, NO_MRI];

  test.each<[string, string, readonly FhirResource[]]>([
    ['no score', NO_MRI, [sudden]],
    ['NRS 6', NO_MRI, [sudden, rightArm(6)]],
    ['NRS 7', NEUROLOGIST, [sudden, rightArm(7)]],
    ['NRS 7, mode of onset not recorded', NEUROLOGIST, [rightArm(7)]],
    ['NRS 7, gradual', NO_MRI, [rightArm(7), finding('onset-gradual', true, daysAgo(10))]],
    ['NRS 7, all within one root', NO_MRI, [sudden, rightArm(7), found('symptoms-single-root')]],
    ['NRS 7, the shoulder stiff', NO_MRI, [sudden, rightArm(7), found('passive-shoulder-rotation-abduction-limited')]],
    ['NRS 7, NA confirmed', NO_MRI, [sudden, rightArm(7), na(daysAgo(10))]],
  ])('an order of an infiltration on day 10 without NA on the list, %s: %s', async (_, rule, records) => {
    expect(await leading(...records)).toEqual([rule]);
  });

  test('scores that could not be searched are asked before the infiltration', async () => {
    const cards = await ordered(infiltration(), neckAndArmPain(10), { failed: ['observations'] });
    expect(wordsOf(cards)).toContain('pain score and picture of neuralgic amyotrophy');
  });

  const ofCourse = (status: string, end?: string) =>
    record('MedicationStatement', {
      status,
      medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: 'H02AB07' }] },
      effectivePeriod: { start: daysAgo(40), ...(end !== undefined && { end }) },
    });
  const saysSteroid = async (records: readonly FhirResource[], more = {}, told: Told = {}) =>
    rulesOn(await ordered(infiltration(more), [...neckAndArmPain(60), ...records], told)).includes(
      'neck-infiltration-systemic-steroid',
    );

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['in use', true, [ofCourse('active')]],
    ['ended 13 days ago', true, [ofCourse('completed', daysAgo(13))]],
    ['ended 14 days ago', true, [ofCourse('completed', daysAgo(14))]],
    ['ended 15 days ago', false, [ofCourse('completed', daysAgo(15))]],
    ['never taken', false, []],
  ])('an order of an infiltration, prednisone %s: "already a systemic steroid" %s', async (_, said, records) => {
    expect(await saysSteroid(records)).toBe(said);
  });

  test.each([
    [-4, true],
    [-5, false],
  ])('prednisone ended 10 days ago, the infiltration on day %i before today: said %s', async (days, said) => {
    expect(await saysSteroid([ofCourse('completed', daysAgo(10))], { occurrenceDateTime: daysAgo(days) })).toBe(said);
  });
});

describe('CONF-15: physiotherapy from day 14 needs no abnormal course; profile B of KNGF begins after six weeks, on day 43', () => {
  test.each([
    [13, []],
    [14, ['CERV-04']],
    [42, ['CERV-04']],
    [43, ['CERV-04', 'NECKB-02']],
  ])('neck pain on day %i: %j', async (days, expected) => {
    const documented = ['red-flags-excluded', 'neck-pain-grade-1-2'].map((code) => found(code));
    const statements = statementsOn(await view([neckPain(days), ...documented, nrs(6, TODAY, ['site-neck'])]));
    expect(statements.filter((id) => id === 'CERV-04' || id === 'NECKB-02')).toEqual(expected);
  });
});

describe('CONF-16: three or more yellow flags count as dominant: not profile B, but a behavioural approach', () => {
  const flags = [
    'conflict-with-caregivers',
    'social-isolation-increasing',
    'multiple-unrelated-complaints',
    'function-decreasing',
  ];

  test.each([
    [2, ['NECKB-02']],
    [3, ['NECKB-03', 'EXT-10']],
    [4, ['NECKB-03', 'EXT-10']],
  ])('%i yellow flags: %j', async (count, expected) => {
    const asked = flags.slice(0, count).map((code) => found(code));
    const records = [neckPain(50), found('neck-pain-grade-1-2'), nrs(6, TODAY, ['site-neck']), ...asked];
    const statements = statementsOn(await view(records));
    expect(statements.filter((id) => ['NECKB-02', 'NECKB-03', 'EXT-10'].includes(id))).toEqual(expected);
  });
});

describe('CONF-17: the weeks of the Belgian protocol hold in both countries; the Netherlands adds what NHG says, and nothing is blocked', () => {
  const legPain = (days: number) => [
    condition('low-back-pain', daysAgo(days), ['site-low-back']),
    condition('leg-pain', daysAgo(days), ['site-lower-leg', 'side-right']),
  ];

  test.each<[Jurisdiction, boolean]>([
    ['NL', true],
    ['BE', false],
  ])('%s: the line of NHG %s', async (jurisdiction, added) => {
    const early = await ordered(order('mri-lumbar'), legPain(5), { jurisdiction });
    for (const cards of [early, await view(legPain(10), { jurisdiction })]) {
      expect(statementsOn(cards)).toContain('LUMB-12');
      expect(statementsOn(cards).includes('SAFE-20')).toBe(added);
    }
    expect(early.map(({ indicator }) => indicator)).toEqual(['warning']);
    const inTime = [...legPain(20), found('red-flags-excluded'), found('yellow-flags-assessed')];
    expect(await ordered(order('mri-lumbar'), inTime, { jurisdiction })).toEqual([]);
  });
});

describe('CONF-18: one proton pump inhibitor covers prednisone and an NSAID together', () => {
  const disease = [na(daysAgo(3)), score(8)];
  const STOMACH = ['SAFE-04', 'NA-103', 'NA-108'];
  const asked = async (drug: string, ...drugs: readonly FhirResource[]) =>
    statementsOn(await ordered(prescription(drug), [...disease, ...drugs])).filter((id) => STOMACH.includes(id));

  test.each<[string, string, readonly string[], readonly string[]]>([
    ['prednisone beside diclofenac: asked for', 'H02AB07', ['diclofenac'], ['SAFE-04', 'NA-103']],
    ['prednisone beside diclofenac and omeprazole: silent', 'H02AB07', ['diclofenac', 'omeprazole'], []],
    ['diclofenac beside prednisone: asked for', 'M01AB05', ['prednisone'], ['NA-108']],
    ['diclofenac beside prednisone and omeprazole: silent', 'M01AB05', ['prednisone', 'omeprazole'], []],
  ])('%s', async (_, drug, beside, expected) => {
    expect(await asked(drug, ...beside.map((one) => inUse(one, 1)))).toEqual(expected);
  });
});

describe('CONF-20: analgesics without effect count for NA and not as a yellow flag, until the acute policy is over', () => {
  const noEffect = found('analgesics-ineffective');

  test.each<[string, boolean, string, readonly FhirResource[]]>([
    ['NA on the last acute day', false, LAST_ACUTE, [na(LAST_ACUTE)]],
    ['NA a day later', true, FIRST_CHRONIC, [na(FIRST_CHRONIC)]],
    ['no NA on the last acute day', true, LAST_ACUTE, []],
  ])('%s: yellow flag %s', async (_, flagged, onset, disease) => {
    const neck = condition('neck-pain', onset, ['site-neck', 'side-right']);
    expect(statementsOn(await view([neck, ...disease, noEffect])).includes('YEL-05')).toBe(flagged);
  });

  test('in suspected NA it supports the suspicion', async () => {
    const attack = [condition('shoulder-pain', daysAgo(3), RIGHT_SHOULDER), score(8)];
    expect(statementsOn(await view([...attack, noEffect]))).toContain('NA-28');
    expect(statementsOn(await view(attack))).not.toContain('NA-28');
  });
});

describe('CONF-21: distress in acute NA asks to treat the pain; it is a yellow flag after three months or with a high score', () => {
  const distress = found('emotional-distress-increasing');
  const depression = (interpretation: string) =>
    observation('score-depression', TODAY, [], {
      valueInteger: 12,
      interpretation: [{ coding: [{ code: interpretation }] }],
    });

  test.each<[string, string, boolean, readonly FhirResource[]]>([
    ['on the last acute day: no flag', LAST_ACUTE, false, []],
    ['on that day with a normal score: no flag', LAST_ACUTE, false, [depression('N')]],
    ['on that day with a high score: a flag', LAST_ACUTE, true, [depression('H')]],
    ['a day later: a flag', FIRST_CHRONIC, true, []],
  ])('%s', async (_, onset, flagged, scores) => {
    const neck = condition('neck-pain', onset, ['site-neck', 'side-right']);
    expect(statementsOn(await view([neck, na(onset), distress, ...scores])).includes('YEL-08')).toBe(flagged);
  });

  test('in acute NA with severe pain the card asks for sleep and despair', async () => {
    expect(statementsOn(await view([na(daysAgo(3)), score(7)]))).toContain('NA-62');
    expect(statementsOn(await view([na(daysAgo(3)), score(6)]))).not.toContain('NA-62');
  });
});

describe('CONF-23: with weak breathing in NA the diaphragm comes first and no opioid is offered', () => {
  test.each([
    [true, 'NA-68'],
    [false, 'NA-107'],
  ])('breathless lying flat %s: %s', async (present, statement) => {
    const cards = await view([na(daysAgo(5)), score(8), finding('orthopnoea', present, TODAY)]);
    expect(statementsOn(cards).filter((id) => id === 'NA-68' || id === 'NA-107')).toEqual([statement]);
    expect(statementsOn(cards.slice(0, 1))).toContain(statement);
    expect(rulesOn(cards).includes('na-severe-pain-breathing-first')).toBe(present);
  });
});

describe('CONF-24: a suspicion goes to the neurologist, the acute phase is for GP and physiotherapist, then or in doubt an expert team', () => {
  const WHO = ['NA-39', 'NA-78', 'NA-91', 'NA-114'];

  test.each<[string, readonly string[], FhirResource]>([
    ['provisional', ['NA-39'], na(LAST_ACUTE, 'provisional')],
    ['confirmed on the last acute day', ['NA-78'], na(LAST_ACUTE)],
    ['confirmed a day later', ['NA-91'], na(FIRST_CHRONIC)],
    ['in doubt', ['NA-114'], na(LAST_ACUTE, 'differential')],
  ])('NA %s: %j', async (_, expected, disease) => {
    const statements = statementsOn(await view([disease]));
    expect(statements.filter((id) => WHO.includes(id))).toEqual(expected);
  });

  test.each([
    [4, false],
    [3, true],
    [2, true],
  ])('MRC %i in the arm with NA names the rehabilitation physician at any time: %s', async (grade, named) => {
    const statements = statementsOn(await view([na(daysAgo(20)), strength('muscle-deltoid', grade, TODAY)]));
    expect(statements.includes('ASN-12')).toBe(named);
  });
});

describe('CONF-26: a fall to NRS 4-5 under NSAID and opioid is the expected effect and does not refute NA', () => {
  const combination = [inUse('diclofenac'), inUse('oxycodone')];

  test.each([
    [4, true],
    [5, true],
    [6, false],
  ])('confirmed NA, from 8 to %i: the expected effect %s', async (value, expected) => {
    const statements = statementsOn(await view([na(daysAgo(5)), score(8, 4), score(value), ...combination]));
    expect(statements.includes('NA-109')).toBe(expected);
  });

  test.each([
    [4, 'info', false],
    [8, 'warning', true],
  ])('suspected after a peak of 8, now %i: still suspected, as %s', async (value, indicator, resistant) => {
    const shoulder = condition('shoulder-pain', daysAgo(5), RIGHT_SHOULDER);
    const cards = await view([shoulder, score(8, 4), score(value), ...combination]);
    expect(cardWith('NA-41', cards)?.indicator).toBe(indicator);
    expect(statementsOn(cards).includes('NA-56')).toBe(resistant);
  });
});
