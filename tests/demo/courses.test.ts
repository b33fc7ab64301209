/**
 * The courses of the sandbox page, walked through the running service: on which days the cards of their story are there, and on which not.
 * Days just before a boundary and on it, from the sentences of the rules; a boundary of months lies between two days that hold in every year.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordOn } from '../../src/sandbox/course/record.js';
import { dateOfDay } from '../../src/sandbox/days.js';
import { parseYaml } from '../../src/yaml-file.js';
import { faultsOf } from '../support/validate.js';
import { cardsOn, filledIn, readCourse, readIndex } from '../support/courses.js';
import { filesBelow, readText } from '../support/files.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

interface Expectation {
  /** Topic, or topic and the statement that its card must carry. */
  readonly card: string;
  readonly there: readonly number[];
  readonly gone: readonly number[];
}

const STORIES: Readonly<Record<string, readonly Expectation[]>> = {
  'na-acute': [
    { card: 'NaSuspicion NA-41', there: [3, 4, 17], gone: [0, 2, 18, 30] },
    // Prednisone within two weeks of onset: up to day 13.
    { card: 'NaSuspicion NA-99', there: [3], gone: [4, 14] },
    { card: 'NaAcute NA-99', there: [4, 13], gone: [3, 14, 20] },
    { card: 'NaSuspicion NA-47', there: [8], gone: [7] },
    { card: 'Coordination NA-123', there: [18, 19], gone: [17, 20] },
    { card: 'NaAcute NA-87', there: [41], gone: [42] },
    { card: 'NaChronic NA-91', there: [93, 120], gone: [88] },
  ],
  'na-day-14': [
    { card: 'NaSuspicion NA-41', there: [14, 17], gone: [10, 13, 18] },
    { card: 'NaSuspicion NA-99', there: [], gone: [14, 15] },
    { card: 'NaAcute NA-99', there: [], gone: [14, 15, 16] },
    { card: 'Alarm PAR-30', there: [15, 16, 34], gone: [14, 35] },
    { card: 'Coordination NA-123', there: [18, 19], gone: [17, 20] },
  ],
  'na-chronic': [
    { card: 'NaAcute NA-110', there: [80, 87], gone: [88, 120] },
    { card: 'NaChronic NA-91', there: [93, 154], gone: [88, 155, 200] },
    { card: 'NaChronic NA-08', there: [93, 200], gone: [88] },
  ],
  'na-child': [
    { card: 'RedFlags RED-01', there: [1], gone: [0, 2] },
    { card: 'NaSuspicion NA-41', there: [1], gone: [0, 2] },
    { card: 'NaAcute NA-99', there: [2, 13], gone: [1, 14] },
    { card: 'NaAcute SAFE-12', there: [2, 14], gone: [16, 20] },
  ],
  'na-contraindication': [
    { card: 'NaSuspicion NA-41', there: [2, 14], gone: [0, 1] },
    { card: 'NaAcute NA-99', there: [], gone: [2, 3, 13] },
    { card: 'NaAcute NA-107', there: [2], gone: [3] },
    { card: 'NaAcute ASN-10', there: [14], gone: [13] },
  ],
  'neck-arm-better': [
    { card: 'NeckArm CERV-09', there: [1, 2], gone: [0, 3] },
    { card: 'NeckArm CERV-11', there: [7], gone: [6, 8, 15] },
    { card: 'NeckArm CERV-18', there: [14], gone: [13, 15] },
    { card: 'Cancel CERV-17', there: [15, 16], gone: [14, 17] },
  ],
  'neck-arm-persists': [
    { card: 'NeckArm CERV-11', there: [7], gone: [6, 8] },
    { card: 'NeckArm CERV-13', there: [8, 21], gone: [7, 22] },
    { card: 'NeckArm CERV-18', there: [22, 24], gone: [21, 25] },
    { card: 'NeckArm CERV-19', there: [41], gone: [40, 42] },
    { card: 'NeckArm CERV-20', there: [50, 52], gone: [49, 53] },
    { card: 'RedFlags GEN-03', there: [93, 95], gone: [88, 96] },
  ],
  'back-leg': [
    { card: 'BackLeg LUMB-10', there: [2, 3], gone: [1, 4] },
    { card: 'BackLeg LUMB-12', there: [7, 9], gone: [6, 10] },
    { card: 'BackLeg LUMB-14', there: [10, 19], gone: [6, 20] },
    { card: 'BackLeg LUMB-17', there: [20, 22], gone: [19, 23] },
    { card: 'BackLeg LUMB-18', there: [40], gone: [39, 41] },
    { card: 'BackLeg LUMB-19', there: [49], gone: [48] },
    { card: 'BackLeg LUMB-20', there: [93, 95], gone: [88] },
  ],
  'back-early-mri': [
    { card: 'Back LUMB-02', there: [4], gone: [3, 5] },
    { card: 'Back LUMB-06', there: [7, 20], gone: [6, 60] },
  ],
  'cauda-equina': [
    { card: 'Alarm SAFE-21', there: [5], gone: [4, 6] },
    { card: 'BackLeg LUMB-12', there: [7, 11], gone: [6, 12] },
    { card: 'Alarm RED-15', there: [12, 13, 19], gone: [11, 20] },
    { card: 'PostOp POSTOP-01', there: [20], gone: [12] },
  ],
  'lung-apex': [
    { card: 'LungApex NA-48', there: [56, 58], gone: [55] },
    { card: 'RedFlags RED-13', there: [58], gone: [57] },
    { card: 'RedFlags RED-06', there: [62], gone: [61] },
  ],
  'post-operative': [
    { card: 'PostOp POSTOP-01', there: [10, 59], gone: [9, 60] },
    { card: 'BackLeg LUMB-12', there: [], gone: [10, 20] },
  ],
  'yellow-flags': [
    { card: 'Back LUMB-02', there: [2, 4], gone: [1, 5] },
    { card: 'YellowFlags YEL-03', there: [30], gone: [29] },
    { card: 'YellowFlags YEL-08', there: [45], gone: [44] },
    { card: 'YellowFlags YEL-02', there: [60], gone: [59] },
    { card: 'Back LUMB-08', there: [93], gone: [88] },
  ],
};

/** `Topic statement` of everything that the cards of a day say. */
async function saidOn(id: string, day: number): Promise<readonly string[]> {
  const cards = await cardsOn(service, await readCourse(service, id), day);
  return cards.flatMap(({ source, extension }) =>
    extension['example.plexus-cds.card'].statements.map((statement) => `${source.topic.code} ${statement}`),
  );
}

describe('the story of each course', () => {
  test('every course has one', async () => {
    const { patients } = await readIndex(service);
    expect(patients.map(({ id }) => id).sort()).toEqual([...Object.keys(STORIES), 'empty-record'].sort());
    expect(patients[0]!.id).toBe('na-acute');
  });

  test.each(Object.entries(STORIES))('%s: its cards come and go on their days', async (id, expectations) => {
    const days = new Set(expectations.flatMap(({ there, gone }) => [...there, ...gone]));
    const said = new Map<number, readonly string[]>();
    for (const day of days) said.set(day, await saidOn(id, day));
    const wrong = expectations.flatMap(({ card, there, gone }) => [
      ...there.filter((day) => !said.get(day)!.includes(card)).map((day) => `${card} is missing on day ${day}`),
      ...gone.filter((day) => said.get(day)!.includes(card)).map((day) => `${card} is there on day ${day}`),
    ]);
    expect(wrong).toEqual([]);
  });

  test('an alarm becomes less urgent when the rest of the examination is recorded', async () => {
    const course = await readCourse(service, 'na-day-14');
    const alarmOn = async (day: number) =>
      (await cardsOn(service, course, day)).find(({ source }) => source.topic.code === 'Alarm')?.indicator;
    expect([await alarmOn(15), await alarmOn(16)]).toEqual(['critical', 'warning']);
  });

  test('a suspected lung apex tumour becomes critical with Horner and weight loss', async () => {
    const course = await readCourse(service, 'lung-apex');
    const first = async (day: number) => (await cardsOn(service, course, day))[0]!;
    expect([(await first(57)).indicator, (await first(58)).indicator]).toEqual(['warning', 'critical']);
  });

  test('the emergency referral is of the day on which bladder and saddle fail', async () => {
    const course = await readCourse(service, 'cauda-equina');
    const isReferral = ({ resourceType }: FhirResource) => resourceType === 'ServiceRequest';
    const referred = [11, 12].map((day) => recordOn(course, [], day).filter(isReferral));
    expect(referred).toMatchObject([[], [{ priority: 'stat', authoredOn: dateOfDay(course.start, 12) }]]);
  });

  test('of an empty record nothing is said, on no day', async () => {
    for (const day of [0, 7, 60, 120]) expect(await saidOn('empty-record', day)).toEqual([]);
  });
});

describe('a draft in a course', () => {
  test.each([
    ['na-acute', 5, 'prednisone', { mg: 40, days: 5 }, 'PrednisoneCheck'],
    ['na-contraindication', 3, 'prednisone', {}, 'PrednisoneCheck'],
    ['na-contraindication', 3, 'diclofenac', {}, 'DrugCheck'],
    ['na-day-14', 15, 'prednisone', {}, 'PrednisoneCheck'],
    ['na-day-14', 15, 'oxycodone', { mg: 30 }, 'DrugCheck'],
    ['na-acute', 5, 'emg', { on: 1 }, 'ImagingCheck'],
    ['na-acute', 9, 'physiotherapy', { content: 0 }, 'TherapyCheck'],
    ['back-early-mri', 5, 'mri-low-back', { on: 1 }, 'ImagingCheck'],
    ['back-leg', 9, 'ct-low-back', { on: 1 }, 'ImagingCheck'],
    ['post-operative', 12, 'infiltration-low-back', { on: 1 }, 'PostOp'],
    ['neck-arm-persists', 8, 'mri-neck', { on: 1 }, 'ImagingCheck'],
    ['neck-arm-persists', 22, 'infiltration-neck', { on: 1 }, 'ImagingCheck'],
  ] as const)('%s on day %i: %s %o is judged', async (id, day, draftId, values, topic) => {
    const { drafts } = await readIndex(service);
    const draft = drafts.find((one) => one.id === draftId)!;
    const course = await readCourse(service, id);
    const chosen = Object.entries(values).map(([field, value]) => {
      const { input } = draft.fields.find((one) => one.id === field)!;
      return [field, input.kind === 'choice' ? input.options[value]!.value : value] as const;
    });
    const resource = filledIn(draft, course, day, Object.fromEntries(chosen));
    for (const hook of ['order-select', 'order-sign'] as const) {
      const cards = await cardsOn(service, course, day, hook, [resource]);
      expect([hook, cards.map(({ source }) => source.topic.code)]).toEqual([hook, expect.arrayContaining([topic])]);
    }
  });

  test('an MRI that is booked too early is moved', async () => {
    const { drafts } = await readIndex(service);
    const draft = drafts.find((one) => one.id === 'appointment-mri-neck')!;
    const course = await readCourse(service, 'neck-arm-persists');
    const resource = filledIn(draft, course, 7, { day: 2 });
    const cards = await cardsOn(service, course, 7, 'appointment-book', [resource]);
    expect(cards.map(({ source }) => source.topic.code)).toEqual(['ImagingCheck']);
  });

  test('a pain score that is recorded is one that the rules read', async () => {
    const { scores } = await readIndex(service);
    const course = await readCourse(service, 'back-leg');
    const score = filledIn(
      scores.find(({ id }) => id === 'pain-leg')!,
      course,
      16,
      { score: 1 },
    );
    const changed = { ...course, entries: [...course.entries, { day: 16, resource: score }] };
    const topics = (await cardsOn(service, changed, 16)).map(({ source }) => source.topic.code);
    expect(topics).toContain('Cancel');
  });
});

describe('what is written', () => {
  test('every version of every resource is valid R4', async () => {
    const { patients } = await readIndex(service);
    expect(patients).toHaveLength(filesBelow('fhir-profiles/sandbox/courses', '.yaml').length);
    const faults: string[] = [];
    for (const { id } of patients) {
      const { entries } = await readCourse(service, id);
      for (const { resource } of entries)
        faults.push(...faultsOf(resource).map((fault) => `${id} ${resource.id}: ${fault}`));
    }
    expect(faults).toEqual([]);
    // Hundreds of resources by both validators.
  });

  test('holds every public code that is listed to be written: a line that nobody uses would be checked by nobody', async () => {
    const { patients, drafts, scores } = await readIndex(service);
    const courses = await Promise.all(patients.map(({ id }) => readCourse(service, id)));
    const written = JSON.stringify([drafts, scores, courses]);
    const listed = parseYaml('codes.yaml', readText('fhir-profiles/sandbox/codes.yaml')).value as object;
    expect(Object.keys(listed).filter((key) => !written.includes(`"code":"${key}"`))).toEqual([]);
  });

  test('so is every draft and every score once it is filled in, with each choice', async () => {
    const { drafts, scores } = await readIndex(service);
    const course = await readCourse(service, 'na-acute');
    const faults = [...drafts, ...scores].flatMap((draft) => {
      const values = draft.fields.map(({ id, input }) => ({
        id,
        all: input.kind === 'choice' ? input.options.map(({ value }) => value) : [input.kind === 'day' ? 3 : input.min],
      }));
      const most = Math.max(1, ...values.map(({ all }) => all.length));
      return Array.from({ length: most }, (_, index) =>
        filledIn(draft, course, 3, Object.fromEntries(values.map(({ id, all }) => [id, all[index % all.length]]))),
      ).flatMap((resource) => faultsOf(resource).map((fault) => `${draft.id}: ${fault}`));
    });
    expect(faults).toEqual([]);
  });

  test('each resource keeps its id from version to version, and no two share one', async () => {
    const { patients } = await readIndex(service);
    const ids: string[] = [];
    for (const { id } of patients) {
      const course = await readCourse(service, id);
      const own = recordOn(course, [], course.last).map((resource) => resource.id!);
      for (const one of own) expect(one).toMatch(new RegExp(`^sb-${id}(-|$)`));
      ids.push(...own);
    }
    expect(new Set(ids).size).toBe(ids.length);
  });
});
