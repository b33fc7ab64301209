/**
 * What the sources leave open about the picture of the pain, and about the one that makes a GP think of neuralgic amyotrophy: each
 * with the one reading that the service takes, at its boundary, as an EHR meets it.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardsFor, cardWith, rulesOn, statementsOn, wordsOf } from '../support/advice.js';
import { condition, daysAgo, finding, nrs, record, strength } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

const RIGHT = 'side-right';
const SHOULDER = ['site-shoulder', RIGHT];
const shoulder = (onset: string) => condition('shoulder-pain', onset, SHOULDER);
const yes = (code: string, places: readonly string[] = SHOULDER) => finding(code, true, daysAgo(0), places);
const view = (...records: readonly FhirResource[]) => cardsFor(service, 'patient-view', { records });

describe('AMB-14: "continue progressieve niet mechanische pijn" is one flag: all three together', () => {
  const WORDS = ['pain-continuous', 'pain-progressive', 'pain-non-mechanical'];
  const flagged = async (words: readonly string[]) =>
    statementsOn(await view(shoulder(daysAgo(2)), ...words.map((word) => yes(word)))).includes('RED-04');

  test('all three flag', async () => {
    expect(await flagged(WORDS)).toBe(true);
  });

  test.each(WORDS)('the two others without %s do not', async (missing) => {
    expect(await flagged(WORDS.filter((word) => word !== missing))).toBe(false);
  });

  test('continuous pain at rest on day 2 of NA does not', async () => {
    expect(await flagged(['pain-continuous', 'pain-at-rest'])).toBe(false);
    expect(await flagged([...WORDS, 'pain-at-rest'])).toBe(true);
  });
});

describe('AMB-15: "medicatieresistent" is recorded so, or NRS still 7 a day after an analgesic; unknown does not block', () => {
  const PAIN = shoulder(daysAgo(5));
  const since = (atc: string, days: number) =>
    record('MedicationRequest', {
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: atc }] },
      authoredOn: daysAgo(days),
    });
  const OXYCODONE = 'N02AA05';
  const PARACETAMOL = 'N02BE01';
  const ASK = 'response to analgesics';

  test('no analgesic tried: suspicion stands and asks for the response', async () => {
    const cards = await view(PAIN, nrs(8, daysAgo(0), SHOULDER));
    expect(cardWith('NA-41', cards)?.indicator).toBe('warning');
    expect(wordsOf(cards)).toContain(ASK);
  });

  test('recorded as ineffective there is nothing to ask', async () => {
    const cards = await view(PAIN, nrs(8, daysAgo(0), SHOULDER), yes('analgesics-ineffective'));
    expect(statementsOn(cards)).toEqual(expect.arrayContaining(['NA-41', 'NA-28']));
    expect(wordsOf(cards)).not.toContain(ASK);
  });

  test.each([
    [0, false],
    [1, true],
    [2, true],
  ])('NRS 8 on oxycodone for %i days is resistant: %s', async (days, resistant) => {
    const cards = await view(PAIN, nrs(8, daysAgo(0), SHOULDER), since(OXYCODONE, days));
    expect(statementsOn(cards)).toContain('NA-41');
    expect(statementsOn(cards).includes('NA-56')).toBe(resistant);
    expect(wordsOf(cards).includes(ASK)).toBe(!resistant);
  });

  test.each([
    [6, 'info'],
    [7, 'warning'],
    [3, 'info'],
  ])('NRS 8, and %i after two days of paracetamol: suspicion by the peak, as %s', async (now, indicator) => {
    const scores = [nrs(8, daysAgo(4), SHOULDER), nrs(now, daysAgo(0), SHOULDER)];
    const cards = await view(PAIN, ...scores, since(PARACETAMOL, 2));
    expect(cardWith('NA-41', cards)?.indicator ?? 'no card').toBe(indicator);
  });
});

describe('AMB-16: one bullet of Tabel 2 is enough, but the second and third need the site and NRS 7 or paresis', () => {
  const PAIN = shoulder(daysAgo(3));
  const NIGHT = [yes('pain-at-night'), yes('pain-at-rest')];
  const bulletsOf = async (...records: readonly FhirResource[]) =>
    statementsOn(await view(...records)).filter((id) => ['NA-41', 'NA-42', 'NA-43', 'NA-55'].includes(id));

  test.each([
    [4, []],
    [6, []],
    [7, ['NA-41', 'NA-42']],
  ])('pain at night and at rest with NRS %i: %j', async (score, expected) => {
    expect(await bulletsOf(PAIN, nrs(score, daysAgo(0), SHOULDER), ...NIGHT)).toEqual(expected);
  });

  test('weakness stands in for the score', async () => {
    const weak = yes('weakness', ['site-upper-arm', RIGHT]);
    expect(await bulletsOf(PAIN, nrs(4, daysAgo(0), SHOULDER), ...NIGHT, weak)).toEqual(['NA-42']);
    const elsewhere = yes('weakness', ['site-foot', RIGHT]);
    expect(await bulletsOf(PAIN, nrs(4, daysAgo(0), SHOULDER), ...NIGHT, elsewhere)).toEqual([]);
  });

  test('night pain of the knee is no bullet', async () => {
    const knee = condition('leg-pain', daysAgo(3), ['site-knee', RIGHT]);
    const there = ['site-knee', RIGHT];
    expect(
      await bulletsOf(knee, nrs(9, daysAgo(0), there), yes('pain-at-night', there), yes('pain-at-rest', there)),
    ).toEqual([]);
  });

  test('a painless multifocal paresis of one arm is enough', async () => {
    const weak = [strength('muscle-deltoid', 4, daysAgo(0)), strength('muscle-triceps', 4, daysAgo(0))];
    const records = [condition('weakness', daysAgo(3), SHOULDER), yes('onset-sudden'), nrs(0, daysAgo(0), SHOULDER)];
    expect(await bulletsOf(...records, ...weak)).toEqual(expect.arrayContaining(['NA-43', 'NA-55']));
    expect(await bulletsOf(...records, weak[0]!)).toEqual([]);
  });
});

describe('AMB-17: the site is shoulder, shoulder blade or upper arm; the neck needs one more feature', () => {
  const painAt = (...places: readonly string[]) => [
    condition('arm-pain', daysAgo(3), [...places, RIGHT]),
    nrs(9, daysAgo(0), [...places, RIGHT]),
  ];
  const NECK = [condition('neck-pain', daysAgo(3), ['site-neck']), nrs(9, daysAgo(0), ['site-neck'])];
  const indicatorOf = async (...records: readonly FhirResource[]) =>
    cardWith('NA-41', await view(...records))?.indicator ?? 'no card';

  test.each([
    ['site-shoulder', 'warning'],
    ['site-scapula', 'warning'],
    ['site-upper-arm', 'warning'],
    ['site-arm', 'warning'],
    ['site-forearm', 'no card'],
    ['site-hand', 'no card'],
  ])('NRS 9 at %s: %s', async (place, indicator) => {
    expect(await indicatorOf(...painAt(place))).toBe(indicator);
  });

  test('NRS 9 of the neck alone is no suspicion', async () => {
    expect(await indicatorOf(...NECK)).toBe('no card');
  });

  test.each(['pain-at-night', 'pain-at-rest', 'winged-scapula', 'scapular-dyskinesia'])(
    'with %s it is, as information',
    async (feature) => {
      const places = feature.startsWith('pain') ? ['site-neck'] : SHOULDER;
      expect(statementsOn(await view(...NECK, yes(feature, places)))).toContain('NA-41');
      expect(statementsOn(await view(...NECK, finding(feature, false, daysAgo(0), places)))).not.toContain('NA-41');
    },
  );

  test('neck pain with pain at night is information, with arm pain a warning', async () => {
    expect(await indicatorOf(...NECK, yes('pain-at-night', ['site-neck']))).toBe('info');
    expect(await indicatorOf(...NECK, condition('arm-pain', daysAgo(3), ['site-arm']))).toBe('warning');
  });

  test.each([
    ['3 at the shoulder', 'info', nrs(3, daysAgo(0), ['site-shoulder'])],
    ['1 at the arm', 'info', nrs(1, daysAgo(0), ['site-arm'])],
    ['0 at the arm', 'no card', nrs(0, daysAgo(0), ['site-arm'])],
    ['3 at the arm on the eve of the onset', 'info', nrs(3, daysAgo(4), ['site-arm'])],
    ['3 at the arm from before the onset', 'no card', nrs(3, daysAgo(5), ['site-arm'])],
    ['3 at the neck again', 'no card', nrs(3, daysAgo(0), ['site-neck'])],
  ])('NRS 9 of the neck with %s: %s', async (_, indicator, score) => {
    expect(await indicatorOf(...NECK, score)).toBe(indicator);
  });

  test('a weak forearm goes the way of the lung apex', async () => {
    const pain = painAt('site-forearm');
    const statements = statementsOn(await view(...pain, yes('weakness', ['site-forearm', RIGHT])));
    expect(statements).toEqual(expect.arrayContaining(['NA-48', 'NA-60']));
    expect(statements).not.toContain('NA-41');
    expect(statementsOn(await view(...pain))).not.toContain('NA-48');
  });
});

describe('AMB-18: "acuut" is recorded sudden, or a peak within 7 days of a known onset; gradual is not acute, unknown is asked', () => {
  const ASK = 'acute onset';
  const suspicion = async (onset: string, ...records: readonly FhirResource[]) => {
    const cards = await view(shoulder(onset), ...records);
    return { suspected: statementsOn(cards).includes('NA-41'), asked: wordsOf(cards).includes(ASK) };
  };
  const SEVERE = nrs(9, daysAgo(0), SHOULDER);

  test.each([
    [3, false],
    [7, false],
    [8, true],
  ])('NRS 9 on day %i is suspect; the onset is asked: %s', async (day, asked) => {
    expect(await suspicion(daysAgo(day), SEVERE)).toEqual({ suspected: true, asked });
  });

  test('an onset of which only the month is known is asked', async () => {
    expect(await suspicion('2026-11', SEVERE)).toEqual({ suspected: true, asked: true });
  });

  test('recorded as sudden nothing is asked, recorded as gradual nothing is suspected', async () => {
    const onset = daysAgo(56);
    expect(await suspicion(onset, SEVERE)).toEqual({ suspected: true, asked: true });
    expect(await suspicion(onset, SEVERE, yes('onset-sudden'))).toEqual({ suspected: true, asked: false });
    expect(await suspicion(onset, SEVERE, yes('onset-gradual'))).toEqual({ suspected: false, asked: false });
  });

  test.each([
    ['2026-08-21', true],
    ['2026-08-20', false],
  ])('onset %s, today the first NRS 9: suspected: %s', async (onset, suspected) => {
    expect((await suspicion(onset, SEVERE)).suspected).toBe(suspected);
  });

  test.each([
    ['2026-08-21', true],
    ['2026-08-20', false],
  ])(
    'NA on the list since %s is still weighed as a suspicion: %s; after that only its chronic phase speaks',
    async (onset, weighed) => {
      const cards = await view(condition('neuralgic-amyotrophy', onset, SHOULDER), SEVERE);
      expect(rulesOn(cards).includes('na-suspicion')).toBe(weighed);
      expect(statementsOn(cards).includes('NA-33')).toBe(!weighed);
    },
  );
});
