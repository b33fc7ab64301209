/**
 * One ValueSet for each concept: what counts as it when a record is read. The SNOMED CT codes that need an affiliate licence stand in a
 * ValueSet of their own, as bare codes.
 */
import { AFFILIATE_NOTICE, BASE, byLicence, header, noticesFor, standingOf } from './artefacts.js';
import type { Builder, Code, Concept, Concepts } from './content.js';
import { compare, sortedIds, split } from './table.js';

const PURPOSE =
  'Read by the decision rules of Plexus CDS. That a record holds no code of this set never says that the patient does not have it.';

/** The value sets of all concepts, by path below fhir-profiles. */
export function valueSets(
  concepts: Concepts,
  builder: Builder,
  notFree: ReadonlySet<string>,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Object.entries(concepts).flatMap(([key, concept]) => {
      const { codes, exclude } = builder.contentOf(key);
      const { free, affiliate } = byLicence([...codes.values()], notFree);
      const description = descriptionOf(concept);
      const freeSet = {
        ...header('ValueSet', key, {
          title: concept.title.en,
          description: affiliate.length > 0 ? `${description} ${more(key)}` : description,
          purpose: PURPOSE,
          copyright: noticesFor(free.map(({ system }) => system)),
        }),
        compose: { include: includes(free, true), ...excludes(exclude) },
      };
      if (affiliate.length === 0) return [[`value-sets/${key}.json`, freeSet]];
      const affiliateSet = {
        ...header('ValueSet', affiliateId(key), {
          title: concept.title.en,
          description: `The part of ${BASE}/ValueSet/${key} that needs a SNOMED CT affiliate licence: codes without descriptions.`,
          purpose: PURPOSE,
          copyright: AFFILIATE_NOTICE,
        }),
        compose: { include: includes(affiliate, false) },
      };
      return [
        [`value-sets/${key}.json`, freeSet],
        [`value-sets-snomed-affiliate/${key}.json`, affiliateSet],
      ];
    }),
  );
}

const affiliateId = (key: string): string => `${key}-snomed-affiliate`;
const more = (key: string): string =>
  `SNOMED CT codes outside the free sets stand in ${BASE}/ValueSet/${affiliateId(key)}.`;

function descriptionOf({ kind, title, includes: parts = [], readOnly }: Concept): string {
  return [
    `What counts as "${title.en}" (${kind}) when a record is read.`,
    ...(parts.length > 0 ? [`It holds the codes of ${parts.join(', ')} as well.`] : []),
    ...(readOnly ? ['No public code is verified yet: our own stands in for it, is read and never written.'] : []),
  ].join(' ');
}

/** One include for the single codes of a system and, since filters of one include are combined with "and", one for each class. */
function includes(codes: readonly Code[], withDisplay: boolean): object[] {
  return sortedIds(new Set(codes.map((code) => code.system))).flatMap((system) => {
    const mine = codes.filter((code) => code.system === system).sort((a, b) => compare(a.code, b.code));
    const concept = mine
      .filter((code) => !code.isA)
      .map((code) => ({
        extension: standingOf(code),
        code: code.code,
        ...(withDisplay && code.display !== undefined ? { display: code.display } : {}),
      }));
    const classes = mine
      .filter((code) => code.isA)
      .map((code) => ({
        system,
        filter: [{ extension: standingOf(code), property: 'concept', op: 'is-a', value: code.code }],
      }));
    return [...(concept.length > 0 ? [{ system, concept }] : []), ...classes];
  });
}

function excludes(barred: ReadonlySet<string>): object {
  if (barred.size === 0) return {};
  const exclude = sortedIds(barred)
    .map(split)
    .map(({ system, code }) => ({ system, filter: [{ property: 'concept', op: 'is-a', value: code }] }));
  return { exclude };
}
