/**
 * Clauses of a rule -> FHIRPath over facts, of which the rules' three values are the same: true, false, and empty for unknown.
 * A fact is an environment variable: a number, boolean or text; days as a number; a list as its items. Empty is unknown, so a list that is
 * known to hold nothing has the item `none`: an empty text would do in fhirpath.js, and is no item at all in others.
 */
import type { FactDeclaration } from '../facts/fact.js';
import { isGroup, type Clause, type ClauseGroup, type Condition } from '../rules/rule.js';

/** The item of a list that is known to hold nothing. */
export const NONE = 'none';

/** Which facts are lists is all that the expressions need to know of them. */
export type Declarations = readonly Pick<FactDeclaration, 'type'>[];

/** The truth of a clause or group. Throws RangeError for an operator that has no FHIRPath here. */
export function expressionOf(condition: Condition, facts: Declarations): string {
  return isGroup(condition) ? groupExpression(condition, facts) : clauseExpression(condition, facts);
}

/** True when an expression is false or unknown: what is not known to be so stops nothing. */
export function notKnownTrue(expression: string): string {
  return `iif(${expression}, false, true)`;
}

/** All of some expressions. */
export function all(expressions: readonly string[]): string {
  return expressions.map((one) => `(${one})`).join(' and ');
}

function groupExpression({ combine, atLeast, clauses }: ClauseGroup, facts: Declarations): string {
  const members = clauses.map((clause) => clauseExpression(clause, facts));
  if (combine === 'allOf') return all(members);
  if (combine === 'anyOf') return members.map((one) => `(${one})`).join(' or ');
  const certain = members.map((one) => `iif(${one}, 1, 0)`).join(' + ');
  const possible = members.map((one) => `iif((${one}).not(), 0, 1)`).join(' + ');
  return `iif(${certain} >= ${atLeast}, true, iif(${possible} >= ${atLeast}, {}, false))`;
}

const COMPARISONS: Readonly<Record<string, string>> = { is: '=', atLeast: '>=', above: '>', atMost: '<=', below: '<' };

function clauseExpression(clause: Clause, facts: Declarations): string {
  const { operator, number } = clause;
  const fact = `%\`${clause.fact}\``;
  const operand = clause.operand;
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) return `${fact} ${comparison} ${literal(operand)}`;
  if (operator === 'recorded') return operand === true ? `${fact}.exists()` : `${fact}.empty()`;
  const operands = Array.isArray(operand) ? (operand as readonly unknown[]).map(literal) : [];
  if (operator === 'between') return `${fact} >= ${operands[0]} and ${fact} <= ${operands[1]}`;
  if (operator !== 'in') throw new RangeError(`the operator ${operator} has no FHIRPath`);
  const allowed = `(${operands.join(' | ')})`;
  if (facts[number]?.type !== 'list') return `${fact} in ${allowed}`;
  // Whether one item of none is allowed would be false, where nothing is known.
  return `iif(${fact}.empty(), {}, ${fact}.where($this in ${allowed}).exists())`;
}

function literal(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  throw new RangeError(`${JSON.stringify(value)} is no FHIRPath literal`);
}
