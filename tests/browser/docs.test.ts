/** /docs in a real browser: who reads the document can try the service from it, and the page asks nobody else. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { openPage, startBrowser } from '../support/browser.js';
import { startService, type RunningService } from '../support/service.js';

let browser: Browser;
let service: RunningService;
beforeAll(async () => {
  [browser, service] = await Promise.all([startBrowser(inject('browser')), startService()]);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

describe('GET /docs', () => {
  test('"Try it out" sends the prefilled request of plexus-patient-view to this service, and shows its cards', async () => {
    const { page, complaints } = await openPage(browser, `${service.url}/docs`);
    const cards = page.locator('.opblock', { hasText: 'The cards for a request' }).first();
    await cards.getByText('/cds-services/{id}').click();
    await cards.getByRole('button', { name: 'Try it out' }).click();
    expect(await cards.getByRole('combobox').first().inputValue()).toBe('plexus-patient-view');
    await cards.getByRole('button', { name: 'Execute' }).click();
    const live = cards.locator('.live-responses-table .response').first();
    expect(await live.locator('.response-col_status').innerText()).toBe('200');
    expect(await cards.locator('.request-url').innerText()).toContain(
      `${service.url}/cds-services/plexus-patient-view`,
    );
    const answer = JSON.parse(await live.locator('.response-col_description pre').first().innerText()) as {
      cards: readonly Card[];
    };
    expect(answer.cards[0]!.summary).toMatch(/^Consider neuralgic amyotrophy/);
    expect(complaints).toEqual([]);
  });

  test('it lists every address of the service', async () => {
    const { page, complaints } = await openPage(browser, `${service.url}/docs`);
    await page.locator('.opblock').first().waitFor();
    const addresses = await page.locator('.opblock-summary-path').allInnerTexts();
    expect(addresses.map((text) => text.replaceAll('\u200b', ''))).toEqual(
      expect.arrayContaining(['/cds-services', '/cds-services/{id}/feedback', '/explain/{id}', '/metrics']),
    );
    expect(complaints).toEqual([]);
  });
});
