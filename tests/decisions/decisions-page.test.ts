/**
 * `docs/decisions.md` says what an id such as AMB-03, CONF-06 or D17 means: every id that is cited has a row, and every row a test
 * that is named after it.
 */
import { describe, expect, test } from 'vitest';
import { filesBelow, readText } from '../support/files.js';

interface Row {
  readonly id: string;
  readonly reading: string;
  /** Why there is no test; empty when there is one. */
  readonly untested: string;
}

const ID = /\b(?:AMB-\d\d|CONF-\d\d|D(?:[1-9]|1\d|2\d))\b/g;
const EXTENSIONS = ['.ts', '.yaml', '.md'];

const ROWS: readonly Row[] = readText('docs/decisions.md')
  .split('\n')
  .filter((line) => /^\| (?:AMB|CONF|D)-?\d/.test(line))
  .map((line) => {
    const [, id = '', , reading = '', untested = ''] = line.split('|').map((cell) => cell.trim());
    return { id, reading, untested };
  });

/** Ids that a text cites; "AMB-31, 32" cites two. */
function citedIn(text: string): readonly string[] {
  const lists = [...text.matchAll(/\b(AMB|CONF)-\d\d((?:, \d\d)+)/g)].flatMap(([, kind = '', more = '']) =>
    more.split(', ').flatMap((number) => (number === '' ? [] : [`${kind}-${number}`])),
  );
  return [...(text.match(ID) ?? []), ...lists];
}

/** "D01" of a title is D1 of a citation. */
const titled = (id: string): string => id.replace(/^D(\d)$/, 'D0$1');

describe('the page of readings, conflicts and decisions', () => {
  test.each(['rules', 'src'])('has a row for every id that %s cites', (folder) => {
    const files = EXTENSIONS.flatMap((extension) => filesBelow(folder, extension));
    const cited = new Set(files.flatMap((file) => citedIn(readText(file))));
    const known = ROWS.map(({ id }) => id);
    expect(cited.size).toBeGreaterThan(10);
    expect([...cited].filter((id) => !known.includes(id)).sort()).toEqual([]);
  });

  test('has each id once, in its order, with a reading', () => {
    const ids = ROWS.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    const kinds = ['AMB', 'CONF', 'D'].map((kind) => ids.filter((id) => id.startsWith(kind)));
    expect(ids).toEqual(
      kinds.flatMap((some) => [...new Set(some)].sort((one, other) => (titled(one) < titled(other) ? -1 : 1))),
    );
    expect(ROWS.filter(({ reading }) => reading === '')).toEqual([]);
  });

  test('has a test named after each id, or says why there is none', () => {
    const tests = filesBelow('tests/decisions', '.test.ts').map(readText).join('\n');
    const titles = [...tests.matchAll(/describe\(\s*['"`]((?:AMB|CONF)-\d\d|D\d\d): /g)].map(([, id]) => id);
    const without = ROWS.filter(({ id }) => !titles.includes(titled(id)));
    expect(without.filter(({ untested }) => !/^no boundary: ./.test(untested)).map(({ id }) => id)).toEqual([]);
    expect(ROWS.filter((row) => row.untested !== '' && !without.includes(row)).map(({ id }) => id)).toEqual([]);
  });
});
