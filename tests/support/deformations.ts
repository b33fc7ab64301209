/**
 * Wrong shapes in which real clients say what a valid request says: each turns a request into one that means the same.
 * Not among them: resources under the key of another type. Which search they answer is not known then, so they mean less.
 */
type Json = Readonly<Record<string, unknown>>;

export interface Deformation {
  readonly name: string;
  readonly deform: (request: Json) => Json;
  /** What the trace says of it, where the shape breaks the standard. */
  readonly noted?: string;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const without = (object: Json, ...names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** Rebuilds a value from its leaves: `change` gets every member after its own members. */
function rebuild(value: unknown, change: (member: unknown, key: string) => unknown, key = ''): unknown {
  if (Array.isArray(value))
    return change(
      value.map((one) => rebuild(one, change)),
      key,
    );
  if (!isObject(value)) return change(value, key);
  return change(
    Object.fromEntries(Object.entries(value).map(([name, one]) => [name, rebuild(one, change, name)])),
    key,
  );
}

const everywhere =
  (change: (member: unknown, key: string) => unknown) =>
  (request: Json): Json => {
    const { context, prefetch } = request;
    return { ...request, context: rebuild(context, change), prefetch: rebuild(prefetch, change) };
  };

const everyObject = (change: (object: Json) => Json) =>
  everywhere((value) => (isObject(value) ? change(value) : value));
const everyResource = (change: (resource: Json) => Json) =>
  everyObject((object) => ('resourceType' in object && object['resourceType'] !== 'Bundle' ? change(object) : object));
const everyBundle = (change: (bundle: Json, entries: readonly Json[]) => Json) =>
  everyObject((object) =>
    object['resourceType'] === 'Bundle' ? change(object, (object['entry'] ?? []) as readonly Json[]) : object,
  );

const OIDS: Readonly<Record<string, string>> = {
  'http://snomed.info/sct': 'urn:oid:2.16.840.1.113883.6.96',
  'http://www.nlm.nih.gov/research/umls/rxnorm': 'urn:oid:2.16.840.1.113883.6.88',
  'http://hl7.org/fhir/sid/icd-10': 'urn:oid:2.16.840.1.113883.6.90',
  'http://hl7.org/fhir/sid/icpc-1-nl': 'urn:oid:2.16.840.1.113883.2.4.4.31.1',
  'http://www.whocc.no/atc': 'urn:oid:2.16.840.1.113883.6.73',
  'http://loinc.org': 'urn:oid:2.16.840.1.113883.6.1',
};

const REFERENCE = /^[A-Z][A-Za-z]+\/[A-Za-z0-9\-.]+$/;
/** References, and the selections, which are written alike. */
const everyReference = (change: (reference: string) => string) =>
  everywhere((value, key) => {
    const write = (one: unknown): unknown => (typeof one === 'string' && REFERENCE.test(one) ? change(one) : one);
    if (key === 'selections') return (value as readonly unknown[]).map(write);
    return key === 'reference' ? write(value) : value;
  });

const ONES = [
  'subject',
  'patient',
  'code',
  'clinicalStatus',
  'verificationStatus',
  'valueQuantity',
  'timing',
  'repeat',
];
const WRAPPED = [
  ...ONES,
  'medicationCodeableConcept',
  'doseQuantity',
  'dispenseRequest',
  'encounter',
  'performedPeriod',
];

/** The drug of every request as a Medication of its own beside it. */
function withSiblings(bundle: Json, entries: readonly Json[]): Json {
  const made = entries.flatMap((entry) => {
    const { medicationCodeableConcept, ...request } = entry['resource'] as Json;
    if (medicationCodeableConcept === undefined) return [entry];
    const fullUrl = `urn:uuid:${String(request['id'])}`;
    const medication = { resourceType: 'Medication', code: medicationCodeableConcept };
    return [
      { ...entry, resource: { ...request, medicationReference: { reference: fullUrl } } },
      { fullUrl, resource: medication, search: { mode: 'include' } },
    ];
  });
  return { ...bundle, ...(bundle['entry'] !== undefined && { entry: made }) };
}

/** Elements of R4 under the names of STU3. */
function inStu3(resource: Json): Json {
  const { recordedDate, encounter, clinicalStatus, ...rest } = resource;
  const isCondition = resource['resourceType'] === 'Condition';
  if (!isCondition && resource['resourceType'] !== 'Observation') return resource;
  const status = isObject(clinicalStatus) ? (clinicalStatus['coding'] as readonly Json[])[0]?.['code'] : undefined;
  return {
    ...rest,
    ...(encounter !== undefined && { context: encounter }),
    ...(recordedDate !== undefined && { assertedDate: recordedDate }),
    ...(status !== undefined && { clinicalStatus: status }),
  };
}

const OUTCOME = {
  resource: {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'warning', code: 'informational', details: { coding: [{ code: '4119' }] } }],
  },
  search: { mode: 'outcome' },
};

const UNKNOWN = { unknownToAll: [{ text: 'x' }], _status: { extension: [{ url: 'https://his.example/x' }] } };

export const DEFORMATIONS: readonly Deformation[] = [
  { name: 'entries without fullUrl', deform: everyObject((entry) => without(entry, 'fullUrl')) },
  {
    name: 'code systems by their OID',
    deform: everywhere((value, key) => (key === 'system' ? (OIDS[String(value)] ?? value) : value)),
    noted: 'another name of the code system',
  },
  {
    name: 'the only element of a list in the place of the list',
    deform: everywhere((value, key) =>
      Array.isArray(value) && key !== 'selections' && value.length === 1 && isObject(value[0]) ? value[0] : value,
    ),
    noted: 'an object in place of a list',
  },
  {
    name: 'a list of one in the place of an element',
    deform: everywhere((value, key) =>
      isObject(value) && WRAPPED.includes(key) && !('resourceType' in value) ? [value] : value,
    ),
    noted: 'a list in place of an object',
  },
  { name: 'absolute references', deform: everyReference((reference) => `https://ehr.example/fhir/${reference}`) },
  { name: 'versioned references', deform: everyReference((reference) => `${reference}/_history/3`) },
  { name: 'drugs as siblings by urn:uuid', deform: everyBundle(withSiblings) },
  {
    name: 'drugs contained',
    deform: everyResource(({ medicationCodeableConcept, ...resource }) =>
      medicationCodeableConcept === undefined
        ? resource
        : {
            ...resource,
            contained: [{ resourceType: 'Medication', id: 'm', code: medicationCodeableConcept }],
            medicationReference: { reference: '#m' },
          },
    ),
  },
  {
    name: 'an OperationOutcome among the entries',
    deform: ({ prefetch, ...request }) => ({
      ...request,
      prefetch: everyBundle((bundle, entries) => ({ ...bundle, entry: [...entries, OUTCOME] }))({ prefetch })[
        'prefetch'
      ],
    }),
    noted: 'OperationOutcome among the entries, which is no record',
  },
  {
    name: 'fields that no one knows',
    deform: (request) => ({ ...everyResource((one) => ({ ...one, ...UNKNOWN }))(request), UNKNOWN }),
  },
  { name: 'Bundles without type and total', deform: everyBundle((bundle) => without(bundle, 'type', 'total')) },
  {
    name: 'entries the other way round',
    deform: everyBundle((bundle, entries) => ({ ...bundle, entry: entries.toReversed() })),
  },
  { name: 'the names of STU3', deform: everyResource(inStu3), noted: 'STU3 for recordedDate' },
  {
    name: 'offsets without a colon',
    deform: everywhere((value) =>
      typeof value === 'string' ? value.replace(/^(\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d):(\d\d)$/, '$1$2') : value,
    ),
  },
  {
    name: 'prefetch wrapped as {response, resource}',
    deform: ({ prefetch, ...request }) => ({
      ...request,
      prefetch: Object.fromEntries(
        Object.entries(prefetch as Json).map(([key, resource]) => [key, { response: { status: '200 OK' }, resource }]),
      ),
    }),
    noted: 'wrapped as {response, resource}',
  },
];
