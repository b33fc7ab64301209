/** The feedback endpoint, row by row. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { issueOf } from '../support/json.js';
import { post, send, startService } from '../support/service.js';
import type { Answer, RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const ENTRY = {
  card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
  outcome: 'overridden',
  outcomeTimestamp: '2020-12-11T00:00:00Z',
};
const ACCEPTED = {
  ...ENTRY,
  outcome: 'accepted',
  acceptedSuggestions: [{ id: 'e56e1945-20b3-4393-8503-a1a20fd73152' }],
};
const REASON = {
  code: 'd7ecf885',
  system: 'https://example.com/cds-hooks/override-reason-system',
  display: 'Not indicated',
};

const give = (body: unknown): Promise<Answer> => post(`${service.url}/cds-services/plexus-patient-view/feedback`, body);

async function expectRefusal(body: unknown, expression?: string): Promise<void> {
  const answer = await give(body);
  expect([answer.status, issueOf(answer.json).severity]).toEqual([400, 'error']);
  if (expression !== undefined) expect(issueOf(answer.json).expression).toEqual([expression]);
}

describe('feedback', () => {
  test.each([
    ['the accepted example', ACCEPTED],
    [
      'the overridden example',
      { ...ENTRY, overrideReason: { reason: REASON, userComment: 'clinician entered comment' } },
    ],
    ['overridden without reason', ENTRY],
    ['a reason with only a code', { ...ENTRY, overrideReason: { reason: { code: 'own-reason' } } }],
    ['only a comment', { ...ENTRY, overrideReason: { userComment: 'no' } }],
    ['Epic’s plural', { ...ENTRY, overrideReasons: { reason: REASON, userComment: 'no' } }],
    ['Epic’s plural with an extension', { ...ENTRY, overrideReasons: { extension: { x: 1 } } }],
    ['the plural as a list', { ...ENTRY, overrideReasons: [{ reason: REASON }] }],
  ])('row 63: %s: 200 without a body', async (_, entry) => {
    const answer = await give({ feedback: [entry] });
    expect([answer.status, answer.text]).toEqual([200, '']);
  });

  test.each([['null'], ['[]'], ['{}'], ['{"feedback":{}}'], ['{"feedback":null}']])('row 64: %s: 400', async (body) => {
    await expectRefusal(body);
  });

  test('row 65: feedback [] is accepted and does nothing', async () => {
    expect((await give({ feedback: [] })).status).toBe(200);
  });

  test.each([
    ['outcome', { ...ENTRY, outcome: 'ignored' }],
    ['outcome', { ...ENTRY, outcome: undefined }],
    ['card', { ...ENTRY, card: undefined }],
    ['outcomeTimestamp', { ...ENTRY, outcomeTimestamp: undefined }],
    ['outcomeTimestamp', { ...ENTRY, outcomeTimestamp: '2020-12-11T00:00:00' }],
    ['outcomeTimestamp', { ...ENTRY, outcomeTimestamp: '2020-13-41T00:00:00Z' }],
  ])('row 66: wrong %s: 400 (%#)', async (field, entry) => {
    await expectRefusal({ feedback: [entry] }, `feedback[0].${field}`);
  });

  test.each([
    ['accepted without suggestions', { ...ACCEPTED, acceptedSuggestions: undefined }],
    ['accepted with no suggestion', { ...ACCEPTED, acceptedSuggestions: [] }],
    ['overrideReason {}', { ...ENTRY, overrideReason: {} }],
    ['overrideReasons {}', { ...ENTRY, overrideReasons: {} }],
  ])('row 67: %s: 400', async (_, entry) => {
    await expectRefusal({ feedback: [entry] });
  });

  test('row 68: unknown card and suggestion: 200, so that ids cannot be guessed', async () => {
    expect((await give({ feedback: [{ ...ACCEPTED, card: 'never-shown' }] })).status).toBe(200);
  });

  test('row 69: one bad entry refuses the batch, names its place, and nothing is counted', async () => {
    const before = (await send(`${service.url}/metrics`)).text.match(/plexus_feedback_total.*/g);
    await expectRefusal({ feedback: [ENTRY, { ...ENTRY, card: 5 }, ENTRY] }, 'feedback[1].card');
    expect((await send(`${service.url}/metrics`)).text.match(/plexus_feedback_total.*/g)).toEqual(before);
  });

  test('row 70: duplicate delivery: 200 twice', async () => {
    expect([(await give({ feedback: [ENTRY] })).status, (await give({ feedback: [ENTRY] })).status]).toEqual([
      200, 200,
    ]);
  });

  test('row 71: a userComment over 4096 characters: 400; comments are never logged', async () => {
    const comment = (userComment: string) => ({ feedback: [{ ...ENTRY, overrideReason: { userComment } }] });
    await expectRefusal(comment('x'.repeat(4097)), 'feedback[0].overrideReason.userComment');
    expect((await give(comment('Mrs Jansen <b>refuses</b>'.padEnd(4096)))).status).toBe(200);
    expect(service.logs()).not.toContain('Jansen');
  });

  test('row 72: unknown service: 404', async () => {
    expect((await post(`${service.url}/cds-services/nothing/feedback`, { feedback: [] })).status).toBe(404);
  });

  test('row 73: a future timestamp with an offset: 200', async () => {
    expect((await give({ feedback: [{ ...ENTRY, outcomeTimestamp: '2099-01-01T02:00:00.5+02:00' }] })).status).toBe(
      200,
    );
  });
});
