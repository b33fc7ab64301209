/** Which drafts are judged: those of the patient that are meant to be carried out, and no more than a request may cost. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { Case } from '../../src/case/case.js';
import { ServiceError } from '../../src/errors.js';
import { caseOf, coded, record } from '../support/records.js';
import { PATIENT } from '../support/requests.js';

const OTHER = { reference: 'Patient/somebody-else' };
const drug = (elements: Readonly<Record<string, unknown>> = {}): FhirResource =>
  record('MedicationRequest', {
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: coded('prednisone'),
    ...elements,
  });
const appointment = (...actors: readonly object[]): FhirResource =>
  record('Appointment', { status: 'proposed', participant: actors.map((actor) => ({ actor })) });
const drafted = (drafts: readonly FhirResource[], selections?: readonly string[]): Case =>
  caseOf([], { hook: 'order-select', drafts, ...(selections && { selections }) });

describe('a draft is left out and counted', () => {
  it.each([
    ['of another patient', drug({ subject: OTHER }), 'other patient'],
    ['of another patient, as appointment', appointment({ reference: 'Practitioner/p1' }, OTHER), 'other patient'],
    ['entered in error', drug({ status: 'entered-in-error' }), 'void'],
    ['that is cancelled', drug({ status: 'cancelled' }), 'void'],
    ['that is revoked', record('ServiceRequest', { status: 'revoked', code: coded('mri-cervical') }), 'void'],
    ['that says not to do it', drug({ doNotPerform: true }), 'void'],
    ['modified by what we do not know', drug({ modifierExtension: [{ url: 'x' }] }), 'unknown modifier extension'],
  ])('%s', (_, draft, reason) => {
    const theCase = drafted([draft]);
    expect(theCase.drafts).toEqual([]);
    const isAppointment = draft.resourceType === 'Appointment';
    const where = isAppointment ? 'context.appointments' : 'context.draftOrders';
    expect(theCase.excluded).toEqual([{ where, reason, count: 1 }]);
  });
});

describe('a draft is judged', () => {
  it.each([
    ['of the patient', drug()],
    [
      'of no patient that can be told',
      drug({ subject: { reference: 'urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0' } }),
    ],
    ['without a status', drug({ status: undefined })],
    ['that says to do it', drug({ doNotPerform: false })],
    ['of the patient and another', appointment(OTHER, { reference: `Patient/${PATIENT}` })],
  ])('%s', (_, draft) => {
    const theCase = drafted([draft]);
    expect(theCase.drafts).toHaveLength(1);
    expect(theCase.excluded).toEqual([]);
  });
});

describe('at most fifty drafts are judged', () => {
  const many = (count: number, elements: Readonly<Record<string, unknown>> = {}): readonly FhirResource[] =>
    Array.from({ length: count }, () => drug(elements));
  const attempt = (...context: Parameters<typeof drafted>): unknown => {
    try {
      return drafted(...context);
    } catch (error) {
      return error;
    }
  };

  it('fifty are', () => {
    expect(drafted(many(50)).drafts).toHaveLength(50);
  });

  it('with fifty-one the answer is 400, and says what to do', () => {
    const error = attempt(many(51));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      code: 'too-costly',
      status: 400,
      expression: 'context.draftOrders',
      detail:
        'draftOrders holds 51 drafts that this service judges; at most 50 are judged in one request. Send fewer drafts.',
    });
  });

  it('appointments are named as such', () => {
    const booked = Array.from({ length: 51 }, () =>
      record('Appointment', { status: 'proposed', serviceType: [coded('physiotherapy')] }),
    );
    expect(attempt(booked)).toMatchObject({ code: 'too-costly', expression: 'context.appointments' });
  });

  it('drafts that we do not judge, or that are not selected, do not count', () => {
    const laboratory = many(60, { medicationCodeableConcept: { text: 'iets anders' } });
    expect(drafted([...laboratory, drug()]).drafts).toHaveLength(61);
    const drafts = many(60);
    expect(drafted(drafts, [`MedicationRequest/${drafts[0]!.id}`]).drafts).toHaveLength(60);
  });
});
