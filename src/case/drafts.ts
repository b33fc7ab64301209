/**
 * The orders or appointments of the hook's context -> drafts: what kind each is, where, when and why.
 * Another patient's, void and modified drafts are left out and counted, like the record's resources.
 * An element that a client sends in a shape the standard forbids (object for array, empty coding, no drug yet) reads as absent.
 */
import type { FhirResource } from 'fhir/r4.js';
import { ServiceError } from '../errors.js';
import type { CodeSets } from '../fhir/code-sets.js';
import { readDate, type Calendar, type DateSpan } from '../fhir/dates.js';
import { conceptsOf, isObject, listOf, normaliseReference } from '../fhir/references.js';
import { halfOf } from './body.js';
import type { Draft, Half } from './case.js';
import { isModified, ownerOf, referenceOf, type Exclusion, type ReadingTools } from './entries.js';
import { isCoded, medicationConcepts, medicationOf } from './medication.js';
import type { Notes } from './notes.js';
import { isUnit, milligrams } from './quantities.js';

type Raw = Readonly<Record<string, unknown>>;

const DRAFT_TYPES = ['MedicationRequest', 'ServiceRequest', 'Appointment'];

/** Ours, not the standard's: no one signs more at once, and every draft costs a pass over the rules and the episodes. */
const MOST_JUDGED_DRAFTS = 50;

export interface DraftTools extends ReadingTools {
  readonly notes: Notes;
  /** The resource before it was given the shape of R4. */
  readonly asSent: (resource: FhirResource) => FhirResource;
}

/** Reads the drafts of the context; `selections` absent selects all. Throws 400 when there are more than can be judged at once. */
export function readDrafts(
  resources: readonly FhirResource[],
  selections: readonly string[] | undefined,
  tools: DraftTools,
): readonly Draft[] {
  const selected = selections && new Set(selections);
  const drafts: Draft[] = [];
  for (const resource of resources) {
    if (!DRAFT_TYPES.includes(resource.resourceType)) continue;
    const raw = resource as unknown as Raw;
    const where = resource.resourceType === 'Appointment' ? 'context.appointments' : 'context.draftOrders';
    const exclusion = exclusionOf(raw, tools.patientId);
    if (exclusion) {
      tools.notes.leaveOut(where, exclusion);
      continue;
    }
    for (const what of unfinished(raw, tools)) tools.notes.tolerate(where, what);
    drafts.push(readDraft(resource, selected, tools));
  }
  requireFew(drafts);
  // The order of a Bundle says nothing: the same drafts give the same cards.
  return drafts.sort((one, other) => (one.reference < other.reference ? -1 : one.reference > other.reference ? 1 : 0));
}

function readDraft(resource: FhirResource, selected: ReadonlySet<string> | undefined, tools: DraftTools): Draft {
  const raw = resource as unknown as Raw;
  const reference = referenceOf(raw);
  const concepts = draftConcepts(raw, tools);
  const sites = conceptsOf(raw['bodySite'], tools.codeSets).filter((key) => !key.startsWith('side-'));
  const kinds = kindsOf(concepts, sites);
  const half = halfOfDraft(kinds, sites);
  const occurrence = occurrenceOf(raw, tools.calendar);
  const medication = medicationOf(raw, tools);
  const mgPerUnit = milligramsPerUnit(medication);
  const reasonReferences = listOf(raw['reasonReference']);
  return {
    resource,
    sent: tools.asSent(resource),
    reference,
    kinds,
    concepts,
    sites,
    reasonConcepts: conceptsOf(raw['reasonCode'], tools.codeSets),
    reasons: reasonReferences.flatMap((reason) => normaliseReference(reason['reference']) ?? []),
    hasReason: listOf(raw['reasonCode']).length > 0 || reasonReferences.length > 0,
    selected: selected === undefined || selected.has(reference),
    onHold: raw['status'] === 'on-hold',
    ...(half && { half }),
    ...(occurrence && { occurrence }),
    ...(mgPerUnit !== undefined && { mgPerUnit }),
    drugCodings: listOf(medication?.['code'] ?? raw['medicationCodeableConcept']).flatMap(({ coding }) =>
      listOf(coding),
    ),
  };
}

/** `ingredient.strength` as milligrams in one unit; undefined for a combination, and for a strength per volume. */
function milligramsPerUnit(medication: Raw | undefined): number | undefined {
  const [ingredient, ...others] = listOf(medication?.['ingredient']);
  const strength = ingredient?.['strength'];
  if (others.length > 0 || !isObject(strength)) return undefined;
  const { numerator, denominator } = strength;
  if (!isObject(denominator) || !isUnit(denominator) || typeof denominator['value'] !== 'number') return undefined;
  const amount = milligrams(numerator);
  return amount === undefined || amount <= 0 || denominator['value'] <= 0 ? undefined : amount / denominator['value'];
}

const VOID_STATUSES: readonly unknown[] = ['entered-in-error', 'cancelled', 'revoked'];

/** Why a draft is not judged. One that names no patient is: an order that is not saved yet often has no subject. */
function exclusionOf(raw: Raw, patientId: string): Exclusion | undefined {
  if (ownerOf(raw, patientId) === 'other patient') return 'other patient';
  if (isModified(raw)) return 'unknown modifier extension';
  return raw['doNotPerform'] === true || VOID_STATUSES.includes(raw['status']) ? 'void' : undefined;
}

/** What an order that is still being written does not say yet, or says in words only; no rule judges it then. */
function unfinished(raw: Raw, tools: ReadingTools): readonly string[] {
  const { resourceType, medicationCodeableConcept, medicationReference, intent } = raw;
  if (resourceType === 'Appointment') return [];
  const type = String(resourceType);
  const isBare = type === 'MedicationRequest' && (medicationCodeableConcept ?? medicationReference) === undefined;
  return [
    ...(isBare ? [`${type} without a drug yet`] : isCoded(raw, tools) ? [] : [`${type}: text without a code`]),
    ...(intent === undefined ? [`${type} without an intent`] : []),
  ];
}

function requireFew(drafts: readonly Draft[]): void {
  const judged = drafts.filter((draft) => draft.selected && draft.kinds.length > 0);
  if (judged.length <= MOST_JUDGED_DRAFTS) return;
  const field = judged.every((draft) => draft.resource.resourceType === 'Appointment') ? 'appointments' : 'draftOrders';
  const detail = `${field} holds ${judged.length} drafts that this service judges; at most ${MOST_JUDGED_DRAFTS} are judged in one request. Send fewer drafts.`;
  throw new ServiceError('too-costly', { expression: `context.${field}`, detail });
}

function draftConcepts(
  raw: Raw,
  tools: { readonly codeSets: CodeSets; readonly resolve: ReadingTools['resolve'] },
): readonly string[] {
  if (raw['resourceType'] === 'MedicationRequest') return medicationConcepts(raw, tools);
  if (raw['resourceType'] === 'Appointment') return conceptsOf(raw['serviceType'], tools.codeSets);
  return [...conceptsOf(raw['code'], tools.codeSets), ...conceptsOf(raw['orderDetail'], tools.codeSets)];
}

/** The `draft-…` concepts; a generic spine image is of the neck or of the back by its body site. */
function kindsOf(concepts: readonly string[], sites: readonly string[]): readonly string[] {
  const kinds = concepts.filter((concept) => concept.startsWith('draft-'));
  if (!kinds.includes('draft-img-spine')) return kinds;
  const halves = sites.map(halfOf);
  return [
    ...kinds,
    ...(halves.includes('upper') ? ['draft-img-neck'] : []),
    ...(halves.includes('lower') ? ['draft-img-back'] : []),
  ];
}

const KIND_HALVES: Readonly<Record<string, Half>> = {
  'draft-img-neck': 'upper',
  'draft-inf-neck': 'upper',
  'draft-img-back': 'lower',
  'draft-inf-back': 'lower',
};

function halfOfDraft(kinds: readonly string[], sites: readonly string[]): Half | undefined {
  const byKind = kinds.map((kind) => KIND_HALVES[kind]).find((half) => half !== undefined);
  return byKind ?? sites.map(halfOf).find((half) => half !== undefined);
}

function occurrenceOf(raw: Raw, calendar: Calendar): DateSpan | undefined {
  const single = readDate(raw['occurrenceDateTime'] ?? raw['start'], calendar);
  if (single) return single;
  const period = raw['occurrencePeriod'] ?? listOf(raw['requestedPeriod'])[0];
  if (!isObject(period)) return undefined;
  const start = readDate(period['start'], calendar);
  const end = readDate(period['end'], calendar);
  return start && { first: start.first, last: end ? end.last : start.last };
}
