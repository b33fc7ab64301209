/** Who reads the cards. */
import { expect, test } from 'vitest';
import { isForClinician } from '../../src/cds-hooks/context.js';

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
