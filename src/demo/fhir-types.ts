/**
 * The types of FHIR R4 that the demo EHR holds, and by which parameters each can be searched: data, read by the search and by the CapabilityStatement.
 * A new type or parameter is a new line here.
 */

export interface SearchParameter {
  /** A `code` is a bare code, a `concept` a Coding or CodeableConcept; both are tokens in FHIR's terms. */
  readonly kind: 'reference' | 'concept' | 'code' | 'date';
  /** Elements below the resource that are looked at, each a path such as `participant.actor`. */
  readonly elements: readonly string[];
}

/** Search parameters of one type, by name. */
export type SearchParameters = ReadonlyMap<string, SearchParameter>;

type Named = Readonly<Record<string, SearchParameter>>;

const reference = (...elements: readonly string[]): SearchParameter => ({ kind: 'reference', elements });
const concept = (...elements: readonly string[]): SearchParameter => ({ kind: 'concept', elements });
const code = (...elements: readonly string[]): SearchParameter => ({ kind: 'code', elements });

/** `date` is understood for every type with a date, beside the name that R4 gives to that parameter. */
function dated(elements: readonly string[], r4Name = 'date'): Named {
  const parameter: SearchParameter = { kind: 'date', elements };
  return { date: parameter, [r4Name]: parameter };
}

const OF_SUBJECT: Named = { patient: reference('subject'), subject: reference('subject') };
const STATUS: Named = { status: code('status') };
const CATEGORY: Named = { category: concept('category') };

/** The elements of a choice such as `effective[x]` that hold dates. */
const choice = (name: string): readonly string[] => [`${name}DateTime`, `${name}Period`, `${name}Instant`];

const TYPES: Readonly<Record<string, Named>> = {
  Patient: {},
  Practitioner: {},
  Condition: {
    ...OF_SUBJECT,
    ...CATEGORY,
    code: concept('code'),
    'clinical-status': concept('clinicalStatus'),
    ...dated(['recordedDate'], 'recorded-date'),
  },
  Observation: { ...OF_SUBJECT, ...CATEGORY, ...STATUS, code: concept('code'), ...dated(choice('effective')) },
  MedicationRequest: {
    ...OF_SUBJECT,
    ...CATEGORY,
    ...STATUS,
    code: concept('medicationCodeableConcept'),
    ...dated(['authoredOn'], 'authoredon'),
  },
  MedicationStatement: {
    ...OF_SUBJECT,
    ...CATEGORY,
    ...STATUS,
    code: concept('medicationCodeableConcept'),
    ...dated(choice('effective'), 'effective'),
  },
  Procedure: { ...OF_SUBJECT, ...CATEGORY, ...STATUS, code: concept('code'), ...dated(choice('performed')) },
  ServiceRequest: {
    ...OF_SUBJECT,
    ...CATEGORY,
    ...STATUS,
    code: concept('code'),
    ...dated(['authoredOn'], 'authored'),
  },
  Appointment: { patient: reference('participant.actor'), ...STATUS, ...dated(['start']) },
  AllergyIntolerance: {
    patient: reference('patient'),
    category: code('category'),
    code: concept('code', 'reaction.substance'),
    'clinical-status': concept('clinicalStatus'),
    ...dated(['recordedDate']),
  },
  Immunization: { patient: reference('patient'), ...STATUS, ...dated(choice('occurrence')) },
  FamilyMemberHistory: {
    patient: reference('patient'),
    ...STATUS,
    code: concept('condition.code'),
    ...dated(['date']),
  },
  Questionnaire: { ...STATUS },
  QuestionnaireResponse: { ...OF_SUBJECT, ...STATUS, ...dated(['authored'], 'authored') },
  CareTeam: { ...OF_SUBJECT, ...CATEGORY, ...STATUS, ...dated(['period']) },
  Task: {
    patient: reference('for'),
    subject: reference('for'),
    ...STATUS,
    code: concept('code'),
    ...dated(['authoredOn'], 'authored-on'),
  },
  DiagnosticReport: { ...OF_SUBJECT, ...CATEGORY, ...STATUS, code: concept('code'), ...dated(choice('effective')) },
  Consent: { patient: reference('patient'), ...CATEGORY, ...STATUS, ...dated(['dateTime']) },
  Communication: { ...OF_SUBJECT, ...CATEGORY, ...STATUS, ...dated(['sent'], 'sent') },
};

/** Every type with its search parameters. Maps, not objects: a type or parameter called `constructor` must not be found. */
export const RESOURCE_TYPES: ReadonlyMap<string, SearchParameters> = new Map(
  Object.entries(TYPES).map(([type, parameters]) => [type, new Map(Object.entries(parameters))]),
);
