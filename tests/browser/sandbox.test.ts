/** The sandbox page in a real browser, as an integrator, a GP who reviews rules and a product owner meet it. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest';
import { openPage, startBrowser, type WatchedPage } from '../support/browser.js';
import { send, startService, type RunningService } from '../support/service.js';

let browser: Browser;
let service: RunningService;
beforeAll(async () => {
  [browser, service] = await Promise.all([startBrowser(inject('browser')), startService()]);
});
afterEach(async () => {
  // A page that is left open goes on asking day after day.
  await Promise.all(browser.contexts().map((context) => context.close()));
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

/** Opens a view of the page; a test that ends without complaints saw no error and no request to elsewhere. */
const open = (view = '', options: BrowserContextOptions = {}): Promise<WatchedPage> =>
  openPage(browser, `${service.url}/#/${view}`, options);

const NA = 'na-acute?language=en';
const card = (page: Page, topic: string): Locator => page.locator(`.card[data-topic="${topic}"]`);
const tab = (page: Page, name: string): Locator => page.getByRole('tab', { name });

/** Moves the slider as a person with a keyboard would set it. */
async function goToDay(page: Page, day: number): Promise<void> {
  await page.getByRole('slider', { name: 'Today' }).fill(String(day));
}

describe('an integrator who has just started the service', () => {
  test('finds a patient open, with a card, and every story in the list', async () => {
    const { page, complaints } = await open();
    await page.locator('.card').first().waitFor();
    expect(await page.locator('[data-patient]').count()).toBeGreaterThanOrEqual(12);
    expect(await page.locator('html').getAttribute('lang')).toBe('nl');
    expect(complaints).toEqual([]);
  });

  test('can open every story: each answers, and only the empty record has nothing to show', async () => {
    const { page, complaints } = await open('?language=en');
    await page.locator('[data-patient]').first().waitFor();
    const ids = await page.evaluate<readonly string[]>(
      `[...document.querySelectorAll('[data-patient]')].map(({ dataset }) => dataset.patient)`,
    );
    for (const id of ids) {
      await page.locator(`[data-patient="${id}"]`).click();
      await page.locator(`[data-patient="${id}"][aria-current="true"]`).waitFor();
      await page.locator('.card, .silence').first().waitFor();
      expect(await page.locator('.trouble').count(), id).toBe(0);
      expect((await page.locator('.record li').count()) === 0, id).toBe(id === 'empty-record');
    }
    expect(complaints).toEqual([]);
  });

  test('sees request and answer as they went over the wire, and copies the request as curl', async () => {
    const { page, complaints } = await open(NA, { permissions: ['clipboard-read', 'clipboard-write'] });
    await card(page, 'NaSuspicion').waitFor();
    await tab(page, 'Request and response').click();
    const sent = JSON.parse(await page.locator('pre[aria-label="Request"]').innerText()) as { hook: string };
    expect(sent.hook).toBe('patient-view');
    expect(await page.locator('pre[aria-label="Response"]').innerText()).toContain('"summary"');
    await page.getByText('Response headers').click();
    expect(await page.getByText('application/json; charset=utf-8').isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByText('Copied').waitFor();
    const copied = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(copied).toMatch(new RegExp(`^curl -s '${service.url}/cds-services/plexus-patient-view' `));
    expect(copied).toContain(sent.hook);
    expect(complaints).toEqual([]);
  });

  test('pastes a request of an own EHR: what is wrong is shown in its place, what is right is answered', async () => {
    const { page } = await open(NA, { permissions: ['clipboard-read', 'clipboard-write'] });
    await card(page, 'NaSuspicion').waitFor();
    await tab(page, 'Request and response').click();
    await page.getByRole('button', { name: 'Edit or paste' }).click();
    const paste = async (text: string): Promise<void> => {
      await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
      await area.focus();
      await page.keyboard.press('Control+A');
      await page.keyboard.press('Control+V');
    };
    const area = page.getByRole('textbox', { name: 'Request as JSON' });
    const request = await area.inputValue();
    const sendIt = page.getByRole('button', { name: 'Send', exact: true });
    const selection = (): Promise<string> =>
      page.evaluate<string>(`(() => {
        const { value, selectionStart, selectionEnd } = document.querySelector('.wire textarea');
        return value.slice(selectionStart, selectionEnd);
      })()`);

    await paste(request.replace('"hook": "patient-view",', '"hook": "patient-view"'));
    await sendIt.click();
    await page.getByText(/No JSON: line 3, character 3/).waitFor();
    expect(await selection()).toBe('"hookInstance"');

    await paste(request.replace(/"hookInstance": "[^"]*"/, '"hookInstance": "not-a-uuid"'));
    await sendIt.click();
    await page.locator('.wire .trouble', { hasText: 'hookInstance' }).waitFor();
    await page.getByRole('button', { name: 'Show the place' }).click();
    expect(await selection()).toBe('"not-a-uuid"');

    await paste(request.replace('"language": "en"', '"language": "nl"'));
    await sendIt.click();
    await card(page, 'NaSuspicion').getByText('Wat nu').waitFor();
    await page.getByText('Answer to your own request').waitFor();
    await page.getByRole('button', { name: 'Back to the record' }).click();
    await card(page, 'NaSuspicion').getByText('What now').waitFor();
  });

  test('reaches every rule and the API from the page', async () => {
    const { page, complaints } = await open(NA);
    await page.getByRole('link', { name: 'Rules', exact: true }).click();
    await page.getByRole('heading', { name: 'Rules', level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole('link', { name: 'API' }).click();
    await page.locator('.opblock').first().waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('a GP', () => {
  test('who drafts prednisone for a patient with a contraindication is warned, and withdraws it with one click', async () => {
    const { page, complaints } = await open('na-contraindication?language=en');
    await page.getByRole('radio', { name: /order-select/ }).check();
    await page.getByText('Choose a draft').waitFor();
    await page.getByRole('combobox', { name: 'Draft' }).selectOption({ label: 'Prednisone for NA' });
    await page.getByRole('button', { name: 'Add as a draft' }).click();
    const check = page.locator('.card').first();
    await check.waitFor();
    expect(await page.getByRole('list', { name: 'Drafts' }).getByRole('listitem').count()).toBe(1);
    await check.locator('.suggestions button').first().click();
    await page.getByRole('list', { name: 'Drafts' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('who types a dose that cannot be is held to it: nothing is drafted in its place', async () => {
    const { page, complaints } = await open('na-contraindication?language=en');
    await page.getByRole('radio', { name: /order-select/ }).check();
    await page.getByRole('combobox', { name: 'Draft' }).selectOption({ label: 'Prednisone for NA' });
    const dose = page.getByLabel('Milligrams a day');
    const add = page.getByRole('button', { name: 'Add as a draft' });
    await dose.fill('99');
    await add.click();
    await page.getByText('Enter a number from 5 to 100, in steps of 5.').waitFor();
    expect([await dose.inputValue(), await page.getByRole('list', { name: 'Drafts' }).count()]).toEqual(['99', 0]);
    await dose.fill('95');
    await add.click();
    await page.getByRole('list', { name: 'Drafts' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test.each(['order-select', 'order-sign', 'appointment-book'])('can draft everything that %s offers', async (hook) => {
    const { page, complaints } = await open('back-early-mri?language=en');
    await page.locator('.card, .silence').first().waitFor();
    await page.getByRole('radio', { name: new RegExp(hook) }).check();
    const choice = page.getByRole('combobox', { name: 'Draft' });
    const labels = await choice.locator('option').allInnerTexts();
    expect(labels.length).toBeGreaterThanOrEqual(3);
    for (const label of labels) {
      await choice.selectOption({ label });
      const answered = page.waitForResponse((response) => response.url().includes('/cds-services/plexus-'));
      await page.getByRole('button', { name: 'Add as a draft' }).click();
      expect((await answered).status(), label).toBe(200);
      await page.getByRole('button', { name: 'Take away' }).click();
    }
    expect(complaints).toEqual([]);
  });

  test('who accepts a suggestion finds it in the record of the demo EHR, and the hook fires again', async () => {
    const { page, complaints } = await open(NA);
    const suspicion = card(page, 'NaSuspicion');
    const referral = suspicion.getByRole('button', { name: 'Referral to the neurologist' });
    await referral.click();
    await referral.waitFor({ state: 'detached' });
    const line = page.locator('.record li', { hasText: 'neurologist' });
    await line.waitFor();
    const reference = (await line.getByRole('button').getAttribute('data-reference')) ?? '';
    expect((await send(`${service.url}/demo-fhir/${reference}`)).json).toMatchObject({
      status: 'active',
      intent: 'order',
    });
    await tab(page, 'Feedback').click();
    await page.getByText('Accepted suggestion').first().waitFor();
    // Kept for whoever comes next, until it is taken back.
    await page.reload();
    await line.waitFor();
    await page.getByRole('button', { name: 'Undo my changes' }).click();
    await referral.waitFor();
    expect((await send(`${service.url}/demo-fhir/${reference}`)).status).toBe(404);
    expect(complaints).toEqual([]);
  });

  test('who goes on to another patient while a referral is stored does not find it there', async () => {
    const { page } = await open(NA);
    const referral = card(page, 'NaSuspicion').getByRole('button', { name: 'Referral to the neurologist' });
    await referral.waitFor();
    const empty = page.locator('[data-patient="empty-record"]');
    // The referral is held back until the other patient is there.
    await page.route('**/demo-fhir/ServiceRequest', async (route) => {
      await page.locator('[data-patient="empty-record"][aria-current="true"]').waitFor();
      await route.continue();
    });
    const heard = page.waitForResponse((response) => response.url().endsWith('/feedback'));
    await referral.click();
    await empty.click();
    expect((await heard).url()).toContain('plexus-patient-view');
    await page.getByText('There is nothing in the record.').waitFor();
    expect(await page.locator('.record li').count()).toBe(0);
    await page.locator('[data-patient="na-acute"]').click();
    await page.locator('.record li', { hasText: 'neurologist' }).waitFor();
    await page.getByRole('button', { name: 'Undo my changes' }).click();
    await referral.waitFor();
  });

  test('who presses a suggestion twice gets it once, and the focus falls on no other suggestion', async () => {
    const { page, complaints } = await open(NA);
    const suspected = card(page, 'NaSuspicion').getByRole('button', { name: /problem list/ });
    await suspected.dblclick();
    await page.locator('#cards:focus').waitFor();
    await suspected.waitFor({ state: 'detached' });
    // A suspicion must not read as a diagnosis.
    const line = page.locator('.record li', { hasText: 'amyotrophy' });
    await line.getByText(/: suspected/).waitFor();
    expect(await line.count()).toBe(1);
    await page.getByRole('button', { name: 'Undo my changes' }).click();
    await line.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('who changes a pain score and goes on at once finds it with its own patient', async () => {
    const { page } = await open(NA);
    await card(page, 'NaSuspicion').waitFor();
    await tab(page, 'Edit facts').click();
    const stored = page.waitForResponse((response) => response.url().includes('/demo-fhir/Observation'));
    await page.getByRole('spinbutton', { name: 'Number' }).fill('10');
    await page.locator('[data-patient="empty-record"]').click();
    await (await stored).finished();
    await page.locator('[data-patient="empty-record"][aria-current="true"]').waitFor();
    await tab(page, 'Record').click();
    await goToDay(page, 3);
    await page.getByText('Day 3 ').first().waitFor();
    expect(await page.getByRole('tabpanel').innerText()).toBe('There is nothing in the record.');
    expect(await page.getByRole('button', { name: 'Undo my changes' }).count()).toBe(0);
    await page.locator('[data-patient="na-acute"]').click();
    await card(page, 'NaSuspicion').getByText('(NRS 10)').waitFor();
    await page.getByRole('button', { name: 'Undo my changes' }).click();
    await card(page, 'NaSuspicion').getByText('(NRS 9)').waitFor();
  });

  test('who chooses two patients after each other sees the second, also when the first comes later', async () => {
    const { page } = await open(NA);
    await card(page, 'NaSuspicion').waitFor();
    await page.route('**/sandbox/patients/na-child', async (route) => {
      await page.locator('[data-patient="back-leg"][aria-current="true"]').waitFor();
      await route.continue();
    });
    const late = page.waitForResponse((response) => response.url().endsWith('/na-child'));
    await page.locator('[data-patient="na-child"]').click();
    await page.locator('[data-patient="back-leg"]').click();
    await (await late).finished();
    await page.locator('.card, .silence').first().waitFor();
    expect(page.url()).toContain('back-leg');
  });

  test('who dismisses a card while the service is away is not told that it heard', async () => {
    const { page } = await open(NA);
    const suspicion = card(page, 'NaSuspicion');
    await suspicion.getByText('Dismiss …').click();
    await page.route('**/feedback', (route) => route.abort());
    await suspicion.getByRole('button', { name: 'Send feedback' }).click();
    await page.getByRole('alert').getByText('The service does not answer').waitFor();
    expect(await suspicion.getByText('Feedback sent').count()).toBe(0);
    // Nor are the cards of one day shown as those of another.
    await page.route('**/cds-services/plexus-patient-view', (route) => route.abort());
    await goToDay(page, 20);
    await suspicion.waitFor({ state: 'detached' });
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.getByRole('button', { name: 'Try again' }).click();
    await card(page, 'NaAcute').waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });

  test('who dismisses a card with a reason sees that the service heard it', async () => {
    const { page, complaints } = await open(NA);
    const suspicion = card(page, 'NaSuspicion');
    await suspicion.getByText('Dismiss …').click();
    const reasons = suspicion.getByRole('combobox', { name: 'Reason' });
    const reason = (await reasons.locator('option').allInnerTexts())[1] ?? '';
    await reasons.selectOption({ label: reason });
    await suspicion.getByRole('textbox').fill('seen last week');
    await suspicion.getByRole('button', { name: 'Send feedback' }).click();
    await suspicion.getByText('Feedback sent').waitFor();
    await tab(page, 'Feedback').click();
    const entry = page.getByRole('tabpanel').getByRole('listitem').first();
    await entry.getByText('Comment: seen last week').waitFor();
    expect(await entry.innerText()).toContain(`Override reason: ${reason}`);
    expect(complaints).toEqual([]);
  });

  test('who moves time sees cards come and go, on the strip as in the list', async () => {
    const { page, complaints } = await open(NA);
    await card(page, 'NaSuspicion').waitFor();
    await goToDay(page, 0);
    await page.locator('.silence').waitFor();
    await goToDay(page, 5);
    await card(page, 'NaAcute').waitFor();
    expect(await page.getByRole('slider', { name: 'Today' }).getAttribute('aria-valuetext')).toContain('Day 5');
    await page.getByText('Cards as a table').click();
    await page
      .getByRole('row', { name: /suspected/ })
      .first()
      .waitFor();
    expect(page.url()).toContain('day=5');
    expect(complaints).toEqual([]);
  });

  test('who changes the pain score sees the cards change at once', async () => {
    const { page, complaints } = await open(NA);
    await card(page, 'NaSuspicion').getByText('(NRS 9)').waitFor();
    await tab(page, 'Edit facts').click();
    await page.getByRole('spinbutton', { name: 'Number' }).fill('10');
    await card(page, 'NaSuspicion').getByText('(NRS 10)').waitFor();
    await page.getByRole('button', { name: 'Undo my changes' }).click();
    await card(page, 'NaSuspicion').getByText('(NRS 9)').waitFor();
    expect(complaints).toEqual([]);
  });

  test('who ticks an alarm in the form sees the alarm', async () => {
    const { page, complaints } = await open('back-leg?language=en');
    await page.locator('.card').first().waitFor();
    await tab(page, 'Edit facts').click();
    await page.getByText('Red and yellow flags').click();
    await page
      .getByRole('group', { name: /saddle/i })
      .getByRole('radio', { name: 'Yes' })
      .check();
    await page.locator('.card.critical').waitFor();
    await page.getByRole('button', { name: 'Undo my changes' }).click();
    await page.locator('.card.critical').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });
});

describe('a doctor who reviews the rules', () => {
  test('sees why a card came: sentence, clauses, and the record behind each fact', async () => {
    const { page, complaints } = await open(NA);
    const suspicion = card(page, 'NaSuspicion');
    await suspicion.getByText('Why this card?').click();
    await suspicion.locator('.why-card blockquote, .why-card q').first().waitFor();
    expect(await suspicion.getByText('The highest pain score').first().isVisible()).toBe(true);
    await suspicion
      .getByRole('button', { name: /^Observation/ })
      .first()
      .click();
    const chosen = page.locator('.record [aria-expanded="true"]');
    await chosen.waitFor();
    expect(await page.locator('.record .resource').innerText()).toContain('"resourceType": "Observation"');
    expect(complaints).toEqual([]);
  });

  test('finds a rule that stayed silent, with the clause that decided', async () => {
    const { page, complaints } = await open(NA);
    await card(page, 'NaSuspicion').waitFor();
    await tab(page, 'All rules').click();
    const search = page.getByRole('tabpanel').getByRole('searchbox');
    await search.fill('LUNG');
    const silent = page.locator('.why-standing.silent .why-row, .why-standing.incomplete .why-row').first();
    await silent.waitFor();
    const all = await page.locator('.why-row').count();
    await silent.locator('summary').click();
    await silent.getByText('The whole rule').waitFor();
    await search.fill('no such rule');
    await page.getByText(/^0 of /).waitFor();
    expect(await page.locator('.why-row').count()).toBe(0);
    expect(all).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });
});

describe('everybody', () => {
  test.each([
    ['nl', 'Kaarten'],
    ['en', 'Cards'],
    ['fr', 'Cartes'],
  ])('reads the page in %s, and the choice is kept', async (language, heading) => {
    const { page, complaints } = await open(`na-acute?language=${language}`);
    await page.getByRole('heading', { name: heading, exact: true }).waitFor();
    await page.locator('.card').first().waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await page.getByText('Traduction provisoire, non relue par un clinicien.').count()).toBe(
      language === 'fr' ? 1 + (await page.locator('.card').count()) : 0,
    );
    expect(complaints).toEqual([]);
  });

  test('can paste the address of another view into the page that is open', async () => {
    const { page, complaints } = await open(NA);
    await card(page, 'NaSuspicion').waitFor();
    await page.evaluate(`location.hash = '#/back-leg?day=9&language=nl'`);
    await page.locator('[data-patient="back-leg"][aria-current="true"]').waitFor();
    await page.getByRole('heading', { name: 'Kaarten', exact: true }).waitFor();
    expect(await page.getByRole('slider', { name: 'Vandaag' }).inputValue()).toBe('9');
    expect(complaints).toEqual([]);
  });

  test('can do without a mouse: patient, day, suggestion', async () => {
    const { page, complaints } = await open('?language=en');
    await page.locator('.card, .silence').first().waitFor();
    await page.locator('[data-patient="na-acute"]').focus();
    await page.keyboard.press('Enter');
    await card(page, 'NaSuspicion').waitFor();
    await page.getByRole('slider', { name: 'Today' }).focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('Day 4 ').first().waitFor();
    await tab(page, 'Record').focus();
    await page.keyboard.press('ArrowRight');
    expect(await tab(page, 'Edit facts').getAttribute('aria-selected')).toBe('true');
    await page.locator('#tab-facts:focus').waitFor();
    expect(complaints).toEqual([]);
  });

  const screens: readonly (readonly [string, (page: Page) => Promise<void>])[] = [
    ['record', async () => undefined],
    ['facts', async (page) => tab(page, 'Edit facts').click()],
    [
      'rules',
      async (page) => {
        await tab(page, 'All rules').click();
        // A rule is as another: a handful of each kind is enough to look at.
        await page.getByRole('tabpanel').getByRole('searchbox').fill('pred');
      },
    ],
    ['request', async (page) => tab(page, 'Request and response').click()],
    ['why', async (page) => page.getByText('Why this card?').first().click()],
    ['drafts', async (page) => page.getByRole('radio', { name: /order-select/ }).check()],
  ];
  /** What axe finds on the screen that is shown. */
  const barriers = async (page: Page, screen: string, of: 'all' | 'colours' = 'all'): Promise<readonly string[]> => {
    const axe = new AxeBuilder({ page });
    if (of === 'colours') axe.withRules(['color-contrast', 'link-in-text-block']);
    else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']);
    const { violations } = await axe.analyze();
    return violations.map(
      ({ id, nodes }) => `${screen}: ${id} ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
  };

  test.each([
    ['light', 'all'],
    // The same elements in other colours.
    ['dark', 'colours'],
  ] as const)('finds no barrier on any screen in the %s theme', async (colorScheme, of) => {
    const { page, complaints } = await open(NA, { colorScheme });
    await card(page, 'NaSuspicion').waitFor();
    for (const [screen, show] of screens) {
      await show(page);
      expect(await barriers(page, screen, of)).toEqual([]);
    }
    expect(complaints).toEqual([]);
  });

  test.each([
    ['a phone', { width: 360, height: 740 }],
    ['a laptop', { width: 1024, height: 700 }],
    ['a projector', { width: 1920, height: 1080 }],
  ])('finds no barrier on %s, and nothing that must be scrolled sideways', async (_where, viewport) => {
    const { page, complaints } = await open(NA, { viewport });
    await card(page, 'NaSuspicion').waitFor();
    expect(await barriers(page, 'record')).toEqual([]);
    for (const [screen, show] of screens) {
      await show(page);
      const beyond = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      expect(beyond, screen).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
  });

  test('loads less than 200 kB before the first card', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${service.url}/#/${NA}`);
    await card(page, 'NaSuspicion').waitFor();
    // The strip goes on asking the service day by day; that is no weight of the page.
    const bytes =
      await page.evaluate<number>(`[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ name }) => !name.includes('/cds-services/'))
      .reduce((sum, { transferSize }) => sum + transferSize, 0)`);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThan(200_000);
  });
});

describe('the page as a file', () => {
  test('has a policy that lets it load nothing from elsewhere, and parts that are kept for ever', async () => {
    const page = await send(`${service.url}/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const script = /src="([^"]+\.js)"/.exec(page.text)?.[1] ?? '';
    const part = await send(new URL(script, service.url).href, { headers: { 'accept-encoding': 'br' } });
    expect(part.headers.get('cache-control')).toContain('immutable');
    expect(part.headers.get('content-encoding')).toBe('br');
  });

  test('is not there beyond demo mode, and its address takes GET only', async () => {
    expect((await send(`${service.url}/`, { method: 'POST' })).status).toBe(405);
    expect((await send(`${service.url}/assets/none.js`)).status).toBe(404);
  });
});
