/** SECURITY.md and docs/production.md name what there is: files, tests, rows of the table of hostile input, settings. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SETTINGS } from '../../src/settings.js';
import { readText, ROOT } from '../support/files.js';

const PAGES = ['SECURITY.md', 'docs/production.md'];
const page = readText('SECURITY.md');

/** Paths in backticks, and those that links lead to, from the root. */
function pathsIn(path: string): readonly string[] {
  const text = readText(path);
  const named = [...text.matchAll(/`((?:\w[\w-]*\/)*[\w.-]+\.(?:ts|md|json|yml|yaml)|Dockerfile|\.npmrc)`/g)];
  const linked = [...text.matchAll(/\]\(((?!https?:|#)[^)#]+)(?:#[^)]*)?\)/g)];
  return [
    // Files of a site, which the operator makes.
    ...named.flatMap(([, one = '']) => (['clients.yaml', 'trial-key.json'].includes(one) ? [] : [one])),
    ...linked.map(([, one = '']) => join(path, '..', one)),
  ];
}

interface Row {
  readonly threat: string;
  readonly where: string;
  readonly shownBy: string;
}

const threats: readonly Row[] = page
  .split('\n')
  .filter((line) => /^\| [STRIDE](, [STRIDE])*: /.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, threat = '', , where = '', shownBy = '']) => ({ threat, where, shownBy }));

describe.each(PAGES)('%s', (path) => {
  it('names files that exist', () => {
    const paths = pathsIn(path);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((one) => !existsSync(join(ROOT, one)))).toEqual([]);
  });

  it('names settings that exist', () => {
    const named = [...readText(path).matchAll(/`([A-Z]+(?:_[A-Z]+)+)(?:=\w+)?`/g)].map(([, name = '']) => name);
    const ofTheBuild = ['NODE_IMAGE'];
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter((name) => !(name in SETTINGS) && !ofTheBuild.includes(name))).toEqual([]);
  });
});

describe('the threat model', () => {
  it('has every kind of threat', () => {
    const kinds = new Set(threats.flatMap(({ threat }) => threat.split(':')[0]?.split(', ') ?? []));
    expect([...kinds].sort()).toEqual(['D', 'E', 'I', 'R', 'S', 'T']);
  });

  it('says of each threat where it is met and what shows it', () => {
    const bare = threats.filter(({ where, shownBy }) => !where.includes('`') || !/`tests\/|\brows? \d/.test(shownBy));
    expect(bare).toEqual([]);
  });

  it.each(
    threats.flatMap(({ shownBy }) =>
      [...shownBy.matchAll(/`(tests\/[^`]+)`((?:,? "[^"]+")*)/g)].flatMap(([, file = '', names = '']) =>
        [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => [file, name] as const),
      ),
    ),
  )('%s has a test named: %s', (file, name) => {
    const source = readText(file);
    expect(["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`))).toBe(true);
  });

  it('names rows that docs/security-tests.md has', () => {
    const rows = new Set(
      [...readText('docs/security-tests.md').matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row)),
    );
    const named = threats.flatMap(({ shownBy }) => rowsOf(shownBy));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((row) => !rows.has(row))).toEqual([]);
  });
});

/** The numbers of "row 5", "rows 5, 7" and "rows 5 to 7". */
function rowsOf(text: string): readonly number[] {
  return [...text.matchAll(/\brows? ([\d, to]+)/g)].flatMap(([, list = '']) =>
    list.split(',').flatMap((part) => {
      const [first, last = first] = (part.match(/\d+/g) ?? []).map(Number);
      if (first === undefined || last === undefined) return [];
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    }),
  );
}
