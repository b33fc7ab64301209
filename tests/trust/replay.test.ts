/** The memory for tokens: bounded, and never forgetful. */
import { expect, test } from 'vitest';
import { createReplayMemory } from '../../src/trust/replay.js';

const ISSUER = 'https://ehr.example.org';

test('a token is new once, and again when its time is over', async () => {
  let now = 1000;
  const remember = createReplayMemory(() => now);
  expect([await remember(ISSUER, 'a', 5000), await remember(ISSUER, 'a', 5000)]).toEqual([true, false]);
  now = 4999;
  expect(await remember(ISSUER, 'a', 9000)).toBe(false);
  now = 5000;
  expect(await remember(ISSUER, 'a', 9000)).toBe(true);
});

test('issuer and id are held apart', async () => {
  const remember = createReplayMemory(() => 0);
  expect([await remember('a', 'bc', 1), await remember('ab', 'c', 1), await remember('a', '","bc', 1)]).toEqual([
    true,
    true,
    true,
  ]);
});

test('when it is full nobody comes in, and nobody is forgotten, until some are over', async () => {
  let now = 0;
  const remember = createReplayMemory(() => now, 2);
  await remember(ISSUER, 'short', 5000);
  await remember(ISSUER, 'long', 60_000);
  await expect(remember(ISSUER, 'third', 60_000)).rejects.toThrow('full');
  expect(await remember(ISSUER, 'long', 60_000)).toBe(false);
  now = 9999;
  await expect(remember(ISSUER, 'third', 60_000)).rejects.toThrow('full');
  now = 10_000;
  expect(await remember(ISSUER, 'third', 60_000)).toBe(true);
  expect(await remember(ISSUER, 'long', 60_000)).toBe(false);
});
