/**
 * What an access token may read, by its scopes: SMART v1 (`patient/Condition.read`) and v2 (`patient/Condition.rs`).
 * Scopes that are not SMART's (Epic's are not) say nothing, so all is tried and the server decides.
 */

const SMART_SCOPE = /^(?:patient|user|system)\/([A-Za-z]+|\*)\.(\*|read|write|[cruds]+)(\?.+)?$/;

/** `all` of a type, `some` of it (a v2 scope with a filter), or `none`. */
export type Grant = 'all' | 'some' | 'none';

/** What is granted of reading a type: by id where `by` is `read`, by search otherwise. */
export type Grants = (type: string, by: 'read' | 'search') => Grant;

/** Reads the scopes of a token, as it names them. */
export function readScopes(text: string): Grants {
  const scopes = text.split(/\s+/).flatMap((one) => {
    const match = SMART_SCOPE.exec(one);
    return match ? [{ type: match[1], rights: match[2] ?? '', isFiltered: match[3] !== undefined }] : [];
  });
  if (scopes.length === 0) return () => 'all';
  return (type, by) => {
    const wanted = by === 'read' ? 'r' : 's';
    const fitting = scopes.filter(
      (one) =>
        (one.type === type || one.type === '*') &&
        (one.rights === '*' || one.rights === 'read' || (one.rights !== 'write' && one.rights.includes(wanted))),
    );
    if (fitting.length === 0) return 'none';
    return fitting.every(({ isFiltered }) => isFiltered) ? 'some' : 'all';
  };
}
