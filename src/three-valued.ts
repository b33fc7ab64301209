/** Strong Kleene logic: true, false and undefined (unknown). */

export type Truth = boolean | undefined;

/** False if any is false, else unknown if any is unknown, else true. */
export function allOf(values: readonly Truth[]): Truth {
  if (values.includes(false)) return false;
  return values.includes(undefined) ? undefined : true;
}

/** True if any is true, else unknown if any is unknown, else false. */
export function anyOf(values: readonly Truth[]): Truth {
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
}

/** True when at least `count` are true, false when they cannot be any more, else unknown. */
export function countOf(values: readonly Truth[], count: number): Truth {
  const certain = values.filter((value) => value === true).length;
  const possible = values.filter((value) => value !== false).length;
  if (certain >= count) return true;
  return possible >= count ? undefined : false;
}
