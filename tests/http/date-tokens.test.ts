import { describe, expect, test } from 'vitest';
import { dayIn, resolveTokens } from '../../src/demo/date-tokens.js';

const zone = 'Europe/Amsterdam';
const now = Date.parse('2026-11-21T10:00:00+01:00');
const resolve = (text: string, at = now) => resolveTokens(text, { now: at, zone });

describe('date tokens', () => {
  test.each([
    ['{{T}}', '2026-11-21'],
    ['{{T-2}}', '2026-11-19'],
    ['{{T+10}}', '2026-12-01'],
    ['{{T-3M-1}}', '2026-08-20'],
    ['{{T-42y}}', '1984-11-21'],
    ['{{T-20y+1}}', '2006-11-22'],
    ['{{T-11M}}', '2025-12-21'],
    ['{{T-2@09:00}}', '2026-11-19T09:00:00+01:00'],
    ['{{T-3M@09:00}}', '2026-08-21T09:00:00+02:00'],
    ['{{T@09:00}}', '2026-11-21T09:00:00+01:00'],
  ])('%s is %s', (token, date) => {
    expect(resolve(token)).toBe(date);
  });

  test('a time of today that is still to come is set back to now', () => {
    expect(resolve('{{T@17:00}}')).toBe('2026-11-21T10:00:00+01:00');
  });

  test('months are clamped to the end of the month', () => {
    expect(resolve('{{T-3M}}', Date.parse('2026-05-31T12:00:00Z'))).toBe('2026-02-28');
  });

  test('today is the day in the zone, not in UTC', () => {
    expect(dayIn(zone, Date.parse('2026-11-20T23:30:00Z'))).toBe('2026-11-21');
  });

  test('tokens are found anywhere in a value; one that cannot be read is an error', () => {
    expect(resolveTokens({ a: [{ b: 'on {{T-1}}' }] }, { now, zone })).toEqual({ a: [{ b: 'on 2026-11-20' }] });
    expect(() => resolve('{{T-2x}}')).toThrow('unreadable date token');
  });
});
