/** The arithmetic of a drafted course of prednisone: dose of each day, taper, length, and the dose of a child (knowledge 5.2, AMB-19, AMB-20). */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { sourceCourse, tapersAsSource } from '../../src/facts/derive/course.js';
import type { Fact, FactValue } from '../../src/facts/fact.js';
import { isoDay } from '../../src/fhir/dates.js';
import { DEFINITIONS, FACTS, factOf, valueOf } from '../support/facts.js';
import { TODAY, caseOf, coded, condition, daysAgo, finding, nrs, record, weight } from '../support/records.js';

const LAST_DAY = 14;
const ONSET = daysAgo(2);

interface Step {
  readonly mg: number;
  readonly days: number;
  readonly more?: Readonly<Record<string, unknown>>;
  readonly unit?: string;
}

const steps = (...doses: readonly (readonly [mg: number, days: number])[]): readonly Step[] =>
  doses.map(([mg, days]) => ({ mg, days }));

const DAILY = { frequency: 1, period: 1, periodUnit: 'd' };

const dosage = (
  { mg, days, more = DAILY, unit = 'mg' }: Step,
  sequence: number,
  bounds: Readonly<Record<string, unknown>>,
) => ({
  sequence,
  timing: { repeat: { ...(days > 0 && bounds), ...more } },
  doseAndRate: [{ doseQuantity: { value: mg, unit, code: unit } }],
});

/** A draft whose steps follow each other, each with its length. */
function drafted(parts: readonly Step[], more: Readonly<Record<string, unknown>> = {}): FhirResource {
  return record('MedicationRequest', {
    status: 'draft',
    intent: 'order',
    medicationCodeableConcept: coded('prednisone'),
    dosageInstruction: parts.map((step, index) =>
      dosage(step, index + 1, { boundsDuration: { value: step.days, code: 'd' } }),
    ),
    ...more,
  });
}

const NA = condition('neuralgic-amyotrophy', ONSET, ['site-shoulder', 'side-right']);

/** A fact of the draft and the first complaint that it concerns. */
function factOfDraft(id: string, draft: FhirResource, records: readonly FhirResource[]): Fact {
  const sheet = FACTS.of(caseOf(records, { hook: 'order-select', drafts: [draft] }));
  const subject = sheet.drafts[0]?.perEpisode[0];
  if (!subject) throw new RangeError('the draft concerns no episode');
  return sheet.read(
    DEFINITIONS.findIndex((definition) => definition.id === id),
    subject,
  );
}

/** The same for a patient with NA whose pain began two days ago. */
const ofDraft = (id: string, draft: FhirResource, records: readonly FhirResource[] = []): FactValue | undefined =>
  factOfDraft(id, draft, [NA, ...records]).value;

const sum = (doses: readonly number[]): number => doses.reduce((total, dose) => total + dose, 0);
const week = (mg: number): readonly number[] => Array.from({ length: 7 }, () => mg);
const ADULT = steps([60, 7], [50, 1], [40, 1], [30, 1], [20, 1], [10, 1]);

describe('the course of the source', () => {
  it('is 570 mg in twelve days for an adult', () => {
    expect(sourceCourse(60)).toEqual([...week(60), 50, 40, 30, 20, 10]);
    expect(sum(sourceCourse(60))).toBe(570);
  });

  it.each([
    [12, 86],
    [20, 150],
    [25, 195],
    [28, 222],
    [35, 290],
    [45, 395],
    [59, 558],
    [60, 570],
  ])('is, for a child of %d kg, %d mg in all', (kilograms, total) => {
    expect(sum(sourceCourse(kilograms))).toBe(total);
    expect(tapersAsSource(sourceCourse(kilograms), LAST_DAY)).toBe(true);
  });
});

describe('the taper of a draft', () => {
  it.each([
    ['that of the source', [...week(60), 50, 40, 30, 20, 10], true],
    ['with an extra day of 5 mg', [...week(60), 50, 40, 30, 20, 10, 5], true],
    ['with a last dose on day 14', [...week(60), 50, 50, 40, 30, 20, 10, 10], true],
    ['with a last dose on day 15', [...week(60), 50, 50, 40, 40, 30, 20, 10, 10], false],
    ['of a lower start dose', [...week(50), 40, 30, 20, 10], true],
    ['missing after a week', week(60), false],
    ['missing in two weeks', [...week(60), ...week(60)], false],
    ['missing after five days', [40, 40, 40, 40, 40], false],
    ['of six days at 10 mg', [10, 10, 10, 10, 10, 10], false],
    ['too fast', [...week(60), 40, 20], false],
    ['stopping at 20 mg', [...week(60), 50, 40, 30, 20], false],
    ['begun a day late', [...week(60), 60, 50, 40, 30, 20, 10], false],
    ['begun a day early', [60, 60, 60, 60, 60, 60, 50, 40, 30, 20, 10], false],
    ['rising again', [...week(60), 50, 40, 50, 40, 30, 20, 10], false],
    ['not needed from 10 mg', week(10), true],
  ])('%s', (_, doses, accepted) => {
    expect(tapersAsSource(doses, LAST_DAY)).toBe(accepted);
  });
});

describe('a drafted course', () => {
  it('is read day by day', () => {
    const draft = drafted(ADULT);
    expect(ofDraft('course.dailyDose', draft)).toBe(60);
    expect(ofDraft('course.highestDose', draft)).toBe(60);
    expect(ofDraft('course.days', draft)).toBe(12);
    expect(ofDraft('course.fullDoseDays', draft)).toBe(7);
    expect(ofDraft('course.tapers', draft)).toBe(true);
  });

  it('may end in a step of 0 mg', () => {
    const draft = drafted([...ADULT, { mg: 0, days: 1 }]);
    expect(ofDraft('course.days', draft)).toBe(12);
    expect(ofDraft('course.tapers', draft)).toBe(true);
  });

  it('counts its doses a day', () => {
    const twice = drafted([{ mg: 30, days: 7, more: { frequency: 2, period: 1, periodUnit: 'd' } }]);
    const named = drafted([{ mg: 30, days: 7, more: { when: ['MORN', 'EVE'] } }]);
    const hours = drafted([{ mg: 15, days: 7, more: { frequency: 1, period: 6, periodUnit: 'h' } }]);
    for (const draft of [twice, named, hours]) expect(ofDraft('course.dailyDose', draft)).toBe(60);
  });

  const timed = ({ repeat, ...timing }: Readonly<Record<string, unknown>>) => {
    const bounded = { boundsDuration: { value: 7, code: 'd' }, ...(repeat as object | undefined) };
    return drafted([], {
      dosageInstruction: [{ ...dosage({ mg: 12, days: 0 }, 1, {}), timing: { ...timing, repeat: bounded } }],
    });
  };
  const code = (abbreviation: string) => ({
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', code: abbreviation }],
  });

  it.each([
    ['QD', 12],
    ['BID', 24],
    ['TID', 36],
    ['QID', 48],
    ['Q8H', 36],
    ['Q6H', 48],
    ['Q4H', 72],
    ['AM', 12],
    ['PM', 12],
    ['BED', 12],
  ])('counts its doses a day by the timing code %s', (abbreviation, milligrams) => {
    expect(ofDraft('course.dailyDose', timed({ code: code(abbreviation) }))).toBe(milligrams);
  });

  it.each([
    ['a period alone: frequency 1 is implied', { repeat: { period: 1, periodUnit: 'd' } }, 12],
    ['the hours between doses', { repeat: { period: 8, periodUnit: 'h' } }, 36],
    ['named times', { repeat: { timeOfDay: ['08:00:00', '20:00:00'] } }, 24],
    ['a code that its repeat agrees with', { code: code('BID'), repeat: { ...DAILY, frequency: 2 } }, 24],
    [
      'a repeat beside a code of another system',
      { code: { coding: [{ system: 'x', code: 'BID' }] }, repeat: DAILY },
      12,
    ],
  ])('counts its doses a day by %s', (_, timing, milligrams) => {
    expect(ofDraft('course.dailyDose', timed(timing))).toBe(milligrams);
  });

  it.each([
    ['nothing', {}],
    ['a code that states no number a day', { code: code('QOD') }],
    ['a code of another system', { code: { coding: [{ system: 'x', code: 'BID' }] } }],
    ['a code that is only text', { code: { text: 'BID' } }],
    ['a code and a repeat that contradict each other', { code: code('BID'), repeat: DAILY }],
    ['a frequency without a period', { repeat: { frequency: 2 } }],
    ['a period without a unit', { repeat: { frequency: 2, period: 1 } }],
    ['a frequency that is no number', { repeat: { ...DAILY, frequency: '2' } }],
    ['a month', { repeat: { ...DAILY, periodUnit: 'mo' } }],
    ['a year', { repeat: { ...DAILY, periodUnit: 'a' } }],
    ['minutes', { repeat: { ...DAILY, periodUnit: 'min' } }],
    ['seconds', { repeat: { ...DAILY, periodUnit: 's' } }],
    ['a range', { repeat: { ...DAILY, frequencyMax: 2 } }],
    ['days of the week', { repeat: { ...DAILY, dayOfWeek: ['mon'] } }],
    ['meals of no number', { repeat: { when: ['PC'] } }],
  ])('is unknown when its frequency says %s', (_, timing) => {
    expect(ofDraft('course.dailyDose', timed(timing))).toBeUndefined();
  });

  it('is read by its dates, whatever the order of the steps', () => {
    const dated = (mg: number, from: number, until: number) =>
      dosage({ mg, days: 1 }, 0, { boundsPeriod: { start: isoDay(TODAY + from), end: isoDay(TODAY + until) } });
    const tail = [50, 40, 30, 20, 10].map((mg, index) => dated(mg, 7 + index, 7 + index));
    const draft = drafted([], { dosageInstruction: [...tail.reverse(), dated(60, 0, 6)] });
    expect(ofDraft('course.dailyDose', draft)).toBe(60);
    expect(ofDraft('course.tapers', draft)).toBe(true);
  });

  it('counts methylprednisolone in prednisone', () => {
    const draft = drafted(steps([48, 7], [40, 1], [32, 1], [24, 1], [16, 1], [8, 1]), {
      medicationCodeableConcept: coded('methylprednisolone'),
    });
    expect(ofDraft('course.dailyDose', draft)).toBe(60);
    expect(ofDraft('course.tapers', draft)).toBe(true);
  });

  it.each([
    ['without a dose', drafted([])],
    ['in tablets', drafted([{ mg: 12, days: 7, unit: 'tablet' }])],
    ['without a length', drafted([{ mg: 60, days: 0 }])],
  ])('%s is unknown', (_, draft) => {
    expect(ofDraft('course.dailyDose', draft)).toBeUndefined();
    expect(ofDraft('course.tapers', draft)).toBeUndefined();
  });

  it('goes on after its first step where only that one has dates', () => {
    const first = dosage({ mg: 60, days: 1 }, 1, { boundsPeriod: { start: isoDay(TODAY), end: isoDay(TODAY + 6) } });
    const tail = [50, 40, 30, 20, 10].map((mg, index) =>
      dosage({ mg, days: 1 }, 2 + index, { boundsDuration: { value: 1, code: 'd' } }),
    );
    const draft = drafted([], { dosageInstruction: [first, ...tail] });
    expect(ofDraft('course.days', draft)).toBe(12);
    expect(ofDraft('course.tapers', draft)).toBe(true);
  });

  it('may leave out days between its steps, which count as 0 mg', () => {
    const on = (mg: number, day: number) =>
      dosage({ mg, days: 1 }, 1, { boundsPeriod: { start: isoDay(TODAY + day), end: isoDay(TODAY + day) } });
    const draft = drafted([], { dosageInstruction: [on(60, 0), on(60, 3)] });
    expect(ofDraft('course.days', draft)).toBe(4);
    expect(ofDraft('course.fullDoseDays', draft)).toBe(2);
  });

  it('of 0 mg is a dose of 0 mg, not an unknown one', () => {
    const draft = drafted(steps([0, 7]));
    expect(ofDraft('course.dailyDose', draft)).toBe(0);
    expect(ofDraft('course.days', draft)).toBe(1);
  });

  it('is judged up to four hundred days', () => {
    expect(ofDraft('course.days', drafted(steps([10, 200], [5, 200])))).toBe(400);
    expect(ofDraft('course.days', drafted(steps([10, 200], [5, 201])))).toBeUndefined();
  });

  it('counts the days at its highest dose', () => {
    const rising = drafted(steps([40, 3], [60, 4], [20, 2]));
    expect(ofDraft('course.dailyDose', rising)).toBe(40);
    expect(ofDraft('course.highestDose', rising)).toBe(60);
    expect(ofDraft('course.fullDoseDays', rising)).toBe(4);
  });

  it.each([
    ['for no days', [{ boundsDuration: { value: 0, code: 'd' } }], 'the order does not say for how many days'],
    ['without a length', [{}], 'the order does not say for how many days'],
    ['for two years', [{ boundsDuration: { value: 730, code: 'd' } }], 'the course is longer than can be judged'],
    ['not at all', [], 'the order has no dose yet'],
  ])('that is given %s says what is missing', (_, bounds, reason) => {
    const draft = drafted([], { dosageInstruction: bounds.map((one) => dosage({ mg: 60, days: 1 }, 1, one)) });
    expect(factOfDraft('course.days', draft, [NA])).toMatchObject({ unknown: reason });
  });

  it('starts on no known day of a complaint without an onset', () => {
    const undated = condition('shoulder-pain', undefined, ['site-shoulder']);
    expect(factOfDraft('course.startDay', drafted(ADULT), [undated])).toMatchObject({ unknown: 'no onset recorded' });
  });

  it('starts today when its dose cannot be read', () => {
    expect(ofDraft('course.startDay', drafted([{ mg: 12, days: 7, unit: 'tablet' }]))).toBe(2);
  });

  it('starts today, or on its first day if that is later', () => {
    const dosed = (from: number) => [
      dosage({ mg: 60, days: 1 }, 1, { boundsPeriod: { start: isoDay(TODAY + from), end: isoDay(TODAY + from + 6) } }),
    ];
    expect(ofDraft('course.startDay', drafted(ADULT))).toBe(2);
    expect(ofDraft('course.startDay', drafted([], { dosageInstruction: dosed(-1) }))).toBe(2);
    expect(ofDraft('course.startDay', drafted([], { dosageInstruction: dosed(12) }))).toBe(14);
  });
});

describe('the dose of a child', () => {
  it.each([
    [12, 12],
    [28, 28],
    [59, 59],
    [60, 60],
    [61, 60],
    [70, 60],
  ])('of %d kg is %d mg', (kilograms, mg) => {
    const weighed = [weight(kilograms, daysAgo(5))];
    expect(ofDraft('prednisone.childDose', drafted(ADULT), weighed)).toBe(mg);
    expect(ofDraft('course.childShortfall', drafted(steps([mg - 4, 7])), weighed)).toBe(4);
    expect(ofDraft('course.childDoseRatio', drafted(steps([mg, 7])), weighed)).toBe(1);
  });

  it.each([
    [2, 2],
    [300, 60],
  ])('of %d kg is still read as a weight: %d mg', (kilograms, mg) => {
    expect(valueOf('prednisone.childDose', [weight(kilograms, daysAgo(5))])).toBe(mg);
  });

  const WRONG = 'the weight cannot be right';
  it.each([
    ['no weight', [], 'not recorded'],
    ['a weight of 91 days ago', [weight(28, daysAgo(91))], 'the record is too old'],
    ['a weight of 0 kg', [weight(0, daysAgo(5))], WRONG],
    ['a weight of 1.9 kg', [weight(1.9, daysAgo(5))], WRONG],
    ['a weight of 301 kg', [weight(301, daysAgo(5))], WRONG],
    ['a weight of 700 kg', [weight(700, daysAgo(5))], WRONG],
  ])('is unknown with %s', (_, records, reason) => {
    expect(factOf('prednisone.childDose', caseOf(records))).toMatchObject({ unknown: reason });
    for (const id of ['prednisone.childDose', 'course.childDoseRatio', 'course.childShortfall'])
      expect(ofDraft(id, drafted(ADULT), records)).toBeUndefined();
  });

  it('is compared with the highest dose, of which the length does not matter', () => {
    const weighed = [weight(20, daysAgo(5))];
    expect(ofDraft('course.childDoseRatio', drafted(steps([20, 7], [40, 7])), weighed)).toBe(2);
    expect(ofDraft('course.childDoseRatio', drafted([{ mg: 20, days: 0 }]), weighed)).toBe(1);
    expect(ofDraft('course.childDoseRatio', drafted([]), weighed)).toBeUndefined();
  });

  it('is compared in prednisone', () => {
    const draft = drafted(steps([16, 7]), { medicationCodeableConcept: coded('methylprednisolone') });
    expect(ofDraft('course.childDoseRatio', draft, [weight(20, daysAgo(5))])).toBe(1);
    expect(ofDraft('course.childShortfall', draft, [weight(20, daysAgo(5))])).toBe(0);
    expect(ofDraft('course.isMethylprednisolone', draft)).toBe(true);
    expect(ofDraft('course.isMethylprednisolone', drafted(ADULT))).toBe(false);
  });

  it('is exceeded by more than a tenth', () => {
    const weighed = [weight(50, daysAgo(90))];
    expect(ofDraft('course.childDoseRatio', drafted(steps([55, 7])), weighed)).toBe(1.1);
    expect(ofDraft('course.childDoseRatio', drafted(steps([56, 7])), weighed)).toBe(1.12);
  });
});

describe('what the order is for', () => {
  const because = (code: string) => drafted(ADULT, { reasonCode: [coded(code)] });

  it('is NA when NA is listed and no other reason is named', () => {
    expect(ofDraft('course.forNa', drafted(ADULT))).toBe(true);
    expect(ofDraft('course.forNa', because('neuralgic-amyotrophy'))).toBe(true);
    expect(ofDraft('course.forNa', because('shoulder-pain'))).toBe(true);
  });

  it('is not NA when another reason is named', () => {
    expect(ofDraft('course.forNa', because('copd-exacerbation'))).toBe(false);
    const asthma = condition('asthma', daysAgo(1));
    const draft = drafted(ADULT, { reasonReference: [{ reference: `Condition/${asthma.id}` }] });
    expect(ofDraft('course.forNa', draft, [asthma])).toBe(false);
  });

  it.each([
    ['is only text', { reasonCode: [{ text: 'COPD' }] }],
    ['has a code that no rule knows', { reasonCode: [{ coding: [{ system: 'http://snomed.info/sct', code: '1' }] }] }],
    ['refers to a condition that is not there', { reasonReference: [{ reference: 'Condition/gone' }] }],
    ['is only the name of a condition', { reasonReference: [{ display: 'COPD' }] }],
  ])('is unknown when the reason %s', (_, reason) => {
    expect(ofDraft('course.forNa', drafted(ADULT, reason))).toBeUndefined();
  });

  it('is unknown when the reason is a condition of unknown code, whatever is listed', () => {
    const unread = condition('shoulder-pain', daysAgo(1), [], { code: { text: 'COPD' } });
    const draft = drafted(ADULT, { reasonReference: [{ reference: `Condition/${unread.id}` }] });
    expect(ofDraft('course.forNa', draft, [unread])).toBeUndefined();
  });

  it('is NA when one of its reasons is, beside one that cannot be read', () => {
    const draft = drafted(ADULT, { reasonCode: [{ text: 'hevige pijn' }, coded('neuralgic-amyotrophy')] });
    expect(ofDraft('course.forNa', draft)).toBe(true);
  });

  const referring = (...reasons: readonly FhirResource[]) =>
    drafted(ADULT, { reasonReference: reasons.map(({ id }) => ({ reference: `Condition/${id}` })) });

  it('is NA when it refers to the complaint, alone or beside another reason', () => {
    const asthma = condition('asthma', daysAgo(1));
    expect(ofDraft('course.forNa', referring(NA), [asthma])).toBe(true);
    expect(ofDraft('course.forNa', referring(asthma, NA), [asthma])).toBe(true);
  });

  it('is NA when another reason stands beside it', () => {
    expect(ofDraft('course.forNa', drafted(ADULT, { reasonCode: [coded('asthma'), coded('shoulder-pain')] }))).toBe(
      true,
    );
  });

  it('says that its reason cannot be read', () => {
    const unread = drafted(ADULT, { reasonCode: [{ text: 'COPD' }] });
    expect(factOfDraft('course.forNa', unread, [NA])).toMatchObject({
      unknown: 'the reason of the order cannot be read',
    });
  });

  it('is NA that is listed, severe pain or not, without asking for a reason', () => {
    expect(ofDraft('course.forNa', drafted(ADULT), [nrs(8, daysAgo(1))])).toBe(true);
  });

  it('is what the problem list says where there is no order', () => {
    expect(valueOf('na.ofEpisode', [NA])).toBe(true);
    expect(valueOf('course.forNa', [NA])).toBe(true);
  });
});

describe('what an order is for where NA is suspected and not listed', () => {
  const SHOULDER = condition('shoulder-pain', ONSET, ['site-shoulder', 'side-right']);
  const score = (value: number) => nrs(value, daysAgo(1));
  const forNa = (draft: FhirResource, ...records: readonly FhirResource[]) =>
    factOfDraft('course.forNa', draft, [SHOULDER, ...records]);

  it('is asked for when the order names no reason', () => {
    expect(forNa(drafted(ADULT), score(8))).toMatchObject({ unknown: 'the order names no reason' });
  });

  it('is asked for when the suspicion is weak', () => {
    const oneRoot = finding('symptoms-single-root', true, daysAgo(1));
    expect(forNa(drafted(ADULT), score(8), oneRoot).value).toBeUndefined();
  });

  it.each([
    ['no reason and nothing is suspected', drafted(ADULT), score(6)],
    ['a reason of its own', drafted(ADULT, { reasonCode: [coded('copd-exacerbation')] }), score(8)],
    ['a reason that cannot be read', drafted(ADULT, { reasonCode: [{ text: 'COPD' }] }), score(8)],
  ])('is not NA with %s', (_, draft, severity) => {
    expect(forNa(draft, severity).value).toBe(false);
  });
});

describe('drugs beside the order', () => {
  it('are those in use and those drafted with it', () => {
    const ppi = record('MedicationRequest', {
      status: 'active',
      intent: 'order',
      medicationCodeableConcept: coded('omeprazole'),
    });
    expect(ofDraft('ppi.besideOrder', drafted(ADULT))).toBe(false);
    expect(ofDraft('ppi.besideOrder', drafted(ADULT), [ppi])).toBe(true);
    const together = record('MedicationRequest', {
      status: 'draft',
      intent: 'order',
      medicationCodeableConcept: coded('diclofenac'),
    });
    const sheet = FACTS.of(
      caseOf([condition('neuralgic-amyotrophy', ONSET, ['site-shoulder'])], {
        hook: 'order-select',
        drafts: [drafted(ADULT), together],
      }),
    );
    const number = DEFINITIONS.findIndex((definition) => definition.id === 'nsaid.besideOrder');
    expect(sheet.read(number, sheet.patient).value).toBe(true);
  });
});
