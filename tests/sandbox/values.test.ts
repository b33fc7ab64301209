/** Facts, dates and codes in words: what is unknown never reads as a no, and a yes never stands beside a name that it could contradict. */
import { describe, expect, test } from 'vitest';
import type { ExplanationTexts, FactText } from '../../src/export/explanation-texts.js';
import { isFound, searchable } from '../../src/sandbox/why/search.js';
import type { RuleOutcome, TraceFact } from '../../src/sandbox/why/trace.js';
import { episodeText, evidenceText, ruleText, spanText, valueText } from '../../src/sandbox/why/values.js';

const text = (type: FactText['type'], more: Partial<FactText> = {}): FactText => ({
  text: { nl: 'rode vlaggen', en: 'red flags' },
  type,
  ...more,
});
const evidence = [{ reference: 'Observation/1' }];
const kg = { nl: 'kg', en: 'kg' };
const values = { none: { nl: 'niet opnieuw nodig', en: 'not needed again' } };

describe('the value of a fact', () => {
  test.each<[string, Partial<TraceFact>, FactText, string, string]>([
    ['a decimal with its unit', { value: 70.5 }, text('decimal', { unit: kg }), '70,5 kg', '70.5 kg'],
    ['a number without one', { value: 8 }, text('integer'), '8', '8'],
    ['one day', { value: 1 }, text('days'), '1 dag', '1 day'],
    ['no days', { value: 0 }, text('days'), '0 dagen', '0 days'],
    ['a date', { value: '2026-11-01' }, text('date'), '1 november 2026', '1 November 2026'],
    ['a code with words', { value: 'none' }, text('code', { values }), 'niet opnieuw nodig', 'not needed again'],
    ['a code without', { value: 'L4' }, text('code', { values }), 'L4', 'L4'],
    ['a list', { value: ['none', 'L4'] }, text('list', { values }), 'niet opnieuw nodig, L4', 'not needed again, L4'],
    ['an empty list', { value: [] }, text('list'), 'niets vastgelegd', 'nothing recorded'],
    ['a yes with a record', { value: true, evidence }, text('boolean'), 'vastgelegd', 'recorded'],
    ['a no with a record', { value: false, evidence }, text('boolean', { noneIsNo: true }), 'vastgelegd', 'recorded'],
    ['a yes without', { value: true }, text('boolean'), 'afgeleid uit het dossier', 'derived from the record'],
    [
      'a no because nothing is recorded',
      { value: false },
      text('boolean', { noneIsNo: true }),
      'niets vastgelegd; dat telt hier als nee',
      'nothing recorded; that counts as no here',
    ],
  ])('%s', (_, fact, declared, nl, en) => {
    expect(valueText({ id: 'a', ...fact }, declared, 'nl')).toBe(nl);
    expect(valueText({ id: 'a', ...fact }, declared, 'en')).toBe(en);
  });

  test.each([
    ['not recorded', 'not recorded'],
    ['no complaint', 'not recorded'],
    ['the list of plans is not complete', 'cannot be told: the record was not received completely'],
    ['the record could not be searched completely', 'cannot be told: the record was not received completely'],
    ['the last pain score is too old', 'not recorded recently'],
    ['the temperature cannot be read', 'recorded, but unreadable'],
    ['recorded as present and as absent on the same day', 'recorded in contradiction'],
  ])('unknown because "%s" is: %s', (unknown, words) => {
    expect(valueText({ id: 'a', unknown }, text('boolean', { noneIsNo: true }), 'en')).toBe(words);
  });

  test('a fact that the trace has not is not recorded', () => {
    expect(valueText(undefined, undefined, 'nl')).toBe('niet vastgelegd');
  });
});

describe('dates, records and complaints', () => {
  test('a day that is not known exactly is between two', () => {
    expect(spanText('2026-11-01/2026-11-30', 'en')).toBe('between 1 November 2026 and 30 November 2026');
  });
  test('a record has its type, its code with the name of the system, and its day', () => {
    const record = { reference: 'Condition/1', code: 'http://hl7.org/fhir/sid/icd-10|G54.5', date: '2026-11-20' };
    expect(evidenceText(record, 'nl')).toBe('Condition · ICD-10 G54.5 · 20 november 2026');
    expect(evidenceText({ reference: 'Condition/1', code: 'in words' }, 'nl')).toBe('Condition · in words');
    expect(evidenceText({ reference: 'Condition/1', code: 'https://elsewhere.example|X1' }, 'nl')).toBe(
      'Condition · X1',
    );
  });
  test('a complaint has its place, side and first day', () => {
    const episodes = [{ id: 'e1', region: 'arm', side: 'right' as const, onset: '2026-11-20' }];
    expect(episodeText('e1', episodes, 'en')).toBe('arm right, since 20 November 2026');
    expect(episodeText(undefined, episodes, 'en')).toBeUndefined();
  });
});

describe('what a rule is called and found by', () => {
  const rule: RuleOutcome = {
    id: 'na-wait',
    version: '1.0.0',
    review: 'none',
    decision: 'NaAcute',
    outcome: 'fires',
    clauses: [],
    unless: [],
  };
  const says = { nl: 'Wacht {a.days} dagen na {a.onset}, tot {a.date}: {a.yes}', en: 'Wait {a.days}', fr: 'Névralgie' };
  const texts: ExplanationTexts = {
    decisions: { NaAcute: { nl: 'Acute fase', en: 'Acute phase' } },
    rules: { 'na-wait': { title: 'Wachten', says, sources: [], statements: ['NA-81'] } },
    facts: { 'a.days': text('days'), 'a.onset': text('date'), 'a.date': text('date') },
    precedence: {},
  };
  const facts: readonly TraceFact[] = [
    { id: 'a.days', value: 3 },
    { id: 'a.onset', value: '2026-11-01' },
    { id: 'a.yes', value: true },
  ];
  const trace = { episodes: [], facts, rules: [], suppressed: [] };

  test('the first words of its card, with the values that are known', () => {
    expect(ruleText(rule, trace, texts, 'nl')).toEqual({
      text: 'Wacht 3 dagen na 1 november 2026, tot …: …',
      language: 'nl',
    });
  });
  test('its Dutch title, marked as Dutch, where no card of it says anything', () => {
    const silent = { ...texts, rules: { 'na-wait': { title: 'Wachten', sources: [], statements: [] } } };
    expect(ruleText(rule, trace, silent, 'en')).toEqual({ text: 'Wachten', language: 'nl' });
  });
  test.each(['na-wait', 'NA-81', 'acute FASE', 'phase', 'wachten', 'nevralgie', 'tot wait', '  '])(
    'by "%s"',
    (query) => {
      expect(isFound(searchable({ rule, standing: 'fires' }, texts), query)).toBe(true);
    },
  );
  test('not by a word that is nowhere', () => {
    expect(isFound(searchable({ rule, standing: 'fires' }, texts), 'wait elsewhere')).toBe(false);
  });
});
