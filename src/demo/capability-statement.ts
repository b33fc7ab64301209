/** What the demo EHR can do, as FHIR's CapabilityStatement: made from the same tables that it works by, so that it names nothing else. */
import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js';
import { DEFAULT_COUNT, MAX_COUNT } from './fhir-search.js';
import { MAX_CREATED } from './fhir-store.js';
import { RESOURCE_TYPES } from './fhir-types.js';
import type { SearchParameter, SearchParameters } from './fhir-types.js';

const DESCRIPTION = `A demonstration EHR with example patients; nobody in it exists. Its state is kept in the memory of one process and lost at restart, \
at most ${MAX_CREATED} resources can be created, and everybody who can reach it reads and writes everything: put no data of real patients in it. \
Feedback to the cards of the service beside it is kept here as Communication.`;

const TYPE_OF_KIND = { reference: 'reference', concept: 'token', code: 'token', date: 'date' } as const;

/** The statement for a server at `base`, started at `started` (a FHIR dateTime). */
export function capabilityStatement(base: string, started: string): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: started,
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    description: DESCRIPTION,
    implementation: { description: 'Demonstration EHR beside the Plexus CDS service', url: base },
    rest: [
      {
        mode: 'server',
        documentation: `Bodies are application/fhir+json or application/json; answers are the former. Search by GET or by POST to [type]/_search; repeated parameters are "and", commas "or", modifiers are refused. Pages hold ${DEFAULT_COUNT} resources, at most ${MAX_COUNT} by _count, and link to the next one. _format changes nothing. Conditional creates and updates are refused.`,
        security: { description: 'None: an Authorization header is neither needed nor read.' },
        resource: [...RESOURCE_TYPES].map(([type, parameters]) => describeType(type, parameters)),
        searchParam: [
          { name: '_id', type: 'token', documentation: 'Ids, with commas between.' },
          { name: '_sort', type: 'string', documentation: 'date or -date, for types with parameter date.' },
          { name: '_count', type: 'number', documentation: 'Resources per page; 0 answers the total only.' },
          { name: '_offset', type: 'number', documentation: 'Matches to pass over; used by the next link.' },
        ],
      },
    ],
  };
}

function describeType(type: string, parameters: SearchParameters): CapabilityStatementRestResource {
  return {
    type: type as CapabilityStatementRestResource['type'],
    interaction: [
      { code: 'read' },
      { code: 'update' },
      { code: 'delete' },
      { code: 'create' },
      { code: 'search-type' },
    ],
    versioning: 'versioned',
    readHistory: false,
    updateCreate: false,
    conditionalCreate: false,
    conditionalUpdate: false,
    ...(parameters.size > 0 && {
      searchParam: [...parameters].map(([name, parameter]) => ({
        name,
        type: TYPE_OF_KIND[parameter.kind],
        documentation: documentationOf(type, parameter),
      })),
    }),
  };
}

function documentationOf(type: string, { kind, elements }: SearchParameter): string {
  const looksAt = elements.map((element) => `${type}.${element}`).join(' or ');
  switch (kind) {
    case 'reference':
      return `${looksAt}: an id, or Patient/id.`;
    case 'concept':
      return `${looksAt}: code, system|code, system| or |code.`;
    case 'code':
      return `${looksAt}: a code without a system.`;
    case 'date':
      return `${looksAt}: a date with prefix eq, ge, gt, le, lt or none.`;
  }
}
