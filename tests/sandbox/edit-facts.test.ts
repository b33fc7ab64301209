/** What an edit of the record takes the place of, what it leaves alone, and when it is sent. */
import type { Condition, FhirResource, Observation } from 'fhir/r4.js';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { activeProblems, measuredBefore, remeasured, withOnset } from '../../src/sandbox/edit/facts.js';
import { lastMomentOf } from '../../src/sandbox/edit/last-moment.js';
import { createSaver } from '../../src/sandbox/edit/saver.js';
import { condition, nrs, record } from '../support/records.js';

describe('the last moment of a day', () => {
  const at = (...moments: readonly string[]) =>
    lastMomentOf(
      '2026-11-21',
      moments.map((moment) => nrs(5, moment)),
    );

  it.each([
    ['noon UTC where nothing is recorded', [], '2026-11-21T12:00:00Z'],
    ['noon UTC after what was recorded before', ['2026-11-21T08:40:00+01:00'], '2026-11-21T12:00:00Z'],
    ['a second after noon itself', ['2026-11-21T12:00:00Z'], '2026-11-21T12:00:01Z'],
    [
      'a second after the latest, in its offset',
      ['2026-11-21T17:05:00+01:00', '2026-11-21T16:50:00Z', '2026-11-21T08:40:00+01:00'],
      '2026-11-21T16:50:01Z',
    ],
    ['a second after the latest, in its offset', ['2026-11-21T23:10:00+01:00'], '2026-11-21T23:10:01+01:00'],
    ['still of that day', ['2026-11-21T23:59:59+01:00'], '2026-11-21T23:59:59+01:00'],
    [
      'blind for other days and for dates without a time',
      ['2026-11-22T18:00:00Z', '2026-11-21'],
      '2026-11-21T12:00:00Z',
    ],
  ])('is %s', (_, moments, expected) => {
    expect(at(...moments)).toBe(expected);
  });
});

describe('a pain score', () => {
  const wanted = nrs(0, '2026-11-21', ['site-shoulder']);

  it('takes the place of scores of the same place, of any side, the latest last', () => {
    const right = nrs(9, '2026-11-21T08:40:00+01:00', ['site-shoulder', 'side-right']);
    const old = nrs(7, '2026-11-19', ['site-shoulder']);
    const others = [
      nrs(4, '2026-11-21', ['site-neck']),
      nrs(4, '2026-11-21', []),
      nrs(4, '2026-11-21', ['site-shoulder'], { status: 'entered-in-error' }),
    ];
    expect(measuredBefore(wanted, [right, ...others, old])).toEqual([old, right]);
  });

  it('changes value and moment only, however the value was recorded', () => {
    const existing = nrs(9, '2026-11-20', ['site-shoulder', 'side-right'], {
      encounter: { reference: 'Encounter/e' },
      valueInteger: undefined,
      valueQuantity: { value: 9 },
    });
    const measured = nrs(3, '2026-11-21', ['site-shoulder']);
    expect(remeasured(existing as Observation, measured)).toEqual({
      resourceType: 'Observation',
      id: existing.id,
      status: 'final',
      code: { coding: [expect.objectContaining({ code: 'nrs-pain' })] },
      subject: { reference: 'Patient/patient-1' },
      encounter: { reference: 'Encounter/e' },
      bodySite: (existing as Observation).bodySite,
      effectiveDateTime: '2026-11-21',
      valueInteger: 3,
    });
  });
});

describe('the onset of a problem', () => {
  it('is asked of active problems only, the newest first and unknown onsets last', () => {
    const [old, fresh, open] = [
      condition('low-back-pain', '2019-03'),
      condition('shoulder-pain', '2026-11-19'),
      condition('neck-pain', undefined),
    ];
    const past = condition('sciatica', '2026-11-20', [], { clinicalStatus: { coding: [{ code: 'resolved' }] } });
    expect(activeProblems([open, old, past, fresh])).toEqual([fresh, old, open]);
  });

  it('takes the place of any other onset, and everything else stays', () => {
    const rest = condition('shoulder-pain', undefined, ['site-shoulder'], { note: [{ text: 'x' }] }) as Condition;
    const changed = withOnset({ ...rest, onsetAge: { value: 40 } }, '2026-11-01');
    expect(changed).toEqual({ ...rest, onsetDateTime: '2026-11-01' });
    expect(withOnset(changed, undefined)).toEqual(rest);
  });
});

describe('changes that follow each other', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** A saver, and what it sent. */
  function begin(existing?: FhirResource) {
    const sent: string[] = [];
    const saver = createSaver<number>();
    const make = (value: number, found: FhirResource | undefined) => scoreOf(value, found?.id);
    const tools = {
      make,
      onCreate: (one: FhirResource) => sent.push(`create ${valueOf(one)}`),
      onReplace: (one: FhirResource) => sent.push(`replace ${valueOf(one)}`),
    };
    saver.update(existing, tools);
    return { sent, saver, has: (one: FhirResource | undefined) => saver.update(one, tools) };
  }
  const scoreOf = (valueInteger: number, id?: string) =>
    ({ resourceType: 'Observation', ...(id !== undefined && { id }), valueInteger }) as unknown as FhirResource;
  const valueOf = (one: FhirResource) => (one as unknown as { valueInteger: number }).valueInteger;

  it('are sent once, when nothing more follows', () => {
    const { sent, saver } = begin();
    saver.change(3);
    vi.advanceTimersByTime(299);
    saver.change(4);
    vi.advanceTimersByTime(299);
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual(['create 4']);
  });

  it('wait until the record has what was made, and then change that', () => {
    const { sent, saver, has } = begin();
    saver.change(3);
    vi.advanceTimersByTime(300);
    saver.change(4);
    vi.advanceTimersByTime(300);
    has(undefined);
    expect([sent, saver.isSettled()]).toEqual([['create 3'], false]);
    has(scoreOf(3, 'made'));
    expect(sent).toEqual(['create 3', 'replace 4']);
    has(scoreOf(3, 'made'));
    expect(saver.isSettled()).toBe(false);
    has(scoreOf(4, 'made'));
    expect(saver.isSettled()).toBe(true);
  });

  it('do not wait for ever for what was lost', () => {
    const { sent, saver } = begin();
    saver.change(3);
    vi.advanceTimersByTime(300);
    saver.change(4);
    vi.advanceTimersByTime(5000);
    expect(sent).toEqual(['create 3', 'create 4']);
  });

  it('are sent at once when the page goes on to something else', () => {
    const { sent, saver } = begin(record('Observation', { valueInteger: 1 }));
    saver.change(3);
    saver.flush();
    vi.advanceTimersByTime(300);
    expect(sent).toEqual(['replace 3']);
  });
});
