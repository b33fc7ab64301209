/**
 * An order template applied to a case, as ActivityDefinition/$apply does: the fixed parts copied, the dynamic values filled in.
 * Enters: a template and the case. Leaves: an R4 resource about the patient that nobody has signed; undefined when something it needs is not known,
 * or when its window has passed.
 */
import type { Coding, FhirResource } from 'fhir/r4.js';
import type { Episode } from '../case/case.js';
import { isExact, isoDay, type DateSpan, type Day } from '../fhir/dates.js';
import { isObject } from '../fhir/references.js';
import { withoutEmpty } from '../fhir/shape.js';
import { valueOf, type OrderCase } from './case-values.js';
import type { OrderTemplate } from './order-template.js';

/** Whose order it is and what for. */
export interface OrderSubject {
  readonly patientId: string;
  readonly episode: Episode | undefined;
  /** References of the problems that it is for. */
  readonly reasons: readonly string[];
  /** A site's own codes, in the place of those of the template. */
  readonly codes: readonly Coding[] | undefined;
}

/** An order, and the days on which it is to be carried out where it names any. */
export interface AppliedOrder {
  readonly resource: FhirResource;
  readonly window: DateSpan | undefined;
}

type Elements = Record<string, unknown>;

/** Applies the template. */
export function applyTemplate(
  template: OrderTemplate,
  subject: OrderSubject,
  orderCase: OrderCase,
): AppliedOrder | undefined {
  const values = valuesOf(template, orderCase);
  if (!values) return undefined;
  const parts = partsOf(template, subject, orderCase);
  const resource: Elements = { resourceType: template.type, ...ELEMENTS[template.type](parts) };
  for (const { path, value } of values) setAt(resource, path, value);
  return { resource: resource as unknown as FhirResource, window: windowOf(values) };
}

interface Value {
  readonly path: readonly (string | number)[];
  readonly value: unknown;
  readonly day?: Day;
}

/** The dynamic values with their places; undefined when one is unknown or its day has passed. A window that has begun begins today. */
function valuesOf(template: OrderTemplate, orderCase: OrderCase): readonly Value[] | undefined {
  const values: Value[] = [];
  for (const { path, name, days } of template.values) {
    const found = valueOf(name, orderCase);
    if (found === undefined) return undefined;
    if (typeof found !== 'number') {
      values.push({ path, value: found });
      continue;
    }
    const isEnd = path.at(-1) === 'end';
    if (isEnd && found + days < orderCase.today) return undefined;
    const day = Math.max(found + days, orderCase.today);
    values.push({ path, value: isoDay(day), day });
  }
  return values;
}

function windowOf(values: readonly Value[]): DateSpan | undefined {
  const dayAt = (name: string): Day | undefined => values.find(({ path }) => path.at(-1) === name)?.day;
  const first = dayAt('start');
  return first === undefined ? undefined : { first, last: dayAt('end') ?? Infinity };
}

/** The fixed parts of an order, in the words of one language. */
interface Parts {
  readonly priority: Elements;
  readonly patient: { readonly reference: string };
  readonly code: unknown;
  readonly product: unknown;
  readonly dosage: Elements;
  /** What it asks for, beyond its code. */
  readonly words: string | undefined;
  readonly today: string;
  readonly canonical: string;
  readonly reasons: Elements;
  readonly episode: Episode | undefined;
}

function partsOf(template: OrderTemplate, subject: OrderSubject, { language, today }: OrderCase): Parts {
  const { reasons } = subject;
  const { code, productCodeableConcept, description, priority, dosage } = template.words[language];
  return {
    priority: priority === undefined ? {} : { priority },
    patient: { reference: `Patient/${subject.patientId}` },
    code: withCodes(code, subject.codes),
    product: withCodes(productCodeableConcept, subject.codes),
    dosage: dosage === undefined ? {} : { dosageInstruction: dosage },
    words: typeof description === 'string' ? description : undefined,
    today: isoDay(today),
    canonical: template.canonical,
    reasons: reasons.length > 0 ? { reasonReference: reasons.map((reference) => ({ reference })) } : {},
    episode: subject.episode,
  };
}

/** The words stay: a site's code alone would leave a reader without them. */
function withCodes(concept: unknown, codes: readonly Coding[] | undefined): unknown {
  return isObject(concept) && codes ? { ...concept, coding: codes } : concept;
}

const noteOf = (words: string | undefined): Elements => (words === undefined ? {} : { note: [{ text: words }] });
const descriptionOf = (words: string | undefined): Elements => (words === undefined ? {} : { description: words });

const PROPOSAL = { status: 'draft', intent: 'proposal' };

/** What each type consists of, its elements in the order of the standard. */
const ELEMENTS: Readonly<Record<OrderTemplate['type'], (parts: Parts) => Elements>> = {
  MedicationRequest: ({ priority, product, patient, today, reasons, canonical, words, dosage }) => ({
    ...PROPOSAL,
    ...priority,
    medicationCodeableConcept: product,
    subject: patient,
    authoredOn: today,
    ...reasons,
    instantiatesCanonical: [canonical],
    ...noteOf(words),
    ...dosage,
  }),
  ServiceRequest: ({ priority, code, patient, today, reasons, canonical, words }) => ({
    instantiatesCanonical: [canonical],
    ...PROPOSAL,
    ...priority,
    code,
    subject: patient,
    authoredOn: today,
    ...reasons,
    ...noteOf(words),
  }),
  Task: ({ priority, code, patient, today, canonical, words }) => ({
    instantiatesCanonical: canonical,
    ...PROPOSAL,
    ...priority,
    code,
    ...descriptionOf(words),
    for: patient,
    authoredOn: today,
  }),
  Appointment: ({ code, patient, today, reasons, words }) => ({
    status: 'proposed',
    serviceType: [code],
    ...reasons,
    ...descriptionOf(words),
    created: today,
    participant: [{ actor: patient, status: 'needs-action' }],
  }),
  Condition: ({ code, patient, today, words, episode }) => ({
    clinicalStatus: { coding: [{ system: `${CONDITION_CODES}condition-clinical`, code: 'active' }] },
    verificationStatus: { coding: [{ system: `${CONDITION_CODES}condition-ver-status`, code: 'provisional' }] },
    category: [{ coding: [{ system: `${CONDITION_CODES}condition-category`, code: 'problem-list-item' }] }],
    code,
    ...whereAndSince(episode),
    subject: patient,
    recordedDate: today,
    ...noteOf(words),
  }),
};

const CONDITION_CODES = 'http://terminology.hl7.org/CodeSystem/';

/** The place as the complaint has it, and its onset when that is one day: a diagnosis does not restart the clock. */
function whereAndSince(episode: Episode | undefined): Elements {
  const located = episode?.conditions.find(({ sites }) => sites.length > 0)?.resource;
  // What a client left empty in its record has no place in a resource of ours.
  const bodySite = withoutEmpty((located as { readonly bodySite?: unknown } | undefined)?.bodySite);
  const onset = episode?.onset;
  return {
    ...(bodySite !== undefined && { bodySite }),
    ...(onset && isExact(onset) && { onsetDateTime: isoDay(onset.first) }),
  };
}

/** Puts a value at its place, making what lies on the way. */
function setAt(root: Elements, path: readonly (string | number)[], value: unknown): void {
  let node: Record<string | number, unknown> = root;
  path.forEach((step, index) => {
    const next = path[index + 1];
    if (next === undefined) node[step] = value;
    else node = (node[step] ??= typeof next === 'number' ? [] : {}) as typeof node;
  });
}
