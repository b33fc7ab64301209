/** Where everything of the chart lies, in pixels, for the width that there is. */
import type { Scale } from './time-scale.js';
import { scaleOf } from './time-scale.js';
import type { Lane } from './strip.js';

export interface LanePlace {
  readonly lane: Lane;
  readonly top: number;
  readonly height: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Of the texts; at least 12. */
  readonly fontSize: number;
  /** Names of sections and lanes stand above them; else left, in the gutter. */
  readonly narrow: boolean;
  readonly scale: Scale;
  /** Of the text in the gutter, which begins at 0. */
  readonly gutter: number;
  /** Where the flag of today ends and the names of weeks and months stand. */
  readonly axis: { readonly top: number; readonly height: number };
  readonly scores: { readonly top: number; readonly height: number };
  readonly events: { readonly top: number; readonly height: number; readonly rowHeight: number };
  readonly cards: {
    readonly top: number;
    readonly height: number;
    readonly rowHeight: number;
    readonly lanes: readonly LanePlace[];
  };
}

/** The part of the frame that follows from the width alone. */
export function linesOf(
  width: number,
  first: number,
  last: number,
): Pick<Frame, 'width' | 'fontSize' | 'narrow' | 'gutter' | 'scale'> {
  const narrow = width < 640;
  const fontSize = width < 1000 ? 12 : width < 1500 ? 13 : 16;
  const gutter = narrow ? 0 : Math.round(Math.min(fontSize * 19, width * 0.24));
  // Half a thumb of the slider fits beside the first and the last day.
  return { width, fontSize, narrow, gutter, scale: scaleOf(first, last, narrow ? 12 : gutter + 36, width - 12) };
}

const SPACE = 18;

/** The whole frame. `sites` counts lines of pain scores, `eventRows` rows of events; none of a section leaves room for one sentence that says so. */
export function frameOf(
  lines: ReturnType<typeof linesOf>,
  { sites, eventRows, lanes }: { readonly sites: number; readonly eventRows: number; readonly lanes: readonly Lane[] },
): Frame {
  const { fontSize, narrow } = lines;
  const title = narrow ? fontSize + 10 : 0;
  const axis = { top: fontSize + 16, height: fontSize + 12 };
  const scores = {
    top: axis.top + axis.height + SPACE + (narrow ? Math.max(1, sites) * (fontSize + 8) + 14 : 0),
    height: narrow ? 96 : Math.max(fontSize * 10, (sites + 1) * (fontSize + 8)),
  };
  const rowHeight = fontSize + 12;
  // The cards come right after the pain: the strip is what the picture is for, and must be on screen with the slider.
  const top = scores.top + scores.height + SPACE + fontSize + 10;
  let bottom = top;
  const places = lanes.map((lane) => {
    const name = narrow ? fontSize + 8 : 0;
    const height = name + Math.max(lane.rows * rowHeight, narrow ? 0 : 2 * fontSize + 6) + 6;
    const place = { lane, top: bottom, height };
    bottom += height;
    return place;
  });
  const cards = { top, height: Math.max(bottom - top, 2 * rowHeight), rowHeight, lanes: places };
  const events = {
    top: cards.top + cards.height + SPACE + title,
    height: Math.max(1, eventRows) * rowHeight,
    rowHeight,
  };
  return { ...lines, axis, scores, events, cards, height: events.top + events.height + 8 };
}
