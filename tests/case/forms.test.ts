/** Answers on forms: which responses count, what an answer says and where, and what is left out rather than guessed. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { factOf } from '../support/facts.js';
import { caseOf, coded, condition, daysAgo, finding, record } from '../support/records.js';

const BASE = 'https://plexus-cds.example/fhir/Questionnaire/';
const no = { valueBoolean: false };
const yes = { valueBoolean: true };
const right = { valueCoding: { system: 'http://snomed.info/sct', code: '24028007' } };
const left = { valueCoding: { system: 'http://snomed.info/sct', code: '7771000' } };
const shoulder = { valueCoding: { system: 'http://snomed.info/sct', code: '16982005' } };
const NOT_ASKED = {
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'not-asked' }],
};
const item = (linkId: string, ...answer: readonly unknown[]) => ({ linkId, answer });

const response = (questionnaire: unknown, items: readonly unknown[], more: Readonly<Record<string, unknown>> = {}) =>
  record('QuestionnaireResponse', { questionnaire, status: 'completed', authored: daysAgo(1), item: items, ...more });
const suspicion = (items: readonly unknown[], more?: Readonly<Record<string, unknown>>): Case =>
  caseOf([response(`${BASE}na-suspicion`, items, more)]);
const examination = (...items: readonly unknown[]): Case => caseOf([response(`${BASE}na-examination`, items)]);

/** What was found, as `sites side: present`. */
const foundIn = (theCase: Case, key: string) =>
  (theCase.findings.get(key) ?? []).map(
    ({ sites, side, present }) => `${[...sites, side ?? 'no side'].join(' ')}: ${String(present)}`,
  );
const scoresIn = ({ scores }: Case) =>
  scores.map(({ value, entry }) => [value, [...entry.sites, entry.side ?? 'no side'].join(' ')]);
const excluded = (theCase: Case) => theCase.excluded.map(({ where, reason, count }) => [where, reason, count]);

describe('a response of one of our Questionnaires', () => {
  const nrs = [item('nrs-pain', { valueInteger: 7 })];

  it.each([
    [`${BASE}na-suspicion`],
    [`${BASE}na-suspicion|0.1.0`],
    [`${BASE}na-suspicion|another/version`],
    ['Questionnaire/na-suspicion'],
    ['https://ehr.example/fhir/Questionnaire/na-suspicion'],
  ])('is known by %s', (questionnaire) => {
    expect(scoresIn(caseOf([response(questionnaire, nrs)]))).toEqual([[7, 'no side']]);
  });

  it.each([
    ['another Questionnaire', `${BASE}na-suspicions`],
    ['no Questionnaire', undefined],
    ['the name of one that every object has', 'Questionnaire/constructor'],
    ['a Questionnaire that is no text', { reference: `${BASE}na-suspicion` }],
  ])('is not one of %s', (_, questionnaire) => {
    expect(scoresIn(caseOf([response(questionnaire, nrs)]))).toEqual([]);
  });

  it.each([
    ['completed', 1],
    ['amended', 1],
    ['in-progress', 1],
    ['stopped', 0],
    ['entered-in-error', 0],
    [undefined, 0],
  ])('of status %s counts %i times', (status, count) => {
    const theCase = suspicion([...nrs, item('orthopnoea', yes)], { status });
    expect([theCase.scores.length, foundIn(theCase, 'orthopnoea').length]).toEqual([count, count]);
  });

  it('that is in progress raises an alarm and ends none', () => {
    const told = foundIn(
      caseOf([
        response(`${BASE}pain-flags`, [item('urinary-retention', yes), item('fever', no)], { status: 'in-progress' }),
      ]),
      'urinary-retention',
    );
    const ended = caseOf([response(`${BASE}pain-flags`, [item('urinary-retention', no)], { status: 'in-progress' })]);
    expect([told, foundIn(ended, 'urinary-retention')]).toEqual([['no side: true'], []]);
  });

  it('of another patient does not count', () => {
    const theCase = suspicion(nrs, { subject: { reference: 'Patient/another' } });
    expect([theCase.scores, excluded(theCase)]).toEqual([[], [['QuestionnaireResponse', 'other patient', 1]]]);
  });

  it('that comes by two prefetch keys counts once', () => {
    const form = response(`${BASE}na-suspicion`, nrs);
    expect(caseOf([form, structuredClone(form)]).scores).toHaveLength(1);
  });

  it('without a date has findings of unknown date and no score', () => {
    const theCase = suspicion([...nrs, item('orthopnoea', yes)], { authored: undefined });
    expect(theCase.findings.get('orthopnoea')).toEqual([expect.not.objectContaining({ date: expect.anything() })]);
    expect(excluded(theCase)).toEqual([['QuestionnaireResponse', 'pain score without a date', 1]]);
  });

  it('is the evidence of what it says', () => {
    const form = response(`${BASE}na-suspicion`, [item('orthopnoea', yes)]);
    const theCase = caseOf([condition('shoulder-pain', daysAgo(9)), form]);
    expect(factOf('breathing.orthopnoea', theCase).evidence.map(({ reference }) => reference)).toEqual([
      `QuestionnaireResponse/${form.id}`,
    ]);
  });

  it('belongs to the contact in which it was filled in, as a score without a place does', () => {
    const encounter = { reference: 'Encounter/e' };
    const peak = (contact: Readonly<Record<string, unknown>>) =>
      factOf(
        'pain.peak',
        caseOf([
          condition('shoulder-pain', daysAgo(9), [], { encounter }),
          response(`${BASE}na-suspicion`, nrs, contact),
        ]),
      ).value;
    expect([peak({ encounter }), peak({})]).toEqual([7, undefined]);
  });
});

describe('place and side of an answer', () => {
  const pain = [item('nrs-pain', { valueInteger: 7 }), item('pain-at-rest', yes)];
  const where = [item('place', shoulder), item('side', right)];

  it.each([
    ['in the groups of the form', [{ linkId: 'complaint', item: [...where, { linkId: 'pain', item: pain }] }]],
    ['after the answers', [{ linkId: 'complaint', item: [{ linkId: 'pain', item: pain }, ...where] }]],
    ['in a response without groups', [...pain, ...where]],
    ['below an answer', [{ ...item('pain-at-rest', { ...yes, item: [...where, pain[0]] }) }]],
  ])('are those that the form asks, %s', (_, items) => {
    const theCase = suspicion(items);
    expect(scoresIn(theCase)).toEqual([[7, 'site-shoulder right']]);
    expect(foundIn(theCase, 'pain-at-rest')).toEqual(['site-shoulder right: true']);
  });

  it('are not those of a question that asks of the whole patient', () => {
    expect(foundIn(suspicion([...where, item('orthopnoea', yes)]), 'orthopnoea')).toEqual(['no side: true']);
  });

  it('are the own place of a question, and only the side of the form', () => {
    const neck = { valueCoding: coded('site-neck')['coding'] };
    const place = { valueCoding: (neck.valueCoding as readonly unknown[])[0] };
    const key = 'passive-shoulder-rotation-abduction-limited';
    expect(foundIn(suspicion([item('place', place), item('side', left), item(key, no)]), key)).toEqual([
      'site-shoulder left: false',
    ]);
  });

  it('are of both sides when both were chosen', () => {
    expect(scoresIn(suspicion([...pain, item('side', left, right)]))).toEqual([[7, 'bilateral']]);
  });

  it('are not recorded when they were not answered, or with a code that we do not know', () => {
    const unknown = { valueCoding: { system: 'http://snomed.info/sct', code: '24028008' } };
    for (const side of [[], [item('side', unknown)], [item('side', { valueString: 'rechts' })], [item('side')]])
      expect(scoresIn(suspicion([...pain, ...side]))).toEqual([[7, 'no side']]);
  });

  it('stand beside each answer once, however often they were answered', () => {
    const many = Array<unknown>(2400).fill(right);
    const theCase = suspicion([item('side', ...many), ...Array<unknown>(2400).fill(item('pain-at-rest', yes))]);
    expect(theCase.findings.get('pain-at-rest')).toHaveLength(2400);
    const { bodySite } = theCase.findings.get('pain-at-rest')![0]!.entry.resource as {
      bodySite?: { coding: unknown[] };
    };
    expect(bodySite?.coding).toHaveLength(1);
  });
});

describe('what is answered twice', () => {
  it('says both: a strength of two grades is two', () => {
    const twice = examination(item('muscle-deltoid-left', { valueInteger: 3 }, { valueInteger: 5 }));
    const again = examination(
      item('muscle-deltoid-left', { valueInteger: 3 }),
      item('muscle-deltoid-left', { valueInteger: 5 }),
    );
    for (const { strengths } of [twice, again])
      expect(strengths.map(({ muscle, side, grade }) => [muscle, side, grade]).sort()).toEqual([
        ['muscle-deltoid', 'left', 3],
        ['muscle-deltoid', 'left', 5],
      ]);
  });

  it('with yes and with no is an alarm for saddle sensation, and unknown for pain at rest (D12)', () => {
    const theCase = caseOf([
      condition('low-back-pain', daysAgo(9)),
      condition('shoulder-pain', daysAgo(9)),
      response(`${BASE}pain-flags`, [item('saddle-anaesthesia', no, yes)]),
      response(`${BASE}na-suspicion`, [item('pain-at-rest', no, yes)]),
    ]);
    expect(factOf('saddle.lost', theCase).value).toBe(true);
    expect(factOf('pain.atRest', theCase).value).toBeUndefined();
  });
});

describe('an answer that cannot be read is left out with a note, and what it may have said stays unknown', () => {
  it.each<[string, string, unknown, string]>([
    ['a yes in words', 'orthopnoea', { valueString: 'ja' }, 'answer of another kind than its question'],
    ['a yes as a text', 'orthopnoea', { valueBoolean: 'true' }, 'answer of another kind than its question'],
    ['a yes as a code', 'orthopnoea', { valueCoding: { code: 'Y' } }, 'answer of another kind than its question'],
    ['no value', 'orthopnoea', {}, 'answer of another kind than its question'],
    [
      'a no that was not asked',
      'orthopnoea',
      { ...no, _valueBoolean: NOT_ASKED },
      'answer with a reason why there is none',
    ],
    ['a no with a reason beside it', 'orthopnoea', { ...no, ...NOT_ASKED }, 'answer with a reason why there is none'],
    ['a no and something else', 'orthopnoea', { ...no, valueString: '?' }, 'answer with a reason why there is none'],
    ['a score in words', 'nrs-pain', { valueString: '8' }, 'answer of another kind than its question'],
    ['a score as a decimal', 'nrs-pain', { valueDecimal: 8 }, 'answer of another kind than its question'],
    ['a score below the scale', 'nrs-pain', { valueInteger: -1 }, 'pain score out of range'],
    ['a score above the scale', 'nrs-pain', { valueInteger: 11 }, 'pain score out of range'],
    [
      'a changed meaning',
      'orthopnoea',
      { ...yes, modifierExtension: [{ url: 'https://x.example' }] },
      'unknown modifier extension',
    ],
  ])('%s', (_, linkId, answer, reason) => {
    const theCase = suspicion([item(linkId, answer)]);
    expect([theCase.scores.length, foundIn(theCase, linkId)]).toEqual([0, []]);
    expect(excluded(theCase)).toEqual([['QuestionnaireResponse', reason, 1]]);
    if (linkId === 'orthopnoea') expect(theCase.completeness('QuestionnaireResponse')).toBe('incomplete');
  });

  it('a yes is heard, whatever stands beside it', () => {
    expect(foundIn(suspicion([item('orthopnoea', { ...yes, ...NOT_ASKED })]), 'orthopnoea')).toEqual(['no side: true']);
  });

  it('one for two places that are asked apart: nobody can tell of which it is', () => {
    const complaint = (side: object, valueInteger: number) => ({
      linkId: 'complaint',
      item: [item('side', side), item('nrs-pain', { valueInteger })],
    });
    const theCase = suspicion([complaint(right, 8), complaint(left, 2)]);
    expect([theCase.scores, excluded(theCase)]).toEqual([
      [],
      [['QuestionnaireResponse', 'answer for one of several places', 2]],
    ]);
  });

  it.each([-1, 6, 4.5])('a strength of %s', (valueInteger) => {
    const theCase = examination(item('muscle-deltoid-left', { valueInteger }));
    expect([theCase.strengths, excluded(theCase)]).toEqual([
      [],
      [['QuestionnaireResponse', 'muscle strength out of range', 1]],
    ]);
  });

  it('a modifier is said of all below it, and of all that is placed by what it stands on', () => {
    const modifierExtension = [{ url: 'https://x.example' }];
    const whole = suspicion([{ linkId: 'complaint', modifierExtension, item: [item('pain-at-rest', yes)] }]);
    const placed = suspicion([{ ...item('side', right), modifierExtension }, item('pain-at-rest', yes)]);
    for (const theCase of [whole, placed])
      expect([foundIn(theCase, 'pain-at-rest'), excluded(theCase)]).toEqual([
        [],
        [['QuestionnaireResponse', 'unknown modifier extension', 1]],
      ]);
  });
});

describe('an item that no question of ours asks', () => {
  const pieces = [
    item('foot-drop', yes),
    item('nrs-pain', { valueInteger: 7 }),
    item('phq9-1', yes),
    item('weakness', no),
  ];

  it.each([
    ['of our form', `${BASE}pain-flags`],
    ['of another form', 'https://ehr.example/fhir/Questionnaire/intake'],
  ])('%s is the finding that its linkId names, and only that one', (_, questionnaire) => {
    const theCase = caseOf([response(questionnaire, pieces)]);
    expect([...theCase.findings.keys()].sort()).toEqual(['foot-drop', 'weakness']);
    expect(foundIn(theCase, 'weakness')).toEqual(['no side: false']);
    expect([theCase.scores, theCase.excluded]).toEqual([[], []]);
  });

  it.each([
    ['no', no, []],
    ['yes', yes, ['no side: true']],
  ])('below an answer may be about somebody else: a %s', (_, answer, found) => {
    const mother = { valueString: 'moeder', item: [item('saddle-anaesthesia', answer)] };
    const theCase = caseOf([response('Questionnaire/intake', [item('family-history', mother)])]);
    expect(foundIn(theCase, 'saddle-anaesthesia')).toEqual(found);
  });

  it('ends an older record of the same place, and is ended by a newer one', () => {
    const back = condition('low-back-pain', daysAgo(9));
    const retention = (...records: readonly FhirResource[]) =>
      factOf('bladder.retention', caseOf([back, ...records])).value;
    const form = (answer: object) => response('Questionnaire/intake', [item('urinary-retention', answer)]);
    expect(retention(finding('urinary-retention', true, daysAgo(3)), form(no))).toBe(false);
    expect(retention(finding('urinary-retention', true, daysAgo(0)), form(no))).toBe(true);
  });
});

describe('a form of a shape that FHIR does not have', () => {
  it('is read as deep as it is, and its other items say nothing', () => {
    let deep: object = item('pain-at-rest', yes);
    for (let depth = 0; depth < 20_000; depth++) deep = { linkId: 'pain', item: deep };
    const items = [null, 7, [], { linkId: 7, answer: [yes] }, { answer: yes }, item('orthopnoea', null, 7), deep];
    const theCase = suspicion(items);
    expect([...theCase.findings.keys()]).toEqual(['pain-at-rest']);
    expect(theCase.excluded).toEqual([]);
  });
});
