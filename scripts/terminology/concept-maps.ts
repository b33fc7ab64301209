/**
 * ConceptMaps from our own codes to public ones, one for each code system, verified codes only. In: the codes that each concept names
 * itself; those it owes to a concept that it includes are mapped there. An equivalence is claimed only where it can be shown from the
 * names and the terminology table; all else is `relatedto`.
 */
import { AFFILIATE_NOTICE, byLicence, header, noticesFor } from './artefacts.js';
import type { Builder, Code, Concept, Concepts } from './content.js';
import { compare, FINDING, idOf, LOINC, SNOMED, sortedIds, uriOf, type Row } from './table.js';

/** Code systems with a map, and their name in its id and title. */
const TARGETS: readonly (readonly [string, string])[] = [
  ['snomed', 'SNOMED CT'],
  ['loinc', 'LOINC'],
  ['icpc-1-nl', 'ICPC-1-NL'],
  ['icpc-2', 'ICPC-2'],
  ['icd-10', 'ICD-10'],
  ['atc', 'ATC'],
];

const RULE_OF_EQUIVALENCE =
  'equivalent: the code has the same name as ours, which is all that this rests on; narrower: the table of codes has it as a kind of the code of that name; relatedto: it counts as ours when a record is read, and no more is claimed. The codes of ICPC, ICD-10 and ATC are rubrics, whose meaning lies in what they include and exclude: always relatedto.';
const ABSENCE =
  'A concept that is not here names no verified code of this system itself, which does not say that there is none; codes that it owes to a concept that it includes are mapped there, SNOMED CT codes that need an affiliate licence in a map of their own.';
/** Their Dutch titles mean something else: lumbosacraal, and tintelingen. */
const ALIKE_IN_ENGLISH_ONLY = new Set(['Lumbar radiculopathy', 'Paraesthesia']);
const NARROWER = 'The table of codes has it as a kind of the code with the same name as ours.';

interface Target {
  readonly code: string;
  readonly display?: string;
  readonly equivalence: 'equivalent' | 'narrower' | 'relatedto';
  readonly comment?: string;
}

/** The concept maps, by path below fhir-profiles; the SNOMED CT codes that need a licence in one of their own, without names. */
export function conceptMaps(
  concepts: Concepts,
  builder: Builder,
  table: readonly Row[],
  notFree: ReadonlySet<string>,
): Readonly<Record<string, object>> {
  const keys = sortedIds(Object.keys(concepts));
  const licensed = new Map(keys.map((key) => [key, byLicence(builder.namedBy(key), notFree)]));
  const maps = TARGETS.map(([name, title]): [string, object] => {
    const system = uriOf(name);
    const elements = keys.flatMap((key) => {
      const concept = concepts[key];
      const codes = verifiedOf(licensed.get(key)?.free ?? [], system);
      return concept && codes.length > 0 ? [element(key, concept, targetsOf(concept, codes, table))] : [];
    });
    const map = conceptMap(`finding-to-${name}`, system, elements, {
      title: `Plexus CDS findings to ${title}`,
      description: `Our own codes and the verified codes of ${title}. ${RULE_OF_EQUIVALENCE} ${ABSENCE}`,
      copyright: noticesFor([system]),
    });
    return [`concept-maps/finding-to-${name}.json`, map];
  });
  return Object.fromEntries([...maps, affiliateMap(concepts, keys, (key) => licensed.get(key)?.affiliate ?? [])]);
}

/** To be deleted with its folder. Names may not be given here, and an equivalence by name would give them. */
function affiliateMap(
  concepts: Concepts,
  keys: readonly string[],
  codesOf: (key: string) => readonly Code[],
): [string, object] {
  const elements = keys.flatMap((key) => {
    const concept = concepts[key];
    const codes = verifiedOf(codesOf(key), SNOMED);
    const targets = codes.map(({ code }): Target => ({ code, equivalence: 'relatedto' }));
    return concept && codes.length > 0 ? [element(key, concept, targets)] : [];
  });
  const map = conceptMap('finding-to-snomed-affiliate', SNOMED, elements, {
    title: 'Plexus CDS findings to SNOMED CT outside the free sets',
    description: `Our own codes and the verified codes of SNOMED CT that need an affiliate licence, without descriptions. relatedto: it counts as ours when a record is read, and no more is claimed. ${ABSENCE}`,
    copyright: AFFILIATE_NOTICE,
  });
  return ['value-sets-snomed-affiliate/concept-maps/finding-to-snomed-affiliate.json', map];
}

function verifiedOf(codes: readonly Code[], system: string): readonly Code[] {
  return codes
    .filter((code) => code.system === system && code.status === 'verified')
    .sort((a, b) => compare(a.code, b.code));
}

function targetsOf({ title, terms = [] }: Concept, codes: readonly Code[], table: readonly Row[]): readonly Target[] {
  const sameName = ({ system, display }: Code): boolean =>
    [SNOMED, LOINC].includes(system) &&
    display !== undefined &&
    plain(display) === plain(title.en) &&
    !ALIKE_IN_ENGLISH_ONLY.has(title.en);
  const keysOf = (code: Code): readonly string[] =>
    table.filter((row) => idOf(row) === idOf(code) && terms.includes(row.key)).map(({ key }) => key);
  const named = codes.filter(sameName).flatMap(keysOf);
  const isKindOf = (code: Code): boolean => {
    const keys = keysOf(code);
    return keys.length > 0 && keys.every((key) => named.some((upper) => key.startsWith(`${upper}.`)));
  };
  return codes.map((code) => ({
    code: code.code,
    ...(code.display === undefined ? {} : { display: code.display }),
    ...(sameName(code)
      ? { equivalence: 'equivalent' }
      : isKindOf(code)
        ? { equivalence: 'narrower', comment: NARROWER }
        : { equivalence: 'relatedto' }),
  }));
}

/** A name without what two people write differently: case, SNOMED's tag of its kind, British and American ae and oe. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replace(/ \([a-z /]+\)$/, '')
    .replace(/[ao]e/g, 'e')
    .trim();
}

const element = (code: string, { title }: Concept, target: readonly Target[]): object => ({
  code,
  display: title.en,
  target,
});

function conceptMap(
  id: string,
  target: string,
  elements: readonly object[],
  about: { readonly title: string; readonly description: string; readonly copyright: string },
): object {
  return { ...header('ConceptMap', id, about), group: [{ source: FINDING, target, element: elements }] };
}
