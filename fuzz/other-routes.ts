/** Everything but the services: feedback, the demo EHR, addresses that exist or do not, and HTTP that is not well-formed. */
import fc from 'fast-check';
import { SERVICES } from '../src/cds-hooks/services.js';
import { DEMO_FHIR } from '../src/demo/fhir-api.js';
import { COMMON_PARAMETERS } from '../src/demo/fhir-search.js';
import { RESOURCE_TYPES } from '../src/demo/fhir-types.js';
import type { Attempt } from './attempt.js';
import { MARKER } from './attempt.js';
import { headers } from './headers.js';
import { POISONED_NAMES, hostileDate, hostileString, hostileValue, toJson } from './hostile-values.js';
import { PATIENT_HERE, resource } from './records.js';

const UUID = '95f0c28d-205b-4466-9942-d4a7b6fe3430';
const json = { 'content-type': 'application/json' };

/** Mostly the value, now and then another one. */
const orHostile = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: hostileValue });

const reason = fc.record(
  {
    reason: orHostile(
      fc.record({ code: orHostile(hostileString), display: orHostile(hostileString) }, { requiredKeys: [] }),
    ),
    userComment: orHostile(hostileString),
    extension: hostileValue,
  },
  { requiredKeys: [] },
);
const feedbackEntry = fc.record(
  {
    card: orHostile(fc.constantFrom(UUID, MARKER)),
    outcome: orHostile(fc.constantFrom('accepted', 'overridden')),
    outcomeTimestamp: orHostile(fc.oneof(fc.constant('2026-11-21T10:05:00Z'), hostileDate)),
    acceptedSuggestions: orHostile(fc.array(orHostile(fc.constant({ id: UUID })), { maxLength: 3 })),
    overrideReason: orHostile(reason),
    overrideReasons: orHostile(fc.array(reason, { maxLength: 3 })),
  },
  { requiredKeys: ['card', 'outcome', 'outcomeTimestamp'] },
);

const feedback: fc.Arbitrary<Attempt> = fc
  .record({
    service: fc.constantFrom(...SERVICES),
    body: orHostile(fc.array(orHostile(feedbackEntry), { maxLength: 5 }).map((entries) => ({ feedback: entries }))),
    headers,
  })
  .map(({ service, body, headers: more }) => ({
    kind: 'feedback',
    method: 'POST',
    path: `/cds-services/${service.id}/feedback`,
    headers: { ...json, ...more },
    body: Buffer.from(toJson(body)),
  }));

const types = [...RESOURCE_TYPES.keys()];
const segment = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('na-acute', 'a', 'metadata', '_search', 'x'.repeat(64)) },
  { weight: 1, arbitrary: hostileString.map(encoded) },
);
const parameter = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(
      fc.constantFrom(
        ...COMMON_PARAMETERS,
        ...new Set([...RESOURCE_TYPES.values()].flatMap((known) => [...known.keys()])),
      ),
      fc.oneof(
        hostileString,
        hostileDate,
        fc.constantFrom('Patient/na-acute', 'ge2026-01-01', 'sa2026', '-date', '1', '999999999', ',', '|', 'a|b|c'),
      ),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(hostileString, hostileString) },
);
/** Encoded as a client would; of lone surrogates, which it cannot, what Node makes of them. */
const query = fc
  .array(parameter, { maxLength: 4 })
  .map((some) =>
    new URLSearchParams(some.map(([name, value]): [string, string] => [name, value.slice(0, 2000)])).toString(),
  );

const demoEhr: fc.Arbitrary<Attempt> = fc
  .record({
    type: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...types) }, { weight: 1, arbitrary: segment }),
    id: fc.option(segment, { freq: 2 }),
    method: fc.constantFrom('GET', 'GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'),
    query,
    headers,
  })
  .chain(({ type, id, method, query: parameters, headers: more }) =>
    (types.includes(type) ? orHostile(resource(type, 2)) : hostileValue).map((content) => {
      const isForm = id === '_search';
      const text = isForm ? parameters : toJson(content).replaceAll(PATIENT_HERE, 'na-acute');
      const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
      const path = `${DEMO_FHIR}/${type}${id === null ? '' : `/${id}`}`;
      return {
        kind: 'demo EHR',
        method,
        path: parameters === '' || isForm ? path : `${path}?${parameters}`,
        headers: { 'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/fhir+json', ...more },
        ...(hasBody && { body: Buffer.from(text) }),
      };
    }),
  );

const ADDRESSES = [
  '/',
  '/cds-services',
  '/cds-services/',
  '/cds-services/plexus-patient-view',
  '/explain/texts',
  '/explain/constructor',
  '/rules',
  '/leaflets',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/docs',
  '/docs/json',
  '/docs/static/index.css',
  '/sandbox/index',
  '/sandbox/patients/na-acute/reset',
  '/assets/',
] as const;

const addresses: fc.Arbitrary<Attempt> = fc
  .record({
    base: fc.constantFrom('', ...ADDRESSES),
    more: fc.oneof(
      { weight: 3, arbitrary: fc.constant('') },
      { weight: 2, arbitrary: hostileString.map((text) => `/${encoded(text)}`) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          '/%',
          '/%ff',
          '/%00',
          '/..%2f..%2fetc/passwd',
          '/../..',
          '//',
          ...POISONED_NAMES.map((name) => `/${name}`),
        ),
      },
    ),
    query,
    method: fc.constantFrom(
      'GET',
      'GET',
      'GET',
      'HEAD',
      'POST',
      'PUT',
      'DELETE',
      'PATCH',
      'OPTIONS',
      'TRACE',
      'PROPFIND',
    ),
    headers,
  })
  .map(({ base, more, query: parameters, ...rest }) => ({
    kind: 'address',
    path: `${base + more || '/'}${parameters === '' ? '' : `?${parameters}`}`,
    ...rest,
  }));

function encoded(text: string): string {
  return encodeURIComponent(Buffer.from(text.slice(0, 2000)).toString());
}

const HOST = { host: 'localhost' };
/** Pairs of headers and a body that do not fit, or lines that are no HTTP. */
const FRAMES: readonly Omit<Attempt, 'kind' | 'malformed'>[] = [
  ...['5', '0', '2', '-1', '1e3', '99999999999999999999', '', ' ', '1, 2', '0x10', MARKER].map((length) => ({
    method: 'POST',
    path: '/cds-services/plexus-patient-view',
    headers: { ...HOST, ...json, 'content-length': length },
    body: Buffer.from(`{"a":"${MARKER}"}`),
  })),
  ...['chunked', 'identity', 'gzip, chunked', MARKER].flatMap((coding) =>
    ['0\r\n\r\n', '5\r\nhello\r\n0\r\n\r\n', 'ffffffffffffffff\r\n', '-1\r\n', `${MARKER}\r\n`, '3\r\n{}'].map(
      (body) => ({
        method: 'POST',
        path: '/cds-services/plexus-patient-view',
        headers: { ...HOST, ...json, 'transfer-encoding': coding },
        body: Buffer.from(body),
      }),
    ),
  ),
  {
    method: 'POST',
    path: '/cds-services/plexus-patient-view',
    headers: { ...HOST, 'content-length': '2', 'transfer-encoding': 'chunked' },
    body: Buffer.from('{}'),
  },
  { method: 'GET', path: `/${'a'.repeat(20_000)}`, headers: HOST },
  { method: 'GET', path: '/cds-services', headers: { ...HOST, 'x-long': MARKER.repeat(5000) } },
  { method: 'GET', path: '/cds-services', headers: {} },
  { method: 'GET', path: `http://${MARKER}/cds-services`, headers: HOST },
  { method: 'GET', path: `/\u0000${MARKER}`, headers: HOST },
  { method: 'GET', path: '/\u00e9\u00ff', headers: HOST },
  { method: 'GET', path: '*', headers: HOST },
  { method: 'OPTIONS', path: '*', headers: HOST },
  { method: 'CONNECT', path: 'example.org:443', headers: HOST },
  { method: MARKER, path: '/', headers: HOST },
  { method: 'get', path: '/cds-services', headers: HOST },
  { method: 'GET', path: '/cds-services', headers: { ...HOST, upgrade: 'websocket', connection: 'upgrade' } },
  { method: 'PRI', path: '*', headers: {} },
];

const frames: fc.Arbitrary<Attempt> = fc
  .constantFrom(...FRAMES)
  .map((frame) => ({ ...frame, kind: 'malformed HTTP', malformed: true }));

/** Feedback, demo EHR, addresses and broken HTTP. */
export const otherRequest: fc.Arbitrary<Attempt> = fc.oneof(
  { weight: 4, arbitrary: feedback },
  { weight: 4, arbitrary: demoEhr },
  { weight: 4, arbitrary: addresses },
  { weight: 2, arbitrary: frames },
);
