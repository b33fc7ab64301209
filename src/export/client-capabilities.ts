/**
 * What we ask of the FHIR server of an EHR, as FHIR's CapabilityStatement of a client: made of the prefetch templates of the services, so that
 * it names what is asked and nothing else. Enters: the services. Leaves: a resource that an EHR can hold its own statement against.
 */
import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js';
import type { Service } from '../cds-hooks/services.js';

export interface StatementOptions {
  /** Base of our canonical addresses. */
  readonly base: string;
  /** When it was made, a FHIR dateTime. */
  readonly date: string;
}

/** One prefetch template, and the services that ask it. */
interface Query {
  readonly key: string;
  readonly type: string;
  /** Names of the search parameters; undefined for a read. */
  readonly parameters: readonly string[] | undefined;
  readonly services: readonly string[];
}

const DOCUMENTATION = `What is missing from prefetch is read with GET, JSON (Accept: application/fhir+json), within one deadline and as long as nothing better is known; no search is \
posted and nothing is written. Pages are followed by Bundle.link of relation next, on the origin of the server only. Only the Patient must be had; what else cannot be read is said on the cards.`;

/** The statement of the services that are served. */
export function clientCapabilities(
  services: readonly Service[],
  { base, date }: StatementOptions,
): CapabilityStatement {
  const queries = queriesOf(services);
  const types = [...new Set(queries.map(({ type }) => type))];
  return {
    resourceType: 'CapabilityStatement',
    id: 'plexus-cds-client',
    url: `${base}/CapabilityStatement/plexus-cds-client`,
    name: 'PlexusCdsClient',
    title: 'What Plexus CDS reads from the FHIR server of an EHR',
    status: 'active',
    date,
    kind: 'requirements',
    fhirVersion: '4.0.1',
    format: ['json'],
    description:
      'The reads and searches of a CDS Hooks service, for an EHR that sends no prefetch or not all of it. The same searches are the prefetch templates of its discovery.',
    rest: [
      {
        mode: 'client',
        documentation: DOCUMENTATION,
        security: { description: 'The access token of fhirAuthorization as Bearer, with scopes to read these types.' },
        resource: [
          ...types.map((type) =>
            describeType(
              type,
              queries.filter((query) => query.type === type),
            ),
          ),
          MEDICATION,
        ],
      },
    ],
  };
}

/** Not of a template: asked by reference, after the rest. */
const MEDICATION: CapabilityStatementRestResource = {
  type: 'Medication',
  interaction: [{ code: 'read' }],
  documentation: 'What MedicationRequest, MedicationStatement and drafts only refer to.',
};

function queriesOf(services: readonly Service[]): readonly Query[] {
  const templates = new Set(
    services.flatMap(({ prefetch }) => Object.entries(prefetch).map(([key, template]) => `${key} ${template}`)),
  );
  return [...templates].map((one) => {
    const [key = '', template = ''] = one.split(' ');
    const [path = '', search] = template.split('?');
    return {
      key,
      type: path.split('/')[0] ?? '',
      parameters: search === undefined ? undefined : [...new URLSearchParams(search).keys()],
      services: services.filter(({ prefetch }) => prefetch[key] === template).map(({ id }) => id),
    };
  });
}

const PARAMETERS: Readonly<
  Record<string, { readonly type: 'reference' | 'number' | 'string'; readonly documentation: string }>
> = {
  patient: { type: 'reference', documentation: 'The patient of the context, as a bare id.' },
  _count: { type: 'number', documentation: 'Matches on a page; fewer are taken too.' },
  _sort: { type: 'string', documentation: '-date: the newest first.' },
};

function describeType(type: string, queries: readonly Query[]): CapabilityStatementRestResource {
  const reads = queries.some(({ parameters }) => parameters === undefined);
  const names = new Set(queries.flatMap(({ parameters = [] }) => parameters));
  return {
    type: type as CapabilityStatementRestResource['type'],
    documentation: queries.map(({ key, services }) => `Prefetch key ${key} of ${services.join(', ')}.`).join(' '),
    interaction: [
      ...(reads ? [{ code: 'read' as const }] : []),
      ...(names.size > 0 ? [{ code: 'search-type' as const }] : []),
    ],
    ...(names.size > 0 && { searchParam: [...names].map((name) => describeParameter(name)) }),
  };
}

/** A parameter that nobody has described yet stops the start: the statement would be no help. */
function describeParameter(name: string) {
  const known = PARAMETERS[name];
  if (known === undefined) throw new RangeError(`no description of the search parameter ${name}`);
  return { name, ...known };
}
