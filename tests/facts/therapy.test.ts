/** Weakness that stops training in the acute phase, and weakness outside the arm (AMB-23, 32, 38). */
import { describe, expect, it } from 'vitest';
import { condition, daysAgo, finding, observation, strength } from '../support/records.js';
import { valueOf } from '../support/facts.js';

const na = condition('neuralgic-amyotrophy', daysAgo(20), ['site-shoulder', 'side-right']);
const deltoid = (grade: number, age = 2) => strength('muscle-deltoid', grade, daysAgo(age));
const graded = (text: string) =>
  observation('muscle-strength-mrc', daysAgo(2), ['muscle-deltoid', 'side-right'], { valueString: text });

describe('weakness of the affected region', () => {
  it.each([
    ['MRC 5', [deltoid(5)], false],
    ['MRC 4', [deltoid(4)], true],
    ['MRC 4-', [graded('4-')], true],
    ['MRC 4+', [graded('4+')], true],
    ['MRC 3', [deltoid(3)], true],
    ['recovered since', [deltoid(4, 10), deltoid(5, 1)], false],
    ['of before the onset', [deltoid(4, 30)], undefined],
    ['of the other half of the body', [strength('muscle-quadriceps', 4, daysAgo(2))], undefined],
    ['recorded as a finding', [finding('weakness', true, daysAgo(2), ['site-shoulder'])], true],
    ['recorded as absent', [finding('weakness', false, daysAgo(2), ['site-shoulder'])], false],
    ['not tested', [], undefined],
  ])('%s', (_, records, expected) => {
    expect(valueOf('na.regionWeak', [na, ...records])).toBe(expected);
  });

  it.each([
    [5, false],
    [4, false],
    [3, true],
    [2, true],
  ])('is severe up to MRC 3: %i', (grade, expected) => {
    expect(valueOf('na.regionSevere', [na, deltoid(grade)])).toBe(expected);
  });
});

describe('weakness elsewhere', () => {
  it.each([
    ['MRC 5', 5, 2, false],
    ['MRC 4', 4, 2, true],
    ['MRC 4 of before the onset', 4, 22, false],
  ])('of the abdominal wall and of a leg: %s', (_, grade, age, expected) => {
    const records = (muscle: string) => [na, strength(muscle, grade, daysAgo(age))];
    expect(valueOf('abdomen.wallWeak', records('muscle-abdominal-wall'))).toBe(expected);
    if (age === 2) expect(valueOf('leg.weak', records('muscle-quadriceps'))).toBe(expected);
    expect(valueOf('leg.weak', records('muscle-deltoid'))).toBe(false);
  });
});
