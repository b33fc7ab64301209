/**
 * Rule files -> rules, or a KnowledgeError with file, line and a sentence.
 * Enters: parsed YAML and what it may refer to. Leaves: compiled rules; no file is read here. Runs at start-up only.
 */
import type { FactDeclaration, FactValue } from '../facts/fact.js';
import type { Settings } from '../facts/load-settings.js';
import { KnowledgeError, schemaError, type YamlFile } from '../yaml-file.js';
import { checkRule, type Fail } from './check-rules.js';
import { compileClause } from './clauses.js';
import { validRule, type RawCondition, type RawRule } from './rule-schema.js';
import type { Condition, Decision, Level, Rule, RuleCard, RuleExample } from './rule.js';
import { buildSuggestion } from './suggestion-plan.js';
import type { Text } from '../text.js';

/** A statement of the catalogue: where it stands and the hash of its folded quote. */
export interface Statement {
  readonly id: string;
  readonly document?: string;
  readonly place?: string;
  readonly sha256?: string;
  readonly family?: string;
  readonly type?: string;
  readonly kind?: 'safety' | 'extension';
}

/** A text that rules cite. */
export interface SourceDocument {
  readonly label: Text;
  readonly url?: string;
}

export interface Link {
  readonly label: Text;
  readonly url: string;
  /** The day on which somebody last opened it. */
  readonly checked: string;
}

/** All that a rule may name. */
export interface RuleContext {
  readonly facts: readonly FactDeclaration[];
  readonly settings: Settings;
  readonly statements: ReadonlyMap<string, Statement>;
  readonly sources: Readonly<Record<string, SourceDocument>>;
  readonly links: Readonly<Record<string, Link>>;
  readonly leaflets: ReadonlySet<string>;
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly families: Readonly<Record<string, Level>>;
  readonly overrideSets: ReadonlySet<string>;
  readonly draftKinds: ReadonlySet<string>;
  /** Whether there is a value set of this name. */
  readonly hasConcept: (concept: string) => boolean;
  /** Ids of the order templates. */
  readonly orderTemplates: ReadonlySet<string>;
}

interface Compiled {
  readonly file: YamlFile;
  readonly raw: RawRule;
  readonly rule: Rule;
}

/** Compiles and checks all rule files; draft and retired rules are checked too, and left out of the result. */
export function loadRules(files: readonly YamlFile[], context: RuleContext): readonly Rule[] {
  const rules = compileAll(files, context);
  for (const { file, raw, rule } of rules) checkRule(rule, raw, context, failIn(file));
  const seen = new Map<string, YamlFile>();
  for (const { file, rule } of rules) {
    const other = seen.get(rule.id);
    if (other)
      throw new KnowledgeError(
        file.at(['id']),
        `the id ${rule.id} is also that of ${other.name}; every rule needs its own`,
      );
    seen.set(rule.id, file);
  }
  return active(rules);
}

/** Compiles rule files that have been checked, against a site's own settings: the examples speak of the shipped ones. */
export function compileRules(files: readonly YamlFile[], context: RuleContext): readonly Rule[] {
  return active(compileAll(files, context));
}

function compileAll(files: readonly YamlFile[], context: RuleContext): readonly Compiled[] {
  const numbers = new Map(context.facts.map((fact, index) => [fact.id, index]));
  return files.map((file) => {
    if (!validRule(file.value)) throw schemaError(file, validRule.errors);
    return { file, raw: file.value, rule: buildRule(file, file.value, context, numbers, failIn(file)) };
  });
}

function failIn(file: YamlFile): Fail {
  return (path, sentence) => {
    throw new KnowledgeError(file.at(path), sentence);
  };
}

function active(rules: readonly Compiled[]): readonly Rule[] {
  return rules.map(({ rule }) => rule).filter((rule) => rule.status === 'active');
}

function buildRule(
  file: YamlFile,
  raw: RawRule,
  context: RuleContext,
  numbers: ReadonlyMap<string, number>,
  fail: Fail,
): Rule {
  const conditions = (key: 'when' | 'unless' | 'weigh' | 'choose'): readonly Condition[] =>
    (raw[key] ?? []).map((condition, index) => buildCondition(condition, [key, index], context, numbers, fail));
  const level =
    context.families[raw.family] ?? fail(['family'], `there is no family ${raw.family} in rules/families.yaml`);
  return {
    id: raw.id,
    version: raw.version,
    status: raw.status,
    review: raw.review,
    for: typeof raw.for === 'string' ? (raw.for === 'patient' ? 'patient' : [raw.for]) : raw.for,
    orders: raw.orders ?? [],
    decision: raw.decision,
    family: raw.family,
    level: raw.level ?? level,
    familyRank: Object.keys(context.families).indexOf(raw.family),
    statements: raw.statements,
    hooks: raw.hooks,
    title: raw.title,
    jurisdictions: raw.jurisdiction ?? [],
    source: raw.source.map((citation) => ({ ...citation, kind: citation.kind ?? 'source' })),
    notes: raw.notes ?? [],
    when: conditions('when'),
    unless: conditions('unless'),
    weigh: conditions('weigh'),
    choose: conditions('choose'),
    card: buildCard(raw.card),
    examples: raw.examples.cases.map((example) => buildExample(example, raw.examples.base)),
    file: file.name,
  };
}

function buildCard(card: RawRule['card']): RuleCard {
  return {
    indicator:
      typeof card.indicator === 'string'
        ? [{ level: card.indicator, when: [] }]
        : card.indicator.map((row) => ({ level: row.level, when: row.when ?? [] })),
    kind: card.kind,
    rides: card.rides ?? 'decision',
    aloneOn: card.aloneOn ?? [],
    links: card.links ?? [],
    leaflets: card.leaflets ?? [],
    suggestions: (card.suggestions ?? []).map(buildSuggestion),
    ...(card.summary && { summary: card.summary }),
    ...(card.detail && { detail: card.detail }),
    ...(card.bullet && { bullet: card.bullet }),
    ...(card.override && { override: card.override }),
  };
}

function buildCondition(
  raw: RawCondition,
  path: readonly (string | number)[],
  context: RuleContext,
  numbers: ReadonlyMap<string, number>,
  fail: Fail,
): Condition {
  if ('fact' in raw) return compileClause(raw, path, context, numbers, fail);
  const combine = raw.anyOf ? 'anyOf' : raw.allOf ? 'allOf' : 'countOf';
  const members = raw.anyOf ?? raw.allOf ?? raw.countOf?.of ?? [];
  const below = combine === 'countOf' ? [...path, 'countOf', 'of'] : [...path, combine];
  return {
    id: raw.id,
    text: raw.text,
    combine,
    atLeast: raw.countOf?.atLeast ?? 1,
    clauses: members.map((member, index) => compileClause(member, [...below, index], context, numbers, fail)),
  };
}

/** The facts of an example: the base with its differences, without those that are `unknown`. */
function buildExample(
  example: RawRule['examples']['cases'][number],
  base: Readonly<Record<string, unknown>>,
): RuleExample {
  const facts = Object.entries({ ...base, ...example.but }).filter(([, value]) => value !== 'unknown');
  return {
    name: example.name,
    facts: Object.fromEntries(facts) as Readonly<Record<string, FactValue>>,
    expect: example.expect,
    check: example.check ?? [],
    ...(example.because !== undefined && { because: example.because }),
    ...(example.indicator !== undefined && { indicator: example.indicator }),
    ...(example.offers && { offers: example.offers }),
  };
}
