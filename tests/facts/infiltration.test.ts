/** The order of MRI, infiltrations and visits at its limits: two days, a week, and what counts as an infiltration (AMB-08, 09, 10; D19). */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts/fact.js';
import { DEFINITIONS, FACTS, valueOf } from '../support/facts.js';
import { caseOf, coded, condition, daysAgo, nrs, record } from '../support/records.js';
import { PATIENT } from '../support/requests.js';

const NECK = condition('neck-pain', daysAgo(20), ['site-neck', 'site-arm']);
const procedure = (code: string, days: number, status = 'completed') =>
  record('Procedure', { status, code: coded(code), performedDateTime: daysAgo(days) });
const order = (code: string, status: string, days?: number) =>
  record('ServiceRequest', {
    status,
    intent: 'order',
    code: coded(code),
    ...(days !== undefined && { occurrenceDateTime: daysAgo(days) }),
  });
const visit = (status: string, days: number) =>
  record('Appointment', {
    status,
    serviceType: [coded('gp-visit')],
    start: `${daysAgo(days)}T10:00:00+01:00`,
    participant: [{ actor: { reference: `Patient/${PATIENT}` }, status: 'accepted' }],
  });

/** A fact of the first draft and the first complaint it concerns. */
function ofDraft(id: string, drafts: readonly FhirResource[], records: readonly FhirResource[]): FactValue | undefined {
  const selections = drafts.slice(0, 1).map((draft) => `ServiceRequest/${String(draft.id)}`);
  const sheet = FACTS.of(caseOf([NECK, ...records], { hook: 'order-select', drafts, selections }));
  const subject = sheet.drafts[0]?.perEpisode[0];
  if (!subject) throw new RangeError('the draft concerns no complaint');
  return sheet.read(
    DEFINITIONS.findIndex((definition) => definition.id === id),
    subject,
  ).value;
}

describe('days from the MRI of the neck to the infiltration', () => {
  const infiltration = (days?: number) => order('cervical-epidural-infiltration', 'draft', days);

  it.each([
    ['the day of the MRI', -1, 0],
    ['a day later', -2, 1],
    ['two days later', -3, 2],
  ])('counts calendar days: %s', (_, day, expected) => {
    expect(ofDraft('order.daysAfterMri', [infiltration(day)], [order('mri-cervical', 'active', -1)])).toBe(expected);
  });

  it('takes today for an infiltration without a date, once two days have passed', () => {
    expect(ofDraft('order.daysAfterMri', [infiltration()], [procedure('mri-cervical', 2)])).toBe(2);
    expect(ofDraft('order.daysAfterMri', [infiltration()], [procedure('mri-cervical', 1)])).toBeUndefined();
  });

  it('sees an MRI ordered in the same session', () => {
    const drafts = [infiltration(-3), order('mri-cervical', 'draft', -1)];
    expect(ofDraft('order.daysAfterMri', drafts, [])).toBe(2);
  });

  it.each([
    ['none', [], false],
    ['of the back', [procedure('mri-lumbar', 3)], false],
    ['of before the complaint', [procedure('mri-cervical', 90)], false],
    ['a CT of the neck', [procedure('ct-cervical', 3)], false],
    ['done', [procedure('mri-cervical', 3)], true],
    ['planned', [order('mri-cervical', 'active', -3)], true],
    ['planned and never done', [order('mri-cervical', 'active', 5)], false],
  ])('knows whether there is an MRI: %s', (_, records, expected) => {
    expect(ofDraft('neckMri.known', [infiltration()], records)).toBe(expected);
  });
});

describe('infiltrations of the complaint', () => {
  const epidural = (days: number, status?: string) => procedure('cervical-epidural-infiltration', days, status);
  const LONG = condition('neck-pain', daysAgo(45), ['site-neck', 'site-arm']);

  it.each([
    ['none', [], 0],
    ['one', [epidural(10)], 1],
    ['two', [epidural(25), epidural(9)], 2],
    ['one not done', [epidural(25), epidural(9, 'not-done')], 1],
    ['one of before the complaint', [epidural(60), epidural(9)], 1],
    ['one of the back', [procedure('lumbar-root-infiltration', 25), epidural(9)], 1],
  ])('are counted: %s', (_, records, expected) => {
    expect(valueOf('infiltration.count', [LONG, ...records])).toBe(expected);
  });

  it('are not counted when the list of procedures is not complete', () => {
    expect(valueOf('infiltration.count', [LONG], { incomplete: ['Procedure'] })).toBeUndefined();
  });

  it.each([
    [6, -1],
    [7, 0],
    [8, 1],
  ])('are checked a week after the second: %i days ago', (days, expected) => {
    expect(valueOf('infiltration.daysSinceCheck', [LONG, epidural(25), epidural(days)])).toBe(expected);
  });

  it.each([
    ['nothing booked', [], 'none'],
    ['booked on day 6', [visit('booked', -3)], 'too-soon'],
    ['booked on day 7', [visit('booked', -4)], 'planned'],
    ['cancelled', [visit('cancelled', -4)], 'none'],
  ])('know the visit that follows: %s', (_, visits, expected) => {
    expect(valueOf('check.afterInfiltration', [LONG, epidural(25), epidural(3), ...visits])).toBe(expected);
  });

  it('know the visit that was done', () => {
    const records = [LONG, epidural(25), epidural(9)];
    expect(valueOf('check.afterInfiltration', [...records, visit('fulfilled', 2)])).toBe('done');
    expect(valueOf('check.afterInfiltration', [...records, visit('fulfilled', 3)])).toBe('none');
  });
});

describe('the image and the visit', () => {
  it.each([
    ['image a day earlier', -2, true],
    ['image on the same day', -3, false],
    ['image a day later', -4, false],
  ])('%s', (_, day, expected) => {
    const records = [NECK, order('mri-cervical', 'active', day), visit('booked', -3)];
    expect(valueOf('check.imageFirst', records)).toBe(expected);
  });

  it('is no matter without a visit', () => {
    expect(valueOf('check.imageFirst', [NECK, order('mri-cervical', 'active', -2)])).toBe(false);
  });
});

describe('clearly much better', () => {
  const scores = [nrs(8, daysAgo(12), ['site-arm']), nrs(2, daysAgo(0), ['site-arm'])];
  const oxycodone = record('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded('oxycodone'),
    authoredOn: daysAgo(10),
  });

  it('is sure by recent scores, and asked on a strong opioid', () => {
    expect(valueOf('episode.surelyBetter', [NECK, ...scores])).toBe(true);
    expect(valueOf('episode.betterOnStrongDrug', [NECK, ...scores])).toBe(false);
    expect(valueOf('episode.surelyBetter', [NECK, ...scores, oxycodone])).toBe(false);
    expect(valueOf('episode.betterOnStrongDrug', [NECK, ...scores, oxycodone])).toBe(true);
  });

  it('is not sure without scores', () => {
    expect(valueOf('episode.surelyBetter', [NECK])).toBe(false);
    expect(valueOf('episode.betterOnStrongDrug', [NECK])).toBe(false);
  });
});

describe('a planned EMG', () => {
  it.each([
    ['of the arm', order('emg', 'active', -3), true],
    ['in the past', order('emg', 'active', 3), false],
    ['done', order('emg', 'completed', 3), false],
  ])('%s', (_, emg, expected) => {
    expect(valueOf('emg.planned', [NECK, emg])).toBe(expected);
  });
});

describe('the result of neck imaging', () => {
  const report = (conclusion: string) =>
    record('DiagnosticReport', {
      status: 'final',
      code: coded('mri-cervical'),
      effectiveDateTime: daysAgo(3),
      conclusionCode: [coded(conclusion)],
    });

  it.each([
    ['unclear', [report('imaging-unclear')], true],
    ['clear', [report('imaging-clear')], false],
    ['not there', [], false],
  ])('is %s', (_, records, expected) => {
    expect(valueOf('imaging.unclearNeck', [NECK, ...records])).toBe(expected);
  });
});
