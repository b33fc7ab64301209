/**
 * Where on the body a resource is about, as concept keys: of its body site, of the laterality that national profiles add to it, and of a component.
 */
import type { CodeSets } from '../fhir/code-sets.js';
import { conceptsOf, isObject, listOf } from '../fhir/references.js';

type Raw = Readonly<Record<string, unknown>>;

const NO_PLACES: readonly string[] = [];

/** Sites and sides: of the body site, of its laterality extension, and sides that stand in a component. */
export function placesOf(raw: Raw, codeSets: CodeSets): readonly string[] {
  if (raw['bodySite'] === undefined && raw['component'] === undefined) return NO_PLACES;
  const sides = listOf(raw['component'])
    .flatMap((component) => conceptsOf(component['valueCodeableConcept'], codeSets))
    .filter((key) => key.startsWith('side-'));
  return [...conceptsOf(raw['bodySite'], codeSets), ...sides, ...lateralityOf(raw, codeSets)];
}

/** As the Dutch R4 and Belgian profiles call it, and (`BodySite-Qualifier`) those of STU3. */
const LATERALITY = /[/.-](?:Anatomical)?Laterality|\/BodySite-Qualifier$/i;

/** Whether the last segment of an extension's url names a laterality; cut off first, because a pattern to the end of a long url takes seconds. */
function isLaterality({ url }: Raw): boolean {
  return typeof url === 'string' && LATERALITY.test(url.slice(Math.max(0, url.lastIndexOf('/'))));
}

/** Sides that the national profiles write as an extension on the body site: a CodeableConcept in the Netherlands, a Coding in Belgium. */
function lateralityOf(raw: Raw, codeSets: CodeSets): readonly string[] {
  return listOf(raw['bodySite'])
    .flatMap((site) => [
      ...listOf(site['extension']),
      ...listOf(site['coding']).flatMap((coding) => listOf(coding['extension'])),
    ])
    .filter(isLaterality)
    .flatMap(({ valueCodeableConcept, valueCoding }) => [
      ...conceptsOf(valueCodeableConcept, codeSets),
      ...(isObject(valueCoding) ? conceptsOf({ coding: valueCoding }, codeSets) : []),
    ]);
}
