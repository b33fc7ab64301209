/** Rows 16 to 28: members of the request and of its context. */
import { expect } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import { issueOf } from '../support/json.js';
import { PATIENT } from '../support/requests.js';
import {
  call,
  contextOf,
  member,
  members,
  noted,
  refused,
  taken,
  view,
  type Attack,
  type Change,
  type Observation,
} from './attack.js';
import { MARK } from './targets.js';

const shown = (value: unknown): string => (value === undefined ? 'missing' : `\`${JSON.stringify(value)}\``);
const MISSING = [undefined, '', null];
const isMissing = (value: unknown): boolean => MISSING.includes(value as null);
/** What is missing is required, anything else a wrong value. */
const refusedFor = (value: unknown, place: string) => refused(400, isMissing(value) ? 'required' : 'value', place);

const LONG = 'x'.repeat(65);
const PATIENT_IDS = [
  'a/b',
  'a b',
  LONG,
  '../x',
  'a?b',
  'a&b',
  `${MARK}%2f`,
  'Practitioner/1',
  'Patient/a/b',
  'a\u0000',
];

/** What a hook cannot do without. */
const NEEDED: readonly (readonly [Hook, string])[] = [
  ['order-select', 'draftOrders'],
  ['order-sign', 'draftOrders'],
  ['appointment-book', 'appointments'],
  ['problem-list-item-create', 'conditions'],
];

const FHIR_AUTHORIZATION = {
  access_token: MARK,
  token_type: 'Bearer',
  expires_in: 300,
  scope: 'Condition.Read (Problems) (R4)',
  subject: 's',
};
const withServer = (change: Readonly<Record<string, unknown>>): Change =>
  members({
    fhirServer: 'https://ehr.example/fhir',
    fhirAuthorization: { ...FHIR_AUTHORIZATION, ...change },
  });
const AUTHORIZATION_MEMBERS = Object.keys(FHIR_AUTHORIZATION);

const FHIR_SERVERS: readonly unknown[] = [
  'not a url',
  '//ehr.example/fhir',
  'ftp://ehr.example/fhir',
  'file:///etc/passwd',
  'gopher://ehr.example/',
  'data:application/json,{}',
  `https://user:${MARK}@ehr.example/fhir`,
  'https://ehr.example/fhir#x',
  5,
];
const serverShown = (value: unknown): string => shown(value).replace(MARK, 'password');

const SAME_AGAIN: Observation = {
  that: 'the same answer',
  check: async ({ text }, to) => expect((await view()(to)).text).toBe(text),
};
const NOTED_USER = { where: 'context.userId', what: 'missing or not Type/id' };

export const ENVELOPE: readonly Attack[] = [
  ...[...MISSING, 1, true, ['patient-view']].map((hook) => ({
    row: 16,
    attack: `\`hook\` ${shown(hook)}`,
    send: view(member('hook', hook)),
    ...refusedFor(hook, 'hook'),
  })),
  {
    row: 17,
    attack: 'the hook of another service',
    send: view(member('hook', 'order-sign')),
    ...refused(400, 'value', 'hook'),
    holds: {
      that: 'the hook that is expected is named',
      check: ({ json }) => expect(issueOf(json).details?.text).toContain('patient-view'),
    },
  },
  { row: 17, attack: 'a hook that does not exist', send: view(member('hook', MARK)), ...refused(400, 'value', 'hook') },
  ...[...MISSING, 7, 'not-a-uuid', 'd1577c69-dfbe-44ad-ba6d-3e05e953b2ea\n'].map((value) => ({
    row: 18,
    attack: `\`hookInstance\` ${shown(value)}`,
    send: view(member('hookInstance', value)),
    ...refusedFor(value, 'hookInstance'),
  })),
  {
    row: 18,
    attack: '`hookInstance` in capitals, of a version that no UUID has',
    send: view(member('hookInstance', 'D1577C69-DFBE-F4AD-0A6D-3E05E953B2EA')),
    ...taken,
  },
  { row: 19, attack: 'the same request twice', send: view(), ...taken, holds: SAME_AGAIN },
  ...[undefined, null, MARK, [], {}].map((context) => ({
    row: 20,
    attack: `\`context\` ${shown(context).replace(MARK, 'x')}`,
    send: view(member('context', context)),
    ...refused(400, 'required', 'context'),
  })),
  ...[...MISSING, 17, {}, [PATIENT]].map((patientId) => ({
    row: 21,
    attack: `\`context.patientId\` ${shown(patientId)}`,
    send: view(contextOf('patientId', patientId)),
    ...refusedFor(patientId, 'context.patientId'),
  })),
  ...NEEDED.flatMap(([hook, field]) =>
    [undefined, null].map((value) => ({
      row: 21,
      attack: `${hook} with \`context.${field}\` ${shown(value)}`,
      send: call(hook, contextOf(field, value)),
      ...refused(400, 'required', `context.${field}`),
    })),
  ),
  ...PATIENT_IDS.map((patientId) => ({
    row: 22,
    attack: `\`context.patientId\` ${shown(patientId).replace(LONG, '65 times x').replace(MARK, 'x')}`,
    send: view(contextOf('patientId', patientId)),
    ...refused(400, 'value', 'context.patientId'),
  })),
  {
    row: 22,
    attack: '`context.patientId` written as `Patient/id`',
    send: view(contextOf('patientId', `Patient/${PATIENT}`)),
    ...taken,
  },
  ...[undefined, null, 4, 'no-type', `Practitioner/${MARK}/../x`].map((userId) => ({
    row: 23,
    attack: `\`context.userId\` ${shown(userId).replace(MARK, 'x')}`,
    send: view(contextOf('userId', userId)),
    ...taken,
    holds: noted('noted in the trace', contextOf('userId', userId), NOTED_USER),
  })),
  { row: 23, attack: 'a device as the user', send: view(contextOf('userId', 'Device/1')), ...taken },
  ...[[1], {}, MARK, null, { [MARK]: { [MARK]: MARK } }].map((extension) => ({
    row: 24,
    attack: `\`extension\` ${shown(extension).replaceAll(MARK, 'x')} and an unknown member`,
    send: view(members({ extension, [MARK]: MARK })),
    ...taken,
  })),
  {
    row: 25,
    attack: '`fhirAuthorization` without `fhirServer`',
    send: view(member('fhirAuthorization', FHIR_AUTHORIZATION)),
    ...refused(400, 'invariant'),
  },
  ...AUTHORIZATION_MEMBERS.map((name) => ({
    row: 26,
    attack: `\`fhirAuthorization\` without \`${name}\``,
    send: view(withServer({ [name]: undefined })),
    ...refused(400, 'required', `fhirAuthorization.${name}`),
  })),
  ...(
    [
      ['access_token', 7],
      ['access_token', 'abc\n'],
      ['access_token', 'a b'],
      ['access_token', 'tok\u00e9n'],
      ['access_token', '='],
      ['token_type', 'MAC'],
      ['expires_in', '300'],
      ['expires_in', 1.5],
      ['scope', ['patient/*.rs']],
    ] as const
  ).map(([name, value]) => ({
    row: 26,
    attack: `\`fhirAuthorization.${name}\` ${shown(value)}`,
    send: view(withServer({ [name]: value })),
    ...refused(400, 'value', `fhirAuthorization.${name}`),
  })),
  ...FHIR_SERVERS.map((fhirServer) => ({
    row: 28,
    attack: `\`fhirServer\` ${serverShown(fhirServer)}`,
    send: view(member('fhirServer', fhirServer)),
    ...refused(400, 'value', 'fhirServer'),
  })),
  {
    row: 28,
    attack: '`fhirServer` with two million slashes',
    send: view(member('fhirServer', `http://ehr.example/${'/'.repeat(2_000_000)}x`)),
    ...taken,
  },
];
