/**
 * What a code of a client means to us, and what our terminology files may hold.
 * The last group writes the files again where the knowledge folder lies (PLEXUS_KNOWLEDGE_DIR) and is skipped elsewhere.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { CodeSystem, ValueSet } from 'fhir/r4.js';
import { afterEach, describe, expect, it } from 'vitest';
import { catalogue } from '../../scripts/catalogue.js';
import { GENERATED, writeTerminology } from '../../scripts/terminology.js';
import { codeSystems } from '../../scripts/terminology/code-systems.js';
import type { Concepts } from '../../scripts/terminology/content.js';
import { idOf, readTable } from '../../scripts/terminology/table.js';
import { loadCodeSets } from '../../src/fhir/code-sets.js';
import { DRAFT_MARK } from '../../src/text.js';
import { parseYaml } from '../../src/yaml-file.js';

const ROOT = resolve(import.meta.dirname, '../..');
const PROFILES = join(ROOT, 'fhir-profiles');
const SHARED = resolve(ROOT, process.env['PLEXUS_KNOWLEDGE_DIR'] ?? '../shared');
const KNOWLEDGE = join(SHARED, 'knowledge');
const AFFILIATE = 'value-sets-snomed-affiliate';

const SNOMED = 'http://snomed.info/sct';
const ATC = 'http://www.whocc.no/atc';
const ICD10 = 'http://hl7.org/fhir/sid/icd-10';
const ICPC2 = 'http://hl7.org/fhir/sid/icpc-2';
const LOINC = 'http://loinc.org';
const FINDING = 'https://plexus-cds.example/fhir/CodeSystem/finding';

const codeSets = loadCodeSets(PROFILES);
const conceptsOf = (system: string, code: string): readonly string[] => codeSets.conceptsOf({ system, code });

describe('our own code systems', () => {
  // They need no table of codes, so a fresh clone sees at once that a title, a decision or a French draft has changed.
  it('are those that the concepts, decisions and French drafts make', () => {
    const concepts = parseYaml('concepts.yaml', readFileSync(join(PROFILES, 'concepts.yaml'), 'utf8')).value;
    for (const [path, made] of Object.entries(codeSystems(concepts as Concepts)))
      expect(JSON.parse(readFileSync(join(PROFILES, path), 'utf8')), path).toEqual(made);
  });

  it('have a title in Dutch, English and French for every code, and say that the French is a draft', () => {
    for (const name of readdirSync(join(PROFILES, 'code-systems'))) {
      const system = JSON.parse(readFileSync(join(PROFILES, 'code-systems', name), 'utf8')) as CodeSystem;
      const languages = (system.concept ?? []).map(({ designation = [] }) =>
        designation.flatMap(({ language = '', value }) => (value === '' ? [] : language)).join(),
      );
      expect(new Set(languages), name).toEqual(new Set(['nl,en,fr']));
      expect(system.description, name).toContain(DRAFT_MARK);
    }
  });
});

describe('what a code stands for', () => {
  it('our own code is always accepted', () => {
    expect(conceptsOf(FINDING, 'saddle-anaesthesia')).toEqual(['saddle-anaesthesia']);
    expect(conceptsOf(FINDING, 'oxycodone')).toEqual(expect.arrayContaining(['oxycodone', 'opioid', 'draft-opioid']));
  });

  it.each([
    ['urn:oid:2.16.840.1.113883.6.96', '192970008', 'cauda-equina-syndrome'],
    ['2.16.840.1.113883.6.96', '192970008', 'cauda-equina-syndrome'],
    ['https://snomed.info/sct/', '192970008', 'cauda-equina-syndrome'],
    ['urn:oid:2.16.840.1.113883.6.88', '8640', 'prednisone'],
    ['urn:oid:2.16.840.1.113883.6.90', 'G54.5', 'neuralgic-amyotrophy'],
    ['http://hl7.org/fhir/sid/icd-10-nl', 'G54.5', 'neuralgic-amyotrophy'],
    ['urn:oid:2.16.840.1.113883.2.4.4.31.1', 'L86.01', 'lumbar-disc-herniation'],
    ['https://loinc.org', '72514-3', 'nrs-pain'],
    ['urn:oid:2.16.840.1.113883.2.4.4.30.45', '357', 'body-weight'],
  ])('another spelling of the code system, %s, means the same', (system, code, concept) => {
    expect(conceptsOf(system, code)).toContain(concept);
  });

  it('a class of ATC holds every substance beneath it, glucosamine excepted', () => {
    expect(conceptsOf(ATC, 'M01AE02')).toEqual(
      expect.arrayContaining(['naproxen', 'nsaid', 'analgesic', 'draft-nsaid']),
    );
    expect(conceptsOf(ATC, 'M01AC06')).toContain('nsaid');
    expect(conceptsOf(ATC, 'M01AX05')).toEqual([]);
    expect(conceptsOf(ATC, 'H02AA02')).not.toContain('systemic-corticosteroid');
  });

  it('the recombinant zoster vaccine is a vaccine, not a live one', () => {
    expect(conceptsOf(ATC, 'J07BK03')).toEqual(['vaccine']);
    expect(conceptsOf(ATC, 'J07BK02')).toEqual(expect.arrayContaining(['vaccine', 'live-vaccine']));
  });

  it('a block of ICD-10 holds its categories, C44 excepted', () => {
    expect(conceptsOf(ICD10, 'C61')).toContain('malignancy');
    expect(conceptsOf(ICD10, 'C50.9')).toEqual(expect.arrayContaining(['malignancy', 'breast-cancer']));
    expect(conceptsOf(ICD10, 'C44.3')).toEqual([]);
    expect(conceptsOf(ICD10, 'D05')).toEqual([]);
  });

  it.each([
    [ICPC2, 'L26'],
    [ICPC2, 'A21'],
    [SNOMED, '428171009'],
    [SNOMED, '271594007'],
    [SNOMED, '426309005'],
    [LOINC, '38221-8'],
    ['https://www.ehealth.fgov.be/standards/fhir/core-clinical/CodeSystem/be-cs-score', 'NRS2002'],
  ])('the trap %s %s stands for nothing', (system, code) => {
    expect(conceptsOf(system, code)).toEqual([]);
  });

  it('ICPC N94 alone is not neuralgic amyotrophy', () => {
    expect(conceptsOf(ICPC2, 'N94')).toEqual(['icpc-n94']);
    expect(conceptsOf('http://hl7.org/fhir/sid/icpc-1-nl', 'N94')).toEqual(['icpc-n94']);
  });

  it('the broad ICPC rubrics of weakness only ask', () => {
    expect(conceptsOf(ICPC2, 'N18')).toEqual(['icpc-weakness']);
    expect(conceptsOf(ICPC2, 'L19')).toEqual(['icpc-weakness']);
  });

  it('the same letter and number mean different things in ICD-10 and ICPC', () => {
    expect(conceptsOf(ICD10, 'N18')).toEqual(['chronic-kidney-disease']);
  });

  it('SNOMED codes outside the free sets are matched through the affiliate files', () => {
    expect(conceptsOf(SNOMED, '26609002')).toEqual(['neuralgic-amyotrophy']);
  });

  it('an incomplete or unknown coding stands for nothing, however long it is', () => {
    expect(codeSets.conceptsOf({})).toEqual([]);
    expect(codeSets.conceptsOf({ code: '26609002' })).toEqual([]);
    expect(conceptsOf('', '')).toEqual([]);
    expect(conceptsOf(ATC, 'X'.repeat(1_000_000))).toEqual([]);
    expect(codeSets.has('neuralgic-amyotrophy')).toBe(true);
    expect(codeSets.has('neuralgic')).toBe(false);
  });
});

describe('loading', () => {
  const made: string[] = [];
  const folderWith = (name: string, text: string): string => {
    const dir = mkdtempSync(join(tmpdir(), 'code-sets-'));
    made.push(dir);
    mkdirSync(join(dir, 'value-sets'));
    cpSync(join(PROFILES, 'systems.json'), join(dir, 'systems.json'));
    writeFileSync(join(dir, 'value-sets', name), text);
    return dir;
  };
  const including = (include: object): string =>
    JSON.stringify({ resourceType: 'ValueSet', compose: { include: [include] } });
  afterEach(() => made.splice(0).forEach((dir) => rmSync(dir, { recursive: true })));

  it('works without the affiliate folder', () => {
    const sets = loadCodeSets(
      folderWith('fever.json', including({ system: SNOMED, concept: [{ code: '386661006' }] })),
    );
    expect(sets.conceptsOf({ system: SNOMED, code: '386661006' })).toEqual(['fever']);
  });

  it.each([
    ['no JSON', '{'],
    ['another resource', JSON.stringify({ resourceType: 'Patient' })],
    ['no compose', JSON.stringify({ resourceType: 'ValueSet' })],
    ['a whole system', including({ system: ATC })],
    ['no system', including({ concept: [{ code: 'x' }] })],
    ['no code', including({ system: ATC, concept: [{}] })],
    ['an unknown filter', including({ system: ATC, filter: [{ property: 'concept', op: 'regex', value: 'M.*' }] })],
    [
      'two filters',
      including({ system: ATC, filter: [1, 2].map(() => ({ property: 'concept', op: 'is-a', value: 'M01A' })) }),
    ],
  ])('names the file that is malformed: %s', (_what, text) => {
    expect(() => loadCodeSets(folderWith('broken.json', text))).toThrow(/value-sets[/\\]broken\.json: /);
  });
});

type Include = NonNullable<ValueSet['compose']>['include'][number];

function includesIn(folder: string): readonly { readonly file: string; readonly include: Include }[] {
  return readdirSync(join(PROFILES, folder))
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => {
      const set = JSON.parse(readFileSync(join(PROFILES, folder, file), 'utf8')) as ValueSet;
      return (set.compose?.include ?? []).map((include) => ({ file, include }));
    });
}

describe('what the files may hold', () => {
  const free = includesIn('value-sets');
  const affiliate = includesIn(AFFILIATE);
  const elements = [...free, ...affiliate].flatMap(({ include }) => [
    ...(include.concept ?? []),
    ...(include.filter ?? []),
  ]);

  it('the three codes known from memory only stand nowhere', () => {
    const codes = elements.map((element) => ('code' in element ? element.code : element.value));
    for (const code of ['17211005', '116601002', '241648005']) expect(codes).not.toContain(code);
  });

  it('titles of ICPC, ICD-10, ATC, NHG, G-Standaard and CPT are not ours to publish', () => {
    const titled = free.filter(({ include }) => include.concept?.some((concept) => concept.display !== undefined));
    const systems = new Set(titled.map(({ include }) => include.system));
    expect([...systems].sort()).toEqual(
      [FINDING, LOINC, SNOMED, 'http://www.nlm.nih.gov/research/umls/rxnorm', 'http://www.orpha.net'].sort(),
    );
  });

  it('the affiliate folder holds bare SNOMED codes and the licence notice', () => {
    expect(affiliate.every(({ include }) => include.system === SNOMED)).toBe(true);
    expect(affiliate.flatMap(({ include }) => include.concept ?? []).filter((concept) => 'display' in concept)).toEqual(
      [],
    );
    expect(readFileSync(join(PROFILES, AFFILIATE, 'README.md'), 'utf8')).toContain(
      'used by permission of SNOMED International',
    );
  });

  it('no SNOMED code stands both in a free file and in an affiliate file', () => {
    const codesOf = (list: typeof free): string[] =>
      list
        .filter(({ include }) => include.system === SNOMED)
        .flatMap(({ include }) => (include.concept ?? []).map(({ code }) => code));
    const restricted = new Set(codesOf(affiliate));
    expect(codesOf(free).filter((code) => restricted.has(code))).toEqual([]);
  });

  it('every concept has a code of ours, and every id fits FHIR', () => {
    const system = JSON.parse(readFileSync(join(PROFILES, 'code-systems/finding.json'), 'utf8')) as CodeSystem;
    const keys = (system.concept ?? []).map((concept) => concept.code);
    for (const key of keys) {
      expect(conceptsOf(FINDING, key)).toContain(key);
      expect(`${key}-snomed-affiliate`.length).toBeLessThanOrEqual(64);
    }
    expect(readdirSync(join(PROFILES, 'value-sets')).sort()).toEqual(keys.map((key) => `${key}.json`).sort());
  });
});

const present = existsSync(join(KNOWLEDGE, 'terms.csv'));
if (!present) console.info('code-sets: no knowledge folder, so the files are not written again to be compared');

describe.skipIf(!present)('written again from the knowledge folder', () => {
  it('value sets, code systems and concept maps are the same, byte for byte', () => {
    const out = mkdtempSync(join(tmpdir(), 'terminology-'));
    try {
      const files = writeTerminology(KNOWLEDGE, out);
      for (const file of files)
        expect(readFileSync(join(PROFILES, file), 'utf8'), file).toBe(readFileSync(join(out, file), 'utf8'));
      const committed = GENERATED.flatMap((folder) =>
        readdirSync(join(PROFILES, folder), { recursive: true, encoding: 'utf8' })
          .map((name) => `${folder}/${name}`)
          .filter((name) => extname(name) !== ''),
      );
      expect(committed.sort()).toEqual([...files].sort());
    } finally {
      rmSync(out, { recursive: true });
    }
  });

  it('the SNOMED codes of the affiliate folder are exactly those outside the free sets', () => {
    const notFree = new Set(readFileSync(join(KNOWLEDGE, 'snomed-not-free.txt'), 'utf8').split(/\s+/));
    const codes = (folder: string): string[] =>
      includesIn(folder)
        .filter(({ include }) => include.system === SNOMED)
        .flatMap(({ include }) => (include.concept ?? []).map(({ code }) => code));
    expect(codes('value-sets').filter((code) => notFree.has(code))).toEqual([]);
    expect(codes(AFFILIATE).filter((code) => !notFree.has(code))).toEqual([]);
  });

  it('a trap, and a code that is nothing but unverified, stands in no value set', () => {
    const table = readTable(KNOWLEDGE);
    const isTrap = ({ key }: (typeof table)[number]): boolean => key.startsWith('trap.');
    const usable = new Set(table.filter((row) => !isTrap(row) && row.status !== 'unverified').map(idOf));
    const refused = table.filter((row) => row.code !== '' && (isTrap(row) || !usable.has(idOf(row))));
    expect(refused.filter(isTrap).length).toBeGreaterThan(0);
    expect(refused.filter(({ status }) => status === 'unverified').length).toBeGreaterThan(0);
    expect(refused.filter((row) => codeSets.conceptsOf(row).length > 0).map(idOf)).toEqual([]);
  });

  it('the catalogue of statements is the same, byte for byte', () => {
    expect(readFileSync(join(ROOT, 'rules/catalogue.json'), 'utf8')).toBe(catalogue(SHARED));
  });
});
