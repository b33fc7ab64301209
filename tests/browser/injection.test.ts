/**
 * Strings of a record in a real browser, in the worst renderer that an EHR can have: the summary as text, the detail as GitHub's Markdown with raw HTML and
 * every protocol let through, as the sandbox of CDS Hooks does. Nothing runs, nothing is asked for, no element is there that the same card has not otherwise.
 */
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/cds-hooks/request.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import type { Course } from '../../src/demo/sandbox-data.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { openPage, startBrowser } from '../support/browser.js';
import { HOSTILE, visible, withTexts } from '../support/hostile-texts.js';
import { cardWithText } from '../support/rendered.js';
import { post, send, startService, type RunningService } from '../support/service.js';
import { readStories, type Story } from '../support/stories.js';

const STORIES = readStories();
const NOW = '2026-11-21T10:00:00+01:00';

let browser: Browser;
let service: RunningService;
beforeAll(async () => {
  const started = startService({ env: { DRAFT_LANGUAGES: 'fr' } });
  [browser, service] = await Promise.all([startBrowser(inject('browser')), started]);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

type Shown = Pick<Card, 'summary' | 'detail'>;

/** What a reader and the page know of one card. */
interface Seen {
  readonly text: string;
  /** Names of the elements, in order. */
  readonly elements: readonly string[];
  readonly addresses: readonly string[];
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
/** GitHub's Markdown without its filter of dangerous tags. */
const unfiltered = gfmHtml();
delete unfiltered.exit?.htmlFlowData;
delete unfiltered.exit?.htmlTextData;
const htmlOf = (markdown: string): string =>
  micromark(markdown, {
    extensions: [gfm()],
    htmlExtensions: [unfiltered],
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
  });

/** In the page: what is in each section. */
const SEEN = `[...document.querySelectorAll('body > section')].map((section) => ({
  text: section.textContent,
  elements: [...section.querySelectorAll('*')].map(({ localName }) => localName),
  addresses: [...section.querySelectorAll('[href], [src]')].map((one) => one.getAttribute('href') ?? one.getAttribute('src')),
}))`;
/** In the page: elements that stand outside of the sections. */
const STRANGERS = `document.querySelectorAll('body > :not(section), head > :not(meta)').length`;

const asMeant = ({ summary, detail }: Shown): string => `<h3>${escaped(summary)}</h3><div>${htmlOf(detail)}</div>`;
/** Of an EHR that takes all text for HTML. */
const asHtml = ({ summary, detail }: Shown): string => `<h3>${summary}</h3><div>${detail}</div>`;

/** All cards on one page, and what became of them. */
async function show(cards: readonly Shown[], rendered = asMeant) {
  const page = await browser.newPage();
  const asked: string[] = [];
  const ran: string[] = [];
  await page.exposeFunction('ran', () => void ran.push('ran'));
  await page.route('**/*', async (route) => {
    const { protocol } = new URL(route.request().url());
    if (protocol !== 'data:' && protocol !== 'about:') asked.push(route.request().url());
    await route.abort();
  });
  const sections = cards.map((card) => `<section>${rendered(card)}</section>`);
  await page.setContent(`<!doctype html><meta charset="utf-8"><body>${sections.join('\n')}</body>`);
  const seen = await page.evaluate<readonly Seen[]>(SEEN);
  const strangers = await page.evaluate<number>(STRANGERS);
  await page.close();
  return { seen, asked, ran, strangers };
}

describe('the page that the cards are shown on', () => {
  test('would run, ask for and show what a card let through', async () => {
    const { seen, asked, ran } = await show(HOSTILE.slice(0, 5).map((text) => ({ summary: 'a card', detail: text })));
    expect(ran.length).toBeGreaterThan(0);
    expect(asked).toContain('https://evil.example/a.png');
    expect(seen.flatMap(({ elements }) => elements)).toContain('svg');
    const { seen: linked } = await show([{ summary: 'a card', detail: 'www.evil.example and [x](javascript:ran())' }]);
    expect(linked[0]?.addresses).toEqual(['http://www.evil.example', 'javascript:ran()']);
  });
});

describe('a card that shows a string of the record', () => {
  test.each(LANGUAGES)('in summary, detail and lines, in %s', async (language) => {
    const plain = cardWithText('pijn', language);
    const cards = HOSTILE.map((text) => cardWithText(text, language));
    const { seen, asked, ran, strangers } = await show([plain, ...cards]);
    expect([...asked, ...ran]).toEqual([]);
    expect(strangers).toBe(0);
    expect(seen).toHaveLength(cards.length + 1);
    const [known, ...strange] = seen;
    for (const [place, { text, elements, addresses }] of strange.entries()) {
      const hostile = HOSTILE[place] ?? '';
      expect(elements, JSON.stringify(hostile)).toEqual(known?.elements);
      expect(addresses, JSON.stringify(hostile)).toEqual(known?.addresses);
      // Thrice: in the summary, the detail and the line; a value has 40 characters at most.
      const start = visible(
        visible(hostile)
          .slice(0, 15)
          .replace(/[\ud800-\udbff]$/, ''),
      );
      const found =
        visible(text.replaceAll('\u2060', '').replaceAll('\u2039', '<')).replace(/ +/g, ' ').split(start).length - 1;
      expect(start === '' || found >= 3, `${JSON.stringify(hostile)} in ${JSON.stringify(text.slice(0, 300))}`).toBe(
        true,
      );
    }
    for (const { summary, detail } of cards) {
      expect(summary.length).toBeLessThanOrEqual(139);
      expect(() => encodeURIComponent(summary + detail)).not.toThrow();
      // What turns the words round is not there; what keeps a turned word apart comes in pairs.
      expect(summary + detail).not.toMatch(/[\u202a-\u202e\u200e\u200f\u061c\u2066\u2067]/);
      for (const line of [summary, ...detail.split('\n')])
        expect(line.split('\u2068').length).toBe(line.split('\u2069').length);
    }
  });
});

test('a card in plain text that is shown as HTML holds no element and runs nothing', async () => {
  const cards = HOSTILE.map((text) => cardWithText(text, 'nl', false));
  const { seen, asked, ran, strangers } = await show(cards, asHtml);
  expect([asked, ran, strangers]).toEqual([[], [], 0]);
  expect(seen).toHaveLength(cards.length);
  for (const [place, { elements }] of seen.entries()) expect(elements, HOSTILE[place]).toEqual(['h3', 'div']);
});

type CardsAnswer = { readonly cards: readonly Card[] };

async function cardsOf(
  story: Story,
  language: string,
  change: (request: unknown) => unknown,
): Promise<readonly Card[]> {
  const request = resolveTokens(story.request, { now: Date.parse(NOW), zone: 'Europe/Amsterdam' });
  const preferences = { now: NOW, language, ...(story.jurisdiction && { jurisdiction: story.jurisdiction }) };
  const body = { ...(change(request) as object), extension: { 'example.plexus-cds.request': preferences } };
  const answer = await post(`${service.url}/cds-services/${story.service}`, body);
  expect(answer.status, story.id).toBe(200);
  return (answer.json as CardsAnswer).cards;
}

/** All that a card shows: its words and addresses, without the resources that go back to the record and the ids made for this answer. */
const shownOf = (cards: readonly Card[]): string =>
  JSON.stringify(cards, (name, value: unknown) => (name === 'resource' || name === 'uuid' ? undefined : value));

/** Stories of one service take turns; where there are few, each is told in every language. */
const FEW = 6;
function languagesOf(story: Story): readonly Language[] {
  const peers = STORIES.filter(({ service: id }) => id === story.service);
  const turn = LANGUAGES[peers.findIndex(({ id }) => id === story.id) % LANGUAGES.length];
  return peers.length < FEW || turn === undefined ? LANGUAGES : [turn];
}

describe('the cards of every story', () => {
  test('say the same whatever the texts of the record are, on every hook in every language', async () => {
    const hostile: Card[] = [];
    const covered = new Set<string>();
    const asked = [...STORIES.entries()].flatMap(([place, story]) =>
      languagesOf(story).map((language) => ({ place, story, language })),
    );
    for (const { place, story, language } of asked) {
      const [plain, strange] = await Promise.all([
        cardsOf(story, language, (request) => request),
        cardsOf(story, language, (request) => withTexts(request, HOSTILE, place * 7)),
      ]);
      expect(shownOf(strange), story.id).toBe(shownOf(plain));
      if (strange.length > 0) covered.add(`${story.service} ${language}`);
      hostile.push(...strange);
    }
    expect(covered.size).toBe(SERVICES.length * LANGUAGES.length);
    const { seen, strangers, ...page } = await show(hostile);
    expect([...page.asked, ...page.ran]).toEqual([]);
    expect(strangers).toBe(0);
    expect(seen).toHaveLength(hostile.length);
    expect(seen.flatMap(({ addresses }) => addresses)).toEqual([]);
    const links = hostile.flatMap(({ links: own = [], source }) => [...own.map(({ url }) => url), source.url ?? '']);
    expect(links.join('\n')).not.toMatch(/evil|javascript|data:/);
  });
});

describe('the sandbox page', () => {
  /** Written texts of a record, which the page shows as lines, as JSON and with the rules. */
  async function spoil(): Promise<void> {
    const course = (await send(`${service.url}/sandbox/patients/na-acute`)).json as Course;
    const subject = { reference: `Patient/${course.patientId}` };
    const clinicalStatus = { coding: [{ code: 'active' }] };
    for (const text of HOSTILE) {
      if (visible(text) === '') continue;
      const resource = { resourceType: 'Condition', subject, clinicalStatus, code: { text }, note: [{ text }] };
      const answer = await post(`${service.url}/demo-fhir/Condition`, resource);
      expect(answer.status, answer.text).toBe(201);
    }
    const feedback = HOSTILE.slice(0, 8).map((text) => ({
      card: 'a-card',
      outcome: 'overridden',
      outcomeTimestamp: NOW,
      overrideReason: { reason: { code: 'other', display: text.slice(0, 200) }, userComment: text.slice(0, 4000) },
    }));
    const { status } = await post(`${service.url}/cds-services/plexus-patient-view/feedback`, { feedback });
    expect(status).toBe(200);
  }

  test('shows what a record and feedback say, and does nothing of it', async () => {
    await spoil();
    const { page, complaints } = await openPage(browser, `${service.url}/#/na-acute?language=en`);
    await page.locator('.card').first().waitFor();
    for (const [tab, shown] of [
      ['Record', '<img src=x onerror=ran()>'],
      ['Feedback', 'Comment: <script>ran()</script>'],
      ['All rules', ''],
      ['Request and response', ''],
    ] as const) {
      await page.getByRole('tab', { name: tab }).click();
      // What was said is asked for only when it is to be seen.
      await page.locator('[role=tabpanel]').filter({ hasText: shown }).first().waitFor();
      const inserted = page.locator(
        'body :is(iframe, form, base, meta, link, style, img, object, embed, [onerror], [onload])',
      );
      expect(await inserted.count(), tab).toBe(0);
      expect(await page.locator('body a:not([href^="http"], [href^="rules"], [href^="docs"])').count(), tab).toBe(0);
      expect(await page.locator('[href*="evil"], [src*="evil"], [href^="javascript"]').count(), tab).toBe(0);
    }
    expect(complaints).toEqual([]);
  });
});
