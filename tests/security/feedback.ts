/** Rows 63 to 73: what is told of cards. */
import { expect } from 'vitest';
import { pathOf } from '../support/requests.js';
import { send } from '../support/service.js';
import { postTo, refused, taken, type Attack, type Observation, type Send } from './attack.js';
import { MARK, type Target } from './targets.js';

const PATH = `${pathOf('patient-view')}/feedback`;
const give = (body: unknown): Send => postTo(PATH, body);
const of = (...entries: readonly unknown[]): Send => give({ feedback: entries });

const OVERRIDDEN = {
  card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
  outcome: 'overridden',
  outcomeTimestamp: '2020-12-11T00:00:00Z',
};
const ACCEPTED = {
  ...OVERRIDDEN,
  outcome: 'accepted',
  acceptedSuggestions: [{ id: 'e56e1945-20b3-4393-8503-a1a20fd73152' }],
};
const REASON = { code: 'd7ecf885', system: `https://ehr.example/${MARK}`, display: MARK };
const because = (overrideReason: unknown) => ({ ...OVERRIDDEN, overrideReason });
const NO_BODY: Observation = { that: 'no body', check: ({ text }) => expect(text).toBe('') };

const GOOD: Readonly<Record<string, unknown>> = {
  'an accepted suggestion': ACCEPTED,
  'a card overridden for a reason and with a comment': because({ reason: REASON, userComment: MARK }),
  'a card overridden without a reason': OVERRIDDEN,
  'a reason that is only a code of the client': because({ reason: { code: MARK } }),
  'a comment without a reason': because({ userComment: MARK }),
  'a reason in the plural, as Epic writes it': { ...OVERRIDDEN, overrideReasons: { reason: REASON } },
  'an extension in the plural': { ...OVERRIDDEN, overrideReasons: { extension: { x: MARK } } },
  'the plural as a list': { ...OVERRIDDEN, overrideReasons: [{ reason: REASON }] },
};

const WRONG: readonly (readonly [string, string, unknown])[] = [
  ['an outcome that does not exist', 'outcome', { ...OVERRIDDEN, outcome: MARK }],
  ['no outcome', 'outcome', { ...OVERRIDDEN, outcome: undefined }],
  ['no card', 'card', { ...OVERRIDDEN, card: undefined }],
  ['no time', 'outcomeTimestamp', { ...OVERRIDDEN, outcomeTimestamp: undefined }],
  ['a time without a zone', 'outcomeTimestamp', { ...OVERRIDDEN, outcomeTimestamp: '2020-12-11T00:00:00' }],
  ['a time that does not exist', 'outcomeTimestamp', { ...OVERRIDDEN, outcomeTimestamp: '2020-13-41T00:00:00Z' }],
];

const counted = async ({ url }: Target): Promise<readonly string[]> =>
  (await send(`${url}/metrics`)).text.match(/plexus_feedback_total.*/g) ?? [];
/** One good, one bad, one good; the answer stands for the three unless something of them was counted. */
const oneBad: Send = async (to) => {
  const before = await counted(to);
  const answer = await of(OVERRIDDEN, { ...OVERRIDDEN, card: 5 }, OVERRIDDEN)(to);
  expect(await counted(to)).toEqual(before);
  return answer;
};
const twice: Send = async (to) => {
  expect((await of(OVERRIDDEN)(to)).status).toBe(200);
  return of(OVERRIDDEN)(to);
};
const comment = (length: number) => because({ userComment: `${MARK} <b>refuses</b>`.padEnd(length, 'x') });
const COMMENT = 'feedback[0].overrideReason.userComment';

export const FEEDBACK: readonly Attack[] = [
  ...Object.entries(GOOD).map(([attack, entry]) => ({ row: 63, attack, send: of(entry), ...taken, holds: NO_BODY })),
  ...['null', '[]', `"${MARK}"`].map((text) => ({
    row: 64,
    attack: `\`${text.replace(MARK, 'x')}\` in the place of an object`,
    send: give(text),
    ...refused(400, 'structure'),
  })),
  { row: 64, attack: 'no `feedback`', send: give({ [MARK]: [] }), ...refused(400, 'required', 'feedback') },
  { row: 64, attack: '`feedback` null', send: give({ feedback: null }), ...refused(400, 'required', 'feedback') },
  { row: 64, attack: '`feedback` as an object', send: give({ feedback: {} }), ...refused(400, 'value', 'feedback') },
  { row: 65, attack: 'no entry', send: of(), ...taken, holds: NO_BODY },
  ...WRONG.map(([attack, field, entry]) => ({
    row: 66,
    attack,
    send: of(entry),
    ...refused(400, attack.startsWith('no ') ? 'required' : 'value', `feedback[0].${field}`),
  })),
  {
    row: 67,
    attack: 'accepted, but no suggestions are said',
    send: of({ ...ACCEPTED, acceptedSuggestions: undefined }),
    ...refused(400, 'required', 'feedback[0].acceptedSuggestions'),
  },
  {
    row: 67,
    attack: 'accepted, with an empty list of suggestions',
    send: of({ ...ACCEPTED, acceptedSuggestions: [] }),
    ...refused(400, 'value', 'feedback[0].acceptedSuggestions'),
  },
  { row: 67, attack: 'an empty `overrideReason`', send: of(because({})), ...refused(400, 'required') },
  {
    row: 67,
    attack: 'an empty `overrideReasons`',
    send: of({ ...OVERRIDDEN, overrideReasons: {} }),
    ...refused(400, 'required'),
  },
  {
    row: 68,
    attack: 'a card and a suggestion that were never shown: ids cannot be guessed by it',
    send: of({ ...ACCEPTED, card: MARK, acceptedSuggestions: [{ id: MARK }] }),
    ...taken,
    holds: NO_BODY,
  },
  {
    row: 69,
    attack: 'one bad entry between two good ones; none is counted',
    send: oneBad,
    ...refused(400, 'value', 'feedback[1].card'),
  },
  { row: 70, attack: 'the same entry twice', send: twice, ...taken },
  { row: 71, attack: 'a comment of 4096 characters with markup', send: of(comment(4096)), ...taken },
  { row: 71, attack: 'a comment of 4097 characters', send: of(comment(4097)), ...refused(400, 'value', COMMENT) },
  { row: 71, attack: 'a comment of a million characters', send: of(comment(1e6)), ...refused(400, 'value', COMMENT) },
  {
    row: 72,
    attack: 'feedback for a service that does not exist',
    send: postTo(`/cds-services/${MARK}/feedback`, { feedback: [] }),
    ...refused(404, 'not-found'),
  },
  ...['2099-01-01T02:00:00.5+02:00', '2020-12-11T02:00:00+02:00'].map((outcomeTimestamp) => ({
    row: 73,
    attack: `a time with an offset, \`${outcomeTimestamp}\``,
    send: of({ ...OVERRIDDEN, outcomeTimestamp }),
    ...taken,
  })),
];
