import { describe, expect, it } from 'vitest';
import { neededOf, withoutIdentity } from '../../src/cds-hooks/patient-elements.js';
import { parseRequest } from '../../src/cds-hooks/parse-request.js';
import { DRAFT, PATIENT, bundleOf, requestFor, searchsetOf, serviceOf } from '../support/requests.js';

const NEEDED = { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' };
const SENT = {
  ...NEEDED,
  _birthDate: { extension: [] },
  gender: 'female',
  name: [{ family: 'Jansen' }],
  identifier: [{ value: '999999990' }],
};
const PROBLEM = {
  resourceType: 'Condition',
  id: 'c1',
  subject: { reference: `Patient/${PATIENT}`, display: 'Jansen' },
};

describe('of a Patient', () => {
  it('only id and birth date are kept', () => {
    expect(neededOf(SENT)).toEqual(NEEDED);
    expect(neededOf({ resourceType: 'Patient' })).toEqual({ resourceType: 'Patient' });
  });

  it('wherever it stands: alone, in a Bundle, in a Bundle of one, contained', () => {
    expect(withoutIdentity(SENT)).toEqual(NEEDED);
    expect(withoutIdentity(searchsetOf(PROBLEM, SENT))).toEqual(searchsetOf(PROBLEM, NEEDED));
    expect(withoutIdentity({ resourceType: 'Bundle', entry: { resource: SENT } })).toEqual({
      resourceType: 'Bundle',
      entry: { resource: NEEDED },
    });
    expect(withoutIdentity(searchsetOf({ ...PROBLEM, contained: [SENT, DRAFT] }))).toEqual(
      searchsetOf({ ...PROBLEM, contained: [NEEDED, DRAFT] }),
    );
  });

  it('any other resource is the same object', () => {
    const bundle = searchsetOf(PROBLEM, { ...PROBLEM, contained: [DRAFT, null, 'x'] });
    expect(withoutIdentity(bundle)).toBe(bundle);
    expect(neededOf(PROBLEM)).toBe(PROBLEM);
  });

  it('a request that was read has no more of it, and its drafts as they were sent', () => {
    const request = requestFor('order-sign');
    const draft = { ...DRAFT, contained: [SENT] };
    const body = {
      ...request,
      context: { ...request.context, draftOrders: bundleOf(draft, SENT) },
      prefetch: { ...request.prefetch, patient: SENT, conditions: searchsetOf(PROBLEM, SENT) },
    };
    const { prefetch, context } = parseRequest(body, serviceOf('order-sign'));
    expect(prefetch['patient']).toEqual(NEEDED);
    expect(prefetch['conditions']).toEqual(searchsetOf(PROBLEM, NEEDED));
    expect(context.resources).toEqual([draft, NEEDED]);
  });
});
