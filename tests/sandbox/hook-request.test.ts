import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { hookRequest, isDraftOf, signed } from '../../src/sandbox/ehr/hook-request.js';
import { coded, condition, nrs, record } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { post, startService, type RunningService } from '../support/service.js';

const patient = { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' } as FhirResource;
const pain = condition('shoulder-pain', '2026-11-19', ['site-shoulder', 'side-right']);
const order = record('ServiceRequest', { status: 'draft', intent: 'order', code: coded('mri-lumbar') });
const visit = record('Appointment', {
  status: 'proposed',
  participant: [{ actor: { reference: `Patient/${PATIENT}` } }],
});

function requestOf(hook: Hook, drafts: readonly FhirResource[] = []) {
  const service = SERVICES.find((one) => one.hook === hook)!;
  return hookRequest({
    service,
    record: [patient, pain, nrs(9, '2026-11-21')],
    drafts,
    patientId: PATIENT,
    userId: 'Practitioner/gp',
    fhirServer: 'http://127.0.0.1:8080/demo-fhir',
    date: '2026-11-21',
    jurisdiction: 'NL',
    language: 'en',
    newId: () => 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
  });
}

describe('the request of the demo EHR', () => {
  let service: RunningService;
  beforeAll(async () => void (service = await startService()));
  afterAll(() => service.close());

  it.each([
    ['patient-view', []],
    ['order-select', [order]],
    ['order-sign', [order]],
    ['appointment-book', [visit]],
    ['problem-list-item-create', [pain]],
  ] as const)('of %s is taken by the service', async (hook, drafts) => {
    const { id } = SERVICES.find((one) => one.hook === hook)!;
    const answer = await post(`${service.url}/cds-services/${id}`, requestOf(hook, drafts));
    expect(answer.status).toBe(200);
  });

  it('sends every key that the service asks for, an empty search where there is nothing', () => {
    const { prefetch } = requestOf('patient-view') as { prefetch: Record<string, unknown> };
    expect(Object.keys(prefetch)).toEqual(Object.keys(SERVICES.find(({ hook }) => hook === 'patient-view')!.prefetch));
    expect(prefetch['patient']).toBe(patient);
    expect(prefetch['conditions']).toMatchObject({ total: 1, entry: [{ resource: pain }] });
    expect(prefetch['allergies']).toEqual({ resourceType: 'Bundle', type: 'searchset', total: 0, entry: [] });
  });

  it('selects every draft that the doctor is choosing', () => {
    expect(requestOf('order-select', [order])['context']).toMatchObject({
      selections: [`ServiceRequest/${order.id!}`],
    });
  });
});

describe('what becomes of an accepted proposal', () => {
  it('an order joins the drafts while orders are chosen, and the record otherwise', () => {
    expect(isDraftOf('order-select', order)).toBe(true);
    expect(isDraftOf('patient-view', order)).toBe(false);
    expect(isDraftOf('appointment-book', order)).toBe(false);
    expect(isDraftOf('appointment-book', visit)).toBe(true);
  });

  it('in the record it is an order; a visit is booked on the first day that was asked for', () => {
    expect(signed(order)).toMatchObject({ status: 'active', intent: 'order' });
    const asked = { ...visit, requestedPeriod: [{ start: '2026-12-01' }] } as FhirResource;
    expect(signed(asked)).toMatchObject({ status: 'booked', start: '2026-12-01T08:00:00Z' });
    expect(signed(asked)).not.toHaveProperty('requestedPeriod');
    expect(signed(pain)).toBe(pain);
  });
});
