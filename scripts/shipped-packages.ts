/**
 * Which packages reach those who run the service (installed with it) or open the sandbox page (built into it).
 * Reads package-lock.json, which holds what npm found in each package, and asks the build of the page.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Rolldown } from 'vite';

export interface ShippedPackage {
  readonly name: string;
  readonly version: string;
  /** As it says itself; absent when it says nothing. */
  readonly licence?: string;
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly license?: string; readonly dev?: boolean }>
  >;
}

const byName = (one: ShippedPackage, other: ShippedPackage): number =>
  one.name === other.name ? one.version.localeCompare(other.version) : one.name < other.name ? -1 : 1;

/** The packages that `npm ci --omit=dev` installs, by name. */
export function installedPackages(root: string): readonly ShippedPackage[] {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const found = Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path, { version, license }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      ...(license !== undefined && { licence: license }),
    }));
  // The same version may lie in two folders.
  return [...new Map(found.map((one) => [`${one.name}@${one.version}`, one])).values()].sort(byName);
}

/** The packages of which code is in the built sandbox page, by name, as the build itself says. Writes nothing. */
export async function bundledPackages(root: string): Promise<readonly ShippedPackage[]> {
  const fileName = 'licences.json';
  const { output } = (await build({
    configFile: join(root, 'vite.config.ts'),
    logLevel: 'warn',
    build: { write: false, license: { fileName } },
  })) as Rolldown.RolldownOutput;
  const list = output.find((file) => file.fileName === fileName);
  if (list?.type !== 'asset') throw new Error(`the build of the sandbox page says nothing of licences: ${fileName}`);
  const bundled = JSON.parse(String(list.source)) as readonly {
    readonly name: string;
    readonly version: string;
    readonly identifier?: string;
  }[];
  return bundled
    .map(({ name, version, identifier }) => ({
      name,
      version,
      ...(identifier !== undefined && { licence: identifier }),
    }))
    .sort(byName);
}
