/** Our Questionnaires: FHIR R4, each answer read as what its question names, within the bounds that the question names; and what the loader refuses. */
import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { NO_DRAFTS, loadFrenchDrafts } from '../../src/draft-texts.js';
import { RED_ITEMS, RED_ITEMS_OF_FORM, YELLOW_ITEMS } from '../../src/facts/derive/flags.js';
import { conceptsOf } from '../../src/fhir/references.js';
import { loadQuestionnaires } from '../../src/load-questionnaires.js';
import { KnowledgeError, parseYaml } from '../../src/yaml-file.js';
import { DEFINITIONS } from '../support/facts.js';
import { filesBelow, readText } from '../support/files.js';
import { fill } from '../support/forms.js';
import { CODE_SETS, FORMS, caseOf, daysAgo, record } from '../support/records.js';
import { rulesOn } from '../support/advice.js';
import { readExamples } from '../support/examples.js';
import { post, send, startService, type RunningService } from '../support/service.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { faultsOf } from '../support/validate.js';

const EXTRACT = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-observationExtract';
const MIN = 'http://hl7.org/fhir/StructureDefinition/minValue';
const MAX = 'http://hl7.org/fhir/StructureDefinition/maxValue';

const itemsOf = (items: readonly QuestionnaireItem[] = []): readonly QuestionnaireItem[] =>
  items.flatMap((item) => [item, ...itemsOf(item.item)]);
const extension = ({ extension: all = [] }: QuestionnaireItem, url: string) => all.find((one) => one.url === url);

const forms = [...FORMS].map(([id, form]) => ({ id, ...form, items: itemsOf(form.resource.item) }));
const questions = forms.flatMap(({ resource, questions: asked, items }) =>
  items.flatMap((item) => {
    const question = asked.get(item.linkId);
    return question ? [{ resource, item, question, concepts: conceptsOf({ coding: question.code }, CODE_SETS) }] : [];
  }),
);

/** The case of a patient of whom only these answers are known. */
const answered = (resource: Questionnaire, answers: Parameters<typeof fill>[1]): Case =>
  caseOf([
    record('QuestionnaireResponse', {
      questionnaire: resource.url,
      status: 'completed',
      authored: daysAgo(1),
      item: fill(resource.item, answers),
    }),
  ]);

describe('the Questionnaires', () => {
  it.each(forms.map(({ id, resource }) => [id, resource] as const))('%s is FHIR R4', (_, resource) => {
    expect(faultsOf(resource)).toEqual([]);
  });

  it('are the three that the cards ask for', () => {
    expect(forms.map(({ id }) => id).sort()).toEqual(['na-examination', 'na-suspicion', 'pain-flags']);
  });

  it('ask the three questions, and the four tests of strength on both sides', () => {
    const asked = (id: string, group: string) =>
      itemsOf(forms.find((form) => form.id === id)?.items.find(({ linkId }) => linkId === group)?.item).map(
        ({ linkId }) => linkId,
      );
    expect(asked('na-suspicion', 'three-questions')).toEqual([
      'pain-unlike-ever-before',
      'passive-shoulder-rotation-abduction-limited',
      'symptoms-single-root',
    ]);
    for (const side of ['right', 'left'])
      expect(asked('na-examination', `four-tests-${side}`)).toEqual([
        `muscle-serratus-anterior-${side}`,
        `movement-shoulder-external-rotation-${side}`,
        `muscle-long-flexors-thumb-index-${side}`,
        `movement-forearm-pronation-${side}`,
      ]);
  });

  it('of flags asks every one that counts for documentation', () => {
    const asked = (group: string) =>
      itemsOf(FORMS.get('pain-flags')!.resource.item?.find(({ linkId }) => linkId === group)?.item).map(
        ({ linkId }) => linkId,
      );
    expect(asked('red-flags')).toEqual(expect.arrayContaining([...RED_ITEMS]));
    expect([...asked('red-flags'), ...asked('red-flags-pain')]).toEqual(expect.arrayContaining([...RED_ITEMS_OF_FORM]));
    expect(asked('yellow-flags')).toEqual(expect.arrayContaining([...YELLOW_ITEMS]));
    // Asked as well, and not part of what "documented" means: they stand on the card of their own when they are present.
    const more = [...asked('red-flags'), ...asked('yellow-flags')].filter(
      (linkId) => ![...RED_ITEMS, ...RED_ITEMS_OF_FORM, ...YELLOW_ITEMS].includes(linkId),
    );
    expect(more).toEqual(['urinary-incontinence', 'faecal-incontinence', 'analgesics-ineffective']);
  });

  it('that ask one of several findings of a fact ask them all: else no form could say no', () => {
    const several = DEFINITIONS.filter(({ findings }) => findings.length > 1);
    const halves = forms.flatMap(({ id, questions: asked }) => {
      const codes = new Set([...asked.values()].map(({ code }) => code['code']));
      return several.flatMap((fact) => {
        const open = fact.findings.filter((finding) => !codes.has(finding));
        return open.length > 0 && open.length < fact.findings.length ? [`${id}: ${fact.id} lacks ${open.join()}`] : [];
      });
    });
    expect(halves).toEqual([]);
  });

  it('rest each question on a statement of the sources', () => {
    const without = questions.filter(({ item }) => !item.extension?.some(({ url }) => url.endsWith('/statement')));
    expect(questions.length).toBeGreaterThan(60);
    expect(without.map(({ item }) => item.linkId)).toEqual([]);
  });

  it('tell an extractor of SDC to make Observations of just those that need no place', () => {
    for (const { item, question } of questions) {
      const placed = question.bodySite.length + question.placedBy.length > 0;
      expect([item.linkId, extension(item, EXTRACT)?.valueBoolean]).toEqual([item.linkId, placed ? undefined : true]);
    }
  });
});

describe('an answer is read as what its question names', () => {
  it.each(questions.filter(({ item }) => item.type === 'boolean').map((one) => [one.item.linkId, one] as const))(
    '%s: the finding, present and absent',
    (linkId, { resource, question }) => {
      const key = linkId.replace(/-(?:left|right)$/, '');
      for (const valueBoolean of [true, false]) {
        const found = answered(resource, { [linkId]: { valueBoolean } }).findings.get(key) ?? [];
        expect(found.map(({ present }) => present)).toEqual([valueBoolean]);
        const places = conceptsOf({ coding: question.bodySite }, CODE_SETS);
        expect(found[0]?.sites).toEqual(places.filter((place) => !place.startsWith('side-')));
        expect(found[0]?.side).toBe(/-(left|right)$/.exec(linkId)?.[1]);
      }
    },
  );

  it.each(questions.filter(({ item }) => item.type === 'integer').map((one) => [one.item.linkId, one] as const))(
    '%s: the number, from the least to the most that the question allows',
    (linkId, { resource, item, concepts }) => {
      const read = (valueInteger: number) => {
        const theCase = answered(resource, { [linkId]: { valueInteger } });
        const values = [
          ...theCase.scores.map(({ value }) => value),
          ...theCase.strengths.map(({ muscle, side, grade }) => [`${muscle}-${side}`, grade]),
        ];
        return { values, excluded: theCase.excluded.map(({ where }) => where) };
      };
      const says = (value: number) => (concepts.includes('nrs-pain') ? value : [linkId, value]);
      const least = extension(item, MIN)!.valueInteger!;
      const most = extension(item, MAX)!.valueInteger!;
      expect([least, most]).toEqual(concepts.includes('nrs-pain') ? [0, 10] : [0, 5]);
      for (const value of [least, most]) expect(read(value)).toEqual({ values: [says(value)], excluded: [] });
      for (const value of [least - 1, most + 1])
        expect(read(value)).toEqual({ values: [], excluded: ['QuestionnaireResponse'] });
    },
  );
});

describe('the demo EHR holds the Questionnaires', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ env: { DRAFT_LANGUAGES: 'fr' } });
  });
  afterAll(() => service.close());

  it('in every served language', async () => {
    const { json } = await send(`${service.url}/demo-fhir/Questionnaire/pain-flags`);
    const { url, _title } = json as Questionnaire;
    expect(url).toBe('https://plexus-cds.example/fhir/Questionnaire/pain-flags');
    expect(JSON.stringify(_title)).toContain('Drapeaux rouges et jaunes');
    expect(faultsOf(json as Questionnaire)).toEqual([]);
  });

  it('and takes a completed one, after which the card asks no more for what it says', async () => {
    const { request } = readExamples().find(({ id }) => id === 'na-day-2')!;
    const patientId = request.context['patientId'] as string;
    const form = fill(FORMS.get('na-suspicion')!.resource.item, {
      orthopnoea: { valueBoolean: false },
      'dyspnoea-on-bending': { valueBoolean: false },
      'dyspnoea-at-rest': { valueBoolean: false },
    });
    const rules = async () => {
      const { json } = await send(`${service.url}/demo-fhir/QuestionnaireResponse?patient=${patientId}`);
      const prefetch = { ...request.prefetch, questionnaireResponses: json };
      const answer = await post(`${service.url}/cds-services/plexus-patient-view`, { ...request, prefetch });
      return rulesOn((answer.json as { cards: readonly Card[] }).cards);
    };
    expect(await rules()).toContain('na-ask-breathing');
    const made = await post(`${service.url}/demo-fhir/QuestionnaireResponse`, {
      resourceType: 'QuestionnaireResponse',
      questionnaire: 'Questionnaire/na-suspicion',
      status: 'completed',
      subject: { reference: `Patient/${patientId}` },
      authored: new Date(Date.now() - 3_600_000).toISOString(),
      item: form,
    });
    expect(made.status).toBe(201);
    expect(await rules()).not.toContain('na-ask-breathing');
  });
});

describe('a Questionnaire is refused, with its place, that', () => {
  const [name = ''] = filesBelow('fhir-profiles/questionnaires', '.json').filter((path) => path.includes('na-exam'));
  const text = readText(name);
  const load = (changed: string, context: Partial<Parameters<typeof loadQuestionnaires>[1]> = {}) =>
    loadQuestionnaires([parseYaml(name, changed)], {
      codeSets: CODE_SETS,
      drafts: NO_DRAFTS,
      statements: { has: () => true },
      ...context,
    });
  const change = (from: string, to: string): string => {
    expect(text).toContain(from);
    return text.replace(from, to);
  };
  const refusalOf = (changed: string): KnowledgeError => {
    try {
      load(changed);
    } catch (error) {
      if (error instanceof KnowledgeError) return error;
      throw error;
    }
    throw new Error('it was taken');
  };
  const STRENGTH = '"code": "muscle-strength-mrc"';

  it.each<[string, string, string, RegExp]>([
    ['is something else', '"resourceType": "Questionnaire"', '"resourceType": "Library"', /:1: this is no Quest/],
    ['has another id than its file', '"id": "na-examination"', '"id": "na-exam"', /:3: the id na-exam is not/],
    ['has another url than its id', '/Questionnaire/na-examination"', '/Questionnaire/x"', /the url is not that of/],
    ['asks one linkId twice', '"linkId": "left"', '"linkId": "right"', /the linkId right stands twice/],
    ['has no English', '"valueCode": "en"', '"valueCode": "de"', /the title needs a translation into English/],
    ['asks what we have no concept of', STRENGTH, '"code": "spiderman"', /needs one code of our value sets/],
    ['asks a finding as a number', STRENGTH, '"code": "fever"', /records fever is of type boolean, not integer/],
    ['measures no muscle', '"code": "muscle-serratus-anterior"', '"code": "site-neck"', /say with .* of which muscle/],
    ['names an unknown place', '"code": "24028007"', '"code": "24028008"', /is no site, side or muscle/],
    ['mixes places and sides', '"code": "16982005"', '"code": "7771000"', /must be all places or all sides/],
    ['asks an unknown choice', '#Observation.bodySite', '#Observation.method', /a choice asks a place or a side/],
    ['demands an answer', '"type": "boolean"', '"required": true, "type": "boolean"', /no answer is required/],
    ['ticks an answer', '"type": "boolean"', '"initial": [{ "valueBoolean": false }], "type": "boolean"', /beforehand/],
    ['asks below a question', '"type": "boolean"', '"item": [], "type": "boolean"', /items stand in groups/],
    ['has a question of another type', '"type": "integer"', '"type": "decimal"', /is of type integer, not decimal/],
  ])('%s', (_, from, to, message) => {
    const refusal = refusalOf(change(from, to));
    expect(refusal.place).toMatch(/^fhir-profiles\/questionnaires\/na-examination\.json:\d+$/);
    expect(refusal.message).toMatch(message);
  });

  it('cites a statement that there is not', () => {
    expect(() => load(text, { statements: { has: (id) => id !== 'NA-47' } })).toThrow('NA-47 is no statement of');
  });

  it('lacks a French draft where French is served', () => {
    expect(() => load(text, { drafts: loadFrenchDrafts([]) })).toThrow('there is no French draft of');
  });
});
