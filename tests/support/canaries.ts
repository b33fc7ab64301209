/**
 * Canaries: strings that occur nowhere else, planted into requests, so that whoever finds one knows that something of a request got there.
 * Each carries a number that leads back to the place where it was planted.
 */

const MARK = 'c4n4ry';

/** The mark as it is, and as encodings would hide it. */
const FORMS: readonly string[] = [
  MARK,
  Buffer.from(MARK).toString('hex'),
  // The three ways in which base64 can cut it, without the characters that its neighbours have a part in.
  ...['', 'x', 'xx'].map((before) => {
    const encoded = Buffer.from(`${before}${MARK}`).toString('base64').replace(/=+$/, '');
    return encoded.slice(Math.ceil((before.length * 8) / 6), -1);
  }),
];

export interface Canaries {
  /** A new canary, of characters that a FHIR id may have. */
  readonly plant: (place: string) => string;
  /** The places whose canaries are in a text; a form without a number counts as one. */
  readonly found: (text: string) => readonly string[];
  readonly planted: () => number;
}

/** Canaries of their own numbering. */
export function createCanaries(): Canaries {
  const places: string[] = [];
  return {
    plant: (place) => `${MARK}-${places.push(place) - 1}-`,
    found: (text) => {
      const named = [...text.matchAll(/c4n4ry-(\d+)-/gi)].map(([, number]) => places[Number(number)] ?? 'somewhere');
      const hidden = FORMS.filter((form) => text.toLowerCase().includes(form.toLowerCase()));
      return named.length > 0 ? [...new Set(named)] : hidden.map((form) => `as ${form}`);
    },
    planted: () => places.length,
  };
}

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a request would be another one without: codes, references, kinds and states. */
const MEANT = new Set(
  [
    'system code reference id resourceType status intent priority url profile type mode use gender fullUrl hook hookInstance linkId questionnaire relation',
    'clinicalStatus verificationStatus patientId userId encounterId selections periodUnit durationUnit comparator when kind category',
  ].flatMap((names) => names.split(' ')),
);
const DATE = /^\d{4}(-\d\d){0,2}([T ].*)?$/;

/** The request with a canary in every text that is not what makes it this request, and with the elements that EHRs send beside. */
export function withCanaries(request: unknown, { plant }: Canaries): Json {
  const planted = (node: unknown, path: string, name: string): unknown => {
    if (typeof node === 'string') return MEANT.has(name) || DATE.test(node) ? node : plant(path);
    if (Array.isArray(node)) return node.map((one, index) => planted(one, `${path}[${index}]`, name));
    if (!isObject(node)) return node;
    const own = Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, planted(value, `${path}.${key}`, key)]),
    );
    return 'resourceType' in node && node['resourceType'] !== 'Bundle'
      ? { ...beside(String(node['resourceType']), path, plant), ...own }
      : own;
  };
  return planted(request, '', '') as Json;
}

/** What `withCanariesBeside` spoils at a time, so that what stands around it is still read. */
export const SPOILED = ['codes', 'states', 'kinds', 'dates', 'numbers', 'names'] as const;

const STRINGS: Readonly<Record<string, ReadonlySet<string>>> = {
  codes: new Set(
    'system code url profile use linkId questionnaire kind mode when gender comparator periodUnit durationUnit'.split(
      ' ',
    ),
  ),
  states: new Set('status intent priority type reference fullUrl relation category criticality selections'.split(' ')),
  kinds: new Set(['resourceType']),
};

/** The context and the prefetch with a canary at the end of every text of some kind, in the place of every number, or beside every member. */
export function withCanariesBeside(request: Json, what: (typeof SPOILED)[number], { plant }: Canaries): Json {
  const spoiled = (node: unknown, path: string, name: string): unknown => {
    if (typeof node === 'number') return what === 'numbers' ? plant(path) : node;
    if (typeof node === 'string') {
      const isMeant = what === 'dates' ? DATE.test(node) : STRINGS[what]?.has(name);
      return isMeant === true ? node + plant(path) : node;
    }
    if (Array.isArray(node)) return node.map((one, index) => spoiled(one, `${path}[${index}]`, name));
    if (!isObject(node)) return node;
    const own = Object.entries(node).map(([key, value]) => [key, spoiled(value, `${path}.${key}`, key)] as const);
    // Null is what a prefetch key may hold.
    return Object.fromEntries(what === 'names' ? [...own, [plant(`${path} (name)`), null]] : own);
  };
  const { context, prefetch } = request;
  return { ...request, context: spoiled(context, '.context', ''), prefetch: spoiled(prefetch, '.prefetch', '') };
}

/** What EHRs send of people and papers, whether a rule asks for it or not. */
function beside(type: string, path: string, plant: Canaries['plant']): Json {
  const text = (name: string): string => plant(`${path}.${name} (${type})`);
  const person = {
    name: [{ family: text('family'), given: [text('given')], text: text('name') }],
    telecom: [{ system: 'phone', value: text('telecom') }],
    address: [{ line: [text('line')], city: text('city'), postalCode: text('postalCode') }],
    contact: [{ name: { text: text('contact') } }],
    photo: [{ data: text('photo') }],
    deceasedBoolean: false,
  };
  return {
    ...(type === 'Patient' && person),
    text: { status: 'generated', div: `<div>${text('div')}</div>` },
    identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: text('bsn') }],
    extension: [{ url: 'https://ehr.example/remark', valueString: text('extension') }],
    contained: [
      { resourceType: 'Patient', id: text('contained.id'), name: [{ text: text('contained.name') }] },
      { resourceType: 'DocumentReference', content: [{ attachment: { title: text('title'), data: text('data') } }] },
    ],
    ...(type !== 'Patient' && { note: [{ text: text('note') }] }),
  };
}

/** The request with every id of a resource replaced, and with it every reference to it. */
export function withCanaryIds(request: unknown, { plant }: Canaries): Json {
  const ids = new Map<string, string>();
  const collect = (node: unknown, path: string): void => {
    if (Array.isArray(node)) node.forEach((one, index) => collect(one, `${path}[${index}]`));
    if (!isObject(node)) return;
    for (const [name, value] of Object.entries(node)) {
      const isId = ['id', 'patientId', 'encounterId'].includes(name) && typeof value === 'string';
      if (isId && !ids.has(value)) ids.set(value, plant(`${path}.${name}`));
      collect(value, `${path}.${name}`);
    }
  };
  collect(request, '');
  const replaced = (node: unknown, name: string): unknown => {
    if (typeof node === 'string') {
      const isName = /^(?:id|patientId|encounterId|reference|fullUrl|selections)$/.test(name);
      return isName ? node.replace(/[^/:]+$/, (id) => ids.get(id) ?? id) : node;
    }
    if (Array.isArray(node)) return node.map((one) => replaced(one, name));
    if (!isObject(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, replaced(value, key)]));
  };
  return replaced(request, '') as Json;
}
