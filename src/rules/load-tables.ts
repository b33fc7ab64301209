/**
 * The small tables beside the rules: decisions (card topics), families and their level, precedence.
 * Enters: parsed YAML. Leaves: checked tables. Throws KnowledgeError. Runs at start-up only.
 */
import { Ajv } from 'ajv';
import { HOOKS } from '../cds-hooks/request.js';
import { KnowledgeError, schemaError, type YamlFile } from '../yaml-file.js';
import type { Link } from './load-rules.js';
import { KINDS, LEVELS, type Decision, type Level, type OutcomePattern, type Precedence, type Rule } from './rule.js';
import { TEXT_SCHEMA, type Text } from '../text.js';

const ajv = new Ajv();

const validDecisions = ajv.compile<Readonly<Record<string, { readonly title: Text; readonly per: Decision['per'] }>>>({
  type: 'object',
  propertyNames: { pattern: '^[A-Za-z0-9]{1,100}$' },
  additionalProperties: {
    type: 'object',
    required: ['title', 'per'],
    additionalProperties: false,
    properties: { title: TEXT_SCHEMA, per: { enum: ['patient', 'episode', 'order'] } },
  },
});

/** Reads the closed list of decisions; their order is the last word in ranking. */
export function loadDecisions(file: YamlFile): ReadonlyMap<string, Decision> {
  if (!validDecisions(file.value)) throw schemaError(file, validDecisions.errors);
  return new Map(Object.entries(file.value).map(([id, decision]) => [id, { id, ...decision }]));
}

const validLinks = ajv.compile<Readonly<Record<string, Link>>>({
  type: 'object',
  additionalProperties: {
    type: 'object',
    required: ['label', 'url', 'checked'],
    additionalProperties: false,
    properties: {
      label: TEXT_SCHEMA,
      url: { type: 'string', pattern: '^https?://' },
      checked: { type: 'string', pattern: '^(?:never|\\d{4}-\\d\\d-\\d\\d)$' },
    },
  },
});

/** Reads the closed list of addresses that a card may point to. */
export function loadLinks(file: YamlFile): Readonly<Record<string, Link>> {
  if (!validLinks(file.value)) throw schemaError(file, validLinks.errors);
  return file.value;
}

const validFamilies = ajv.compile<Readonly<Record<string, Level>>>({
  type: 'object',
  additionalProperties: { enum: LEVELS },
});

/** Reads the level of each family of the catalogue. */
export function loadFamilies(file: YamlFile): Readonly<Record<string, Level>> {
  if (!validFamilies(file.value)) throw schemaError(file, validFamilies.errors);
  return file.value;
}

const some = (items: unknown): Record<string, unknown> => ({ type: 'array', minItems: 1, items });
const PATTERN = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: {
    levels: some({ enum: LEVELS }),
    decisions: some({ type: 'string' }),
    kinds: some({ enum: KINDS }),
    indicators: some({ enum: ['info', 'warning', 'critical'] }),
    rules: some({ type: 'string' }),
    outcome: { enum: ['fires', 'incomplete'] },
  },
};
const validPrecedence = ajv.compile<readonly (Omit<Precedence, 'scope'> & { readonly scope?: Precedence['scope'] })[]>({
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'because', 'if', 'drop'],
    additionalProperties: false,
    properties: {
      id: { type: 'string' },
      because: { type: 'string' },
      on: some({ enum: HOOKS }),
      if: PATTERN,
      but: PATTERN,
      drop: PATTERN,
      scope: { enum: ['patient', 'episode'] },
    },
  },
});

/** Reads the rows of precedence, in their order; every decision and rule that a row names must exist. */
export function loadPrecedence(
  file: YamlFile,
  decisions: ReadonlyMap<string, Decision>,
  rules: readonly Rule[],
): readonly Precedence[] {
  if (!validPrecedence(file.value)) throw schemaError(file, validPrecedence.errors);
  const ids = new Set(rules.map((rule) => rule.id));
  return file.value.map((row, index) => {
    const patterns: readonly (readonly [string, OutcomePattern])[] = [
      ['if', row.if],
      ...(row.but ? ([['but', row.but]] as const) : []),
      ['drop', row.drop],
    ];
    for (const [key, pattern] of patterns) {
      const decision = pattern.decisions?.find((name) => !decisions.has(name));
      const rule = pattern.rules?.find((name) => !ids.has(name));
      if (decision !== undefined)
        throw new KnowledgeError(file.at([index, key]), `there is no decision ${decision} in rules/decisions.yaml`);
      if (rule !== undefined) throw new KnowledgeError(file.at([index, key]), `there is no active rule ${rule}`);
    }
    return { ...row, scope: row.scope ?? 'patient' };
  });
}
