/** The CapabilityStatement of what we ask, against what a FHIR server is really asked: nothing undeclared is asked, nothing is declared that nobody asks. */
import type { CapabilityStatement } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { HOOKS } from '../../src/cds-hooks/request.js';
import { sendJson, startFhirServer, type FhirServerDouble } from '../support/fhir-server.js';
import { PATIENT, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, send, startService, type RunningService } from '../support/service.js';
import { faultsOf } from '../support/validate.js';

let ehr: FhirServerDouble;
let service: RunningService;
let statement: CapabilityStatement;
beforeAll(async () => {
  ehr = await startFhirServer((request, response) => {
    const [type = '', id] = (request.url ?? '').replace('/fhir/', '').split('?')[0]!.split('/');
    if (type === 'Patient') sendJson(response, { resourceType: 'Patient', id, birthDate: '1980-02-01' });
    else if (type === 'Medication') sendJson(response, { resourceType: 'Medication', id });
    else if (type === 'MedicationRequest') sendJson(response, searchsetOf(ORDER));
    else sendJson(response, searchsetOf());
  });
  service = await startService({
    clients: [{ id: 'practice', fhirServers: [ehr.base], privateNetwork: true, open: true }],
  });
  statement = (await send(`${service.url}/docs/capability-statement`)).json as CapabilityStatement;
});
afterAll(async () => {
  await service.close();
  await ehr.close();
});

const ORDER = {
  resourceType: 'MedicationRequest',
  id: 'm1',
  status: 'active',
  intent: 'order',
  subject: { reference: `Patient/${PATIENT}` },
  medicationReference: { reference: 'Medication/7' },
};

/** `read Patient` or `search-type Condition _count patient`, of a statement. */
function declared({ rest = [] }: CapabilityStatement): readonly string[] {
  return rest[0]!.resource!.flatMap(({ type, interaction = [], searchParam = [] }) =>
    interaction.map(({ code }) => {
      const names = code === 'search-type' ? searchParam.map(({ name }) => name).sort() : [];
      return [code, type, ...names].join(' ');
    }),
  );
}

/** The same of what was asked. */
function asked(): readonly string[] {
  const queries = ehr.asked.map((line) => {
    const [path = '', query] = line.replace('GET /fhir/', '').split('?');
    const [type = '', id] = path.split('/');
    if (query === undefined) return `read ${type}${id === undefined ? ' without an id' : ''}`;
    return ['search-type', type, ...[...new URLSearchParams(query).keys()].sort()].join(' ');
  });
  return [...new Set(queries)].sort();
}

describe('GET /docs/capability-statement', () => {
  test('is a valid CapabilityStatement of a client, under our canonical base', () => {
    // The JSON schema was published with 4.0.0 and knows no later version of itself.
    expect(faultsOf({ ...statement, fhirVersion: '4.0.0' })).toEqual([]);
    expect([statement.kind, statement.rest![0]!.mode]).toEqual(['requirements', 'client']);
    expect(statement.url).toBe('https://plexus-cds.example/fhir/CapabilityStatement/plexus-cds-client');
  });

  test('declares every read and search that the services send, and no other', async () => {
    for (const hook of HOOKS) {
      const answer = await post(service.url + pathOf(hook), {
        ...requestFor(hook),
        prefetch: {},
        fhirServer: ehr.base,
      });
      expect([hook, answer.status]).toEqual([hook, 200]);
    }
    expect(asked()).toEqual([...declared(statement)].sort());
    expect(ehr.asked.every((line) => line.startsWith('GET '))).toBe(true);
  });

  test('says for each type which prefetch key of which services it is', () => {
    const documentation = (type: string) =>
      statement.rest![0]!.resource!.find((one) => one.type === type)?.documentation;
    expect(documentation('Task')).toBe(
      'Prefetch key tasks of plexus-patient-view, plexus-order-select, plexus-order-sign.',
    );
  });

  test('asks nothing that the demo EHR does not declare, but Medication, which its drugs do without', async () => {
    const demo = (await send(`${service.url}/demo-fhir/metadata`)).json as CapabilityStatement;
    const { resource = [], searchParam: everywhere = [] } = demo.rest![0]!;
    for (const { type, interaction = [], searchParam = [] } of statement.rest![0]!.resource!) {
      if (type === 'Medication') continue;
      const served = resource.find((one) => one.type === type)!;
      expect(served.interaction!.map(({ code }) => code)).toEqual(
        expect.arrayContaining(interaction.map(({ code }) => code)),
      );
      const names = [...(served.searchParam ?? []), ...everywhere].map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(searchParam.map(({ name }) => name)));
    }
  });
});
