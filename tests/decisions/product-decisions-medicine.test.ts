/**
 * What the service decided where the sources and their readings still leave a choice: red and yellow flags, alarms, the course of
 * prednisone, images, and what counts as better. Each test asks a running service; a "no" stands beside the "yes" that differs in
 * one datum.
 */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, test } from 'vitest';
import type { Hook, Jurisdiction } from '../../src/cds-hooks/request.js';
import { cardWith, draft, prescription, rulesOn, statementsOn, wordsOf, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record, strength } from '../support/records.js';
import {
  askService,
  backPain,
  found,
  na,
  neckAndArmPain,
  neckPain,
  RIGHT_SHOULDER,
  shoulderPain,
  TODAY,
} from '../support/complaints.js';

const { ask, view, ordered } = askService();

const OLD = { birthDate: '1960-01-01' };
const score = (value: number) => observation('nrs-pain', TODAY, RIGHT_SHOULDER, { valueQuantity: { value } });
const severe = score(8);
const DOCUMENTED = [found('red-flags-excluded'), found('yellow-flags-assessed')];
const order = (code: string, more = {}) => draft('ServiceRequest', { code: coded(code), ...more });

describe('D01: age as the only red flag is information that asks for the others; with a second flag the card warns', () => {
  test.each<[string, string, readonly FhirResource[]]>([
    ['age alone', 'info', []],
    ['age and malaise', 'warning', [found('malaise')]],
  ])('%s: %s', async (_, indicator, more) => {
    expect(cardWith('RED-02', await view([backPain(5), ...more], OLD))?.indicator).toBe(indicator);
  });
});

describe('D07: age alone neither stops the timeline nor makes an early image right; any other red flag does both', () => {
  test.each<[string, boolean, readonly FhirResource[]]>([
    ['age alone', true, []],
    ['age and malaise', false, [found('malaise')]],
  ])('%s: the timeline holds %s', async (_, holds, more) => {
    const early = await ordered(order('mri-lumbar'), [backPain(5), ...more], OLD);
    expect(statementsOn(early).includes('LUMB-06')).toBe(holds);
    expect(rulesOn(early).includes('image-age-over-50')).toBe(holds);
    expect(statementsOn(await view([backPain(20), ...more], OLD)).includes('LUMB-06')).toBe(holds);
  });

  test.each<[string, boolean, readonly FhirResource[]]>([
    ['documented', true, DOCUMENTED],
    ['not documented', false, []],
  ])('physiotherapy with the other flags %s: %s', async (_, proposed, flags) => {
    expect(statementsOn(await view([backPain(20), ...flags], OLD)).includes('LUMB-04')).toBe(proposed);
  });

  test('the shoulder counts as arm for a first complaint', async () => {
    expect(statementsOn(await view([shoulderPain(5)], OLD))).toContain('RED-02');
    expect(statementsOn(await view([shoulderPain(5)]))).not.toContain('RED-02');
  });
});

describe('D08: the window of prednisone is a line while NA is suspected, advice once NA is listed, and on an order what is not met', () => {
  test.each<[number, number, boolean]>([
    [13, 7, true],
    [14, 7, false],
    [13, 6.9, false],
  ])('suspected, day %i, NRS %d: the line %s, and no advice to start', async (days, value, line) => {
    const rules = rulesOn(await view([shoulderPain(days), score(value)]));
    expect(rules.includes('na-prednisone-window-line')).toBe(line);
    expect(rules).not.toContain('na-prednisone-start');
  });

  test('listed: the advice with the last day, and no line', async () => {
    const cards = await view([na(3, 'provisional'), severe]);
    expect(cardWith('NA-99', cards)?.summary).toContain('1 December');
    expect(rulesOn(cards)).not.toContain('na-prednisone-window-line');
  });

  test.each<[number, number, readonly string[]]>([
    [13, 7, []],
    [14, 7, ['prednisone-window-passed']],
    [13, 6.9, ['prednisone-nrs-too-low']],
  ])('an order on day %i, NRS %d: %j', async (days, value, expected) => {
    const rules = rulesOn(await ordered(prescription('H02AB07'), [na(days, 'provisional'), score(value)]));
    expect(rules.filter((id) => ['prednisone-window-passed', 'prednisone-nrs-too-low'].includes(id))).toEqual(expected);
  });

  test.each([
    [7, false],
    [7.1, true],
  ])('NRS %d belongs to the first phase: %s', async (value, belongs) => {
    expect(statementsOn(await view([shoulderPain(3), score(value)])).includes('NA-20')).toBe(belongs);
  });
});

describe('D09: a yellow flag is a line at first, a card from day 21 or from three flags; from then the open ones are asked; not for a shoulder', () => {
  const YELLOW = ['conflict-with-caregivers', 'social-isolation-increasing', 'multiple-unrelated-complaints'];
  const flags = (count: number) => YELLOW.slice(0, count).map((code) => found(code));

  test.each([
    [20, 1, 'yellow-flags-early'],
    [21, 1, 'yellow-flags-recorded'],
    [5, 2, 'yellow-flags-early'],
    [5, 3, 'yellow-flags-recorded'],
  ])('back pain on day %i with %i flags: %s', async (days, count, rule) => {
    const rules = rulesOn(await view([backPain(days), ...flags(count)]));
    expect(rules.filter((id) => id === 'yellow-flags-early' || id === 'yellow-flags-recorded')).toEqual([rule]);
  });

  test.each([
    [20, false],
    [21, true],
  ])('none recorded on day %i: asked %s', async (days, asked) => {
    expect(statementsOn(await view([backPain(days)])).includes('EXT-15')).toBe(asked);
  });

  test.each<[string, boolean, FhirResource]>([
    ['shoulder', false, shoulderPain(30)],
    ['neck', true, neckPain(30)],
  ])('three flags with pain of the %s: %s', async (_, shown, complaint) => {
    expect(statementsOn(await view([complaint, severe, ...flags(3)])).includes('YEL-11')).toBe(shown);
  });
});

describe('D12: an alarm finding stands unless a later record denies it; of other findings the newest counts, of one day neither', () => {
  const [AT_EIGHT, AT_NINE] = ['2026-11-21T08:00:00+01:00', '2026-11-21T09:00:00+01:00'] as const;

  test.each([
    [AT_NINE, AT_EIGHT, true],
    [AT_EIGHT, AT_NINE, false],
    [TODAY, TODAY, true],
    [daysAgo(1), TODAY, false],
    [TODAY, daysAgo(1), true],
  ])('saddle anaesthesia present %s and absent %s: alarm %s', async (present, absent, alarm) => {
    const cards = await view([true, false].map((is) => finding('saddle-anaesthesia', is, is ? present : absent)));
    expect(statementsOn(cards).includes('RED-15')).toBe(alarm);
  });

  test.each([
    [TODAY, daysAgo(1), true],
    [daysAgo(1), TODAY, false],
    [TODAY, TODAY, false],
  ])('a winged scapula present %s and absent %s: suspected %s', async (present, absent, suspected) => {
    const place = ['site-scapula', 'side-right'];
    const both = [finding('winged-scapula', true, present, place), finding('winged-scapula', false, absent, place)];
    expect(statementsOn(await view([shoulderPain(5), ...both])).includes('NA-35')).toBe(suspected);
  });
});

describe('D13: red flags are documented when all were denied since onset, in one word or one by one; else what is open is named, and after worsening or three months they are asked again', () => {
  const ITEMS = [
    'fever',
    'malaise',
    'unintended-weight-loss',
    'high-energy-trauma',
    'drug-misuse',
    'saddle-anaesthesia',
    'urinary-retention',
  ];

  test.each([
    [4, true],
    [5, true],
    [6, true],
    [7, false],
  ])('pain for 5 days, all denied in one word %i days ago: documented %s', async (days, documented) => {
    const cards = await view([backPain(5), finding('red-flags-excluded', true, daysAgo(days))]);
    expect(rulesOn(cards).includes('red-flags-undocumented')).toBe(!documented);
  });

  test.each([
    [7, undefined],
    [6, 'trouble passing urine'],
    [0, 'fever, malaise'],
  ])('%i of the seven answered: open %s', async (count, open) => {
    const words = wordsOf(
      await view([backPain(5), ...ITEMS.slice(0, count).map((code) => finding(code, false, TODAY))]),
    );
    expect(/Red flags not yet recorded since onset: (.*)\./.exec(words)?.[1]).toEqual(
      open === undefined ? undefined : expect.stringContaining(open),
    );
  });

  const YELLOW_ITEMS = [
    'treatments-stopped-for-side-effects',
    'function-decreasing',
    'multiple-unrelated-complaints',
    'emotional-distress-increasing',
    'social-isolation-increasing',
    'conflict-with-caregivers',
  ];
  const completed = (days: number, ...asked: readonly string[]) =>
    record('QuestionnaireResponse', {
      questionnaire: 'https://plexus-cds.example/fhir/Questionnaire/pain-flags',
      status: 'completed',
      authored: daysAgo(days),
      item: asked.map((linkId) => ({ linkId, answer: [{ valueBoolean: false }] })),
    });

  /** What only asking tells; fever is measured (RED-11). */
  const ON_FORM = [
    'high-energy-trauma',
    'pain-progressive',
    'malaise',
    'unintended-weight-loss',
    'drug-misuse',
    'saddle-anaesthesia',
    'urinary-retention',
    'lumbar-flexion-severely-restricted',
  ];

  test.each([
    ['all that can only be asked answered', completed(0, ...ON_FORM), true],
    ['answered the day before onset', completed(6, ...ON_FORM), true],
    ['answered before that', completed(7, ...ON_FORM), false],
    ['no question answered', completed(0), false],
    ...ON_FORM.map((left) => [`${left} left open`, completed(0, ...ON_FORM.filter((item) => item !== left)), false]),
  ] as [string, FhirResource, boolean][])('a completed questionnaire, %s', async (_, form, documented) => {
    expect(rulesOn(await view([backPain(5), form])).includes('red-flags-undocumented')).toBe(!documented);
  });

  const withoutId = (form: FhirResource): FhirResource => {
    const bare = { ...form };
    delete bare.id;
    return bare;
  };
  const authored = (form: FhirResource, when: string): FhirResource => ({ ...form, authored: when }) as FhirResource;
  test.each([
    [
      'two halves of which none has an id',
      [completed(0, ...ON_FORM.slice(4)), completed(700, ...ON_FORM.slice(0, 4))].map(withoutId),
    ],
    ['of tomorrow', [completed(-1, ...ON_FORM)]],
    ['of a year that began before the complaint', [authored(completed(0, ...ON_FORM), '2026')]],
  ])('forms %s document nothing', async (_, forms) => {
    expect(rulesOn(await view([backPain(5), ...forms]))).toContain('red-flags-undocumented');
  });

  test.each([
    ['of tomorrow', daysAgo(-1)],
    ['of a year that began before the complaint', '2026'],
  ])('single answers %s document nothing', async (_, when) => {
    const answers = ITEMS.map((code) => finding(code, false, when));
    expect(rulesOn(await view([backPain(5), ...answers]))).toContain('red-flags-undocumented');
  });

  test('half of the answers on one form and half on another are single answers, of which fever stays open', async () => {
    const forms = [completed(0, ...ON_FORM.slice(4)), completed(1, ...ON_FORM.slice(0, 4))];
    expect(rulesOn(await view([backPain(5), ...forms]))).toContain('red-flags-undocumented');
  });

  test.each([
    [YELLOW_ITEMS, true],
    [YELLOW_ITEMS.slice(1), false],
    [[], false],
  ])('a completed questionnaire with the yellow flags %j: documented %s', async (yellow, documented) => {
    const cards = await view([backPain(30), completed(0, ...ON_FORM, ...yellow)]);
    expect(rulesOn(cards).includes('yellow-flags-ask-from-week-4')).toBe(!documented);
  });

  const changed = (code: string, when: string) =>
    observation('global-change', when, [], { valueCodeableConcept: { coding: [{ code }] } });
  const excluded = (when: string) => finding('red-flags-excluded', true, when);
  const askedAgain = async (...records: readonly FhirResource[]) =>
    /Ask the red flags again: (.*)\./.exec(wordsOf(await view(records)))?.[1];
  const WORSE = 'the complaint got worse after they were recorded';
  const LONG = 'they were recorded before the complaint had lasted three months';

  test.each<[string, string | undefined, readonly FhirResource[]]>([
    ['worse the day before', undefined, [changed('worse', daysAgo(6))]],
    ['worse the same day', undefined, [changed('worse', daysAgo(5))]],
    ['worse the next day', WORSE, [changed('worse', daysAgo(4))]],
    ['the same the next day', undefined, [changed('same', daysAgo(4))]],
    ['worse the next day, asked again since', undefined, [changed('worse', daysAgo(4)), excluded(daysAgo(3))]],
    ['worse the next day, then better', undefined, [changed('worse', daysAgo(4)), changed('better', TODAY)]],
  ])('back pain for 10 days, documented 5 days ago, %s: asked again "%s"', async (_, reason, records) => {
    expect(await askedAgain(backPain(10), excluded(daysAgo(5)), ...records)).toBe(reason);
  });

  test.each([
    ['09:00', '08:00', undefined],
    ['09:00', '10:00', WORSE],
  ])('documented at %s, worse at %s of that day: asked again "%s"', async (documented, worse, reason) => {
    const at = (time: string) => `${daysAgo(1)}T${time}:00+01:00`;
    expect(await askedAgain(backPain(10), excluded(at(documented)), changed('worse', at(worse)))).toBe(reason);
  });

  test.each([
    [6, WORSE],
    [5, undefined],
  ])('one by one, the first %i and the last 3 days ago, worse 5 days ago: asked again "%s"', async (first, reason) => {
    const [item = '', ...others] = ITEMS;
    const answers = [finding(item, false, daysAgo(first)), ...others.map((code) => finding(code, false, daysAgo(3)))];
    expect(await askedAgain(backPain(10), ...answers, changed('worse', daysAgo(5)))).toBe(reason);
  });

  test.each([
    ['2026-08-21', daysAgo(60), undefined],
    ['2026-08-20', daysAgo(60), LONG],
    ['2026-08-01', '2026-11-01', LONG],
    ['2026-08-01', '2026-11-02', undefined],
  ])('back pain since %s, documented on %s: asked again "%s"', async (onset, documented, reason) => {
    const complaint = condition('low-back-pain', onset, ['site-low-back']);
    expect(await askedAgain(complaint, excluded(documented))).toBe(reason);
  });

  test.each<[string, boolean, FhirResource]>([
    ['sciatica', true, condition('sciatica', daysAgo(40), ['site-low-back', 'site-lower-leg'])],
    ['shoulder pain', false, shoulderPain(40)],
  ])('%s that got worse: a card of its own %s', async (_, alone, complaint) => {
    const documented = [finding('yellow-flags-assessed', true, daysAgo(2)), excluded(daysAgo(2))];
    expect(await view([complaint, ...documented])).toEqual([]);
    const cards = await view([complaint, ...documented, changed('worse', TODAY)]);
    expect(rulesOn(cards)).toEqual(alone ? ['red-flags-ask-again'] : []);
  });
});

describe('D14: in the Netherlands the card says that the protocol plans an image and what NHG advises, in Belgium what KCE says and orders are offered', () => {
  test.each<[Jurisdiction, readonly string[], readonly string[]]>([
    ['NL', ['SAFE-20'], []],
    ['BE', ['EXT-14'], ['mri-low-back-from-week-3', 'ct-low-back-from-week-3']],
  ])('back pain in %s: %j, %j', async (jurisdiction, expected, orders) => {
    const cards = await view([backPain(10)], { jurisdiction });
    expect(statementsOn(cards).filter((id) => id === 'SAFE-20' || id === 'EXT-14')).toEqual(expected);
    expect(statementsOn(cards)).toContain('LUMB-06');
    const offered = cards.flatMap((card) => card.suggestions ?? []).map(({ actions }) => JSON.stringify(actions));
    expect(offered).toHaveLength(orders.length);
    orders.forEach((template, index) => expect(offered[index]).toContain(`ActivityDefinition/${template}|`));
  });
});

describe('D15: alarms speak on every hook, for every order and without a coded complaint; incontinence only beside a complaint or deficit', () => {
  test.each<[Hook, Told]>([
    ['patient-view', {}],
    ['order-select', { drafts: [prescription('A02BC01')] }],
    ['order-sign', { drafts: [order('physiotherapy')] }],
    ['appointment-book', {}],
    ['problem-list-item-create', {}],
  ])('saddle anaesthesia on %s', async (hook, told) => {
    const [first] = await ask(hook, { records: [found('saddle-anaesthesia')], ...told });
    expect(first?.indicator).toBe('critical');
    const absent = finding('saddle-anaesthesia', false, TODAY);
    expect(statementsOn(await ask(hook, { records: [absent], ...told }))).not.toContain('RED-15');
  });

  test.each<[string, string, readonly FhirResource[]]>([
    ['new retention alone', 'warning', [found('urinary-retention')]],
    ['new retention with back pain', 'critical', [backPain(5), found('urinary-retention')]],
    ['new incontinence alone', 'silent', [found('urinary-incontinence')]],
    ['new incontinence with back pain', 'critical', [backPain(5), found('urinary-incontinence')]],
    [
      'new incontinence with MRC 4',
      'critical',
      [strength('muscle-quadriceps', 4, TODAY), found('urinary-incontinence')],
    ],
    [
      'new incontinence with tingling',
      'critical',
      [found('paraesthesia', ['site-leg']), found('urinary-incontinence')],
    ],
    ['incontinence since 2015 with back pain', 'info', [backPain(5), condition('urinary-incontinence', '2015-01-01')]],
  ])('%s: %s', async (_, loudness, records) => {
    expect((await view(records))[0]?.indicator ?? 'silent').toBe(loudness);
  });

  test.each([
    [28, true],
    [29, false],
  ])('saddle anaesthesia of %i days ago: alarm %s', async (days, alarm) => {
    const cards = await view([finding('saddle-anaesthesia', true, daysAgo(days))]);
    expect(statementsOn(cards).includes('RED-15')).toBe(alarm);
  });
});

describe('D16: MRC 3, progression, several roots or reflex loss with MRC 4 is critical; a new MRC 4 of one root is a line that warns', () => {
  const biceps = (grade: number, days = 0) => strength('muscle-biceps', grade, daysAgo(days));

  test.each<[string, string | undefined, readonly FhirResource[]]>([
    ['MRC 5', undefined, [biceps(5)]],
    ['MRC 4', 'warning', [biceps(4)]],
    ['MRC 4 for months', undefined, [biceps(4, 100), biceps(4)]],
    ['MRC 3', 'critical', [biceps(3)]],
    ['from 5 to 4 in 7 days', 'critical', [biceps(5, 7), biceps(4)]],
    ['from 5 to 4 in 8 days', 'warning', [biceps(5, 8), biceps(4)]],
    ['MRC 4 of two roots', 'critical', [biceps(4), strength('muscle-hand', 4, TODAY)]],
    ['a lost reflex and MRC 4', 'critical', [biceps(4), found('reflex-absent', ['muscle-biceps', 'side-right'])]],
  ])('%s: %s', async (_, indicator, strengths) => {
    expect(cardWith('GEN-02', await view([...neckAndArmPain(20), ...strengths]))?.indicator).toBe(indicator);
  });

  test('the line names the day of the retest and leaves the timeline', async () => {
    const cards = await view([...neckAndArmPain(10), biceps(4)]);
    expect(wordsOf(cards)).toContain('24 November');
    expect(statementsOn(cards)).toContain('CERV-12');
  });

  test.each([
    [4, false],
    [5, true],
  ])('MRC %i: cancelling the MRI is proposed %s', async (grade, proposed) => {
    const planned = record('ServiceRequest', { status: 'active', intent: 'order', code: coded('mri-cervical') });
    const better = [nrs(6, daysAgo(9), ['site-arm']), nrs(2, TODAY, ['site-arm'])];
    const cards = await view([...neckAndArmPain(20), planned, ...better, biceps(grade)]);
    expect(statementsOn(cards).includes('CERV-17')).toBe(proposed);
  });
});
