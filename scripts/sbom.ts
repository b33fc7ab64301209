/**
 * `npm run sbom`: writes the bill of materials of the service into `packages/`, as CycloneDX JSON: what is installed with it and what is built into its page.
 * `npm sbom` makes it of the lock file. Its `--omit dev` also leaves out what production shares with development (`pg`, `ajv`), so the whole is asked for and
 * cut to what is reached from our dependencies.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { READ_BY_HAND } from './licences.js';
import { bundledPackages, type ShippedPackage } from './shipped-packages.js';

export interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly scope?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses?: readonly unknown[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

/** What we read of a CycloneDX document. */
export interface BillOfMaterials {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The bill of the service in `root`, of which `inPage` is built into its page. Needs no network. */
export function billOfMaterials(root: string, inPage: readonly ShippedPackage[]): BillOfMaterials {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;
  const printed = execFileSync(
    'npm',
    ['sbom', '--silent', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const whole = JSON.parse(printed) as BillOfMaterials;
  const own = whole.metadata.component['bom-ref'];
  const bundled = inPage.map(({ name, version }) => `${name}@${version}`);
  const direct = [...Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`), ...bundled];
  const shipped = new Set([...reached(whole, Object.entries(manifest.dependencies)), ...bundled]);
  return {
    ...whole,
    // npm names it after the folder that it lies in.
    metadata: { ...whole.metadata, component: { ...whole.metadata.component, name: manifest.name } },
    components: onceEach(whole.components, (one) => one['bom-ref'])
      .filter((one) => shipped.has(one['bom-ref']))
      .map(asShipped),
    dependencies: onceEach(whole.dependencies, ({ ref }) => ref)
      .filter(({ ref }) => ref === own || shipped.has(ref))
      .map(({ ref, dependsOn }) => ({
        ref,
        dependsOn: dependsOn.filter((one) => (ref === own ? direct.includes(one) : shipped.has(one))),
      })),
  };
}

/** The first of each name: npm 10 lists a version for every folder that it lies in. */
const onceEach = <One>(all: readonly One[], nameOf: (one: One) => string): readonly One[] =>
  all.filter((one, index) => all.findIndex((other) => nameOf(other) === nameOf(one)) === index);

/** Everything that the dependencies need, and they themselves. */
function reached(whole: BillOfMaterials, from: readonly (readonly [string, string])[]): ReadonlySet<string> {
  const needs = new Map(whole.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const found = new Set<string>();
  const visit = (ref: string): void => {
    if (found.has(ref)) return;
    found.add(ref);
    needs.get(ref)?.forEach(visit);
  };
  for (const [name, version] of from) visit(`${name}@${version}`);
  return found;
}

/** A package of the page is one of development to npm; here it ships like the others. */
function asShipped(component: Component): Component {
  const read = READ_BY_HAND[component['bom-ref']];
  const licence = read?.licence === 'MIT' ? { id: read.licence } : { name: read?.licence };
  return {
    ...component,
    ...(component.scope !== undefined && { scope: 'required' }),
    properties: component.properties?.filter(({ name }) => name !== 'cdx:npm:package:development') ?? [],
    ...(read !== undefined && { licenses: [{ license: licence }] }),
  };
}

/** Writes the bill into a folder; its path. */
export async function writeBillOfMaterials(root: string, into: string): Promise<string> {
  mkdirSync(into, { recursive: true });
  const bill = billOfMaterials(root, await bundledPackages(root));
  const path = join(into, `${bill.metadata.component.name}-${bill.metadata.component.version}.cdx.json`);
  writeFileSync(path, `${JSON.stringify(bill, null, 2)}\n`);
  return path;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = resolve(import.meta.dirname, '..');
  console.info(await writeBillOfMaterials(root, join(root, 'packages')));
}
