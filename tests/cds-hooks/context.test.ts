/** Who reads the cards, and whose appointments are judged. */
import { expect, test } from 'vitest';
import { isForClinician, readContext } from '../../src/cds-hooks/context.js';

test.each([
  [undefined, true],
  ['Practitioner/p1', true],
  ['PractitionerRole/p1', true],
  ['Patient/p1', false],
  ['RelatedPerson/p1', false],
])('user %s: for a clinician is %s (D22)', (userId, expected) => {
  const context = { patientId: 'p1', resources: [], ...(userId !== undefined && { userId }) };
  expect(isForClinician(context)).toBe(expected);
});

const booking = (...participant: readonly object[]) => ({
  patientId: 'p1',
  userId: 'Practitioner/d1',
  appointments: {
    resourceType: 'Bundle',
    entry: [{ resource: { resourceType: 'Appointment', id: 'a1', participant } }],
  },
});
const actor = (reference: string) => ({ actor: { reference } });

test('an appointment whose patients are all somebody else is 422', () => {
  const foreign = booking(actor('Practitioner/d1'), actor('https://ehr.example/fhir/Patient/p2'), actor('Patient/p3'));
  expect(() => readContext(foreign, 'appointment-book')).toThrow(
    expect.objectContaining({ code: 'patient-mismatch', status: 422, expression: 'context.appointments' }),
  );
});

test.each([
  ['the patient and another', booking(actor('Patient/p2'), actor('Patient/p1'))],
  ['no patient that can be told', booking(actor('Practitioner/d1'), { actor: { display: 'mevrouw' } })],
  ['nobody', booking()],
])('an appointment of %s is judged', (_, context) => {
  expect(readContext(context, 'appointment-book').context.resources).toHaveLength(1);
});
