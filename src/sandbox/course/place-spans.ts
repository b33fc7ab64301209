/** Where the span of a card lies on the chart, and where its words find room. */
import type { Indicator } from '../../cds-hooks/response.js';
import type { Frame, LanePlace } from './frame.js';
import { cut } from './rows.js';
import { wordingOn, type Span } from './strip.js';

/** Less urgent cards are flatter: by how many pixels at each side. */
const FLATTER: Readonly<Record<Indicator, number>> = { critical: 0, warning: 1.5, info: 3 };

/** Where a span lies, in pixels. */
export function boxOf(frame: Frame, { lane, top, height }: LanePlace, { from, to, indicator, row }: Span) {
  const { scale, cards, narrow } = frame;
  const room = cards.rowHeight - 3;
  const base = narrow
    ? top + height - 6 - lane.rows * cards.rowHeight
    : top + (height - lane.rows * cards.rowHeight) / 2;
  const flatter = FLATTER[indicator];
  return {
    x: scale.edge(from) + 0.5,
    y: base + row * cards.rowHeight + flatter,
    width: Math.max(2, scale.edge(to + 1) - scale.edge(from) - 1),
    height: room - 2 * flatter,
  };
}

/** As much of a card's words as fits in its span, beside its sign. */
export function textIn({ width }: { readonly width: number }, words: string, fontSize: number): string {
  return cut(words, width - fontSize - 20, fontSize);
}

/** Where the words of today's span stand beside its lane, and as much of them as fits; undefined where the span itself has room for more. */
export function asideOf(frame: Frame, place: LanePlace, span: Span, day: number) {
  const { scale, fontSize } = frame;
  const box = boxOf(frame, place, span);
  const inRow = place.lane.spans.filter(({ row }) => row === span.row);
  const left = scale.edge(Math.max(...inRow.map(({ to }) => to)) + 1) + 10;
  const words = wordingOn(span, day);
  const text = cut(words, scale.right - left - fontSize - 6, fontSize);
  const inside = textIn(box, words, fontSize);
  return text.length > inside.length ? { left, y: box.y + box.height / 2, text } : undefined;
}

/** Whether the card stands on a day. */
export function isOn({ from, to }: Span, day: number): boolean {
  return from <= day && day <= to;
}
