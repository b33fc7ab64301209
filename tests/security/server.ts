/** Rows 57 to 62: what is asked of the server itself. */
import { expect } from 'vitest';
import { pathOf } from '../support/requests.js';
import { raw, send, type Answer } from '../support/service.js';
import { empty, refused, taken, type Attack, type Send } from './attack.js';
import { MARK } from './targets.js';

const DISCOVERY = '/cds-services';
const FORGED = {
  host: 'evil.example',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  forwarded: 'host=evil.example',
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
const allows = (origin: string | null) => ({
  that: origin === null ? 'no header allows it' : 'this origin and these headers are allowed',
  check: ({ headers }: Answer) => {
    expect(headers.get('access-control-allow-origin')).toBe(origin);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    if (origin !== null)
      expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type, accept');
  },
});

export const SERVER: readonly Attack[] = [
  {
    row: 61,
    attack: 'forged `Host` and `X-Forwarded-*` on discovery',
    send: async (to) => raw(to.url + DISCOVERY, FORGED, '', 'GET'),
    ...taken,
    holds: {
      that: 'the same answer as without them',
      check: async ({ text }, to) => expect((await empty('GET', DISCOVERY)(to)).text).toBe(text),
    },
  },
  {
    row: 55,
    attack: 'a header of 64 kB',
    send: async (to) => raw(to.url + DISCOVERY, { authorization: `Bearer ${MARK.repeat(2_600)}` }, '', 'GET'),
    ...refused(431, 'too-long'),
  },
];
void [pathOf, preflight, allows];
