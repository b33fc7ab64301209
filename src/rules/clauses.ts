/**
 * One written clause -> a compiled test of one fact.
 * Refuses an unknown fact, an operator that does not fit the fact's type, and a setting that does not exist.
 */
import type { FactDeclaration, FactType, FactValue } from '../facts/fact.js';
import type { Truth } from '../three-valued.js';
import type { Fail } from './check-rules.js';
import type { RuleContext } from './load-rules.js';
import { OPERATORS, type Operator, type RawClause } from './rule-schema.js';
import type { Clause } from './rule.js';

const NUMERIC: readonly FactType[] = ['integer', 'decimal', 'days'];
const FITS: Readonly<Record<Operator, readonly FactType[]>> = {
  is: ['boolean', 'code', 'text', 'integer'],
  in: ['code', 'text', 'list'],
  atLeast: NUMERIC,
  above: NUMERIC,
  atMost: NUMERIC,
  below: NUMERIC,
  between: NUMERIC,
  recorded: ['boolean', 'integer', 'decimal', 'days', 'date', 'code', 'text', 'list'],
};

type Path = readonly (string | number)[];

/** Compiles a clause at a path of its file. */
export function compileClause(
  raw: RawClause,
  path: Path,
  context: RuleContext,
  numbers: ReadonlyMap<string, number>,
  fail: Fail,
): Clause {
  const number = numbers.get(raw.fact) ?? -1;
  const fact = context.facts[number];
  if (!fact) return fail([...path, 'fact'], `there is no fact ${raw.fact} in rules/facts`);
  const [operator, another] = OPERATORS.filter((one) => raw[one] !== undefined);
  if (!operator || another) return fail(path, `the clause ${raw.id} needs exactly one of ${OPERATORS.join(', ')}`);
  if (!FITS[operator].includes(fact.type)) {
    fail([...path, operator], `${operator} does not fit ${raw.fact}, which is a ${fact.type}`);
  }
  const written = raw[operator];
  const operand = resolveSetting(written, context, (name) =>
    fail([...path, operator], `there is no setting ${name} in rules/settings.yaml`),
  );
  const setting = settingName(written);
  const threshold = NUMERIC.includes(fact.type) && typeof operand === 'number' ? operand : undefined;
  return {
    id: raw.id,
    text: raw.text,
    fact: raw.fact,
    number,
    operator,
    operand,
    test:
      compileTest(operator, operand, fact) ??
      fail([...path, operator], `${JSON.stringify(written)} is no operand for ${operator} of a ${fact.type}`),
    ...(threshold !== undefined && { threshold }),
    ...(setting !== undefined && { setting }),
  };
}

function settingName(operand: unknown): string | undefined {
  return typeof operand === 'object' && operand !== null && 'setting' in operand ? String(operand.setting) : undefined;
}

function resolveSetting(operand: unknown, context: RuleContext, refuse: (name: string) => never): unknown {
  const name = settingName(operand);
  return name === undefined ? operand : (context.settings[name]?.value ?? refuse(name));
}

type Test = (value: FactValue | undefined) => Truth;

function compileTest(operator: Operator, operand: unknown, fact: FactDeclaration): Test | undefined {
  if (operator === 'recorded')
    return typeof operand === 'boolean' ? (value) => (value !== undefined) === operand : undefined;
  if (operator === 'is') return compileIs(operand, fact);
  if (operator === 'in') {
    if (!Array.isArray(operand) || !operand.every((one) => typeof one === 'string')) return undefined;
    const allowed: readonly string[] = operand;
    return whenKnown((value) =>
      typeof value === 'string'
        ? allowed.includes(value)
        : Array.isArray(value) && value.some((one: string) => allowed.includes(one)),
    );
  }
  return compileComparison(operator, operand);
}

function compileIs(operand: unknown, fact: FactDeclaration): Test | undefined {
  const type = fact.type === 'boolean' ? 'boolean' : fact.type === 'integer' ? 'number' : 'string';
  if (typeof operand !== type) return undefined;
  if (fact.values && !Object.hasOwn(fact.values, String(operand))) return undefined;
  return whenKnown((value) => value === operand);
}

function compileComparison(operator: Operator, operand: unknown): Test | undefined {
  if (operator === 'between') {
    if (!Array.isArray(operand) || operand.length !== 2) return undefined;
    const [low, high] = operand as readonly unknown[];
    if (typeof low !== 'number' || typeof high !== 'number' || low > high) return undefined;
    return whenKnown((value) => (value as number) >= low && (value as number) <= high);
  }
  if (typeof operand !== 'number') return undefined;
  const compare: Partial<Record<Operator, (value: number) => boolean>> = {
    atLeast: (value) => value >= operand,
    above: (value) => value > operand,
    atMost: (value) => value <= operand,
    below: (value) => value < operand,
  };
  const test = compare[operator];
  return test && whenKnown((value) => test(value as number));
}

function whenKnown(test: (value: FactValue) => boolean): Test {
  return (value) => (value === undefined ? undefined : test(value));
}
