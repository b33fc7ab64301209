/**
 * Journal lines (SOEP) of Dutch GP systems that name a problem by its ICPC code: a resource enters, its lines leave.
 * A line is an Observation (gp-JournalEntry), or a section of the Composition of an encounter (gp-EncounterReport).
 * S: what the patient complains of. E: what the GP makes of it. O and P name no problem. No text is read.
 */
import { isObject, listOf, normaliseReference } from '../fhir/references.js';
import { isModified } from './entries.js';

type Raw = Readonly<Record<string, unknown>>;

export interface JournalLine {
  /** The resource in which it came. */
  readonly sent: Raw;
  readonly type: 'S' | 'E';
  readonly codings: readonly Raw[];
  /** When it was written, as it was sent. */
  readonly date: unknown;
  /** Episodes, and other resources, that it says to belong to, as `Type/id`. */
  readonly belongsTo: readonly string[];
  /** What changes its meaning, as it was sent. */
  readonly modifierExtension: unknown;
}

/** The lines of a resource; none for one that holds no problem of a journal. */
export function journalLines(raw: Raw): readonly JournalLine[] {
  if (raw['resourceType'] === 'Observation') return ofObservation(raw);
  if (raw['resourceType'] === 'Composition') return sectionsOf(raw).flatMap((section) => ofSection(section, raw));
  return [];
}

function ofObservation(sent: Raw): readonly JournalLine[] {
  const type = lineType(sent['code']);
  const codings = listOf(sent['component']).flatMap(({ valueCodeableConcept }) => codingsOf(valueCodeableConcept));
  if (type === undefined || codings.length === 0) return [];
  const { effectiveDateTime, effectivePeriod, issued, encounter, modifierExtension } = sent;
  const date = effectiveDateTime ?? (isObject(effectivePeriod) ? effectivePeriod['start'] : issued);
  return [{ sent, type, codings, date, belongsTo: namesIn([...episodesOf(sent), encounter]), modifierExtension }];
}

function ofSection(section: Raw, sent: Raw): readonly JournalLine[] {
  const type = lineType(section['code']);
  const codings = icpcOf(section);
  if (type === undefined || codings.length === 0) return [];
  const { date, encounter } = sent;
  // The converters of Nictiz write the episode beside the line itself, as an entry of the section.
  const belongsTo = namesIn([...listOf(section['entry']), ...episodesOf(sent), encounter]);
  return [{ sent, type, codings, date, belongsTo, modifierExtension: section['modifierExtension'] }];
}

/** The sections of a Composition at any depth, each with what modifies it: that is said of all that stands below it. */
function sectionsOf(composition: Raw): readonly Raw[] {
  const found: Raw[] = [composition];
  // Grows while it is walked, so that no depth of a journal is too deep.
  for (const parent of found) {
    for (const section of listOf(parent['section'])) {
      const { modifierExtension } = isModified(parent) ? parent : section;
      found.push({ ...section, modifierExtension });
    }
  }
  return found.slice(1);
}

const ICPC = /\/code-icpc-1-nl$/;

function icpcOf({ extension }: Raw): readonly Raw[] {
  const codes = listOf(extension).filter(({ url }) => typeof url === 'string' && ICPC.test(url));
  return codes.flatMap(({ valueCodeableConcept, valueCoding }) => [
    ...codingsOf(valueCodeableConcept),
    ...listOf(valueCoding),
  ]);
}

const codingsOf = (concepts: unknown): readonly Raw[] => listOf(concepts).flatMap(({ coding }) => listOf(coding));

/** The code system of journal lines, by its URL and by its OID. */
const LINE_SYSTEMS: readonly unknown[] = [
  'http://fhir.nl/fhir/NamingSystem/journaalregeltypen',
  'urn:oid:2.16.840.1.113883.2.4.4.32.2',
];

function lineType(code: unknown): JournalLine['type'] | undefined {
  if (code === undefined) return undefined;
  const type = codingsOf(code).find(({ system }) => LINE_SYSTEMS.includes(system))?.['code'];
  return type === 'S' || type === 'E' ? type : undefined;
}

const LINE_EPISODE = 'http://nictiz.nl/fhir/StructureDefinition/extension-context-nl-core-episodeofcare';

function episodesOf({ extension }: Raw): readonly unknown[] {
  return listOf(extension).flatMap(({ url, valueReference }) => (url === LINE_EPISODE ? [valueReference] : []));
}

function namesIn(references: readonly unknown[]): readonly string[] {
  return references.flatMap((one) => (isObject(one) ? (normaliseReference(one['reference']) ?? []) : []));
}
