/**
 * Every story of a patient, sent to a real server on a fixed day, in every time zone of the projects:
 * the statements that must speak do, those that must not do not, and every card is well made.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { expectationFaults, shapeFaults } from '../support/expectations.js';
import { post, startService, type RunningService } from '../support/service.js';
import { readStories } from '../support/stories.js';

const NOW = '2026-11-21T10:00:00+01:00';
const ZONE = 'Europe/Amsterdam';

const stories = readStories();

describe('stories of patients', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ env: { DRAFT_LANGUAGES: 'fr' } });
  });
  afterAll(() => service.close());

  for (const language of ['nl', 'en', 'fr']) {
    it.each(stories.map((story) => [story.id, story.title ?? story.story, story] as const))(
      `%s in ${language}: %s`,
      async (_id, _title, story) => {
        const request = resolveTokens(story.request, { now: Date.parse(NOW), zone: ZONE });
        const preferences = { now: NOW, language, ...(story.jurisdiction && { jurisdiction: story.jurisdiction }) };
        const body = { ...request, extension: { 'example.plexus-cds.request': preferences } };
        const answer = await post(`${service.url}/cds-services/${story.service}`, body);
        expect(answer.status).toBe(200);
        const { cards } = answer.json as { cards: readonly Card[] };
        expect([...expectationFaults(story.expect, cards), ...shapeFaults({ cards })], story.expect.why).toEqual([]);
      },
    );
  }
});
