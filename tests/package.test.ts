/** What `npm run package` makes, unpacked as who installs it has it: the FHIR package by itself, and the service that starts from its tarball alone. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePackages } from '../scripts/package.js';
import { packageFiles } from '../scripts/fhir-package.js';
import { readExamples } from './support/examples.js';
import { filesBelow, ROOT } from './support/files.js';

const folder = mkdtempSync(join(tmpdir(), 'plexus-package-'));
const FHIR = join(folder, 'fhir');
const SERVICE = join(folder, 'service');

beforeAll(() => {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  const { fhir, service } = writePackages(folder);
  for (const [tarball, into] of [
    [fhir, FHIR],
    [service, SERVICE],
  ] as const) {
    mkdirSync(into);
    execFileSync('tar', ['xzf', tarball, '-C', into, '--strip-components=1']);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

const read = (path: string): unknown => JSON.parse(readFileSync(join(FHIR, path), 'utf8'));
const filesIn = (path: string): readonly string[] =>
  readdirSync(join(FHIR, path), { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : []));
const resourcesIn = (path: string): readonly FhirResource[] =>
  filesIn(path)
    .filter((name) => !['package.json', '.index.json'].includes(name))
    .map((name) => read(join(path, name)) as FhirResource);

describe('the FHIR package', () => {
  it('says what it is and what it needs', () => {
    expect(read('package.json')).toMatchObject({
      name: 'example.plexus-cds',
      version: (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version,
      canonical: 'https://plexus-cds.example/fhir',
      fhirVersions: ['4.0.1'],
      dependencies: { 'hl7.fhir.r4.core': '4.0.1' },
    });
  });

  it.each(['.', 'example'])('indexes exactly what lies in %s, each file named after its resource', (path) => {
    const { files } = read(join(path, '.index.json')) as { files: readonly Record<string, string>[] };
    const found = resourcesIn(path).map((resource) => ({
      filename: `${resource.resourceType}-${resource.id}.json`,
      resourceType: resource.resourceType,
      id: resource.id,
      url: 'url' in resource ? resource.url : undefined,
    }));
    const indexed = files.map(({ filename, resourceType, id, url }) => ({ filename, resourceType, id, url }));
    const byName = (one: { filename?: string | undefined }, other: { filename?: string | undefined }) =>
      (one.filename ?? '') < (other.filename ?? '') ? -1 : 1;
    expect(indexed).toEqual(found.sort(byName));
    expect(found.length).toBeGreaterThan(path === '.' ? 500 : 10);
  });

  it('holds every artefact that another one of it refers to', () => {
    const all = [...resourcesIn('.'), ...resourcesIn('example')];
    const urls = new Set(all.flatMap((resource) => ('url' in resource ? [resource.url] : [])));
    const referred = all.flatMap((resource) => canonicalsIn(resource));
    expect(referred.length).toBeGreaterThan(1000);
    expect([...new Set(referred)].filter((url) => !urls.has(url))).toEqual([]);
  });

  it('holds artefacts of every kind', () => {
    const types = new Set(resourcesIn('.').map(({ resourceType }) => resourceType));
    expect([...types].sort()).toEqual([
      'ActivityDefinition',
      'CapabilityStatement',
      'CodeSystem',
      'ConceptMap',
      'Library',
      'PlanDefinition',
      'Questionnaire',
      'StructureDefinition',
      'ValueSet',
    ]);
  });

  it('holds each profile and extension with its snapshot, without which no tool builds on it', () => {
    const definitions = resourcesIn('.').filter((one) => one.resourceType === 'StructureDefinition');
    expect(definitions.length).toBeGreaterThan(15);
    for (const { id, snapshot, differential } of definitions) {
      const paths = (snapshot?.element ?? []).map(({ path }) => path);
      expect([id, paths]).toEqual([id, expect.arrayContaining((differential?.element ?? []).map(({ path }) => path))]);
    }
  });

  it('holds no SNOMED CT code that needs an affiliate licence', () => {
    const licensed = filesBelow('fhir-profiles/value-sets-snomed-affiliate', '.json').flatMap((path) =>
      snomedCodes(readFileSync(join(ROOT, path), 'utf8')),
    );
    const packed = new Set([...resourcesIn('.'), ...resourcesIn('example')].flatMap((one) => stringsIn(one)));
    expect(licensed.length).toBeGreaterThan(50);
    expect(licensed.filter((code) => packed.has(code))).toEqual([]);
  });

  it('is refused when two resources would have one name', () => {
    const twice = { resourceType: 'Basic', id: 'a', code: {} } as FhirResource;
    const description = { name: 'a.b', version: '1', description: '', license: '', canonical: '' };
    expect(() => packageFiles(description, [twice, twice], [])).toThrow('two resources are named Basic-a.json');
  });
});

/** Every text in a resource. */
function stringsIn(node: unknown): readonly string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(stringsIn) : [];
}

/** Addresses of our own artefacts that a resource names: those of value sets, profiles and the like, not of code systems' codes. */
function canonicalsIn(resource: FhirResource): readonly string[] {
  return stringsIn(resource)
    .filter((text) => /^https:\/\/plexus-cds\.example\/fhir\/[A-Z][A-Za-z]+\/[A-Za-z0-9.-]+(\|[\w.-]+)?$/.test(text))
    .map((text) => text.split('|')[0] ?? text);
}

function snomedCodes(text: string): readonly string[] {
  return [...text.matchAll(/"code": "(\d+)"/g)].map(([, code]) => code ?? '');
}

describe('the service package', () => {
  it('holds what the service runs on, and nothing that only its making needs', () => {
    const files = readdirSync(SERVICE, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(SERVICE.length + 1));
    const kinds = new Set(files.map((file) => file.replace(/^((?:fhir-profiles|rules|dist)\/).*(\.\w+)$/, '$1*$2')));
    expect([...kinds].sort()).toEqual([
      'LICENSE',
      'NOTICE',
      'README.md',
      'dist/*.css',
      'dist/*.html',
      'dist/*.js',
      'dist/*.map',
      'fhir-profiles/*.json',
      'fhir-profiles/*.md',
      'fhir-profiles/*.yaml',
      'package.json',
      'rules/*.json',
      'rules/*.yaml',
    ]);
    expect(files.filter((file) => file.endsWith('.md'))).toEqual([
      'README.md',
      // Codes of SNOMED CT travel with their notice.
      'fhir-profiles/value-sets-snomed-affiliate/README.md',
    ]);
    expect(files.filter((file) => /\.test\.|profiles\/concepts\.yaml|concept-maps/.test(file))).toEqual([]);
  });

  it('starts from its tarball alone and answers with cards', async () => {
    // What npm would install beside it.
    symlinkSync(join(ROOT, 'node_modules'), join(SERVICE, 'node_modules'));
    const service = spawn(process.execPath, ['dist/main.js'], { cwd: SERVICE, env: { ...process.env, PORT: '0' } });
    try {
      const address = await listening(service);
      const example = readExamples().find(({ id }) => id === 'cauda-equina');
      const response = await fetch(`${address}/${example?.service}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(example?.request),
      });
      const { cards } = (await response.json()) as { cards: readonly { indicator: string }[] };
      expect(cards[0]?.indicator).toBe('critical');
    } finally {
      service.kill();
    }
  });
});

/** The address of the services, once the process says that it listens. */
function listening(service: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    service.stdout?.on('data', (chunk: Buffer) => {
      printed += String(chunk);
      const address = /listens: (http:\S+\/cds-services)/.exec(printed)?.[1];
      if (address !== undefined) resolve(address);
    });
    service.on('exit', (code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
}
