/** The texts of `/explain/texts` as a JSON Schema, closed; `src/export/rule-texts.ts` makes them, and the tests hold one against the other. */
import { closed } from '../../cds-hooks/schema.js';
import { TEXT } from './trace-schema.js';

const text = { type: 'string', minLength: 1 } as const;

function byId(of: string, values: unknown) {
  return { type: 'object', additionalProperties: values, description: `By id of the ${of}.` };
}

const source = closed(
  { kind: { enum: ['source', 'extension', 'safety'] }, label: TEXT },
  {
    where: { ...text, description: 'The place in it.' },
    quote: { ...text, description: 'Its sentence in Dutch, word for word.' },
    paraphrase: { ...TEXT, description: 'What it says in our words.' },
  },
);

export const EXPLANATION_TEXTS_SCHEMA = closed({
  decisions: byId('decision', TEXT),
  rules: byId(
    'rule',
    closed(
      {
        title: { ...text, description: 'In Dutch, for whoever reviews the rules.' },
        sources: { type: 'array', items: source },
        statements: { type: 'array', items: text },
      },
      { says: { ...TEXT, description: 'What its card or line says first, with `{fact}` in the place of a value.' } },
    ),
  ),
  facts: byId(
    'fact',
    closed(
      {
        text: { ...TEXT, description: 'What is asked for; not whether it is so.' },
        type: { enum: ['boolean', 'integer', 'decimal', 'days', 'date', 'code', 'text', 'list'] },
      },
      {
        unit: TEXT,
        values: { type: 'object', additionalProperties: TEXT, description: 'Words of the codes that it can be.' },
        noneIsNo: { const: true, description: 'None recorded counts as no, where the record is complete.' },
      },
    ),
  ),
  precedence: byId('row by which rules give way to others', text),
});
