/** Weak muscles of a case are looked for once, and never mixed up with those of another case, age or episode. */
import { describe, expect, it } from 'vitest';
import { episodeWeaknesses, newWeaknesses } from '../../src/facts/derive/weakness.js';
import { caseOf, condition, daysAgo, strength } from '../support/records.js';

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
