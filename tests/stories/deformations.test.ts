/**
 * What a patient's record says does not depend on the shape in which an EHR sends it: a story gives the same cards in every wrong shape that is
 * tolerated, and the trace names the shape without a value of the patient. To stay quick, a story meets every other shape and its neighbour,
 * which most often is a variant of the same picture, the rest.
 */
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { DEFORMATIONS } from '../support/deformations.js';
import { post, startService, type RunningService } from '../support/service.js';
import { readStories, type Story } from '../support/stories.js';

const NOW = '2026-11-21T10:00:00+01:00';
const ZONES = ['UTC', 'Europe/Amsterdam', 'America/New_York'];

/** Each time zone takes its share of the stories, and together they take all: the shape of a record and the zone of a server do not meet. */
const stories = readStories().filter((_, index) => index % ZONES.length === ZONES.indexOf(inject('timeZone')));

/** As EHRs send it, dated, without what is made anew for every answer. */
const requestOf = ({ request, jurisdiction }: Story): Record<string, unknown> => ({
  ...resolveTokens(request, { now: Date.parse(NOW), zone: 'Europe/Amsterdam' }),
  extension: { 'example.plexus-cds.request': { now: NOW, language: 'nl', ...(jurisdiction && { jurisdiction }) } },
});
/** What cards say: without the ids of this answer, and without the draft that an update sends back in the shape in which it came. */
const withoutIds = (text: string): string =>
  JSON.stringify(
    JSON.parse(text, (name, value: unknown) => (name === 'uuid' || name === 'resource' ? undefined : value)),
  );

describe('the same record in another shape', () => {
  let service: RunningService;
  const cards = new Map<string, string>();
  const ask = async (path: string, { service: id }: Story, request: unknown) => {
    const answer = await post(`${service.url}/${path}/${id}`, request);
    expect(answer.status, answer.text).toBe(200);
    return answer;
  };
  beforeAll(async () => {
    service = await startService();
    for (const story of stories)
      cards.set(story.id, withoutIds((await ask('cds-services', story, requestOf(story))).text));
  });
  afterAll(() => service.close());

  it.each(DEFORMATIONS.map((one, number) => ({ ...one, number })))(
    '$name: the same cards',
    async ({ deform, number }) => {
      for (const story of stories.filter((_, index) => (index + number) % 2 === 0)) {
        const answer = await ask('cds-services', story, deform(requestOf(story)));
        expect(withoutIds(answer.text), story.id).toBe(cards.get(story.id));
      }
    },
  );

  it.each(DEFORMATIONS.filter(({ noted }) => noted !== undefined))('$name: noted', async ({ deform, noted }) => {
    const notes = async (request: unknown, story: Story): Promise<readonly { what: string }[]> =>
      ((await ask('explain', story, request)).json as { trace: { tolerated: { what: string }[] } }).trace.tolerated;
    const story = stories.find(({ service: id }) => id === 'plexus-patient-view')!;
    expect((await notes(requestOf(story), story)).map(({ what }) => what)).not.toContain(noted);
    expect((await notes(deform(requestOf(story)), story)).map(({ what }) => what)).toContain(noted);
  });
});
