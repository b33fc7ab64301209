/** Searches of the demo EHR: each parameter finds what FHIR R4 says, and nothing that was asked is passed over in silence. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle } from 'fhir/r4.js';
import type { SeedResource } from '../../src/demo/fhir-store.js';
import { RESOURCE_TYPES } from '../../src/demo/fhir-types.js';
import { startEhr, type RunningEhr } from '../support/ehr.js';
import { issueOf } from '../support/json.js';
import { send } from '../support/service.js';

const SCT = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';
const concept = (system: string, code: string) => ({ coding: [{ system, code }] });
const of = (patient: string) => ({ reference: `Patient/${patient}` });

const condition = (id: string, patient: string, code: string, status: string, recordedDate?: string) => ({
  resourceType: 'Condition',
  id,
  subject: of(patient),
  code: concept(SCT, code),
  clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', status),
  ...(recordedDate !== undefined && { recordedDate }),
});

const observation = (id: string, time: Readonly<Record<string, unknown>>) => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  subject: of('o'),
  category: [concept('http://terminology.hl7.org/CodeSystem/observation-category', 'survey')],
  code: { coding: [{ code: 'local' }, { system: LOINC, code: '72514-3' }] },
  ...time,
});

const RECORD: readonly SeedResource[] = [
  { resourceType: 'Patient', id: 'a' },
  { resourceType: 'Patient', id: 'b' },
  condition('c1', 'a', '279039007', 'active', '2026-11-19'),
  condition('c2', 'a', '81680005', 'resolved', '2026-11-01'),
  condition('c3', 'b', '279039007', 'active'),
  { ...condition('c4', 'b', '81680005', 'active'), subject: { reference: 'https://ehr.example/fhir/Patient/b' } },
  observation('day', { effectiveDateTime: '2026-11-19' }),
  // Half past midnight in Amsterdam: the day before in UTC.
  observation('night', { effectiveDateTime: '2026-11-20T00:30:00+01:00' }),
  observation('month', { effectiveDateTime: '2026-11' }),
  observation('period', { effectivePeriod: { start: '2026-11-10', end: '2026-11-12' } }),
  observation('open', { effectivePeriod: { start: '2026-11-21' } }),
  { ...observation('undated', {}), status: 'amended', subject: of('p') },
  {
    resourceType: 'Appointment',
    id: 'ap',
    status: 'booked',
    start: '2026-12-01T09:00:00+01:00',
    participant: [{ actor: { reference: 'Practitioner/x' } }, { actor: of('a') }],
  },
  {
    resourceType: 'AllergyIntolerance',
    id: 'al',
    patient: of('a'),
    category: ['medication'],
    code: concept(SCT, '1'),
    reaction: [{ substance: concept(SCT, '2') }],
  },
  { resourceType: 'FamilyMemberHistory', id: 'f', patient: of('a'), condition: [{ code: concept(SCT, '3') }] },
  { resourceType: 'Task', id: 't', for: of('a'), status: 'requested', authoredOn: '2026-11-19' },
  ...Array.from({ length: 205 }, (_, index) => ({
    resourceType: 'Immunization',
    id: `i${index}`,
    patient: of(index % 5 === 0 ? 'b' : 'a'),
    status: 'completed',
    occurrenceDateTime: `20${String(10 + (index % 17))}-01-01`,
  })),
];

let ehr: RunningEhr;
beforeAll(async () => {
  ehr = await startEhr(RECORD);
});
afterAll(() => ehr.close());

const ask = (search: string) => send(`${ehr.url}/${search}`);

async function found(search: string): Promise<readonly string[]> {
  const { status, json } = await ask(search);
  expect(status).toBe(200);
  return ((json as Bundle).entry ?? []).map(({ resource }) => resource!.id!);
}

describe('a search finds', () => {
  test.each([
    ['Patient', ['a', 'b']],
    ['Patient?_id=b,nobody', ['b']],
    ['Patient?_id=b&_id=a', []],
    ['Condition?patient=a', ['c1', 'c2']],
    ['Condition?patient=Patient/b', ['c3', 'c4']],
    ['Condition?subject=a,b&_format=json', ['c1', 'c2', 'c3', 'c4']],
    ['Condition?patient=nobody', []],
    [`Condition?code=${SCT}|279039007`, ['c1', 'c3']],
    ['Condition?code=81680005', ['c2', 'c4']],
    [`Condition?patient=a&code=${LOINC}|1,${SCT}|81680005,279039007`, ['c1', 'c2']],
    [`Condition?code=${LOINC}|81680005`, []],
    ['Condition?code=|81680005', []],
    ['Observation?patient=o&code=|local', ['day', 'night', 'month', 'period', 'open']],
    [`Observation?_id=day&code=${LOINC}|`, ['day']],
    ['Condition?patient=a&clinical-status=active', ['c1']],
    ['Condition?patient=a&clinical-status=active&clinical-status=resolved', []],
    ['Observation?status=amended,preliminary', ['undated']],
    ['Observation?category=survey&_id=day', ['day']],
    ['Observation?category=vital-signs', []],
    ['Appointment?patient=a&status=booked', ['ap']],
    ['Appointment?patient=b', []],
    ['AllergyIntolerance?patient=a&category=medication&code=2', ['al']],
    ['FamilyMemberHistory?code=3', ['f']],
    ['Task?subject=Patient/a&authored-on=2026-11-19', ['t']],
  ])('%s', async (query, ids) => {
    expect(await found(query)).toEqual(ids);
  });

  test.each([
    ['2026-11-19', ['day']],
    ['2026-11-20', ['night']],
    ['eq2026-11', ['day', 'night', 'month', 'period']],
    ['2026-11-19,2026-11-20', ['day', 'night']],
    ['gt2026-11-19', ['night', 'month', 'open']],
    ['ge2026-11-19', ['day', 'night', 'month', 'open']],
    ['lt2026-11-10', ['month']],
    ['le2026-11-12', ['month', 'period']],
    ['ge2027', ['open']],
    ['2026-11-19T23:30:00Z', ['night']],
    ['gt2026-11-19T23:30:00Z', ['month', 'open']],
    ['ge2026-11-20T00:30:00%2B01:00', ['night', 'month', 'open']],
    ['lt2026-11-19T23:31:00Z', ['day', 'night', 'month', 'period']],
    ['le2026-11-19T23:30:00Z&date=ge2026-11-19', ['day', 'night', 'month']],
  ])('observations with date %s, by the days of the practice', async (date, ids) => {
    expect(await found(`Observation?patient=o&date=${date}`)).toEqual(ids);
  });

  test('_sort orders by date, oldest or newest first, without a date last', async () => {
    const all = 'Observation?_id=day,night,period,open,undated';
    expect(await found(`${all}&_sort=date`)).toEqual(['period', 'day', 'night', 'open', 'undated']);
    expect(await found(`${all}&_sort=-date`)).toEqual(['open', 'night', 'day', 'period', 'undated']);
    expect(await found('Condition?_sort=-date')).toEqual(['c1', 'c2', 'c3', 'c4']);
  });

  test('POST _search finds what GET finds, with parameters of address and form together', async () => {
    const answer = await send(`${ehr.url}/Condition/_search?patient=a`, {
      method: 'POST',
      body: new URLSearchParams({ code: `${SCT}|279039007` }),
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual((await ask(`Condition?patient=a&code=${SCT}|279039007`)).json);
    const bare = await send(`${ehr.url}/Patient/_search`, { method: 'POST' });
    expect((bare.json as Bundle).total).toBe(2);
  });
});

describe('a searchset', () => {
  test('has total, self link, fullUrl and search mode, and is FHIR by its content type', async () => {
    const { json, headers } = await ask('Condition?patient=a&clinical-status=active');
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(json).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 1,
      link: [{ relation: 'self', url: `${ehr.url}/Condition?patient=a&clinical-status=active` }],
      entry: [
        {
          fullUrl: `${ehr.url}/Condition/c1`,
          resource: { ...RECORD[2], meta: { versionId: '1' } },
          search: { mode: 'match' },
        },
      ],
    });
  });

  test('of nothing has total 0 and no entry', async () => {
    const { json } = await ask('Consent?patient=a');
    expect(json).toEqual({
      resourceType: 'Bundle',
      type: 'searchset',
      total: 0,
      link: [{ relation: 'self', url: `${ehr.url}/Consent?patient=a` }],
    });
  });

  test.each([
    ['Immunization', 50, 205],
    ['Immunization?_count=7&_sort=-date', 7, 205],
    ['Immunization?_count=1000', 200, 205],
    ['Immunization?patient=b&_count=41', 41, 41],
  ])('%s: paging to the end gives every resource once, %i to a page', async (query, size, total) => {
    const ids: string[] = [];
    let url: string | undefined = `${ehr.url}/${query}`;
    for (let pages = 0; url !== undefined && pages < 100; pages += 1) {
      const bundle = (await send(url)).json as Bundle;
      const page = (bundle.entry ?? []).map(({ resource }) => resource!.id!);
      expect([bundle.total, page.length]).toEqual([total, Math.min(size, total - ids.length)]);
      ids.push(...page);
      url = bundle.link!.find(({ relation }) => relation === 'next')?.url;
    }
    expect([ids.length, new Set(ids).size]).toEqual([total, total]);
  });

  test('_count=0 answers the total only; an offset beyond the end an empty page', async () => {
    const count = (await ask('Immunization?_count=0')).json as Bundle;
    const beyond = (await ask('Immunization?_offset=900')).json as Bundle;
    for (const bundle of [count, beyond]) {
      expect([bundle.total, bundle.entry, bundle.link!.length]).toEqual([205, undefined, 1]);
    }
  });

  test('requests are counted by type for tests that ask how often', async () => {
    const before = ehr.asked.get('Consent') ?? 0;
    await ask('Consent');
    await ask('Consent/x');
    expect(ehr.asked.get('Consent')).toBe(before + 2);
  });
});

describe('a search is refused with the name of its parameter', () => {
  test.each([
    ['Condition?foo=1', 'http.foo', 'not-supported'],
    ['Condition?patient:Patient=a', 'http.patient:Patient', 'not-supported'],
    ['Condition?code:in=x', 'http.code:in', 'not-supported'],
    ['Condition?_include=x', 'http._include', 'not-supported'],
    ['Condition?constructor=x', 'http.constructor', 'not-supported'],
    ['Condition?__proto__=x', 'http.__proto__', 'not-supported'],
    ['Condition?status=active', 'http.status', 'not-supported'],
    ['Patient?patient=a', 'http.patient', 'not-supported'],
    ['Appointment?subject=a', 'http.subject', 'not-supported'],
    ['Condition?patient=', 'http.patient', 'value'],
    ['Condition?patient=a,', 'http.patient', 'value'],
    ['Condition?patient=Group/a', 'http.patient', 'value'],
    ['Condition?patient=../a', 'http.patient', 'value'],
    [`Condition?patient=${'a'.repeat(65)}`, 'http.patient', 'value'],
    ['Condition?code=a|b|c', 'http.code', 'value'],
    ['Condition?code=|', 'http.code', 'value'],
    ['Condition?code=a\\,b', 'http.code', 'value'],
    ['Observation?status=http://hl7.org/fhir/observation-status|final', 'http.status', 'value'],
    ['Observation?date=yesterday', 'http.date', 'value'],
    ['Observation?date=2026-02-30', 'http.date', 'value'],
    ['Observation?date=ne2026', 'http.date', 'value'],
    ['Observation?date=2026-11-19T10:00', 'http.date', 'value'],
    ['Observation?date=2026-11-19T10:00:00+01:00', 'http.date', 'value'],
    ['Patient?_id=a/b', 'http._id', 'value'],
    ['Patient?_sort=date', 'http._sort', 'value'],
    ['Observation?_sort=code', 'http._sort', 'value'],
    ['Observation?_sort=date&_sort=-date', 'http._sort', 'value'],
    ['Observation?_count=-1', 'http._count', 'value'],
    ['Observation?_count=1&_count=2', 'http._count', 'value'],
    ['Observation?_offset=1e3', 'http._offset', 'value'],
  ])('%s', async (query, place, code) => {
    const { status, json, headers } = await ask(query);
    expect([status, headers.get('content-type')]).toEqual([400, 'application/fhir+json; charset=utf-8']);
    const issue = issueOf(json);
    expect([issue.expression, issue.code]).toEqual([[place], code]);
    expect(issue.details!.text).toMatch(new RegExp(`^Parameter ${place.slice(5)} .+[;:] .+\\.$`));
  });

  test.each(['Condition?<script>=1', 'Condition?jan%20jansen=1', `Condition?${'x'.repeat(80)}=1`, 'Condition?=1'])(
    '%s, unless that is no name of one',
    async (query) => {
      const { status, json } = await ask(query);
      expect([status, issueOf(json).expression]).toEqual([400, undefined]);
      expect(issueOf(json).details!.text).toMatch(/^A parameter is not known for this type; use /);
    },
  );

  test('and so is one with too many parameters, or in a form that is too long', async () => {
    const many = await ask(`Condition?${'patient=a&'.repeat(21)}`);
    expect([many.status, issueOf(many.json).code]).toEqual([400, 'too-costly']);
    const body = new URLSearchParams({ code: 'x,'.repeat(40_000) });
    const long = await send(`${ehr.url}/Condition/_search`, { method: 'POST', body });
    expect([long.status, issueOf(long.json).code]).toEqual([413, 'too-long']);
  });
});

describe('the CapabilityStatement names exactly what works', () => {
  const VALUES = { reference: 'a', token: 'x', date: '2026' } as const;
  type Statement = {
    fhirVersion: string;
    description: string;
    rest: [
      {
        searchParam: { name: string }[];
        resource: { type: string; searchParam?: { name: string; type: keyof typeof VALUES }[] }[];
      },
    ];
  };

  test('every type and parameter that it names is answered', async () => {
    const { json, status } = await ask('metadata?_format=json');
    const { fhirVersion, description, rest } = json as Statement;
    expect([status, fhirVersion]).toEqual([200, '4.0.1']);
    expect(description).toContain('lost at restart');
    expect(rest[0].resource.map(({ type }) => type)).toEqual([...RESOURCE_TYPES.keys()]);
    for (const { type, searchParam = [] } of rest[0].resource) {
      const asked = searchParam.map(({ name, type: kind }) => `${name}=${VALUES[kind]}`);
      expect(await found(`${type}?${['_id=x', '_count=1', '_offset=0', ...asked].join('&')}`)).toEqual([]);
    }
    expect(rest[0].searchParam.map(({ name }) => name)).toEqual(['_id', '_sort', '_count', '_offset']);
  });
});
