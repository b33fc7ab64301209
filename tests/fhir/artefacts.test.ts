/**
 * Every FHIR file below fhir-profiles is valid R4, says what it is, and uses only extensions of ours that are defined. A file is found by
 * being there: none can be added that is not looked at.
 */
import { dirname } from 'node:path';
import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4/index.js';
import type { ConceptMap, Extension, FhirResource, StructureDefinition, ValueSet } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { CANONICAL_BASE } from '../../src/fhir/code-sets.js';
import { isObject } from '../../src/fhir/references.js';
import { filesBelow, readText } from '../support/files.js';
import { CODE_SETS } from '../support/records.js';
import { faultsOf } from '../support/validate.js';

interface Artefact {
  readonly path: string;
  readonly resource: FhirResource & { readonly [element: string]: unknown };
}

/** Spellings of code systems, and the example patients, which are requests: their resources are held in validators.test.ts. */
const NO_RESOURCES = /^fhir-profiles\/(?:systems\.json$|examples\/)/;
const ARTEFACTS: readonly Artefact[] = filesBelow('fhir-profiles', '.json')
  .filter((path) => !NO_RESOURCES.test(path))
  .map((path) => ({ path, resource: JSON.parse(readText(path)) as Artefact['resource'] }));
/** One test for each, so that none takes long. */
const FOLDERS = [...new Set(ARTEFACTS.map(({ path }) => dirname(path)))];
const withType = <T extends FhirResource>(type: T['resourceType']): readonly { path: string; resource: T }[] =>
  ARTEFACTS.flatMap(({ path, resource }) =>
    resource.resourceType === type ? [{ path, resource: resource as unknown as T }] : [],
  );
const VALUE_SETS = withType<ValueSet>('ValueSet');
const CONCEPT_MAPS = withType<ConceptMap>('ConceptMap');
/** An instance of a profile is an example of a patient's data, not a definition. */
const DEFINITIONS = ARTEFACTS.filter(({ path }) => !path.startsWith('fhir-profiles/instances/'));

describe('every artefact', () => {
  it('there are artefacts of every kind', () => {
    const types = new Set(DEFINITIONS.map(({ resource }) => resource.resourceType));
    expect([...types].sort()).toEqual(
      expect.arrayContaining(['ActivityDefinition', 'CodeSystem', 'ConceptMap', 'StructureDefinition', 'ValueSet']),
    );
  });

  it.each(FOLDERS)('is valid R4 for both validators: %s', (folder) => {
    // The JSON schema is that of 4.0.0, and knows no later version of a StructureDefinition.
    const judged = (resource: FhirResource): FhirResource =>
      resource.resourceType === 'StructureDefinition' ? { ...resource, fhirVersion: '4.0.0' } : resource;
    const faults = ARTEFACTS.filter(({ path }) => dirname(path) === folder).flatMap(({ path, resource }) =>
      faultsOf(judged(resource)).map((fault) => `${path} ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it('stands at its own address and says version, name, title and that it is a draft', () => {
    const faults = DEFINITIONS.filter(
      ({ resource: { resourceType, id, url, version, name, title, status, experimental } }) =>
        url !== `${CANONICAL_BASE}/${resourceType}/${String(id)}` ||
        !/^\d+\.\d+\.\d+$/.test(String(version)) ||
        !/^[A-Z]\w{0,254}$/.test(String(name)) ||
        typeof title !== 'string' ||
        status !== 'draft' ||
        experimental !== true,
    );
    expect(faults.map(({ path }) => path)).toEqual([]);
    const urls = DEFINITIONS.map(({ resource }) => resource['url']);
    expect(new Set(urls).size).toBe(urls.length);
  });

  it('terminology says what it is for, and whose codes it holds', () => {
    const terminology = ['ValueSet', 'CodeSystem', 'ConceptMap'];
    const mute = DEFINITIONS.filter(
      ({ resource }) => terminology.includes(resource.resourceType) && typeof resource['description'] !== 'string',
    );
    expect(mute.map(({ path }) => path)).toEqual([]);
    const unsaid = DEFINITIONS.filter(({ resource: { resourceType, copyright, ...rest } }) => {
      if (!terminology.includes(resourceType)) return false;
      const content = JSON.stringify(rest);
      const owners = [
        ['"http://snomed.info/sct"', 'SNOMED'],
        ['"http://loinc.org"', 'LOINC'],
        ['"http://www.whocc.no/atc"', 'WHO Collaborating Centre'],
      ] as const;
      return owners.some(([system, owner]) => content.includes(system) && !String(copyright).includes(owner));
    });
    expect(unsaid.map(({ path }) => path)).toEqual([]);
  });
});

/** An extension of ours, and the path of the element that carries it. */
interface Use {
  readonly path: string;
  readonly element: string;
  readonly extension: Extension;
}

function usesIn(path: string, element: string, node: unknown): readonly Use[] {
  if (Array.isArray(node)) return node.flatMap((one) => usesIn(path, element, one));
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([key, value]) => {
    if (key !== 'extension' && key !== 'modifierExtension')
      // An item within an item is defined as one.
      return usesIn(path, element.endsWith(`.${key}`) ? element : `${element}.${key.replace(/^_/, '')}`, value);
    const ours = (value as readonly Extension[]).filter(({ url }) => url.startsWith(CANONICAL_BASE));
    return ours.map((extension) => ({ path, element, extension }));
  });
}

describe('extensions of ours', () => {
  const defined = new Map(
    withType<StructureDefinition>('StructureDefinition')
      .filter(({ resource }) => resource.type === 'Extension')
      .map(({ resource }) => [resource.url, resource]),
  );
  const uses = ARTEFACTS.flatMap(({ path, resource }) => usesIn(path, resource.resourceType, resource));
  const elementOf = (definition: StructureDefinition | undefined, id: string) =>
    definition?.differential?.element.find((element) => element.id === id);

  it('each that is used is defined, and each that is defined is used', () => {
    const used = new Set(uses.map(({ extension }) => extension.url));
    expect([...used].sort()).toEqual([...defined.keys()].sort());
  });

  it('each stands where its definition allows it, with a value of its type that keeps its rules', () => {
    const wrong = uses.filter(({ element, extension: { url, ...content } }) => {
      const definition = defined.get(url);
      const type = elementOf(definition, 'Extension.value[x]')?.type?.[0]?.code ?? '';
      const value = `value${type.charAt(0).toUpperCase()}${type.slice(1)}`;
      const rules = elementOf(definition, 'Extension')?.constraint ?? [];
      return (
        !definition?.context?.some(({ expression }) => expression === element) ||
        Object.keys(content).join() !== value ||
        !rules.every(({ expression = '' }) => keeps({ url, ...content }, expression))
      );
    });
    expect(wrong.map(({ path, extension }) => `${path} ${extension.url}`)).toEqual([]);
  });

  it('each that may stand once stands once', () => {
    const once = [...defined].filter(([, one]) => elementOf(one, 'Extension')?.max === '1').map(([url]) => url);
    const lists = ARTEFACTS.flatMap(({ resource }) => extensionListsIn(resource));
    expect(once.length).toBeGreaterThan(0);
    expect(once.filter((url) => lists.some((list) => list.filter((one) => one.url === url).length > 1))).toEqual([]);
  });

  it('a value that breaks a rule is seen', () => {
    const rule = elementOf(defined.get(`${CANONICAL_BASE}/StructureDefinition/verification-status`), 'Extension');
    const expression = rule?.constraint?.[0]?.expression ?? '';
    expect(keeps({ url: 'urn:x', valueCode: 'verified' }, expression)).toBe(true);
    expect(keeps({ url: 'urn:x', valueCode: 'guessed' }, expression)).toBe(false);
  });
});

const judgements = new Map<string, boolean>();

/** Whether a FHIRPath holds of the extension; asked once for each content, since thousands of codes say the same. */
function keeps(extension: Extension, expression: string): boolean {
  const key = `${expression} ${JSON.stringify(extension)}`;
  const known = judgements.get(key);
  if (known !== undefined) return known;
  const result = fhirpath.evaluate(extension, { base: 'Extension', expression }, {}, r4 as never) as readonly unknown[];
  judgements.set(key, result[0] === true);
  return result[0] === true;
}

function extensionListsIn(node: unknown): readonly (readonly Extension[])[] {
  if (Array.isArray(node)) return node.flatMap(extensionListsIn);
  if (!isObject(node)) return [];
  return Object.entries(node).flatMap(([key, value]) =>
    key === 'extension' ? [value as readonly Extension[]] : extensionListsIn(value),
  );
}

/** The codes and classes of a value set, each with the status that it carries. */
function codesOf({ compose }: ValueSet) {
  return (compose?.include ?? []).flatMap(({ system = '', concept = [], filter = [] }) =>
    [
      ...concept.map(({ code, extension }) => ({ code, extension })),
      ...filter.map(({ value, extension }) => ({ code: value, extension })),
    ].map(({ code, extension = [] }) => ({
      id: `${system}|${code}`,
      status: extension.find(({ url }) => url.endsWith('/verification-status'))?.valueCode,
      source: extension.find(({ url }) => url.endsWith('/code-source'))?.valueString,
    })),
  );
}

const CODES = VALUE_SETS.flatMap(({ path, resource }) => codesOf(resource).map((code) => ({ path, ...code })));

describe('what is known of every code', () => {
  // Rules reach a code through the value set of a concept and in no other way, so this holds for every active rule.
  it('it is verified, probable, ours or a stand-in, in every value set that a rule can reach', () => {
    const unsure = CODES.filter(({ status = '' }) => !['verified', 'probable', 'own', 'stand-in'].includes(status));
    expect(unsure.map(({ path, id }) => `${path} ${id}`)).toEqual([]);
  });

  it('a verified code says where it was seen, and ours is nobody else’s', () => {
    const faults = CODES.filter(({ id, status, source }) => {
      const isOurs = id.startsWith(`${CANONICAL_BASE}/`);
      if (status === 'verified') return isOurs || source === undefined;
      return isOurs !== (status === 'own' || status === 'stand-in') || (isOurs && source !== undefined);
    });
    expect(faults.map(({ path, id }) => `${path} ${id}`)).toEqual([]);
  });

  it('only a verified code, or one of ours that is no stand-in, is written into an order', () => {
    const known = new Set(VALUE_SETS.flatMap(({ resource }) => (resource.compose?.include ?? []).map((i) => i.system)));
    const writable = new Set(
      CODES.filter(({ status }) => status === 'verified' || status === 'own').map(({ id }) => id),
    );
    const written = withType('ActivityDefinition').flatMap(({ path, resource }) =>
      codingsIn(resource)
        .filter(({ system }) => known.has(system))
        .map(({ system, code }) => ({ path, id: `${system}|${code}` })),
    );
    expect(written.length).toBeGreaterThan(66);
    expect(written.filter(({ id }) => !writable.has(id))).toEqual([]);
  });
});

function codingsIn(node: unknown): readonly { readonly system: string; readonly code: string }[] {
  if (Array.isArray(node)) return node.flatMap(codingsIn);
  if (!isObject(node)) return [];
  const { system, code } = node;
  const own = typeof system === 'string' && typeof code === 'string' ? [{ system, code }] : [];
  return [...own, ...Object.values(node).flatMap(codingsIn)];
}

describe('concept maps', () => {
  const verified = new Set(CODES.filter(({ status }) => status === 'verified').map(({ id }) => id));
  const affiliate = new Set(CODES.filter(({ path }) => path.includes('-snomed-affiliate/')).map(({ id }) => id));
  const rows = CONCEPT_MAPS.flatMap(({ path, resource }) =>
    (resource.group ?? []).flatMap(({ target: system = '', element }) =>
      element.flatMap(({ code: concept = '', target = [] }) =>
        target.map(({ code = '', display, equivalence }) => ({
          ...{ path, concept, system, code, display, equivalence },
          id: `${system}|${code}`,
        })),
      ),
    ),
  );
  const faults = (isFault: (row: (typeof rows)[number]) => boolean): readonly string[] =>
    rows.filter(isFault).map(({ path, concept, id }) => `${path} ${concept} ${id}`);

  it('each code is verified, and counts as the concept that it is mapped from', () => {
    expect(rows.length).toBeGreaterThan(500);
    expect(faults(({ id }) => !verified.has(id))).toEqual([]);
    expect(faults(({ system, code, concept }) => !CODE_SETS.conceptsOf({ system, code }).includes(concept))).toEqual(
      [],
    );
  });

  it('a code that needs an affiliate licence stands in the folder that is deleted, without a name', () => {
    expect(faults(({ path, id }) => path.includes('-snomed-affiliate/') !== affiliate.has(id))).toEqual([]);
    expect(faults(({ id, display }) => affiliate.has(id) && display !== undefined)).toEqual([]);
  });

  it('at most one code is equivalent, never one of a classification, and nothing is called equal', () => {
    const equivalent = rows.filter(({ equivalence }) => equivalence === 'equivalent');
    const keys = equivalent.map(({ path, concept }) => `${path} ${concept}`);
    expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
    expect(new Set(equivalent.map(({ system }) => system))).toEqual(
      new Set(['http://snomed.info/sct', 'http://loinc.org']),
    );
    expect(new Set(rows.map(({ equivalence }) => equivalence))).toEqual(
      new Set(['equivalent', 'narrower', 'relatedto']),
    );
  });
});
