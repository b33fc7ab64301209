/**
 * What happened in a course: drugs and treatments with a beginning and an end, and what fell on one day.
 * Enters: the record of the whole course. Leaves: events by day. An end that is not recorded stays unknown.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Language } from '../../cds-hooks/request.js';
import { dayOfDate } from '../days.js';
import { dateOf, painScoreOf, referenceTo, titleOf, valueOf } from '../record/describe.js';

export type EventKind =
  'problem' | 'finding' | 'form' | 'drug' | 'order' | 'procedure' | 'report' | 'appointment' | 'task';

/** A thing that an event stands for. */
export interface EventItem {
  /** `Type/id`. */
  readonly reference: string;
  readonly title: string;
  /** What was found; `false` is a finding that was looked for and not there. */
  readonly value?: string | boolean;
}

export interface CourseEvent {
  readonly kind: EventKind;
  readonly from: number;
  /** The last day; the first for what falls on one day; undefined when it goes on and nobody wrote until when. */
  readonly to: number | undefined;
  /** Cancelled, revoked, stopped before it began or refuted. */
  readonly void: boolean;
  /** At least one; several are findings of one day. */
  readonly items: readonly EventItem[];
}

const KINDS: Readonly<Partial<Record<FhirResource['resourceType'], EventKind>>> = {
  Condition: 'problem',
  Observation: 'finding',
  QuestionnaireResponse: 'form',
  MedicationRequest: 'drug',
  MedicationStatement: 'drug',
  ServiceRequest: 'order',
  Procedure: 'procedure',
  DiagnosticReport: 'report',
  ImagingStudy: 'report',
  Appointment: 'appointment',
  Task: 'task',
};
const VOID = new Set(['cancelled', 'revoked', 'not-done', 'noshow', 'rejected', 'refuted']);
const NEVER_MEANT = 'entered-in-error';

type Raw = Readonly<Record<string, unknown>>;
type Period = { readonly start?: string; readonly end?: string };

interface Frame {
  readonly start: string;
  readonly first: number;
  readonly last: number;
}

/** The events that touch the days from the first to the last, in the order of their first day. Pain scores are not among them. */
export function eventsOf(record: readonly FhirResource[], course: Frame, language: Language): readonly CourseEvent[] {
  const events = record.flatMap((resource) => eventOf(resource, course, language) ?? []);
  const shown = events.filter(({ from, to }) => (to ?? course.last) >= course.first && from <= course.last);
  const byDay = new Map<number, CourseEvent>();
  for (const event of shown.filter(({ kind }) => kind === 'finding')) {
    const items = [...(byDay.get(event.from)?.items ?? []), ...event.items];
    byDay.set(event.from, { ...event, items });
  }
  const oneByOne = shown.filter(({ kind }) => kind !== 'finding');
  return [...oneByOne, ...byDay.values()].sort((a, b) => a.from - b.from);
}

function eventOf(resource: FhirResource, course: Frame, language: Language): CourseEvent | undefined {
  const kind = KINDS[resource.resourceType];
  const days = kind && daysOf(kind, resource as unknown as Raw, dateOf(resource), course);
  const status = statusOf(resource as unknown as Raw);
  if (!days || status === NEVER_MEANT || painScoreOf(resource) !== undefined) return undefined;
  // What began before the course and has no end is the history, which the record tells; here it would be a bar that says nothing.
  if (days.from < course.first && days.to === undefined) return undefined;
  const value = kind === 'finding' ? valueOf(resource, language) : undefined;
  const item = {
    reference: referenceTo(resource),
    title: titleOf(resource, language),
    ...(value !== undefined && { value }),
  };
  return { kind, ...days, void: VOID.has(status ?? ''), items: [item] };
}

function statusOf(raw: Raw): string | undefined {
  const verification = raw['verificationStatus'] as { readonly coding?: readonly { code?: string }[] } | undefined;
  const status = raw['status'] ?? verification?.coding?.[0]?.code;
  return typeof status === 'string' ? status : undefined;
}

/** A drug or treatment lasts as long as it says; all else falls on its day. */
function daysOf(
  kind: EventKind,
  raw: Raw,
  date: string | undefined,
  { start }: Frame,
): Pick<CourseEvent, 'from' | 'to'> | undefined {
  const day = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : dayOfDate(start, text);
  const periods = kind === 'drug' ? [...dosagePeriods(raw), raw['effectivePeriod']] : [raw['performedPeriod']];
  const written = periods.filter((period): period is Period => typeof period === 'object' && period !== null);
  const begins = written.flatMap((period) => day(period.start) ?? []);
  const ends = written.map((period) => day(period.end));
  const from = begins.length > 0 ? Math.min(...begins) : day(date);
  if (from === undefined) return undefined;
  if (kind !== 'drug' && written.length === 0) return { from, to: from };
  // One part without an end leaves the whole without one.
  const known = ends.flatMap((end) => end ?? []);
  return { from, to: known.length > 0 && known.length === ends.length ? Math.max(...known) : undefined };
}

function dosagePeriods({ dosageInstruction, dosage }: Raw): readonly unknown[] {
  const steps = dosageInstruction ?? dosage;
  return (Array.isArray(steps) ? (steps as readonly { timing?: { repeat?: Raw } }[]) : []).map(
    (step) => step.timing?.repeat?.['boundsPeriod'],
  );
}
