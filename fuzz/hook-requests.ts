/** Requests of every hook: a real one whose prefetch, context, envelope and headers are in part made up anew. */
import fc from 'fast-check';
import { PREFETCH_KEYS, TYPE_OF_KEY } from '../src/cds-hooks/prefetch.js';
import { HOOKS, type Hook } from '../src/cds-hooks/request.js';
import { DRAFT, bundleOf, serviceOf } from '../tests/support/requests.js';
import type { Attempt } from './attempt.js';
import { MARKER } from './attempt.js';
import { headers } from './headers.js';
import { hostileDate, hostileString, hostileValue, toJson } from './hostile-values.js';
import { PATIENT_HERE, anyResource, resource } from './records.js';
import { NOW, REAL_REQUESTS, type Json } from './stories.js';

/** Some members of some object set to other values. */
const members = (names: readonly string[], value: fc.Arbitrary<unknown>, maxLength: number): fc.Arbitrary<Json> =>
  fc.array(fc.tuple(fc.constantFrom(...names), value), { maxLength }).map((some) => Object.fromEntries(some));

const entry = (records: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 8, arbitrary: records.map((one) => ({ resource: one })) },
    {
      weight: 2,
      arbitrary: records.map((one) => ({ fullUrl: 'urn:uuid:a', resource: one, search: { mode: 'include' } })),
    },
    { weight: 1, arbitrary: fc.tuple(hostileString, records).map(([fullUrl, one]) => ({ fullUrl, resource: one })) },
    { weight: 1, arbitrary: records },
    { weight: 1, arbitrary: hostileValue },
  );

/** A searchset, now and then with an entry many times over. */
const bundle = (records: fc.Arbitrary<unknown>): fc.Arbitrary<Json> =>
  fc
    .tuple(
      fc.array(entry(records), { maxLength: 5 }),
      fc.oneof(
        { weight: 60, arbitrary: fc.constant(1) },
        { weight: 3, arbitrary: fc.constant(2) },
        { weight: 1, arbitrary: fc.constant(2000) },
      ),
      fc.record(
        { type: fc.constant('searchset'), total: hostileValue, link: fc.constant([{ relation: 'next', url: MARKER }]) },
        { requiredKeys: ['type'] },
      ),
    )
    .map(([entries, times, rest]) => ({
      resourceType: 'Bundle',
      ...rest,
      // Repeated only as far as the body limit lets it through.
      entry: Array.from(
        { length: Math.min(times, 1 + 3_000_000 / (1 + toJson(entries).length)) },
        () => entries,
      ).flat(),
    }));

/** What a prefetch key may hold: a resource, a searchset, null, an OperationOutcome, the same as older clients wrap it, or anything. */
function prefetchValue(key: (typeof PREFETCH_KEYS)[number]): fc.Arbitrary<unknown> {
  const own = resource(TYPE_OF_KEY[key]);
  const records = fc.oneof({ weight: 5, arbitrary: own }, { weight: 1, arbitrary: anyResource });
  const value = fc.oneof(
    { weight: 2, arbitrary: own },
    { weight: key === 'patient' ? 0 : 10, arbitrary: bundle(records) },
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 1,
      arbitrary: fc.constant({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] }),
    },
  );
  return fc.oneof(
    { weight: 12, arbitrary: value },
    { weight: 1, arbitrary: value.map((one) => ({ response: { status: '200 OK' }, resource: one })) },
    { weight: 1, arbitrary: hostileValue },
  );
}

const prefetch = fc
  .array(fc.oneof(...PREFETCH_KEYS.map((key) => prefetchValue(key).map((value) => [key, value] as const))), {
    maxLength: 4,
  })
  .map((some) => Object.fromEntries(some));

const drafts = fc.oneof(
  ...(['MedicationRequest', 'ServiceRequest', 'Appointment', 'Condition'] as const).map((type) => resource(type)),
);
const context: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 6, arbitrary: members(['draftOrders', 'appointments', 'conditions'], bundle(drafts), 2) },
  {
    weight: 2,
    arbitrary: members(
      ['selections'],
      fc.array(fc.oneof(fc.constantFrom('ServiceRequest/a', 'MedicationRequest/a'), hostileValue)),
      1,
    ),
  },
  {
    weight: 1,
    arbitrary: members(['userId', 'encounterId', 'patientId', 'draftOrders', 'selections'], hostileValue, 2),
  },
);

const wishes = members(
  ['now', 'language', 'jurisdiction'],
  fc.oneof(hostileDate, fc.constantFrom('nl', 'en', 'fr', 'NL', 'BE'), hostileValue),
  3,
);
const authorization = {
  access_token: MARKER,
  token_type: 'Bearer',
  expires_in: 300,
  scope: 'patient/*.read',
  subject: 'x',
};
const envelope: fc.Arbitrary<Json> = fc.oneof(
  { weight: 8, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: wishes.map((some) => ({ extension: { 'example.plexus-cds.request': { now: NOW, ...some } } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('https://ehr.example/fhir', 'http://127.0.0.1:1/demo-fhir', `http://${MARKER}/`)
      .map((fhirServer) => ({
        fhirServer,
        fhirAuthorization: authorization,
      })),
  },
  {
    weight: 1,
    arbitrary: members(
      [
        'hook',
        'hookInstance',
        'context',
        'prefetch',
        'fhirServer',
        'fhirAuthorization',
        'extension',
        '__proto__',
        MARKER,
      ],
      hostileValue,
      2,
    ),
  },
);

/** What a hook needs in its context where the real request, of another hook, has none. */
function contextOf(hook: Hook): Json {
  if (hook === 'appointment-book')
    return { appointments: bundleOf({ resourceType: 'Appointment', id: 'a', status: 'proposed', participant: [] }) };
  if (hook === 'problem-list-item-create') return { conditions: bundleOf({ resourceType: 'Condition', id: 'a' }) };
  return hook === 'patient-view'
    ? {}
    : { draftOrders: bundleOf({ ...DRAFT, subject: undefined }), selections: ['ServiceRequest/draft-1'] };
}

/** A request to a service, or to explain what it would answer. */
export const hookRequest: fc.Arbitrary<Attempt> = fc
  .record({
    real: fc.constantFrom(...REAL_REQUESTS),
    hook: fc.option(fc.constantFrom(...HOOKS), { freq: 2 }),
    prefetch,
    context,
    envelope,
    headers,
    explained: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ real, hook: other, explained, ...changed }) => {
    const hook = other ?? (real.hook as Hook);
    const { request } = real;
    const patientId = String(request.context['patientId']);
    const body = toJson({
      ...request,
      hook,
      context: { ...contextOf(hook), ...request.context, ...changed.context },
      prefetch: { ...request.prefetch, ...changed.prefetch },
      ...changed.envelope,
    });
    return {
      kind: 'request by structure',
      method: 'POST',
      path: `/${explained === 4 ? 'explain' : 'cds-services'}/${serviceOf(hook).id}`,
      headers: { 'content-type': 'application/json', ...changed.headers },
      body: Buffer.from(body.replaceAll(PATIENT_HERE, patientId)),
    };
  });
