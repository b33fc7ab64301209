/** Dates of the record as calendar days of the practice, and exact ages. */
import { describe, expect, it } from 'vitest';
import { exactAge } from '../../src/facts/derive/time.js';
import { addMonths, civil, createCalendar, dayNumber, isExact, isoDay, readDate } from '../../src/fhir/dates.js';

const AMSTERDAM = createCalendar('Europe/Amsterdam');
const NEW_YORK = createCalendar('America/New_York');

const day = (iso: string): number => {
  const [year, month, dayOfMonth] = iso.split('-').map(Number);
  return dayNumber(year!, month!, dayOfMonth!);
};
const spanOf = (value: unknown, calendar = AMSTERDAM): readonly string[] | undefined => {
  const span = readDate(value, calendar);
  return span && [isoDay(span.first), isoDay(span.last)];
};

describe('what days a FHIR date may mean', () => {
  it.each([
    ['2026', '2026-01-01', '2026-12-31'],
    ['2026-11', '2026-11-01', '2026-11-30'],
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['2028-02', '2028-02-01', '2028-02-29'],
    ['2026-11-21', '2026-11-21', '2026-11-21'],
  ])('%s is %s to %s', (value, first, last) => {
    expect(spanOf(value)).toEqual([first, last]);
    expect(isExact(readDate(value, AMSTERDAM)!)).toBe(first === last);
  });

  it.each([
    ['2026-02-29'],
    ['2026-04-31'],
    ['2026-13-01'],
    ['2026-00-10'],
    ['2026-11-00'],
    ['0000-01-01'],
    // The digits of 2026 mixed up: not the year 1926.
    ['0026-11-21'],
    ['2026-11-21T25:00:00Z'],
    ['2026-11-21T10:00:00+99:99'],
    ['2026-02-30T10:00:00Z'],
    ['21-11-2026'],
    ['2026-11-21 10:00'],
    ['november 2026'],
    [''],
    [20261121],
    [null],
    [undefined],
    [['2026-11-21']],
  ])('%j is no date', (value) => {
    expect(readDate(value, AMSTERDAM)).toBeUndefined();
  });
});

describe('an instant falls on the day of the practice', () => {
  it.each([
    ['2026-11-21T23:50:00+01:00', '2026-11-21'],
    ['2026-11-22T00:10:00+01:00', '2026-11-22'],
    ['2026-11-21T22:59:59Z', '2026-11-21'],
    ['2026-11-21T23:00:00Z', '2026-11-22'],
    ['2026-11-21T23:30:00.123Z', '2026-11-22'],
    ['2026-11-21T20:00:00-05:00', '2026-11-22'],
    ['2026-11-22T05:00:00+09:00', '2026-11-21'],
    // Summer time: two hours.
    ['2026-07-01T21:59:59Z', '2026-07-01'],
    ['2026-07-01T22:00:00Z', '2026-07-02'],
    // The nights in which the clock changes.
    ['2026-03-28T22:59:59Z', '2026-03-28'],
    ['2026-03-28T23:00:00Z', '2026-03-29'],
    ['2026-03-29T21:59:59Z', '2026-03-29'],
    ['2026-03-29T22:00:00Z', '2026-03-30'],
    ['2026-10-24T21:59:59Z', '2026-10-24'],
    ['2026-10-24T22:00:00Z', '2026-10-25'],
    ['2026-10-25T22:59:59Z', '2026-10-25'],
    ['2026-10-25T23:00:00Z', '2026-10-26'],
  ])('%s is %s in Amsterdam', (value, expected) => {
    expect(spanOf(value)).toEqual([expected, expected]);
  });

  it.each([
    ['2026-11-21T23:30:00+0100', '2026-11-21'],
    ['2026-11-21T23:30:00+01', '2026-11-21'],
    ['2026-11-21T23:30:00-00:00', '2026-11-22'],
    ['2026-11-22T09:00:00+14:00', '2026-11-21'],
    ['2026-11-21T05:45:00+05:45', '2026-11-21'],
    ['2026-11-21t23:30:00z', '2026-11-22'],
    ['2026-11-21T22:59:60Z', '2026-11-21'],
    ['2026-11-21T23:30Z', '2026-11-22'],
    ['2026-11-21T22:59:59.999999999Z', '2026-11-21'],
  ])('%s, oddly written, is %s in Amsterdam', (value, expected) => {
    expect(spanOf(value)).toEqual([expected, expected]);
  });

  it('the same instant is another day elsewhere', () => {
    expect(spanOf('2026-11-22T02:00:00Z', NEW_YORK)).toEqual(['2026-11-21', '2026-11-21']);
  });

  it('a time without offset keeps the date that was written, and orders nothing', () => {
    expect(readDate('2026-11-21T23:50:00', AMSTERDAM)).toEqual({ first: day('2026-11-21'), last: day('2026-11-21') });
  });

  it('10 to midnight and 10 past midnight two weeks later are fourteen days apart, also over a clock change', () => {
    const days = (from: string, to: string): number =>
      readDate(to, AMSTERDAM)!.first - readDate(from, AMSTERDAM)!.first;
    expect(days('2026-11-07T23:50:00+01:00', '2026-11-21T00:10:00+01:00')).toBe(14);
    expect(days('2026-10-18T23:50:00+02:00', '2026-11-01T00:10:00+01:00')).toBe(14);
    expect(days('2026-03-21T23:50:00+01:00', '2026-04-04T00:10:00+02:00')).toBe(14);
    expect(days('2026-10-18T00:10:00+02:00', '2026-10-31T23:50:00+01:00')).toBe(13);
  });

  it('an unknown time zone is refused', () => {
    expect(() => createCalendar('Europe/Atlantis')).toThrow(RangeError);
  });
});

describe('calendar months are clamped to the end of the month (AMB-05)', () => {
  it.each([
    ['2026-08-21', 3, '2026-11-21'],
    ['2026-08-20', 3, '2026-11-20'],
    ['2026-11-30', 3, '2027-02-28'],
    ['2027-11-30', 3, '2028-02-29'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-10-31', 1, '2026-11-30'],
    ['2026-12-31', 2, '2027-02-28'],
    ['2026-03-31', -1, '2026-02-28'],
    ['2026-02-28', -3, '2025-11-28'],
    ['2026-01-15', -1, '2025-12-15'],
    ['2026-01-15', -12, '2025-01-15'],
    ['2028-02-29', 12, '2029-02-28'],
    ['2026-11-21', 0, '2026-11-21'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(isoDay(addMonths(day(from), months))).toBe(to);
  });

  it('day numbers and civil dates are each other’s inverse, before 1970 as well', () => {
    expect(dayNumber(1970, 1, 1)).toBe(0);
    expect(civil(day('1926-02-28') + 1)).toEqual({ year: 1926, month: 3, dayOfMonth: 1 });
    expect(civil(day('2028-02-28') + 1)).toEqual({ year: 2028, month: 2, dayOfMonth: 29 });
  });
});

describe('exact age (AMB-12)', () => {
  it.each([
    ['2006-11-22', '2026-11-21', 'below', 20],
    ['2006-11-21', '2026-11-21', 'exactly', 20],
    ['2006-11-20', '2026-11-21', 'above', 20],
    ['1976-11-22', '2026-11-21', 'below', 50],
    ['1976-11-21', '2026-11-21', 'exactly', 50],
    ['1976-11-20', '2026-11-21', 'above', 50],
    // Born on a leap day: outside leap years the birthday is 1 March.
    ['2008-02-29', '2028-02-28', 'below', 20],
    ['2008-02-29', '2028-02-29', 'exactly', 20],
    ['1976-02-29', '2026-02-28', 'below', 50],
    ['1976-02-29', '2026-03-01', 'exactly', 50],
    ['1976-02-29', '2026-03-02', 'above', 50],
  ] as const)('born %s is on %s %s %i', (birth, at, side, years) => {
    const age = exactAge(day(birth), day(at));
    if (side === 'exactly') expect(age).toBe(years);
    else if (side === 'above') expect(age > years && age < years + 1).toBe(true);
    else expect(age < years && age >= years - 1).toBe(true);
  });

  it('grows every day and never reaches the next year before the birthday', () => {
    const birth = day('1976-02-29');
    for (let at = day('2026-01-01'); at < day('2029-12-31'); at++) {
      expect(exactAge(birth, at + 1)).toBeGreaterThan(exactAge(birth, at));
    }
  });
});
