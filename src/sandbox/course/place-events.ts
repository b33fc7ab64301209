/** The events of a course on rows of the chart, each with as much of its name as fits. */
import type { Language } from '../../cds-hooks/request.js';
import { nameOf } from './event-text.js';
import type { CourseEvent } from './course-events.js';
import type { Frame } from './frame.js';
import { cut, inRows, widthOf, type Placed } from './rows.js';

/** An event with its place. */
export interface PlacedEvent extends Placed {
  readonly event: CourseEvent;
  readonly name: string;
  readonly left: number;
  readonly right: number;
}

/** How far the bar of something without a recorded end reaches beyond its first day; its arrow says that nobody knows. */
const OPEN_END = 26;

/** Puts the events on rows; names are cut to what a row can hold. */
export function placeEvents(
  events: readonly CourseEvent[],
  { scale, fontSize, narrow }: Pick<Frame, 'scale' | 'fontSize' | 'narrow'>,
  language: Language,
): readonly PlacedEvent[] {
  const shapes = events.map((event) => {
    const isMark = event.to === event.from && event.kind !== 'drug';
    const middle = scale.x(event.from);
    const left = isMark ? middle - 7 : Math.max(scale.left, scale.edge(event.from));
    const end = event.to === undefined ? left + OPEN_END : scale.edge(event.to + 1);
    return {
      event,
      name: cut(nameOf(event, language), fontSize * (narrow ? 13 : 20), fontSize),
      left,
      right: isMark ? middle + 7 : Math.min(scale.right, end),
    };
  });
  const places = inRows(
    shapes.map(({ name, left, right }) => ({ left, right, nameWidth: widthOf(name, fontSize) })),
    scale,
  );
  return shapes.flatMap((shape, index) => {
    const place = places[index];
    return place ? [{ ...shape, ...place }] : [];
  });
}
