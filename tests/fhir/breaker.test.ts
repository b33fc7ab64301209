import { describe, expect, test } from 'vitest';
import { createBreaker } from '../../src/fhir/breaker.js';

const SERVER = 'https://ehr.example/fhir';

/** A breaker on a clock of its own, after so many rounds without an answer. */
function after(failures: number) {
  let now = 1_000;
  const breaker = createBreaker(() => now);
  for (let round = 0; round < failures; round++) breaker.note(SERVER, false);
  return { breaker, lets: () => breaker.lets(SERVER), wait: (milliseconds: number) => void (now += milliseconds) };
}

describe('a server that gives no answer', () => {
  test.each([
    [2, true],
    [3, false],
    [4, false],
  ])('%i times in a row is asked again: %s', (failures, asked) => {
    expect(after(failures).lets()).toBe(asked);
  });

  test('rests by itself alone', () => {
    expect(after(3).breaker.lets('https://other.example/fhir')).toBe(true);
  });

  test.each([
    [9_999, false],
    [10_000, true],
    [10_001, true],
  ])('is tried again after %i ms: %s', (rest, tried) => {
    const { lets, wait } = after(3);
    wait(rest);
    expect(lets()).toBe(tried);
  });

  test('is tried by one request, while the others wait for what it finds', () => {
    const { breaker, lets, wait } = after(3);
    wait(10_000);
    expect([lets(), lets()]).toEqual([true, false]);
    breaker.note(SERVER, false);
    wait(9_999);
    expect(lets()).toBe(false);
  });

  test('is asked as before once it answered', () => {
    const { breaker, lets, wait } = after(3);
    wait(10_000);
    lets();
    breaker.note(SERVER, true);
    expect([lets(), lets()]).toEqual([true, true]);
    breaker.note(SERVER, false);
    breaker.note(SERVER, false);
    expect(lets()).toBe(true);
  });
});
