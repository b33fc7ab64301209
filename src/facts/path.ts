/**
 * FHIRPath of a fact definition -> a function of one resource.
 * Enters: an expression. Leaves: a reader that gives the first value found, or undefined. Compiles at start-up only.
 * Paths of a closed subset (names, `ofType(Type)`, `where(name = 'text')`, `first()`, `exists()`) become plain closures, a thousand times
 * faster than the engine; fhirpath.js runs the rest and is the oracle of the subset's property test.
 */
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';

/** Reads one resource; gives a boolean, number or string, or undefined when the path finds nothing. */
export type ReadPath = (resource: unknown) => unknown;

type Step = (items: readonly unknown[]) => readonly unknown[];
type Node = Readonly<Record<string, unknown>>;

const STEP =
  /^(?:(?<name>[a-zA-Z]+)(?:\.ofType\((?<type>[A-Za-z]+)\))?|where\((?<key>[a-z][A-Za-z]*) = '(?<text>[^']*)'\)|(?<call>first|exists)\(\))$/;
const SPLIT = /\.(?=(?:[a-zA-Z]+(?:\.ofType\([A-Za-z]+\))?|where\([^)]*\)|first\(\)|exists\(\))(?:\.|$))/;

/** Compiles an expression; throws Error with a short message when it is not FHIRPath. */
export function compilePath(expression: string): ReadPath {
  return compileSubset(expression) ?? compileWithEngine(expression);
}

/** The closure of an expression of the closed subset, undefined for any other. */
export function compileSubset(expression: string): ReadPath | undefined {
  const steps: Step[] = [];
  for (const part of expression.split(SPLIT)) {
    const groups = STEP.exec(part)?.groups;
    if (!groups) return undefined;
    if (groups['call'])
      steps.push(groups['call'] === 'exists' ? (items) => [items.length > 0] : (items) => items.slice(0, 1));
    else if (groups['key']) steps.push(whereEquals(groups['key'], groups['text'] ?? ''));
    else steps.push(child(groups['name'] ?? '', groups['type']));
  }
  return (resource) => steps.reduce<readonly unknown[]>((items, step) => step(items), [resource])[0];
}

function child(name: string, type: string | undefined): Step {
  const key = type === undefined ? name : name + type.charAt(0).toUpperCase() + type.slice(1);
  return (items) =>
    items.flatMap((item): readonly unknown[] => {
      const value = isNode(item) ? item[key] : undefined;
      if (value === undefined || value === null) return [];
      return Array.isArray(value) ? (value as readonly unknown[]) : [value];
    });
}

function whereEquals(key: string, text: string): Step {
  return (items) => items.filter((item) => isNode(item) && item[key] === text);
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same expression, run by fhirpath.js. */
export function compileWithEngine(expression: string): ReadPath {
  const model = r4 as Parameters<typeof fhirpath.compile>[1];
  let run: (resource: unknown) => unknown;
  try {
    run = fhirpath.compile(expression, model) as (resource: unknown) => unknown;
  } catch (error) {
    throw new Error(`not FHIRPath: ${(error as Error).message.slice(0, 120)}`, { cause: error });
  }
  return (resource) => {
    // The engine throws strings on type errors, which real records contain: such a path finds nothing.
    try {
      const found = run(resource);
      return Array.isArray(found) ? (found as readonly unknown[])[0] : undefined;
    } catch {
      return undefined;
    }
  };
}
