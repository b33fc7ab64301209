/**
 * The drafts of the public CDS Hooks sandbox with records that its conversation does not have. None of them may be refused: no drug chosen yet,
 * `category` and `reasonCode` as objects, a coding without members, draftOrders without a type, a dose in pills, intent "plan".
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { CONVERSATION, fill } from '../support/public-sandbox.js';
import { post, startService, type RunningService } from '../support/service.js';

const PATIENT = 'smart-1288992';
const NOW = '2026-11-21T10:00:00+01:00';
const subject = { reference: `Patient/${PATIENT}` };

type Draft = Readonly<Record<string, unknown>>;

/** A draft of the recorded conversation, about our patient. */
const draft = (name: string) => fill(CONVERSATION.drafts[name], { patient: PATIENT, today: NOW.slice(0, 10) }) as Draft;

const NA_REASON = { reasonCode: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'G54.5' }] } };

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

  const select = async (order: Draft, conditions: readonly unknown[]) => {
    const answer = await post(`${service.url}/cds-services/plexus-order-select`, {
      hook: 'order-select',
      hookInstance: 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea',
      context: {
        userId: 'Practitioner/COREPRACTITIONER1',
        patientId: PATIENT,
        selections: [`${String(order['resourceType'])}/${String(order['id'])}`],
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
    expect(await select(draft('noDrug'), [])).toEqual([]);
  });

  it('an imaging order with an empty coding and no reason is answered without a card', async () => {
    expect(await select(draft('noStudy'), [])).toEqual([]);
  });

  it('prednisone of RxNorm for NA of three weeks ago is told that the window has passed', async () => {
    const na = condition('na', 'http://hl7.org/fhir/sid/icd-10', 'G54.5', '2026-10-31');
    expect(await select({ ...draft('prednisone'), ...NA_REASON }, [na])).toContain('NA-99');
  });

  it('prednisone for anything else than NA is answered without a card', async () => {
    expect(await select(draft('prednisone'), [])).toEqual([]);
  });

  it('a lumbar MRI of CPT on day 4 of low back pain is called too early', async () => {
    const back = condition('back', 'http://snomed.info/sct', '279039007', '2026-11-17');
    expect(await select(draft('lumbarMri'), [back])).toContain('LUMB-06');
  });
});
