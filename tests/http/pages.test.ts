/** The rules and leaflets as pages: readable by a doctor, without script, the same for every patient. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { readExamples } from '../support/examples.js';
import { issueOf } from '../support/json.js';
import { post, send, startService, type RunningService } from '../support/service.js';

describe('pages for people', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService({ env: { PUBLIC_URL: 'http://plexus.example', DRAFT_LANGUAGES: 'none' } });
  });
  afterAll(() => service.close());

  it('lists the rules by decision, each with a link to its own page', async () => {
    const { status, headers, text } = await send(`${service.url}/rules?language=en`);
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(text).toContain('<h2>Red flags</h2>');
    expect(text).toContain('href="/rules/saddle-loss?language=en"');
  });

  it('shows a rule with its source sentence, its clauses as sentences, its card and its examples', async () => {
    const { text } = await send(`${service.url}/rules/saddle-loss`);
    for (const part of [
      'Cauda equina syndroom',
      'Gevoelsverlies in het zadelgebied is vastgelegd',
      'SPOED',
      'niet gevraagd',
    ])
      expect(text).toContain(part);
  });

  it('shows a leaflet in the language that is asked, in the first served one otherwise', async () => {
    expect((await send(`${service.url}/leaflets/na-background?language=en`)).text).toContain('lang="en"');
    expect((await send(`${service.url}/leaflets/na-background?language=xx`)).text).toContain('lang="nl"');
  });

  it('leads to the same page in the other served languages, and back to all rules', async () => {
    const drafted = await startService({ env: { DRAFT_LANGUAGES: 'fr' } });
    for (const path of ['/rules', '/rules/saddle-loss', '/leaflets/na-background']) {
      const { text } = await send(`${service.url}${path}?language=en`);
      expect(text).toContain(`<a href="${path}?language=nl" lang="nl" hreflang="nl">Nederlands</a>`);
      expect(text).toContain('<span lang="en" aria-current="true">English</span>');
      expect(text).not.toContain('Français');
      if (path !== '/rules') expect(text).toContain('<a href="/rules?language=en">All rules</a>');
      expect((await send(`${drafted.url}${path}`)).text).toContain(`href="${path}?language=fr"`);
    }
    await drafted.close();
  });

  it('allows no script and nothing from elsewhere', async () => {
    const { headers, text } = await send(`${service.url}/rules`);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(text).not.toMatch(/<script|<link(?! rel="icon" href="data:,")|<img|\son\w+=/i);
  });

  it('escapes what the texts hold', async () => {
    const { text } = await send(`${service.url}/rules/na-prednisone-start`);
    expect(text).toContain('Indien &lt; 2 weken');
  });

  it.each(['/rules/no-such-rule', '/rules/__proto__', '/leaflets/no-such-leaflet'])('%s is 404', async (path) => {
    const { status, json } = await send(service.url + path);
    expect([status, issueOf(json).code]).toEqual([404, 'not-found']);
  });

  it('other methods are 405 with Allow', async () => {
    const { status, headers } = await post(`${service.url}/rules`, {});
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  it('every leaflet that a card links to is there, under the public address', async () => {
    const links = [];
    for (const { service: id, request } of readExamples()) {
      const { json } = await post(`${service.url}/cds-services/${id}`, request);
      links.push(...(json as { cards: readonly Card[] }).cards.flatMap((card) => card.links ?? []));
    }
    const leaflets = new Set(links.map(({ url }) => url).filter((url) => url.includes('/leaflets/')));
    expect(leaflets.size).toBeGreaterThan(0);
    for (const url of leaflets) {
      expect(url).toMatch(/^http:\/\/plexus\.example\/leaflets\//);
      expect((await send(url.replace('http://plexus.example', service.url))).status).toBe(200);
    }
  });
});
