import { describe, expect, it } from 'vitest';
import { dateOfDay, dayOfDate } from '../../src/sandbox/days.js';

describe('days of a course', () => {
  it('are counted from the date of day 0, over the change to winter time and over the year', () => {
    expect(dateOfDay('2026-10-24', 0)).toBe('2026-10-24');
    expect(dateOfDay('2026-10-24', 2)).toBe('2026-10-26');
    expect(dateOfDay('2026-12-30', 3)).toBe('2027-01-02');
    expect(dateOfDay('2026-03-01', -1)).toBe('2026-02-28');
  });

  it('are found back from a date or a dateTime', () => {
    expect(dayOfDate('2026-10-24', '2026-10-26')).toBe(2);
    expect(dayOfDate('2026-10-24', '2026-10-23T23:30:00+02:00')).toBe(-1);
  });

  it('are not guessed for a date that names no day', () => {
    for (const vague of ['2026-11', '2026', '', 'soon', '2026-13-01'])
      expect(dayOfDate('2026-10-24', vague)).toBeUndefined();
  });
});
