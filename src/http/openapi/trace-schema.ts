/** The trace of `/explain` as a JSON Schema, closed as those of the cards are; `src/trace.ts` makes it, and the tests hold one against the other. */
import { PREFETCH_KEYS, type SourceState } from '../../cds-hooks/prefetch.js';
import { JURISDICTIONS, LANGUAGES } from '../../cds-hooks/request.js';
import { closed } from '../../cds-hooks/schema.js';

const text = { type: 'string', minLength: 1 } as const;

/** A text in every language that is served. */
export const TEXT = closed({ nl: text, en: text }, { fr: text });

const texts = { type: 'array', items: text } as const;
const day = {
  type: 'string',
  pattern: '^\\d{4}-\\d\\d-\\d\\d(/\\d{4}-\\d\\d-\\d\\d)?$',
  description: 'A day, or the first and the last that it may be.',
} as const;

function list(items: unknown) {
  return { type: 'array', items };
}

/** Whom a fact or an outcome is about; the patient where neither is there. */
const subject = {
  episode: { ...text, description: 'Id of the episode.' },
  order: { ...text, description: '`Type/id` of the draft.' },
};

const source = { enum: ['absent', 'empty', 'resource', 'failed', 'partial'] satisfies SourceState[] };

const sentence = {
  id: text,
  text: TEXT,
  value: { enum: [true, false, 'unknown'] },
};

const clause = {
  ...closed({ ...sentence, fact: { ...text, description: 'Id of the fact that the clause reads.' } }),
  title: 'A clause',
};

const group = {
  ...closed(
    { ...sentence, combine: { enum: ['anyOf', 'allOf', 'countOf'] }, members: { ...list(clause), minItems: 1 } },
    { atLeast: { type: 'integer', minimum: 1, description: 'With `countOf`: how many members must be true.' } },
  ),
  title: 'Several clauses that count as one',
};

const condition = { oneOf: [clause, group] };

const card = {
  type: 'integer',
  minimum: 0,
  description: 'Place in `cards`, from 0, of the card on which it speaks or asks for what it misses.',
} as const;

const evidence = closed({ reference: text }, { date: day, code: { ...text, description: '`system|code`, or words.' } });

export const TRACE_SCHEMA = closed({
  now: { type: 'string', format: 'date-time' },
  jurisdiction: { enum: JURISDICTIONS },
  language: { enum: LANGUAGES },
  sources: {
    ...closed(Object.fromEntries(PREFETCH_KEYS.map((key) => [key, source]))),
    description: 'What is known of each prefetch key.',
  },
  tolerated: list(closed({ where: text, what: text })),
  excluded: list(closed({ where: text, reason: text, count: { type: 'integer', minimum: 1 } })),
  episodes: list(
    closed(
      { id: text, region: text, regions: texts, group: text, conditions: texts },
      { side: { enum: ['left', 'right', 'bilateral'] }, onset: day },
    ),
  ),
  facts: list({
    ...closed(
      { id: text },
      {
        ...subject,
        value: { type: ['boolean', 'number', 'string', 'array'], items: text },
        unknown: { ...text, description: 'Why the fact is unknown, in the place of a value.' },
        evidence: { ...list(evidence), minItems: 1 },
      },
    ),
    oneOf: [{ required: ['value'] }, { required: ['unknown'] }],
  }),
  rules: list(
    closed(
      {
        id: text,
        version: text,
        review: { anyOf: [{ const: 'none' }, closed({ by: text, date: text })] },
        decision: text,
        outcome: { enum: ['fires', 'silent', 'incomplete'] },
        clauses: list(condition),
        unless: list(condition),
      },
      { ...subject, because: text, card, indicator: { enum: ['info', 'warning', 'critical'] } },
    ),
  ),
  suppressed: list(closed({ rule: text, by: text }, subject)),
  settings: { type: 'object', additionalProperties: { type: 'number' } },
});
