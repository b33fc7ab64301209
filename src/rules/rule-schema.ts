/**
 * The shape of a rule file as JSON Schema, and the types of what it admits.
 * Shape only: whether facts, statements and examples make sense is `check-rules.ts`.
 */
import { Ajv } from 'ajv';
import { HOOKS, type Hook, type Jurisdiction } from '../cds-hooks/request.js';
import type { Indicator } from '../cds-hooks/response.js';
import { KINDS, LEVELS, type Level, type LineKind, type Region } from './rule.js';
import { TEXT_SCHEMA, type Text } from '../text.js';
import { SUGGESTION_SCHEMA, type RawSuggestion } from './suggestion-plan.js';

export const OPERATORS = ['is', 'in', 'atLeast', 'above', 'atMost', 'below', 'between', 'recorded'] as const;
export type Operator = (typeof OPERATORS)[number];

export type RawClause = { readonly id: string; readonly text: Text; readonly fact: string } & Partial<
  Record<Operator, unknown>
>;
export interface RawGroup {
  readonly id: string;
  readonly text: Text;
  readonly anyOf?: readonly RawClause[];
  readonly allOf?: readonly RawClause[];
  readonly countOf?: { readonly atLeast: number; readonly of: readonly RawClause[] };
}
export type RawCondition = RawClause | RawGroup;

export interface RawRule {
  readonly id: string;
  readonly version: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly review: { readonly by: string; readonly date: string } | 'none';
  readonly for: Region | 'patient' | readonly Region[];
  readonly orders?: readonly string[];
  readonly decision: string;
  readonly family: string;
  readonly level?: Level;
  readonly statements: readonly string[];
  readonly hooks: readonly Hook[];
  readonly title: string;
  readonly jurisdiction?: readonly Jurisdiction[];
  readonly source: readonly {
    readonly doc: string;
    readonly where?: string;
    readonly quote?: string;
    readonly paraphrase?: Text;
    readonly kind?: 'source' | 'extension' | 'safety';
  }[];
  readonly notes?: readonly string[];
  readonly when?: readonly RawCondition[];
  readonly unless?: readonly RawCondition[];
  readonly weigh?: readonly RawCondition[];
  readonly choose?: readonly RawCondition[];
  readonly card: {
    readonly indicator: Indicator | readonly { readonly level: Indicator; readonly when?: readonly string[] }[];
    readonly kind: LineKind;
    readonly summary?: Text;
    readonly detail?: Text;
    readonly bullet?: Text;
    readonly rides?: 'decision' | 'leading';
    readonly aloneOn?: readonly Hook[];
    readonly links?: readonly string[];
    readonly leaflets?: readonly string[];
    readonly suggestions?: readonly RawSuggestion[];
    readonly override?: string;
  };
  readonly examples: {
    readonly base: Readonly<Record<string, unknown>>;
    readonly cases: readonly {
      readonly name: string;
      readonly but?: Readonly<Record<string, unknown>>;
      readonly expect: 'fires' | 'silent' | 'incomplete';
      readonly because?: string;
      readonly check?: readonly string[];
      readonly indicator?: Indicator;
      readonly offers?: readonly string[];
    }[];
  };
}

const closed = (
  properties: Readonly<Record<string, unknown>>,
  required: readonly string[],
): Record<string, unknown> => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
});
const list = (items: unknown, minItems = 1): Record<string, unknown> => ({ type: 'array', minItems, items });
const string = { type: 'string', minLength: 1 };
const HOOK = { enum: HOOKS };
const REGION = { enum: ['arm', 'neck', 'back', 'leg'] };
const INDICATOR = { enum: ['info', 'warning', 'critical'] };
const ID = { type: 'string', pattern: '^[a-z][a-z0-9-]*$' };
// That a clause has one operator is checked in `clauses.ts`: here it would hide the name of a misspelt one.
const CLAUSE_KEYS = {
  id: ID,
  text: TEXT_SCHEMA,
  fact: string,
  ...Object.fromEntries(OPERATORS.map((operator) => [operator, {}])),
};
const CLAUSE = closed(CLAUSE_KEYS, ['id', 'text', 'fact']);
const GROUP_KEYS = {
  id: ID,
  text: TEXT_SCHEMA,
  anyOf: list(CLAUSE, 2),
  allOf: list(CLAUSE, 2),
  countOf: closed({ atLeast: { type: 'integer', minimum: 1 }, of: list(CLAUSE, 2) }, ['atLeast', 'of']),
};
const GROUP = { ...closed(GROUP_KEYS, ['id', 'text']), maxProperties: 3 };
const COMBINED = ['anyOf', 'allOf', 'countOf'].map((combine) => ({ required: [combine] }));
// Misspelt keys first, then the alternatives by what was written: so the message names the key and not all that it could be.
const CONDITION = {
  allOf: [closed({ ...CLAUSE_KEYS, ...GROUP_KEYS }, []), { if: { anyOf: COMBINED }, then: GROUP, else: CLAUSE }],
};

const RULE_SCHEMA = closed(
  {
    id: ID,
    version: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
    status: { enum: ['draft', 'active', 'retired'] },
    review: {
      anyOf: [
        { const: 'none' },
        closed({ by: string, date: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' } }, ['by', 'date']),
      ],
    },
    for: { anyOf: [REGION, { const: 'patient' }, list(REGION)] },
    orders: list({ type: 'string', pattern: '^draft-[a-z-]+$' }),
    decision: string,
    family: string,
    level: { enum: LEVELS },
    statements: list(string),
    hooks: list(HOOK),
    title: string,
    jurisdiction: list({ enum: ['NL', 'BE'] }),
    source: list(
      closed(
        {
          doc: string,
          where: string,
          quote: string,
          paraphrase: TEXT_SCHEMA,
          kind: { enum: ['source', 'extension', 'safety'] },
        },
        ['doc'],
      ),
    ),
    notes: list(string),
    when: list(CONDITION),
    unless: list(CONDITION),
    weigh: list(CONDITION),
    choose: list(CONDITION),
    card: closed(
      {
        indicator: { anyOf: [INDICATOR, list(closed({ level: INDICATOR, when: list(string) }, ['level']))] },
        kind: { enum: KINDS },
        summary: TEXT_SCHEMA,
        detail: TEXT_SCHEMA,
        bullet: TEXT_SCHEMA,
        rides: { enum: ['decision', 'leading'] },
        aloneOn: list(HOOK),
        links: list(string),
        leaflets: list(string),
        suggestions: list(SUGGESTION_SCHEMA),
        override: string,
      },
      ['indicator', 'kind'],
    ),
    examples: closed(
      {
        base: { type: 'object' },
        cases: list(
          closed(
            {
              name: string,
              but: { type: 'object' },
              expect: { enum: ['fires', 'silent', 'incomplete'] },
              because: string,
              check: list(string),
              indicator: INDICATOR,
              offers: list(string, 0),
            },
            ['name', 'expect'],
          ),
        ),
      },
      ['base', 'cases'],
    ),
  },
  [
    'id',
    'version',
    'status',
    'review',
    'for',
    'decision',
    'family',
    'statements',
    'hooks',
    'title',
    'source',
    'card',
    'examples',
  ],
);

/** Checks the shape of a rule file; its `errors` name the place. */
export const validRule = new Ajv({ allowUnionTypes: true, strictRequired: false, strictTypes: false }).compile<RawRule>(
  RULE_SCHEMA,
);
