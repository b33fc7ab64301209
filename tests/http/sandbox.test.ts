/**
 * The bodies that the public CDS Hooks sandbox really sends on order-select: no drug chosen yet, `category` as an object,
 * a coding without members, draftOrders without a type, a dose in pills, intent "plan". None of them may be refused.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { post, startService, type RunningService } from '../support/service.js';

const PATIENT = 'smart-1288992';
const NOW = '2026-11-21T10:00:00+01:00';
const subject = { reference: `Patient/${PATIENT}` };

const prescription = (more: Readonly<Record<string, unknown>>) => ({
  resourceType: 'MedicationRequest',
  id: 'request-123',
  status: 'draft',
  intent: 'order',
  category: {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/medicationrequest-category', code: 'outpatient' }],
  },
  subject,
  ...more,
});

const PREDNISONE = prescription({
  medicationCodeableConcept: {
    text: 'prednisone 20 MG Oral Tablet',
    coding: [{ system: 'http://www.nlm.nih.gov/research/umls/rxnorm', code: '312615' }],
  },
  reasonCode: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'G54.5' }] },
  dosageInstruction: [
    {
      timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } },
      doseAndRate: [{ doseQuantity: { value: 1, unit: '{pill}' } }],
    },
  ],
  dispenseRequest: { expectedSupplyDuration: { value: 30, unit: 'days' } },
});

const imaging = (code: unknown, reasonCode: readonly unknown[]) => ({
  resourceType: 'ServiceRequest',
  id: 'example-request-id',
  status: 'draft',
  intent: 'plan',
  code,
  subject,
  reasonCode,
});

const condition = (id: string, system: string, code: string, onset: string) => ({
  resourceType: 'Condition',
  id,
  clinicalStatus: { coding: [{ code: 'active' }] },
  code: { coding: [{ system, code }] },
  onsetDateTime: onset,
  subject,
});

describe('the order-select bodies of the public sandbox', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  const select = async (order: { resourceType: string; id: string }, conditions: readonly unknown[]) => {
    const answer = await post(`${service.url}/cds-services/plexus-order-select`, {
      hook: 'order-select',
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      context: {
        userId: 'Practitioner/COREPRACTITIONER1',
        patientId: PATIENT,
        selections: [`${order.resourceType}/${order.id}`],
        draftOrders: { resourceType: 'Bundle', entry: [{ resource: order }] },
      },
      // The sandbox leaves out every key whose query failed.
      prefetch: {
        patient: { resourceType: 'Patient', id: PATIENT, birthDate: '1980-03-02' },
        conditions: { resourceType: 'Bundle', type: 'searchset', entry: conditions.map((resource) => ({ resource })) },
        allergies: { resourceType: 'Bundle', type: 'searchset', total: 0 },
      },
      extension: { 'example.plexus-cds.request': { now: NOW } },
    });
    expect(answer.status).toBe(200);
    const { cards } = answer.json as { cards: readonly Card[] };
    return cards.flatMap((card) => card.extension['example.plexus-cds.card'].statements);
  };

  it('a prescription without a drug is answered without a card', async () => {
    expect(await select(prescription({}), [])).toEqual([]);
  });

  it('an imaging order with an empty coding and no reason is answered without a card', async () => {
    expect(await select(imaging({ coding: [{}] }, []), [])).toEqual([]);
  });

  it('prednisone of RxNorm for NA of three weeks ago is told that the window has passed', async () => {
    const na = condition('na', 'http://hl7.org/fhir/sid/icd-10', 'G54.5', '2026-10-31');
    expect(await select(PREDNISONE, [na])).toContain('NA-99');
  });

  it('prednisone for anything else than NA is answered without a card', async () => {
    expect(await select({ ...PREDNISONE, ...{ reasonCode: undefined } }, [])).toEqual([]);
  });

  it('a lumbar MRI of CPT on day 4 of low back pain is called too early', async () => {
    const back = condition('back', 'http://snomed.info/sct', '279039007', '2026-11-17');
    const mri = imaging({ text: 'MRI lumbar', coding: [{ system: 'http://www.ama-assn.org/go/cpt', code: '72148' }] }, [
      { coding: [{ system: 'http://snomed.info/sct', code: '279039007' }] },
    ]);
    expect(await select(mri, [back])).toContain('LUMB-06');
  });
});
