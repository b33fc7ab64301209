/** How rules become outcomes, which outcomes may speak, and which rules are asked at all. */
import { describe, expect, it } from 'vitest';
import type { Draft, Entry, Episode } from '../../src/case/case.js';
import type { FactValue, Subject } from '../../src/facts/fact.js';
import type { FactSheet } from '../../src/facts/facts.js';
import { evaluateAll, rulesByHook } from '../../src/rules/evaluate-all.js';
import { evaluate, missingFacts, type Outcome } from '../../src/rules/evaluate.js';
import { loadPrecedence } from '../../src/rules/load-tables.js';
import { applyPrecedence } from '../../src/rules/precedence.js';
import type { Precedence, Rule } from '../../src/rules/rule.js';
import { parseYaml } from '../../src/yaml-file.js';
import { CONTEXT, NOBODY, clauses, group, readFrom, ruleOf, type Written } from '../support/rules.js';

type Facts = Readonly<Record<string, FactValue>>;
const outcomeOf = (rule: Rule, facts: Facts): Outcome => evaluate(rule, NOBODY, readFrom(facts));
const openOf = ({ open }: Outcome): readonly string[] => open.map(({ id }) => id);

describe('a rule is silent, incomplete, or fires', () => {
  const rule = ruleOf('three-valued', {
    when: clauses({ id: 'long', fact: 'pain.days', atLeast: 7 }, { id: 'night', fact: 'pain.atNight', is: true }),
    unless: clauses({ id: 'mild', fact: 'pain.score', below: 4 }, { id: 'sudden', fact: 'pain.sudden', is: true }),
  });
  const all = { 'pain.days': 7, 'pain.atNight': true, 'pain.score': 4, 'pain.sudden': false };

  it('all conditions known and met: it fires, and nothing is left to check', () => {
    expect(outcomeOf(rule, all)).toMatchObject({ result: 'fires', open: [] });
  });

  it.each([
    ['a `when` that is false', { ...all, 'pain.days': 6 }, 'long'],
    ['an `unless` that is true', { ...all, 'pain.score': 3.9 }, 'mild'],
    ['a `when` that is false beside one that is unknown', { 'pain.atNight': false }, 'night'],
    ['an `unless` that is true beside a `when` that is unknown', { 'pain.sudden': true }, 'sudden'],
  ])('%s silences it, and is named', (_, facts, because) => {
    expect(outcomeOf(rule, facts as Facts)).toMatchObject({ result: 'silent', because, open: [] });
  });

  it('only a rule that fires has an indicator of its own', () => {
    const grave = { ...rule, card: { ...rule.card, indicator: [{ level: 'critical' as const, when: [] }] } };
    expect(outcomeOf(grave, all)).toMatchObject({ result: 'fires', indicator: 'critical' });
    expect(outcomeOf(grave, {})).toMatchObject({ result: 'incomplete', indicator: 'info' });
    expect(outcomeOf(grave, { ...all, 'pain.days': 6 })).toMatchObject({ result: 'silent', indicator: 'info' });
  });

  it('a `when` that is unknown: incomplete, and the facts are named', () => {
    const outcome = outcomeOf(rule, { 'pain.days': 7, 'pain.score': 4, 'pain.sudden': false });
    expect(outcome.result).toBe('incomplete');
    expect(openOf(outcome)).toEqual(['night']);
    expect(missingFacts(outcome.open, NOBODY, readFrom({ 'pain.days': 7 }))).toEqual(['pain.atNight']);
  });

  it('an `unless` that is unknown: it fires, and every one is still to be checked', () => {
    const outcome = outcomeOf(rule, { 'pain.days': 7, 'pain.atNight': true });
    expect(outcome.result).toBe('fires');
    expect(openOf(outcome)).toEqual(['mild', 'sudden']);
  });

  it('the order of the conditions has no influence on the result', () => {
    const turned = { ...rule, when: [...rule.when].reverse(), unless: [...rule.unless].reverse() };
    for (const facts of [all, {}, { 'pain.days': 6 }, { 'pain.sudden': true }, { 'pain.atNight': true }] as Facts[]) {
      expect(outcomeOf(turned, facts).result).toBe(outcomeOf(rule, facts).result);
    }
  });
});

describe('groups follow strong Kleene logic', () => {
  const members = clauses(
    { id: 'a', fact: 'pain.atNight', is: true },
    { id: 'b', fact: 'pain.atRest', is: true },
    { id: 'c', fact: 'pain.sudden', is: true },
  );
  const [T, F, U] = [true, false, undefined];
  const resultOf = (combine: 'anyOf' | 'allOf' | 'countOf', values: readonly (boolean | undefined)[]): string => {
    const names = ['pain.atNight', 'pain.atRest', 'pain.sudden'];
    const facts = names.flatMap((name, index) => (values[index] === undefined ? [] : [[name, values[index]]]));
    return outcomeOf(
      ruleOf('grouped', { when: [group('several', combine, members, 2)] }),
      Object.fromEntries(facts) as Facts,
    ).result;
  };

  it.each([
    ['anyOf', [F, F, F], 'silent'],
    ['anyOf', [F, F, U], 'incomplete'],
    ['anyOf', [F, U, T], 'fires'],
    ['anyOf', [F, F, T], 'fires'],
    ['allOf', [T, T, T], 'fires'],
    ['allOf', [T, U, T], 'incomplete'],
    ['allOf', [F, U, T], 'silent'],
    ['countOf', [T, F, F], 'silent'],
    ['countOf', [T, U, F], 'incomplete'],
    ['countOf', [T, T, U], 'fires'],
    ['countOf', [F, F, U], 'silent'],
    ['countOf', [U, U, U], 'incomplete'],
  ] as const)('%s %j: %s', (combine, values, result) => {
    expect(resultOf(combine, values)).toBe(result);
  });

  it('of an incomplete group only the unknown members are missing', () => {
    const read = readFrom({ 'pain.atNight': false });
    const outcome = evaluate(ruleOf('grouped', { when: [group('several', 'anyOf', members)] }), NOBODY, read);
    expect(missingFacts(outcome.open, NOBODY, read)).toEqual(['pain.atRest', 'pain.sudden']);
  });
});

describe('operators', () => {
  const results = (written: Written, values: readonly (FactValue | undefined)[]) =>
    values.map(
      (value) =>
        outcomeOf(ruleOf('one', { when: clauses(written) }), value === undefined ? {} : { [written.fact]: value })
          .result,
    );

  it.each([
    [{ id: 'x', fact: 'pain.score', atLeast: 7 }, [6.99, 7, 7.01], ['silent', 'fires', 'fires']],
    [{ id: 'x', fact: 'pain.score', above: 7 }, [6.99, 7, 7.01], ['silent', 'silent', 'fires']],
    [{ id: 'x', fact: 'pain.score', atMost: 7 }, [6.99, 7, 7.01], ['fires', 'fires', 'silent']],
    [{ id: 'x', fact: 'pain.score', below: 7 }, [6.99, 7, 7.01], ['fires', 'silent', 'silent']],
    [{ id: 'x', fact: 'pain.days', between: [7, 27] }, [6, 7, 27, 28], ['silent', 'fires', 'fires', 'silent']],
    [{ id: 'x', fact: 'pain.days', between: [7, 7] }, [6, 7, 8], ['silent', 'fires', 'silent']],
    [{ id: 'x', fact: 'pain.score', below: { setting: 'mildScore' } }, [3.9, 4], ['fires', 'silent']],
    [{ id: 'x', fact: 'complaint.kind', is: 'sudden' }, ['sudden', 'gradual'], ['fires', 'silent']],
    [{ id: 'x', fact: 'complaint.kind', in: ['sudden'] }, ['sudden', 'gradual'], ['fires', 'silent']],
    [{ id: 'x', fact: 'complaint.sites', in: ['arm'] }, [['leg', 'arm'], ['leg'], []], ['fires', 'silent', 'silent']],
    [{ id: 'x', fact: 'pain.atNight', is: false }, [false, true, undefined], ['fires', 'silent', 'incomplete']],
    [{ id: 'x', fact: 'complaint.began', recorded: true }, [20000, undefined], ['fires', 'silent']],
    [{ id: 'x', fact: 'complaint.began', recorded: false }, [20000, undefined], ['silent', 'fires']],
  ] as const)('%j of %j gives %j', (written, values, expected) => {
    expect(results(written, values)).toEqual(expected);
  });
});

describe('the indicator is that of the first level whose conditions all hold', () => {
  const rule = ruleOf('weighed', {
    weigh: clauses({ id: 'severe', fact: 'pain.score', atLeast: 7 }, { id: 'night', fact: 'pain.atNight', is: true }),
    card: {
      indicator: [
        { level: 'critical', when: ['severe', 'night'] },
        { level: 'warning', when: ['severe'] },
        { level: 'info', when: [] },
      ],
    },
  });

  it.each([
    [{ 'pain.score': 7, 'pain.atNight': true }, 'critical'],
    [{ 'pain.score': 7, 'pain.atNight': false }, 'warning'],
    [{ 'pain.score': 7 }, 'warning'],
    [{ 'pain.score': 6.9, 'pain.atNight': true }, 'info'],
    [{}, 'info'],
  ] as const)('%j: %s', (facts, indicator) => {
    expect(outcomeOf(rule, facts)).toMatchObject({ result: 'fires', indicator });
  });

  it('nothing holds: it informs', () => {
    const never = { ...rule, card: { ...rule.card, indicator: [{ level: 'critical' as const, when: ['severe'] }] } };
    expect(outcomeOf(never, { 'pain.score': 6 })).toMatchObject({ result: 'fires', indicator: 'info' });
  });

  describe('a group and each of its members', () => {
    const picture = group(
      'picture',
      'anyOf',
      clauses({ id: 'night', fact: 'pain.atNight', is: true }, { id: 'rest', fact: 'pain.atRest', is: true }),
    );
    const grouped = (when: readonly string[]) =>
      ruleOf('grouped', {
        when: [picture],
        unless: clauses({ id: 'mild', fact: 'pain.score', below: 4 }),
        card: { indicator: [{ level: 'warning', when }] },
      });
    const [night, rest] = [{ 'pain.atNight': true }, { 'pain.atRest': true }];

    it.each([
      [['picture'], night, 'warning'],
      [['picture'], rest, 'warning'],
      [['night'], night, 'warning'],
      [['night'], rest, 'info'],
      [['night'], { ...rest, 'pain.atNight': false }, 'info'],
      [['rest'], rest, 'warning'],
      [['rest'], night, 'info'],
      [['night', 'rest'], night, 'info'],
      [['night', 'rest'], { ...night, ...rest }, 'warning'],
      [['mild'], night, 'info'],
    ] as const)('a level that needs %j, with %j: %s', (when, facts, indicator) => {
      expect(outcomeOf(grouped(when), facts as Facts)).toMatchObject({ result: 'fires', indicator });
    });
  });
});

const episode = (id: string, regions: Episode['regions']) =>
  ({ id, half: 'upper', regions, group: 'arm-only', sites: [], conditions: [] as readonly Entry[] }) as Episode;
const ARM: Subject = { ...NOBODY, episode: episode('e1', ['arm']) };
const BACK: Subject = { ...NOBODY, episode: episode('e2', ['back']) };

describe('precedence', () => {
  const outcome = (rule: Rule, subject: Subject = NOBODY, result: Outcome['result'] = 'fires'): Outcome => ({
    rule,
    subject,
    result,
    open: [],
    indicator: 'info',
  });
  const alarm = ruleOf('alarm', { level: 'P1', decision: 'Night', card: { kind: 'alarm' } });
  const flag = ruleOf('flag', { level: 'P2', decision: 'Night', card: { kind: 'ask' } });
  const timeline = ruleOf('timeline', { level: 'P5', decision: 'Pain', card: { kind: 'do' } });
  const go = ruleOf('go', { level: 'P5', decision: 'Pain', card: { kind: 'go' } });
  const row = (id: string, parts: Partial<Precedence> & Pick<Precedence, 'if' | 'drop'>): Precedence => ({
    id,
    because: 'a reason',
    scope: 'patient',
    ...parts,
  });
  const standing = (rows: readonly Precedence[], ...outcomes: readonly Outcome[]) => {
    const { outcomes: left, suppressed } = applyPrecedence(outcomes, rows, 'patient-view');
    return {
      left: left.map(({ rule }) => rule.id),
      dropped: suppressed.map((one) => `${one.outcome.rule.id} by ${one.by}`),
    };
  };
  const ALARM_FIRST = row('alarm-first', { if: { levels: ['P1'] }, drop: { levels: ['P5'] } });
  const FLAG_FIRST = row('flag-first', { if: { levels: ['P2'] }, drop: { kinds: ['do'] } });

  it('drops what the row says, and keeps by which row', () => {
    expect(standing([ALARM_FIRST], outcome(alarm), outcome(timeline), outcome(flag))).toEqual({
      left: ['alarm', 'flag'],
      dropped: ['timeline by alarm-first'],
    });
  });

  it('rows are taken in their order, and what is dropped drops nothing', () => {
    const alarmDropsFlag = row('alarm-drops-flag', { if: { levels: ['P1'] }, drop: { levels: ['P2'] } });
    const outcomes = [outcome(alarm), outcome(flag), outcome(timeline)];
    expect(standing([alarmDropsFlag, FLAG_FIRST], ...outcomes).dropped).toEqual(['flag by alarm-drops-flag']);
    expect(standing([FLAG_FIRST, alarmDropsFlag], ...outcomes).dropped).toEqual([
      'timeline by flag-first',
      'flag by alarm-drops-flag',
    ]);
  });

  it('an outcome never drops itself', () => {
    const self = row('self', { if: { levels: ['P1'] }, drop: { decisions: ['Night'] } });
    expect(standing([self], outcome(alarm), outcome(flag))).toEqual({ left: ['alarm'], dropped: ['flag by self'] });
  });

  it('every key of a pattern must match', () => {
    const both = row('both', { if: { levels: ['P1'] }, drop: { levels: ['P5'], kinds: ['go'] } });
    expect(standing([both], outcome(alarm), outcome(timeline), outcome(go)).left).toEqual(['alarm', 'timeline']);
  });

  it('an outcome that a row excepts drops nothing, and another beside it still does', () => {
    const excepted = row('excepted', {
      if: { levels: ['P1', 'P2'] },
      but: { rules: ['flag'], indicators: ['info'] },
      drop: { levels: ['P5'] },
    });
    expect(standing([excepted], outcome(flag), outcome(timeline)).dropped).toEqual([]);
    expect(standing([excepted], outcome(flag), outcome(alarm), outcome(timeline)).left).toEqual(['flag', 'alarm']);
    const graver: Outcome = { ...outcome(flag), indicator: 'critical' };
    expect(standing([excepted], graver, outcome(timeline)).left).toEqual(['flag']);
  });

  it('a silent or incomplete rule drops nothing, unless the row asks for incomplete ones', () => {
    const unsure = outcome(alarm, NOBODY, 'incomplete');
    expect(standing([ALARM_FIRST], unsure, outcome(timeline)).dropped).toEqual([]);
    expect(standing([ALARM_FIRST], outcome(alarm, NOBODY, 'silent'), outcome(timeline)).dropped).toEqual([]);
    const cautious = row('cautious', { if: { levels: ['P1'], outcome: 'incomplete' }, drop: { kinds: ['go'] } });
    expect(standing([cautious], unsure, outcome(go), outcome(timeline)).left).toEqual(['alarm', 'timeline']);
  });

  it('a silent rule does not stand', () => {
    expect(standing([], outcome(alarm, NOBODY, 'silent'), outcome(timeline))).toEqual({
      left: ['timeline'],
      dropped: [],
    });
  });

  it('with the scope of an episode only what belongs to that episode is dropped', () => {
    const own = row('own', { scope: 'episode', if: { levels: ['P2'] }, drop: { levels: ['P5'] } });
    const outcomes = [outcome(flag, ARM), outcome(timeline, ARM), outcome(go, BACK)];
    expect(standing([own], ...outcomes)).toEqual({ left: ['flag', 'go'], dropped: ['timeline by own'] });
    expect(standing([{ ...own, scope: 'patient' }], ...outcomes).left).toEqual(['flag']);
  });

  it('a row of other hooks does nothing', () => {
    const elsewhere = { ...ALARM_FIRST, on: ['order-sign' as const] };
    expect(standing([elsewhere], outcome(alarm), outcome(timeline)).dropped).toEqual([]);
  });

  it('a row that names a decision or rule that is not there is refused, with its line', () => {
    const load = (text: string) => () =>
      loadPrecedence(parseYaml('precedence.yaml', text), CONTEXT.decisions, [ruleOf('alarm')]);
    const rowText = (condition: string) =>
      `\n- id: one\n  because: reason\n  if: ${condition}\n  drop: { levels: [P5] }`;
    expect(load(rowText('{ rules: [alarm] }'))()).toMatchObject([{ id: 'one', scope: 'patient' }]);
    expect(load(rowText('{ rules: [alram] }'))).toThrow('precedence.yaml:4: there is no active rule alram');
    expect(load(rowText('{ decisions: [Pane] }'))).toThrow('precedence.yaml:4: there is no decision Pane');
    expect(load(`${rowText('{ levels: [P1] }')}\n  but: { rules: [alram] }`)).toThrow('there is no active rule alram');
    expect(load(rowText('{ level: P1 }'))).toThrow('unknown key "level"');
  });
});

describe('which rules are asked', () => {
  const draft = (reference: string, kinds: readonly string[]) =>
    ({ reference, kinds, selected: true }) as unknown as Draft;
  const sheet = (drafts: FactSheet['drafts'] = []): FactSheet => ({
    read: readFrom({}),
    patient: NOBODY,
    episodes: [ARM, BACK],
    drafts,
  });
  const asked = (rules: readonly Rule[], from: FactSheet = sheet(), jurisdiction: 'NL' | 'BE' = 'NL') =>
    evaluateAll(rules, from, jurisdiction).map(({ rule, subject }) =>
      [rule.id, subject.episode?.id, subject.draft?.reference].filter(Boolean).join(' '),
    );

  it('a rule for a region once for each episode of that region, a rule for the patient once', () => {
    const rules = [
      ruleOf('arm', { for: ['arm'] }),
      ruleOf('both', { for: ['arm', 'back'] }),
      ruleOf('leg', { for: ['leg'] }),
      ruleOf('whole', { for: 'patient' }),
    ];
    expect(asked(rules)).toEqual(['arm e1', 'both e1', 'both e2', 'whole']);
  });

  it('a rule about orders once for each draft of its kind, and never without one', () => {
    const one = draft('ServiceRequest/1', ['draft-test']);
    const alone = { ...NOBODY, draft: one };
    const drafts = [{ draft: one, alone, perEpisode: [{ ...ARM, draft: one }] }];
    const rules = [
      ruleOf('patient-check', { for: 'patient', orders: ['draft-test'] }),
      ruleOf('arm-check', { for: ['arm'], orders: ['draft-test'] }),
      ruleOf('back-check', { for: ['back'], orders: ['draft-test'] }),
      ruleOf('other-check', { for: 'patient', orders: ['draft-other'] }),
    ];
    expect(asked(rules, sheet(drafts))).toEqual(['patient-check ServiceRequest/1', 'arm-check e1 ServiceRequest/1']);
    expect(asked(rules)).toEqual([]);
  });

  it('a rule of one jurisdiction only there, a rule of none everywhere', () => {
    const rules = [
      ruleOf('dutch', { for: 'patient', jurisdictions: ['NL'] }),
      ruleOf('belgian', { for: 'patient', jurisdictions: ['BE'] }),
      ruleOf('any', { for: 'patient' }),
    ];
    expect(asked(rules, sheet(), 'NL')).toEqual(['dutch', 'any']);
    expect(asked(rules, sheet(), 'BE')).toEqual(['belgian', 'any']);
  });

  it('only those of the hook, without what the site has switched off by rule or by decision', () => {
    const rules = [
      ruleOf('one', { hooks: ['patient-view', 'order-sign'] }),
      ruleOf('two', { hooks: ['patient-view'] }),
      ruleOf('three', { hooks: ['patient-view'], decision: 'Night' }),
    ];
    const ids = (disabled: readonly string[], hook: 'patient-view' | 'order-sign' | 'appointment-book') =>
      rulesByHook(rules, disabled)(hook).map(({ id }) => id);
    expect(ids([], 'patient-view')).toEqual(['one', 'two', 'three']);
    expect(ids([], 'order-sign')).toEqual(['one']);
    expect(ids([], 'appointment-book')).toEqual([]);
    expect(ids(['one'], 'patient-view')).toEqual(['two', 'three']);
    expect(ids(['Night'], 'patient-view')).toEqual(['one', 'two']);
    expect(ids(['one', 'Pain', 'Night'], 'patient-view')).toEqual([]);
  });
});
