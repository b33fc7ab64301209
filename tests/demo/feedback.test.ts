/** Feedback is seen in the demo EHR: posted to the service as a client does, read back as FHIR. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Bundle, Communication } from 'fhir/r4.js';
import { MAX_CREATED } from '../../src/demo/fhir-store.js';
import { startProduction } from '../support/production.js';
import { post, send, startService, type Answer, type RunningService } from '../support/service.js';
import { faultsOf } from '../support/validate.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());
afterEach(async () => {
  const { found } = await search();
  for (const { id } of found) await send(`${service.url}/demo-fhir/Communication/${id}`, { method: 'DELETE' });
});

const SERVICE = 'plexus-order-sign';
const CARD = '4e0a3a1e-3283-4575-ab82-028d55fe2719';
const ENTRY = { card: CARD, outcome: 'overridden', outcomeTimestamp: '2026-11-21T09:00:00Z' };
const REASON = { code: 'na-clinically-unlikely', system: 'https://example.org/reasons', display: 'NA unlikely' };

const give = (feedback: readonly object[], to = service): Promise<Answer> =>
  post(`${to.url}/cds-services/${SERVICE}/feedback`, { feedback });

async function search(query = '', at = service) {
  const bundle = (await send(`${at.url}/demo-fhir/Communication${query}`)).json as Bundle<Communication>;
  return { total: bundle.total!, found: (bundle.entry ?? []).map(({ resource }) => resource!) };
}
const textsOf = ({ payload = [] }: Communication) => payload.map(({ contentString }) => contentString);
const idsOf = (found: readonly Communication[]) => found.map((one) => textsOf(one)[0]?.slice('Card '.length, -12));

describe('an entry of feedback', () => {
  test('is a Communication about the service, sent when the GP decided, of no patient', async () => {
    expect((await give([{ ...ENTRY, outcomeTimestamp: '2026-11-21T10:00:00.5+01:00' }])).status).toBe(200);
    expect((await search()).found).toEqual([
      {
        resourceType: 'Communication',
        id: expect.any(String) as string,
        meta: { versionId: '1', lastUpdated: expect.any(String) as string },
        status: 'completed',
        category: [{ text: 'CDS Hooks feedback' }],
        topic: { text: SERVICE },
        sent: '2026-11-21T09:00:00.500Z',
        payload: [{ contentString: `Card ${CARD}: overridden` }],
      },
    ]);
  });

  const accepted = { ...ENTRY, outcome: 'accepted', acceptedSuggestions: [{ id: 's1' }, { id: 's2' }] };
  test.each([
    ['no reason', ENTRY, []],
    ['suggestions that were accepted', accepted, ['Accepted suggestion: s1', 'Accepted suggestion: s2']],
    [
      'a reason and a comment',
      { ...ENTRY, overrideReason: { reason: REASON, userComment: 'Seen by\nthe <b>neurologist</b>' } },
      ['Override reason: NA unlikely (na-clinically-unlikely)', 'Comment: Seen by\nthe <b>neurologist</b>'],
    ],
    ['a code alone', { ...ENTRY, overrideReason: { reason: { code: 'own' } } }, ['Override reason: own']],
    ['a comment alone', { ...ENTRY, overrideReason: { userComment: 'no' } }, ['Comment: no']],
    [
      'words that are empty',
      { ...ENTRY, overrideReason: { reason: { code: 'own', display: '' }, userComment: '' } },
      ['Override reason: own'],
    ],
    [
      'several reasons',
      { ...ENTRY, overrideReasons: [{ reason: { code: 'one' } }, { reason: REASON }] },
      ['Override reason: one', 'Override reason: NA unlikely (na-clinically-unlikely)'],
    ],
  ])('with %s: a text for each thing said, and FHIR R4', async (_, entry, texts) => {
    await give([entry]);
    const { found } = await search();
    expect(found.map(textsOf)).toEqual([[`Card ${CARD}: ${entry.outcome}`, ...texts]]);
    expect(found.flatMap(faultsOf)).toEqual([]);
  });
});

describe('feedback in the demo EHR', () => {
  const at = (card: string, outcomeTimestamp: string) => ({ ...ENTRY, card, outcomeTimestamp });

  test.each([
    ['?_sort=-date', ['new', 'middle', 'old']],
    ['?_sort=date', ['old', 'middle', 'new']],
    ['?sent=ge2026-11-20&_sort=-date', ['new', 'middle']],
    ['?date=2026-11-20', ['middle']],
    ['?status=completed&_count=1&_sort=-date', ['new']],
    ['?patient=somebody', []],
  ])('is found by %s: %j', async (query, cards) => {
    await give([at('middle', '2026-11-20T12:00:00Z'), at('new', '2026-11-21T12:00:00Z')]);
    await give([at('old', '2026-11-19T12:00:00Z')]);
    expect(idsOf((await search(query)).found)).toEqual(cards);
  });

  test('nothing is kept of a batch that is refused, of a service that does not exist, or of an empty batch', async () => {
    expect((await give([ENTRY, { ...ENTRY, outcome: 'ignored' }])).status).toBe(400);
    expect((await post(`${service.url}/cds-services/nothing/feedback`, { feedback: [ENTRY] })).status).toBe(404);
    expect((await give([])).status).toBe(200);
    expect((await search()).total).toBe(0);
  });

  test('an EHR that is full changes nothing for the client: 200, counted, and the log says so without a word of it', async () => {
    const full = await startService();
    expect((await give(Array<object>(MAX_CREATED).fill(ENTRY), full)).status).toBe(200);
    expect(full.logs()).not.toContain('feedback not kept');
    const answer = await give([{ ...ENTRY, overrideReason: { userComment: 'Mrs Jansen' } }], full);
    expect([answer.status, answer.text]).toEqual([200, '']);
    expect((await search('?_count=0', full)).total).toBe(MAX_CREATED);
    const metrics = (await send(`${full.url}/metrics`)).text;
    await full.close();
    expect(metrics).toContain(`plexus_feedback_total{service="${SERVICE}",outcome="overridden"} ${MAX_CREATED + 1}`);
    expect(full.logs()).toContain('feedback not kept');
    expect(full.logs() + metrics).not.toContain('Jansen');
  });

  test('in production mode there is none, and feedback is taken all the same', async () => {
    const production = await startProduction();
    const path = `/cds-services/${SERVICE}/feedback`;
    const taken = await post(production.url + path, { feedback: [ENTRY] }, await production.authorization(path));
    expect(taken.status).toBe(200);
    expect((await send(`${production.url}/demo-fhir/Communication`)).status).toBe(404);
    await production.close();
    expect(production.logs()).not.toContain('feedback not kept');
  });
});
