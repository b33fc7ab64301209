/** An EHR makes an address of what an action names, so that it must be one resource and no way to another. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Action, Card } from '../../src/cds-hooks/response.js';
import { isLocalReference } from '../../src/fhir/references.js';
import { cardsFor, draft } from '../support/advice.js';
import { backPain } from '../support/complaints.js';
import { coded } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

/** An image of the back in its first week, by the id of its draft. */
const cardsOf = (id: string): Promise<readonly Card[]> =>
  cardsFor(service, 'order-sign', {
    records: [backPain(3)],
    drafts: [draft('ServiceRequest', { id, code: coded('mri-lumbar') })],
  });
const ofDrafts = (cards: readonly Card[]): readonly Action[] =>
  cards
    .flatMap(({ suggestions = [] }) => suggestions.flatMap(({ actions }) => actions))
    .filter(({ type }) => type !== 'create');

test('a draft with a FHIR id is changed or withdrawn, and named on its card', async () => {
  const cards = await cardsOf('draft-1');
  expect(ofDrafts(cards)).not.toEqual([]);
  expect(JSON.stringify(cards)).toContain('"order":"ServiceRequest/draft-1"');
});

test.each(['..', '.', '../Patient/1', 'a/../../b', 'a?_cascade=delete', 'a b', '<b>', 'a'.repeat(65)])(
  'one with the id %s has the same cards without',
  async (id) => {
    const cards = await cardsOf(id);
    const summaries = (shown: readonly Card[]) => shown.map(({ summary }) => summary);
    expect(summaries(cards)).toEqual(summaries(await cardsOf('draft-1')));
    expect(ofDrafts(cards)).toEqual([]);
    expect(JSON.stringify(cards)).not.toContain('"order":');
  },
);

test.each([
  ['ServiceRequest/draft-1', true],
  ['ServiceRequest/a.b', true],
  ['ServiceRequest/...', true],
  ['ServiceRequest/..', false],
  ['ServiceRequest/.', false],
  ['ServiceRequest', false],
  ['https://ehr.example/ServiceRequest/1', false],
])('%s names one resource: %s', (reference, expected) => {
  expect(isLocalReference(reference)).toBe(expected);
});
