/**
 * Takes the pictures of the README from the running page: `npm run screenshots`.
 * The service gets a fixed clock, so that a picture changes only when the page or the rules do.
 */
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { buildApp } from '../src/app.js';
import { readConfig } from '../src/config.js';
import { openPage, startBrowser, unpackChromium } from '../tests/support/browser.js';

const FOLDER = fileURLToPath(new URL('../docs/pictures/', import.meta.url));
const NOW = Date.parse('2026-11-21T10:00:00+01:00');

interface Picture {
  readonly name: string;
  /** Behind `#/`. */
  readonly view: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  /** What is pressed before, and what is shown: the whole window otherwise. */
  readonly prepare?: (page: Page) => Promise<void>;
  readonly part?: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'page', view: 'na-acute?language=en', width: 1440, height: 900, theme: 'light' },
  {
    name: 'course',
    view: 'neck-arm-persists?language=en&day=22',
    width: 1440,
    height: 1000,
    theme: 'light',
    part: '.story',
  },
  {
    name: 'why',
    view: 'cauda-equina?language=en&day=12',
    width: 1280,
    height: 1000,
    theme: 'light',
    part: '.answers',
    prepare: async (page) => {
      await page.getByText('Why this card?').click();
      await page.locator('.why-card blockquote').first().waitFor();
    },
  },
  { name: 'dark', view: 'cauda-equina?language=nl&day=12', width: 1440, height: 900, theme: 'dark' },
  { name: 'phone', view: 'na-acute?language=nl&day=5', width: 360, height: 900, theme: 'light' },
];

const server = buildApp({ ...readConfig({}), logLevel: 'silent' }, () => NOW);
await server.listen({ host: '127.0.0.1', port: 0 });
const { port } = server.server.address() as AddressInfo;
const browser = await startBrowser(await unpackChromium());
for (const { name, view, width, height, theme, prepare, part } of PICTURES) {
  const { page, complaints } = await openPage(browser, `http://127.0.0.1:${port}/#/${view}`, {
    viewport: { width, height },
    colorScheme: theme,
    // Nothing moves while the picture is taken.
    reducedMotion: 'reduce',
  });
  await page.locator('.card').first().waitFor();
  await prepare?.(page);
  // The strip is whole: no day is left that was not asked.
  await page.locator('.course-lanes .span').first().waitFor({ state: 'attached' });
  await page.locator('.course-lanes .gap').first().waitFor({ state: 'detached' });
  if (complaints.length > 0) throw new Error(`${name}: ${complaints.join('; ')}`);
  const path = `${FOLDER}${name}.png`;
  await (part === undefined ? page.screenshot({ path }) : page.locator(part).screenshot({ path }));
  await page.context().close();
}
await browser.close();
await server.close();
