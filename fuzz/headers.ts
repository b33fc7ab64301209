/** Headers that change what is answered, with values that are good, odd or hostile; all of them are HTTP that Node lets out. */
import fc from 'fast-check';
import { MARKER } from './attempt.js';

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'accept-language': [
    'nl',
    'en-GB,en;q=0.9,fr;q=0.8',
    '*',
    'q=',
    ';;;,,,',
    'fr;q=NaN',
    `${MARKER};q=1e999`,
    'nl,'.repeat(2000),
  ],
  'content-type': [
    'application/json; charset=utf-8',
    'application/fhir+json',
    'text/plain',
    'application/json; charset=utf-16',
    MARKER,
    'application/json;'.repeat(100),
  ],
  'content-encoding': ['identity', 'gzip', MARKER],
  'if-none-match': ['*', `"${MARKER}"`, '"'.repeat(500)],
  origin: ['https://sandbox.cds-hooks.org', 'null', `https://${MARKER}.example`, 'file://'],
  authorization: [
    'Bearer',
    `Bearer ${MARKER}`,
    `Bearer ${'a.'.repeat(2000)}`,
    'Bearer a.b.c',
    'Basic YTpi',
    `${MARKER} x`,
  ],
  'x-forwarded-for': ['127.0.0.1', `${MARKER}, ::1`, ','.repeat(1000)],
  'x-request-id': [MARKER],
  cookie: [`session=${MARKER}`],
  accept: ['text/html', 'application/fhir+xml', MARKER],
  expect: ['100-continue', MARKER],
  host: ['evil.example', `${MARKER}:99999`, ''],
  'x-long': [MARKER.repeat(1000)],
};

const one = fc.oneof(
  ...Object.entries(VALUES).map(([name, values]) => fc.constantFrom(...values).map((value) => [name, value] as const)),
);

/** Mostly none. */
export const headers: fc.Arbitrary<Record<string, string>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }).map((some) => Object.fromEntries(some)) },
);
