/** Memory for what many facts of one case need: lists that are computed from the case alone. */
import type { Case } from '../case/case.js';

/**
 * A pure function of a case and one thing more, computed once for each: many facts of a request ask the same of its case.
 * The case is the key, so the memory lives as long as the case and says nothing about another one.
 */
export function oncePerCase<Key, Value extends object>(compute: (theCase: Case, key: Key) => Value): typeof compute {
  const memory = new WeakMap<Case, Map<Key, Value>>();
  return (theCase, key) => {
    const remembered = memory.get(theCase) ?? new Map<Key, Value>();
    const value = remembered.get(key) ?? compute(theCase, key);
    memory.set(theCase, remembered.set(key, value));
    return value;
  };
}
