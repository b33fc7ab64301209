/** /explain: a trace whose clauses lead to facts and records, and the texts that are the same for every patient. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CARD_EXTENSION, type Card } from '../../src/cds-hooks/response.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import type { ExplanationTexts } from '../../src/export/explanation-texts.js';
import { post, send, startService, type RunningService } from '../support/service.js';
import { readStories } from '../support/stories.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService({ env: { DRAFT_LANGUAGES: 'fr' } });
});
afterAll(() => service.close());

interface Clause {
  readonly id: string;
  readonly text: object;
  readonly value: boolean | 'unknown';
  readonly fact?: string;
  readonly combine?: string;
  readonly members?: readonly Clause[];
}

interface Explained {
  readonly cards: readonly Card[];
  readonly trace: Trace;
}

interface Trace {
  readonly facts: readonly { readonly id: string; readonly value?: unknown; readonly evidence?: readonly object[] }[];
  readonly rules: readonly {
    readonly id: string;
    readonly decision: string;
    readonly card?: number;
    readonly clauses: readonly Clause[];
    readonly unless: readonly Clause[];
  }[];
}

const answers = new Map<string, Promise<Explained>>();

/** The explanation of a story, asked once for all tests. */
function explained(storyId: string): Promise<Explained> {
  const known = answers.get(storyId) ?? explain(storyId);
  answers.set(storyId, known);
  return known;
}

async function explain(storyId: string): Promise<Explained> {
  const story = readStories().find(({ id }) => id === storyId)!;
  const { service: id, request } = resolveTokens(story, { now: Date.now(), zone: 'Europe/Amsterdam' });
  return (await post(`${service.url}/explain/${id}`, request)).json as Explained;
}

const traceOf = async (storyId: string): Promise<Trace> => (await explained(storyId)).trace;

const textsOf = async (url: string): Promise<ExplanationTexts> =>
  (await send(`${url}/explain/texts`)).json as ExplanationTexts;

describe('a clause of the trace', () => {
  test('names the fact that it reads, with its value and the records that it rests on', async () => {
    const { rules, facts } = await traceOf('na-day-2');
    const clause = rules
      .find(({ id }) => id === 'na-severe-pain-nsaid')
      ?.clauses.find(({ fact }) => fact === 'pain.latest');
    expect(clause?.value).toBe(true);
    expect(facts.find(({ id }) => id === 'pain.latest')).toMatchObject({
      value: 9,
      evidence: [
        { reference: expect.stringMatching(/^Observation\//), date: expect.any(String), code: expect.any(String) },
      ],
    });
  });

  test('that is a group says how its members count, and each member names its own fact and value', async () => {
    const { rules } = await traceOf('na-day-2');
    const groups = rules.flatMap(({ clauses, unless }) => [...clauses, ...unless]).filter(({ members }) => members);
    expect(new Set(groups.map(({ combine }) => combine))).toEqual(new Set(['anyOf', 'allOf']));
    for (const { combine, value, members = [] } of groups) {
      const known = members.filter((member) => member.value === true).length;
      expect(value === true).toBe(known >= (combine === 'anyOf' ? 1 : members.length));
      for (const member of members) expect(member).toMatchObject({ fact: expect.stringContaining('.'), text: {} });
    }
  });

  test('leads in every story to a fact of the trace, and rule, decision and fact to their texts', async () => {
    const { rules: ruleTexts, facts: factTexts, decisions } = await textsOf(service.url);
    for (const { id: story } of readStories()) {
      const { rules, facts } = await traceOf(story);
      const read = rules
        .flatMap(({ clauses, unless }) => [...clauses, ...unless])
        .flatMap((clause) => clause.members ?? [clause]);
      const ids = new Set(facts.map(({ id }) => id));
      expect(read.filter(({ fact }) => !ids.has(fact!))).toEqual([]);
      expect(rules.filter(({ id, decision }) => !ruleTexts[id] || !decisions[decision])).toEqual([]);
      expect(facts.filter(({ id }) => !factTexts[id])).toEqual([]);
    }
  });
});

test('every rule that a card names leads to its own outcome, also where another card has the same rule', async () => {
  for (const { id: story } of readStories()) {
    const { cards, trace } = await explained(story);
    for (const [place, { extension }] of cards.entries()) {
      const spoke = trace.rules.filter(({ card }) => card === place).map(({ id }) => id);
      for (const { id } of extension[CARD_EXTENSION].rules) expect(spoke.filter((one) => one === id)).toEqual([id]);
    }
  }
});

describe('GET /explain/texts', () => {
  test('has what a rule is called, what its card says first, and the sentence that it rests on', async () => {
    const { rules, decisions } = await textsOf(service.url);
    const { title, says, sources, statements } = rules['na-prednisone-start']!;
    expect(statements).toContain('NA-81');
    expect(title).not.toBe('');
    expect(says).toMatchObject({ nl: expect.stringContaining('prednison'), en: expect.stringContaining('prednisone') });
    expect(sources[0]).toMatchObject({
      kind: 'source',
      label: { nl: 'Huisartsenbrochure neuralgische amyotrofie', en: 'GP brochure on neuralgic amyotrophy' },
      quote: expect.stringContaining('Indien < 2 weken'),
    });
    expect(decisions['RedFlags']).toMatchObject({ nl: 'Rode vlaggen', en: 'Red flags' });
  });

  test('paraphrases in every language what is not quoted, and says which source is an addition of ours', async () => {
    const [source] = (await textsOf(service.url)).rules['na-after-surgery']!.sources;
    expect(source).toMatchObject({ kind: 'extension', paraphrase: { en: expect.stringContaining('surgery') } });
    expect(source).not.toHaveProperty('quote');
  });

  test('has the type of a fact, the unit of a number, the words of a code, and whether none recorded is a no', async () => {
    const { facts } = await textsOf(service.url);
    expect(facts['patient.weight']).toMatchObject({ type: 'decimal', unit: { nl: 'kg' } });
    expect(facts['pain.unscored']).toMatchObject({ type: 'list', values: { arm: { en: 'the arm' } } });
    expect(facts['diabetes.listed']).toMatchObject({ type: 'boolean', noneIsNo: true });
    expect(facts['saddle.lost']).not.toHaveProperty('noneIsNo');
  });

  test('has French where its drafts are served, and nowhere else', async () => {
    expect((await textsOf(service.url)).decisions['RedFlags']).toHaveProperty('fr');
    const finished = await startService({ env: { DRAFT_LANGUAGES: 'none' } });
    const text = JSON.stringify(await textsOf(finished.url));
    await finished.close();
    expect(text).not.toContain('"fr":');
  });

  test('says why a rule gave way to another', async () => {
    expect((await textsOf(service.url)).precedence['alarm-before-timeline']).toMatch(/^P1 /);
  });

  test('is sent once: who names its ETag is told that nothing changed', async () => {
    const first = await send(`${service.url}/explain/texts`);
    const etag = first.headers.get('etag')!;
    expect([first.status, first.headers.get('cache-control')]).toEqual([200, 'no-cache']);
    const again = await send(`${service.url}/explain/texts`, { headers: { 'if-none-match': etag } });
    expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    const other = await send(`${service.url}/explain/texts`, { headers: { 'if-none-match': 'W/"other"' } });
    expect([other.status, other.text]).toEqual([200, first.text]);
  });

  test('is not there where explaining is switched off', async () => {
    const off = await startService({ env: { EXPLAIN: 'off' } });
    const { status } = await send(`${off.url}/explain/texts`);
    await off.close();
    expect(status).toBe(404);
  });

  test('takes no other method: 405 with Allow', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const { status, headers } = await send(`${service.url}/explain/texts`, { method });
      expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });
});
