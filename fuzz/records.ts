/** FHIR resources by R4's own structure: real values, right types and wrong ones at every place, few enough of them that something is left to read. */
import fc from 'fast-check';
import { POISONED_NAMES, hostileDate, hostileNumber, hostileString, hostileValue } from './hostile-values.js';
import { elementsOf, type R4Element } from './r4-structure.js';
import { realResources, realValues, type Json } from './stories.js';

/** Put in the place of the patient's id once it is known. */
export const PATIENT_HERE = '@patient';

/** Few ids for all: references hit, and go round in circles. */
const IDS = ['a', 'b', 'c', '1'] as const;
const TARGETS = [
  'Condition',
  'Medication',
  'Observation',
  'Questionnaire',
  'QuestionnaireResponse',
  'ServiceRequest',
  'MedicationRequest',
];

/** The types that the services read, and some that they do not. */
export const RECORD_TYPES = [
  'Patient',
  'Condition',
  'Observation',
  'MedicationRequest',
  'MedicationStatement',
  'Medication',
  'Procedure',
  'ServiceRequest',
  'Appointment',
  'AllergyIntolerance',
  'Immunization',
  'FamilyMemberHistory',
  'QuestionnaireResponse',
  'Questionnaire',
  'CareTeam',
  'Task',
  'DiagnosticReport',
  'Consent',
  'Flag',
  'EpisodeOfCare',
  'Encounter',
  'AdverseEvent',
  'CarePlan',
  'ImagingStudy',
] as const;

const reference = fc.oneof(
  { weight: 4, arbitrary: fc.constant(`Patient/${PATIENT_HERE}`) },
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom(...TARGETS), fc.constantFrom(...IDS)).map(([type, id]) => `${type}/${id}`),
  },
  { weight: 2, arbitrary: fc.constantFrom(...IDS).map((id) => `#${id}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<string>(
      '#',
      'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0',
      'https://ehr.example/fhir/Patient/somebody-else/_history/3',
      'Patient/',
      '/',
    ),
  },
);

function primitive(type: string): fc.Arbitrary<unknown> {
  if (/^(?:date|dateTime|instant|time)$/.test(type)) return hostileDate;
  if (/^(?:decimal|integer|unsignedInt|positiveInt)$/.test(type)) return hostileNumber;
  if (type === 'boolean') return fc.boolean();
  return hostileString;
}

const made = new Map<string, fc.Arbitrary<Json>>();

/** An object of a type or backbone; `room` is how many levels may stand below. */
function ofType(type: string, room: number): fc.Arbitrary<Json> {
  const key = `${type} ${room}`;
  const known = made.get(key);
  if (known) return known;
  const object = room < 0 ? fc.constant<Json>({}) : membersOf(type, room);
  made.set(key, object);
  return object;
}

/** A list of members, not a record: what is left out makes a smaller example of a fault. */
function membersOf(type: string, room: number): fc.Arbitrary<Json> {
  const members = elementsOf(type).map((element) => ({
    weight: weightOf(element),
    arbitrary: valueOf(element, room).map((value) => [element.name, value] as const),
  }));
  const odd = { weight: 1, arbitrary: fc.oneof(beside(type), unknownMember) };
  return fc.array(fc.oneof(...members, odd), { maxLength: 8, size: 'max' }).map((some) => Object.fromEntries(some));
}

/** An extension in the place of a primitive, or beside it. */
const beside = (type: string) =>
  fc
    .tuple(fc.constantFrom(...elementsOf(type).map(({ name }) => name), 'id'), hostileValue)
    .map(
      ([name, value]) => [`_${name}`, { extension: [{ url: 'https://ehr.example/x', valueString: value }] }] as const,
    );

const unknownMember = fc.tuple(fc.constantFrom(...POISONED_NAMES), hostileValue);

/** What the services read is what the stories hold. */
const weightOf = ({ name, isRequired }: R4Element): number => (isRequired || realValues(name).length > 0 ? 6 : 1);

/** Of one element, so that the arbitraries stay small. */
const MOST_REAL = 200;

function valueOf({ name, type, isList }: R4Element, room: number): fc.Arbitrary<unknown> {
  const right = rightOf(name, type, room);
  const listed = isList ? fc.array(right, { maxLength: 3 }) : right;
  const real = realValues(name).slice(0, MOST_REAL);
  return fc.oneof(
    { weight: 6, arbitrary: listed },
    { weight: real.length > 0 ? 8 : 0, arbitrary: fc.constantFrom(...real, null) },
    { weight: 1, arbitrary: isList ? right : fc.array(right, { maxLength: 2 }) },
    { weight: 2, arbitrary: hostileValue },
  );
}

function rightOf(name: string, type: string, room: number): fc.Arbitrary<unknown> {
  if (name === 'id') return fc.constantFrom(...IDS);
  if (name === 'reference') return reference;
  if (type === 'Resource')
    return room > 0 ? fc.constantFrom(...TARGETS).chain((one) => resource(one, room - 1)) : fc.constant({});
  return elementsOf(type).length > 0 ? ofType(type, room - 1) : primitive(type);
}

const LEVELS = 3;

/** A resource of a type: made up by its structure, or a real one with some members in another way. */
export function resource(type: string, room = LEVELS): fc.Arbitrary<Json> {
  const real = realResources(type);
  const changes = ofType(type, room);
  const own = { resourceType: type };
  const identified = fc
    .tuple(fc.constantFrom(...IDS), changes)
    .map(([id, members]) => ({ ...own, id, subject: { reference: `Patient/${PATIENT_HERE}` }, ...members }));
  if (real.length === 0)
    return fc.oneof(
      identified,
      changes.map((members) => ({ ...members, ...own })),
    );
  return fc.oneof(
    { weight: 3, arbitrary: identified },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(...real), changes).map(([one, members]) => ({ ...one, ...members, ...own })),
    },
    { weight: 1, arbitrary: changes },
  );
}

/** Of any type that is read. */
export const anyResource: fc.Arbitrary<Json> = fc.oneof(...RECORD_TYPES.map((type) => resource(type)));
