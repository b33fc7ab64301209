/**
 * What the sources leave open about neck and back: where arm and leg begin, which operation counts, who is meant by
 * "fysiotherapeut", from when weeks are counted, and when an EMG has its turn: each with the one reading that the service takes.
 */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cardWith, cardsFor, draft, rulesOn, statementsOn, wordsOf, type Told } from '../support/advice.js';
import { coded, condition, daysAgo, finding, nrs, observation, record } from '../support/records.js';
import { startService, type RunningService } from '../support/service.js';

let service: RunningService;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.close());

type Elements = Readonly<Record<string, unknown>>;
const view = (records: readonly FhirResource[], told: Told = {}) =>
  cardsFor(service, 'patient-view', { records, ...told });
const ordered = (concept: string, ...records: readonly FhirResource[]) =>
  cardsFor(service, 'order-select', { records, drafts: [draft('ServiceRequest', { code: coded(concept) })] });
const neckPain = (days: number, sites: readonly string[] = [], more: Elements = {}) =>
  condition('neck-pain', daysAgo(days), ['site-neck', ...sites], more);
const backPain = (days: number, sites: readonly string[] = []) =>
  condition('low-back-pain', daysAgo(days), ['site-low-back', ...sites]);

/** The statement that names the timeline of the complaint. */
const timelineOf = (statements: readonly string[]) =>
  statements.filter((id) => ['CERV-01', 'CERV-22', 'LUMB-01', 'LUMB-09'].includes(id));

describe('AMB-24: leg pain begins below the knee; the knee itself belongs to back pain, "leg" without more to leg pain', () => {
  test.each([
    ['buttock', 'LUMB-01'],
    ['thigh', 'LUMB-01'],
    ['knee', 'LUMB-01'],
    ['lower-leg', 'LUMB-09'],
    ['foot', 'LUMB-09'],
    ['leg', 'LUMB-09'],
  ])('back pain to the %s is %s', async (site, timeline) => {
    const statements = statementsOn(await view([backPain(20, [`site-${site}`])]));
    expect(timelineOf(statements)).toEqual([timeline]);
  });

  test.each([
    ['site-leg', true],
    ['site-knee', false],
  ])('back pain to both sides at %s asks for bladder, bowels and saddle: %s', async (site, asks) => {
    const statements = statementsOn(await view([backPain(20, [site, 'side-bilateral'])]));
    expect(statements.includes('SAFE-21')).toBe(asks);
  });
});

describe('AMB-25: arm pain begins beyond the shoulder; shoulder and shoulder blade belong to neck pain', () => {
  test.each([
    ['shoulder', 'CERV-01'],
    ['scapula', 'CERV-01'],
    ['upper-arm', 'CERV-22'],
    ['forearm', 'CERV-22'],
    ['hand', 'CERV-22'],
  ])('neck pain to the %s is %s', async (site, timeline) => {
    const statements = statementsOn(await view([neckPain(20, [`site-${site}`])]));
    expect(timelineOf(statements)).toEqual([timeline]);
  });

  test.each([
    [true, true],
    [false, false],
  ])(
    'tingling of the hand (%s) in a neck complaint with the hand as site makes an MRI useful: %s',
    async (tingles, useful) => {
      const tingling = finding('paraesthesia', tingles, daysAgo(2), ['site-hand']);
      const statements = statementsOn(await view([neckPain(20, ['site-hand']), tingling]));
      expect(timelineOf(statements)).toEqual(['CERV-22']);
      expect(statements.includes('PAR-16')).toBe(useful);
    },
  );
});

describe('AMB-26: "without surgery" means no completed operation of neck or back, however long ago', () => {
  const procedure = (concept: string, status: string) =>
    record('Procedure', { status, code: coded(concept), performedDateTime: '1998-05-12' });
  const BACK_LEG = backPain(10, ['site-lower-leg']);

  test.each([
    ['a discectomy', 'lumbar-discectomy', 'completed', true],
    ['a discectomy', 'lumbar-discectomy', 'not-done', false],
    ['a discectomy', 'lumbar-discectomy', 'entered-in-error', false],
    ['a discectomy', 'lumbar-discectomy', 'preparation', false],
    ['an infiltration', 'lumbar-root-infiltration', 'completed', false],
    ['an infiltration', 'cervical-epidural-infiltration', 'completed', false],
    ['an operation elsewhere', 'knee-replacement', 'completed', false],
  ])('%s (%s) of 1998, %s, replaces the timeline: %s', async (_, concept, status, replaces) => {
    const statements = statementsOn(await view([BACK_LEG, procedure(concept, status)]));
    expect(statements.includes('POSTOP-01')).toBe(replaces);
    expect(timelineOf(statements)).toEqual(replaces ? [] : ['LUMB-09']);
  });

  test.each([
    ['leg pain', BACK_LEG, 'warning'],
    ['neck pain', neckPain(10), 'info'],
  ])('%s after a back operation: %s', async (_, complaint, indicator) => {
    const cards = await view([complaint, procedure('lumbar-discectomy', 'completed')]);
    expect(cardWith('POSTOP-01', cards)?.indicator).toBe(indicator);
  });
});

describe('AMB-27: "fysiotherapeut" is physical medicine or physiotherapy in Belgium, physiotherapy in the Netherlands', () => {
  const LONG = [neckPain(120, ['site-upper-arm']), nrs(6, daysAgo(1), ['site-neck'])];

  test.each([
    ['BE', 'en', 'consider physical medicine or physiotherapy'],
    ['NL', 'en', 'consider physiotherapy'],
    ['BE', 'nl', 'fysische geneeskunde of kinesitherapie'],
    ['NL', 'nl', 'fysiotherapie'],
  ] as const)('in %s and in %s the card says "%s"', async (jurisdiction, language, words) => {
    const card = cardWith('CERV-21', await view(LONG, { jurisdiction, language }));
    expect(card?.summary).toContain(words);
    expect(/physical medicine|fysische geneeskunde/.test(String(card?.summary))).toBe(jurisdiction === 'BE');
  });
});

describe('AMB-28: abbreviations are read, not guessed: "NMR" is MRI in the advice and stays as it is in the quote', () => {
  test.each(['en', 'nl'] as const)('on a card in %s', async (language) => {
    const lines = wordsOf(await view([neckPain(20)], { language })).split('\n');
    const quoted = lines.filter((line) => line.startsWith('>')).join('\n');
    const advised = lines.filter((line) => !line.startsWith('>')).join('\n');
    expect(quoted).toContain('te plannen NMR');
    expect(advised).toContain('MRI');
    expect(advised).not.toMatch(/NMR|\bKP\b|\bKO\b|\bVG\b/);
  });
});

describe('AMB-29: sick leave counts from its start (over 28 days), physiotherapy from its start (42 days), the course from onset', () => {
  const leaveSince = (days: number) =>
    observation('sick-leave', daysAgo(0), [], { valuePeriod: { start: daysAgo(days) } });
  const therapySince = (days: number) =>
    record('Procedure', {
      status: 'in-progress',
      code: coded('physiotherapy'),
      performedPeriod: { start: daysAgo(days) },
    });
  const GRADE = finding('neck-pain-grade-1-2', true, daysAgo(0), ['site-neck']);
  const SCORES = [nrs(6, daysAgo(20), ['site-neck']), nrs(6, daysAgo(0), ['site-neck'])];
  const statementsFor = async (...records: readonly FhirResource[]) =>
    statementsOn(await view([GRADE, ...SCORES, ...records]));

  test.each([
    [27, false],
    [28, false],
    [29, true],
  ])('sick leave of %i days is longer than four weeks: %s', async (days, long) => {
    const statements = await statementsFor(neckPain(60), leaveSince(days));
    expect(statements).toContain('NECKB-18');
    expect(statements.includes('NECKB-19')).toBe(long);
  });

  test.each([
    [41, false],
    [42, true],
    [43, true],
  ])('physiotherapy of %i days is due for evaluation, and to end without improvement: %s', async (days, due) => {
    const statements = await statementsFor(neckPain(60), therapySince(days));
    expect(statements.includes('NECKB-22')).toBe(due);
    expect(statements.includes('NECKB-24')).toBe(due);
  });

  test.each([
    [41, false],
    [42, false],
    [43, true],
  ])('on day %i since onset the course is abnormal: %s', async (days, abnormal) => {
    expect((await statementsFor(neckPain(days))).includes('NECKB-02')).toBe(abnormal);
  });

  test.each([
    ['active', false],
    ['recurrence', true],
  ])('on day 30 the course of a complaint that is called %s is abnormal: %s', async (status, abnormal) => {
    const again = { clinicalStatus: { coding: [{ code: status }] } };
    expect((await statementsFor(neckPain(30, [], again))).includes('NECKB-02')).toBe(abnormal);
  });
});

describe('AMB-30: what the neck page leaves empty is filled from the public guideline, and marked as an addition', () => {
  test.each([
    [42, false],
    [43, true],
  ])('beside a massage ordered on day %i the card names the recommended therapy: %s', async (days, named) => {
    const cards = await ordered('massage', neckPain(days));
    expect(statementsOn(cards).includes('EXT-09')).toBe(named);
    expect(/Addition[^\n]*exercise therapy/i.test(wordsOf(cards))).toBe(named);
  });
});

describe('AMB-34: an EMG has its turn when imaging left doubt, and in NA when the neurologist wants it', () => {
  const NECK_ARM = neckPain(30, ['site-upper-arm']);
  const BACK_LEG = backPain(30, ['site-lower-leg']);
  const imaged = (concept: string, conclusion: string) =>
    record('DiagnosticReport', {
      status: 'final',
      code: coded(concept),
      effectiveDateTime: daysAgo(5),
      conclusionCode: [coded(conclusion)],
    });

  const CLEAR = imaged('mri-cervical', 'imaging-clear');
  const UNCLEAR = imaged('mri-cervical', 'imaging-unclear');
  const UNCLEAR_BACK = imaged('mri-lumbar', 'imaging-unclear');

  test.each<[string, boolean, readonly FhirResource[], FhirResource, string]>([
    ['neck and arm, no image', true, [], NECK_ARM, 'CERV-14'],
    ['neck and arm, a clear MRI', true, [CLEAR], NECK_ARM, 'CERV-14'],
    ['neck and arm, an unclear MRI', false, [UNCLEAR], NECK_ARM, 'CERV-14'],
    ['neck and arm, an unclear MRI of the back', true, [UNCLEAR_BACK], NECK_ARM, 'CERV-14'],
    ['back and leg, no image', true, [], BACK_LEG, 'LUMB-15'],
    ['back and leg, an unclear MRI', false, [UNCLEAR_BACK], BACK_LEG, 'LUMB-15'],
  ])('%s: the EMG waits: %s', async (_, waits, reports, complaint, statement) => {
    const cards = await ordered('emg', complaint, ...reports);
    expect(cardWith(statement, cards)?.indicator).toBe(waits ? 'info' : undefined);
    expect(cards.length > 0).toBe(waits);
  });

  test.each([
    ['provisional', true],
    ['confirmed', false],
  ])('in NA that is %s the card leaves the diagnosis to the neurologist: %s', async (verification, refers) => {
    const na = condition('neuralgic-amyotrophy', daysAgo(30), ['site-shoulder', 'side-right'], {
      verificationStatus: { coding: [{ code: verification }] },
    });
    const cards = await ordered('emg', na);
    expect(statementsOn(cards)).toContain('NA-40');
    expect(rulesOn(cards).includes('na-emg-neurologist-decides')).toBe(refers);
  });
});
