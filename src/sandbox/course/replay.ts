/**
 * Asks for the cards of one day after another, some at a time.
 * Enters: days and how to ask. Leaves: an answer for each day, as it comes; what failed is unknown.
 */
import type { Card } from '../../cds-hooks/response.js';
import type { Answer } from './strip.js';

export interface ReplayOptions {
  /** Ends the replay: no day is asked any more and none is reported, also not those under way. */
  readonly signal: AbortSignal;
  /** Called once for each day that was asked, in the order of the answers. */
  readonly each: (day: number, answer: Answer) => void;
  /** How many days are asked at a time; at least 1. */
  readonly atOnce: number;
}

/** Asks in the order of the days. Resolves when all are answered or the replay was ended; rejects only with what `each` throws. */
export async function replay(
  days: readonly number[],
  ask: (day: number, signal: AbortSignal) => Promise<readonly Card[]>,
  { signal, each, atOnce }: ReplayOptions,
): Promise<void> {
  const waiting = days.values();
  const isEnded = (): boolean => signal.aborted;
  const askInTurn = async (): Promise<void> => {
    for (const day of waiting) {
      if (isEnded()) return;
      const answer = await ask(day, signal).catch(() => 'unknown' as const);
      // A request that was broken off says nothing about its day.
      if (isEnded()) return;
      each(day, answer);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askInTurn));
}

/** Days from the first to the last, the nearest to `from` first and of two equally near the later: what comes is what a person looks at next. */
export function outward(first: number, last: number, from: number): readonly number[] {
  const days = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return days.sort((a, b) => Math.abs(a - from) - Math.abs(b - from) || b - a);
}
