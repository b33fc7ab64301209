/**
 * Where two sentences of the sources pull apart and one of them is an emergency or a deficit: which one speaks, and what it
 * silences. Each test asks a running service about two patients who differ in one datum.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import { cardWith, rulesOn, statementsOn, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, record, strength } from '../support/records.js';
import {
  askService,
  backPain,
  found,
  inUse,
  na,
  neckAndArmPain,
  order,
  RIGHT_SHOULDER,
  shoulderPain,
  TODAY,
} from '../support/complaints.js';

const { view, ordered } = askService();

const neckOperation = record('Procedure', {
  status: 'completed',
  code: coded('cervical-laminectomy'),
  performedDateTime: daysAgo(60),
});
const THREE_WORDS = ['pain-continuous', 'pain-progressive', 'pain-non-mechanical'].map((code) => found(code));

const weakBiceps = (grade: number, days = 0) => strength('muscle-biceps', grade, daysAgo(days));
const lostReflex = found('reflex-absent', ['muscle-biceps', 'side-right']);

describe('CONF-02: severe or increasing weakness lifts week 3-4 of the MRI; a stable reflex or sensory loss keeps it', () => {
  test.each<[string, 'kept' | 'lifted', readonly FhirResource[]]>([
    ['a lost reflex', 'kept', [lostReflex]],
    ['tingling', 'kept', [found('paraesthesia', ['site-arm', 'side-right'])]],
    ['MRC 4', 'kept', [weakBiceps(4)]],
    ['MRC 3', 'lifted', [weakBiceps(3)]],
    ['a fall from 5 to 4 in 9 days', 'lifted', [weakBiceps(5, 9), weakBiceps(4)]],
    ['a fall from 5 to 4 in 3 days', 'lifted', [weakBiceps(5, 3), weakBiceps(4)]],
  ])('%s on day 5: week 3-4 is %s', async (_, timing, findings) => {
    const statements = statementsOn(await ordered(order('mri-cervical'), [...neckAndArmPain(5), ...findings]));
    expect(statements.includes('CERV-12')).toBe(timing === 'kept');
    expect(statements.includes('PAR-14')).toBe(timing === 'lifted');
  });

  test('a lost reflex makes the MRI useful, in its weeks', async () => {
    expect(statementsOn(await view([...neckAndArmPain(10), lostReflex]))).toContain('PAR-15');
    expect(statementsOn(await view(neckAndArmPain(10)))).not.toContain('PAR-15');
  });
});

describe('CONF-04: pain in both legs follows the timeline only after bladder, bowel and saddle are recorded normal since onset', () => {
  const legs = (side: string, ...findings: readonly FhirResource[]) =>
    view([backPain(10), condition('leg-pain', daysAgo(10), ['site-lower-leg', side]), ...findings]);
  const normal = (days: number) =>
    ['bladder-bowel-normal', 'saddle-sensation-normal'].map((code) => finding(code, true, daysAgo(days)));

  test.each<[string, string, string, readonly FhirResource[]]>([
    ['both legs, not asked', 'side-bilateral', 'SAFE-21', []],
    ['both legs, normal two days before the onset', 'side-bilateral', 'SAFE-21', normal(12)],
    [
      'both legs, bladder and bowel normal but the saddle not asked',
      'side-bilateral',
      'SAFE-21',
      normal(0).slice(0, 1),
    ],
    ['both legs, all normal since', 'side-bilateral', 'LUMB-12', normal(0)],
    ['one leg, not asked', 'side-right', 'LUMB-12', []],
  ])('%s: %s', async (_, side, statement, findings) => {
    const statements = statementsOn(await legs(side, ...findings));
    expect(statements.filter((id) => id === 'SAFE-21' || id === 'LUMB-12')).toEqual([statement]);
  });

  test('any positive answer is critical', async () => {
    const cards = await legs('side-bilateral', found('saddle-anaesthesia'));
    expect(cardWith('RED-15', cards)?.indicator).toBe('critical');
  });
});

describe('CONF-05: alarms, red flags other than age and earlier surgery skip the two weeks; severe pain, mild or sensory signs do not', () => {
  const isTooEarly = async (findings: readonly FhirResource[], told: Told = {}) =>
    statementsOn(await ordered(order('mri-cervical'), [...neckAndArmPain(5), ...findings], told)).includes('CERV-12');

  test.each<[string, readonly FhirResource[]]>([
    ['NRS 10', [nrs(10, TODAY, ['site-arm', 'side-right'])]],
    ['MRC 4 of one root', [weakBiceps(4)]],
    ['a lost reflex without weakness', [lostReflex]],
    ['two of the three words for the pain', THREE_WORDS.slice(0, 2)],
  ])('%s: not skipped', async (_, findings) => {
    expect(await isTooEarly(findings)).toBe(true);
  });

  test('age alone: not skipped', async () => {
    expect(await isTooEarly([], { birthDate: '1960-01-01' })).toBe(true);
  });

  test.each<[string, readonly FhirResource[]]>([
    ['MRC 3', [weakBiceps(3)]],
    ['a fall of one grade in 7 days', [weakBiceps(5, 7), weakBiceps(4)]],
    ['MRC 4 in two roots', [weakBiceps(4), strength('muscle-hand', 4, TODAY)]],
    ['a lost reflex with MRC 4 in its root', [lostReflex, weakBiceps(4)]],
    ['pyramidal signs', [found('pyramidal-signs')]],
    ['new incontinence', [found('urinary-incontinence')]],
    ['saddle anaesthesia', [found('saddle-anaesthesia')]],
    ['high-energy trauma', [found('high-energy-trauma')]],
    ['all three words for the pain', THREE_WORDS],
    ['a malignancy in 2011', [condition('malignancy', '2011-01-01')]],
    ['a systemic steroid since last year', [inUse('prednisolone', 300)]],
    ['drug misuse', [found('drug-misuse')]],
    ['HIV', [condition('hiv-infection', '2015-01-01')]],
    ['immunodeficiency', [condition('immunodeficiency', '2015-01-01')]],
    ['fever', [found('fever')]],
    ['malaise', [found('malaise')]],
    ['unintended weight loss', [found('unintended-weight-loss')]],
    ['rheumatoid arthritis', [condition('rheumatoid-arthritis', '2015-01-01')]],
    ['an earlier neck operation', [neckOperation]],
  ])('%s: skipped', async (_, findings) => {
    expect(await isTooEarly(findings)).toBe(false);
  });

  test.each([
    ['thoracic pain', condition('thoracic-spine-pain', daysAgo(5), ['site-thoracic-spine'])],
    ['a severely restricted lumbar flexion', found('lumbar-flexion-severely-restricted')],
  ])('%s, in the back: skipped', async (_, one) => {
    const ofBack = async (...more: readonly FhirResource[]) =>
      statementsOn(await ordered(order('mri-lumbar'), [backPain(5), ...more]));
    expect(await ofBack(one)).not.toContain('LUMB-06');
    expect(await ofBack()).toContain('LUMB-06');
  });
});

describe('CONF-06: weakness of several groups is critical; a warning only when everything recorded fits NA in one arm', () => {
  const picture: Readonly<Record<string, FhirResource>> = {
    'severe pain': nrs(9, daysAgo(9), RIGHT_SHOULDER),
    'a sudden onset': finding('onset-sudden', true, daysAgo(9)),
    'a normal bladder and bowel': found('bladder-bowel-normal'),
    'a normal saddle': found('saddle-sensation-normal'),
    'absent pyramidal signs': finding('pyramidal-signs', false, TODAY),
    'strong legs': strength('muscle-quadriceps', 5, TODAY),
  };
  const weak = [strength('muscle-deltoid', 4, TODAY), strength('muscle-triceps', 4, TODAY)];
  const alarmOf = async (...records: readonly FhirResource[]) =>
    cardWith('PAR-30', await view([shoulderPain(10), ...records]))?.indicator;
  const without = (name: string) => Object.entries(picture).flatMap(([key, one]) => (key === name ? [] : [one]));

  test('all of it recorded: the alarm is a warning, above the suspicion of NA', async () => {
    const cards = await view([shoulderPain(10), ...Object.values(picture), ...weak]);
    expect(statementsOn(cards.slice(0, 1))).toContain('PAR-30');
    expect(cards[0]?.indicator).toBe('warning');
    expect(statementsOn(cards)).toContain('NA-41');
  });

  test.each(Object.keys(picture))('without %s on record it is critical', async (name) => {
    expect(await alarmOf(...without(name), ...weak)).toBe('critical');
  });

  test.each<[string, FhirResource]>([
    ['a weak leg', strength('muscle-quadriceps', 4, TODAY)],
    ['weakness of the other arm', strength('muscle-biceps', 4, TODAY, 'side-left')],
    ['MRC 3 of one more muscle', strength('muscle-biceps', 3, TODAY)],
  ])('with %s it is critical', async (_, one) => {
    expect(await alarmOf(...Object.values(picture), ...weak, one)).toBe('critical');
  });
});

describe('CONF-07: severe, stable weakness in the arm of a confirmed NA names the neurologist and warns; in all else it is critical', () => {
  const serratus = (grade: number, side = 'side-right', days = 0) =>
    strength('muscle-serratus-anterior', grade, daysAgo(days), side);

  test.each<[string, string, FhirResource, readonly FhirResource[], RegExp]>([
    ['MRC 3, confirmed', 'warning', na(20, 'confirmed'), [serratus(3)], /neurologist/],
    ['MRC 3, provisional', 'critical', na(20, 'provisional'), [serratus(3)], /neurosurgeon/],
    ['MRC 3 in the other arm', 'critical', na(20, 'confirmed'), [serratus(3, 'side-left')], /neurosurgeon/],
    [
      'from 4 to 3 in 3 days',
      'critical',
      na(20, 'confirmed'),
      [serratus(4, 'side-right', 3), serratus(3)],
      /neurosurgeon/,
    ],
  ])('%s', async (_, indicator, disease, strengths, whom) => {
    const [first] = await view([disease, ...strengths]);
    expect(first?.indicator).toBe(indicator);
    expect(first?.summary).toMatch(whom);
  });

  test('MRC 4 in that arm is no alarm', async () => {
    expect(rulesOn(await view([na(20, 'confirmed'), serratus(4)]))).not.toContain('deficit-within-confirmed-na');
  });
});

describe('CONF-27: alarms and red flags stand above complaints after surgery, and surgery does not argue against NA', () => {
  const afterSurgery = [condition('neck-pain', daysAgo(20), ['site-neck']), neckOperation];

  test.each<[string, string, boolean, FhirResource]>([
    ['a critical alarm silences the re-evaluation', 'RED-15', false, found('saddle-anaesthesia')],
    ['a red flag stands above it', 'RED-12', true, found('malaise')],
  ])('%s', async (_, statement, stays, one) => {
    const cards = await view([...afterSurgery, one]);
    expect(statementsOn(cards.slice(0, 1))).toContain(statement);
    expect(statementsOn(cards).includes('POSTOP-01')).toBe(stays);
    expect(statementsOn(await view(afterSurgery))).toContain('POSTOP-01');
  });

  test.each([
    [6, false],
    [7, true],
  ])('shoulder pain of NRS %i after surgery is suspected as NA: %s', async (value, suspected) => {
    const cards = await view([shoulderPain(5), neckOperation, nrs(value, TODAY, RIGHT_SHOULDER)]);
    expect(statementsOn(cards).includes('NA-41')).toBe(suspected);
    expect(statementsOn(cards).includes('EXT-18')).toBe(suspected);
  });
});
