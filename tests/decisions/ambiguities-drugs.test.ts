/**
 * What the sources leave open about drugs in neuralgic amyotrophy (NA): contraindications of prednisone, kinds of analgesic, start
 * doses, stomach protection and the co-analgesic: each with the one reading that the service takes, at its boundary.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Card } from '../../src/cds-hooks/response.js';
import { cardWith, cardsFor, prescription, rulesOn, statementsOn, wordsOf } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const SHOULDER = ['site-shoulder', 'side-right'];
const naSince = (days: number) =>
  condition('neuralgic-amyotrophy', daysAgo(days), SHOULDER, {
    verificationStatus: { coding: [{ code: 'provisional' }] },
  });
const score = (value: number) => observation('nrs-pain', daysAgo(0), SHOULDER, { valueQuantity: { value } });
const NA = [naSince(3), nrs(8, daysAgo(0), SHOULDER)];
const inUse = (drug: string) =>
  record('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded(drug),
    authoredOn: daysAgo(20),
  });
const past = { clinicalStatus: { coding: [{ code: 'resolved' }] } };
const refuted = { verificationStatus: { coding: [{ code: 'refuted' }] } };

const view = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });

/** `critical`, `warning` or `info`: how loud the card of a rule is; `silent` when no card has it. */
const loudnessOf = (rule: string, cards: readonly Card[]): string =>
  cards.find((card) => rulesOn([card]).includes(rule))?.indicator ?? 'silent';

describe('AMB-21: "without contraindications" is a closed list: hard stops are critical, strong reasons warn, the rest informs', () => {
  const onPrednisone = (...records: readonly FhirResource[]) =>
    cardsFor(service, 'order-select', { records: [...NA, ...records], drafts: [prescription('H02AB07')] });
  const ulcer = (more = {}) => condition('peptic-ulcer', '2012-04-01', [], more);
  const vaccinated = (days: number) =>
    record('Immunization', {
      status: 'completed',
      patient: { reference: 'Patient/patient-1' },
      vaccineCode: coded('mmr-vaccine'),
      occurrenceDateTime: daysAgo(days),
    });

  test.each<[string, readonly FhirResource[], string]>([
    ['an active ulcer', [ulcer()], 'critical'],
    ['an ulcer resolved in 2012', [ulcer(past)], 'silent'],
    ['an ulcer that was refuted', [ulcer(refuted)], 'silent'],
  ])('%s as a hard stop: %s', async (_, records, loudness) => {
    expect(loudnessOf('prednisone-ulcer', await onPrednisone(...records))).toBe(loudness);
  });

  test.each<[string, readonly FhirResource[], string]>([
    ['an ulcer resolved in 2012', [ulcer(past)], 'info'],
    ['an ulcer resolved in 2012 beside an NSAID in use', [ulcer(past), inUse('naproxen')], 'warning'],
    ['an ulcer that was refuted', [ulcer(refuted)], 'silent'],
  ])('%s asks for a proton pump inhibitor: %s', async (_, records, loudness) => {
    const cards = await onPrednisone(...records);
    expect(loudnessOf('prednisone-past-ulcer', cards)).toBe(loudness);
  });

  test.each([
    [27, 'critical'],
    [28, 'critical'],
    [29, 'silent'],
  ])('a live vaccine of %i days ago as a hard stop: %s', async (days, loudness) => {
    expect(loudnessOf('prednisone-live-vaccine', await onPrednisone(vaccinated(days)))).toBe(loudness);
  });

  test.each<[string, FhirResource, string]>([
    ['shingles now', condition('herpes-zoster', daysAgo(5)), 'critical'],
    ['shingles that are over', condition('herpes-zoster', daysAgo(200), [], past), 'silent'],
    ['an infection outside the list', condition('infection', daysAgo(5)), 'silent'],
  ])('%s as a hard stop: %s', async (_, disease, loudness) => {
    expect(loudnessOf('prednisone-infection', await onPrednisone(disease))).toBe(loudness);
  });

  test.each([
    [69, 'info', 'prednisone-diabetes'],
    [70, 'warning', 'prednisone-diabetes-poor'],
    [71, 'warning', 'prednisone-diabetes-poor'],
  ])('diabetes with an HbA1c of %i mmol/mol: %s', async (value, loudness, rule) => {
    const hba1c = observation('hba1c', daysAgo(30), [], { valueQuantity: { value, code: 'mmol/mol' } });
    const cards = await onPrednisone(condition('diabetes', '2015-01-01'), hba1c);
    expect(loudnessOf(rule, cards)).toBe(loudness);
    expect(rulesOn(cards).includes('prednisone-diabetes-poor')).toBe(loudness === 'warning');
  });

  test.each<[string, FhirResource, string, string]>([
    ['a depression now', condition('depression', daysAgo(90)), 'prednisone-mood', 'warning'],
    ['a depression in the past', condition('depression', '2019-01-01', [], past), 'prednisone-mood-history', 'info'],
    ['a pregnancy', condition('pregnancy', daysAgo(90)), 'prednisone-pregnancy', 'info'],
    ['hypertension', condition('hypertension', '2019-01-01'), 'prednisone-caution', 'info'],
  ])('%s: a word in %s, %s', async (_, disease, rule, loudness) => {
    expect(loudnessOf(rule, await onPrednisone(disease))).toBe(loudness);
    expect(loudnessOf(rule, await onPrednisone())).toBe('silent');
  });
});

describe('AMB-35: a long-acting NSAID is a slow-release form or naproxen, from NRS 7; a short-acting one is below it', () => {
  test.each([
    [6.9, 'short-acting NSAID', 'long-acting NSAID'],
    [7, 'long-acting NSAID', 'short-acting NSAID'],
    [7.1, 'long-acting NSAID', 'short-acting NSAID'],
  ])('at NRS %d the card names a %s and no %s', async (value, named, unnamed) => {
    const words = wordsOf(await view(naSince(3), score(value)));
    expect(words).toContain(named);
    expect(words).not.toContain(unnamed);
  });

  test('the card says which drugs are long-acting', async () => {
    expect(cardWith('NA-106', await view(...NA))?.detail).toMatch(/slow-release diclofenac or naproxen, twice a day/);
  });
});

describe('AMB-36: oxycodone 10-30 mg twice a day is a range to raise to; who takes no opioid begins with 10 mg twice a day', () => {
  const twiceADay = (milligrams: number) =>
    prescription('N02AA05', {
      dosageInstruction: [
        {
          timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
          doseAndRate: [{ doseQuantity: { value: milligrams, unit: 'mg', code: 'mg' } }],
        },
      ],
    });
  const ordered = (milligrams: number, records: readonly FhirResource[], birthDate = '1980-02-01') =>
    cardsFor(service, 'order-select', {
      records: [...NA, inUse('macrogol'), ...records],
      drafts: [twiceADay(milligrams)],
      birthDate,
    });

  test.each([
    [10, 'silent'],
    [11, 'warning'],
    [20, 'warning'],
    [30, 'warning'],
  ])('%i mg twice a day for who takes no opioid: %s', async (milligrams, loudness) => {
    const cards = await ordered(milligrams, []);
    expect(loudnessOf('drug-opioid-start-dose', cards)).toBe(loudness);
    expect(cards.length > 0).toBe(loudness !== 'silent');
  });

  test.each([
    [20, 'silent'],
    [30, 'silent'],
    [31, 'warning'],
    [40, 'warning'],
  ])('%i mg twice a day for who takes an opioid already: %s', async (milligrams, loudness) => {
    const cards = await ordered(milligrams, [inUse('oxycodone')]);
    expect(loudnessOf('na-opioid-above-range', cards)).toBe(loudness);
    expect(cards.length > 0).toBe(loudness !== 'silent');
  });

  test.each([
    ['the day before the 75th birthday', '1951-11-22', 10, 'silent'],
    ['on the 75th birthday', '1951-11-21', 10, 'warning'],
    ['on the 75th birthday', '1951-11-21', 5, 'silent'],
    ['on the 75th birthday', '1951-11-21', 6, 'warning'],
  ])('%s (born %s) a start with %i mg twice a day: %s', async (_, birthDate, milligrams, loudness) => {
    const cards = await ordered(milligrams, [], birthDate);
    expect(loudnessOf('drug-opioid-start-dose-old', cards)).toBe(loudness);
  });
});

describe('AMB-37: a "maagbeschermer" beside an NSAID is a proton pump inhibitor, never ranitidine', () => {
  const onNsaid = (...records: readonly FhirResource[]) =>
    cardsFor(service, 'order-select', { records: [...NA, ...records], drafts: [prescription('M01AE02')] });

  test.each<[string, readonly FhirResource[], boolean]>([
    ['nothing', [], true],
    ['ranitidine', [inUse('ranitidine')], true],
    ['omeprazole', [inUse('omeprazole')], false],
    ['pantoprazole', [inUse('pantoprazole')], false],
  ])('an NSAID beside %s asks for one: %s', async (_, records, asks) => {
    const cards = await onNsaid(...records);
    expect(statementsOn(cards).includes('NA-108')).toBe(asks);
    expect(wordsOf(cards).includes('proton pump inhibitor')).toBe(asks);
  });

  test.each([
    ['ranitidine', 'A02BA02', true],
    ['omeprazole', 'A02BC01', false],
  ])('an order of %s (%s) is to be replaced: %s', async (_, atc, replaced) => {
    const cards = await cardsFor(service, 'order-select', { records: NA, drafts: [prescription(atc)] });
    expect(statementsOn(cards).includes('SAFE-01')).toBe(replaced);
  });
});

describe('AMB-39: "longer than a few weeks" is NRS 7 or more at rest from day 14, and the co-analgesic is a choice', () => {
  const offers = async (...records: readonly FhirResource[]) => statementsOn(await view(...records)).includes('NA-83');
  const atRest = (present: boolean) => finding('pain-at-rest', present, daysAgo(0), SHOULDER);

  test.each([
    [13, false],
    [14, true],
    [15, true],
  ])('day %i: %s', async (days, offered) => {
    expect(await offers(naSince(days), score(8), atRest(true))).toBe(offered);
  });

  test.each([
    [6.9, false],
    [7, true],
    [7.1, true],
  ])('NRS %d on day 14: %s', async (value, offered) => {
    expect(await offers(naSince(14), score(value), atRest(true))).toBe(offered);
  });

  test.each<[string, readonly FhirResource[], boolean]>([
    ['is there', [atRest(true)], true],
    ['is gone', [atRest(false)], false],
    ['was not asked', [], false],
  ])('pain at rest %s: %s', async (_, asked, offered) => {
    expect(await offers(naSince(14), score(8), ...asked)).toBe(offered);
  });

  test('the card leaves the forecast to the GP', async () => {
    const words = wordsOf(await view(naSince(14), score(8), atRest(true)));
    expect(words).toMatch(/consider adding a co-analgesic/i);
    expect(words).toMatch(/if you expect the pain to last/);
  });
});
