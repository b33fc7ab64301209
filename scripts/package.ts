/**
 * `npm run package`: writes two packages into `packages/`. `package.tgz` holds the FHIR artefacts, as tools install them; `plexus-cds-<version>.tgz` holds
 * the built service, to be published as that file, since no script of ours runs when npm publishes the folder. npm packs both. Beside them: the bill of materials.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { packageFiles } from './fhir-package.js';
import { CANONICAL_BASE } from '../src/fhir/code-sets.js';
import { artefacts, instances } from './artefacts.js';
import { writeBillOfMaterials } from './sbom.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Packages {
  /** Paths of the tarballs. */
  readonly fhir: string;
  readonly service: string;
}

/** Writes both packages into a folder. The service must have been built. */
export function writePackages(into: string): Packages {
  mkdirSync(into, { recursive: true });
  const service = pack(ROOT, into);
  const folder = mkdtempSync(join(tmpdir(), 'plexus-fhir-package-'));
  try {
    for (const [path, text] of fhirPackage()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const fhir = join(into, 'package.tgz');
    renameSync(pack(folder, into), fhir);
    return { fhir, service };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The FHIR artefacts, without the SNOMED CT codes that need an affiliate licence. */
function fhirPackage(): ReadonlyMap<string, string> {
  const { version, license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
    readonly license: string;
  };
  const description =
    'Profiles, terminology, questionnaires, order templates and rules of Plexus CDS, a CDS Hooks service';
  return packageFiles(
    { name: 'example.plexus-cds', version, description, license, canonical: CANONICAL_BASE },
    artefacts(ROOT, new Date().toISOString().slice(0, 10)),
    instances(ROOT),
  );
}

/** Packs a folder; the path of the tarball. */
function pack(folder: string, into: string): string {
  const printed = execFileSync('npm', ['pack', '--json', '--silent', '--ignore-scripts', '--pack-destination', into], {
    cwd: folder,
    encoding: 'utf8',
  });
  const [packed] = JSON.parse(printed) as readonly { readonly filename: string }[];
  return join(into, packed?.filename ?? '');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { fhir, service } = writePackages(resolve(ROOT, 'packages'));
  console.info([fhir, service, await writeBillOfMaterials(ROOT, resolve(ROOT, 'packages'))].join('\n'));
}
