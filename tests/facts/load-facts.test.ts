/** Every mistake in a file of facts that stops the start, with its line and a sentence. */
import { describe, expect, it } from 'vitest';
import { known } from '../../src/facts/fact.js';
import { loadFacts } from '../../src/facts/load-facts.js';
import { loadSettings } from '../../src/facts/load-settings.js';
import { KnowledgeError, parseYaml } from '../../src/yaml-file.js';

const TEXT = 'text: { nl: "iets", en: "something" }';
const tools = {
  codeSets: { has: (concept: string) => concept === 'fever', isAlias: () => false, conceptsOf: () => [] },
  derivations: {
    age: { derive: () => known(1) },
    trend: { derive: () => known(1), settings: ['trendDays'] },
    ratio: { derive: () => known(1), facts: ['some.weight'] },
  },
  settings: { feverDays: { value: 3, unit: 'days', reason: 'a number of this test' } },
};
const load = (...texts: readonly string[]) =>
  loadFacts(
    texts.map((text, index) => parseYaml(`facts-${index + 1}.yaml`, `# a comment\n${text}`)),
    tools,
  );

describe('what the loader of facts refuses', () => {
  it.each([
    ['a value set that is not there', `some.fever: { type: boolean, finding: fevr, ${TEXT} }`, 2, 'no value set fevr'],
    [
      'a value set of a source that is not there',
      `some.fever:\n  type: boolean\n  ${TEXT}\n  from: [{ type: Observation, valueSet: fevr }]`,
      5,
      'there is no value set fevr in fhir-profiles/value-sets',
    ],
    ['an unknown derivation', `some.age: { type: decimal, derive: agee, ${TEXT} }`, 2, 'no derivation agee'],
    [
      'an unknown setting',
      `some.fever:\n  type: boolean\n  finding: fever\n  ${TEXT}\n  window: { days: { setting: feverWeeks } }`,
      6,
      'there is no setting feverWeeks in rules/settings.yaml',
    ],
    ['a derivation whose setting is missing', `some.trend: { type: code, derive: trend, ${TEXT} }`, 2, 'trendDays'],
    ['a derivation whose fact is missing', `some.ratio: { type: decimal, derive: ratio, ${TEXT} }`, 2, 'some.weight'],
    [
      'two forms at once',
      `some.fever:\n  type: boolean\n  finding: fever\n  derive: age\n  ${TEXT}`,
      3,
      'the fact some.fever needs exactly one of finding, from and derive',
    ],
    ['no form at all', `some.fever: { type: boolean, ${TEXT} }`, 2, 'needs exactly one of finding, from and derive'],
    [
      'a path that is not FHIRPath',
      `some.fever:\n  type: decimal\n  ${TEXT}\n  from:\n    - { type: Observation, valueSet: fever, value: "value.(" }`,
      6,
      'value.( is not FHIRPath',
    ],
    ['an unknown key', `some.fever:\n  type: boolean\n  find: fever\n  ${TEXT}`, 4, 'unknown key "find"'],
    ['an unknown type', `some.fever: { type: bool, finding: fever, ${TEXT} }`, 2, 'must be one of boolean, integer'],
    ['a text without English', `some.fever: { type: boolean, finding: fever, text: { nl: "koorts" } }`, 2, "'en'"],
    ['a name without a theme', `fever: { type: boolean, finding: fever, ${TEXT} }`, 2, 'must match pattern'],
  ])('%s', (_, text, line, sentence) => {
    const attempt = () => load(text);
    expect(attempt).toThrow(KnowledgeError);
    expect(attempt).toThrow(sentence);
    expect(attempt).toThrow(`facts-1.yaml:${line}`);
  });

  it('a fact that two files define', () => {
    const fact = `some.fever: { type: boolean, finding: fever, ${TEXT} }`;
    expect(() => load(fact, fact)).toThrow('facts-2.yaml:2: the fact some.fever is defined twice; keep one');
  });

  it('a path is refused in one short line', () => {
    const long = `value.where(${'code = '.repeat(100)})`;
    const fact = `some.fever: { type: decimal, ${TEXT}, from: [{ type: Observation, valueSet: fever, value: "value.(" }] }`;
    const messageOf = (text: string): string => {
      try {
        load(text);
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    };
    expect(messageOf(fact)).not.toContain('\n');
    expect(messageOf(fact).length).toBeLessThan(200);
    expect(messageOf(fact.replace('value.(', long)).replace(long, '')).toMatch(/is not FHIRPath.{0,140}$/);
  });
});

describe('what the loader of facts takes', () => {
  it('settings by name, and the ordinary way of reading', () => {
    const [fever] = load(
      `some.fever: { type: boolean, finding: fever, ${TEXT}, window: { days: { setting: feverDays } } }`,
    );
    expect(fever).toMatchObject({ window: { days: 3 }, scope: 'episode', absent: 'unknown', maxLength: 40 });
  });

  it('findings of the patient count as alarms, those of an episode since its onset', () => {
    const [alarm, ordinary] = load(
      `some.alarm: { type: boolean, scope: patient, finding: fever, ${TEXT} }\nsome.fever: { type: boolean, finding: fever, ${TEXT} }`,
    );
    expect([alarm?.window, ordinary?.window]).toEqual(['alarm', 'episode']);
  });

  it('a setting needs a value, a unit and a reason', () => {
    const settings = (text: string) => loadSettings(parseYaml('settings.yaml', text));
    expect(settings('feverDays: { value: 3, unit: days, reason: "three days long" }')['feverDays']?.value).toBe(3);
    expect(() => settings('feverDays: { value: 3, unit: days }')).toThrow('settings.yaml:1: feverDays must have');
    expect(() => settings('feverDays: { value: "3", unit: days, reason: "three days long" }')).toThrow(
      'must be number',
    );
  });
});
