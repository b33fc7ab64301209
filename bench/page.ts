/**
 * How long a visitor of the sandbox page waits for the first card: from the click on a patient until the cards are painted, in a real browser,
 * and as a ratio to the service's own answer to the same request. Every patient once, in turns. `npm run bench:page`, or with rounds: `-- 5`.
 */
import type { Page } from 'playwright-core';
import { openPage, startBrowser, unpackChromium } from '../tests/support/browser.js';
import { serve } from './child.js';

const ROUNDS = Number(process.argv[2] ?? 3);

const service = await serve(['--enable-source-maps', 'dist/main.js']);
const browser = await startBrowser(await unpackChromium());
try {
  const opened = performance.now();
  const { page, complaints } = await openPage(browser, `${service.url}/#/?language=en`);
  await page.locator('.card, .silence').first().waitFor();
  console.log(`Node ${process.version}; page opened, first card after ${(performance.now() - opened).toFixed(0)} ms`);
  const ids = await page.evaluate<readonly string[]>(
    `[...document.querySelectorAll('[data-patient]')].map(({ dataset }) => dataset.patient)`,
  );
  const waits: number[] = [];
  const answers: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1)
    for (const id of [...ids.slice(1), ...ids.slice(0, 1)]) {
      const { wait, answer } = await choose(page, id);
      waits.push(wait);
      answers.push(answer);
    }
  if (complaints.length > 0) throw new Error(complaints.join('; '));
  console.log(
    `${waits.length} clicks on ${ids.length} patients, milliseconds until the cards are painted: ${spread(waits)}`,
  );
  console.log(
    `the service's own answer within that: ${spread(answers)}; ratio of the medians ${(median(waits) / median(answers)).toFixed(1)}`,
  );
} finally {
  await browser.close();
  await service.stop();
}

/** Clicks on a patient; milliseconds until the answer about this patient is on screen, and what of it the service took. */
async function choose(page: Page, id: string): Promise<{ readonly wait: number; readonly answer: number }> {
  const asked = page.waitForResponse((response) => {
    const { context } = (response.request().postDataJSON() ?? {}) as {
      readonly context?: { readonly patientId?: string };
    };
    return response.url().endsWith('/plexus-patient-view') && context?.patientId === `sb-${id}`;
  });
  await page.evaluate(
    `(() => { globalThis.clicked = performance.now(); document.querySelector('[data-patient="${id}"]').click(); })()`,
  );
  const response = await asked;
  await response.finished();
  await page.locator(`[data-patient="${id}"][aria-current="true"]`).waitFor();
  await page.locator('.card, .silence').first().waitFor();
  // The second frame comes when the first is painted.
  const wait = await page.evaluate<number>(
    `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - globalThis.clicked))))`,
  );
  return { wait, answer: response.request().timing().responseEnd };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function spread(values: readonly number[]): string {
  return `median ${median(values).toFixed(0)}, most ${Math.max(...values).toFixed(0)}`;
}
