/** The closed subset of FHIRPath that becomes closures, held against fhirpath.js over generated resources. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePath, compileSubset, compileWithEngine } from '../../src/facts/path.js';
import { filesBelow, readText } from '../support/files.js';
import { parseYaml } from '../../src/yaml-file.js';

/** Every expression that a fact definition holds. */
function expressionsOfFacts(): readonly string[] {
  const facts = filesBelow('rules/facts', '.yaml').flatMap((path) =>
    Object.values(parseYaml(path, readText(path)).value as Record<string, RawFact>),
  );
  const found = facts.flatMap((fact) => [fact.value, ...(fact.from ?? []).map((source) => source.value)]);
  return [...new Set(found.filter((one) => one !== undefined))].sort();
}
interface RawFact {
  readonly value?: string;
  readonly from?: readonly { readonly value?: string }[];
}

const USED = expressionsOfFacts();
const SUBSET = [
  ...USED.filter((expression) => compileSubset(expression)),
  'status',
  'value.ofType(boolean)',
  'value.ofType(integer)',
  'value.ofType(string)',
  'value.ofType(Quantity).value',
  "value.ofType(Quantity).where(unit = 'kg').first().value",
  'value.ofType(CodeableConcept).coding.code',
  "code.coding.where(system = 'http://loinc.org').code",
  "code.coding.where(code = '72514-3').exists()",
  'component.value.ofType(Quantity).value',
  "component.code.coding.where(code = 'x').first().display",
  'component.exists()',
  'bodySite.coding.first().code',
  'note.text',
];

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const word = fc.constantFrom('kg', 'Cel', 'mmol/mol', '72514-3', 'x', 'final', 'http://loinc.org', 'mg');
const quantity = fc.record(
  { value: fc.double({ noNaN: true, noDefaultInfinity: true }), unit: word, code: word, system: word },
  { requiredKeys: [] },
);
const concept = fc.record(
  {
    coding: fc.array(fc.record({ system: word, code: word, display: word }, { requiredKeys: [] }), { maxLength: 3 }),
    text: word,
  },
  { requiredKeys: [] },
);
/** One value[x]: two of them is no Observation. */
const value = fc.oneof(
  fc.record({ valueQuantity: quantity }),
  fc.record({ valueBoolean: fc.boolean() }),
  fc.record({ valueInteger: fc.integer() }),
  fc.record({ valueString: word }),
  fc.record({ valueCodeableConcept: concept }),
  fc.constant({}),
);
const component = fc.tuple(fc.record({ code: concept }), value).map(([one, other]) => ({ ...one, ...other }));
const observation = fc
  .tuple(
    fc.record({
      status: some(word),
      code: some(concept),
      bodySite: some(concept),
      component: some(fc.array(component, { maxLength: 3 })),
      note: some(fc.array(fc.record({ text: word }), { maxLength: 2 })),
    }),
    value,
  )
  .map(([elements, seen]) => {
    const present = Object.entries(elements).filter(([, element]) => element !== undefined);
    return { resourceType: 'Observation', ...Object.fromEntries(present), ...seen };
  });

describe('a path of the closed subset gives what fhirpath.js gives', () => {
  it.each(SUBSET.map((expression) => [expression]))('%s', (expression) => {
    const closure = compileSubset(expression)!;
    const engine = compileWithEngine(expression);
    fc.assert(
      fc.property(observation, (resource) => {
        expect(closure(resource)).toEqual(engine(resource));
      }),
      { numRuns: 60 },
    );
  });

  it('every expression of the facts can be compiled', () => {
    expect(USED.length).toBeGreaterThan(0);
    for (const expression of USED) expect(() => compilePath(expression)).not.toThrow();
  });
});

describe('a path outside the subset goes to the engine', () => {
  it.each([
    ["code.coding.where(code = 'x' or code = 'y').code", 'y'],
    ['component.count()', 2],
    ["iif(status = 'final', 'yes', 'no')", 'yes'],
  ])('%s', (expression, expected) => {
    const resource = {
      resourceType: 'Observation',
      status: 'final',
      code: { coding: [{ code: 'y' }] },
      component: [{ code: { text: 'a' } }, { code: { text: 'b' } }],
    };
    expect(compileSubset(expression)).toBeUndefined();
    expect(compilePath(expression)(resource)).toBe(expected);
  });

  it('a type error in a real record finds nothing, and does not throw', () => {
    expect(compileWithEngine('status + 1')({ resourceType: 'Observation', status: 'final' })).toBeUndefined();
  });

  it.each([
    ['object for a list', { code: { coding: { system: 'http://loinc.org', code: 'x' } } }, 'x'],
    ['text for an object', { code: 'x' }, undefined],
    ['null', { code: null }, undefined],
    ['list of nothing', { code: { coding: [null, 7, 'x'] } }, undefined],
  ])('what the standard forbids is read around: %s', (_, elements, expected) => {
    const read = compileSubset('code.coding.code')!;
    expect(read({ resourceType: 'Observation', ...elements })).toBe(expected);
    expect(read(null)).toBeUndefined();
  });
});
