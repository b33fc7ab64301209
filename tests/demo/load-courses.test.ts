/** A mistake in a course is refused at the start, with file, line and what to do. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadCourse, type CourseTools, type SeededCourse } from '../../src/demo/load-courses.js';
import { loadWrittenConcepts } from '../../src/demo/written-concepts.js';
import { NO_DRAFTS } from '../../src/draft-texts.js';
import { KnowledgeError, parseYaml } from '../../src/yaml-file.js';
import { ROOT } from '../support/files.js';

const TOOLS: CourseTools = {
  concepts: loadWrittenConcepts(join(ROOT, 'fhir-profiles'), false),
  questionnaires: [
    {
      resourceType: 'Questionnaire',
      id: 'form',
      status: 'active',
      url: 'https://x.example/form',
      item: [{ linkId: 'fever', type: 'boolean' }],
    },
  ],
  drafts: NO_DRAFTS,
  practitioner: 'Practitioner/gp',
  now: Date.parse('2026-11-21T10:00:00+01:00'),
  zone: 'Europe/Amsterdam',
};

const HEAD = `place: 1
title: { nl: a, en: b }
story: { nl: c, en: d }
jurisdiction: NL
patient: { gender: male, age: 42 }
opens: 3
first: 0
last: 10
`;
const course = (days: string): SeededCourse => loadCourse(parseYaml('courses/x.yaml', `${HEAD}${days}`), TOOLS);

test('every public code that is to be written is a verified one of its concept', () => {
  const text = readFileSync(join(ROOT, 'fhir-profiles/sandbox/codes.yaml'), 'utf8');
  const written = Object.entries(parseYaml('codes.yaml', text).value as Readonly<Record<string, readonly string[]>>);
  expect(written.length).toBeGreaterThan(0);
  // A code that is not verified is refused when its concept is asked for, and not every concept is in a course.
  for (const [key, codes] of written) {
    const codings = TOOLS.concepts(key)?.codings.map(({ code }) => code);
    expect([key, codings]).toEqual([key, [...codes.map((code) => code.split('|')[1]), key]]);
  }
});

/** The sentence with which a course is refused. */
function refusalOf(text: string): string {
  try {
    loadCourse(parseYaml('courses/x.yaml', text), TOOLS);
  } catch (error) {
    if (error instanceof KnowledgeError) return error.message;
    throw error;
  }
  return 'not refused';
}

describe('a course', () => {
  test('counts its dates from the day on which it opens, and a change keeps the day on which the thing began', () => {
    const { start, entries } = course(`days:
  1: [{ drug: oxycodone, id: oxycodone, mg: 10, times: 2 }]
  5: [{ change: oxycodone, status: stopped }]
  -400: [{ problem: neck-pain, onset: -401 }]
`);
    expect([start, entries.map(({ day }) => day)]).toEqual(['2026-11-18', [-400, -400, 1, 5]]);
    const [patient, neck, first, second] = entries.map(({ resource }) => resource);
    expect(patient).toMatchObject({ resourceType: 'Patient', id: 'sb-x', birthDate: '1984-06-04' });
    expect(neck).toMatchObject({ id: 'sb-x-d-400-1', onsetDateTime: '2025-10-13', recordedDate: '2025-10-14' });
    const drug = { id: 'sb-x-oxycodone', authoredOn: '2026-11-19', subject: { reference: 'Patient/sb-x' } };
    expect(first).toMatchObject({ ...drug, status: 'active' });
    expect(second).toMatchObject({ ...drug, status: 'stopped' });
  });

  test('leaves out a dose that it does not say', () => {
    const [, dosed, undosed] = course(`days:
  1: [{ drug: oxycodone, mg: 10, times: 2 }, { drug: macrogol }]
`).entries.map(({ resource }) => resource);
    expect(dosed).toMatchObject({ dosageInstruction: [{ text: '2 dd 10 mg' }] });
    expect(undosed).toMatchObject({ resourceType: 'MedicationRequest', status: 'active' });
    expect(undosed).not.toHaveProperty('dosageInstruction');
  });

  test('writes a concept with its verified public code and ours, in words of two languages', () => {
    const [, { resource } = { resource: undefined }] = course('days: { 3: [{ pain: 7, at: site-neck }] }').entries;
    expect(resource).toMatchObject({
      valueInteger: 7,
      effectiveDateTime: '2026-11-21T09:00:00+01:00',
      bodySite: {
        coding: [
          { system: 'http://snomed.info/sct', code: '45048000' },
          { system: 'https://plexus-cds.example/fhir/CodeSystem/finding', code: 'site-neck', display: 'Nek' },
        ],
        text: 'Nek',
      },
    });
    expect(JSON.stringify(resource)).toContain('"valueString":"Neck"');
  });

  test('of findings that were looked for and are absent, each is an Observation that says no', () => {
    const { entries } = course('days: { 3: [{ findings: { present: [fever], absent: [malaise, smoking] } }] }');
    const said = entries.flatMap(({ resource }) => (resource.resourceType === 'Observation' ? [resource] : []));
    expect(said.map(({ id, valueBoolean }) => [id, valueBoolean])).toEqual([
      ['sb-x-d3-1', true],
      ['sb-x-d3-2', false],
      ['sb-x-d3-3', false],
    ]);
  });
});

describe('a mistake', () => {
  test.each([
    [
      'a key of the file that there is not',
      `${HEAD}dayz: {}`,
      'courses/x.yaml:9: unknown key "dayz"; see fhir-profiles/README.md for the keys',
    ],
    [
      'a key of an entry that there is not',
      `${HEAD}days:\n  3:\n    - { pain: 7, where: site-neck }`,
      'courses/x.yaml:11: unknown key "where"',
    ],
    [
      'an entry of no kind',
      `${HEAD}days:\n  3:\n    - { ache: 7 }`,
      'courses/x.yaml:11: an entry says one of problem, pain',
    ],
    ['a score that there is not', `${HEAD}days:\n  3:\n    - { pain: 11 }`, 'courses/x.yaml:11: pain must be <= 10'],
    [
      'an unknown concept',
      `${HEAD}days:\n  3:\n    - { problem: neck-ache }`,
      'courses/x.yaml:11: neck-ache is no concept that can be written',
    ],
    [
      'a concept whose code is a stand-in',
      `${HEAD}days:\n  3:\n    - { problem: eczema }`,
      'eczema is no concept that can be written',
    ],
    [
      'a concept of another kind',
      `${HEAD}days:\n  3:\n    - { drug: neck-pain, mg: 1, times: 1 }`,
      'neck-pain is a diagnosis; a drug is needed here',
    ],
    [
      'half of a dose',
      `${HEAD}days:\n  3:\n    - { drug: oxycodone, mg: 10 }`,
      'must have property times when property mg is present',
    ],
    [
      'a change of nothing',
      `${HEAD}days:\n  3:\n    - { change: na, status: active }`,
      'courses/x.yaml:11: change names nothing of this course',
    ],
    [
      'one name for two things',
      `${HEAD}days:\n  3:\n    - { allergy: prednisone, id: a }\n    - { pain: 1, id: a }`,
      'courses/x.yaml:12: a is there already',
    ],
    [
      'an unknown form',
      `${HEAD}days:\n  3:\n    - { form: none, answers: { fever: true } }`,
      'there is no Questionnaire none',
    ],
    [
      'an answer to no question',
      `${HEAD}days:\n  3:\n    - { form: form, answers: { cough: true } }`,
      'courses/x.yaml:11: cough is no question of this form',
    ],
    [
      'an answer of another kind',
      `${HEAD}days:\n  3:\n    - { form: form, answers: { fever: 38 } }`,
      'fever is no question of this form, or this is no answer to it',
    ],
    [
      'an opening day that the slider has not',
      HEAD.replace('opens: 3', 'opens: 30'),
      'courses/x.yaml:6: opens is not between first and last',
    ],
    ['a day that is no number', `${HEAD}days: { monday: [{ pain: 1 }] }`, 'must match pattern'],
  ])('%s is refused', (_what, text, sentence) => {
    expect(refusalOf(text)).toContain(sentence);
  });
});
