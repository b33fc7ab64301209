/** A draft and what was chosen in it: a resource of one patient and one day that is FHIR, with nothing empty in it. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Draft, DraftField } from '../../src/demo/sandbox-data.js';
import { defaultsOf, fillDraft } from '../../src/sandbox/edit/fill-draft.js';
import { PATIENT } from '../support/requests.js';
import { faultsOf } from '../support/validate.js';

const text = (nl: string) => ({ nl, en: nl });
const MG = { unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' };

const number = (id: string, path: string, value?: number): DraftField => ({
  id,
  text: text(id),
  path,
  input: { kind: 'number', min: 0, max: 100, step: 1 },
  ...(value !== undefined && { value }),
});
const day = (id: string, path: string, value?: number): DraftField => ({
  id,
  text: text(id),
  path,
  input: { kind: 'day' },
  ...(value !== undefined && { value }),
});
const draftOf = (resource: Record<string, unknown>, ...fields: readonly DraftField[]): Draft => ({
  id: 'a-draft',
  text: text('a draft'),
  hooks: ['order-sign'],
  resource,
  fields,
});

const PREDNISONE = draftOf(
  {
    resourceType: 'MedicationRequest',
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: { text: 'prednisone' },
    dosageInstruction: [{ text: 'one course', doseAndRate: [{ doseQuantity: MG }] }],
  },
  number('dose', 'dosageInstruction.0.doseAndRate.0.doseQuantity.value', 60),
  number('days', 'dosageInstruction.0.timing.repeat.boundsDuration.value'),
);
const SCAN = draftOf(
  { resourceType: 'ServiceRequest', status: 'draft', intent: 'order', code: { text: 'MRI' } },
  day('from', 'occurrencePeriod.start', 14),
  day('until', 'occurrencePeriod.end'),
);
const HERE = { patientId: PATIENT, date: '2026-11-21' };

const raw = (resource: FhirResource) => resource as unknown as Record<string, unknown>;

describe('the values of a draft', () => {
  it('stand at their paths, beside what the template says there', () => {
    const dosage = raw(fillDraft(PREDNISONE, { dose: 40 }, HERE))['dosageInstruction'];
    expect(dosage).toEqual([{ text: 'one course', doseAndRate: [{ doseQuantity: { ...MG, value: 40 } }] }]);
  });

  it('make what they stand in', () => {
    const draft = draftOf({ resourceType: 'ServiceRequest' }, number('n', 'note.1.extension.0.valueInteger'));
    expect(raw(fillDraft(draft, { n: 0 }, HERE))['note']).toEqual([{ extension: [{ valueInteger: 0 }] }]);
  });

  it('that are missing leave out the element, and a quantity that says nothing without it', () => {
    const dosage = raw(fillDraft(PREDNISONE, {}, HERE))['dosageInstruction'];
    expect(dosage).toEqual([{ text: 'one course' }]);
    expect(raw(fillDraft(SCAN, {}, HERE))).not.toHaveProperty('occurrencePeriod');
  });

  it('that are days become dates, counted from the day on which it is drafted', () => {
    const filled = fillDraft(SCAN, { from: 14, until: 42 }, { ...HERE, date: '2026-11-21T23:30:00+01:00' });
    expect(raw(filled)['occurrencePeriod']).toEqual({ start: '2026-12-05', end: '2027-01-02' });
  });

  it('that are concepts are copied, so that the draft stays as it was', () => {
    const value = { coding: [{ code: 'side-left' }] };
    const input = { kind: 'choice', options: [{ text: text('left'), value }] } as const;
    const draft = draftOf(
      { resourceType: 'ServiceRequest' },
      { id: 'side', text: text('side'), path: 'bodySite.0', input },
    );
    const filled = raw(fillDraft(draft, { side: value }, HERE));
    expect(filled['bodySite']).toEqual([value]);
    expect((filled['bodySite'] as unknown[])[0]).not.toBe(value);
    expect(draft.resource).toEqual({ resourceType: 'ServiceRequest' });
  });

  it('before anybody chose are those of the draft', () => {
    expect([defaultsOf(PREDNISONE), defaultsOf(SCAN)]).toEqual([{ dose: 60 }, { from: 14 }]);
  });
});

describe('patient and day', () => {
  const subject = { reference: `Patient/${PATIENT}` };

  it.each([
    ['Observation', { subject, effectiveDateTime: '2026-11-21' }],
    ['Condition', { subject, recordedDate: '2026-11-21' }],
    ['ServiceRequest', { subject, authoredOn: '2026-11-21' }],
    ['MedicationRequest', { subject, authoredOn: '2026-11-21' }],
    ['Task', { for: subject, authoredOn: '2026-11-21' }],
    ['Appointment', { participant: [{ actor: subject, status: 'needs-action' }], created: '2026-11-21' }],
  ])('of %s stand where its type has them', (resourceType, elements) => {
    expect(fillDraft(draftOf({ resourceType }), {}, HERE)).toEqual({ resourceType, ...elements });
  });

  it('of an appointment stand beside its other participants', () => {
    const doctor = { actor: { reference: 'Practitioner/a' }, status: 'accepted' };
    const template = { resourceType: 'Appointment', status: 'proposed', participant: [doctor] };
    const draft = draftOf(template, day('day', 'requestedPeriod.0.start', 3));
    const filled = fillDraft(draft, defaultsOf(draft), HERE);
    expect(filled).toMatchObject({
      requestedPeriod: [{ start: '2026-11-24' }],
      participant: [{ actor: subject, status: 'needs-action' }, doctor],
    });
    expect(faultsOf(filled)).toEqual([]);
  });

  it('of a type that is not drafted are refused', () => {
    expect(() => fillDraft(draftOf({ resourceType: 'Basic' }), {}, HERE)).toThrow('Basic is not drafted');
  });

  it.each([PREDNISONE, SCAN])('make FHIR R4 of a draft, with the id that is asked', (draft) => {
    const filled = fillDraft(draft, defaultsOf(draft), { ...HERE, id: 'draft-1' });
    expect(filled.id).toBe('draft-1');
    expect(faultsOf(filled)).toEqual([]);
  });
});
