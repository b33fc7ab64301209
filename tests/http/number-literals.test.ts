/** A draft that comes back changed keeps the decimals that the client wrote: on the wire, and for any JSON; hostile bodies cost precision at most. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import type { Hook } from '../../src/cds-hooks/request.js';
import { readLiterals, writeAnswer, type SentAnswer } from '../../src/http/number-literals.js';
import { draft } from '../support/advice.js';
import { coded, condition, daysAgo } from '../support/records.js';
import { bundleOf, pathOf, requestFor, searchsetOf } from '../support/requests.js';
import { post, startService, type Answer, type RunningService } from '../support/service.js';

/** Stands for a number that is to be written in this way. */
const literal = (text: string): string => `§${text}§`;
const jsonOf = (value: unknown): string => JSON.stringify(value).replace(/"§([^"§]*)§"/g, '$1');

/** What has no literal in it that JSON would write otherwise. */
const isPlain = ({ text }: Answer): boolean => text === JSON.stringify(JSON.parse(text));

describe('an order that is moved, as an EHR gets it', () => {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());

  /** An image of the neck on the third day, which is moved to weeks 3-4; each `§` literal stands in the body as it is. */
  const requestText = (
    more: Readonly<Record<string, unknown>>,
    { hook = 'order-select', others = [] }: { hook?: Hook; others?: readonly unknown[] } = {},
  ): string => {
    const request = requestFor(hook);
    request.prefetch['conditions'] = searchsetOf(
      condition('neck-pain', daysAgo(3), ['site-neck', 'side-right']),
      condition('arm-pain', daysAgo(3), ['site-arm', 'side-right']),
    );
    const mri = { code: coded('mri-cervical'), occurrenceDateTime: daysAgo(-1), ...more };
    request.context['draftOrders'] = bundleOf(...others, draft('ServiceRequest', mri));
    request['extension'] = { 'example.plexus-cds.request': { now: '2026-11-21T10:00:00+01:00', language: 'en' } };
    return jsonOf(request);
  };
  const ask = async (body: string, hook: Hook = 'order-select'): Promise<Answer> => {
    const answer = await post(service.url + pathOf(hook), body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    // Without an update a test of it would say nothing.
    expect(answer.text).toContain('"type":"update"');
    return answer;
  };
  const extension = (...values: readonly string[]) =>
    values.map((value) => ({ url: 'https://ehr.example/amount', valueDecimal: literal(value) }));

  test.each([
    '1.0',
    '0.50',
    '1E+2',
    '-0.0',
    '-0',
    '1e-7',
    '0.0000001',
    '12345678901234567890',
    '72.300000000000000001',
  ])('keeps %s: in an object, in a list and in nested extensions', async (value) => {
    const more = {
      quantityQuantity: { value: literal(value), unit: 'image' },
      extension: [...extension('3', value), { url: 'https://ehr.example/more', extension: extension(value) }],
      contained: [{ resourceType: 'Basic', id: 'b', series: [[literal(value), 1], literal(value)] }],
    };
    const { text } = await ask(requestText(more));
    for (const [name, element] of Object.entries(more)) expect(text).toContain(`"${name}":${jsonOf(element)}`);
  });

  test('keeps them on order-sign, in /explain, and for a draft that only its fullUrl names', async () => {
    const more = { quantityQuantity: { value: literal('1.0') } };
    expect((await ask(requestText(more, { hook: 'order-sign' }), 'order-sign')).text).toContain('{"value":1.0}');
    const explained = await post(`${service.url}/explain/plexus-order-select`, requestText(more));
    expect(explained.text).toContain('{"value":1.0}');
    expect(explained.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(Object.keys(explained.json as object)).toEqual(['cards', 'trace']);
    const stored = requestText(more).replace('"id":"draft-1",', '');
    const unstored = stored.replace('{"resource":{"resourceType":"ServiceRequest"', (entry) =>
      entry.replace('{', '{"fullUrl":"https://ehr.example/fhir/ServiceRequest/draft-1",'),
    );
    expect((await ask(unstored)).text).toContain('{"value":1.0}');
  });

  test('has nothing of an element that was replaced', async () => {
    const occurrencePeriod = { start: daysAgo(-1), extension: extension('7.0') };
    const { text } = await ask(requestText({ occurrenceDateTime: undefined, occurrencePeriod }));
    expect(text).not.toContain('7.0');
    expect(text).toContain(`"occurrencePeriod":${JSON.stringify({ start: daysAgo(-11), end: daysAgo(-24) })}`);
  });

  test('is written as before where the client wrote numbers as JSON does, whatever stands elsewhere', async () => {
    expect(isPlain(await ask(requestText({ quantityQuantity: { value: 1.5 } })))).toBe(true);
    const elsewhere = requestText({ quantityQuantity: { value: 1 } }).replace('{', '{"other":1.0,');
    expect(isPlain(await ask(elsewhere))).toBe(true);
    expect(isPlain(await ask(requestText({ note: [{ text: 'in words: [1.0, 2.50]' }] })))).toBe(true);
  });

  test('of duplicate keys keeps the last', async () => {
    const twice = requestText({ quantityQuantity: { value: literal('2.50') } }).replace('2.50', '1.0,"value":2.50');
    expect((await ask(twice)).text).toContain('"quantityQuantity":{"value":2.50}');
  });

  test('keeps what no double can hold', async () => {
    const { text } = await ask(requestText({ extension: extension('1e400', '-1E400', '1e-400') }));
    expect(text).toContain(jsonOf(extension('1e400', '-1E400', '1e-400')));
  });

  test('loses its precision, not its cards, where a value that is nested too deeply was replaced by one that is not', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const body = requestText({ quantityQuantity: { value: literal('1.0') } }).replace('{', `{"deep":${deep},"deep":1,`);
    const answer = await ask(body);
    expect(answer.text).toContain('"quantityQuantity":{"value":1}');
    expect(isPlain(answer)).toBe(true);
  });

  test.each<[string, unknown]>([
    ['no resource', 1],
    ['keys that every object has', draft('Basic', { id: 'x', constructor: 1, toString: literal('1.0'), toJSON: 1 })],
    ['the same name', draft('ServiceRequest', { quantityQuantity: { value: 1 } })],
  ])('is kept among drafts of a hostile shape: %s', async (_, other) => {
    const { text } = await ask(requestText({ quantityQuantity: { value: literal('1.0') } }, { others: [other] }));
    expect(text).toContain('"quantityQuantity":{"value":1.0}');
  });

  test('poisonous keys are refused as ever', async () => {
    for (const key of ['__proto__', '\\u005f_proto__']) {
      const body = requestText({ quantityQuantity: { value: literal('1.0') } }).replace('{', `{"${key}":{"a":1.0},`);
      expect((await post(service.url + pathOf('order-select'), body)).status).toBe(400);
    }
  });

  test('no number of it is logged', async () => {
    await ask(requestText({ extension: extension('987654321.000') }));
    expect(service.logs()).not.toContain('987654321');
  });
});

/** An answer that updates one resource, and its text around that of the resource. */
const answerWith = (resource: unknown) => {
  const actions = [{ type: 'update', description: 'x', resource }];
  return { cards: [{ summary: 'x', suggestions: [{ label: 'x', uuid: 'x', actions }] }] as unknown as Card[] };
};
const answerText = (resource: string): string => JSON.stringify(answerWith('§')).replace('"§"', () => resource);

/** The answer to a request, whose drafts are read as they are for one. */
const written = (answer: SentAnswer, body: string): string => writeAnswer(answer, readLiterals(body, draftsIn(body)));

function draftsIn(body: string): readonly unknown[] {
  try {
    const { context } = JSON.parse(body) as { context?: Readonly<Record<string, unknown>> };
    return [context];
  } catch {
    return [];
  }
}

const bodyWith = (resource: string, field = 'draftOrders'): string =>
  `{"context":{"${field}":{"entry":[{"resource":${resource}}]}}}`;
const order = (content: string): string => `{"resourceType":"Basic","id":"a","content":${content}}`;

describe('the numbers of an answer', () => {
  test('a number that is ours stays ours, and so does one at a place where the client has none', () => {
    const writtenTo = (ours: unknown, sent: string) => written(answerWith(ours), bodyWith(order(sent)));
    const content = (value: unknown) => ({ resourceType: 'Basic', id: 'a', content: value });
    expect(writtenTo(content([2, 1]), '[1.0,1.0]')).toBe(answerText(order('[2,1.0]')));
    expect(writtenTo(content({ a: 1 }), '{"b":1.0}')).toBe(answerText(order('{"a":1}')));
    expect(writtenTo(content([1, { a: 1 }, [1]]), '[{"a":1.0},[1.0],1.0]')).toBe(answerText(order('[1,{"a":1},[1]]')));
    expect(writtenTo(content([1, '1.0', null]), '["1.0",1.0,1.0]')).toBe(answerText(order('[1,"1.0",null]')));
    expect(writtenTo(content({ value: 1 }), '1.0')).toBe(answerText(order('{"value":1}')));
    expect(writtenTo(content(0), '-0.0')).toBe(answerText(order('0')));
    expect(writtenTo({ ...content(1), id: 'other' }, '1.0')).toBe(answerText(order('1').replace('"a"', '"other"')));
    expect(writtenTo({ ...content(1), resourceType: 'Task' }, '1.0')).toBe(
      answerText(order('1').replace('Basic', 'Task')),
    );
  });

  test('only updates keep them', () => {
    const text = JSON.stringify(answerWith(JSON.parse(order('1')))).replace('update', 'create');
    expect(written(JSON.parse(text) as { cards: Card[] }, bodyWith(order('1.0')))).toBe(text);
  });

  test('are those of an appointment too, and of a Bundle with its one entry as an object', () => {
    const answer = answerWith(JSON.parse(order('1')));
    expect(written(answer, bodyWith(order('1.0'), 'appointments'))).toBe(answerText(order('1.0')));
    expect(written(answer, bodyWith(order('1.0')).replace(/\[|\]/g, ''))).toBe(answerText(order('1.0')));
    expect(written(answer, bodyWith(order('1.0'), 'conditions'))).toBe(answerText(order('1')));
  });

  test.each(['', 'no JSON [1.0', '[1.0]', '{"context":[1.0]}', '{"context":{"draftOrders":{"entry":1.0}}}'])(
    'are written as JSON does for a body without drafts (%s)',
    (body) => {
      expect(written(answerWith(JSON.parse(order('1'))), body)).toBe(answerText(order('1')));
    },
  );

  test('cost a second reading of the body only where one of them would be lost', async () => {
    const parse = vi.fn();
    vi.doMock('lossless-json', async (original) => ({ ...(await original<object>()), parse }));
    vi.resetModules();
    const { readLiterals: read } = await import('../../src/http/number-literals.js');
    const readAll = (body: string) => read(body, draftsIn(body));
    vi.doUnmock('lossless-json');
    const besides = (content: string) => bodyWith(order(content)).replace('{', '{"prefetch":[1.0,3.0],');
    readAll(besides('"no number"'));
    readAll(besides('[2,2.5]'));
    expect(parse).not.toHaveBeenCalled();
    readAll(besides('[2,2.50]'));
    expect(parse).toHaveBeenCalledOnce();
  });

  test('an id that is no text names nothing', () => {
    for (const id of ['1.0', '{"toString":1.0}', 'null', '[[]]']) {
      const sent = order('1.0').replace('"a"', id);
      const ours = JSON.parse(sent) as unknown;
      expect(written(answerWith(ours), bodyWith(sent))).toBe(answerText(JSON.stringify(ours)));
    }
  });

  test.each([
    ['digits', '1'.repeat(4_000_000)],
    ['decimals that do not end', `1.${'0'.repeat(4_000_000)}`],
    ['white space', `1.0${' '.repeat(4_000_000)}`],
    ['marks in a text', `["${',-'.repeat(2_000_000)}",1.0]`],
    ['numbers in a text', `["${',1.0e'.repeat(800_000)}",1.0]`],
    ['one key', `{${'"a":1.0,'.repeat(500_000)}"a":1.0}`],
  ])('of millions of %s are found at once', (_, content) => {
    const ours = JSON.parse(order(content)) as unknown;
    const kept = order(content.trimEnd().replace(/^\{.*\}$/, '{"a":1.0}'));
    // Not toBe: a failure would print megabytes.
    expect(written(answerWith(ours), bodyWith(order(content))) === answerText(kept)).toBe(true);
  });
});

/** JSON in two writings: as a client sends it, and without its white space and without the members that a later one of the same key replaces. */
interface Written {
  readonly sent: string;
  readonly kept: string;
}

const space = fc.stringMatching(/^[ \t\n\r]{0,2}$/);

/** Trees with these numbers and keys. */
function jsonWith(numbers: fc.Arbitrary<string>, keys: fc.Arbitrary<string>): fc.Arbitrary<Written> {
  const same = (text: string): Written => ({ sent: text, kept: text });
  const join = (parts: readonly Written[], open: string, gap: string, close: string): Written => ({
    sent: open + gap + parts.map(({ sent }) => sent).join(`${gap},${gap}`) + gap + close,
    kept: open + parts.map(({ kept }) => kept).join(',') + close,
  });
  const { tree } = fc.letrec<{ tree: Written }>((tie) => {
    const member = fc.record({ key: keys, value: tie('tree'), gap: space, before: fc.option(tie('tree')) });
    const members = fc.uniqueArray(member, { selector: ({ key }) => key, maxLength: 4 }).map((all) =>
      all.map(({ key, value, gap, before }) => {
        const name = JSON.stringify(key);
        const replaced = before ? `${name}:${before.sent},` : '';
        return { sent: `${replaced}${name}${gap}:${gap}${value.sent}`, kept: `${name}:${value.kept}` };
      }),
    );
    const leaf = fc.oneof(
      numbers,
      fc.string({ unit: 'binary', maxLength: 5 }).map((text) => JSON.stringify(text)),
      fc.constantFrom('true', 'null', '"[1.0, 2.50]"'),
    );
    return {
      tree: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        leaf.map(same),
        fc.tuple(fc.array(tie('tree'), { maxLength: 4 }), space).map(([all, gap]) => join(all, '[', gap, ']')),
        fc.tuple(members, space).map(([all, gap]) => join(all, '{', gap, '}')),
      ),
    };
  });
  return tree;
}

describe('for any JSON', () => {
  const anyNumber = fc.stringMatching(/^-?(0|[1-9]\d{0,20})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/);
  const anyKey = fc.oneof(
    // JavaScript puts keys that are whole numbers first, with or without us.
    fc.string({ unit: 'binary', maxLength: 5 }).filter((key) => !/^\d+$/.test(key)),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'toJSON', 'value', 'isLosslessNumber', 'length'),
  );

  test('an update that equals the draft comes back with the literals of the draft', () => {
    fc.assert(
      fc.property(jsonWith(anyNumber, anyKey), ({ sent, kept }) => {
        const text = written(answerWith(JSON.parse(order(sent))), bodyWith(order(sent)));
        expect(text).toBe(answerText(order(kept)));
      }),
      { numRuns: 1000 },
    );
  });

  test('no number of an update changes its value, whatever the draft was', () => {
    const fewNumbers = fc.constantFrom('1', '1.0', '10e-1', '0', '-0', '-0.0', '0.50', '12345678901234567891');
    const json = jsonWith(fewNumbers, fc.constantFrom('a', 'b'));
    fc.assert(
      fc.property(json, json, (ours, sent) => {
        const resource: unknown = JSON.parse(order(ours.sent));
        const text = written(answerWith(resource), bodyWith(order(sent.sent)));
        expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(answerWith(resource)));
      }),
      { numRuns: 1000 },
    );
  });
});
