/**
 * `npm run licences`: writes docs/licences.md, the licence of every package that is installed with the service or built into its page.
 * `tests/security/supply-chain.test.ts` fails while the file is stale, or when a licence is none that may be shipped beside Apache-2.0.
 */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledPackages, installedPackages, type ShippedPackage } from './shipped-packages.js';

/** Licences (SPDX) under which software may be shipped with software under Apache-2.0: permissive, without a duty to open other code. */
export const PERMITTED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
];

const NLM =
  'Terms of BSD-3-Clause in words of their own: keep the licence and its lists, no endorsement by the National Library of Medicine (LHNCBC), the NIH or contributors; a citation is asked of research.';

/** Packages whose package.json names no SPDX licence: what was read in their files. Bound to the version, so that another one is read again. */
export const READ_BY_HAND: Readonly<Record<string, { readonly licence: string; readonly note: string }>> = {
  'fhirpath@5.2.0': { licence: 'LHNCBC licence of fhirpath.js', note: NLM },
  '@lhncbc/ucum-lhc@5.0.4': {
    licence: 'LHNCBC licence of ucum-lhc',
    note: `${NLM} The UCUM table in it is copyright Regenstrief Institute and The UCUM Organization, used under the terms at http://unitsofmeasure.org; see NOTICE.`,
  },
  'emitter-component@1.1.2': {
    licence: 'MIT',
    note: 'Named in its component.json and bower.json, not in package.json.',
  },
};

/** Of `A OR B` one choice must be permitted, of `A AND B` both. */
function isPermitted(expression: string): boolean {
  const choices = expression.replace(/^\((.*)\)$/, '$1').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((one) => PERMITTED.includes(one)));
}

/** Packages, as `name@version: licence`, that nobody has found fit to be shipped. */
export function unfit(packages: readonly ShippedPackage[]): readonly string[] {
  return packages.flatMap(({ name, version, licence }) => {
    const id = `${name}@${version}`;
    return id in READ_BY_HAND || isPermitted(licence ?? '') ? [] : [`${id}: ${licence ?? 'none named'}`];
  });
}

function table(packages: readonly ShippedPackage[]): readonly string[] {
  return [
    '| package | version | licence |',
    '|---|---|---|',
    ...packages.map(({ name, version, licence }) => {
      const read = READ_BY_HAND[`${name}@${version}`];
      return `| \`${name}\` | ${version} | ${read?.licence ?? licence ?? ''}${read === undefined ? '' : ' (see below)'} |`;
    }),
  ];
}

/** The page, as Markdown. */
export function licencesPage(installed: readonly ShippedPackage[], bundled: readonly ShippedPackage[]): string {
  return [
    '# Licences of what is shipped',
    '',
    'Written by `npm run licences`; a test fails when it is stale, or when a licence is not one of: ' +
      `${PERMITTED.join(', ')}.`,
    '',
    `## Installed with the service (${installed.length})`,
    '',
    'Each package lies with its licence in its own folder of `node_modules`, in the container image too.',
    '',
    ...table(installed),
    '',
    '### Read by hand',
    '',
    ...Object.entries(READ_BY_HAND).map(([id, { licence, note }]) => `- \`${id}\`, ${licence}: ${note}`),
    '',
    `## Built into the sandbox page (${bundled.length})`,
    '',
    'Their texts are written beside the page as `licences.md` when it is built, and served with it.',
    '',
    ...table(bundled),
    '',
  ].join('\n');
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const root = resolve(import.meta.dirname, '..');
  const page = licencesPage(installedPackages(root), await bundledPackages(root));
  writeFileSync(join(root, 'docs/licences.md'), page);
}
