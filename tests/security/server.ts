/** Rows 57 to 62: what is asked of the server itself. */
import { connect } from 'node:net';
import { expect } from 'vitest';
import { issueOf } from '../support/json.js';
import { PATIENT, pathOf } from '../support/requests.js';
import { rawWhileClosing, raw, send, type Answer } from '../support/service.js';
import {
  empty,
  markedRequest,
  members,
  postTo,
  refused,
  taken,
  type Attack,
  type Observation,
  type Send,
} from './attack.js';
import { MARK, type Target } from './targets.js';

const DISCOVERY = '/cds-services';
const PATH = pathOf('patient-view');
const FORGED = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  forwarded: 'host=evil.example',
};
const inDemo = { only: 'demo' } as const;
const inProduction = { only: 'production' } as const;

const RETRY: Observation = {
  that: '`Retry-After`',
  check: ({ headers }) => expect(headers.get('retry-after')).toMatch(/^\d+$/),
};

/** To the service that has a bug, room for one request, and little patience. */
const toTroubled =
  (request = markedRequest('patient-view')): Send =>
  ({ troubled }) =>
    send(troubled.url + PATH, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': MARK },
      body: JSON.stringify(request),
    });
const KIND_ONLY: Observation = {
  that: 'a correlation id that the log has too, with the kind of the error and no word of it',
  check: ({ json }, { troubled }) => {
    const { diagnostics = '', ...rest } = issueOf(json);
    expect(rest).toEqual({ severity: 'error', code: 'exception' });
    expect(diagnostics).toMatch(/^[0-9a-f-]{36}$/);
    for (const told of [diagnostics, 'TypeError']) expect(troubled.logs()).toContain(told);
    expect(troubled.logs()).not.toContain(MARK);
  },
};

/** While another request waits for its FHIR server. */
const besideAnother: Send = async (to) => {
  const fhirAuthorization = {
    access_token: MARK,
    token_type: 'Bearer',
    expires_in: 300,
    scope: 'patient/*.rs',
    subject: 's',
  };
  const waiting = markedRequest(
    'patient-view',
    members({
      fhirServer: to.ehr.base,
      fhirAuthorization,
      prefetch: { patient: { resourceType: 'Patient', id: PATIENT } },
    }),
  );
  const first = toTroubled(waiting)(to);
  await expect.poll(() => to.ehr.asked.length, { interval: 5 }).toBeGreaterThan(0);
  const second = await toTroubled()(to);
  await first;
  return second;
};
const whileClosing: Send = async ({ troubled }) => {
  const [head = '', text = ''] = (await rawWhileClosing(troubled)).split('\r\n\r\n');
  const [line = '', ...headers] = head.split('\r\n');
  const status = Number(line.split(' ')[1]);
  const parted = headers.map((header): [string, string] => [header.split(': ')[0] ?? '', header.split(': ')[1] ?? '']);
  return { status, headers: new Headers(parted), text, json: JSON.parse(text) as unknown };
};

/** Sends the beginning of a request, and then nothing, until somebody hangs up. */
const slowly =
  (beginning: string): Send =>
  ({ troubled }) =>
    new Promise((resolve) => {
      const { port, hostname } = new URL(troubled.url);
      const socket = connect(Number(port), hostname, () => socket.write(beginning));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.once('error', () => undefined);
      socket.once('close', () => resolve({ status: 0, headers: new Headers(), text, json: undefined }));
    });
const SLOW: Readonly<Record<string, string>> = {
  'half a request line': `POST ${PATH}`,
  'headers without an end': `POST ${PATH} HTTP/1.1\r\nHost: x\r\nX-Remark: ${MARK}\r\n`,
  'a body without an end': `POST ${PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"`,
};
const SILENTLY: Observation = { that: 'without an answer', check: ({ text }) => expect(text).toBe('') };

/** Three calls of a client that may make two in a minute. */
const oneTooMany: Send = async (to) => {
  const ask = postTo(PATH, markedRequest('patient-view'), { client: 'hasty' });
  for (const allowed of [await ask(to), await ask(to)]) expect(allowed.status).toBe(200);
  return ask(to);
};

const preflight =
  (path: string, origin: string): Send =>
  (to) =>
    send(to.url + path, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
        'user-agent': MARK,
      },
    });
const allows = (origin: string | null): Observation => ({
  that: origin === null ? 'no header allows it' : 'this origin and these headers are allowed, without cookies',
  check: ({ headers }: Answer) => {
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    if (origin !== null)
      expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type, accept');
  },
});
const ROUTES = [DISCOVERY, PATH, `${PATH}/feedback`];
const LISTED = 'https://ehr.example.org';
const STRANGERS = ['https://evil.example', 'null', `${LISTED}.evil.example`, 'http://ehr.example.org'];

export const SERVER: readonly Attack[] = [
  {
    row: 57,
    attack: 'a call more than the client may make in a minute',
    send: oneTooMany,
    ...refused(429, 'throttled'),
    ...inProduction,
    holds: RETRY,
  },
  {
    row: 58,
    attack: 'a request that meets a bug, whose error repeats what was sent',
    send: toTroubled(),
    ...refused(500, 'exception'),
    ...inDemo,
    holds: KIND_ONLY,
  },
  {
    row: 59,
    attack: 'a request more than may be under way at once',
    send: besideAnother,
    ehr: (): (() => void) => () => undefined,
    ...refused(503, 'transient'),
    ...inDemo,
    holds: RETRY,
  },
  ...ROUTES.flatMap((path) => [
    {
      row: 60,
      attack: `a preflight of ${path} from an origin that is listed`,
      send: preflight(path, LISTED),
      status: 204,
      holds: allows(LISTED),
    },
    ...STRANGERS.map((origin) => ({
      row: 60,
      attack: `a preflight of ${path} from the origin ${origin}`,
      send: preflight(path, origin),
      status: 204,
      ...inProduction,
      holds: allows(null),
    })),
  ]),
  {
    row: 60,
    attack: 'a preflight from any origin, in a demonstration',
    send: preflight(PATH, 'https://evil.example'),
    status: 204,
    ...inDemo,
    holds: allows('https://evil.example'),
  },
  {
    row: 61,
    attack: 'forged `Host` and `X-Forwarded-*` on discovery',
    send: (to: Target) => raw(to.url + DISCOVERY, FORGED, '', 'GET'),
    ...taken,
    holds: {
      that: 'the same answer as without them',
      check: async ({ text }, to) => expect((await empty('GET', DISCOVERY)(to)).text).toBe(text),
    },
  },
  ...Object.entries(SLOW).map(([what, beginning]) => ({
    row: 62,
    attack: `${what}, and then nothing more`,
    send: slowly(beginning),
    status: 0,
    ...inDemo,
    holds: SILENTLY,
  })),
  {
    row: 59,
    attack: 'a request that was on its way when the service began to close',
    send: whileClosing,
    ...refused(503, 'transient'),
    ...inDemo,
    holds: RETRY,
  },
];
