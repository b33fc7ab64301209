/** Real requests with some of their bytes, or some of their JSON, changed. */
import fc from 'fast-check';
import type { Attempt } from './attempt.js';
import { headers } from './headers.js';
import { POISONED_NAMES, hostileValue, toJson } from './hostile-values.js';
import { REAL_REQUESTS } from './stories.js';

const SOURCES = REAL_REQUESTS.map(({ service, request }) => ({ service, body: Buffer.from(JSON.stringify(request)) }));

type Change = (body: Buffer) => Buffer;

/** A place in a body of whatever length, as a share of it. Of whole parts: doubles of fast-check lie close to 0 most of the time. */
const place = fc.integer({ min: 0, max: 2 ** 20 - 1 }).map((part) => part / 2 ** 20);
const at = (share: number, { length }: Buffer): number => Math.floor(share * length);
const length = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 3000 }));

const splice = (body: Buffer, from: number, removed: number, added: Buffer): Buffer =>
  Buffer.concat([body.subarray(0, from), added, body.subarray(from + removed)]);

const BYTES = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    '\\u0000',
    '\\ud800',
    '-',
    'e',
    '.',
    'null',
    '1e999',
    '0',
    '{}',
    '[]',
    '""',
    '"__proto__":1,',
  ].map((text) => Buffer.from(text)),
  ...[[0x00], [0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xc0, 0x80]].map(
    (bytes) => Buffer.from(bytes),
  ),
];

const flip = fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([share, bit]): Change => (body) => {
  const changed = Buffer.from(body);
  const index = at(share, body);
  changed[index] = (changed[index] ?? 0) ^ (1 << bit);
  return changed;
});
const insert = fc.tuple(place, fc.oneof(fc.constantFrom(...BYTES), fc.uint8Array({ minLength: 1, maxLength: 6 }))).map(
  ([share, bytes]): Change =>
    (body) =>
      splice(body, at(share, body), 0, Buffer.from(bytes)),
);
const remove = fc.tuple(place, length).map(
  ([share, count]): Change =>
    (body) =>
      splice(body, at(share, body), count, Buffer.alloc(0)),
);
const duplicate = fc
  .tuple(place, length, fc.integer({ min: 1, max: 50 }))
  .map(([share, count, times]): Change => (body) => {
    const from = at(share, body);
    return splice(body, from, 0, Buffer.concat(Array<Buffer>(times).fill(body.subarray(from, from + count))));
  });
const truncate = place.map(
  (share): Change =>
    (body) =>
      body.subarray(0, at(share, body)),
);
const splicedWith = fc.tuple(fc.constantFrom(...SOURCES), place, place).map(
  ([other, to, from]): Change =>
    (body) =>
      Buffer.concat([body.subarray(0, at(to, body)), other.body.subarray(at(from, other.body))]),
);
const swapNumber = fc
  .tuple(place, fc.constantFrom('0', '-1', '99999999999999999999', '1e400', '-0', '00', '1.', '9'.repeat(5000)))
  .map(([share, digits]): Change => (body) => {
    const text = body.toString('latin1');
    const found = /\d+/.exec(text.slice(at(share, body)));
    return found ? splice(body, at(share, body) + found.index, found[0].length, Buffer.from(digits)) : body;
  });

const change = fc.oneof(flip, insert, remove, duplicate, truncate, splicedWith, swapNumber);

const envelope = { service: fc.constantFrom(...SOURCES), headers, explained: fc.integer({ min: 0, max: 7 }) };

/** A real request of which bytes are not as they were. */
export const mutatedBytes: fc.Arbitrary<Attempt> = fc
  .record({ ...envelope, changes: fc.array(change, { minLength: 1, maxLength: 4 }) })
  .map(({ service: { service, body }, changes, ...rest }) =>
    attempt(
      'bytes of a story',
      service,
      changes.reduce<Buffer>((bytes, one) => one(bytes), body),
      rest,
    ),
  );

/** A member of the request, at any depth, found by a share of all members. */
const swap = fc.record({
  share: place,
  what: fc.constantFrom('value', 'value', 'value', 'other', 'other', 'name', 'drop', 'list', 'twice'),
  other: place,
  value: hostileValue,
  name: fc.constantFrom(...POISONED_NAMES),
});
type Swap = typeof swap extends fc.Arbitrary<infer T> ? T : never;

/** A real request of which values are taken away, repeated, renamed, swapped among each other or replaced by hostile ones: always JSON. */
export const mutatedValues: fc.Arbitrary<Attempt> = fc
  .record({ ...envelope, swaps: fc.array(swap, { minLength: 1, maxLength: 6 }) })
  .map(({ service: { service, body }, swaps, ...rest }) => {
    const request: unknown = JSON.parse(body.toString());
    for (const one of swaps) apply(request, one);
    return attempt('values of a story', service, Buffer.from(toJson(request)), rest);
  });

interface Place {
  readonly parent: Record<string, unknown> | unknown[];
  readonly name: string;
  readonly value: unknown;
}

function places(value: unknown, found: Place[] = []): readonly Place[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const [name, member] of Object.entries(value)) {
    found.push({ parent: value as Place['parent'], name, value: member });
    places(member, found);
  }
  return found;
}

function apply(request: unknown, { share, what, other, value, name }: Swap): void {
  const all = places(request);
  const target = all[Math.floor(share * all.length)];
  if (!target) return;
  const parent = target.parent as Record<string, unknown>;
  if (what === 'drop') Reflect.deleteProperty(parent, target.name);
  else if (what === 'list')
    parent[target.name] = Array.isArray(target.value) ? (target.value as unknown[])[0] : [target.value];
  else if (what === 'twice' && Array.isArray(target.parent)) target.parent.push(structuredClone(target.value));
  else if (what === 'name' && !Array.isArray(target.parent))
    Object.defineProperty(parent, name, { value: target.value, enumerable: true, configurable: true, writable: true });
  // A copy: a value within itself would be no JSON.
  else
    parent[target.name] =
      what === 'other' ? structuredClone(all[Math.floor(other * all.length)]?.value) : structuredClone(value);
}

function attempt(
  kind: string,
  service: string,
  body: Buffer,
  rest: { readonly headers: Record<string, string>; readonly explained: number },
): Attempt {
  return {
    kind,
    method: 'POST',
    path: `/${rest.explained === 7 ? 'explain' : 'cds-services'}/${service}`,
    headers: { 'content-type': 'application/json', ...rest.headers },
    body,
  };
}
