/**
 * What all our terminology resources share: their address, version and publisher, the notices of those whose codes are in them,
 * and what an extension of ours says of a code. Profiles of the extensions: fhir-profiles/extensions.
 */
import type { Code } from './content.js';
import { LOINC, SNOMED, uriOf } from './table.js';

export const BASE = 'https://plexus-cds.example/fhir';
const VERIFICATION = `${BASE}/StructureDefinition/verification-status`;
const SOURCE = `${BASE}/StructureDefinition/code-source`;
/** Of the artefacts, not of the service: raised when what one of them says changes. */
const VERSION = '0.1.0';

const NOTICES: Readonly<Record<string, string>> = {
  [SNOMED]:
    'This material includes SNOMED CT content, copyright SNOMED International. All codes shown here are in the SNOMED CT Global Patient Set or the IPS free set, licensed under CC BY 4.0.',
  [LOINC]:
    'This material contains content from LOINC (http://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the LOINC Committee and is available at no cost under the license at http://loinc.org/license.',
  [uriOf('atc')]:
    'ATC codes are those of the WHO Collaborating Centre for Drug Statistics Methodology; codes only, without titles or defined daily doses.',
};
export const AFFILIATE_NOTICE =
  'This material includes SNOMED Clinical Terms (SNOMED CT), used by permission of SNOMED International. Its use requires a SNOMED CT affiliate licence or use in a member country; see README.md in value-sets-snomed-affiliate.';

/** The notices of the code systems, none for those that ask for none. */
export const noticesFor = (systems: Iterable<string>): string => {
  const named = new Set(systems);
  return Object.entries(NOTICES)
    .flatMap(([system, notice]) => (named.has(system) ? [notice] : []))
    .join(' ');
};

/** `arm-pain` as the name that a program may use: `ArmPain`. */
const nameOf = (id: string): string => id.replace(/(^|-)(\w)/g, (_all, _dash, letter: string) => letter.toUpperCase());

/** The elements that every one of them begins with. */
export function header(
  resourceType: 'ValueSet' | 'CodeSystem' | 'ConceptMap',
  id: string,
  about: {
    readonly title: string;
    readonly description: string;
    readonly purpose?: string;
    readonly copyright: string;
  },
): object {
  const { title, description, purpose, copyright } = about;
  return {
    resourceType,
    id,
    url: `${BASE}/${resourceType}/${id}`,
    version: VERSION,
    name: nameOf(id),
    title,
    status: 'draft',
    experimental: true,
    // As NOTICE has it.
    publisher: 'Plexus CDS contributors',
    description,
    ...(purpose === undefined ? {} : { purpose }),
    ...(copyright === '' ? {} : { copyright }),
  };
}

/** How sure we are of a code, and where it was seen. */
export const standingOf = ({ status, source }: Code): object[] => [
  { url: VERIFICATION, valueCode: status },
  ...(source === undefined ? [] : [{ url: SOURCE, valueString: source }]),
];

/** The codes that need an affiliate licence of SNOMED, and those that do not. */
export function byLicence(
  codes: readonly Code[],
  notFree: ReadonlySet<string>,
): { readonly free: readonly Code[]; readonly affiliate: readonly Code[] } {
  const needsLicence = ({ system, code }: Code): boolean => system === SNOMED && notFree.has(code);
  return { free: codes.filter((code) => !needsLicence(code)), affiliate: codes.filter(needsLicence) };
}
