/** Rows 1 to 15: bodies that are not what they should be, and addresses and methods that lead nowhere. */
import { expect } from 'vitest';
import { pathOf } from '../support/requests.js';
import { raw } from '../support/service.js';
import {
  body,
  call,
  empty,
  markedRequest,
  member,
  postTo,
  refused,
  taken,
  view,
  type Attack,
  type Send,
} from './attack.js';
import { MARK } from './targets.js';

const PATH = pathOf('patient-view');
const GOOD = JSON.stringify(markedRequest('patient-view'));

/** A request of so many bytes. */
function sized(bytes: number): string {
  const padded = (padding: string) => JSON.stringify({ ...markedRequest('patient-view'), padding });
  return padded('x'.repeat(bytes - padded('').length));
}
const nested = (depth: number): string => GOOD.replace('{', `{"deep":${'['.repeat(depth)}${']'.repeat(depth)},`);
const MOST_BYTES = 5 * 1024 * 1024;

/** Without the header that fetch would add. */
const untyped: Send = async (to) => raw(to.url + PATH, await to.credentials(PATH), GOOD);

const NOT_JSON: Readonly<Record<string, string>> = {
  'cut off within a string': `{"hook":"${MARK}`,
  'with a trailing comma': `{"hook":"${MARK}",}`,
  'with a comment': `// ${MARK}\n{}`,
  'as a form would send it': `hook=${MARK}`,
  'with something behind the object': `${GOOD} ${MARK}`,
  'with a number that JSON does not have': `{"hook":NaN,"remark":"${MARK}"}`,
};

const JSON_TYPES = [
  'application/json; charset=utf-8',
  'application/json;charset="UTF-8"',
  'application/fhir+json',
  'application/fhir+json; fhirVersion=4.0',
];
const OTHER_TYPES = [
  'text/plain',
  'application/x-www-form-urlencoded',
  'application/xml',
  'application/jsonp',
  'nonsense',
];
const ENCODINGS = ['gzip', 'br', 'identity, gzip'];

const POISON: Readonly<Record<string, string>> = {
  '`__proto__`': '{"__proto__":{"a":1},',
  '`__proto__`, spelled with an escape': '{"\\u005f_proto__":{"a":1},',
  '`constructor.prototype`': '{"extension":{"constructor":{"prototype":{}}},',
};

const TRICKS: Readonly<Record<string, string>> = {
  'with encoded slashes that climb': '..%2f..%2fetc%2fpasswd',
  'that is NUL': '%00',
  '`constructor`': 'constructor',
  '`__proto__`': '__proto__',
  'with half an escape': '%zz',
  'of 5 kB': 'a'.repeat(5_000),
  'with a line break': `x%0d%0aSet-Cookie:%20${MARK}`,
};

/** As a router reads it; what cannot be read is no address of anything. */
const decoded = (id: string): string => (id === '%zz' ? '' : decodeURIComponent(id));

const METHODS = [
  ['GET', PATH, 'POST, OPTIONS'],
  ['PUT', PATH, 'POST, OPTIONS'],
  ['GET', `${PATH}/feedback`, 'POST, OPTIONS'],
  ['DELETE', '/explain/plexus-patient-view', 'POST, OPTIONS'],
  ['POST', '/cds-services', 'GET, HEAD, OPTIONS'],
  ['POST', '/health/live', 'GET, HEAD, OPTIONS'],
] as const;

export const BODY: readonly Attack[] = [
  ...Object.entries(NOT_JSON).map(([how, text]) => ({
    row: 1,
    attack: `a body ${how}`,
    send: body(text),
    ...refused(400, 'structure'),
  })),
  { row: 2, attack: 'an empty body that is called JSON', send: body(''), ...refused(400, 'structure') },
  { row: 2, attack: 'no body and no type', send: empty('POST', PATH), ...refused(400, 'structure') },
  ...['null', '[]', `"${MARK}"`, '1', 'true'].map((text) => ({
    row: 3,
    attack: `the JSON \`${text.replace(MARK, 'x')}\` in the place of an object`,
    send: body(text),
    ...refused(400, 'structure'),
  })),
  ...OTHER_TYPES.map((type) => ({
    row: 4,
    attack: `a good request as \`${type}\``,
    send: body(GOOD, { 'content-type': type }),
    ...refused(415, 'not-supported'),
  })),
  { row: 4, attack: 'a good request of no type', send: untyped, ...refused(415, 'not-supported') },
  ...JSON_TYPES.map((type) => ({
    row: 5,
    attack: `a good request as \`${type}\``,
    send: body(GOOD, { 'content-type': type }),
    ...taken,
  })),
  {
    row: 6,
    attack: 'bytes that are no UTF-8',
    send: body(Buffer.concat([Buffer.from(`{"remark":"${MARK}`), Buffer.from([0xc3, 0x28]), Buffer.from('"}')])),
    ...refused(400, 'structure'),
  },
  ...['iso-8859-1', 'utf-16'].map((charset) => ({
    row: 6,
    attack: `a body in ${charset}`,
    send: body(GOOD, { 'content-type': `application/json; charset=${charset}` }),
    ...refused(415, 'not-supported'),
  })),
  { row: 7, attack: 'a body of as many bytes as are allowed (5 MiB)', send: body(sized(MOST_BYTES)), ...taken },
  { row: 7, attack: 'a body of one byte more', send: body(sized(MOST_BYTES + 1)), ...refused(413, 'too-long') },
  ...ENCODINGS.map((encoding) => ({
    row: 8,
    attack: `\`Content-Encoding: ${encoding}\``,
    send: body(GOOD, { 'content-encoding': encoding }),
    ...refused(415, 'not-supported'),
  })),
  ...[100, 100_000].map((depth) => ({
    row: 9,
    attack: `arrays in arrays, ${depth} deep`,
    send: body(nested(depth)),
    ...refused(400, 'too-costly'),
  })),
  { row: 9, attack: 'an array of 200 000 numbers', send: view(member('huge', Array(200_000).fill(1))), ...taken },
  { row: 9, attack: 'a string of 4.5 million characters', send: view(member('huge', 'x'.repeat(4_500_000))), ...taken },
  ...Object.entries(POISON).map(([key, start]) => ({
    row: 10,
    attack: `a key ${key}`,
    send: body(GOOD.replace('{', start)),
    ...refused(400, 'structure'),
  })),
  {
    row: 11,
    attack: 'the hook twice, first a wrong one: the last counts',
    send: body(GOOD.replace('{', '{"hook":"order-sign",')),
    ...taken,
  },
  {
    row: 11,
    attack: 'the hook twice, last a wrong one',
    send: body(GOOD.replace(/\}$/, ',"hook":"order-sign"}')),
    ...refused(400, 'value', 'hook'),
  },
  {
    row: 12,
    attack: 'a service that does not exist, with a body that is not even read',
    send: postTo(`/cds-services/${MARK}`, 'no JSON'),
    ...refused(404, 'not-found'),
  },
  {
    row: 12,
    attack: 'another path, with a query',
    send: empty('GET', `/${MARK}?a=${MARK}`),
    ...refused(404, 'not-found'),
  },
  ...Object.entries(TRICKS).map(([what, id]) => ({
    row: 13,
    attack: `a service id ${what}`,
    send: postTo(`/cds-services/${id}`, {}, { audience: `/cds-services/${decoded(id)}` }),
    ...refused(404, 'not-found'),
  })),
  ...METHODS.map(([method, path, allow]) => ({
    row: 14,
    attack: `${method} ${path}`,
    send: empty(method, path),
    ...refused(405, 'not-supported'),
    holds: {
      that: `\`Allow: ${allow}\``,
      check: ({ headers }: { readonly headers: Headers }) => expect(headers.get('allow')).toBe(allow),
    },
  })),
  {
    row: 15,
    attack: '`Accept: application/xml`',
    send: call('patient-view', undefined, { accept: 'application/xml' }),
    ...taken,
    holds: {
      that: 'the answer is JSON',
      check: ({ headers }) => expect(headers.get('content-type')).toBe('application/json; charset=utf-8'),
    },
  },
];
