/** What a card may say and how much of it: length, inert text, questions, lines, and how many cards there are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Episode } from '../../src/case/case.js';
import { planCards, type CardPlan } from '../../src/cards/group.js';
import { renderCards } from '../../src/cards/render.js';
import type { CardTexts, RenderTools } from '../../src/cards/sentences.js';
import { asPlainText, bounded, inert, readable, shorten, withoutTags } from '../../src/cards/record-text.js';
import { WORDS, factText } from '../../src/cards/words.js';
import { CARD_EXTENSION } from '../../src/cds-hooks/response.js';
import type { FactValue, Subject } from '../../src/facts/fact.js';
import { UNKNOWN_CLIENT } from '../../src/load-clients.js';
import type { Ordering } from '../../src/orders/ordering.js';
import { evaluate, type Outcome } from '../../src/rules/evaluate.js';
import type { Citation, Level, Rule } from '../../src/rules/rule.js';
import { emptyPlaces } from '../support/json.js';
import { CONTEXT, FACTS, NOBODY, clauses, readFrom, ruleOf } from '../support/rules.js';

const TEXTS: CardTexts = {
  facts: new Map(FACTS.map((declaration, number) => [declaration.id, { number, declaration }])),
  sources: CONTEXT.sources,
  links: CONTEXT.links,
  leaflets: new Map(),
  overrides: {
    flag: [{ code: 'seen', system: 'https://example.org/reasons', display: { nl: 'gezien', en: 'seen' } }],
  },
  base: 'https://example.org/fhir',
};
const ORDERING: Ordering = {
  orders: {
    patientId: 'p1',
    reasonsOf: () => [],
    today: 0,
    drafts: [],
    isCode: () => false,
    conceptsOf: () => [],
    isArranged: () => false,
    mayBeGiven: () => true,
    isPlannedFor: () => true,
  },
  templates: new Map(),
  jurisdiction: 'NL',
  language: 'en',
  gpMayOrderImaging: false,
  orderCodes: {},
};
type Facts = Readonly<Record<string, FactValue>>;
const outcomeOf = (rule: Rule, facts: Facts = {}, subject: Subject = NOBODY): Outcome =>
  evaluate(rule, subject, readFrom(facts));
const toolsFor = (facts: Facts, more: Partial<RenderTools> = {}): RenderTools => ({
  texts: TEXTS,
  read: readFrom(facts),
  language: 'en',
  demo: false,
  publicUrl: 'https://plexus.example',
  randomId: () => 'an-id',
  ordering: ORDERING,
  takes: UNKNOWN_CLIENT.capabilities,
  incomplete: [],
  ...more,
});
const plansOf = (...outcomes: readonly Outcome[]) => planCards(outcomes, CONTEXT.decisions, 'patient-view');
const planOf = (...outcomes: readonly Outcome[]): CardPlan => plansOf(...outcomes).plans[0]!;
const cardOf = (facts: Facts, rules: readonly Rule[], more: Partial<RenderTools> = {}) =>
  renderCards([planOf(...rules.map((rule) => outcomeOf(rule, facts)))], toolsFor(facts, more))[0]!;

describe('the summary', () => {
  const SUMMARY = { nl: 'Sinds {pain.days} dagen, {complaint.kind}: {complaint.note}', en: '{complaint.note}' };

  it('puts values in the words and signs of the language', () => {
    const rule = ruleOf('told', {
      card: {
        summary: { nl: '{pain.score}, {complaint.kind}, {complaint.began}', en: '{pain.score}, {complaint.began}' },
      },
    });
    const facts = { 'pain.score': 7.25, 'complaint.kind': 'sudden', 'complaint.began': 20791 };
    expect(cardOf(facts, [rule], { language: 'nl' }).summary).toBe('7,25, plotseling, 4 december');
    expect(cardOf(facts, [rule]).summary).toBe('7.25, 4 December');
  });

  it('says of an unknown value that it is not recorded', () => {
    const rule = ruleOf('told', { card: { summary: SUMMARY } });
    expect(cardOf({ 'pain.days': 3 }, [rule], { language: 'nl' }).summary).toBe(
      'Sinds 3 dagen, niet vastgelegd: niet vastgelegd',
    );
  });

  it('is never longer than 139 UTF-16 units, whatever the text and the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), fc.string({ unit: 'grapheme' }), (text, note) => {
        const en = `x${text.replaceAll(/[{}]/g, '')} {complaint.note} {complaint.note}`;
        const card = cardOf({ 'complaint.note': note }, [ruleOf('told', { card: { summary: { nl: en, en } } })]);
        expect(card.summary.length).toBeLessThanOrEqual(139);
        // No half of a surrogate pair: encoding it would throw.
        expect(() => encodeURIComponent(card.summary)).not.toThrow();
      }),
      { numRuns: 60 },
    );
  });

  it('is never longer than 139, also when many facts could not be checked', () => {
    const declarations = FACTS.map((fact) => ({ ...fact, text: { nl: 'lang '.repeat(30), en: 'long '.repeat(30) } }));
    const facts = new Map(declarations.map((declaration, number) => [declaration.id, { number, declaration }]));
    const check = ruleOf('check', {
      orders: ['draft-test'],
      decision: 'Check',
      when: clauses({ id: 'a', fact: 'pain.score', above: 1 }, { id: 'b', fact: 'pain.days', above: 1 }),
    });
    const card = cardOf({}, [check], { texts: { ...TEXTS, facts } });
    expect(card.summary).toHaveLength(139);
    expect(card.summary.startsWith(WORDS.en.cannotCheck)).toBe(true);
    expect(card.summary.endsWith('…')).toBe(true);
  });

  it('a value of the record is cut at its own length before', () => {
    const declaration = FACTS.find(({ id }) => id === 'complaint.note')!;
    const text = factText({ value: 'a'.repeat(41), evidence: [] }, declaration, 'en', 'text');
    expect(text).toBe(`${'a'.repeat(39)}…`);
    expect(factText({ value: 'a'.repeat(40), evidence: [] }, declaration, 'en', 'text')).toBe('a'.repeat(40));
    // A character of two units is never halved.
    expect(shorten('😀😀😀', 5)).toBe('😀😀…');
    expect(shorten('😀😀😀', 4)).toBe('😀…');
  });
});

describe('text of the record is inert', () => {
  it.each([
    ['<img src=x onerror=alert(1)>', '&lt;img src\\=x onerror\\=alert\\(1\\)&gt;'],
    ['[click](javascript:alert)', '\\[click\\]\\(javascript\u2060:alert\\)'],
    ['**bold** _it_ `code` ~~gone~~', '\\*\\*bold\\*\\* \\_it\\_ \\`code\\` \\~\\~gone\\~\\~'],
    ['# head | cell > quote', '\\# head \\| cell &gt; quote'],
    ['1. - + ! ===', '1\\. \\- \\+ \\! \\=\\=\\='],
    ['"a" & \'b\'', '&quot;a&quot; &amp; &#39;b&#39;'],
    ['{pain.score}', '\\{pain\u2060\\.\u2060score\\}'],
    ['\\', '\\\\'],
    ['spierzwakte à 2½ °C', 'spierzwakte à 2½ °C'],
  ])('%j', (text, expected) => {
    expect(inert(readable(text))).toBe(expected);
  });

  it.each([
    ['a\nb\tc\u0000d', 'a b c d'],
    ['a\r\nb\u000bc\u0085d', 'a b c d'],
    ['a\u202eb\u2066c\u200bd\ufeff', 'a b c d'],
    ['a\u2028b\u2029c', 'a b c'],
    ['a\u3164\u034f\ue000\ufdd0b', 'a b'],
    ['a\ud83d b\ude00', 'a b'],
    ['\u{1f600} ❤\ufe0f', '\u{1f600} ❤\ufe0f'],
  ])('what cannot be read is a space: %j', (text, expected) => {
    expect(readable(text)).toBe(expected);
  });

  it('keeps three marks on a letter, no more', () => {
    expect(readable(`e${'\u0301'.repeat(3)}`)).toBe(`e${'\u0301'.repeat(3)}`);
    expect(readable(`e${'\u0301'.repeat(4)}l`)).toBe(`e${'\u0301'.repeat(3)}l`);
  });

  it.each([
    ['www.evil.example', 'www\u2060.\u2060evil\u2060.\u2060example'],
    ['www.1evil.com', 'www\u2060.\u20601evil\u2060.\u2060com'],
    ['WWW.1.5', 'WWW\u2060.\u20601.5'],
    ['www.\ufe0fevil\ufe0f.com', 'www\u2060.\u2060\ufe0fevil\ufe0f\u2060.\u2060com'],
    ['https://evil.example/a', 'https\u2060:/\u2060/evil\u2060.\u2060example/a'],
    ['//1evil', '/\u2060/1evil'],
    ['someone@evil.example', 'someone\u2060@evil\u2060.\u2060example'],
    ['a@1.1c', 'a\u2060@1.1c'],
    ['2.5 mg, 10:30 uur. Ja @ 5', '2.5 mg, 10:30 uur. Ja @ 5'],
  ])('an address is no link: %s', (text, expected) => {
    expect(readable(text)).toBe(expected);
  });

  // As they look in text: mdast-util-gfm-autolink-literal (of remark-gfm) and, with the commonest endings, linkify-it (of markdown-it).
  const FINDERS = [
    /(?:https?:\/\/|www(?=\.))[-.\w]+/i,
    /[-.\w+]+@[-\w]+(?:\.[-\w]+)+/u,
    /[^\s\p{P}](?:-|[^\s\p{P}])*\.(?:com|org|net|nl|be|рф)(?![\p{L}\p{N}])/iu,
    /(?:^|[\s\p{P}])\/\/[^\s\p{P}]+\.[^\s\p{P}]+/u,
    /(?:https?|ftp):\/\/|mailto:\S+@/i,
  ];
  it('no finder of addresses finds one in what is left', () => {
    const part = fc.constantFrom(
      ...['www', 'WWW', 'http', 'https', 'mailto', 'a', '1', 'evil', 'com', 'nl', 'рф', '😀', '-', '_', ' '],
      ...['.', '.', '.', ':', '/', '/', '@', '\ufe0f', '\u0301', '\u200b', '\\', '<'],
    );
    const text = fc.array(part, { minLength: 2, maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (address) => {
        for (const finder of FINDERS) expect(readable(address)).not.toMatch(finder);
      }),
      { numRuns: 2000 },
    );
    const found = ['www.1evil.com', 'a@1.1c', 'evil\ufe0f.com', '//evil.x', 'ftp://x'];
    for (const [place, address] of found.entries()) expect(address).toMatch(FINDERS[place]!);
  });

  it('words that are written from right to left are kept apart, within the limit too', () => {
    expect(bounded('כאב 7', 40)).toBe('\u2068כאב 7\u2069');
    expect(bounded('כאב', 5)).toBe('\u2068כאב\u2069');
    expect(bounded('כאבים', 5)).toBe('\u2068כא…\u2069');
    expect(bounded('pijn', 4)).toBe('pijn');
  });

  it('nothing of a text is left that Markdown or HTML would read', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = inert(readable(text));
        const bare = escaped.replace(/\\[!-/:-@[-`{-~]/g, '').replace(/&(?:lt|gt|amp|quot|#39);/g, '');
        expect(bare.replaceAll('\u2060', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}<>&"'\\`*_{}[\]()#+.!|~=-]/u);
      }),
    );
  });

  it('on the card as well, and a placeholder in a value is no placeholder', () => {
    const rule = ruleOf('told', { card: { detail: { nl: '{complaint.note}', en: 'Note: {complaint.note}' } } });
    const card = cardOf({ 'complaint.note': '<b>{pain days}</b>', 'pain.days': 3 }, [rule]);
    expect(card.detail).toContain('Note: &lt;b&gt;\\{pain days\\}&lt;/b&gt;');
  });

  it('in the summary, which is no Markdown, it stands as it was written, but for tags', () => {
    const text = { nl: '{complaint.note}', en: '{complaint.note}' };
    const rule = ruleOf('told', { card: { summary: text, detail: text } });
    const card = cardOf({ 'complaint.note': 'a*b <c> \u202ed' }, [rule]);
    expect(card.summary).toBe('a*b ‹c> d');
    expect(card.detail).toContain('a\\*b &lt;c&gt; d');
    const takes = { ...UNKNOWN_CLIENT.capabilities, markdown: false };
    expect(cardOf({ 'complaint.note': 'a*b <c> \u202ed' }, [rule], { takes }).detail).toContain('a*b ‹c> d');
  });

  it.each([
    ['<img src=x>', '‹img src=x>'],
    ['</b><!-- <?x', '‹/b>‹!-- ‹?x'],
    ['<5, < 5, <<B, 5<', '<5, < 5, <‹B, 5<'],
  ])('in plain text nothing opens a tag: %s', (text, expected) => {
    expect(withoutTags(text)).toBe(expected);
  });

  it('a value that is cut is cut before it is escaped', () => {
    const rule = ruleOf('told', { card: { detail: { nl: '{complaint.note}', en: '{complaint.note}' } } });
    expect(cardOf({ 'complaint.note': '<'.repeat(41) }, [rule]).detail).toContain(`${'&lt;'.repeat(39)}…`);
  });

  it('a list of values of ours and of the record', () => {
    const declaration = FACTS.find(({ id }) => id === 'complaint.kind')!;
    const write = (value: FactValue) => factText({ value, evidence: [] }, declaration, 'en', 'markdown');
    expect(write(['sudden', 'gradual'])).toBe('sudden, gradual');
    expect(write(['sudden', '*'])).toBe('sudden, \\*');
    expect(write('constructor')).toBe('constructor');
  });
});

describe('what is still to check', () => {
  const unsure = (id: string, ...facts: readonly string[]) =>
    ruleOf(id, {
      unless: clauses(...facts.map((fact) => ({ id: fact.replace(/\W/g, '-'), fact, above: 100 }))),
      card: { bullet: { nl: id, en: id } },
    });

  it('names at most three facts on the card, and all in the extension', () => {
    const rule = ruleOf('asks', {
      unless: clauses(
        { id: 'a', fact: 'pain.atNight', is: true },
        { id: 'b', fact: 'pain.atRest', is: true },
        { id: 'c', fact: 'pain.sudden', is: true },
        { id: 'd', fact: 'pain.score', below: 4 },
      ),
    });
    const card = cardOf({}, [rule]);
    expect(card.detail).toContain('**Still to check:** pain.atNight (en); pain.atRest (en); pain.sudden (en).');
    expect(card.extension[CARD_EXTENSION].missing).toEqual([
      'pain.atNight',
      'pain.atRest',
      'pain.sudden',
      'pain.score',
    ]);
  });

  it('names each fact once, those of the leading line first', () => {
    const card = cardOf({}, [unsure('b-second', 'pain.days', 'pain.score'), unsure('a-first', 'pain.score')]);
    expect(card.extension[CARD_EXTENSION].missing).toEqual(['pain.score', 'pain.days']);
  });

  it('says nothing when all is known', () => {
    const card = cardOf({ 'pain.score': 8 }, [unsure('asks', 'pain.score')]);
    expect(card.detail).not.toContain('Still to check');
    expect(card.extension[CARD_EXTENSION]).not.toHaveProperty('missing');
  });

  it('asks for the facts of an incomplete rule of the same decision', () => {
    const near = outcomeOf(ruleOf('near', { when: clauses({ id: 'a', fact: 'pain.days', above: 1 }) }));
    const far = outcomeOf(
      ruleOf('far', { decision: 'Night', when: clauses({ id: 'a', fact: 'pain.score', above: 1 }) }),
    );
    const card = cardOf({}, [ruleOf('told')], { incomplete: [near, far] });
    expect(card.extension[CARD_EXTENSION].missing).toEqual(['pain.days']);
  });
});

describe('a check of an order that could not be completed', () => {
  const check = (more: Partial<Rule> = {}) =>
    ruleOf('check', {
      orders: ['draft-test'],
      decision: 'Check',
      statements: ['T-01'],
      when: clauses({ id: 'a', fact: 'pain.score', above: 1 }),
      ...more,
    });

  it('gives an info card that names the fact and carries the statements', () => {
    const card = cardOf({}, [check()]);
    expect(card).toMatchObject({ indicator: 'info', source: { topic: { code: 'Check' } } });
    expect(card.summary).toBe(`${WORDS.en.cannotCheck} pain.score (en).`);
    expect(card.extension[CARD_EXTENSION]).toMatchObject({ statements: ['T-01'], missing: ['pain.score'] });
  });

  it('a rule that is about no order gives none', () => {
    expect(plansOf(outcomeOf(check({ orders: [] }))).plans).toEqual([]);
  });
});

describe('the lines of a card', () => {
  const bullet = (text: string) => ({ bullet: { nl: text, en: text } });

  it('the most urgent leads, the others follow as lines, and every statement is named', () => {
    const graver = ruleOf('z-graver', {
      statements: ['T-02'],
      card: { indicator: [{ level: 'warning', when: [] }], summary: { nl: 'erger', en: 'graver' } },
    });
    const card = cardOf({}, [ruleOf('a-milder', { card: bullet('the milder one') }), graver]);
    expect(card).toMatchObject({ summary: 'graver', indicator: 'warning' });
    expect(card.detail).toContain('- the milder one');
    expect(card.extension[CARD_EXTENSION].statements).toEqual(['T-02', 'T-01']);
    expect(card.extension[CARD_EXTENSION].rules.map(({ id }) => id)).toEqual(['z-graver', 'a-milder']);
  });

  it.each([
    ['extension', 'Addition'],
    ['safety', 'Safety note'],
  ] as const)('a line of kind %s carries its mark and its own source', (kind, mark) => {
    const source: readonly Citation[] = [{ doc: 'handbook', paraphrase: { nl: 'x', en: 'x' }, kind }];
    const card = cardOf({}, [ruleOf('a-lead'), ruleOf('b-line', { source, card: bullet('also this') })]);
    expect(card.detail).toContain(`- *${mark}:* also this (Handbook)`);
  });

  it('a line of the source carries no mark', () => {
    expect(cardOf({}, [ruleOf('a-lead'), ruleOf('b-line', { card: bullet('also this') })]).detail).toMatch(
      /^- also this$/m,
    );
  });

  it('quotes the source of the rule that leads', () => {
    expect(cardOf({}, [ruleOf('told')]).detail).toContain(
      '> “Pain at night, or at rest, for a week or more” (Leaflet, page 1)',
    );
  });

  it('a line without a card to ride on is told in the trace', () => {
    const silent = ruleOf('line', { card: { ...bullet('x') } });
    const { summary, ...card } = silent.card;
    expect(summary).toBeDefined();
    const { plans, suppressed } = plansOf(outcomeOf({ ...silent, card }));
    expect(plans).toEqual([]);
    expect(suppressed).toMatchObject([{ by: 'no card to ride on' }]);
  });
});

describe('a line that rides on the leading card', () => {
  const rider = ruleOf('rider', {
    decision: 'Night',
    card: { rides: 'leading', aloneOn: ['patient-view'], bullet: { nl: 'mee', en: 'rides along' } },
  });
  const at = (id: string): Subject => ({ ...NOBODY, episode: { id } as Episode });

  it('joins the first card of its episode', () => {
    const [first, second] = [at('e1'), at('e2')];
    const { plans } = plansOf(
      outcomeOf(ruleOf('graver', { level: 'P1' }), {}, first),
      outcomeOf(ruleOf('milder'), {}, second),
      outcomeOf(rider, {}, second),
    );
    expect(plans.map(({ lines }) => lines.map(({ rule }) => rule.id))).toEqual([['graver'], ['milder', 'rider']]);
  });

  it('joins the first card when its episode has none', () => {
    const { plans } = plansOf(outcomeOf(ruleOf('told'), {}, at('e1')), outcomeOf(rider, {}, at('e2')));
    expect(plans.map(({ lines }) => lines.map(({ rule }) => rule.id))).toEqual([['told', 'rider']]);
  });

  it('of the patient joins the first card, not the first of the patient', () => {
    const { plans } = plansOf(
      outcomeOf(ruleOf('urgent', { level: 'P4' }), {}, at('e1')),
      outcomeOf(ruleOf('later', { level: 'P6', decision: 'Night' })),
      outcomeOf(rider),
    );
    expect(plans.map(({ lines }) => lines.map(({ rule }) => rule.id))).toEqual([['urgent', 'rider'], ['later']]);
  });

  it('stands alone only on the hooks that it names', () => {
    const alone = (hook: 'patient-view' | 'order-sign') => planCards([outcomeOf(rider)], CONTEXT.decisions, hook);
    expect(alone('patient-view').plans).toMatchObject([{ decision: { id: 'Night' } }]);
    expect(alone('order-sign')).toMatchObject({ plans: [], suppressed: [{ by: 'no card to ride on' }] });
  });
});

describe('how many cards', () => {
  const decisions = new Map(
    Array.from({ length: 8 }, (_, index) => `D${index}`).map((id) => [
      id,
      { id, title: { nl: id, en: id }, per: 'patient' as const },
    ]),
  );
  const planned = (...levels: readonly Level[]) =>
    planCards(
      levels.map((level, index) => outcomeOf(ruleOf(`rule-${index}`, { level, decision: `D${index}` }))),
      decisions,
      'patient-view',
    );

  it('at most three, and what is cut is told in the trace', () => {
    const { plans, suppressed } = planned('P4', 'P5', 'P6', 'P4', 'P5');
    expect(plans.map(({ lead }) => lead.rule.level)).toEqual(['P4', 'P4', 'P5']);
    expect(suppressed).toMatchObject([{ by: 'more than three cards' }, { by: 'more than three cards' }]);
  });

  it('besides P0 to P3, which are never cut and come first', () => {
    const { plans } = planned('P4', 'P5', 'P6', 'P4', 'P3', 'P2', 'P1', 'P0');
    expect(plans.map(({ lead }) => lead.rule.level)).toEqual(['P0', 'P1', 'P2', 'P3', 'P4', 'P4', 'P5']);
  });

  it('one for a decision of an episode, another for another episode', () => {
    const [first, second] = ['e1', 'e2'].map((id): Subject => ({ ...NOBODY, episode: { id } as Episode }));
    const rule = ruleOf('told');
    expect(plansOf(outcomeOf(rule, {}, first), outcomeOf(rule, {}, second)).plans).toHaveLength(2);
    const whole = ruleOf('told', { decision: 'Night' });
    expect(plansOf(outcomeOf(whole, {}, first), outcomeOf(whole, {}, second)).plans).toHaveLength(1);
  });
});

describe('the shape of a card', () => {
  it('holds no empty text, list or object, in both languages', () => {
    const bare = ruleOf('bare', { card: { links: [] } });
    for (const language of ['nl', 'en'] as const) {
      for (const rule of [bare, ruleOf('full')]) {
        expect(emptyPlaces(cardOf({}, [rule], { language }))).toEqual([]);
      }
    }
    expect(cardOf({}, [bare])).not.toHaveProperty('links');
  });

  it('names topic, source, reasons, links and what rests on it', () => {
    expect(cardOf({}, [ruleOf('told')], { demo: true })).toMatchObject({
      uuid: 'an-id',
      source: {
        label: 'Leaflet',
        url: 'https://example.org/leaflet',
        topic: { system: 'https://example.org/fhir/CodeSystem/card-topic', code: 'Pain', display: 'Pain' },
      },
      overrideReasons: [{ code: 'seen', display: 'seen' }],
      links: [{ label: 'More', url: 'https://example.org/more', type: 'absolute' }],
      detail: expect.stringContaining('*Demonstration: not CE-marked, not for clinical use.*') as string,
      extension: { [CARD_EXTENSION]: { family: 'F-PAIN', rules: [{ id: 'told', version: '1.0.0' }] } },
    });
  });
});

describe('plain text', () => {
  it.each([
    ['**Wat nu**', 'Wat nu'],
    ['*Safety note:* call', 'Safety note: call'],
    ['> “a quote” (Handbook)', '“a quote” (Handbook)'],
    ['- a line', '- a line'],
    ['5 &gt; 3 &amp;lt; 4', '5 > 3 &lt; 4'],
    ['a\\*b\\_c\\\\', 'a*b_c\\'],
  ])('of %s is %s', (markdown, text) => {
    expect(asPlainText(markdown)).toBe(text);
  });

  it('gives back every text of a record as it was, without its controls', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(asPlainText(inert(text))).toBe(text);
      }),
    );
  });
});
