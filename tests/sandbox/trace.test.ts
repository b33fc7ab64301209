/** What belongs together in a trace: a card and its rules, a clause and its fact, a rule and what decided it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARD_EXTENSION, type Card } from '../../src/cds-hooks/response.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import {
  decisive,
  factOf,
  outcomesOf,
  rowsOf,
  type Clause,
  type RuleOutcome,
  type Trace,
  type TraceFact,
} from '../../src/sandbox/why/trace.js';
import { post, startService, type RunningService } from '../support/service.js';
import { readStories } from '../support/stories.js';

const clause = (id: string, value: Clause['value']): Clause => ({
  id,
  text: { nl: id, en: id },
  value,
  fact: `fact.${id}`,
});

const outcome = (more: Partial<RuleOutcome>): RuleOutcome => ({
  id: 'rule',
  version: '1.0.0',
  review: 'none',
  decision: 'Neck',
  outcome: 'fires',
  clauses: [],
  unless: [],
  ...more,
});

const traceWith = (more: Partial<Trace>): Trace => ({ episodes: [], facts: [], rules: [], suppressed: [], ...more });

describe('what decided', () => {
  const when = [clause('yes', true), clause('no', false), clause('open', 'unknown'), clause('also-open', 'unknown')];

  test('a silent rule: the condition that it names, of those that must hold or of those that must not', () => {
    expect(decisive(outcome({ outcome: 'silent', because: 'no', clauses: when })).map(({ id }) => id)).toEqual(['no']);
    const unless = [clause('taken', true)];
    expect(decisive(outcome({ outcome: 'silent', because: 'taken', clauses: when, unless }))).toEqual(unless);
  });

  test('an incomplete rule: each condition that is unknown, and none that is not', () => {
    const incomplete = outcome({
      outcome: 'incomplete',
      clauses: when.filter(({ id }) => id !== 'no'),
      unless: [clause('unchecked', 'unknown')],
    });
    expect(decisive(incomplete).map(({ id }) => id)).toEqual(['open', 'also-open']);
  });

  test('nothing of a rule that fires', () => {
    expect(decisive(outcome({ clauses: [clause('yes', true)], unless: [clause('unchecked', 'unknown')] }))).toEqual([]);
  });
});

describe('the fact of a clause', () => {
  const facts: readonly TraceFact[] = [
    { id: 'a', value: 'patient' },
    { id: 'a', value: 'e1', episode: 'e1' },
    { id: 'a', value: 'e2', episode: 'e2' },
    { id: 'a', value: 'order', order: 'ServiceRequest/1' },
    { id: 'a', value: 'order of e1', order: 'ServiceRequest/1', episode: 'e1' },
  ];
  test.each([
    [{}, 'patient'],
    [{ episode: 'e2' }, 'e2'],
    [{ order: 'ServiceRequest/1' }, 'order'],
    [{ order: 'ServiceRequest/1', episode: 'e1' }, 'order of e1'],
    [{ order: 'ServiceRequest/1', episode: 'e2' }, 'order'],
    [{ order: 'ServiceRequest/2', episode: 'e3' }, 'patient'],
  ])('of %j is the closest one: %s', (about, value) => {
    expect(factOf('a', about, traceWith({ facts }))?.value).toBe(value);
  });

  test('is undefined where the trace has none for that complaint', () => {
    expect(factOf('a', { episode: 'e2' }, traceWith({ facts: facts.slice(1, 2) }))).toBeUndefined();
  });
});

describe('where a rule ended', () => {
  test('what gave way to another is that alone, for its own complaint only', () => {
    const rules = [outcome({ episode: 'e1' }), outcome({ episode: 'e2' }), outcome({ id: 'other', outcome: 'silent' })];
    const rows = rowsOf(traceWith({ rules, suppressed: [{ rule: 'rule', episode: 'e1', by: 'row' }] }));
    expect(rows.map(({ standing, by }) => [standing, by])).toEqual([
      ['suppressed', 'row'],
      ['fires', undefined],
      ['silent', undefined],
    ]);
  });
});

describe('the rules of a card', () => {
  const card = (...ids: readonly string[]): Card => ({
    uuid: '',
    summary: '',
    detail: '',
    indicator: 'info',
    source: { label: '', topic: { system: '', code: 'Neck' } },
    overrideReasons: [],
    extension: { [CARD_EXTENSION]: { family: '', rules: ids.map((id) => ({ id, version: '1.0.0' })), statements: [] } },
  });
  const twoAlike = traceWith({
    rules: [
      outcome({ id: 'bullet', episode: 'e1', card: 0 }),
      outcome({ id: 'lead', episode: 'e1', card: 0 }),
      outcome({ id: 'lead', episode: 'e2', card: 1 }),
      outcome({ id: 'bullet', episode: 'e2', card: 1 }),
      outcome({ id: 'lead', episode: 'e3' }),
    ],
  });

  test('are those of its place, in the order of the card', () => {
    const found = outcomesOf(card('lead', 'bullet'), twoAlike, 1);
    expect(found.map(({ id, episode }) => [id, episode])).toEqual([
      ['lead', 'e2'],
      ['bullet', 'e2'],
    ]);
  });

  test('are those of every card that says the same, where the place is not known', () => {
    const found = outcomesOf(card('lead', 'bullet'), twoAlike);
    expect(found.map(({ id, episode }) => `${id} ${episode}`)).toEqual([
      'lead e1',
      'lead e2',
      'bullet e1',
      'bullet e2',
    ]);
    expect(outcomesOf(card('lead'), twoAlike)).toEqual([]);
  });
});

describe('of a running service', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  test('every card of every story has its rules, with its place and without', async () => {
    for (const story of readStories()) {
      const { service: id, request } = resolveTokens(story, { now: Date.now(), zone: 'Europe/Amsterdam' });
      const answer = await post(`${service.url}/explain/${id}`, request);
      const { cards, trace } = answer.json as { readonly cards: readonly Card[]; readonly trace: Trace };
      for (const [place, card] of cards.entries()) {
        const named = card.extension[CARD_EXTENSION].rules.map((rule) => rule.id);
        const found = outcomesOf(card, trace, place);
        expect(found.slice(0, named.length).map((rule) => rule.id)).toEqual(named);
        expect(found.slice(named.length).filter((rule) => rule.outcome !== 'incomplete')).toEqual([]);
        expect(outcomesOf(card, trace)).toEqual(found);
      }
    }
  });

  test('every rule that did not fire has what decided it', async () => {
    const story = readStories().find(({ id }) => id === 'na-day-2')!;
    const { service: id, request } = resolveTokens(story, { now: Date.now(), zone: 'Europe/Amsterdam' });
    const { trace } = (await post(`${service.url}/explain/${id}`, request)).json as { readonly trace: Trace };
    const quiet = trace.rules.filter((rule) => rule.outcome !== 'fires');
    expect(quiet.length).toBeGreaterThan(100);
    expect(quiet.filter((rule) => decisive(rule).length === 0)).toEqual([]);
  });
});
