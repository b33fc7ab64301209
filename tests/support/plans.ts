/**
 * Runs exported PlanDefinitions as another system would: their FHIRPath over the values of facts, and nothing of our engine.
 */
import fhirpath from 'fhirpath';
import type { PlanDefinition, PlanDefinitionAction } from 'fhir/r4.js';
import { NONE } from '../../src/export/fhirpath.js';
import type { FactValue } from '../../src/facts/fact.js';
import type { Result } from '../../src/rules/evaluate.js';

/** The value of a fact by its id, undefined where it is unknown. */
export type ValueOf = (fact: string) => FactValue | undefined;

export interface PlanOutcome {
  readonly result: Result;
  /** The truth of each condition, in the order of the action. */
  readonly truths: readonly (boolean | undefined)[];
  /** Where it fires. */
  readonly priority?: string;
  /** Places of the suggestions that apply, where it fires. */
  readonly offers?: readonly number[];
}

type Variables = Readonly<Record<string, unknown>>;
const compiled = new Map<string, (resource: unknown, variables: Variables) => readonly unknown[]>();

/** The truth of an expression: undefined for an empty collection. Throws for anything but one boolean, and for a variable that is not given. */
export function truthOf(expression: string, variables: Variables): boolean | undefined {
  const run = compiled.get(expression) ?? (fhirpath.compile(expression) as never);
  compiled.set(expression, run);
  const found = run({}, variables);
  if (found.length === 0) return undefined;
  if (found.length > 1 || typeof found[0] !== 'boolean')
    throw new TypeError(`${expression} gives ${JSON.stringify(found)}`);
  return found[0];
}

/** A fact as the export says that it is handed over: empty is unknown, so a list that holds nothing has an item of its own. */
export function variableOf(value: FactValue | undefined): unknown {
  if (value === undefined) return [];
  return Array.isArray(value) && value.length === 0 ? [NONE] : value;
}

const told = new Map<string, PlanOutcome>();

/** Runs the action of a plan; once for the same values, which many stories have. */
export function runPlan(plan: PlanDefinition, valueOf: ValueOf): PlanOutcome {
  const [action] = plan.action ?? [];
  if (!action) throw new RangeError(`${plan.id} has no action`);
  const variables = variablesOf(action, valueOf);
  const key = JSON.stringify([plan.id, variables]);
  const outcome = told.get(key) ?? runAction(action, variables);
  told.set(key, outcome);
  return outcome;
}

function runAction(action: PlanDefinitionAction, variables: Variables): PlanOutcome {
  const expressions = expressionsOf(action);
  const truths = expressions.map((expression) => truthOf(expression, variables));
  const whole =
    expressions.length === 0 ? true : truthOf(expressions.map((one) => `(${one})`).join(' and '), variables);
  if (whole !== true) return { result: whole === false ? 'silent' : 'incomplete', truths };
  const applies = (one: PlanDefinitionAction): boolean =>
    expressionsOf(one).every((expression) => truthOf(expression, variables) === true);
  const groups = action.action ?? [];
  const urgency = groups.find(({ selectionBehavior }) => selectionBehavior === 'exactly-one');
  const rows = urgency ? (urgency.action ?? []).filter(applies) : [action];
  if (rows.length !== 1) throw new RangeError(`${rows.length} rows of urgency apply: ${action.title}`);
  const offers = groups.find((group) => group !== urgency)?.action ?? [];
  return {
    result: 'fires',
    truths,
    priority: String(rows[0]?.priority),
    offers: offers.flatMap((offer, place) => (applies(offer) ? [place] : [])),
  };
}

/** The expressions of an action's conditions. */
export function expressionsOf({ condition = [] }: PlanDefinitionAction): readonly string[] {
  return condition.map(({ expression }) => expression?.expression ?? '');
}

const names = new WeakMap<PlanDefinitionAction, readonly string[]>();

function variablesOf(action: PlanDefinitionAction, valueOf: ValueOf): Variables {
  const known = names.get(action) ?? variableNames(action);
  names.set(action, known);
  return Object.fromEntries(known.map((name) => [name, variableOf(valueOf(name))]));
}

/** The facts that the expressions of an action and of those below it name. */
export function variableNames(action: PlanDefinitionAction): readonly string[] {
  const own = expressionsOf(action).flatMap((text) => [...text.matchAll(/%`([^`]+)`/g)].map(([, name]) => name ?? ''));
  return [...new Set([...own, ...(action.action ?? []).flatMap(variableNames)])];
}
