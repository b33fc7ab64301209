/** What CDS Hooks demands of every response and card, looked at in the answers to all example requests. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card, Link } from '../../src/cds-hooks/response.js';
import { readExamples } from '../support/examples.js';
import type { Example } from '../support/examples.js';
import { emptyPlaces } from '../support/json.js';
import { pathOf, requestFor } from '../support/requests.js';
import { post, startService } from '../support/service.js';
import type { Answer, RunningService } from '../support/service.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CODE = /^[A-Za-z0-9]{1,100}$/;

let service: RunningService;
let answers: readonly { readonly example: Example; readonly answer: Answer }[];
let cards: readonly Card[];
let links: readonly Link[];

const ask = ({ service: id, request }: Example) => post(`${service.url}/cds-services/${id}`, request);
const cardsOf = (answer: Answer) => (answer.json as { cards: readonly Card[] }).cards;

beforeAll(async () => {
  service = await startService();
  answers = await Promise.all(readExamples().map(async (example) => ({ example, answer: await ask(example) })));
  cards = answers.flatMap(({ answer }) => cardsOf(answer));
  links = cards.flatMap((card) => card.links ?? []);
});
afterAll(() => service.close());

const isAbsolute = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

describe('response', () => {
  test('the examples give cards to look at, with and without links', () => {
    expect(cards.length).toBeGreaterThan(0);
    expect(links.length).toBeGreaterThan(0);
  });

  test('A1 JSON is received and sent', () => {
    for (const { answer } of answers)
      expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  test('A2 A3 A4 no null and no empty string, array or object, except cards: []', () => {
    for (const { example, answer } of answers)
      expect([example.id, ...emptyPlaces(answer.json, ['cards'])]).toEqual([example.id]);
  });

  test('A8 I9 actionSelectionBehavior is not used', () => {
    for (const { answer } of answers) expect(answer.text).not.toContain('actionSelectionBehavior');
  });

  test('G1 success is 200 with an array of cards', () => {
    for (const { example, answer } of answers) {
      expect([example.id, answer.status]).toEqual([example.id, 200]);
      expect(Array.isArray(cardsOf(answer))).toBe(true);
    }
  });

  test('G2 nothing to say is 200 with no cards', async () => {
    const answer = await post(service.url + pathOf('patient-view'), requestFor('patient-view'));
    expect([answer.status, answer.json]).toEqual([200, { cards: [] }]);
  });

  test('J1 J2 systemActions are not sent', () => {
    for (const { answer } of answers) expect(Object.keys(answer.json as object)).toEqual(['cards']);
  });

  test('the same request gives the same cards, uuids aside', async () => {
    const withoutUuids = (text: string) => text.replace(/"uuid":"[^"]+"/g, '"uuid"');
    for (const { example, answer } of answers)
      expect(withoutUuids((await ask(example)).text)).toBe(withoutUuids(answer.text));
  });
});

describe('card', () => {
  test('H1 uuid is a UUID, unique per response and across calls', () => {
    for (const card of cards) expect(card.uuid).toMatch(UUID);
    expect(new Set(cards.map((card) => card.uuid)).size).toBe(cards.length);
  });

  test('H2 summary is one sentence of fewer than 140 characters', () => {
    for (const { summary } of cards)
      expect([summary.trim() !== '', summary.length < 140, summary.includes('\n')]).toEqual([true, true, false]);
  });

  test('H3 detail is Markdown without raw HTML', () => {
    for (const { detail } of cards) expect(detail).not.toMatch(/(?<!\\)<[A-Za-z/!]/);
  });

  test('H4 indicator is info, warning or critical', () => {
    for (const { indicator } of cards) expect(['info', 'warning', 'critical']).toContain(indicator);
  });

  test('H5 I1 source names the guideline, not the product', () => {
    for (const { source } of cards) expect(source.label).not.toMatch(/^\s*$|plexus/i);
  });

  test('H6 H7 selectionBehavior stands beside suggestions and nowhere else; each has a label, a uuid of its own and one action', () => {
    const suggesting = cards.filter((card) => card.suggestions !== undefined);
    expect(suggesting.length).toBeGreaterThan(0);
    for (const card of cards) expect(card.selectionBehavior).toBe(card.suggestions && 'any');
    const suggestions = suggesting.flatMap((card) => card.suggestions ?? []);
    expect(new Set(suggestions.map(({ uuid }) => uuid)).size).toBe(suggestions.length);
    for (const { label, uuid, actions } of suggestions) {
      expect(uuid).toMatch(UUID);
      expect(actions).toHaveLength(1);
      expect([label, actions[0]?.description]).toEqual([expect.stringMatching(/./), expect.stringMatching(/./)]);
      expect(['create', 'update', 'delete']).toContain(actions[0]?.type);
    }
  });

  test('H9 H10 every override reason has code, system and display', () => {
    for (const reason of cards.flatMap((card) => card.overrideReasons)) {
      expect([reason.code, reason.system, reason.display]).toEqual([
        expect.stringMatching(/./),
        expect.stringMatching(/./),
        expect.stringMatching(/./),
      ]);
    }
  });

  test('L17 extension is an object with a reverse-domain key that lists the statements', () => {
    for (const { extension } of cards) {
      expect(Object.keys(extension)).toEqual(['example.plexus-cds.card']);
      expect(extension['example.plexus-cds.card'].statements.length).toBeGreaterThan(0);
    }
  });
});

describe('source and link', () => {
  test('I2 source.url is absolute and holds nothing of a patient', () => {
    for (const { example, answer } of answers) {
      for (const { source } of cardsOf(answer)) {
        if (source.url === undefined) continue;
        expect(isAbsolute(source.url)).toBe(true);
        expect(source.url).not.toContain(String(example.request.context.patientId));
      }
    }
  });

  test('I4 I20 source.topic is a Coding with a stable alphanumeric code', () => {
    for (const { source } of cards)
      expect([source.topic.code, source.topic.system]).toEqual([
        expect.stringMatching(CODE),
        expect.stringMatching(/./),
      ]);
  });

  test('I15 I16 links have a label, an absolute url and a type of the standard', () => {
    for (const { label, url, type } of links)
      expect([label !== '', isAbsolute(url), ['absolute', 'smart'].includes(type)]).toEqual([true, true, true]);
  });

  test('I17 I18 appContext only with smart links, nothing is launched by itself', () => {
    for (const link of links)
      expect(['appContext' in link && link.type === 'absolute', 'autolaunchable' in link]).toEqual([false, false]);
  });
});

describe('independence of what does not matter', () => {
  const withoutUuids = (text: string) => text.replace(/"uuid":"[^"]+"/g, '"uuid"');

  test('the order of Bundle entries gives the same cards', async () => {
    for (const { example, answer } of answers) {
      const prefetch = Object.fromEntries(
        Object.entries(example.request.prefetch).map(([key, value]) => [key, reversed(value)]),
      );
      const turned = await ask({ ...example, request: { ...example.request, prefetch } });
      expect([example.id, withoutUuids(turned.text)]).toEqual([example.id, withoutUuids(answer.text)]);
    }
  });

  test('C7 every single key may be missing: 200 or 412, never 500', async () => {
    for (const { example } of answers) {
      for (const key of Object.keys(example.request.prefetch)) {
        const prefetch = Object.fromEntries(
          Object.entries(example.request.prefetch).filter(([other]) => other !== key),
        );
        expect([200, 412]).toContain((await ask({ ...example, request: { ...example.request, prefetch } })).status);
      }
    }
  });
});

function reversed(value: unknown): unknown {
  const bundle = value as { entry?: unknown[] } | null;
  return bundle?.entry ? { ...bundle, entry: bundle.entry.toReversed() } : value;
}
