/** Values that no careful client sends: numbers, dates, strings and names at the edge of what JSON, FHIR and JavaScript can hold. */
import fc from 'fast-check';
import { MARKER } from './attempt.js';

/** JSON written by hand, where JSON.stringify would change it; `toJson` puts it in. */
const LITERAL = '@literal ';
const literal = (text: string): string => LITERAL + text;

/** The JSON of a value, literals as they are. */
export function toJson(value: unknown): string {
  return ((JSON.stringify(value) as string | undefined) ?? 'null').replaceAll(/"@literal ([^"]*)"/g, '$1');
}

export const hostileNumber = fc.oneof(
  fc.constantFrom<unknown>(
    0,
    -1,
    0.1,
    1e308,
    -1e308,
    5e-324,
    2 ** 31,
    2 ** 53,
    ...[
      '-0',
      '1e400',
      '-1e400',
      '1e-400',
      '1.0',
      '1.50000000000000000000000000000',
      '9'.repeat(20),
      `1${'0'.repeat(400)}`,
    ].map(literal),
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

export const hostileDate = fc.oneof(
  fc.constantFrom(
    '0000-00-00',
    '0000',
    '0001-01-01',
    '9999-12-31',
    '9999-12-31T23:59:59.999-14:00',
    '+275760-09-13',
    '-000001-01-01T00:00:00Z',
    '2026-02-30',
    '2026-13-01',
    '2026-11-21T24:00:00Z',
    '2016-12-31T23:59:60Z',
    '2026-11-21T10:00:00+14:00',
    '2026-11-21T10:00:00-12:00',
    '2026-11-21T10:00:00+99:99',
    '2026-11-21T10:00:00',
    '2026-11-21T10',
    '2026-03-29T02:30:00+01:00',
    '20261121',
    '21-11-2026',
    '2026-11-21T10:00:00.123456789123456789Z',
    ' 2026-11-21',
    '2026-11-21\n',
    'T',
    '',
  ),
  // Around the day of the stories.
  fc
    .integer({ min: -3000, max: 400 })
    .map((days) => new Date(Date.UTC(2026, 10, 21) + days * 86_400_000).toISOString().slice(0, 10)),
  fc
    .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }))
    .map(([year, month, day]) =>
      [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-'),
    ),
);

/** Names that mean something to JavaScript, to JSON or to FHIR. Without `__proto__`, which is refused wherever it stands: bytes have it. */
export const POISONED_NAMES = [
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  'toJSON',
  'then',
  'length',
  'resourceType',
  '',
  '0',
  '_status',
] as const;

export const hostileString = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      MARKER,
      '',
      ' ',
      `${MARKER}\u0000`,
      `\ud800${MARKER}`,
      `${MARKER}\udfff`,
      `\u202e${MARKER}\u2066`,
      `\ufeff${MARKER}`,
      `${MARKER}\r\nset-cookie: a=b`,
      `<img src=x onerror=alert(1)>${MARKER}`,
      `[${MARKER}](javascript:alert(1))`,
      `{{context.${MARKER}}}`,
      `%s%n${MARKER}`,
      `'; drop table ${MARKER};--`,
      `../../${MARKER}`,
      'a\u0301'.repeat(2000),
      '\u2028\u2029\u0085\u001b[31m',
      '👩‍👩‍👧‍👦'.repeat(200),
      `${MARKER} ${'('.repeat(5000)}`,
      `${'1-'.repeat(5000)}${MARKER}`,
      `${' '.repeat(20_000)}x`,
      `Patient/${'a'.repeat(10_000)}`,
      ...POISONED_NAMES,
    ),
  },
  { weight: 10, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map((text) => MARKER + text) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 500 }).map((length) => 'x'.repeat(length)) },
  // Rare, for a body may hold many of them.
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 100_000 }).map((length) => 'x'.repeat(length)) },
);

/** Nested as deep as asked, as lists or as objects. */
const nested = fc
  .tuple(fc.constantFrom(2, 8, 15, 30, 45, 100), fc.boolean(), fc.constantFrom('extension', 'item', 'a'))
  .map(([depth, isList, name]) => {
    let value: unknown = MARKER;
    for (let level = 0; level < depth; level += 1) value = isList ? [value] : { [name]: value };
    return value;
  });

const poisoned = fc
  .array(fc.tuple(fc.constantFrom(...POISONED_NAMES), fc.constantFrom<unknown>(1, null, MARKER, {}, [])), {
    minLength: 1,
    maxLength: 4,
  })
  .map((members) => Object.fromEntries(members));

/** Any of them, of whatever type. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<unknown>(null, true, false, {}, [], [null], [[]], [{}], {}) },
  { weight: 4, arbitrary: hostileNumber },
  { weight: 4, arbitrary: hostileDate },
  { weight: 4, arbitrary: hostileString },
  { weight: 1, arbitrary: nested },
  { weight: 2, arbitrary: poisoned },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);
