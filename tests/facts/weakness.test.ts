/** Weak muscles: which are new, falling, of more than one root, or equal on both sides (AMB-22, 31, 32, 33); looked for once in a case. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  episodeWeaknesses,
  newWeaknesses,
  progressiveWeaknesses,
  severalGroups,
  type Muscles,
} from '../../src/facts/derive/weakness.js';
import { parseYaml } from '../../src/yaml-file.js';
import { factOf, valueOf } from '../support/facts.js';
import { ROOT } from '../support/files.js';
import { caseOf, condition, daysAgo, finding, observation, strength } from '../support/records.js';

const shoulder = (onset: number) => condition('shoulder-pain', daysAgo(onset));
const weakBiceps = (age: number) => strength('muscle-biceps', 3, daysAgo(age));

describe('weak muscles are computed once', () => {
  const theCase = caseOf([shoulder(20), weakBiceps(10)]);
  const [episode] = theCase.episodes;

  it('for a case and an age', () => {
    const found = newWeaknesses(theCase, 28);
    expect(found).toHaveLength(1);
    expect(newWeaknesses(theCase, 28)).toBe(found);
    expect(newWeaknesses(theCase, 7)).toEqual([]);
    expect(newWeaknesses(caseOf([shoulder(20)]), 28)).toEqual([]);
  });

  it('for a case and an episode', () => {
    const found = episodeWeaknesses(theCase, episode);
    expect(found).toHaveLength(1);
    expect(episodeWeaknesses(theCase, episode)).toBe(found);
    expect(episodeWeaknesses(theCase, undefined)).toEqual([]);
    const later = caseOf([shoulder(5), weakBiceps(10)]);
    expect(episodeWeaknesses(later, later.episodes[0])).toEqual([]);
  });
});

const biceps = (grade: number, age: number) => strength('muscle-biceps', grade, daysAgo(age));
/** A strength of which the side is not recorded. */
const sideless = (muscle: string, grade: number, age = 1) =>
  observation('muscle-strength-mrc', daysAgo(age), [muscle], { valueInteger: grade });

describe('strength that falls', () => {
  it('is found in as many records as there are, in one pass over them', () => {
    const theCase = caseOf([shoulder(20), biceps(4, 1)]);
    const [weak] = theCase.strengths;
    const strengths = Array.from({ length: 200_000 }, () => weak!);
    // Looked at in pairs, they would take minutes.
    expect(progressiveWeaknesses({ ...theCase, strengths }, 28, 14)).toEqual([]);
    const fell = [...strengths, { ...weak!, grade: 5 }];
    expect(progressiveWeaknesses({ ...theCase, strengths: fell }, 28, 14)).toHaveLength(200_001);
  });
});

describe('new weakness', () => {
  it.each([
    ['of MRC 4', [biceps(4, 1)], true],
    ['of MRC 5, which is none', [biceps(5, 1)], false],
    ['seen 28 days ago', [biceps(4, 28)], true],
    ['seen 29 days ago', [biceps(4, 29)], false],
    ['of tomorrow', [biceps(4, -1)], false],
    ['that recovered', [biceps(4, 5), biceps(5, 1)], false],
    ['as old as the last examination before', [biceps(4, 60), biceps(4, 1)], false],
    ['less than in the examination before', [biceps(3, 60), biceps(4, 1)], false],
    ['after strength that was normal', [biceps(5, 60), biceps(4, 1)], true],
    ['that came back', [biceps(3, 90), biceps(5, 60), biceps(4, 1)], true],
    ['of which no side is recorded', [sideless('muscle-biceps', 4, 60), sideless('muscle-biceps', 3)], true],
  ])('%s', (_, records, expected) => {
    expect(valueOf('deficit.any', records)).toBe(expected);
  });

  it('is unknown where no strength was examined', () => {
    expect(factOf('deficit.severe', caseOf([]))).toMatchObject({ unknown: 'no muscle strength recorded' });
  });

  it('rests on its records, one of both sides once', () => {
    expect(factOf('deficit.severe', caseOf([biceps(3, 1)])).evidence.map(({ type }) => type)).toEqual(['Observation']);
    const bothSides = strength('muscle-biceps', 3, daysAgo(1), 'side-bilateral');
    expect(factOf('deficit.severe', caseOf([bothSides])).evidence).toHaveLength(1);
  });
});

describe('a fall of strength (AMB-31)', () => {
  it.each([
    ['of a grade in a week', [biceps(5, 8), biceps(4, 1)], true],
    ['of a grade in eight days', [biceps(5, 9), biceps(4, 1)], false],
    ['of two grades in two weeks', [biceps(5, 15), biceps(3, 1)], false],
    ['and then no further', [biceps(5, 10), biceps(4, 5), biceps(4, 1)], true],
    ['that recovered to normal', [biceps(5, 10), biceps(4, 5), biceps(5, 1)], false],
    ['that is a rise', [biceps(3, 5), biceps(4, 1)], false],
    ['to a strength seen 28 days ago', [biceps(5, 30), biceps(4, 28)], true],
    ['to a strength seen 29 days ago', [biceps(5, 31), biceps(4, 29)], false],
    ['of before the last 28 days', [biceps(5, 40), biceps(4, 35), biceps(4, 1)], false],
    ['that begins before the last 28 days', [biceps(5, 33), biceps(4, 27), biceps(4, 1)], true],
    ['of another muscle', [strength('muscle-triceps', 5, daysAgo(5)), biceps(4, 4), biceps(4, 1)], false],
  ])('%s', (_, records, expected) => {
    expect(valueOf('deficit.progressive', records)).toBe(expected);
  });
});

describe('weakness of several roots (AMB-33)', () => {
  const weak = (muscle: string, side?: string) => strength(muscle, 4, daysAgo(1), side);

  it.each([
    ['deltoid and triceps without a side', [sideless('muscle-deltoid', 4), sideless('muscle-triceps', 4)], true],
    ['deltoid and biceps without a side', [sideless('muscle-deltoid', 4), sideless('muscle-biceps', 4)], false],
    ['one muscle on either side', [weak('muscle-deltoid', 'side-left'), weak('muscle-deltoid', 'side-right')], true],
    ['a muscle of no one root', [weak('muscle-deltoid'), weak('muscle-abdominal-wall')], false],
    [
      'a wrist of the other side, which says nothing alone',
      [weak('muscle-deltoid', 'side-left'), weak('muscle-wrist', 'side-right')],
      false,
    ],
  ])('%s', (_, records, expected) => {
    expect(valueOf('deficit.severalGroups', records)).toBe(expected);
  });

  it('has a table in which the main root of a muscle is one of its roots', () => {
    const path = 'rules/facts/muscle-roots.yaml';
    const muscles = parseYaml(path, readFileSync(`${ROOT}/${path}`, 'utf8')).value as Muscles;
    const wrong = Object.entries(muscles).filter(([, { roots, mainRoot }]) => mainRoot && !roots.includes(mainRoot));
    expect(wrong).toEqual([]);
  });

  it('is decided by main roots, never by a muscle that is ambiguous or not in the table', () => {
    const table: Muscles = {
      'muscle-deltoid': { roots: ['C5', 'C6'], mainRoot: 'C5' },
      'muscle-triceps': { roots: ['C7'], mainRoot: 'C7' },
      'muscle-hand': { roots: ['C8'], mainRoot: 'C8', ambiguous: true },
    };
    const isSeveral = (...muscles: readonly string[]): boolean =>
      severalGroups(table, caseOf(muscles.map((muscle) => weak(muscle))).strengths);
    expect(isSeveral('muscle-deltoid', 'muscle-triceps')).toBe(true);
    expect(isSeveral('muscle-deltoid', 'muscle-hand')).toBe(false);
    expect(isSeveral('muscle-deltoid', 'muscle-biceps')).toBe(false);
    expect(isSeveral('muscle-biceps', 'muscle-deltoid')).toBe(false);
  });
});

describe('weakness of both arms (AMB-22)', () => {
  const complaint = condition('shoulder-pain', daysAgo(10));
  const right = (muscle: string, grade: number) => strength(muscle, grade, daysAgo(1), 'side-right');
  const left = (muscle: string, grade: number) => strength(muscle, grade, daysAgo(1), 'side-left');
  const multifocal = finding('multifocal-deficit', true, daysAgo(1));

  it.each([
    ['the same muscle as weak on both sides', [right('muscle-deltoid', 4), left('muscle-deltoid', 4)], false],
    [
      'the same, and recorded as multifocal',
      [right('muscle-deltoid', 4), left('muscle-deltoid', 4), multifocal],
      false,
    ],
    [
      'a further muscle of one side',
      [right('muscle-deltoid', 4), left('muscle-deltoid', 4), right('muscle-triceps', 4)],
      true,
    ],
    ['another muscle on the other side', [right('muscle-deltoid', 4), left('muscle-triceps', 4)], true],
    ['one muscle of one side', [right('muscle-deltoid', 4)], false],
    ['none, and recorded as multifocal', [multifocal], true],
    ['nothing recorded', [], undefined],
  ])('is multifocal and asymmetrical or not: %s', (_, records, expected) => {
    expect(valueOf('arm.multifocal', [complaint, ...records])).toBe(expected);
  });
});

describe('weakness of a complaint', () => {
  const complaint = condition('shoulder-pain', daysAgo(10), ['site-shoulder', 'side-right']);

  it.each([
    ['of its own side', biceps(4, 1), true],
    ['of the other side', strength('muscle-biceps', 4, daysAgo(1), 'side-left'), true],
    ['of the day before onset', biceps(4, 11), true],
    ['of two days before onset', biceps(4, 12), undefined],
    ['of the other half', strength('muscle-quadriceps', 4, daysAgo(1)), undefined],
    ['of tomorrow', biceps(4, -1), false],
    ['of full strength', biceps(5, 1), false],
  ])('makes the arm weak or not: %s', (_, record, expected) => {
    expect(valueOf('arm.weak', [complaint, record])).toBe(expected);
  });
});
