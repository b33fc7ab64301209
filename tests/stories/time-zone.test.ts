import { describe, expect, inject, it } from 'vitest';

/** Minutes west of Greenwich at noon of a winter and of a summer day, as `Date` itself reports them. */
const OFFSETS: Readonly<Record<string, readonly [winter: number, summer: number]>> = {
  UTC: [0, 0],
  'Europe/Amsterdam': [-60, -120],
  'America/New_York': [300, 240],
};

describe('the stories run under the time zone of their project', () => {
  const timeZone = inject('timeZone');

  it(`Intl knows ${timeZone}`, () => {
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(timeZone);
  });

  it(`Date counts in ${timeZone}, also across daylight saving`, () => {
    const offsets = [new Date(2026, 0, 15, 12), new Date(2026, 6, 15, 12)].map((date) => date.getTimezoneOffset());
    expect(offsets).toEqual(OFFSETS[timeZone]);
  });
});
