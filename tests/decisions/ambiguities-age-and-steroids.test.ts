/**
 * What the red flags leave open about age and about systemic steroids: each with the one reading that the service takes, at its
 * boundary, as an EHR meets it.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, draft, prescription, rulesOn, statementsOn, wordsOf } from '../support/advice.js';
import { coded, condition, record } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const drug = (atc: string, type: string, more: Readonly<Record<string, unknown>>) =>
  record(type, {
    ...(type === 'MedicationRequest' && { intent: 'order' }),
    medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: atc }] },
    ...more,
  });

describe('AMB-12: "< 20 jaar en > 50 jaar" is one or the other, by exact age at onset, and only the first time by the record', () => {
  const ONSET = '2026-11-18';
  const AGE_FLAGS = ['RED-01', 'RED-02'];
  const flagsAt = async (birthDate: string, ...earlier: readonly FhirResource[]) => {
    const records = [condition('neck-pain', ONSET, ['site-neck']), ...earlier];
    const cards = await cardsFor(service, 'patient-view', { records, birthDate });
    return statementsOn(cards).filter((id) => AGE_FLAGS.includes(id));
  };

  test.each([
    ['the day before the 20th birthday', '2006-11-19', ['RED-01']],
    ['on the 20th birthday', '2006-11-18', []],
    ['the day before the 50th birthday', '1976-11-19', []],
    ['on the 50th birthday', '1976-11-18', []],
    ['the day after the 50th birthday', '1976-11-17', ['RED-02']],
  ])('onset %s, born %s: %j', async (_, birthDate, expected) => {
    expect(await flagsAt(birthDate)).toEqual(expected);
  });

  test('the age at onset counts, not that of today', async () => {
    const records = [condition('neck-pain', ONSET, ['site-neck'])];
    const now = '2026-12-02T10:00:00+01:00';
    const cards = await cardsFor(service, 'patient-view', { records, now, birthDate: '2006-12-01' });
    expect(statementsOn(cards)).toContain('RED-01');
  });

  const SIXTY_THREE = '1963-05-01';
  const in2019 = (code: string, places: readonly string[]) =>
    condition(code, '2019-03-01', places, { clinicalStatus: { coding: [{ code: 'resolved' }] } });
  test.each([
    ['nothing', ['RED-02'], []],
    ['back pain', [], [in2019('low-back-pain', ['site-low-back'])]],
    ['shoulder pain', [], [in2019('shoulder-pain', SHOULDER)]],
    ['asthma', ['RED-02'], [in2019('asthma', [])]],
  ])('63 years old, with %s in 2019: %j', async (_, expected, earlier) => {
    expect(await flagsAt(SIXTY_THREE, ...earlier)).toEqual(expected);
  });

  test.each([
    ['was sent completely', true, []],
    ['was cut', false, ['conditions']],
  ])('a problem list that %s tells the first time: %s; if not, it is asked', async (_, isKnown, cut) => {
    const told = { records: [condition('neck-pain', ONSET, ['site-neck'])], birthDate: SIXTY_THREE, cut };
    const rules = rulesOn(await cardsFor(service, 'patient-view', told));
    expect(rules.includes('red-age-over-50')).toBe(isKnown);
    expect(rules.includes('red-age-history-ask')).toBe(!isKnown);
    const drafts = [draft('ServiceRequest', { code: coded('mri-cervical') })];
    const ordered = await cardsFor(service, 'order-select', { ...told, drafts });
    expect(wordsOf(ordered).includes('according to the record')).toBe(isKnown);
    expect(wordsOf(ordered).includes('earlier neck, arm, back or leg complaints')).toBe(!isKnown);
  });
});

describe('AMB-13: "systemische steroïden" are those of the three months before onset; the course for this complaint is none', () => {
  const ONSET = '2026-11-10';
  const flagged = async (...drugs: readonly FhirResource[]) =>
    statementsOn(
      await cardsFor(service, 'patient-view', {
        records: [condition('low-back-pain', ONSET, ['site-low-back']), ...drugs],
      }),
    ).includes('RED-07');
  const stopped = (end: string) =>
    drug('H02AB06', 'MedicationStatement', { status: 'stopped', effectivePeriod: { start: '2026-01-01', end } });

  test.each([
    ['2026-08-11', true],
    ['2026-08-10', true],
    ['2026-08-09', false],
  ])('stopped on %s, onset 10 November: %s', async (end, flag) => {
    expect(await flagged(stopped(end))).toBe(flag);
  });

  test.each([
    ['2024-02-01', true],
    ['2026-11-09', true],
    ['2026-11-10', false],
    ['2026-11-12', false],
  ])('in use since %s: %s', async (authoredOn, flag) => {
    expect(await flagged(drug('H02AB07', 'MedicationRequest', { status: 'active', authoredOn }))).toBe(flag);
  });

  test.each([
    ['swallowed', 'H02AB06', true],
    ['inhaled', 'R03BA02', false],
    ['on the skin', 'D07AC01', false],
  ])('a corticosteroid %s (%s) since 2024 flags: %s', async (_, atc, flag) => {
    expect(await flagged(drug(atc, 'MedicationRequest', { status: 'active', authoredOn: '2024-02-01' }))).toBe(flag);
  });

  test('a draft is not yet a drug in use', async () => {
    const flags = async (...drugs: readonly FhirResource[]) => {
      const records = [condition('shoulder-pain', ONSET, SHOULDER), ...drugs];
      return statementsOn(await cardsFor(service, 'order-select', { records, drafts: [prescription('H02AB07')] }));
    };
    expect(await flags()).not.toContain('RED-07');
    expect(await flags(stopped('2026-11-01'))).toContain('RED-07');
  });
});
