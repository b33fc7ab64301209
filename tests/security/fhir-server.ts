/** Rows 27 and 29 to 34: where a request would have us read, and servers that behave badly. */
import type { RequestListener } from 'node:http';
import { expect } from 'vitest';
import { sendJson } from '../support/fhir-server.js';
import { PATIENT, pathOf, requestFor, searchsetOf, type HookRequest } from '../support/requests.js';
import { NOBODY_ASKED, postTo, refused, taken, traceOf, type Attack, type Observation, type Send } from './attack.js';
import { MARK, goodServer, type Target } from './targets.js';

const PATH = pathOf('patient-view');
const SENT_PATIENT = { resourceType: 'Patient', id: PATIENT, birthDate: '1980-02-01' };
const authorization = (expires: number) => ({
  access_token: MARK,
  token_type: 'Bearer',
  expires_in: expires,
  scope: 'patient/*.rs',
  subject: 's',
});

/** A request that names a FHIR server and brings a token for it. */
const naming = (fhirServer: string, prefetch: Readonly<Record<string, unknown>>, expires = 300): HookRequest => ({
  ...requestFor('patient-view'),
  fhirServer,
  fhirAuthorization: authorization(expires),
  prefetch: { ...prefetch },
});

/** Sends nothing of the patient, so that everything would have to be read. */
const readFrom =
  (address: (to: Target) => string, prefetch: Readonly<Record<string, unknown>> = {}): Send =>
  (to) =>
    postTo(PATH, naming(address(to), prefetch))(to);
const UNKNOWN_PATIENT = refused(412, 'processing', 'prefetch.patient');

const portOf = ({ trap }: Target): string => new URL(trap.base).port;
/** Ways to write this machine, a network behind it, or a name of ours; none of them registered. */
const PLACES: Readonly<Record<string, (to: Target) => string>> = {
  'this machine by its address': ({ trap }) => trap.base,
  'this machine by its name': (to) => `http://localhost:${portOf(to)}/fhir`,
  'this machine by its name with a dot behind it': (to) => `http://localhost.:${portOf(to)}/fhir`,
  'this machine as one decimal number': (to) => `http://2130706433:${portOf(to)}/fhir`,
  'this machine in octal': (to) => `http://0177.0.0.1:${portOf(to)}/fhir`,
  'this machine in hexadecimal': (to) => `http://0x7f000001:${portOf(to)}/fhir`,
  'this machine with parts left out': (to) => `http://127.1:${portOf(to)}/fhir`,
  'this machine as zero': (to) => `http://0:${portOf(to)}/fhir`,
  'this machine in full-width digits': (to) => `http://１２７.０.０.１:${portOf(to)}/fhir`,
  'this machine in IPv6': (to) => `http://[::1]:${portOf(to)}/fhir`,
  'this machine in IPv4 within IPv6': (to) => `http://[::ffff:127.0.0.1]:${portOf(to)}/fhir`,
  'this machine within NAT64': (to) => `http://[64:ff9b::7f00:1]:${portOf(to)}/fhir`,
  'a private network': () => 'http://10.0.0.1/fhir',
  'a private network in IPv6': () => 'http://[fd00::1]/fhir',
  'a link-local address': () => 'http://169.254.1.1/fhir',
  'a link-local address in IPv6': () => 'http://[fe80::1]/fhir',
  'the metadata service of a cloud': () => 'http://169.254.169.254/latest/meta-data',
  'the metadata service by its name': () => 'http://metadata.google.internal/computeMetadata/v1',
  'an internal name': () => 'https://intranet/fhir',
  'a name that anybody can point at this machine': (to) => `http://127.0.0.1.nip.io:${portOf(to)}/fhir`,
  'a name of a stranger': () => `https://${MARK}.example/fhir`,
  'the registered host, another path': ({ ehr }) => ehr.base.replace('/fhir', '/admin'),
  'the registered host, climbing out of its path': ({ ehr }) => `${ehr.base}/../admin`,
  'the registered host, another port': ({ ehr }) => ehr.base.replace(/:\d+/, ':9'),
  'the registered address as the beginning of another name': ({ ehr }) =>
    ehr.base.replace(/:\d+\/fhir/, '.attacker.example/fhir'),
};

/** Patient and searches as a good server has them, but for what a search for observations answers. */
const observations =
  (bad: RequestListener): RequestListener =>
  (request, response) =>
    (request.url?.includes('Observation') ? bad : goodServer)(request, response);

const AWAY = 'http://127.0.0.1:9/steal';
const pageTo = (url: string) => ({ ...searchsetOf(), link: [{ relation: 'next', url }] });

const status =
  (code: number): RequestListener =>
  (_, response) =>
    response.writeHead(code).end();
const redirect =
  (code: number, to: Target): RequestListener =>
  (_, response) =>
    response.writeHead(code, { location: to.trap.base }).end();
const SPACES = Buffer.alloc(100_000, ' ');
const endless: RequestListener = (_, response) => {
  const pump = (): void => {
    while (!response.destroyed && response.write(SPACES));
    if (!response.destroyed) response.once('drain', pump);
  };
  pump();
};

/** Ways of failing, and the word for each. */
const WAYS: Readonly<Record<string, readonly [RequestListener, string | RegExp]>> = {
  'that says 401': [status(401), 'unauthorised'],
  'that says 403': [status(403), 'unauthorised'],
  'that says 404': [status(404), 'not found'],
  'that says 429': [status(429), 'throttled'],
  'that says 500': [status(500), 'server error'],
  'behind a gateway that does not reach it': [status(502), 'unreachable'],
  'that never answers': [() => undefined, 'deadline'],
  'that closes every connection': [({ socket }) => socket.destroy(), 'unreachable'],
  'that answers HTML': [(_, response) => response.end('<html>Log in</html>'), 'not FHIR'],
  'that answers half a resource': [(_, response) => sendJson(response, '{"resourceType":"Bundle"'), 'not FHIR'],
  'that answers about another patient': [
    (_, response) => sendJson(response, { ...SENT_PATIENT, id: 'somebody-else' }),
    'not FHIR',
  ],
  'whose answers never end': [endless, /^(too large|deadline)$/],
};

const traceWith = (to: Target, prefetch: Readonly<Record<string, unknown>>) =>
  traceOf(to, naming(to.ehr.base, prefetch));

const saying = (that: string, why: string | RegExp): Observation => ({
  that,
  check: async (_, to) => {
    const { tolerated, sources } = await traceWith(to, { patient: SENT_PATIENT });
    expect(sources['observations']).toBe('failed');
    const what =
      typeof why === 'string'
        ? `not read from the FHIR server: ${why}`
        : expect.stringMatching(why.source.replace('^', ': '));
    expect(tolerated).toContainEqual({ where: 'prefetch.observations', what });
  },
});
const ASKED: Observation = { that: 'it was asked', check: (_, { ehr }) => expect(ehr.asked).not.toEqual([]) };
const NOT_FOLLOWED: Observation = {
  that: 'the registered server is asked, the other is not',
  check: (_, { ehr, trap }) => {
    expect(ehr.asked.length).toBeGreaterThan(0);
    expect(trap.asked).toEqual([]);
  },
};
const PARTIAL: Observation = {
  that: 'at most ten pages; what was read counts as a part',
  check: async (_, to) => {
    expect(to.ehr.asked.filter((line) => line.includes('Observation'))).toHaveLength(10);
    expect((await traceWith(to, { patient: SENT_PATIENT })).sources['observations']).toBe('partial');
  },
};

export const FHIR_SERVER: readonly Attack[] = [
  ...[0, -1].map((expires) => ({
    row: 27,
    attack: `a token for the FHIR server that ends in ${expires} seconds`,
    send: (to: Target) => postTo(PATH, naming(to.ehr.base, { patient: SENT_PATIENT }, expires))(to),
    ...taken,
    holds: NOBODY_ASKED,
  })),
  {
    row: 27,
    attack: 'a token that has ended, and nothing of the patient sent',
    send: (to) => postTo(PATH, naming(to.ehr.base, {}, 0))(to),
    ...UNKNOWN_PATIENT,
    holds: NOBODY_ASKED,
  },
  {
    row: 29,
    attack: 'an address without TLS that is not registered, nothing of the patient sent',
    send: readFrom(() => 'http://ehr.example/fhir'),
    ...UNKNOWN_PATIENT,
    holds: NOBODY_ASKED,
  },
  {
    row: 29,
    attack: 'the same, with the patient',
    send: readFrom(() => 'http://ehr.example/fhir', { patient: SENT_PATIENT }),
    ...taken,
    holds: NOBODY_ASKED,
  },
  ...Object.entries(PLACES).map(([what, address]) => ({
    row: 30,
    attack: `\`fhirServer\` on ${what}`,
    send: readFrom(address),
    ...UNKNOWN_PATIENT,
    holds: NOBODY_ASKED,
  })),
  {
    row: 30,
    attack: '`fhirServer` on this machine, with the patient',
    send: readFrom(({ trap }) => trap.base, { patient: SENT_PATIENT }),
    ...taken,
    holds: NOBODY_ASKED,
  },
  {
    row: 30,
    attack: '`fhirServer` with the registered address as user name',
    send: readFrom(({ ehr }) => ehr.base.replace('http://', 'http://registered.example@')),
    ...refused(400, 'value', 'fhirServer'),
    holds: NOBODY_ASKED,
  },
  {
    row: 30,
    attack: 'a registered name that resolves to a private address, without leave to stand there',
    send: (to) => postTo(PATH, naming(to.ehr.base.replace('127.0.0.1', 'localhost'), {}), { client: 'rebound' })(to),
    ...UNKNOWN_PATIENT,
    looksUp: ['localhost'],
    holds: NOBODY_ASKED,
  },
  ...[301, 302, 303, 307, 308].map((code) => ({
    row: 31,
    attack: `a FHIR server that answers ${code} with another address`,
    send: readFrom(({ ehr }) => ehr.base),
    ehr: (to: Target) => redirect(code, to),
    ...UNKNOWN_PATIENT,
    holds: NOT_FOLLOWED,
  })),
  ...Object.entries(WAYS).flatMap(([which, [ehr, why]]) => [
    {
      row: 32,
      attack: `a FHIR server ${which}; the patient would have to be read`,
      send: readFrom(({ ehr: { base } }) => base),
      ehr: () => ehr,
      ...UNKNOWN_PATIENT,
      holds: ASKED,
    },
    {
      row: 32,
      attack: `a FHIR server ${which}; the patient was sent`,
      send: readFrom(({ ehr: { base } }) => base, { patient: SENT_PATIENT }),
      ehr: () => ehr,
      ...taken,
      holds: saying('the trace says why it was not read', why),
    },
  ]),
  ...(
    [
      ['another origin', ({ trap }: Target) => trap.base],
      ['the same host on another port', () => AWAY],
      ['the same origin with a user name', ({ ehr }: Target) => ehr.base.replace('http://', 'http://user@')],
      ['a file', () => 'file:///etc/passwd'],
    ] as const
  ).map(([where, next]) => ({
    row: 33,
    attack: `a next page on ${where}`,
    send: readFrom(({ ehr }) => ehr.base),
    ehr: (to: Target) => observations((_, response) => sendJson(response, pageTo(next(to)))),
    ...taken,
    holds: {
      that: 'asked once; what was read counts as a part',
      check: async (_: unknown, to: Target) => {
        expect(to.ehr.asked.filter((line) => line.includes('Observation'))).toHaveLength(1);
        expect(to.trap.asked).toEqual([]);
        expect((await traceWith(to, {})).sources['observations']).toBe('partial');
      },
    },
  })),
  {
    row: 33,
    attack: 'a drug whose reference leads to another server',
    send: (to) => {
      const order = {
        resourceType: 'MedicationRequest',
        id: 'm1',
        status: 'active',
        intent: 'order',
        subject: { reference: `Patient/${PATIENT}` },
        medicationReference: { reference: `${to.trap.base}/Medication/1` },
      };
      return readFrom(({ ehr }) => ehr.base, { medications: searchsetOf(order) })(to);
    },
    ...taken,
    holds: NOT_FOLLOWED,
  },
  {
    row: 34,
    attack: 'next pages without an end',
    send: readFrom(({ ehr }) => ehr.base),
    ehr: ({ ehr }) =>
      observations((_, response) => sendJson(response, pageTo(`${ehr.base}/Observation?page=${ehr.asked.length}`))),
    ...taken,
    holds: PARTIAL,
  },
  {
    row: 34,
    attack: 'a next page that is the same page',
    send: readFrom(({ ehr }) => ehr.base),
    ehr: ({ ehr }) =>
      observations((request, response) => sendJson(response, pageTo(new URL(request.url ?? '', ehr.base).href))),
    ...taken,
    holds: {
      that: 'asked once',
      check: (_, { ehr }) => expect(ehr.asked.filter((line) => line.includes('Observation'))).toHaveLength(1),
    },
  },
];
