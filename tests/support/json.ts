/** Looks at JSON as the specification does. */

/** Places that hold null or an empty string, array or object; `allowed` names the places where empty arrays may be. */
export function emptyPlaces(value: unknown, allowed: readonly string[] = [], place = ''): string[] {
  if (value === null || value === '') return [place];
  if (typeof value !== 'object') return [];
  const children = Object.entries(value);
  if (children.length === 0) return allowed.includes(place) ? [] : [place];
  return children.flatMap(([key, child]) => emptyPlaces(child, allowed, place === '' ? key : `${place}.${key}`));
}

/** The first issue of an OperationOutcome. */
export function issueOf(body: unknown): {
  severity: string;
  code: string;
  details?: { text: string };
  expression?: string[];
  diagnostics?: string;
} {
  const outcome = body as { resourceType: string; issue: ReturnType<typeof issueOf>[] };
  if (outcome.resourceType !== 'OperationOutcome') throw new Error('the body is not an OperationOutcome');
  return outcome.issue[0]!;
}
