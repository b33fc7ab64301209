/** Our Questionnaires as the demo EHR serves them: what the page asks of them, and that the service reads what it makes of the answers. */
import type { Bundle, Coding, FhirResource, Questionnaire, QuestionnaireResponse } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import type { Language } from '../../src/cds-hooks/request.js';
import {
  answersIn,
  descriptionIn,
  itemsIn,
  responseOf,
  responseTo,
  titleIn,
  withAnswer,
  type Answer,
  type Answers,
  type FormItem,
} from '../../src/sandbox/edit/questionnaire.js';
import { condition, finding } from '../support/records.js';
import { PATIENT, requestFor, searchsetOf } from '../support/requests.js';
import { post, send, startService, type RunningService } from '../support/service.js';
import { faultsOf } from '../support/validate.js';

const AUTHORED = '2026-11-21T12:00:00Z';
const NAMES = ['na-examination', 'na-suspicion', 'pain-flags'] as const;

let service: RunningService;
const served = new Map<string, Questionnaire>();
beforeAll(async () => {
  service = await startService({ env: { DRAFT_LANGUAGES: 'fr' } });
  const { json } = await send(`${service.url}/demo-fhir/Questionnaire`);
  for (const { resource } of (json as Bundle<Questionnaire>).entry!) served.set(resource!.id!, resource!);
});
afterAll(() => service.close());

const form = (name: string): Questionnaire => served.get(name)!;
const questionsOf = (items: readonly FormItem[]): readonly Exclude<FormItem, { kind: 'group' }>[] =>
  items.flatMap((item) => (item.kind === 'group' ? questionsOf(item.items) : [item]));
const filled = (name: string, answers: Answers, more: { previous?: QuestionnaireResponse } = {}) =>
  responseOf(form(name), answers, { patientId: PATIENT, authored: AUTHORED, ...more });

/** The rules that speak to a patient with this record. */
async function rulesFor(...resources: readonly FhirResource[]): Promise<readonly string[]> {
  const request = requestFor('patient-view');
  const of = (type: string) => searchsetOf(...resources.filter(({ resourceType }) => resourceType === type));
  const keys = {
    conditions: 'Condition',
    observations: 'Observation',
    questionnaireResponses: 'QuestionnaireResponse',
  };
  for (const [key, type] of Object.entries(keys)) request.prefetch[key] = of(type);
  const extension = { 'example.plexus-cds.request': { now: AUTHORED, language: 'en' } };
  const { json } = await post(`${service.url}/cds-services/plexus-patient-view`, { ...request, extension });
  const { cards } = json as { cards: readonly Card[] };
  return cards.flatMap((card) => card.extension['example.plexus-cds.card'].rules.map(({ id }) => id));
}

describe('the Questionnaires of the demo EHR', () => {
  it.each(NAMES)('%s can be asked in every language, with all its questions', (name) => {
    const count = JSON.stringify(form(name).item).match(/"type":"(?!group)/g)!.length;
    const texts = (['nl', 'en', 'fr'] as const).map((language: Language) => {
      const items = itemsIn(form(name), language);
      expect(questionsOf(items)).toHaveLength(count);
      const all = JSON.stringify(items, (key, value: unknown) => (key === 'coding' ? undefined : value));
      expect(all).not.toContain('"text":""');
      return [titleIn(form(name), language), descriptionIn(form(name), language), all];
    });
    for (const place of [0, 1, 2]) expect(new Set(texts.map((one) => one[place])).size).toBe(3);
  });

  it('are read in Dutch where a language is not served', () => {
    const [item] = form('pain-flags').item!;
    expect(itemsIn({ item: [{ ...item!, _text: {} }] }, 'fr')[0]!.text).toBe(item!.text);
  });

  const BOOLEAN = { linkId: 'a', text: 'a', type: 'boolean' } as const;
  it.each([
    ['another type', { ...BOOLEAN, type: 'decimal' as const }],
    ['a condition', { ...BOOLEAN, enableWhen: [] }],
    ['a list of answers', { ...BOOLEAN, repeats: true }],
    ['items below a question', { ...BOOLEAN, item: [BOOLEAN] }],
    ['no smallest and largest number', { ...BOOLEAN, type: 'integer' as const }],
    ['an option without a code', { ...BOOLEAN, type: 'choice' as const, answerOption: [{ valueString: 'a' }] }],
  ])('are refused with %s: nothing may be asked otherwise than it is meant', (_, item) => {
    expect(() => itemsIn({ item: [item] }, 'nl')).toThrow('which this page cannot ask');
  });
});

describe('answers', () => {
  /** An answer to every question of a form. */
  const answerTo = (question: ReturnType<typeof questionsOf>[number]): Answer => {
    if (question.kind === 'boolean') return false;
    return question.kind === 'integer' ? question.min : question.options[0]!.coding;
  };

  it.each(NAMES)('to all of %s make a response that is FHIR R4, and come back from it', (name) => {
    const questions = questionsOf(itemsIn(form(name), 'fr'));
    const answers = Object.fromEntries(questions.map((one) => [one.linkId, answerTo(one)]));
    const response = filled(name, answers);
    expect(faultsOf(response)).toEqual([]);
    expect(answersIn(response)).toEqual(answers);
    expect(response).toMatchObject({
      status: 'completed',
      questionnaire: `${form(name).url!}|${form(name).version!}`,
      subject: { reference: `Patient/${PATIENT}` },
      authored: AUTHORED,
    });
  });

  it('stand in the groups of the form, and what is not answered is left out', () => {
    const answers = withAnswer(
      withAnswer({ fever: true, malaise: false }, 'fever', undefined),
      'function-decreasing',
      true,
    );
    expect(filled('pain-flags', answers).item).toEqual([
      {
        linkId: 'red-flags',
        text: 'Rode vlaggen',
        item: [{ linkId: 'malaise', text: 'Is er algehele malaise?', answer: [{ valueBoolean: false }] }],
      },
      expect.objectContaining({
        linkId: 'yellow-flags',
        item: [expect.objectContaining({ answer: [{ valueBoolean: true }] })],
      }),
    ]);
  });

  it('that are all taken back leave no item', () => {
    const previous = filled('pain-flags', { fever: true });
    expect(filled('pain-flags', {}, { previous })).not.toHaveProperty('item');
  });

  it('take the place of those of an earlier response, and all else that it says stays', () => {
    const previous = { ...filled('pain-flags', { fever: true }), id: 'q1', encounter: { reference: 'Encounter/e' } };
    expect(filled('pain-flags', { malaise: true }, { previous })).toEqual({
      ...filled('pain-flags', { malaise: true }),
      id: 'q1',
      encounter: { reference: 'Encounter/e' },
    });
  });

  it('are found again by form and day, the latest of several', () => {
    const made = { ...filled('pain-flags', { fever: true }), id: 'made' };
    const later = { ...made, id: 'later', authored: '2026-11-21T12:00:01Z' };
    const elsewhere = { ...made, questionnaire: 'https://ehr.example/Questionnaire/pain-flags' };
    const others: readonly FhirResource[] = [
      filled('na-suspicion', { 'nrs-pain': 3 }),
      { ...made, status: 'entered-in-error' },
      { ...made, authored: '2026-11-20T12:00:00Z' },
    ];
    expect(responseTo(form('pain-flags'), '2026-11-21', [later, ...others, made])).toBe(later);
    expect(responseTo(form('pain-flags'), '2026-11-21', [elsewhere])).toBe(elsewhere);
    expect(responseTo(form('pain-flags'), '2026-11-21', others)).toBeUndefined();
  });
});

describe('the service', () => {
  const back = () => condition('low-back-pain', '2026-11-01');
  const shoulder = () => condition('shoulder-pain', '2026-11-19', ['site-shoulder', 'side-right']);

  it('hears a red flag of the form, and its being taken back', async () => {
    const fever = filled('pain-flags', { fever: true });
    expect(await rulesFor(back())).not.toContain('red-fever');
    expect(await rulesFor(back(), fever)).toContain('red-fever');
    expect(await rulesFor(back(), filled('pain-flags', {}, { previous: fever }))).not.toContain('red-fever');
  });

  it('takes the last word of the day: a no on the form ends a yes of the morning', async () => {
    const morning = finding('fever', true, '2026-11-21T08:40:00+01:00');
    expect(await rulesFor(back(), morning)).toContain('red-fever');
    expect(await rulesFor(back(), morning, filled('pain-flags', { fever: false }))).not.toContain('red-fever');
  });

  it('hears the strengths of the examination', async () => {
    const strengths = (grade: number) =>
      filled('na-examination', { 'muscle-deltoid-right': grade, 'muscle-triceps-right': grade });
    const [normal, weak] = await Promise.all([rulesFor(shoulder(), strengths(5)), rulesFor(shoulder(), strengths(2))]);
    expect(normal).not.toContain('deficit-severe');
    expect(weak).toContain('deficit-severe');
  });

  it('hears a pain score with the place and side that the form asks', async () => {
    const place = questionsOf(itemsIn(form('na-suspicion'), 'en'));
    const coding = (linkId: string, text: string): Coding => {
      const question = place.find((one) => one.linkId === linkId)!;
      return question.kind === 'choice' ? question.options.find((one) => one.text === text)!.coding : {};
    };
    const said = (text: string) =>
      filled('na-suspicion', {
        place: coding('place', text),
        side: coding('side', 'right'),
        'nrs-pain': 9,
        'pain-at-rest': true,
        'onset-sudden': true,
        'pain-unlike-ever-before': true,
      });
    const [before, after] = await Promise.all([rulesFor(shoulder()), rulesFor(shoulder(), said('shoulder'))]);
    expect(before).not.toContain('na-suspicion');
    expect(after).toContain('na-suspicion');
  });
});
