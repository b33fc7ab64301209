/** Who takes part in the care of neuralgic amyotrophy and what of it is done; earlier attacks and the family (AMB-40, 41, 50). */
import { describe, expect, it } from 'vitest';
import { TODAY, coded, condition, daysAgo, record } from '../support/records.js';
import { valueOf } from '../support/facts.js';

const status = (code: string) => ({ coding: [{ code }] });
const na = (onset: number, more: Readonly<Record<string, unknown>> = {}) =>
  condition('neuralgic-amyotrophy', daysAgo(onset), ['site-shoulder', 'side-right'], {
    verificationStatus: status('confirmed'),
    ...more,
  });
const task = (code: string, age: number, state = 'completed') =>
  record('Task', { status: state, code: coded(code), authoredOn: daysAgo(age) });
const team = (role: string, end?: string) =>
  record('CareTeam', {
    status: 'active',
    participant: [
      { role: [coded('role-gp')] },
      { role: [coded(role)], period: { start: daysAgo(50), ...(end !== undefined && { end }) } },
    ],
  });
const relative = (code: string) =>
  record('FamilyMemberHistory', {
    status: 'completed',
    patient: { reference: 'Patient/p1' },
    condition: [{ code: coded(code) }],
  });

describe('a confirmed NA', () => {
  it('is the one that the list calls confirmed', () => {
    expect(valueOf('na.confirmed', [na(60)])).toBe(true);
    expect(valueOf('na.confirmed', [na(60, { verificationStatus: status('provisional') })])).toBe(false);
    expect(valueOf('na.confirmed', [na(60, { clinicalStatus: status('resolved') })])).toBe(false);
  });

  it('has the date of its record, not of its onset', () => {
    expect(valueOf('na.diagnosisDays', [na(60, { recordedDate: daysAgo(3) })])).toBe(3);
    expect(valueOf('na.diagnosisDays', [na(60)])).toBeUndefined();
  });

  it.each([
    ['recorded today', 0, 7],
    ['recorded five days ago', 5, 2],
    ['recorded seven days ago', 7, 0],
    ['recorded eight days ago', 8, 0],
  ])('asks for contact within a week: %s', (_, age, left) => {
    expect(valueOf('care.callBy', [na(60, { recordedDate: daysAgo(age) })])).toBe(TODAY + left);
  });

  it('without a date asks for contact within a week from now', () => {
    expect(valueOf('care.callBy', [na(60)])).toBe(TODAY + 7);
  });
});

describe('a coordination task', () => {
  it.each([
    ['completed on the day of onset', task('task-coping', 60), true],
    ['completed in an earlier attack', task('task-coping', 61), false],
    ['still open', task('task-coping', 10, 'requested'), false],
    ['of another kind', task('task-expectations', 10), false],
  ])('%s', (_, record, done) => {
    expect(valueOf('care.copingAsked', [na(60), record])).toBe(done);
  });

  it('is unknown when not all tasks were sent', () => {
    expect(valueOf('care.copingAsked', [na(60)], { incomplete: ['Task'] })).toBeUndefined();
  });
});

describe('the care team', () => {
  it.each([
    ['names the main clinician', [team('role-hospital-specialist')], 'present'],
    ['whose term ends today', [team('role-hospital-specialist', daysAgo(0))], 'present'],
    ['whose term ended yesterday', [team('role-hospital-specialist', daysAgo(1))], 'ended'],
    ['who was succeeded', [team('role-hospital-specialist', daysAgo(1)), team('role-hospital-specialist')], 'present'],
    ['names others only', [team('role-coordinating-physician')], 'none'],
    ['is not there', [], 'none'],
  ])('%s', (_, teams, expected) => {
    expect(valueOf('care.mainClinician', [na(60), ...teams])).toBe(expected);
  });

  it('names a coordinating physician, as long as the term runs', () => {
    expect(valueOf('care.coordinator', [team('role-coordinating-physician')])).toBe(true);
    expect(valueOf('care.coordinator', [team('role-coordinating-physician', daysAgo(1))])).toBe(false);
    expect(valueOf('care.coordinator', [], { incomplete: ['CareTeam'] })).toBeUndefined();
    expect(valueOf('care.mainClinician', [], { incomplete: ['CareTeam'] })).toBeUndefined();
  });
});

describe('another complaint', () => {
  it('began after NA', () => {
    expect(valueOf('care.otherComplaint', [na(60), condition('hip-pain', daysAgo(59))])).toBe(true);
    expect(valueOf('care.otherComplaint', [na(60), condition('hip-pain', daysAgo(60))])).toBe(false);
    expect(valueOf('care.otherComplaint', [na(60)])).toBe(false);
  });
});

describe('an earlier attack', () => {
  const shoulder = condition('shoulder-pain', daysAgo(1), ['site-shoulder']);
  it('is an older NA on the list', () => {
    expect(valueOf('na.earlierAttack', [shoulder, na(1800, { clinicalStatus: status('resolved') })])).toBe(true);
    expect(valueOf('na.earlierAttack', [na(1), na(1800)])).toBe(true);
    expect(valueOf('na.earlierAttack', [shoulder])).toBe(false);
    expect(valueOf('na.earlierAttack', [na(1)])).toBe(false);
  });

  it('is what a recurrence follows', () => {
    expect(valueOf('na.earlierAttack', [na(1, { clinicalStatus: status('recurrence') })])).toBe(true);
  });

  it('was no attack when it was refuted', () => {
    const refuted = na(1800, { clinicalStatus: status('resolved'), verificationStatus: status('refuted') });
    expect(valueOf('na.earlierAttack', [shoulder, refuted])).toBe(false);
  });

  it('is unknown when the list of conditions is not complete', () => {
    expect(valueOf('na.earlierAttack', [shoulder], { incomplete: ['Condition'] })).toBeUndefined();
  });
});

describe('NA in the family', () => {
  it('is that of a relative, never of the patient', () => {
    expect(valueOf('family.na', [relative('neuralgic-amyotrophy')])).toBe(true);
    expect(valueOf('na.confirmed', [relative('neuralgic-amyotrophy')])).toBe(false);
    expect(valueOf('na.hereditary', [relative('hereditary-na')])).toBe(false);
    expect(valueOf('family.na', [relative('malignancy')])).toBe(false);
    expect(valueOf('family.na', [], { incomplete: ['FamilyMemberHistory'] })).toBeUndefined();
  });
});
