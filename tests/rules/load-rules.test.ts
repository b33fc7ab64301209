/** Every mistake that the loader of rules refuses, each with a file of its own that is right but for that one mistake. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileClause } from '../../src/rules/clauses.js';
import { loadRules } from '../../src/rules/load-rules.js';
import type { Clause } from '../../src/rules/rule.js';
import { KnowledgeError } from '../../src/yaml-file.js';
import { ROOT, filesBelow } from '../support/files.js';
import { CONTEXT, FACTS, clauses, fixture, goodRule, type Written } from '../support/rules.js';

const FOLDER = 'tests/fixtures/rules-refused';
const OPERATORS = 'is, in, atLeast, above, atMost, below, between, recorded';

/** Folder, line of the mistake, and the sentence that names it and its cure. */
const REFUSALS: readonly (readonly [string, number, string])[] = [
  ['syntax-error', 11, 'must be sufficiently indented and end with a ]'],
  ['double-key', 12, 'Map keys must be unique'],
  ['unknown-key', 12, 'unknown key "priority"; see rules/README.md for the keys'],
  ['unknown-key-in-clause', 20, 'unknown key "atleast"; see rules/README.md for the keys'],
  ['unknown-key-in-group', 24, 'unknown key "anyof"; see rules/README.md for the keys'],
  ['unknown-key-in-card', 35, 'unknown key "colour"; see rules/README.md for the keys'],
  ['group-in-group', 25, 'unknown key "anyOf"; see rules/README.md for the keys'],
  ['no-operator', 17, `the clause long needs exactly one of ${OPERATORS}`],
  ['two-operators', 17, `the clause long needs exactly one of ${OPERATORS}`],
  ['unknown-hook', 10, 'hooks.0 must be one of patient-view, order-select, order-sign, appointment-book'],
  ['unknown-fact', 19, 'there is no fact pain.dayz in rules/facts'],
  ['operator-of-another-type', 24, 'atLeast does not fit pain.atNight, which is a boolean'],
  ['operand-of-another-type', 20, '"7" is no operand for atLeast of a days'],
  ['unknown-code', 20, '"sudenly" is no operand for is of a code'],
  ['unknown-setting', 30, 'there is no setting mildestScore in rules/settings.yaml'],
  ['duplicate-id', 1, `the id night-pain is also that of rules-refused/duplicate-id/first/night-pain.yaml`],
  ['id-not-file-name', 1, "the id night-pain is not the file's name; rename one of them"],
  ['unknown-statement', 9, 'T-99 is not in rules/catalogue.json'],
  ['changed-quote', 14, 'copy the quote from the catalogue'],
  ['quote-of-another-document', 14, 'the sentence stands in leaflet, not in handbook'],
  ['no-quote', 14, 'a source needs a quote, or a paraphrase in our own words'],
  ['unknown-source', 14, 'there is no source leeflet in rules/sources.yaml'],
  ['unknown-decision', 7, 'there is no decision Pane in rules/decisions.yaml'],
  ['unknown-family', 8, 'there is no family F-PANE in rules/families.yaml'],
  ['unknown-family-with-level', 8, 'there is no family F-PANE in rules/families.yaml'],
  ['unknown-draft-kind', 6, 'there is no value set draft-tset in fhir-profiles/value-sets'],
  ['unknown-link', 38, 'there is no link mores in rules/links.yaml'],
  ['unknown-suggestion-fact', 40, 'there is no fact pain.planed'],
  ['unknown-order-template', 40, 'there is no order template visist in fhir-profiles/order-templates'],
  ['unknown-companion-template', 40, 'there is no order template visist in fhir-profiles/order-templates'],
  ['unknown-dose-template', 40, 'there is no order template visist in fhir-profiles/order-templates'],
  ['unknown-clause-of-suggestion', 40, 'there is no clause lang'],
  ['unknown-unless-of-suggestion', 40, 'there is no clause lang'],
  ['unknown-detail-concept', 40, 'there is no value set therapy-tset in fhir-profiles/value-sets'],
  ['priority-of-nothing', 40, 'say with of: which kinds of draft become more urgent'],
  ['suggestion-without-label', 40, 'a suggestion that is no order needs a label'],
  ['suggestion-fact-of-another-type', 40, 'pain.days is a days; this suggestion needs a date'],
  ['two-deeds', 40, 'a suggestion does exactly one of order, move, dose, priority, hold, withdraw, leaveOut, cancel'],
  ['two-recommended', 40, 'only one suggestion can be the recommended one'],
  ['unknown-key-in-suggestion', 40, 'unknown key "wiht"'],
  ['change-without-order', 39, 'only a rule with orders has an order to change'],
  ['with-without-order', 40, 'with: goes with order:, which names what must not be without it'],
  ['of-without-priority', 40, 'of: goes with priority:, which makes drafts of these kinds urgent'],
  ['recommended-order', 40, 'only the withdrawal of what is forbidden is recommended'],
  ['choice-of-nothing', 33, 'no suggestion names worse in when or unless'],
  [
    'suggestion-never-withheld',
    40,
    'say with offers: in one example that visit is offered, and in another that it is not',
  ],
  ['example-offers-otherwise', 47, 'the example "six days" offers visit, not nothing'],
  ['unknown-reason-set', 41, 'there is no reason set flga in fhir-profiles/code-systems/override-reason.json'],
  ['no-reason-set', 33, 'needs override: the name of a reason set'],
  ['double-clause-id', 17, 'the clause id at-night is used twice'],
  ['unknown-clause-in-indicator', 34, 'there is no clause at-nigth'],
  ['no-level-without-conditions', 34, 'the last level, and only it, stands without conditions'],
  ['level-without-example', 34, 'no example expects the indicator warning'],
  [
    'clause-that-never-decides',
    17,
    'no example shows that long alone decides; add one in which only it silences the rule',
  ],
  [
    'unless-that-never-decides',
    27,
    'no example shows that mild alone decides; add one in which only it silences the rule',
  ],
  ['group-that-never-decides', 21, 'no example shows that picture alone decides; add one in which only it'],
  ['member-that-never-decides', 21, 'no example shows that at-rest alone makes picture true'],
  ['no-example-below', 17, 'the threshold 7 of long has no example just below it (within 1)'],
  ['no-example-at', 17, 'the threshold 7 of long has no example at it (within 1)'],
  ['no-example-above', 17, 'the threshold 7 of long has no example just above it (within 1)'],
  ['no-example-at-setting', 27, 'the threshold 4 of mild has no example at it (within 1)'],
  ['no-example-fires', 44, 'no example fires'],
  ['failing-example', 52, 'the example "four" should be silent and is fires'],
  ['example-with-another-reason', 49, 'the example "by day only" is silent because of picture, not of long'],
  ['example-that-checks-nothing', 52, 'the example "four" does not leave mild to be checked'],
  ['example-with-unknown-fact', 52, 'the example "four" names pain.scores, which is no fact'],
  [
    'example-value-of-another-type',
    52,
    'the example "four" gives pain.score the value "4"; write a number, or unknown',
  ],
  [
    'example-base-of-another-type',
    44,
    'the base of the examples gives pain.days the value 8.5; write a whole number of days, or unknown',
  ],
  [
    'example-with-unknown-code',
    52,
    'the example "four" gives complaint.kind the value "sudenly"; write one of sudden, gradual, or unknown',
  ],
  ['missing-language', 36, "card.summary must have required property 'en'"],
  ['missing-language-of-clause', 28, "unless.0.text must have required property 'en'"],
  ['empty-text', 36, 'card.summary.nl must NOT have fewer than 1 characters'],
  ['summary-too-long', 37, 'the summary can become 159 characters; at most 139'],
  ['unknown-placeholder', 37, 'there is no fact pain.dayz for {pain.dayz}'],
  ['misspelt-placeholder', 37, 'a brace opens no placeholder; write {theme.fact}'],
  ['placeholder-with-format', 37, 'a brace opens no placeholder; write {theme.fact}'],
  ['boolean-placeholder', 37, '{pain.atNight} is a boolean and has no text'],
];

function refusalOf(folder: string): KnowledgeError {
  const paths = filesBelow(`${FOLDER}/${folder}`, '.yaml').map((path) => path.replace('tests/fixtures/', ''));
  try {
    loadRules(paths.map(fixture), CONTEXT);
  } catch (error) {
    if (error instanceof KnowledgeError) return error;
    throw error;
  }
  throw new Error(`${folder} was not refused`);
}

describe('what the loader of rules refuses', () => {
  it.each(REFUSALS)('%s, at line %i: %s', (folder, line, sentence) => {
    const error = refusalOf(folder);
    expect(error.place).toMatch(new RegExp(`^rules-refused/${folder}/.*\\.yaml:${line}$`));
    expect(error.message).toContain(sentence);
  });

  it('every refused file is in the list', () => {
    expect(readdirSync(join(ROOT, FOLDER)).sort()).toEqual(REFUSALS.map(([folder]) => folder).sort());
  });
});

describe('an operand that does not fit its operator', () => {
  it.each([
    [{ fact: 'pain.atNight', is: 'true' }, '"true" is no operand for is of a boolean'],
    // What YAML makes of `is:` without a value.
    [{ fact: 'pain.atNight', is: null }, 'null is no operand for is of a boolean'],
    [{ fact: 'complaint.note', is: 7 }, '7 is no operand for is of a text'],
    [{ fact: 'complaint.note', recorded: 'yes' }, '"yes" is no operand for recorded of a text'],
    [{ fact: 'complaint.kind', in: 'sudden' }, '"sudden" is no operand for in of a code'],
    [{ fact: 'complaint.kind', in: ['sudden', 7] }, '["sudden",7] is no operand for in of a code'],
    [{ fact: 'complaint.kind', in: [7] }, '[7] is no operand for in of a code'],
    [{ fact: 'pain.days', between: 7 }, '7 is no operand for between of a days'],
    [{ fact: 'pain.days', between: [7] }, '[7] is no operand for between of a days'],
    [{ fact: 'pain.days', between: [7, 14, 21] }, '[7,14,21] is no operand for between of a days'],
    [{ fact: 'pain.days', between: ['7', 14] }, '["7",14] is no operand for between of a days'],
    [{ fact: 'pain.days', between: [7, '14'] }, '[7,"14"] is no operand for between of a days'],
    [{ fact: 'pain.days', between: ['7', '14'] }, '["7","14"] is no operand for between of a days'],
    [{ fact: 'pain.days', between: [14, 7] }, '[14,7] is no operand for between of a days'],
    [{ fact: 'pain.days', above: [7] }, '[7] is no operand for above of a days'],
  ])('%j is refused: %s', (written, sentence) => {
    expect(() => clauses({ id: 'x', ...written })).toThrow(sentence);
  });
});

describe('what a clause keeps of what was written', () => {
  const clauseOf = (written: Omit<Written, 'id'> & { readonly fact: string }): Clause =>
    clauses({ id: 'x', ...written })[0]!;

  it('the threshold on which examples must stand on both sides', () => {
    expect(clauseOf({ fact: 'pain.days', atLeast: 7 })).toMatchObject({
      operator: 'atLeast',
      operand: 7,
      threshold: 7,
    });
    for (const written of [{ between: [7, 27] }, { recorded: true }])
      expect(clauseOf({ fact: 'pain.days', ...written }).threshold).toBeUndefined();
  });

  it('the name of the setting that holds its number', () => {
    const mild = clauseOf({ fact: 'pain.score', below: { setting: 'mildScore' } });
    expect(mild).toMatchObject({ setting: 'mildScore', operand: 4, threshold: 4 });
    expect(clauseOf({ fact: 'pain.score', below: 4 }).setting).toBeUndefined();
  });

  it('a whole number that a fact must be', () => {
    const facts = [...FACTS, { ...FACTS[0]!, id: 'pain.places', type: 'integer' as const }];
    const written = (operand: unknown) =>
      compileClause(
        { id: 'x', text: { nl: 'zin', en: 'sentence' }, fact: 'pain.places', is: operand },
        [],
        { ...CONTEXT, facts },
        new Map(facts.map(({ id }, index) => [id, index])),
        (_, sentence) => {
          throw new Error(sentence);
        },
      );
    expect([1, 2, undefined].map((value) => written(2).test(value))).toEqual([false, true, undefined]);
    expect(written(2).threshold).toBe(2);
    expect(() => written('2')).toThrow('"2" is no operand for is of a integer');
  });
});

describe('what the loader of rules takes', () => {
  it('the rule that the refused ones were made from', () => {
    expect(goodRule()).toMatchObject({ id: 'night-pain', level: 'P4', orders: ['draft-test'], for: ['arm'] });
  });

  it('draft and retired rules are checked, and not served', () => {
    const { value, ...file } = fixture('rules/night-pain.yaml');
    const as = (status: string, more = {}) => ({ ...file, value: { ...(value as object), status, ...more } });
    expect(loadRules([as('draft')], CONTEXT)).toEqual([]);
    expect(loadRules([as('retired')], CONTEXT)).toEqual([]);
    expect(() => loadRules([as('draft', { decision: 'Pane' })], CONTEXT)).toThrow('there is no decision Pane');
  });

  it('a level of its own, apart from that of the family', () => {
    const { value, ...file } = fixture('rules/night-pain.yaml');
    const [rule] = loadRules([{ ...file, value: { ...(value as object), level: 'P2' } }], CONTEXT);
    expect(rule).toMatchObject({ level: 'P2', family: 'F-PAIN' });
  });

  it('values of every type in an example, a day by its number', () => {
    const { value, ...file } = fixture('rules/night-pain.yaml');
    const { examples, ...rule } = value as { examples: { base: object; cases: readonly unknown[] } };
    const more = {
      'complaint.began': 20791,
      'complaint.kind': 'sudden',
      'complaint.sites': ['arm'],
      'complaint.note': 'x',
    };
    const written = (values: object) => [
      { ...file, value: { ...rule, examples: { ...examples, base: { ...examples.base, ...values } } } },
    ];
    expect(loadRules(written(more), CONTEXT)).toHaveLength(1);
    expect(loadRules(written({ 'complaint.began': 'unknown' }), CONTEXT)).toHaveLength(1);
    expect(() => loadRules(written({ 'complaint.began': '2026-12-04' }), CONTEXT)).toThrow('write the number of a day');
    expect(() => loadRules(written({ 'complaint.sites': 'arm' }), CONTEXT)).toThrow('write a list of texts');
  });

  it('a quote whose white space is folded otherwise', () => {
    const { value, ...file } = fixture('rules/night-pain.yaml');
    const source = [{ doc: 'leaflet', quote: ' Pain at night, or at rest,\n  for a week or more' }];
    expect(loadRules([{ ...file, value: { ...(value as object), source } }], CONTEXT)).toHaveLength(1);
  });
});
