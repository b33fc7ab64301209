/**
 * Reads the folder table of ARCHITECTURE.md: who may import whom. The table is the rule, so the page cannot grow stale.
 * A cell that cannot be understood is an error: a silent gap in the table would be a hole in the fence.
 */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const ROW = /^\| (`src\/.+?`(?:, `src\/.+?`)*) \|.*\| ([^|]+) \|$/;
const IMPORT = /^(?<name>[a-z][a-z-]*)(?<typesOnly> \(types only\)| types)?$/;

/** @param {string} cell for example `rules, facts (types only)`; `nothing` and `all` are words of the table too. */
function parseImports(cell) {
  if (cell === 'nothing') return [];
  if (cell === 'all') return 'all';
  return cell.split(', ').map((word) => {
    const match = IMPORT.exec(word);
    if (!match?.groups)
      throw new Error(`ARCHITECTURE.md: "${word}" in the column "may import" is not a folder or file of src`);
    return { name: match.groups.name, typesOnly: match.groups.typesOnly !== undefined };
  });
}

/**
 * @param {string} markdown the text of ARCHITECTURE.md
 * @returns {{ path: string, name: string, mayImport: 'all' | { name: string, typesOnly: boolean }[] }[]}
 */
function parseLayers(markdown) {
  const layers = markdown.split('\n').flatMap((line) => {
    const row = ROW.exec(line);
    if (!row) return [];
    return [...row[1].matchAll(/`(src\/[^`]+)`/g)].map(([, path]) => ({
      path: path.replace(/\/$/, ''),
      name: path.replace(/^src\//, '').replace(/\/$|\.ts$/, ''),
      mayImport: parseImports(row[2].trim()),
    }));
  });
  if (layers.length === 0) throw new Error('ARCHITECTURE.md has no folder table that can be read');
  return layers;
}

function readLayers() {
  return parseLayers(readFileSync(join(__dirname, '../../ARCHITECTURE.md'), 'utf8'));
}

module.exports = { parseLayers, readLayers };
