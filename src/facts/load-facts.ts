/**
 * Fact definitions: YAML -> checked, compiled definitions.
 * Enters: the text of `rules/facts/*.yaml`. Leaves: definitions that `facts.ts` computes. Throws KnowledgeError.
 */
import { Ajv } from 'ajv';
import type { CodeSets } from '../fhir/code-sets.js';
import { KnowledgeError, schemaError, type YamlFile } from '../yaml-file.js';
import type { Derivation, Derivations } from './derivation.js';
import type { FactDeclaration, FactScope, FactType } from './fact.js';
import type { Settings } from './load-settings.js';
import { compilePath, type ReadPath } from './path.js';
import { TEXT_SCHEMA, type Text } from '../text.js';

/** A number, or the name of a setting that holds it. */
export type NumberOrSetting = number | { readonly setting: string };

interface RawSource {
  readonly type: string;
  readonly valueSet: string;
  readonly value?: string;
  readonly state?: readonly string[];
}

interface RawFact {
  readonly type: FactType;
  readonly scope?: FactScope;
  readonly text: Text;
  readonly unit?: Text;
  readonly maxLength?: number;
  readonly values?: Readonly<Record<string, Text>>;
  readonly finding?: string | readonly string[];
  readonly from?: readonly RawSource[];
  readonly derive?: string;
  readonly value?: string;
  readonly window?: 'episode' | 'alarm' | 'ever' | { readonly days: NumberOrSetting };
  readonly sites?: readonly string[];
  readonly pick?: 'latest' | 'highest' | 'lowest' | 'earliest' | 'any' | 'count';
  readonly maxAgeDays?: NumberOrSetting;
  readonly withinEpisode?: boolean;
  readonly absent?: 'unknown' | 'false';
}

export interface Source {
  readonly type: string;
  readonly valueSet: string;
  readonly states: readonly string[];
  readonly read: ReadPath;
  /** The FHIRPath that `read` was compiled from; absent: that there is such a record is the value. */
  readonly path?: string;
}

/** A fact, ready to be computed. */
export interface FactDefinition extends FactDeclaration {
  /** Path of the file that defines it. */
  readonly file: string;
  readonly findings: readonly string[];
  readonly sources: readonly Source[];
  readonly derivation?: Derivation;
  /** The name of its derivation. */
  readonly derivedBy?: string;
  readonly readNumber?: ReadPath;
  readonly window: 'episode' | 'alarm' | 'ever' | { readonly days: number };
  readonly sites?: readonly string[];
  readonly pick: NonNullable<RawFact['pick']>;
  readonly maxAgeDays?: number;
  readonly withinEpisode: boolean;
  readonly absent: 'unknown' | 'false';
}

const NUMBER_SCHEMA = {
  anyOf: [
    { type: 'number' },
    { type: 'object', required: ['setting'], additionalProperties: false, properties: { setting: { type: 'string' } } },
  ],
};

const ajv = new Ajv({ allErrors: false, allowUnionTypes: true });

const validFacts = ajv.compile<Readonly<Record<string, RawFact>>>({
  type: 'object',
  propertyNames: { pattern: '^[a-z][A-Za-z]*\\.[a-z][A-Za-z0-9]*$' },
  additionalProperties: {
    type: 'object',
    required: ['type', 'text'],
    additionalProperties: false,
    properties: {
      type: { enum: ['boolean', 'integer', 'decimal', 'days', 'date', 'code', 'text', 'list'] },
      scope: { enum: ['patient', 'episode', 'order'] },
      text: TEXT_SCHEMA,
      unit: TEXT_SCHEMA,
      maxLength: { type: 'integer', minimum: 1 },
      values: { type: 'object', additionalProperties: TEXT_SCHEMA },
      finding: { anyOf: [{ type: 'string' }, { type: 'array', minItems: 1, items: { type: 'string' } }] },
      from: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['type', 'valueSet'],
          additionalProperties: false,
          properties: {
            type: { type: 'string' },
            valueSet: { type: 'string' },
            value: { type: 'string' },
            state: { type: 'array', items: { type: 'string' }, minItems: 1 },
          },
        },
      },
      derive: { type: 'string' },
      value: { type: 'string' },
      window: {
        anyOf: [
          { enum: ['episode', 'alarm', 'ever'] },
          { type: 'object', required: ['days'], additionalProperties: false, properties: { days: NUMBER_SCHEMA } },
        ],
      },
      sites: { type: 'array', minItems: 1, items: { type: 'string' } },
      pick: { enum: ['latest', 'highest', 'lowest', 'earliest', 'any', 'count'] },
      maxAgeDays: NUMBER_SCHEMA,
      withinEpisode: { type: 'boolean' },
      absent: { enum: ['unknown', 'false'] },
    },
  },
});

export interface FactTools {
  readonly codeSets: CodeSets;
  readonly derivations: Derivations;
  readonly settings: Settings;
}

/** Reads all fact files; the place of a fact in the result is its number. */
export function loadFacts(files: readonly YamlFile[], tools: FactTools): readonly FactDefinition[] {
  const definitions = files.flatMap((file) => {
    if (!validFacts(file.value)) throw schemaError(file, validFacts.errors);
    return Object.entries(file.value).map(([id, raw]) => ({ file, id, definition: defineFact(file, id, raw, tools) }));
  });
  const seen = new Set<string>();
  for (const { file, id, definition } of definitions) {
    if (seen.has(id)) throw new KnowledgeError(file.at([id]), `the fact ${id} is defined twice; keep one`);
    seen.add(id);
    for (const needed of definition.derivation?.facts ?? []) {
      if (!definitions.some((other) => other.id === needed)) {
        throw new KnowledgeError(
          file.at([id, 'derive']),
          `the derivation of ${id} needs the fact ${needed}, which is not defined`,
        );
      }
    }
  }
  return definitions.map(({ definition }) => definition);
}

/** Refuses at a key of a fact. */
type Fail = (key: string, sentence: string) => never;

function defineFact(file: YamlFile, id: string, raw: RawFact, tools: FactTools): FactDefinition {
  const fail: Fail = (key, sentence) => {
    throw new KnowledgeError(file.at([id, key]), sentence);
  };
  if ([raw.finding, raw.from, raw.derive].filter((form) => form !== undefined).length !== 1) {
    fail('type', `the fact ${id} needs exactly one of finding, from and derive`);
  }
  const number = (key: string, value: NumberOrSetting): number => resolveNumber(key, value, tools, fail);
  const findings = typeof raw.finding === 'string' ? [raw.finding] : (raw.finding ?? []);
  for (const name of findings) checkValueSet('finding', name, tools, fail);
  const derivation = raw.derive === undefined ? undefined : derivationOf(raw.derive, tools, fail);
  const window = raw.window ?? (raw.scope === 'patient' ? 'alarm' : 'episode');
  return {
    id,
    file: file.name,
    type: raw.type,
    scope: raw.scope ?? 'episode',
    text: raw.text,
    maxLength: raw.maxLength ?? 40,
    findings,
    sources: (raw.from ?? []).map((source) => compileSource(source, tools, fail)),
    window: typeof window === 'object' ? { days: number('window', window.days) } : window,
    pick: raw.pick ?? 'latest',
    withinEpisode: raw.withinEpisode ?? false,
    absent: raw.absent ?? 'unknown',
    ...(raw.values && { values: raw.values }),
    ...(raw.unit && { unit: raw.unit }),
    ...(raw.sites && { sites: raw.sites }),
    ...(derivation && raw.derive !== undefined && { derivation, derivedBy: raw.derive }),
    ...(raw.value !== undefined && { readNumber: compile(raw.value, 'value', fail) }),
    ...(raw.maxAgeDays !== undefined && { maxAgeDays: number('maxAgeDays', raw.maxAgeDays) }),
  };
}

function resolveNumber(key: string, value: NumberOrSetting, { settings }: FactTools, fail: Fail): number {
  if (typeof value === 'number') return value;
  return settings[value.setting]?.value ?? fail(key, `there is no setting ${value.setting} in rules/settings.yaml`);
}

function checkValueSet(key: string, name: string, { codeSets }: FactTools, fail: Fail): void {
  if (!codeSets.has(name)) fail(key, `there is no value set ${name} in fhir-profiles/value-sets`);
}

/** A derivation by its name; refused when it, or a setting that it reads, is not there. */
function derivationOf(name: string, tools: FactTools, fail: Fail): Derivation {
  const derivation = tools.derivations[name] ?? fail('derive', `there is no derivation ${name} in src/facts/derive`);
  for (const setting of derivation.settings ?? []) resolveNumber('derive', { setting }, tools, fail);
  return derivation;
}

function compileSource({ type, valueSet, state, value }: RawSource, tools: FactTools, fail: Fail): Source {
  checkValueSet('from', valueSet, tools, fail);
  return {
    type,
    valueSet,
    states: state ?? ['active', 'final', 'done', 'planned', 'running'],
    ...(value === undefined ? { read: () => true } : { read: compile(value, 'from', fail), path: value }),
  };
}

function compile(expression: string, key: string, fail: Fail): ReadPath {
  try {
    return compilePath(expression);
  } catch (error) {
    return fail(key, `${expression} is ${(error as Error).message}`);
  }
}
