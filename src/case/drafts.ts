/**
 * The orders or appointments of the hook's context -> drafts: what kind each is, where, when and why.
 * An element that a client sends in a shape the standard forbids (object for array, empty coding, no drug yet) reads as absent.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { CodeSets } from '../fhir/code-sets.js';
import { readDate, type Calendar, type DateSpan } from '../fhir/dates.js';
import { conceptsOf, isObject, listOf, normaliseReference } from '../fhir/references.js';
import { halfOf } from './body.js';
import type { Draft, Half } from './case.js';
import { medicationConcepts, referenceOf, type ReadingTools } from './entries.js';

type Raw = Readonly<Record<string, unknown>>;

const DRAFT_TYPES = ['MedicationRequest', 'ServiceRequest', 'Appointment'];

/** Reads the drafts of the context; `selections` absent selects all. */
export function readDrafts(
  resources: readonly FhirResource[],
  selections: readonly string[] | undefined,
  tools: Pick<ReadingTools, 'codeSets' | 'calendar' | 'resolve'>,
): readonly Draft[] {
  return resources
    .filter((resource) => DRAFT_TYPES.includes(resource.resourceType))
    .map((resource) => {
      const raw = resource as unknown as Raw;
      const reference = referenceOf(raw);
      const concepts = draftConcepts(raw, tools);
      const sites = conceptsOf(raw['bodySite'], tools.codeSets).filter((key) => !key.startsWith('side-'));
      const kinds = kindsOf(concepts, sites);
      const half = halfOfDraft(kinds, sites);
      const occurrence = occurrenceOf(raw, tools.calendar);
      return {
        resource,
        reference,
        kinds,
        concepts,
        sites,
        reasonConcepts: conceptsOf(raw['reasonCode'], tools.codeSets),
        reasons: listOf(raw['reasonReference']).flatMap((reason) => normaliseReference(reason['reference']) ?? []),
        selected: selections === undefined || selections.includes(reference),
        ...(half && { half }),
        ...(occurrence && { occurrence }),
      };
    });
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
  const period = raw['occurrencePeriod'];
  if (!isObject(period)) return undefined;
  const start = readDate(period['start'], calendar);
  const end = readDate(period['end'], calendar);
  return start && { first: start.first, last: end ? end.last : start.last };
}
