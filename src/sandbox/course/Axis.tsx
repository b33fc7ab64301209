/** The weeks and months that everything stands on, and the line of today. */
import type { Language } from '../../cds-hooks/request.js';
import { namedTicks, ticksOf } from './time-scale.js';
import { dayText, tickText } from './day-text.js';
import type { Frame } from './frame.js';
import { widthOf } from './rows.js';

interface Props {
  readonly frame: Frame;
  readonly start: string;
  readonly language: Language;
}

/** Bands and borders of weeks and months, behind the sections. */
export function AxisShapes({ frame, start }: Omit<Props, 'language'>) {
  const { scale, axis, height } = frame;
  const ticks = ticksOf(start, scale.first, scale.last);
  const base = axis.top + axis.height;
  return (
    <g class="course-axis">
      {ticks.map((tick, index) => {
        const left = scale.edge(tick.day);
        const right = scale.edge(ticks[index + 1]?.day ?? scale.last + 1);
        return (
          <g key={tick.day}>
            {index % 2 === 0 && <rect class="band" x={left} y={base} width={right - left} height={height - base} />}
            <line x1={left} x2={left} y1={base - 8} y2={height} />
          </g>
        );
      })}
      <line class="base" x1={scale.left} x2={scale.right} y1={base} y2={base} />
    </g>
  );
}

/** The names of as many weeks and months as there is room for. */
export function AxisNames({ frame, start, language }: Props) {
  const { scale, axis, fontSize } = frame;
  const ticks = ticksOf(start, scale.first, scale.last);
  const named = namedTicks(ticks, scale, (tick) => widthOf(tickText(tick, language), fontSize) + 10);
  return (
    <g class="course-axis">
      {named.map((tick) => (
        <text key={tick.day} class={tick.unit} x={scale.edge(tick.day) + 4} y={axis.top + axis.height - 8}>
          {tickText(tick, language)}
        </text>
      ))}
    </g>
  );
}

/** The line of today, with its day in a flag. */
export function Today({ frame, start, language, day }: Props & { readonly day: number }) {
  const { scale, axis, fontSize, height, narrow, width } = frame;
  const text = dayText(start, day, language, narrow ? 'short' : 'flag');
  const flagWidth = widthOf(text, fontSize) + 20;
  const x = scale.x(day);
  // The flag stays on the chart while its line goes to the edge.
  const left = Math.min(Math.max(x - flagWidth / 2, 0), width - flagWidth) - x;
  return (
    <g class="course-today" style={{ transform: `translateX(${x}px)` }}>
      <line x1={0} x2={0} y1={axis.top - 4} y2={height} />
      <rect x={left} y={0} width={flagWidth} height={axis.top - 4} rx={(axis.top - 4) / 2} />
      <text x={left + flagWidth / 2} y={(axis.top - 4) / 2 + fontSize * 0.35}>
        {text}
      </text>
    </g>
  );
}
