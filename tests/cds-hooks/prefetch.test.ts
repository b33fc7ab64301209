import { describe, expect, test } from 'vitest';
import { completeness, KEY_OF_TYPE, PREFETCH_KEYS, readPrefetch } from '../../src/cds-hooks/prefetch.js';
import { PAGE_SIZE } from '../../src/cds-hooks/searchset.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { bundleOf, searchsetOf } from '../support/requests.js';

const CONDITION = { resourceType: 'Condition', id: 'c1' };
const OUTCOME = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };

/** Epic's answer to a search that found nothing. */
function epicEmpty(severity: string, coding: unknown[] = []): unknown {
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity, code: 'processing', details: { coding } }] };
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: 0,
    entry: [{ resource: outcome, search: { mode: 'outcome' } }],
  };
}

const stateOf = (conditions: unknown) => readPrefetch({ conditions }).states.conditions;

describe('states of a key', () => {
  test('F1 a key that was not sent is absent', () => {
    expect(readPrefetch({}).states.conditions).toBe('absent');
  });

  test('F2 OperationOutcomes are looked for, alone and as entries of a Bundle', () => {
    expect(stateOf(OUTCOME)).toBe('failed');
    expect(stateOf({ resourceType: 'Bundle', entry: [{ resource: OUTCOME, search: { mode: 'outcome' } }] })).toBe(
      'failed',
    );
    expect(stateOf(searchsetOf(CONDITION, OUTCOME))).toBe('partial');
  });

  test.each([
    ['null', null],
    ['an empty searchset', searchsetOf()],
    ['a Bundle without entry', { resourceType: 'Bundle' }],
  ])('F4 %s is known empty', (_, value) => {
    expect(stateOf(value)).toBe('empty');
  });

  test('F4 Epic’s empty searchset with an OperationOutcome entry is known empty', () => {
    expect(stateOf(epicEmpty('warning'))).toBe('empty');
    expect(stateOf(epicEmpty('information'))).toBe('empty');
    expect(stateOf(epicEmpty('error', [{ code: '4101' }]))).toBe('empty');
    expect(stateOf(epicEmpty('fatal'))).toBe('failed');
  });

  test('F4 issues and codings that are no lists say the same', () => {
    const outcome = (code: string) => ({
      resourceType: 'OperationOutcome',
      issue: { severity: 'error', code: 'processing', details: { coding: { code } } },
    });
    expect([stateOf(searchsetOf(outcome('4101'))), stateOf(searchsetOf(outcome('4119')))]).toEqual([
      'partial',
      'failed',
    ]);
    expect(stateOf({ ...searchsetOf(outcome('4101')), total: 0 })).toBe('empty');
  });

  test('F2 an OperationOutcome among the entries is noted, and what is marked as one is no match', () => {
    const outcome = { resource: OUTCOME, search: { mode: 'outcome' } };
    const marked = { resource: CONDITION, search: { mode: 'outcome' } };
    const { resources, states, tolerated } = readPrefetch({
      conditions: { resourceType: 'Bundle', entry: [outcome, marked] },
    });
    expect([resources.length, states.conditions]).toEqual([0, 'failed']);
    expect(tolerated.map(({ what }) => what)).toEqual([
      'OperationOutcome among the entries, which is no record',
      'entries without a usable resource',
    ]);
  });

  test('one entry as an object is a list of one', () => {
    const { resources, tolerated } = readPrefetch({
      conditions: { resourceType: 'Bundle', entry: { resource: CONDITION } },
    });
    expect(resources).toEqual([CONDITION]);
    expect(tolerated).toEqual([{ where: 'prefetch.conditions', what: 'one entry as an object, not in a list' }]);
  });

  test('F5 an OperationOutcome value is a failed query', () => {
    expect(readPrefetch({ patient: OUTCOME }).states.patient).toBe('failed');
  });

  test('F6 a next link or a greater total is never complete', () => {
    expect(
      stateOf({ ...searchsetOf(CONDITION), link: [{ relation: 'next', url: 'https://ehr.example/fhir?page=2' }] }),
    ).toBe('partial');
    expect(stateOf({ ...searchsetOf(CONDITION), total: 2 })).toBe('partial');
    expect(stateOf({ ...searchsetOf(), total: 3 })).toBe('partial');
    expect(stateOf({ ...searchsetOf(CONDITION), link: [{ relation: 'self', url: 'x' }] })).toBe('resource');
  });

  test('F6 a full page without a total may have been cut', () => {
    const page = (count: number) => bundleOf(...Array<unknown>(count).fill(CONDITION));
    expect([99, 100, 101].map((count) => stateOf(page(count)))).toEqual(['resource', 'partial', 'partial']);
    expect(stateOf({ ...page(100), total: 100 })).toBe('resource');
  });

  test('F6 a full page is the number that every search asks for', () => {
    const searches = SERVICES.flatMap(({ prefetch }) => Object.values(prefetch)).filter((one) => one.includes('?'));
    expect(searches.every((one) => new URLSearchParams(one.split('?')[1]).get('_count') === String(PAGE_SIZE))).toBe(
      true,
    );
  });

  test('F6 included resources do not count towards the total', () => {
    const bundle = searchsetOf(CONDITION);
    const entry = [
      ...(bundle.entry as unknown[]),
      { resource: { resourceType: 'Encounter', id: 'e' }, search: { mode: 'include' } },
    ];
    expect(stateOf({ ...bundle, entry, total: 1 })).toBe('resource');
    expect(stateOf({ ...bundle, entry, total: 2 })).toBe('partial');
  });

  test('F7 unknown keys are read by resource type, but do not make a type complete', () => {
    const { states, resources } = readPrefetch({
      problems: searchsetOf(CONDITION),
      more: null,
      pat: { resourceType: 'Patient', id: 'p' },
    });
    expect(resources.map((resource) => resource.resourceType)).toEqual(['Condition', 'Patient']);
    expect([states.conditions, states.patient]).toEqual(['partial', 'resource']);
  });

  test('resources of another type than the key is for are used, and the key counts as missing', () => {
    const { states, resources, tolerated } = readPrefetch({
      conditions: searchsetOf({ resourceType: 'Procedure', id: 'p' }),
    });
    expect([states.conditions, states.procedures, resources.length]).toEqual(['absent', 'partial', 1]);
    expect(tolerated).toEqual([
      { where: 'prefetch.conditions', what: 'resources of another type than the key is for' },
    ]);
  });

  test('entries that cannot be read and nested Bundles are skipped with a note that repeats nothing', () => {
    const entry = [
      null,
      'secret',
      {},
      { resource: { id: 'secret' } },
      { resource: searchsetOf(CONDITION) },
      { resource: CONDITION },
    ];
    const { states, resources, tolerated } = readPrefetch({ conditions: { resourceType: 'Bundle', entry } });
    expect([states.conditions, resources.length]).toEqual(['partial', 1]);
    expect(tolerated).toEqual([{ where: 'prefetch.conditions', what: 'entries without a usable resource' }]);
  });

  test('a single resource where a searchset was asked says nothing about the others', () => {
    expect(stateOf(CONDITION)).toBe('partial');
  });
});

describe('completeness', () => {
  test('a type is complete when its key was sent whole or known empty', () => {
    const outcome = completeness(
      readPrefetch({ conditions: searchsetOf(CONDITION), procedures: null, observations: OUTCOME }).states,
    );
    expect(['Condition', 'Procedure', 'Observation', 'Task', 'CarePlan', 'constructor'].map(outcome)).toEqual([
      'complete',
      'complete',
      'incomplete',
      'incomplete',
      'incomplete',
      'incomplete',
    ]);
  });

  test('every template asks for the type that its key is for', () => {
    for (const { prefetch } of SERVICES) {
      for (const [key, template] of Object.entries(prefetch))
        expect(KEY_OF_TYPE.get(template.split(/[/?]/)[0]!)).toBe(key);
    }
  });

  test('flags are read if sent, never asked for', () => {
    expect(PREFETCH_KEYS.filter((key) => !SERVICES.some(({ prefetch }) => key in prefetch))).toEqual(['flags']);
  });
});
