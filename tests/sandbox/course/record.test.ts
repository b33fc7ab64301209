/** A record as it stood on a day: which version of each resource, and what visitors changed. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Change, CourseEntry } from '../../../src/demo/sandbox-data.js';
import { recordOn } from '../../../src/sandbox/course/record.js';

const note = (id: string, text: string): FhirResource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text },
});
const textsOn = (day: number, entries: readonly CourseEntry[], changes: readonly Change[] = []): readonly string[] =>
  recordOn({ entries, first: 0 }, changes, day).map((resource) => (resource as { code: { text: string } }).code.text);

describe('recordOn', () => {
  const entries = [
    { day: 2, resource: note('a', 'first') },
    { day: 6, resource: note('a', 'second') },
  ];

  it('a resource is there from its own day on, and a later version from its own', () => {
    expect([1, 2, 5, 6, 7].map((day) => textsOn(day, entries))).toEqual([
      [],
      ['first'],
      ['first'],
      ['second'],
      ['second'],
    ]);
  });

  it('the day counts, not the order of the list; of one day the last in the list stands', () => {
    expect(textsOn(6, [...entries].reverse())).toEqual(['second']);
    expect(textsOn(6, [...entries, { day: 6, resource: note('a', 'corrected') }])).toEqual(['corrected']);
  });

  it('what lies before the first day is always there, also on a day before it', () => {
    const history = [{ day: -400, resource: note('old', 'history') }];
    expect([-500, 0, 120].map((day) => textsOn(day, history))).toEqual([['history'], ['history'], ['history']]);
  });

  it('the same id of another type is another resource', () => {
    const condition: FhirResource = { resourceType: 'Condition', id: 'a', subject: {}, code: { text: 'disease' } };
    expect(textsOn(6, [...entries, { day: 3, resource: condition }])).toEqual(['second', 'disease']);
  });

  it('a change wins from its own day on, also over what the course enters later', () => {
    const changes = [{ day: 4, resource: note('a', 'edited') }];
    expect([3, 4, 5, 6, 7].map((day) => textsOn(day, entries, changes))).toEqual([
      ['first'],
      ['edited'],
      ['edited'],
      ['edited'],
      ['edited'],
    ]);
  });

  it('what was removed is gone from that day on, until it is put back', () => {
    const changes: readonly Change[] = [
      { day: 8, resource: note('a', 'again') },
      { day: 4, removed: 'Observation/a' },
    ];
    expect([3, 4, 7, 8].map((day) => textsOn(day, entries, changes))).toEqual([['first'], [], [], ['again']]);
  });
});
