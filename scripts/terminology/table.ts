/**
 * The terminology table of the knowledge folder, and the names of code systems that it shares with concepts.yaml.
 * In: terms.csv and fhir-profiles/systems.json. Out: rows with full URIs; a code as `uri|code`.
 */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const PROFILES = resolve(import.meta.dirname, '../../fhir-profiles');

/** Short names of the table and of concepts.yaml; any other name is already a URI. */
const SYSTEMS = JSON.parse(readFileSync(join(PROFILES, 'systems.json'), 'utf8')) as Readonly<
  Record<string, { readonly uri: string }>
>;

export const uriOf = (system: string): string => SYSTEMS[system]?.uri ?? system;
export const FINDING = uriOf('finding');
export const SNOMED = uriOf('snomed');
export const LOINC = uriOf('loinc');

export interface Row {
  readonly key: string;
  readonly system: string;
  readonly code: string;
  readonly display: string;
  readonly status: string;
  /** Where the code was seen; see sources.ts. */
  readonly source: string;
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
export const sortedIds = (ids: Iterable<string>): string[] => [...ids].sort(compare);

export const idOf = (code: { readonly system: string; readonly code: string }): string => `${code.system}|${code.code}`;

export const split = (id: string): { system: string; code: string } => ({
  system: id.slice(0, id.lastIndexOf('|')),
  code: id.slice(id.lastIndexOf('|') + 1),
});

/** `short|code` of concepts.yaml, as `uri|code`. */
export function fullId(short: string): string {
  const bar = short.indexOf('|');
  return `${uriOf(short.slice(0, bar))}|${short.slice(bar + 1)}`;
}

export function readTable(knowledge: string): readonly Row[] {
  return csvRows(readFileSync(join(knowledge, 'terms.csv'), 'utf8')).map(
    ([key = '', system = '', code = '', display = '', status = '', source = '']) => ({
      key,
      system: uriOf(system),
      code,
      display,
      status,
      source,
    }),
  );
}

/** Reads comma-separated text with quoted fields; leaves out the header line. */
function csvRows(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text.charAt(i);
    if (quoted && c === '"' && text.charAt(i + 1) === '"') {
      field += c;
      i++;
    } else if (c === '"') quoted = !quoted;
    else if (!quoted && (c === ',' || c === '\n')) {
      rows.at(-1)?.push(field.replace(/\r$/, ''));
      field = '';
      if (c === '\n') rows.push([]);
    } else field += c;
  }
  if (field !== '') rows.at(-1)?.push(field);
  return rows.filter((row) => row.length > 1).slice(1);
}
