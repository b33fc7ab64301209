/**
 * What was read around and what was left out while a case was built, for the trace: by place and kind, never with a value of the patient.
 */
import type { Case } from './case.js';

export interface Notes {
  /** What breaks the standard and was read all the same; said once for each place. */
  readonly tolerate: (where: string, what: string) => void;
  /** What is not in the case; counted. */
  readonly leaveOut: (where: string, reason: string) => void;
  readonly tolerated: () => Case['tolerated'];
  readonly excluded: () => Case['excluded'];
}

/** Empty notes. */
export function createNotes(): Notes {
  const tolerated = new Map<string, Case['tolerated'][number]>();
  const excluded = new Map<string, Case['excluded'][number]>();
  return {
    tolerate: (where, what) => void tolerated.set(`${where}|${what}`, { where, what }),
    leaveOut: (where, reason) => {
      const key = `${where}|${reason}`;
      excluded.set(key, { where, reason, count: (excluded.get(key)?.count ?? 0) + 1 });
    },
    tolerated: () => inOrder(tolerated),
    excluded: () => inOrder(excluded),
  };
}

/** The order of a Bundle has no influence on the notes. */
function inOrder<T>(notes: ReadonlyMap<string, T>): readonly T[] {
  return [...notes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, note]) => note);
}
