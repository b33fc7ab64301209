/**
 * In: the statements and the reading rules of the knowledge folder, the source texts beside it, and rules/sources.yaml.
 * Out: rules/catalogue.json: where each statement stands and the hash of its folded quote, never the quote; safety notes and extensions with their topic.
 * It refuses a source text that is not the one of rules/sources.yaml, and a quote that is not in its text; it judges no content.
 *
 *   PLEXUS_KNOWLEDGE_DIR=../shared npx tsx scripts/catalogue.ts
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';

const RULES = resolve(import.meta.dirname, '../rules');

/** The documents in the order of their numbers. */
const DOCUMENTS = ['na-huisarts', 'asn-folder', 'timing-protocol', 'kngf-b', 'parese-pagina'] as const;

/** Decisions of our own that stand in running text; the other topics come from the tables. */
const OWN_NOTES: readonly (readonly [string, string])[] = [
  ['SAFE-28', 'New facial or tongue weakness or acute loss of balance: stroke or cranial nerve first'],
  ['SAFE-29', 'Sudden painless arm paresis: stroke first'],
  ['SAFE-30', 'Horner syndrome with neck pain: dissection first'],
  ['SAFE-31', 'What is not assessed: heart attack, aortic aneurysm, joint infection'],
];

interface RawStatement {
  readonly id: string;
  readonly section: string;
  readonly quote: string;
  readonly type: string;
  readonly family: string;
  readonly source: string;
}

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim();
const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The five texts by document key, held against the hashes of rules/sources.yaml. */
function readSources(shared: string): ReadonlyMap<string, string> {
  const known = parse(readFileSync(join(RULES, 'sources.yaml'), 'utf8')) as Readonly<
    Record<string, { readonly sha256?: string }>
  >;
  const files = readdirSync(join(shared, 'sources')).filter((name) => /^\d{3}_.*\.txt$/.test(name));
  return new Map(
    DOCUMENTS.map((key, number) => {
      const file = files.find((name) => Number(name.slice(0, 3)) === number);
      if (file === undefined) throw new Error(`no text for ${key}`);
      const content = readFileSync(join(shared, 'sources', file));
      if (sha256(content) !== known[key]?.sha256)
        throw new Error(`${file} is not the text of ${key} in rules/sources.yaml`);
      return [key, content.toString('utf8')];
    }),
  );
}

/** The text of rules/catalogue.json. `shared` holds the folders knowledge and sources. */
export function catalogue(shared: string): string {
  const texts = readSources(shared);
  const raw = JSON.parse(readFileSync(join(shared, 'knowledge/statements.json'), 'utf8')) as readonly RawStatement[];
  const statements = raw.map(({ id, section, quote, type, family, source }) => {
    const document = DOCUMENTS[Number(source.slice(0, 3))];
    if (document === undefined || !fold(texts.get(document) ?? '').includes(fold(quote))) {
      throw new Error(`the quote of ${id} is not in ${source}`);
    }
    return { id, document, place: section, sha256: sha256(fold(quote)), family, type };
  });
  const readme = readFileSync(join(shared, 'knowledge/README.md'), 'utf8');
  const notes = [...readme.matchAll(/^\| ((?:SAFE|EXT)-\d\d) \| ([^|]+) \|/gm)].map(
    ([, id = '', topic = '']) => [id, topic] as const,
  );
  const own = [...notes, ...OWN_NOTES].map(([id, topic]) => ({
    id,
    kind: id.startsWith('SAFE') ? 'safety' : 'extension',
    topic,
  }));
  own.sort((a, b) => (a.kind === b.kind ? Number(a.id > b.id) - Number(a.id < b.id) : a.kind === 'safety' ? -1 : 1));
  return `${JSON.stringify([...statements, ...own], null, 2)}\n`;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(join(RULES, 'catalogue.json'), catalogue(process.env['PLEXUS_KNOWLEDGE_DIR'] ?? '../shared'));
}
