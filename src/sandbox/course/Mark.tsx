/** The mark of an event that falls on one day; its shape says of which kind it is. */
import type { EventKind } from './course-events.js';

interface Props {
  readonly kind: EventKind;
  /** The middle of the mark, which is 14 pixels wide and high. */
  readonly x: number;
  readonly y: number;
}

/** Paths around 0,0. */
const SHAPES: Readonly<Record<Exclude<EventKind, 'drug'>, string>> = {
  problem: 'M-5,7 V-7 L6,-3 L-5,1',
  finding: 'M-4,0 a4,4 0 1 0 8,0 a4,4 0 1 0 -8,0 Z',
  form: 'M-5,-6 H5 V6 H-5 Z M-2,-2 H2 M-2,2 H2',
  order: 'M-6,-3.5 H0 V-7 L7,0 L0,7 V3.5 H-6 Z',
  procedure: 'M-2,-6 H2 V-2 H6 V2 H2 V6 H-2 V2 H-6 V-2 H-2 Z',
  report: 'M-5,-7 H2 L5,-4 V7 H-5 Z M-2,-1 H2 M-2,3 H2',
  appointment: 'M-6,-5 H6 V6 H-6 Z M-6,-1 H6 M-3,-7 V-4 M3,-7 V-4',
  task: 'M-6,-6 H6 V6 H-6 Z M-3,0 L-1,3 L4,-3',
};

export function Mark({ kind, x, y }: Props) {
  return kind === 'drug' ? (
    <rect class="bar drug" x={x - 7} y={y - 5} width={14} height={10} rx={2} />
  ) : (
    <path class={`mark ${kind}`} transform={`translate(${x} ${y})`} d={SHAPES[kind]} />
  );
}
