/**
 * Every kind of clause and group as FHIRPath, over random values of facts, unknown among them: beside the engine in two implementations of FHIRPath.
 */
import fc from 'fast-check';
import { evalFhirPath } from '@medplum/core';
import { describe, expect, it } from 'vitest';
import { expressionOf, notKnownTrue } from '../../src/export/fhirpath.js';
import type { FactValue } from '../../src/facts/fact.js';
import { truthOf as engineTruth } from '../../src/rules/evaluate.js';
import type { Condition } from '../../src/rules/rule.js';
import { truthOf, variableOf } from '../support/plans.js';
import { clauses, FACTS, group, NOBODY, readFrom } from '../support/rules.js';

const [night, rest, sudden, days, score, kind, sites, note] = clauses(
  { id: 'night', fact: 'pain.atNight', is: true },
  { id: 'rest', fact: 'pain.atRest', is: false },
  { id: 'sudden', fact: 'pain.sudden', is: true },
  { id: 'days', fact: 'pain.days', between: [3, 13] },
  { id: 'score', fact: 'pain.score', atLeast: 7 },
  { id: 'kind', fact: 'complaint.kind', is: 'sudden' },
  { id: 'sites', fact: 'complaint.sites', in: ['neck', "l'épaule"] },
  { id: 'note', fact: 'complaint.note', is: "it's \\ so" },
);
const MORE = clauses(
  { id: 'above', fact: 'pain.score', above: 6.5 },
  { id: 'at-most', fact: 'pain.score', atMost: 6.5 },
  { id: 'below', fact: 'pain.days', below: 3 },
  { id: 'setting', fact: 'pain.score', below: { setting: 'mildScore' } },
  { id: 'in', fact: 'complaint.kind', in: ['sudden', 'none'] },
  { id: 'began', fact: 'complaint.began', recorded: true },
  { id: 'not-began', fact: 'complaint.began', recorded: false },
  { id: 'no-sites', fact: 'complaint.sites', recorded: false },
);
const MEMBERS = [night!, rest!, sudden!, days!];
const CONDITIONS: readonly Condition[] = [
  ...MEMBERS,
  score!,
  kind!,
  sites!,
  note!,
  ...MORE,
  group('any', 'anyOf', MEMBERS),
  group('all', 'allOf', MEMBERS),
  ...[1, 2, 3, 4].map((count) => group(`count-${count}`, 'countOf', MEMBERS, count)),
  group('any-with-list', 'anyOf', [sites!, kind!]),
];

/** Values on both sides of every bound; unknown where it is left out. */
const values = fc.record(
  {
    'pain.atNight': fc.boolean(),
    'pain.atRest': fc.boolean(),
    'pain.sudden': fc.boolean(),
    'pain.days': fc.constantFrom(-1, 0, 2, 3, 4, 12, 13, 14),
    'pain.score': fc.constantFrom(0, 3.9, 4, 6.4, 6.5, 6.6, 6.9, 7, 7.1, 10),
    'complaint.kind': fc.constantFrom('sudden', 'gradual'),
    'complaint.sites': fc.subarray(['neck', "l'épaule", 'elbow', 'hand'], { minLength: 0 }),
    'complaint.note': fc.constantFrom("it's \\ so", 'so', 'sudden'),
    'complaint.began': fc.integer({ min: 20000, max: 20500 }),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Readonly<Record<string, FactValue>>>;

const RUNS = { numRuns: 150, seed: 20261121 };

describe('a clause or group as FHIRPath is true, false and empty where the engine has true, false and unknown', () => {
  it.each(CONDITIONS.map((condition) => [condition.id, condition] as const))('%s', (_, condition) => {
    const expression = expressionOf(condition, FACTS);
    const seen = new Set<boolean | undefined>();
    fc.assert(
      fc.property(values, (facts) => {
        const meant = engineTruth(condition, NOBODY, readFrom(facts));
        seen.add(meant);
        const variables = Object.fromEntries(FACTS.map(({ id }) => [id, variableOf(facts[id])]));
        expect(truthOf(expression, variables)).toBe(meant);
        expect(truthOf(notKnownTrue(expression), variables)).toBe(meant !== true);
        expect(medplumTruth(expression, variables)).toBe(meant);
      }),
      RUNS,
    );
    // Only what asks whether something is recorded is never unknown.
    expect(seen.has(undefined)).toBe(!('operator' in condition && condition.operator === 'recorded'));
    expect([...seen]).toEqual(expect.arrayContaining([true, false]));
  });
});

/** The same in Medplum, which knows no variable of several items: their values stand in the expression. */
function medplumTruth(expression: string, variables: Readonly<Record<string, unknown>>): boolean | undefined {
  const written = expression.replaceAll(/%`([^`]+)`/g, (_, id: string) => {
    const items = [variables[id]].flat().map((item) => (typeof item === 'string' ? quoted(item) : `(${String(item)})`));
    return items.length === 0 ? '({})' : `(${items.join(' | ')})`;
  });
  const found = evalFhirPath(written, {}) as readonly boolean[];
  return found[0];
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
