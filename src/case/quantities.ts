/**
 * Amounts of a drug: a Quantity as milligrams, or as a number of tablets or capsules. A unit that is not known is no amount; nothing is guessed.
 */
import { isObject } from '../fhir/references.js';

type Raw = Readonly<Record<string, unknown>>;

/** Mass units of UCUM, in milligrams. */
const MASS: ReadonlyMap<unknown, number> = new Map([
  ['mg', 1],
  ['g', 1000],
  ['ug', 0.001],
]);

/** One tablet or capsule: UCUM annotations, HL7 dose forms, and the words that Dutch, Belgian and English systems write. */
const UNITS: readonly unknown[] = [
  '1',
  '{tablet}',
  '{tbl}',
  '{capsule}',
  'TAB',
  'CAP',
  'tablet',
  'tablets',
  'tabletten',
  'comprimé',
  'comprimés',
  'capsule',
  'capsules',
  'stuk',
];

const UCUM = 'http://unitsofmeasure.org';

/** The UCUM code; where the code is of a national table (`245` of the Dutch G-Standaard), the word. */
function unitOf({ system, code, unit }: Raw): unknown {
  return system === undefined || system === UCUM ? (code ?? unit) : (unit ?? code);
}

/** The milligrams of a Quantity; undefined for anything else. */
export function milligrams(quantity: unknown): number | undefined {
  if (!isObject(quantity) || typeof quantity['value'] !== 'number') return undefined;
  const factor = MASS.get(unitOf(quantity));
  return factor === undefined ? undefined : quantity['value'] * factor;
}

/** Whether a Quantity counts tablets or capsules. */
export function isUnit(quantity: Raw): boolean {
  return UNITS.includes(unitOf(quantity));
}
