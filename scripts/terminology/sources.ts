/**
 * Where a code was seen, in a few words. The table keeps file names and remarks of whoever looked it up; a terminology team asks which
 * publication stands behind a code, and that is all that is published.
 */

/** What the table writes, and the publication that it means; in the order in which they are named. */
const PUBLICATIONS: readonly (readonly [RegExp, string])[] = [
  [/ValueSet-snomed-intl-gps/, 'SNOMED CT Global Patient Set 2020-09'],
  [/hl7\.fhir\.uv\.ips-1\.1\.0/, 'IPS free set 1.1.0'],
  [/WHO ICD-10 2019/, 'WHO ICD-10 2019'],
  [/WHO ATC\/DDD 2026-04-25/, 'WHO ATC 2026-04-25'],
  [/atcd (?:WHO ATC-DDD )?2021/, 'WHO ATC 2021-12, gone in 2024-07'],
  [/ICPC2 Command/, 'ICPC-2 list with Dutch and French (Chill-project)'],
  [/lk-nehr-fhir-ips/, 'ICPC-2 list (lk-nehr-fhir-ips)'],
  [/DiogoCarapito\/text-to-icpc2/, 'ICPC-2 v4.4 map to ICD-10'],
  [/HL7\/UTG(?!.*snomed-intl-gps)/, 'HL7 terminology (UTG)'],
  [/HL7\/fhir-ips/, 'HL7 IPS examples'],
  [/HL7 FHIR example/, 'HL7 FHIR examples'],
  [/RIVM 2019-0180/, 'RIVM 2019-0180'],
  [/VZinfo/, 'VZinfo'],
  [/VSAC/, 'VSAC'],
  [/cqframework\//, 'cqframework (eCQM)'],
  [/Nictiz(?!\/eu-nl-compared)|zib-Body/, 'Nictiz'],
  [/hl7-be\/|^BE be-/, 'HL7 Belgium'],
  [/cds-hooks\/sandbox|CDS Hooks sandbox/, 'CDS Hooks sandbox'],
  [/opensafely\//i, 'OpenSAFELY'],
  [/monarch-initiative\/mondo/, 'MONDO'],
  [/OHDSI\//, 'OHDSI'],
  [/orpha\.net/, 'Orphanet'],
];

/** The publications that a source of the table names, and when the code was last seen; one that is none of the known is said to be another. */
export function publicationsIn(source: string): string {
  const named = PUBLICATIONS.filter(([pattern]) => pattern.test(source)).map(([, name]) => name);
  const lastSeen = /last seen: [^|;]+/.exec(source)?.[0].trim().replace('last seen: not', 'not');
  return [...(named.length > 0 ? named : ['another public source']), ...(lastSeen ? [lastSeen] : [])].join('; ');
}
