/** Which records count: how old, of which place, and which of two contradicting ones. Ages are counted from today. */
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import type { Fact } from '../../src/facts/fact.js';
import { createFacts } from '../../src/facts/facts.js';
import { loadFacts } from '../../src/facts/load-facts.js';
import { parseYaml } from '../../src/yaml-file.js';
import { factOf, valueOf } from '../support/facts.js';
import {
  CODE_SETS,
  caseOf,
  coded,
  condition,
  daysAgo,
  finding,
  nrs,
  observation,
  record,
  strength,
  weight,
} from '../support/records.js';

const SETTINGS = { alarmMaxAgeDays: { value: 28, unit: 'days', reason: 'a number of this test' } };
const shoulder = (onset: number, places: readonly string[] = []) => condition('shoulder-pain', daysAgo(onset), places);
const backOf = (onset: number) => condition('low-back-pain', daysAgo(onset));

describe('treatment looks at the latest score of at most seven days, suspicion at the peak (AMB-02)', () => {
  it.each([
    [0, 8],
    [6, 8],
    [7, 8],
    [8, undefined],
  ])('a score of %i days ago gives the latest score %s', (age, expected) => {
    expect(valueOf('pain.latest', [shoulder(20), nrs(8, daysAgo(age))])).toBe(expected);
    expect(valueOf('pain.peak', [shoulder(20), nrs(8, daysAgo(age))])).toBe(8);
  });

  it('a score that is too old is named, with the record', () => {
    const fact = factOf('pain.latest', caseOf([shoulder(20), nrs(8, daysAgo(8))]));
    expect(fact.unknown).toBe('the last pain score is too old');
    expect(fact.evidence).toHaveLength(1);
  });

  it('9 five days ago and 4 today: the latest is 4, the peak 9', () => {
    const records = [shoulder(20), nrs(9, daysAgo(5)), nrs(4, daysAgo(0))];
    expect(valueOf('pain.latest', records)).toBe(4);
    expect(valueOf('pain.peak', records)).toBe(9);
  });

  it('of two scores of one day the later one is the latest, to the second', () => {
    const at = (time: string) => `${daysAgo(1)}T${time}+01:00`;
    const records = [shoulder(20), nrs(9, at('10:00:01')), nrs(4, at('10:00:02')), nrs(8, at('09:00:00'))];
    expect(valueOf('pain.latest', records)).toBe(4);
    expect(valueOf('pain.latest', [...records].reverse())).toBe(4);
  });

  it('a score at the knee, from before the complaint, of the other side or of the future says nothing', () => {
    const left = shoulder(20, ['site-shoulder', 'side-left']);
    for (const score of [
      nrs(9, daysAgo(1), ['site-knee']),
      nrs(9, daysAgo(22)),
      nrs(9, daysAgo(1), ['site-shoulder', 'side-right']),
      nrs(9, daysAgo(-1)),
    ]) {
      expect(valueOf('pain.peak', [left, score])).toBeUndefined();
    }
    expect(valueOf('pain.peak', [left, nrs(9, daysAgo(21))])).toBe(9);
  });

  it('a score without a place counts only when it names the complaint or was made in its contact', () => {
    const complaint = shoulder(5);
    const inContact = { encounter: { reference: 'Encounter/v1' } };
    expect(valueOf('pain.latest', [complaint, nrs(8, daysAgo(1), [])])).toBeUndefined();
    const focus = [{ reference: `Condition/${complaint.id!}` }];
    expect(valueOf('pain.latest', [complaint, nrs(8, daysAgo(1), [], { focus })])).toBe(8);
    const seen = condition('shoulder-pain', daysAgo(5), [], inContact);
    expect(valueOf('pain.latest', [seen, nrs(8, daysAgo(1), [], inContact)])).toBe(8);
  });

  it('a preliminary score counts for suspicion only', () => {
    const records = [shoulder(5), nrs(8, daysAgo(1), ['site-shoulder'], { status: 'preliminary' })];
    expect(valueOf('pain.latest', records)).toBeUndefined();
    expect(valueOf('pain.peak', records)).toBe(8);
  });
});

describe('days since onset are calendar days (AMB-03)', () => {
  it.each([[0], [12], [13], [14], [15]])('%i', (days) => {
    expect(valueOf('episode.daysSinceOnset', [shoulder(days)])).toBe(days);
  });

  it('an onset at 10 to midnight is that day', () => {
    const complaint = condition('shoulder-pain', `${daysAgo(14)}T23:50:00+01:00`);
    expect(valueOf('episode.daysSinceOnset', [complaint])).toBe(14);
  });

  it.each([
    ['in the future', daysAgo(-1), 'the onset lies in the future'],
    ['of which only the month is known', '2026-11', 'the onset is recorded without a day'],
    ['that is not recorded', undefined, 'no onset recorded'],
  ])('an onset %s gives none', (_, onset, reason) => {
    const theCase = caseOf([condition('shoulder-pain', onset)]);
    expect(factOf('episode.daysSinceOnset', theCase)).toMatchObject({ unknown: reason });
  });

  it.each([
    ['2026-08-22', false],
    ['2026-08-21', false],
    ['2026-08-20', true],
    ['2026-07', true],
    ['2026-08', undefined],
    ['2026-09', false],
  ])('begun %s, today 21 November: over three months is %s (AMB-05)', (onset, expected) => {
    expect(valueOf('episode.overThreeMonths', [condition('shoulder-pain', onset)])).toBe(expected);
  });
});

describe('an alarm counts for 28 days, and not from before the complaint', () => {
  const saddle = (present: boolean, age: number, places: readonly string[] = []) =>
    finding('saddle-anaesthesia', present, daysAgo(age), places);

  it.each([
    [0, true],
    [27, true],
    [28, true],
    [29, undefined],
    [-1, undefined],
  ])('a finding of %i days ago is %s', (age, expected) => {
    expect(valueOf('saddle.lost', [saddle(true, age)])).toBe(expected);
    expect(valueOf('saddle.lost', [backOf(60), saddle(true, age)])).toBe(expected);
  });

  it.each([
    [10, true],
    [11, true],
    [12, undefined],
  ])('with an onset ten days ago, a finding of %i days ago is %s', (age, expected) => {
    expect(valueOf('saddle.lost', [backOf(10), saddle(true, age)])).toBe(expected);
  });

  it('a finding of the other half of the body is not bound to the onset of this complaint', () => {
    const pyramidal = finding('pyramidal-signs', true, daysAgo(20), ['site-leg']);
    expect(valueOf('cord.pyramidal', [shoulder(10), pyramidal])).toBe(true);
    expect(valueOf('cord.pyramidal', [shoulder(10), backOf(10), pyramidal])).toBeUndefined();
  });

  it('without a place it may belong to any complaint', () => {
    expect(valueOf('saddle.lost', [shoulder(5), backOf(25), saddle(true, 20)])).toBe(true);
    expect(valueOf('saddle.lost', [shoulder(5), saddle(true, 20)])).toBeUndefined();
  });

  it('a newer absence ends it, an older one does not (D12)', () => {
    expect(valueOf('saddle.lost', [saddle(true, 10), saddle(false, 9)])).toBe(false);
    expect(valueOf('saddle.lost', [saddle(true, 9), saddle(false, 10)])).toBe(true);
  });

  it('present and absent on one day without times: the alarm stands, any other finding is unknown (D12)', () => {
    expect(valueOf('saddle.lost', [saddle(true, 3), saddle(false, 3)])).toBe(true);
    const night = (present: boolean) => finding('pain-at-night', present, daysAgo(3));
    const theCase = caseOf([shoulder(10), night(true), night(false)]);
    expect(factOf('pain.atNight', theCase)).toMatchObject({
      unknown: 'recorded as present and as absent on the same day',
    });
  });

  it('on one day the times decide, when both are recorded', () => {
    const at = (present: boolean, time: string) => finding('saddle-anaesthesia', present, `${daysAgo(3)}${time}`);
    expect(valueOf('saddle.lost', [at(true, 'T09:00:00+01:00'), at(false, 'T10:00:00+01:00')])).toBe(false);
    expect(valueOf('saddle.lost', [at(true, 'T10:00:00+01:00'), at(false, 'T09:00:00+01:00')])).toBe(true);
    // An absence at ten, and a presence of which only the day is known: nothing says that the alarm is over.
    expect(valueOf('saddle.lost', [at(true, ''), at(false, 'T10:00:00+01:00')])).toBe(true);
    expect(valueOf('saddle.lost', [at(true, 'T10:00:00+01:00'), at(false, '')])).toBe(true);
  });

  it('normal bowels do not end a loss of bladder control', () => {
    const bladder = finding('urinary-incontinence', true, daysAgo(5));
    const bowel = finding('faecal-incontinence', false, daysAgo(1));
    expect(valueOf('bladder.incontinence', [bladder, bowel])).toBe(true);
    expect(valueOf('bladder.incontinence', [bowel, bladder])).toBe(true);
  });

  it('of several findings one is enough for yes, and only all of them for no', () => {
    const bladder = (present: boolean) => finding('urinary-incontinence', present, daysAgo(1));
    const bowel = (present: boolean) => finding('faecal-incontinence', present, daysAgo(1));
    expect(valueOf('bladder.incontinence', [bladder(false), bowel(true)])).toBe(true);
    expect(valueOf('bladder.incontinence', [bladder(true)])).toBe(true);
    expect(valueOf('bladder.incontinence', [bladder(false), bowel(false)])).toBe(false);
    expect(valueOf('bladder.incontinence', [])).toBeUndefined();
    const denied = factOf('bladder.incontinence', caseOf([bladder(false)]));
    expect(denied).toMatchObject({ unknown: 'not every finding is recorded' });
    expect(denied.evidence).toHaveLength(1);
  });

  it('a finding that is not recorded counts as denied where the fact says so, and the record is complete', () => {
    const text = 'text: { nl: "controle", en: "control" }';
    const [definition] = loadFacts(
      [
        parseYaml(
          'facts.yaml',
          `some.loss: { type: boolean, scope: patient, finding: [urinary-incontinence, faecal-incontinence], absent: "false", ${text} }`,
        ),
      ],
      { codeSets: CODE_SETS, derivations: {}, settings: SETTINGS },
    );
    const lossIn = (theCase: Case): Fact => {
      const sheet = createFacts([definition!], SETTINGS).of(theCase);
      return sheet.read(0, sheet.patient);
    };
    const denied = [finding('urinary-incontinence', false, daysAgo(1))];
    expect(lossIn(caseOf(denied)).value).toBe(false);
    expect(lossIn(caseOf([])).value).toBe(false);
    expect(lossIn(caseOf(denied, { incomplete: ['Observation'] })).value).toBeUndefined();
    expect(lossIn(caseOf([finding('faecal-incontinence', true, daysAgo(1))])).value).toBe(true);
  });

  it('a foot drop is weakness, and "no weakness" needs no word about it (CONF-14)', () => {
    const none = finding('weakness', false, daysAgo(2));
    const answer = (present: boolean) =>
      record('QuestionnaireResponse', {
        status: 'completed',
        authored: daysAgo(1),
        item: [{ linkId: 'foot-drop', answer: [{ valueBoolean: present }] }],
      });
    for (const fact of ['weakness.any', 'deficit.any']) {
      expect(valueOf(fact, [backOf(5), none])).toBe(false);
      expect(valueOf(fact, [backOf(5), none, answer(true)])).toBe(true);
      expect(valueOf(fact, [backOf(5), none, answer(false)])).toBe(false);
      expect(valueOf(fact, [backOf(5), answer(false)])).toBeUndefined();
    }
  });

  it('the other side is another place: a normal right side does not end a left one', () => {
    const reflex = (present: boolean, age: number, side: string) =>
      finding('reflex-absent', present, daysAgo(age), ['muscle-biceps', side]);
    expect(valueOf('reflex.absent', [reflex(true, 5, 'side-left'), reflex(false, 1, 'side-right')])).toBe(true);
    expect(valueOf('reflex.absent', [reflex(true, 5, 'side-left'), reflex(false, 1, 'side-left')])).toBe(false);
  });
});

describe('a finding belongs to the episode of its half and side', () => {
  const winged = (age: number, places: readonly string[]) => finding('winged-scapula', true, daysAgo(age), places);
  const left = shoulder(10, ['site-shoulder', 'side-left']);

  it.each([
    ['without a place', []],
    ['of the same half', ['site-scapula']],
    ['of the same side', ['site-scapula', 'side-left']],
    ['of both sides', ['site-scapula', 'side-bilateral']],
  ])('%s: it does', (_, places) => {
    expect(valueOf('scapula.winged', [left, winged(3, places)])).toBe(true);
  });

  it.each([
    ['of the other half', ['site-leg']],
    ['of the other side', ['site-scapula', 'side-right']],
  ])('%s: it does not', (_, places) => {
    expect(valueOf('scapula.winged', [left, winged(3, places)])).toBeUndefined();
  });

  it.each([
    [11, true],
    [12, undefined],
  ])('onset ten days ago, recorded %i days ago: %s', (age, expected) => {
    expect(valueOf('scapula.winged', [left, winged(age, [])])).toBe(expected);
  });

  it('it does not age within its episode', () => {
    expect(valueOf('scapula.winged', [shoulder(400), winged(300, [])])).toBe(true);
  });
});

describe('strengths of muscles', () => {
  it.each([
    [3, 4, true],
    [7, 4, true],
    [8, 4, false],
    [3, 5, false],
  ])('5 and %i days later %i is progressive: %s (AMB-31)', (days, grade, expected) => {
    const records = [strength('muscle-biceps', 5, daysAgo(days + 1)), strength('muscle-biceps', grade, daysAgo(1))];
    expect(valueOf('deficit.progressive', records)).toBe(expected);
  });

  it('4+ to 4 is no fall, and another side is another muscle (AMB-31)', () => {
    const written = (value: string, age: number) =>
      observation('muscle-strength-mrc', daysAgo(age), ['muscle-biceps', 'side-right'], { valueString: value });
    expect(valueOf('deficit.progressive', [written('4+', 3), written('4', 1)])).toBe(false);
    const sides = [
      strength('muscle-biceps', 5, daysAgo(3), 'side-left'),
      strength('muscle-biceps', 4, daysAgo(1), 'side-right'),
    ];
    // Each side was measured once: that says nothing about a course.
    expect(valueOf('deficit.progressive', sides)).toBeUndefined();
  });

  it.each([
    [4, false],
    [3, true],
    [0, true],
  ])('MRC %i is severe: %s', (grade, expected) => {
    expect(valueOf('deficit.severe', [strength('muscle-biceps', grade, daysAgo(1))])).toBe(expected);
  });

  it('an old deficit that did not get worse is no new one', () => {
    const old = strength('muscle-biceps', 3, daysAgo(200));
    expect(valueOf('deficit.severe', [old, strength('muscle-biceps', 3, daysAgo(1))])).toBe(false);
    expect(valueOf('deficit.severe', [old, strength('muscle-biceps', 2, daysAgo(1))])).toBe(true);
  });

  it.each([
    ['deltoid and biceps, one root', ['muscle-deltoid', 'muscle-biceps'], false],
    ['deltoid and triceps', ['muscle-deltoid', 'muscle-triceps'], true],
    ['tibialis anterior and quadriceps', ['muscle-tibialis-anterior', 'muscle-quadriceps'], true],
    ['one muscle, which says nothing about others', ['muscle-deltoid'], undefined],
    ['a wrist, which several nerves serve, and a biceps', ['muscle-wrist', 'muscle-biceps'], false],
  ])('several groups: %s (AMB-33)', (_, muscles, expected) => {
    const records = muscles.map((muscle) => strength(muscle, 4, daysAgo(1)));
    expect(valueOf('deficit.severalGroups', records)).toBe(expected);
  });

  it('a muscle of 5 is not weak (AMB-33)', () => {
    const records = [strength('muscle-deltoid', 4, daysAgo(1)), strength('muscle-triceps', 5, daysAgo(1))];
    expect(valueOf('deficit.severalGroups', records)).toBe(false);
    expect(valueOf('deficit.severalGroups', [])).toBeUndefined();
  });

  it.each([
    ['right 3, left 4', 3, 4, true],
    ['right 4, left 4', 4, 4, false],
  ])('%s: multifocal and asymmetrical is %s (AMB-22)', (_, right, left, expected) => {
    const records = [
      shoulder(10),
      strength('muscle-deltoid', right, daysAgo(1), 'side-right'),
      strength('muscle-deltoid', left, daysAgo(1), 'side-left'),
    ];
    expect(valueOf('arm.multifocal', records)).toBe(expected);
  });

  const TESTS = [
    'muscle-serratus-anterior',
    'movement-shoulder-external-rotation',
    'muscle-long-flexors-thumb-index',
    'movement-forearm-pronation',
  ];
  const four = (grades: readonly (number | undefined)[], age = 1) =>
    grades.flatMap((grade, index) =>
      grade === undefined
        ? []
        : [
            strength(TESTS[index]!, grade, daysAgo(age), 'side-right'),
            strength(TESTS[index]!, 5, daysAgo(age), 'side-left'),
          ],
    );

  it.each([
    ['none', [5, 5, 5, 5], 0],
    ['one of four', [4, 5, 5, 5], 1],
    ['two of four', [4, 5, 4, 5], 2],
    ['two, and two not tested', [4, undefined, 4, undefined], 2],
    ['one, and one not tested', [4, 5, 5, undefined], undefined],
    ['all four', [4, 4, 4, 4], 4],
  ])('weaker than the other side: %s (AMB-51)', (_, grades, expected) => {
    expect(valueOf('na.testsWeak', [shoulder(10), ...four(grades)])).toBe(expected);
  });

  it('equal weakness of both sides is no difference, and a test that is still to come is none (AMB-51)', () => {
    const equal = TESTS.flatMap((test) =>
      ['side-left', 'side-right'].map((side) => strength(test, 4, daysAgo(1), side)),
    );
    expect(valueOf('na.testsWeak', [shoulder(10), ...equal])).toBe(0);
    expect(valueOf('na.testsWeak', [shoulder(10), ...four([4, 4, 4, 4], -1)])).toBeUndefined();
  });
});

describe('systemic steroids before onset (AMB-13)', () => {
  const course = (status: string, from: number, to?: number) =>
    record('MedicationStatement', {
      status,
      medicationCodeableConcept: coded('prednisolone'),
      effectivePeriod: { start: daysAgo(from), ...(to !== undefined && { end: daysAgo(to) }) },
    });
  const ONSET = 30;

  it.each([
    ['in use for years', course('active', 700), true],
    ['begun the day before onset', course('active', ONSET + 1), true],
    ['begun on the day of onset', course('active', ONSET), false],
    ['begun two days after onset, for this complaint', course('active', ONSET - 2), false],
    ['stopped two months before onset', course('stopped', 400, ONSET + 61), true],
    ['stopped four months before onset', course('stopped', 400, ONSET + 122), false],
    ['stopped, end not recorded, begun a month before onset', course('completed', ONSET + 30), true],
    ['entered in error', course('entered-in-error', 700), false],
  ] as const)('%s', (_, drug, expected) => {
    expect(valueOf('steroid.beforeOnset', [shoulder(ONSET), drug])).toBe(expected);
  });

  it('three calendar months before onset still count, the day before them does not', () => {
    const complaint = condition('shoulder-pain', '2026-11-10');
    const until = (end: string) =>
      record('MedicationStatement', {
        status: 'stopped',
        medicationCodeableConcept: coded('prednisolone'),
        effectivePeriod: { start: '2026-01-01', end },
      });
    expect(valueOf('steroid.beforeOnset', [complaint, until('2026-08-11')])).toBe(true);
    expect(valueOf('steroid.beforeOnset', [complaint, until('2026-08-10')])).toBe(true);
    expect(valueOf('steroid.beforeOnset', [complaint, until('2026-08-09')])).toBe(false);
  });

  it('without steroids in a medication list that was not sent completely, it is unknown', () => {
    const incomplete = ['MedicationStatement'];
    expect(valueOf('steroid.beforeOnset', [shoulder(ONSET)], { incomplete })).toBeUndefined();
    expect(valueOf('steroid.beforeOnset', [shoulder(ONSET)])).toBe(false);
  });
});

describe('weight loss of five percent within a year (AMB-44)', () => {
  it.each([
    [100, 95.1, false],
    [100, 95, true],
    [100, 94.9, true],
    // Exactly five percent, whatever binary fractions make of it.
    [66, 62.7, true],
    [74, 70.3, true],
    [110, 104.5, true],
    [70, 80, false],
  ])('from %d to %d kg: %s', (before, now, expected) => {
    expect(valueOf('weightLoss.present', [shoulder(10), weight(before, daysAgo(200)), weight(now, daysAgo(2))])).toBe(
      expected,
    );
  });

  it('the heaviest weight of the last twelve months is the measure', () => {
    const now = weight(95, daysAgo(2));
    expect(valueOf('weightLoss.present', [shoulder(10), weight(100, '2025-11-21'), now])).toBe(true);
    expect(valueOf('weightLoss.present', [shoulder(10), weight(100, '2025-11-20'), now])).toBeUndefined();
    const grown = [weight(90, daysAgo(300)), weight(101, daysAgo(200)), weight(97, daysAgo(100))];
    expect(valueOf('weightLoss.present', [shoulder(10), ...grown, now])).toBe(true);
  });

  it('what is recorded decides before the scales do, and an old weight says nothing', () => {
    const lost = [weight(100, daysAgo(200)), weight(80, daysAgo(2))];
    const denied = finding('unintended-weight-loss', false, daysAgo(1));
    expect(valueOf('weightLoss.present', [shoulder(10), ...lost, denied])).toBe(false);
    expect(valueOf('weightLoss.present', [shoulder(10), weight(100, daysAgo(200))])).toBeUndefined();
  });
});

describe('exact age at onset (AMB-12)', () => {
  it.each([
    ['1976-11-22', 49.9, 50],
    ['1976-11-21', 50, 50],
    ['1976-11-20', 50.001, 50.1],
  ])('born %s, onset today', (birthDate, atLeast, atMost) => {
    const age = valueOf('patient.ageAtOnset', [shoulder(0)], { birthDate });
    expect(age).toBeGreaterThanOrEqual(atLeast);
    expect(age).toBeLessThanOrEqual(atMost);
  });

  it('a birth date without a day gives none', () => {
    expect(valueOf('patient.ageAtOnset', [shoulder(0)], { birthDate: '1976' })).toBeUndefined();
  });
});
