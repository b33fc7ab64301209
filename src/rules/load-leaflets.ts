/**
 * Leaflets: background and patient information that would make a card too long, one page each behind a link of the card.
 * Enters: parsed YAML of `rules/leaflets`. Leaves: checked leaflets. Throws KnowledgeError. Runs at start-up only.
 */
import { Ajv } from 'ajv';
import { KnowledgeError, schemaError, type YamlFile } from '../yaml-file.js';
import { TEXT_SCHEMA, type Text } from '../text.js';

export interface Leaflet {
  readonly id: string;
  readonly title: Text;
  readonly source: { readonly doc: string; readonly where?: string };
  readonly sections: readonly {
    readonly heading: Text;
    /** Paraphrases (D24), each with the statements that it carries. */
    readonly items: readonly { readonly statements: readonly string[]; readonly text: Text }[];
  }[];
}

const some = (items: unknown): Record<string, unknown> => ({ type: 'array', minItems: 1, items });
const closed = (properties: Record<string, unknown>, required: readonly string[]): Record<string, unknown> => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});

const validLeaflet = new Ajv().compile<Leaflet>(
  closed(
    {
      id: { type: 'string', pattern: '^[a-z][a-z0-9-]*$' },
      title: TEXT_SCHEMA,
      source: closed({ doc: { type: 'string' }, where: { type: 'string' } }, ['doc']),
      sections: some(
        closed(
          {
            heading: TEXT_SCHEMA,
            items: some(closed({ statements: some({ type: 'string' }), text: TEXT_SCHEMA }, ['statements', 'text'])),
          },
          ['heading', 'items'],
        ),
      ),
    },
    ['id', 'title', 'source', 'sections'],
  ),
);

/** Checks all leaflets; every statement and source that one names must exist. */
export function loadLeaflets(
  files: readonly YamlFile[],
  context: { readonly statements: ReadonlyMap<string, unknown>; readonly sources: Readonly<Record<string, unknown>> },
): ReadonlyMap<string, Leaflet> {
  const leaflets = files.map((file) => {
    if (!validLeaflet(file.value)) throw schemaError(file, validLeaflet.errors);
    const leaflet = file.value;
    if (!file.name.endsWith(`/${leaflet.id}.yaml`)) {
      throw new KnowledgeError(file.at(['id']), `the id ${leaflet.id} is not the file's name; rename one of them`);
    }
    if (!context.sources[leaflet.source.doc]) {
      throw new KnowledgeError(file.at(['source']), `there is no source ${leaflet.source.doc} in rules/sources.yaml`);
    }
    leaflet.sections.forEach((section, at) =>
      section.items.forEach((item, index) => {
        const unknown = item.statements.find((id) => !context.statements.has(id));
        if (unknown === undefined) return;
        throw new KnowledgeError(
          file.at(['sections', at, 'items', index]),
          `${unknown} is not in rules/catalogue.json`,
        );
      }),
    );
    return leaflet;
  });
  return new Map(leaflets.map((leaflet) => [leaflet.id, leaflet]));
}
