/** Physiotherapy and work at their limits: when therapy began, what stands beside an order, which sick leave counts (AMB-29). */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import type { FactValue } from '../../src/facts/fact.js';
import { DEFINITIONS, FACTS, valueOf } from '../support/facts.js';
import { caseOf, coded, condition, daysAgo, finding, observation, record } from '../support/records.js';

const NECK = condition('neck-pain', daysAgo(60), ['site-neck']);
const therapy = (days?: number, status = 'in-progress') =>
  record('Procedure', {
    status,
    code: coded('physiotherapy'),
    ...(days !== undefined && { performedPeriod: { start: daysAgo(days) } }),
  });
const draft = (...codes: readonly string[]) =>
  record('ServiceRequest', { status: 'draft', intent: 'order', code: coded(...codes), bodySite: [coded('site-neck')] });

describe('running physiotherapy', () => {
  it.each([
    ['in progress', [therapy(42)], true, 42],
    ['without a start', [therapy()], true, undefined],
    ['completed', [therapy(42, 'completed')], false, undefined],
    ['of before the complaint', [therapy(90)], false, undefined],
    ['twice', [therapy(20), therapy(41)], true, 41],
    ['none', [], false, undefined],
  ])('%s', (_, records, runs, days) => {
    expect(valueOf('physiotherapy.running', [NECK, ...records])).toBe(runs);
    expect(valueOf('physiotherapy.days', [NECK, ...records])).toBe(days);
  });

  it('does not run when none is recorded, complete or not', () => {
    expect(valueOf('physiotherapy.running', [NECK], { incomplete: ['Procedure'] })).toBe(false);
  });
});

describe('an order of a modality', () => {
  const ofDraft = (id: string, drafts: readonly FhirResource[], records: readonly FhirResource[] = []) => {
    const sheet = FACTS.of(caseOf([NECK, ...records], { hook: 'order-select', drafts }));
    const subject = sheet.drafts[0]?.perEpisode[0];
    if (!subject) throw new RangeError('the draft concerns no complaint');
    const number = DEFINITIONS.findIndex((definition) => definition.id === id);
    return sheet.read(number, subject).value;
  };

  it.each([
    ['massage', ['massage']],
    ['tens', ['electrotherapy']],
    ['shockwave-therapy', ['ultrasound-shockwave']],
    ['cold-therapy', ['heat-cold']],
    ['physiotherapy', []],
  ])('names its kind: %s', (code, expected: FactValue) => {
    expect(ofDraft('order.modalities', [draft(code)])).toEqual(expected);
  });

  it('stands alone, unless physiotherapy runs or is ordered beside it', () => {
    expect(ofDraft('order.alone', [draft('massage')])).toBe(true);
    expect(ofDraft('order.alone', [draft('massage'), draft('heat-therapy')])).toBe(true);
    expect(ofDraft('order.alone', [draft('massage'), draft('exercise-therapy')])).toBe(false);
    expect(ofDraft('order.alone', [draft('massage')], [therapy(10)])).toBe(false);
  });
});

describe('a recurrent complaint', () => {
  it.each([
    ['active', false],
    ['recurrence', true],
    ['relapse', true],
  ])('%s', (code, expected) => {
    const again = { clinicalStatus: { coding: [{ code }] } };
    expect(valueOf('episode.recurrent', [condition('neck-pain', daysAgo(5), ['site-neck'], again)])).toBe(expected);
  });
});

describe('sick leave', () => {
  const leave = (period: Readonly<Record<string, string>>) =>
    observation('sick-leave', daysAgo(0), [], { valuePeriod: period });

  it.each([
    ['28 days', [leave({ start: daysAgo(28) })], true, 28],
    ['29 days', [leave({ start: daysAgo(29) })], true, 29],
    ['ends today', [leave({ start: daysAgo(29), end: daysAgo(0) })], true, 29],
    ['ended yesterday', [leave({ start: daysAgo(29), end: daysAgo(1) })], false, undefined],
    ['of before the complaint', [leave({ start: daysAgo(62) })], false, undefined],
    ['without a start', [finding('sick-leave', true, daysAgo(3))], true, undefined],
    ['not on leave', [finding('sick-leave', false, daysAgo(3))], false, undefined],
    ['not recorded', [], false, undefined],
  ])('%s', (_, records, now, days) => {
    expect(valueOf('work.sickLeave', [NECK, ...records])).toBe(now);
    expect(valueOf('work.sickLeaveDays', [NECK, ...records])).toBe(days);
  });
});
