/**
 * The "Never" list and the folder table of ARCHITECTURE.md as tests.
 * Each sentence has a second test that breaks it on purpose: a fence that never rings may be no fence.
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ICruiseOptions, ICruiseResult } from 'dependency-cruiser';
import { cruise } from 'dependency-cruiser';
import { afterAll, describe, expect, it } from 'vitest';
import { filesBelow, readText, ROOT } from './support/files.js';
import { parseLayers, readLayers } from './support/layers.cjs';
import { scanYaml } from './support/scan-rules.js';
import type { Never } from './support/scan-source.js';
import { scanSource } from './support/scan-source.js';

interface CruiserConfig {
  readonly forbidden: NonNullable<ICruiseOptions['ruleSet']>['forbidden'];
  readonly options: ICruiseOptions;
}
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs') as CruiserConfig;

/** @returns broken rules of the folder, each as `rule: from -> to`. */
async function brokenImports(baseDir: string): Promise<string[]> {
  const { output } = await cruise(['src'], {
    ...config.options,
    baseDir,
    validate: true,
    ruleSet: { ...(config.forbidden && { forbidden: config.forbidden }) },
  });
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

const sources = [...filesBelow('src', '.ts'), ...filesBelow('src', '.tsx')].filter(
  (path) => !path.endsWith('.test.ts'),
);
const found = sources.flatMap((path) => scanSource(path, readText(path)));
const yaml = filesBelow('rules', '.yaml').flatMap((path) => scanYaml(path, readText(path)));

/** @returns `file:line what` of every breach of that kind in src/. */
const breaches = (never: Never): string[] =>
  found.filter((finding) => finding.never === never).map(({ where, what }) => `${where} ${what}`);

/** @returns kinds of breach in a snippet, as if it stood in that file. */
const kinds = (path: string, snippet: string): Never[] => scanSource(path, snippet).map(({ never }) => never);

describe('ARCHITECTURE.md names what exists', () => {
  const named = readLayers().map(({ path }) => path);
  // An empty folder is not in git, so it does not exist for anybody else.
  const existing = readdirSync(join(ROOT, 'src'), { withFileTypes: true })
    .map(({ name }) => `src/${name}`)
    .filter((path) => sources.some((source) => source === path || source.startsWith(`${path}/`)));

  it('every folder and file directly in src/ has a row in the table', () => {
    expect(existing.filter((path) => !named.includes(path))).toEqual([]);
  });

  it('every row of the table is a folder or file in src/', () => {
    expect(named.filter((path) => !existing.includes(path))).toEqual([]);
  });

  it('a cell that cannot be read is refused, so that no row loses its rule', () => {
    expect(() => parseLayers('| `src/fhir/` | reading R4 | whatever it likes |')).toThrow('"whatever it likes"');
    expect(() => parseLayers('no table')).toThrow('no folder table');
  });
});

describe('A request goes one direction, with no way back', () => {
  const sentences: readonly (readonly [string, RegExp])[] = [
    ['every folder imports only what its row in the table allows', /-imports-only-its-row:/],
    ['what a row calls "types only" is imported as types only', /-imports-types-only:/],
    ['no file depends on itself by a detour', /^no-circles:/],
    ['only http/, demo/, app.ts and main.ts import fastify or pino', /^web-server-at-the-edge:/],
    ['only facts/ imports fhirpath', /^fhirpath-in-facts:/],
    ['rules/ and cards/ know facts, outcomes and Orders, never Case', /^rules-and-cards-never-see-the-case:/],
    ['facts/ never imports rules/', /^facts-never-rules:/],
    ['fhir/ never imports facts/', /^fhir-never-facts:/],
    ['what is served imports no development package', /^runs-without-development-packages:/],
    ['what is served imports no test, script or benchmark', /^source-never-tests:/],
  ];
  const broken = brokenImports(ROOT);

  it.each(sentences)('%s', async (_sentence, pattern) => {
    expect((await broken).filter((line) => pattern.test(line))).toEqual([]);
  });

  it('every import rule has a sentence here', () => {
    const names = config.forbidden?.map(({ name }) => `${name ?? ''}:`) ?? [];
    expect(names.filter((name) => !sentences.some(([, pattern]) => pattern.test(name)))).toEqual([]);
  });

  describe('and the fence rings', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'architecture-'));
    afterAll(() => rmSync(scratch, { recursive: true }));

    it('on a tree that breaks every import rule', async () => {
      const bad: Readonly<Record<string, string>> = {
        'src/case/case.ts': "import { fact } from '../facts/fact.js';\nexport const patient = fact;",
        'src/facts/fact.ts': "import '../rules/rule.js';\nimport '../case/case.js';\nexport const fact = 1;",
        'src/rules/rule.ts': "import { patient } from '../case/case.js';\nexport const rule = patient;",
        'src/fhir/client.ts': "import '../facts/fact.js';\nimport 'fastify';\nimport 'fhirpath';",
      };
      for (const [path, text] of Object.entries(bad)) {
        mkdirSync(dirname(join(scratch, path)), { recursive: true });
        writeFileSync(join(scratch, path), text);
      }
      const names = (await brokenImports(scratch)).map((line) => line.split(':')[0]);
      expect(names).toEqual(
        expect.arrayContaining([
          'no-circles',
          'web-server-at-the-edge',
          'fhirpath-in-facts',
          'rules-and-cards-never-see-the-case',
          'facts-never-rules',
          'fhir-never-facts',
          'case-imports-only-its-row',
        ]),
      );
    });
  });
});

describe('Never 1: only config.ts reads process.env; only main.ts and cli/ exit', () => {
  it('only config.ts reads process.env', () => {
    expect(breaches('environment')).toEqual([]);
  });
  it('only main.ts and cli/ exit', () => {
    expect(breaches('exit')).toEqual([]);
  });
  it('the fence rings', () => {
    expect(kinds('src/main.ts', 'start(process.env);')).toEqual(['environment']);
    expect(kinds('src/http/a.ts', "const { env } = process; process['env'];")).toEqual(['environment', 'environment']);
    expect(kinds('src/http/a.ts', "import { env, exit } from 'node:process';")).toEqual(['environment', 'exit']);
    expect(kinds('src/app.ts', 'process.exit(1); process.exitCode = 1;')).toEqual(['exit', 'exit']);
    expect(kinds('src/config.ts', 'read(process.env);')).toEqual([]);
    expect(kinds('src/cli/check.ts', 'process.exit(1);')).toEqual([]);
  });
});

describe('Never 2: files are read only at start-up, by loaders', () => {
  it('only loaders, cli/, demo/ and audit/ import fs', () => {
    expect(breaches('files')).toEqual([]);
  });
  it('the fence rings', () => {
    const snippet = "import { readFileSync } from 'node:fs';";
    expect(kinds('src/rules/evaluate.ts', snippet)).toEqual(['files']);
    expect(kinds('src/rules/evaluate.ts', "import { readFile } from 'fs/promises';")).toEqual(['files']);
    for (const loader of ['src/rules/load.ts', 'src/facts/load-facts.ts', 'src/fhir/code-sets.ts', 'src/config.ts']) {
      expect(kinds(loader, snippet)).toEqual([]);
    }
  });
});

describe('Never 3: only fhir/client.ts and trust/ open outgoing connections; no clock below main.ts', () => {
  it('only fhir/client.ts, trust/ and cli/ open outgoing connections', () => {
    expect(breaches('outgoing')).toEqual([]);
  });
  it('no Date.now() or new Date() without argument below main.ts', () => {
    expect(breaches('clock')).toEqual([]);
  });
  it('everything below decide takes its random ids as an argument', () => {
    expect(breaches('chance')).toEqual([]);
  });
  it('the fence rings for connections', () => {
    expect(kinds('src/http/a.ts', "await fetch('https://x');")).toEqual(['outgoing']);
    expect(kinds('src/app.ts', 'globalThis.fetch(url);')).toEqual(['outgoing']);
    expect(kinds('src/cards/a.ts', "import { request } from 'node:https';")).toEqual(['outgoing']);
    expect(kinds('src/http/a.ts', "import { STATUS_CODES } from 'node:http';")).toEqual([]);
    expect(kinds('src/main.ts', 'start({ fetch });')).toEqual([]);
    expect(kinds('src/fhir/client.ts', 'await fetch(url);')).toEqual([]);
    expect(kinds('src/decide.ts', 'const go = (fetch: typeof globalThis.fetch) => fetch(url);')).toEqual([]);
    expect(kinds('src/http/a.ts', "import type { IncomingMessage } from 'node:http';")).toEqual([]);
  });
  it('the fence rings for the clock and for chance', () => {
    expect(kinds('src/facts/a.ts', 'const t = Date.now(); const d = new Date();')).toEqual(['clock', 'clock']);
    expect(kinds('src/case/a.ts', 'const f = (now = Date.now) => now();')).toEqual(['clock']);
    expect(kinds('src/case/a.ts', 'new Date(request.now); Date.UTC(2026, 0, 1);')).toEqual([]);
    expect(kinds('src/main.ts', 'start({ now: () => Date.now() });')).toEqual([]);
    expect(kinds('src/cards/a.ts', "import { randomUUID } from 'node:crypto';")).toEqual(['chance']);
    expect(kinds('src/rules/a.ts', 'Math.random(); crypto.randomUUID();')).toEqual(['chance', 'chance']);
  });
});

describe('Never 5: YAML rules hold no code of a code system, no FHIRPath, no HTML', () => {
  it('no file below rules/ does', () => {
    expect(yaml).toEqual([]);
  });
  it.each([
    ['system: http://snomed.info/sct', 'address of a code system'],
    ['code: 26609002', 'SNOMED CT code'],
    ['code: "72514-3"', 'LOINC code'],
    ['code: N02AA01', 'ATC code'],
    ['diagnosis: G54.5', 'ICD-10 or ICPC code'],
    ['nl: "Start <b>vandaag</b>"', 'HTML'],
    ["fact: Condition.where(code = 'x').exists()", 'FHIRPath'],
  ])('the fence rings on %s', (line, what) => {
    expect(scanYaml('rules/na/x.yaml', `id: x\n${line}`)).toEqual([
      { where: 'rules/na/x.yaml:2', what: `${what}: ${line}` },
    ]);
  });
  it('FHIRPath is at home in fact definitions, unless it reads the clock', () => {
    expect(scanYaml('rules/facts/pain.yaml', 'value: value.ofType(Quantity).first()')).toEqual([]);
    expect(scanYaml('rules/facts/pain.yaml', 'value: effective > today()')).toHaveLength(1);
  });
  it.each([
    'Indien < 2 weken na ontstaan pijn en NRS ≥ 7',
    'statements: [NA-99, NA-81]',
    'C5 tot en met Th1; 60 mg per dag in 2019-2020; 2026-11-19',
    'url: https://richtlijnen.example/12345678',
    'sha256: 0a1b2c3d4e5f',
  ])('medical language stays free: %s', (line) => {
    expect(scanYaml('rules/na/x.yaml', line)).toEqual([]);
  });
});

describe('Never 6: no patient data in operational logs, metrics, error bodies or URLs', () => {
  it('no log line and no metric label in the source names patient data', () => {
    expect(breaches('patient-data')).toEqual([]);
  });
  it('the fence rings', () => {
    expect(kinds('src/http/a.ts', "request.log.info({ body: request.body }, 'called');")).toEqual(['patient-data']);
    expect(kinds('src/http/a.ts', 'log.warn(`no cards for ${patientId}`);')).toEqual(['patient-data']);
    expect(kinds('src/http/a.ts', "new Counter({ labelNames: ['service', 'patient'] });")).toEqual(['patient-data']);
    expect(kinds('src/http/a.ts', "log.info({ service, status }, 'the patient view was served');")).toEqual([]);
  });
});

describe('Never 7: no schema, FHIRPath or regular expression is compiled while a request waits', () => {
  it('they are compiled at the top level, by loaders, or in functions named load, compile, create or build', () => {
    expect(breaches('compile')).toEqual([]);
  });
  it('the fence rings', () => {
    expect(kinds('src/http/a.ts', 'function answer() { return ajv.compile(schema); }')).toEqual(['compile']);
    expect(kinds('src/facts/a.ts', 'const extract = () => fhirpath.evaluate(x, path);')).toEqual(['compile']);
    expect(kinds('src/fhir/a.ts', 'function match(s: string) { return new RegExp(s); }')).toEqual(['compile']);
    expect(kinds('src/fhir/a.ts', 'function createMatch(s: string) { return () => new RegExp(s); }')).toEqual([
      'compile',
    ]);
    expect(kinds('src/fhir/a.ts', 'class Matcher { constructor(s: string) { new RegExp(s); } }')).toEqual(['compile']);
    expect(kinds('src/facts/a.ts', 'const check = ajv.compile(schema);')).toEqual([]);
    expect(kinds('src/facts/a.ts', 'function loadFacts() { return texts.map((t) => compile(t)); }')).toEqual([]);
  });
});
