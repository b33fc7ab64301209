/**
 * What the service decided about its cards: how many, in which order, how loud, in which words, for whom; and when it is silent.
 * Each test asks a running service; a "no" stands beside the "yes" that differs in one datum.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import type { Hook, Language } from '../../src/cds-hooks/request.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { parseYaml } from '../../src/yaml-file.js';
import { cardWith, draft, prescription, rulesOn, statementsOn, wordsOf, type Told } from '../support/advice.js';
import { readText } from '../support/files.js';
import { coded, condition, daysAgo, nrs, strength } from '../support/records.js';
import { requestFor, searchsetOf } from '../support/requests.js';
import { post, send } from '../support/service.js';
import {
  askService,
  backPain,
  found,
  inUse,
  na,
  order,
  RIGHT_SHOULDER,
  shoulderPain,
  TODAY,
} from '../support/complaints.js';

const { ask, url, view, ordered } = askService();

const OLD = { birthDate: '1960-01-01' };
const backAndLegPain = (days: number) => [
  backPain(days),
  condition('leg-pain', daysAgo(days), ['site-lower-leg', 'side-right']),
];
const severe = nrs(8, TODAY, RIGHT_SHOULDER);
const DOCUMENTED = [found('red-flags-excluded'), found('yellow-flags-assessed')];
const YELLOW = ['conflict-with-caregivers', 'social-isolation-increasing', 'multiple-unrelated-complaints'].map(
  (code) => found(code),
);

const topicsOf = (cards: readonly Card[]) => cards.map(({ source }) => source.topic.code);

describe('D02: what belongs to one decision is one card, and at most three cards stand beside those that are never cut', () => {
  const three = [na(10, 'provisional'), severe, ...backAndLegPain(10)];

  test('suspicion, examination, three questions and referral are one card', async () => {
    const card = cardWith('NA-41', await view([shoulderPain(3), severe]));
    expect(statementsOn(card ? [card] : [])).toEqual(expect.arrayContaining(['NA-37', 'NA-141', 'NA-39']));
  });

  test('the fourth card is cut, and named in the trace', async () => {
    expect(topicsOf(await view([...backAndLegPain(10), ...YELLOW]))).toContain('YellowFlags');
    expect(topicsOf(await view([...three, ...YELLOW]))).toEqual(['NaSuspicion', 'NaAcute', 'BackLeg']);
    const { trace } = await explained([...three, ...YELLOW]);
    expect(trace.suppressed).toContainEqual(
      expect.objectContaining({ rule: 'yellow-flags-recorded', by: 'more than three cards' }),
    );
  });

  test('a red flag takes the place of none of the three', async () => {
    expect(topicsOf(await view([...three, found('malaise')]))).toEqual([
      'RedFlags',
      'NaSuspicion',
      'NaAcute',
      'BackLeg',
    ]);
  });
});

describe('D03: no card for an empty record, without a present complaint, or for an order that fits', () => {
  test.each<[string, boolean, readonly FhirResource[]]>([
    ['an empty record', true, []],
    ['a yellow flag alone', true, [found('conflict-with-caregivers')]],
    [
      'a resolved back pain',
      true,
      [condition('low-back-pain', daysAgo(5), [], { clinicalStatus: { coding: [{ code: 'resolved' }] } })],
    ],
    ['shoulder pain of NRS 6', true, [shoulderPain(5), nrs(6, TODAY, RIGHT_SHOULDER)]],
    ['shoulder pain of NRS 7', false, [shoulderPain(5), nrs(7, TODAY, RIGHT_SHOULDER)]],
    ['a present back pain', false, [backPain(5)]],
  ])('%s: silent %s', async (_, silent, records) => {
    expect((await view(records)).length === 0).toBe(silent);
  });

  test.each([
    [13, false],
    [14, true],
  ])('an MRI ordered on day %i, flags documented: silent %s', async (days, silent) => {
    const cards = await ordered(order('mri-lumbar'), [...backAndLegPain(days), ...DOCUMENTED]);
    expect(cards.length === 0).toBe(silent);
  });
});

describe('D04: a card says what is not recorded and never that there are no red flags; a dose has unit, frequency and duration', () => {
  test.each<[Language, RegExp, RegExp]>([
    ['nl', /geen rode vlag|uitgesloten|volledig herstel/i, /niet vastgelegd/],
    ['en', /no red flags|excluded|full recovery/i, /not yet recorded/],
  ])('in %s', async (language, never, instead) => {
    const asked = wordsOf(await view([backPain(5)], { language }));
    const answered = wordsOf(await view([backPain(5), ...DOCUMENTED], { language }));
    const disease = wordsOf(await view([na(3, 'confirmed'), severe], { language }));
    // The sentence of the protocol itself is quoted in Dutch.
    for (const words of [asked, answered, disease]) expect(words.replace(/^>.*$/gm, '')).not.toMatch(never);
    expect(asked).toMatch(instead);
    expect(answered).not.toMatch(instead);
  });

  test('the course of prednisone', async () => {
    expect(cardWith('NA-81', await view([na(3, 'confirmed'), severe]))?.detail).toMatch(
      /week 1 60 mg a day, week 2 10 mg less every day/,
    );
  });
});

interface Trace {
  readonly suppressed: readonly unknown[];
  readonly settings: Readonly<Record<string, number>>;
}

async function explained(records: readonly FhirResource[]): Promise<{ readonly trace: Trace }> {
  const request = requestFor('patient-view');
  const ofType = (type: string) => searchsetOf(...records.filter(({ resourceType }) => resourceType === type));
  request.prefetch['conditions'] = ofType('Condition');
  request.prefetch['observations'] = ofType('Observation');
  const extension = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00' } };
  const answer = await post(`${url()}/explain/plexus-patient-view`, { ...request, extension });
  return answer.json as { readonly trace: Trace };
}

describe('D05: every number of ours is a setting with its reason, and every answer can show it', () => {
  test('in the trace', async () => {
    const file = parseYaml('settings.yaml', readText('rules/settings.yaml'));
    const settings = file.value as Readonly<Record<string, { readonly value: number; readonly reason: string }>>;
    const { trace } = await explained([backPain(5)]);
    expect(trace.settings).toEqual(
      Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value])),
    );
    expect(Object.values(settings).filter(({ reason }) => reason === '')).toEqual([]);
  });

  test('and on the card that uses it', async () => {
    const cards = await view([backPain(5), strength('muscle-quadriceps', 4, TODAY)]);
    expect(wordsOf(cards)).toContain('24 November (our number)');
  });
});

describe('D06: the brochure, the protocol and KNGF outrank the hospital leaflet, and all of them the practice page on paresis', () => {
  test.each<[string, string, FhirResource]>([
    ['NA', 'NA-88', na(20, 'confirmed')],
    ['no NA', 'PAR-25', shoulderPain(20)],
  ])('strength training of a weak muscle with %s: %s speaks alone', async (_, statement, complaint) => {
    const training = draft('ServiceRequest', { code: coded('physiotherapy', 'therapy-strength-training') });
    const statements = statementsOn(await ordered(training, [complaint, strength('muscle-deltoid', 4, TODAY)]));
    expect(statements.filter((id) => id === 'NA-88' || id === 'PAR-25')).toEqual([statement]);
  });
});

describe('D10: alarms, red flags, order checks, NA, timelines, advice: in this order', () => {
  test.each<[string, readonly string[], readonly FhirResource[]]>([
    ['an alarm before NA', ['Alarm', 'NaSuspicion'], [shoulderPain(3), severe, found('saddle-anaesthesia')]],
    ['a red flag before NA', ['RedFlags', 'NaSuspicion'], [shoulderPain(3), severe, found('malaise')]],
    ['NA before a timeline', ['NaSuspicion', 'BackLeg'], [shoulderPain(3), severe, ...backAndLegPain(10)]],
    ['a timeline before yellow flags', ['BackLeg', 'YellowFlags'], [...backAndLegPain(10), ...YELLOW]],
  ])('%s', async (_, topics, records) => {
    expect(topicsOf(await view(records)).slice(0, 2)).toEqual(topics);
  });

  test('the check of an order comes before a question about age', async () => {
    expect(topicsOf(await ordered(order('mri-lumbar'), [backPain(5)], OLD))).toEqual(['ImagingCheck', 'RedFlags']);
  });

  test('the third month and the flags to document ride in the card of the timeline', async () => {
    const [card, ...others] = await view([backPain(100)]);
    expect(others).toEqual([]);
    expect(statementsOn(card ? [card] : [])).toEqual(expect.arrayContaining(['LUMB-08', 'GEN-03']));
  });
});

describe('D11: a right order may get one card of information; what is to do afterwards comes when it is signed', () => {
  const day = (mg: number, days: number) => ({
    timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd', boundsDuration: { value: days, code: 'd' } } },
    doseAndRate: [{ doseQuantity: { value: mg, unit: 'mg', code: 'mg' } }],
  });
  const doses = [day(60, 7), day(50, 1), day(40, 1), day(30, 1), day(20, 1), day(10, 1)];
  const course = prescription('H02AB07', {
    dosageInstruction: doses.map((one, index) => ({ ...one, sequence: index + 1 })),
  });
  const records = [na(3, 'confirmed'), severe, inUse('omeprazole', 1)];

  test.each<[Hook, readonly string[]]>([
    ['order-select', []],
    ['order-sign', ['NA-104', 'NA-111']],
  ])('a course as the source gives it, on %s: %j', async (hook, expected) => {
    expect(statementsOn(await ask(hook, { records, drafts: [course] }))).toEqual(expected);
  });

  test('in pregnancy one card of information', async () => {
    const cards = await ordered(course, [...records, condition('pregnancy', daysAgo(90))]);
    expect(cards.map(({ indicator }) => indicator)).toEqual(['info']);
    expect(statementsOn(cards)).toEqual(['SAFE-25']);
  });

  test.each([
    [13, true],
    [14, false],
  ])('a course begun %i days ago still runs: %s', async (days, runs) => {
    expect(statementsOn(await view([na(20, 'confirmed'), inUse('prednisone', days)])).includes('NA-104')).toBe(runs);
  });
});

describe('D20: "first time" is said only of a complete list of conditions, as "according to the record"; else it is a question', () => {
  const earlier = condition('neck-pain', '2019-03-01', [], { clinicalStatus: { coding: [{ code: 'resolved' }] } });

  test.each<[string, boolean, readonly FhirResource[], Told]>([
    ['complete', true, [], {}],
    ['complete, with an earlier complaint', false, [earlier], {}],
    ['cut', false, [], { cut: ['conditions'] }],
  ])('a list that is %s: said %s', async (_, said, more, told) => {
    const cards = await view([backPain(20), ...more], { ...OLD, ...told });
    expect(rulesOn(cards).includes('red-age-over-50')).toBe(said);
    expect(wordsOf(cards).includes('according to the record')).toBe(said);
    expect(rulesOn(cards).includes('red-age-history-ask')).toBe(told.cut !== undefined);
  });

  test('an order beside a list that was cut is answered with the question', async () => {
    const cards = await ordered(order('mri-lumbar'), [backPain(20), ...DOCUMENTED], { ...OLD, cut: ['conditions'] });
    expect(cardWith('RED-02', cards)?.summary).toMatch(/cannot be checked.*complete problem list/);
  });
});

describe('D22: a patient or relative who looks at the record gets no card', () => {
  test.each([
    ['Practitioner/p1', 1],
    ['PractitionerRole/r1', 1],
    ['Patient/patient-1', 0],
    ['RelatedPerson/r1', 0],
  ])('%s: %i card', async (userId, count) => {
    expect(await view([found('saddle-anaesthesia')], { context: { userId } })).toHaveLength(count);
  });
});

describe('D23: a card prints at most three things still to check, the others only in its data', () => {
  const questionsOf = (card: Card | undefined) =>
    /\*\*Still to check:\*\* (.*)\.$/m.exec(card?.detail ?? '')?.[1]?.split('; ') ?? [];

  test.each<[string, number, readonly FhirResource[]]>([
    ['a suspicion of which much is open', 3, [shoulderPain(3), severe]],
    ['a timeline of which one thing is open', 1, [backPain(20), found('red-flags-excluded')]],
  ])('%s: %i', async (_, count, records) => {
    const [card] = await view(records);
    expect(questionsOf(card)).toHaveLength(count);
    const missing = card?.extension['example.plexus-cds.card'].missing ?? [];
    expect(missing.length > 3).toBe(count === 3);
  });
});

describe('D24: a statement that decides carries its sentence word for word; a leaflet carries our paraphrase and the place', () => {
  const SENTENCE = 'iedere patiënt met acute, zeer heftige en medicatieresistente pijn';

  test.each<Language>(['nl', 'en'])('on the card in %s', async (language) => {
    const card = cardWith('NA-41', await view([shoulderPain(3), severe], { language }));
    expect(card?.detail).toContain(`> “${SENTENCE}`);
  });

  test('in a leaflet, where a page of a rule has the sentence', async () => {
    const pages = ['/leaflets/na-background?language=nl', '/rules/na-suspicion'].map((path) => send(url() + path));
    const [leaflet, rule] = await Promise.all(pages);
    expect([leaflet?.text.includes(SENTENCE), rule?.text.includes(SENTENCE)]).toEqual([false, true]);
    expect(leaflet?.text).toContain('Bron: Huisartsenbrochure neuralgische amyotrofie');
  });
});
