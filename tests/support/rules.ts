/** A knowledge of a few facts, one source and one decision, so that tests of the engine need none of the medical rules. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fact, FactDeclaration, FactType, FactValue, ReadFact, Subject } from '../../src/facts/fact.js';
import { compileClause } from '../../src/rules/clauses.js';
import { loadRules, type RuleContext } from '../../src/rules/load-rules.js';
import type { Operator } from '../../src/rules/rule-schema.js';
import type { Clause, ClauseGroup, Rule, RuleCard } from '../../src/rules/rule.js';
import { parseYaml, type YamlFile } from '../../src/yaml-file.js';
import { ROOT } from './files.js';

const declare = (id: string, type: FactType, more: Partial<FactDeclaration> = {}): FactDeclaration => ({
  id,
  type,
  scope: 'episode',
  text: { nl: `${id} (nl)`, en: `${id} (en)` },
  maxLength: 40,
  ...more,
});

export const FACTS: readonly FactDeclaration[] = [
  declare('pain.days', 'days'),
  declare('pain.score', 'decimal'),
  declare('pain.atNight', 'boolean'),
  declare('pain.atRest', 'boolean'),
  declare('pain.sudden', 'boolean'),
  declare('complaint.note', 'text'),
  declare('complaint.began', 'date'),
  declare('complaint.sites', 'list'),
  declare('complaint.kind', 'code', {
    values: { sudden: { nl: 'plotseling', en: 'sudden' }, gradual: { nl: 'geleidelijk', en: 'gradual' } },
  }),
];

export const QUOTE = 'Pain at night, or at rest, for a week or more';

export const CONTEXT: RuleContext = {
  facts: FACTS,
  settings: { mildScore: { value: 4, unit: 'points', reason: 'a number of this test' } },
  statements: new Map([
    ['T-01', { id: 'T-01', document: 'leaflet', sha256: createHash('sha256').update(QUOTE).digest('hex') }],
    ['EXT-T1', { id: 'EXT-T1', kind: 'extension' as const }],
  ]),
  sources: {
    leaflet: { label: { nl: 'Folder', en: 'Leaflet' }, url: 'https://example.org/leaflet' },
    handbook: { label: { nl: 'Handboek', en: 'Handbook' } },
  },
  leaflets: new Set<string>(),
  links: { more: { label: { nl: 'Meer', en: 'More' }, url: 'https://example.org/more', checked: 'never' } },
  decisions: new Map([
    ['Pain', { id: 'Pain', title: { nl: 'Pijn', en: 'Pain' }, per: 'episode' as const }],
    ['Night', { id: 'Night', title: { nl: 'Nacht', en: 'Night' }, per: 'patient' as const }],
    ['Check', { id: 'Check', title: { nl: 'Controle', en: 'Check' }, per: 'order' as const }],
  ]),
  families: { 'F-PAIN': 'P4' },
  overrideSets: new Set(['flag']),
  draftKinds: new Set(['draft-test']),
  hasConcept: (concept) => concept === 'therapy-test',
  orderTemplates: new Set(['visit']),
};

/** A YAML file below `tests/fixtures`, named as its path there. */
export function fixture(path: string): YamlFile {
  return parseYaml(path, readFileSync(join(ROOT, 'tests/fixtures', path), 'utf8'));
}

/** The rule that loads, from which the refused ones are made. */
export function goodRule(): Rule {
  return loadRules([fixture('rules/night-pain.yaml')], CONTEXT)[0]!;
}

/** Reads facts out of a table by name; what the table does not hold is unknown. */
export function readFrom(facts: Readonly<Record<string, FactValue>>): ReadFact {
  return (number): Fact => {
    const value = facts[FACTS[number]!.id];
    return value === undefined ? { unknown: 'not recorded', evidence: [] } : { value, evidence: [] };
  };
}

/** Somebody without a record. */
export const NOBODY: Subject = { owners: { patient: [], episode: [], order: [] } };

/** A clause as a rule file has it, without its text. */
export type Written = Readonly<{ id: string; fact: string } & Partial<Record<Operator, unknown>>>;
const TEXT = { nl: 'zin', en: 'sentence' };

/** Clauses as the loader makes them, their texts left out. */
export const clauses = (...written: readonly Written[]): readonly Clause[] =>
  written.map((raw) => {
    const numbers = new Map(FACTS.map((fact, index) => [fact.id, index]));
    const fail = (_: unknown, sentence: string): never => {
      throw new Error(sentence);
    };
    return compileClause({ text: TEXT, ...raw }, [], CONTEXT, numbers, fail);
  });

/** Several clauses that count as one. */
export const group = (
  id: string,
  combine: ClauseGroup['combine'],
  members: readonly Clause[],
  atLeast = 1,
): ClauseGroup => ({ id, text: TEXT, combine, atLeast, clauses: members });

/** The good rule with other parts: without conditions it always fires. */
export function ruleOf(
  id: string,
  parts: Partial<Omit<Rule, 'card'>> & { readonly card?: Partial<RuleCard> } = {},
): Rule {
  const good = goodRule();
  const { card, ...rest } = parts;
  return {
    ...good,
    id,
    orders: [],
    when: [],
    unless: [],
    weigh: [],
    choose: [],
    ...rest,
    card: { ...good.card, ...card },
  };
}
