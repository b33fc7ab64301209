/** Numbers that no source gives are settings: a site changes one without touching a rule, and the trace says which was used. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { readExamples } from '../support/examples.js';
import { post, startService } from '../support/service.js';

function settingsFile(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'plexus-settings-')), 'site.yaml');
  writeFileSync(path, text);
  return path;
}

/** The example of a prednisone order whose only pain score is eight days old. */
async function explain(env: Readonly<Record<string, string>>) {
  const service = await startService({ env });
  const example = readExamples().find(({ id }) => id === 'prednisone-stale-score');
  const answer = await post(`${service.url}/explain/plexus-order-select`, example?.request);
  await service.close();
  const { cards, trace } = answer.json as { cards: readonly Card[]; trace: { settings: Record<string, number> } };
  return { statements: cards.flatMap((card) => card.extension['example.plexus-cds.card'].statements), ...trace };
}

describe('a site sets its own numbers', () => {
  it('a score of eight days is too old with the shipped seven days', async () => {
    const { statements, settings } = await explain({});
    expect([settings['scoreMaxAgeDays'], statements]).toEqual([7, expect.arrayContaining(['NA-99'])]);
  });

  it('and counts where a site allows eight', async () => {
    const { statements, settings } = await explain({ SETTINGS_FILE: settingsFile('scoreMaxAgeDays: 8\n') });
    expect([settings['scoreMaxAgeDays'], statements]).toEqual([8, []]);
  });

  it.each([
    ['scoreMaxAgeDays: 8\nscoreAge: 3\n', /site\.yaml:2: there is no setting scoreAge/],
    ['scoreMaxAgeDays: soon\n', /site\.yaml:1: scoreMaxAgeDays must be number/],
  ])('%j stops the start with file, line and cure', async (text, message) => {
    await expect(startService({ env: { SETTINGS_FILE: settingsFile(text) } })).rejects.toThrow(message);
  });
});
