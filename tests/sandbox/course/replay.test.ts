/** Asking day by day: the order, how many at a time, failures, and how it ends. */
import { describe, expect, it } from 'vitest';
import type { Card } from '../../../src/cds-hooks/response.js';
import { outward, replay } from '../../../src/sandbox/course/replay.js';
import type { Answer } from '../../../src/sandbox/course/strip.js';
import { cardOf } from './cards.js';

/** A service whose answers come when the test says so. */
function service() {
  const open = new Map<number, PromiseWithResolvers<readonly Card[]>>();
  const asked: number[] = [];
  const ask = (day: number): Promise<readonly Card[]> => {
    const answer = withResolvers();
    asked.push(day);
    open.set(day, answer);
    return answer.promise;
  };
  return { ask, asked, open };
}
interface PromiseWithResolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}
function withResolvers(): PromiseWithResolvers<readonly Card[]> {
  let resolve: (value: readonly Card[]) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<readonly Card[]>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  return { promise, resolve, reject };
}
/** Long enough for every promise that is settled to be seen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const card = cardOf('Acute', 'nsaid');

describe('replay', () => {
  it('asks in the order of the days, no more than so many at a time', async () => {
    const { ask, asked, open } = service();
    const answers = new Map<number, Answer>();
    const each = (day: number, answer: Answer) => void answers.set(day, answer);
    const done = replay([3, 4, 2, 5], ask, { signal: new AbortController().signal, each, atOnce: 2 });
    expect(asked).toEqual([3, 4]);
    open.get(4)!.resolve([card]);
    await settled();
    expect(asked).toEqual([3, 4, 2]);
    expect([...answers]).toEqual([[4, [card]]]);
    open.get(3)!.resolve([]);
    open.get(2)!.resolve([]);
    await settled();
    open.get(5)!.resolve([card]);
    await done;
    expect([...answers].sort(([one], [other]) => one - other)).toEqual([
      [2, []],
      [3, []],
      [4, [card]],
      [5, [card]],
    ]);
  });

  it('reports a day that failed as unknown, and goes on', async () => {
    const answers: unknown[] = [];
    const ask = async (day: number): Promise<readonly Card[]> => {
      if (day === 1) throw new Error('no answer');
      return [];
    };
    const each = (day: number, answer: Answer) => void answers.push([day, answer]);
    await replay([0, 1, 2], ask, { signal: new AbortController().signal, each, atOnce: 1 });
    expect(answers).toEqual([
      [0, []],
      [1, 'unknown'],
      [2, []],
    ]);
  });

  it('once ended it asks and reports no more, also not the days under way', async () => {
    const { ask, asked, open } = service();
    const ending = new AbortController();
    const answers: unknown[] = [];
    const each = (day: number, answer: Answer) => void answers.push([day, answer]);
    const done = replay([0, 1, 2, 3], ask, { signal: ending.signal, each, atOnce: 2 });
    ending.abort();
    open.get(0)!.resolve([card]);
    open.get(1)!.reject(new Error('broken off'));
    await done;
    expect(asked).toEqual([0, 1]);
    expect(answers).toEqual([]);
  });

  it('hands on the signal, so that a request can be broken off', async () => {
    const ending = new AbortController();
    const given: AbortSignal[] = [];
    const ask = async (_: number, signal: AbortSignal): Promise<readonly Card[]> => {
      given.push(signal);
      return [];
    };
    await replay([0], ask, { signal: ending.signal, each: () => undefined, atOnce: 1 });
    expect(given).toEqual([ending.signal]);
  });
});

describe('outward', () => {
  it('takes the nearest days first, and of two equally near the later', () => {
    expect(outward(0, 5, 2)).toEqual([2, 3, 1, 4, 0, 5]);
    expect(outward(0, 2, 9)).toEqual([2, 1, 0]);
  });
});
