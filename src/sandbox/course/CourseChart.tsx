/**
 * A patient's course in one picture: pain scores, what happened, and which cards come and go, on one time axis with the line of today.
 * Enters: the course, its resources, the cards of each day. Leaves: the day and the resource that a person chose.
 */
import type { FhirResource } from 'fhir/r4.js';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import type { Course } from '../../demo/sandbox-data.js';
import type { Scale } from './time-scale.js';
import { AxisNames, AxisShapes, Today } from './Axis.js';
import { DayControls } from './DayControls.js';
import { EventLabels, EventShapes } from './Events.js';
import { eventsOf } from './course-events.js';
import { frameOf, linesOf, type Frame } from './frame.js';
import { placeEvents } from './place-events.js';
import { LaneLabels, LaneShapes } from './Lanes.js';
import { LaneList } from './LaneList.js';
import { Legend } from './Legend.js';
import { ScoreLabels, ScoreShapes } from './Scores.js';
import { seriesOf } from './score-series.js';
import { changesOf, gapsOf, lanesOf, type Answers } from './strip.js';

const WORDS = {
  nl: { title: 'Beloop: pijn, gebeurtenissen en kaarten per dag' },
  en: { title: 'Course: pain, events and cards by day' },
  fr: { title: 'Évolution : douleur, événements et cartes par jour' },
} as const;

export interface CourseChartProps {
  readonly course: Course;
  /** The resources of the whole course, each once, with what was changed. */
  readonly record: readonly FhirResource[];
  /** A day that is not in it has not been asked; `unknown`: asking failed. */
  readonly cardsByDay: Answers;
  /** Today. */
  readonly day: number;
  readonly onDay: (day: number) => void;
  readonly language: Language;
  /** `Type/id`. */
  readonly selected: string | undefined;
  readonly onSelect: (reference: string) => void;
}

export function CourseChart(props: CourseChartProps) {
  const { course, cardsByDay, day, onDay, language } = props;
  const { start, first, last } = course;
  const [box, width] = useWidth();
  const lanes = useMemo(() => lanesOf(cardsByDay, first, last), [cardsByDay, first, last]);
  const gaps = useMemo(() => gapsOf(cardsByDay, first, last), [cardsByDay, first, last]);
  const changes = useMemo(() => changesOf(cardsByDay, first, last), [cardsByDay, first, last]);
  const events = useMemo(() => eventsOf(props.record, course, language), [props.record, course, language]);
  const lines = useMemo(() => linesOf(width, first, last), [width, first, last]);
  const placed = useMemo(() => placeEvents(events, lines, language), [events, lines, language]);
  const series = useMemo(() => seriesOf(props.record, course, language), [props.record, course, language]);
  const frame = frameOf(lines, {
    sites: series.length,
    eventRows: Math.max(0, ...placed.map(({ row }) => row + 1)),
    lanes,
  });
  const indicators = new Set(lanes.flatMap(({ spans }) => spans.map(({ indicator }) => indicator)));
  return (
    <section
      class="course"
      ref={box}
      aria-label={WORDS[language].title}
      style={{ '--course-font': `${frame.fontSize}px` }}
    >
      {width > 0 && <DayControls {...{ start, language, day, onDay, changes }} scale={frame.scale} />}
      {width > 0 && <Drawing {...props} {...{ frame, series, placed, gaps }} />}
      <Legend
        language={language}
        indicators={indicators}
        kinds={new Set(events.map(({ kind }) => kind))}
        gaps={new Set(gaps.map(({ why }) => why))}
      />
      <LaneList {...{ lanes, gaps, start, language, onDay }} />
    </section>
  );
}

/** The width of an element, in pixels; 0 until it is known. */
function useWidth() {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => setWidth(Math.floor(element.clientWidth));
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}

interface DrawingProps extends CourseChartProps {
  readonly frame: Frame;
  readonly placed: ReturnType<typeof placeEvents>;
  readonly series: ReturnType<typeof seriesOf>;
  readonly gaps: ReturnType<typeof gapsOf>;
}

/** Shapes below, then a veil over the days to come, then what is read and pressed: the future is fainter, its words are not. */
function Drawing({ course, frame, series, placed, gaps, day, onDay, language, selected, onSelect }: DrawingProps) {
  const { scale, axis, width, height } = frame;
  const { start } = course;
  const tomorrow = scale.edge(day + 1);
  return (
    <svg
      class="course-drawing"
      role="group"
      aria-label={WORDS[language].title}
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      {...dragging(scale, day, onDay)}
    >
      <GapPatterns />
      <AxisShapes {...{ frame, start }} />
      <ScoreShapes {...{ frame, series }} />
      <EventShapes frame={frame} events={placed} />
      <LaneShapes {...{ frame, gaps, day }} />
      <rect
        class="course-future"
        x={tomorrow}
        y={axis.top + axis.height}
        width={Math.max(0, scale.right - tomorrow)}
        height={height}
      />
      <Today {...{ frame, start, language, day }} />
      <AxisNames {...{ frame, start, language }} />
      <ScoreLabels {...{ frame, series, start, language, selected, onSelect }} />
      <LaneLabels {...{ frame, gaps, start, language, day }} />
      <EventLabels {...{ frame, start, language, selected, onSelect }} events={placed} />
    </svg>
  );
}

/** The day follows where the drawing is touched and along where the finger or mouse goes. */
function dragging(scale: Scale, today: number, onDay: (day: number) => void) {
  const moveTo = (event: PointerEvent & { readonly currentTarget: SVGSVGElement }): void => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const day = scale.dayAt(x);
    // The gutter is for reading.
    if (x >= scale.left - 12 && day !== today) onDay(day);
  };
  return {
    onPointerDown: (event: Parameters<typeof moveTo>[0]) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      moveTo(event);
    },
    onPointerMove: (event: Parameters<typeof moveTo>[0]) => {
      if (event.buttons === 1) moveTo(event);
    },
  };
}

/** Days that were not asked are dotted, days whose answer failed are crossed. */
function GapPatterns() {
  return (
    <defs>
      <pattern id="gap-not-asked" width={8} height={8} patternUnits="userSpaceOnUse">
        <circle class="gap-stroke" cx={2} cy={2} r={0.9} />
      </pattern>
      <pattern id="gap-failed" width={8} height={8} patternUnits="userSpaceOnUse">
        <path class="gap-stroke" d="M0,0 L8,8 M8,0 L0,8" />
      </pattern>
    </defs>
  );
}
