/** What comes from others: fixed by hash, run by nobody while it is installed, named in a bill of materials, under a licence that allows it. */
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { licencesPage, unfit } from '../../scripts/licences.js';
import { billOfMaterials, type BillOfMaterials } from '../../scripts/sbom.js';
import { bundledPackages, installedPackages, type ShippedPackage } from '../../scripts/shipped-packages.js';
import { readText, ROOT } from '../support/files.js';

interface Entry {
  readonly version: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readText('package.json')) as Manifest;
const { packages, lockfileVersion } = JSON.parse(readText('package-lock.json')) as {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Entry>>;
};
const entries = Object.entries(packages).filter(([path]) => path !== '');
const npmSettings = readText('.npmrc').split('\n');

describe('package-lock.json', () => {
  it('holds a SHA-512 hash of every package, and takes none from elsewhere than the registry of npm', () => {
    expect(entries.length).toBeGreaterThan(100);
    const unsure = entries.filter(
      ([, { integrity, resolved, link }]) =>
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? '') ||
        link === true ||
        !(resolved ?? 'https://registry.npmjs.org/').startsWith('https://registry.npmjs.org/'),
    );
    expect(unsure).toEqual([]);
  });

  it('is of the kind that npm 7 and later read, and asks for what package.json asks for', () => {
    expect(lockfileVersion).toBe(3);
    expect(packages['']).toMatchObject({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
  });
});

describe('package.json', () => {
  it('names one version of every package, not a range, and what is added later is pinned too', () => {
    const ranges = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(ranges).toEqual([]);
    expect(npmSettings).toContain('save-exact=true');
  });
});

describe('install scripts', () => {
  it('do not run, and so nothing of ours waits for a script that npm would run before or after another', () => {
    expect(npmSettings).toContain('ignore-scripts=true');
    const names = Object.keys(manifest.scripts);
    const waiting = names.filter((name) => names.includes(name.replace(/^(pre|post)/, '')) && /^(pre|post)/.test(name));
    expect(waiting).toEqual([]);
    const ofInstalling = names.filter((name) => /^(pre|post)?(install|prepare|pack|publish)$|^prepublish/.test(name));
    expect(ofInstalling).toEqual([]);
  });

  it('are had by one package that is installed with the service; the others are for development', () => {
    const having = entries.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    // It installs a demonstration that is not in the package, so it does nothing.
    expect(having.filter(([, { dev }]) => dev !== true).map(([path]) => path)).toEqual(['node_modules/fhirpath']);
  });

  it('are not run while the container image is made', () => {
    const installs = readText('Dockerfile').match(/npm ci\b[^&\n]*/g) ?? [];
    expect(installs.length).toBeGreaterThan(0);
    expect(installs.filter((install) => !install.includes('--ignore-scripts'))).toEqual([]);
  });
});

let bundled: readonly ShippedPackage[];
beforeAll(async () => {
  // What is shipped is built for production; Vitest's own value would take packages along that only development needs.
  vi.stubEnv('NODE_ENV', 'production');
  bundled = await bundledPackages(ROOT);
  vi.unstubAllEnvs();
});

describe('licences', () => {
  it('docs/licences.md is what npm run licences writes', () => {
    expect(readText('docs/licences.md')).toBe(licencesPage(installedPackages(ROOT), bundled));
  });

  it('are all such that software under Apache-2.0 may ship them', () => {
    expect(unfit([...installedPackages(ROOT), ...bundled])).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['(GPL-3.0-only OR MIT)', true],
    ['SEE LICENSE IN LICENSE.md', false],
    [undefined, false],
  ])('%s is fit to be shipped: %s', (licence, fit) => {
    const made = { name: 'made', version: '1.0.0', ...(licence !== undefined && { licence }) };
    expect(unfit([made])).toHaveLength(fit ? 0 : 1);
  });

  it('that were read by hand are read again when the version changes', () => {
    expect(unfit([{ name: 'fhirpath', version: '5.2.1', licence: 'SEE LICENSE in LICENSE.md' }])).toHaveLength(1);
  });
});

describe('the bill of materials', () => {
  let bill: BillOfMaterials;
  let shipped: readonly string[];
  beforeAll(() => {
    bill = billOfMaterials(ROOT, bundled);
    shipped = [...installedPackages(ROOT), ...bundled].map(({ name, version }) => `${name}@${version}`);
  });

  it('is valid CycloneDX by the schema of its version', () => {
    const schemaOf = (name: string): object =>
      JSON.parse(
        readText(`node_modules/@cyclonedx/cyclonedx-library/res/schema/${name}.SNAPSHOT.schema.json`),
      ) as object;
    const ajv = new Ajv({ strict: false, validateFormats: false, validateSchema: false });
    ajv.addSchema(schemaOf('spdx'), 'http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json');
    ajv.addSchema(schemaOf('jsf-0.82'), 'http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json');
    const isValid = ajv.compile(schemaOf('bom-1.5'));
    isValid(bill);
    expect(isValid.errors).toBeNull();
    expect(isValid({ ...bill, bomFormat: 'another' })).toBe(false);
  });

  it('names exactly what is installed with the service and what is built into its page', () => {
    expect(bill.components.map((one) => one['bom-ref']).sort()).toEqual([...new Set(shipped)].sort());
    expect(shipped).toEqual(expect.arrayContaining([`pg@${manifest.dependencies['pg']}`]));
  });

  it('gives each its hash and its licence, and the service its name and version', () => {
    const bare = bill.components.filter(
      ({ hashes, licenses }) => hashes?.[0]?.alg !== 'SHA-512' || licenses?.length !== 1,
    );
    expect(bare).toEqual([]);
    expect(bill.metadata.component).toMatchObject({ name: manifest.name, version: manifest.version });
  });

  it('says what needs what, without a reference that leads nowhere', () => {
    const known = new Set([...shipped, `${manifest.name}@${manifest.version}`]);
    const dangling = bill.dependencies
      .flatMap(({ ref, dependsOn }) => [ref, ...dependsOn])
      .filter((one) => !known.has(one));
    expect(dangling).toEqual([]);
    const own = bill.dependencies.find(({ ref }) => ref === `${manifest.name}@${manifest.version}`);
    expect(own?.dependsOn).toEqual(
      expect.arrayContaining(Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`)),
    );
  });
});
