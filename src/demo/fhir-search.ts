/**
 * The parameters of a search enter, a `Query` for the store leaves, or a `FhirError` 400 that names the parameter and the cure.
 * Nothing is ignored in silence: a server that passes over a filter answers with other patients' data.
 */
import { FHIR_ID } from '../cds-hooks/schema.js';
import type { Calendar } from '../fhir/dates.js';
import { isObject, listOf, normaliseReference } from '../fhir/references.js';
import { createDateTest, spanOf } from './fhir-dates.js';
import { badParameter, FhirError } from './fhir-errors.js';
import type { Query, Resource } from './fhir-store.js';
import type { SearchParameter, SearchParameters } from './fhir-types.js';

/** Resources on a page, and what the most is that a client gets by asking for more. */
export const DEFAULT_COUNT = 50;
export const MAX_COUNT = 200;
/** Parameters in one search; each is held against every resource of the type. Our own bound. */
const MAX_PARAMETERS = 20;

/** What every type takes besides its own parameters. `_format` is accepted and changes nothing: all there is is JSON. */
export const COMMON_PARAMETERS = ['_id', '_sort', '_count', '_offset', '_format'] as const;

type Test = Query['matches'];

/** Reads the parameters of a search among resources of one type. */
export function readQuery(given: URLSearchParams, known: SearchParameters, calendar: Calendar): Query {
  if (given.size > MAX_PARAMETERS)
    throw new FhirError(400, 'too-costly', `The search has too many parameters; send at most ${MAX_PARAMETERS}.`);
  const tests: Test[] = [];
  for (const [name, value] of given) {
    const parameter = known.get(name);
    if (parameter) tests.push(createTest(name, parameter, valuesOf(name, value), calendar));
    else if (name === '_id') tests.push(createIdTest(valuesOf(name, value)));
    else if (!COMMON_PARAMETERS.some((common) => common === name)) throw unknownParameter(name, known);
  }
  const compare = readSort(given, known.get('date'), calendar);
  return {
    matches: (resource) => tests.every((test) => test(resource)),
    ...(compare && { compare }),
    offset: readNumber(given, '_offset', 0),
    count: Math.min(readNumber(given, '_count', DEFAULT_COUNT), MAX_COUNT),
  };
}

/** Refuses every parameter but `_format`, for what is no search. */
export function refuseParameters(given: URLSearchParams): void {
  for (const name of given.keys())
    if (name !== '_format') throw badParameter(name, 'is not known here; leave it out.', 'not-supported');
}

function unknownParameter(name: string, known: SearchParameters) {
  const names = [...known.keys(), ...COMMON_PARAMETERS].join(', ');
  return badParameter(name, `is not known for this type; use ${names}, without modifiers.`, 'not-supported');
}

/** Commas are "or". */
function valuesOf(name: string, value: string): readonly string[] {
  if (value.includes('\\')) throw badParameter(name, 'holds a backslash; send values that need no escape.');
  const values = value.split(',');
  if (values.includes('')) throw badParameter(name, 'has an empty value; fill it in or leave the parameter out.');
  return values;
}

function createTest(
  name: string,
  { kind, elements }: SearchParameter,
  values: readonly string[],
  calendar: Calendar,
): Test {
  const found = (resource: Resource): readonly unknown[] => elements.flatMap((path) => elementsAt(resource, path));
  switch (kind) {
    case 'reference': {
      const wanted = new Set(values.map((value) => readPatient(name, value)));
      return (resource) =>
        listOf(found(resource)).some(({ reference }) => wanted.has(normaliseReference(reference) ?? ''));
    }
    case 'code': {
      if (values.some((value) => value.includes('|')))
        throw badParameter(name, 'is a plain code; send it without a system.');
      const wanted = new Set<unknown>(values);
      return (resource) => found(resource).some((value) => wanted.has(value));
    }
    case 'concept': {
      if (values.some((value) => !/^[^|]*\|?[^|]*$/.test(value) || value === '|'))
        throw badParameter(name, 'has a token that cannot be read; send code, system|code, system| or |code.');
      const wanted = new Set(values);
      return (resource) =>
        listOf(found(resource)).some((value) => codingsOf(value).some((coding) => isIn(wanted, coding)));
    }
    case 'date': {
      const tests = values.map((value) => createDateTest(name, value, calendar));
      return (resource) => {
        const span = spanOf(found(resource), calendar);
        return span !== undefined && tests.some((test) => test(span));
      };
    }
  }
}

const PATIENT = /^(?:Patient\/)?([A-Za-z0-9\-.]{1,64})$/;

function readPatient(name: string, value: string): string {
  const id = PATIENT.exec(value)?.[1];
  if (id === undefined) throw badParameter(name, 'is no patient; send an id or Patient/id.');
  return `Patient/${id}`;
}

const ID = new RegExp(`^${FHIR_ID}$`);

function createIdTest(ids: readonly string[]): Test {
  if (!ids.every((id) => ID.test(id)))
    throw badParameter('_id', 'is no FHIR id; send 1 to 64 letters, digits, - and dots.');
  const wanted = new Set(ids);
  return ({ id }) => wanted.has(id);
}

/** The values at a path, with lists laid out flat. */
function elementsAt(resource: Resource, path: string): readonly unknown[] {
  return path
    .split('.')
    .reduce<readonly unknown[]>((at, name) => at.flatMap((value) => (isObject(value) ? value[name] : [])), [resource]);
}

/** The codings of a CodeableConcept; anything else counts as a Coding itself. */
function codingsOf(value: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return value.coding === undefined ? [value] : listOf(value.coding);
}

function isIn(wanted: ReadonlySet<string>, { system, code }: Readonly<Record<string, unknown>>): boolean {
  const [space, word] = [typeof system === 'string' ? system : '', typeof code === 'string' ? code : ''];
  return (word !== '' && (wanted.has(word) || wanted.has(`${space}|${word}`))) || wanted.has(`${space}|`);
}

/** Resources without a date come last, whichever way the others go. */
function readSort(given: URLSearchParams, date: SearchParameter | undefined, calendar: Calendar): Query['compare'] {
  const [sort, ...more] = given.getAll('_sort');
  if (sort === undefined) return undefined;
  if (more.length > 0 || !/^-?date$/.test(sort))
    throw badParameter('_sort', 'has a value that is not understood; send date or -date, once.');
  if (!date) throw badParameter('_sort', 'cannot be used: this type has no date; leave it out.');
  const direction = sort === 'date' ? 1 : -1;
  const keyOf = (resource: Resource) =>
    spanOf(
      date.elements.flatMap((path) => elementsAt(resource, path)),
      calendar,
    );
  return (a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)];
    if (!first || !second) return Number(!first) - Number(!second);
    return direction * (first.first - second.first || (first.at ?? 0) - (second.at ?? 0));
  };
}

function readNumber(given: URLSearchParams, name: '_count' | '_offset', fallback: number): number {
  const [text, ...more] = given.getAll(name);
  if (text === undefined) return fallback;
  if (more.length > 0 || !/^\d{1,9}$/.test(text))
    throw badParameter(name, 'is no whole number from 0; send one, once.');
  return Number(text);
}
