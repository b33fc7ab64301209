/** What the chart reads from a record and where it puts it: scores, events, weeks and months, rows. */
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../../../src/sandbox/course/course-events.js';
import { dayText } from '../../../src/sandbox/course/day-text.js';
import { cut, inRows, onTwoLines, widthOf } from '../../../src/sandbox/course/rows.js';
import { seriesOf } from '../../../src/sandbox/course/score-series.js';
import { namedTicks, scaleOf, ticksOf } from '../../../src/sandbox/course/time-scale.js';

const COURSE = { start: '2026-11-19', first: 0, last: 120 };

const score = (id: string, date: string, value: number, site?: string): FhirResource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '72514-3' }] },
  effectiveDateTime: date,
  valueInteger: value,
  ...(site !== undefined && { bodySite: { text: site } }),
});
const finding = (id: string, date: string, text: string, present: boolean): FhirResource => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { text },
  effectiveDateTime: date,
  valueBoolean: present,
});

describe('seriesOf', () => {
  it('a line for each place, by day; what lies outside the days or has no day is left out', () => {
    const record = [
      score('c', '2026-11-25', 8, 'Shoulder'),
      score('a', '2026-11-21T09:00:00+01:00', 9, 'Shoulder'),
      score('b', '2026-11-22', 4),
      score('early', '2026-11-18', 3, 'Shoulder'),
      score('vague', '2026-11', 3, 'Shoulder'),
    ];
    expect(seriesOf(record, COURSE, 'nl')).toEqual([
      {
        site: 'Shoulder',
        scores: [
          { reference: 'Observation/a', day: 2, value: 9 },
          { reference: 'Observation/c', day: 6, value: 8 },
        ],
      },
      { site: undefined, scores: [{ reference: 'Observation/b', day: 3, value: 4 }] },
    ]);
  });
});

describe('eventsOf', () => {
  const drug = (periods: readonly object[], authoredOn = '2026-11-23'): FhirResource => ({
    resourceType: 'MedicationRequest',
    id: 'drug',
    status: 'active',
    intent: 'order',
    subject: {},
    medicationCodeableConcept: { text: 'Prednisone' },
    authoredOn,
    dosageInstruction: periods.map((boundsPeriod) => ({ timing: { repeat: { boundsPeriod } } })),
  });
  const days = (resource: FhirResource) => eventsOf([resource], COURSE, 'nl').map(({ from, to }) => [from, to]);

  it('a drug lasts from the first to the last day of its dosage', () => {
    const steps = [
      { start: '2026-11-23', end: '2026-11-30' },
      { start: '2026-12-01', end: '2026-12-07' },
    ];
    expect(days(drug(steps))).toEqual([[4, 18]]);
  });

  it('an end that is not recorded stays unknown, also where only one part has none', () => {
    expect(days(drug([]))).toEqual([[4, undefined]]);
    expect(days(drug([{ start: '2026-11-23', end: '2026-11-30' }, { start: '2026-12-01' }]))).toEqual([[4, undefined]]);
  });

  it('what began before the course without an end is left to the record', () => {
    expect(days(drug([], '2024-01-01'))).toEqual([]);
    expect(days(drug([{ start: '2026-11-10', end: '2026-11-20' }]))).toEqual([[-9, 1]]);
  });

  it('findings of one day are one event, and pain scores are none', () => {
    const record = [
      finding('a', '2026-11-21', 'Rest pain', true),
      score('s', '2026-11-21', 9),
      finding('b', '2026-11-21', 'Weakness', false),
      finding('c', '2026-11-22', 'Weakness', true),
    ];
    expect(
      eventsOf(record, COURSE, 'nl').map(({ from, items }) => [
        from,
        ...items.map(({ title, value }) => [title, value]),
      ]),
    ).toEqual([
      [2, ['Rest pain', true], ['Weakness', false]],
      [3, ['Weakness', true]],
    ]);
  });

  it('a refuted problem is void; what was entered in error never was', () => {
    const problem = (status: string): FhirResource => ({
      resourceType: 'Condition',
      subject: {},
      onsetDateTime: '2026-11-20',
      verificationStatus: { coding: [{ code: status }] },
    });
    expect(eventsOf([problem('refuted')], COURSE, 'nl').map(({ void: isVoid }) => isVoid)).toEqual([true]);
    expect(eventsOf([problem('provisional')], COURSE, 'nl').map(({ void: isVoid }) => isVoid)).toEqual([false]);
    expect(eventsOf([problem('entered-in-error')], COURSE, 'nl')).toEqual([]);
  });
});

describe('the time axis', () => {
  const scale = scaleOf(0, 120, 100, 1310);

  it('a place belongs to the day whose width it lies in', () => {
    expect([scale.edge(0), scale.edge(121), scale.x(0)]).toEqual([100, 1310, 105]);
    expect([109.9, 110, 1309, 0, 5000].map(scale.dayAt)).toEqual([0, 1, 120, 0, 120]);
  });

  it('four weeks, then calendar months; a month without that date begins on its last', () => {
    const ticks = (start: string) => ticksOf(start, 0, 120).map(({ day, unit, number }) => `${unit} ${number} ${day}`);
    expect(ticks('2026-11-19').slice(3)).toEqual([
      'week 4 21',
      'month 2 30',
      'month 3 61',
      'month 4 92',
      'month 5 120',
    ]);
    // 31 January: the second month begins on 28 February, the third on 31 March.
    expect(ticks('2026-01-31').slice(4, 6)).toEqual(['month 2 28', 'month 3 59']);
  });

  it('where the room is small, months keep their names before weeks', () => {
    const ticks = ticksOf('2026-11-19', 0, 120);
    const names = (width: number) =>
      namedTicks(ticks, scaleOf(0, 120, 0, 320), () => width).map(({ unit, number }) => `${unit} ${number}`);
    expect(names(50)).toEqual(['week 1', 'month 2', 'month 3', 'month 4']);
    expect(names(18)).toContain('week 2');
  });

  it('a day in words', () => {
    expect(dayText('2026-11-19', 14, 'en')).toBe('Day 14, week 3, 3 December 2026');
    expect(dayText('2026-11-19', 6, 'nl')).toBe('Dag 6, week 1, 25 november 2026');
    expect(dayText('2026-11-19', -1, 'en')).toBe('Day -1, before the onset, 18 November 2026');
  });
});

describe('names on rows', () => {
  const line = { left: 0, right: 300 };

  it('no two run into each other', () => {
    const things = Array.from({ length: 30 }, (_, index) => ({
      left: (index * 37) % 280,
      right: ((index * 37) % 280) + 14,
      nameWidth: 20 + ((index * 53) % 120),
    }));
    const boxes = inRows(things, line).map(({ row, nameLeft }, index) => {
      const { left, right, nameWidth } = things[index]!;
      return { row, from: Math.min(left, nameLeft), to: Math.max(right, nameLeft + nameWidth) };
    });
    const overlaps = boxes.flatMap((one, index) =>
      boxes.slice(index + 1).filter((other) => one.row === other.row && one.from < other.to && one.to > other.from),
    );
    expect(overlaps).toEqual([]);
    expect(boxes.filter(({ to }) => to > line.right)).toEqual([]);
  });

  it('a name stands in a wide bar, right of a mark, and left of it at the end of the line', () => {
    const things = [
      { left: 0, right: 100, nameWidth: 60 },
      { left: 150, right: 160, nameWidth: 60 },
      { left: 280, right: 290, nameWidth: 60 },
    ];
    expect(inRows(things, line).map(({ nameLeft }) => nameLeft)).toEqual([5, 165, 215]);
  });

  it('texts are cut to their room, and broken between words', () => {
    expect(cut('Physiotherapy of the shoulder', 1000, 12)).toBe('Physiotherapy of the shoulder');
    const short = cut('Physiotherapy of the shoulder', 120, 12);
    expect(short).toMatch(/^Physiotherapy.*…$/);
    expect(widthOf(short, 12)).toBeLessThanOrEqual(120);
    expect(cut('Physiotherapy of the shoulder', 30, 12)).toBe('');
    expect(onTwoLines('Neuralgic amyotrophy: acute phase', 150, 12)).toEqual(['Neuralgic amyotrophy:', 'acute phase']);
  });
});
