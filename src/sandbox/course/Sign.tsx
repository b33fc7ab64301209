/** The sign of an indicator: its shape tells it without its colour. */
import type { Indicator } from '../../cds-hooks/response.js';

interface Props {
  readonly indicator: Indicator;
  /** The middle. */
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** Outlines in a square of -1 to 1: octagon, triangle, circle. */
const OUTLINES: Readonly<Record<Indicator, string>> = {
  critical: 'M-.41,-1 H.41 L1,-.41 V.41 L.41,1 H-.41 L-1,.41 V-.41 Z',
  warning: 'M0,-1 L1.1,.9 H-1.1 Z',
  info: 'M-1,0 a1,1 0 1 0 2,0 a1,1 0 1 0 -2,0 Z',
};
const STROKES: Readonly<Record<Indicator, string>> = {
  critical: 'M0,-.55 V.1 M0,.5 V.52',
  warning: 'M0,-.35 V.3 M0,.6 V.62',
  info: 'M0,-.05 V.55 M0,-.5 V-.48',
};

export function Sign({ indicator, x, y, size }: Props) {
  return (
    <g class={`sign ${indicator}`} transform={`translate(${x} ${y}) scale(${size / 2})`} aria-hidden="true">
      <path class="outline" d={OUTLINES[indicator]} />
      <path class="stroke" d={STROKES[indicator]} />
    </g>
  );
}
