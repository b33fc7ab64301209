/** What happened: drugs and treatments as bars, all else as marks, each with its name, on as many rows as that takes. */
import type { Language } from '../../cds-hooks/request.js';
import { ChartButton } from './ChartButton.js';
import { describeEvent } from './event-text.js';
import type { Frame } from './frame.js';
import { Mark } from './Mark.js';
import type { PlacedEvent } from './place-events.js';
import { widthOf } from './rows.js';

const WORDS = {
  nl: { title: 'Gebeurtenissen', none: 'Niets genoteerd in deze periode' },
  en: { title: 'Events', none: 'Nothing recorded in this period' },
  fr: { title: 'Événements', none: 'Rien de noté pendant cette période' },
} as const;

interface Props {
  readonly frame: Frame;
  readonly events: readonly PlacedEvent[];
}

const topOf = ({ events: { top, rowHeight } }: Frame, row: number): number => top + row * rowHeight;

/** The shapes: bars and marks. */
export function EventShapes({ frame, events }: Props) {
  const { rowHeight } = frame.events;
  return (
    <g class="course-events">
      {events.map(({ event, left, right, row }) => {
        const y = topOf(frame, row) + rowHeight / 2;
        const key = event.items[0]?.reference;
        if (event.kind !== 'drug' && event.to === event.from)
          return <Mark key={key} kind={event.kind} x={(left + right) / 2} y={y} />;
        const half = rowHeight / 2 - 3;
        const edge =
          event.to === undefined
            ? `H${right - half} L${right},${y} L${right - half},${y + half}`
            : `H${right} V${y + half}`;
        return (
          <path
            key={key}
            class={`bar ${event.kind} ${event.to === undefined ? 'open' : ''}`}
            d={`M${left},${y - half} ${edge} H${left} Z`}
          />
        );
      })}
    </g>
  );
}

interface LabelProps extends Props {
  readonly start: string;
  readonly language: Language;
  readonly selected: string | undefined;
  readonly onSelect: (reference: string) => void;
}

/** The names, as buttons; that of several findings goes through them one by one. */
export function EventLabels({ frame, events, start, language, selected, onSelect }: LabelProps) {
  const { fontSize, narrow, scale } = frame;
  const words = WORDS[language];
  return (
    <g class="course-events-labels">
      <text class="section" x={narrow ? scale.left : 0} y={frame.events.top + (narrow ? -8 : fontSize + 2)}>
        {words.title}
      </text>
      {events.length === 0 && (
        <text class="soft" x={scale.left + 8} y={frame.events.top + fontSize + 2}>
          {words.none}
        </text>
      )}
      {events.map((placed) => (
        <EventName key={placed.event.items[0]?.reference} {...{ frame, placed, start, language, selected, onSelect }} />
      ))}
    </g>
  );
}

type NameProps = Omit<LabelProps, 'events'> & { readonly placed: PlacedEvent };

/** Mark and name are one button. */
function EventName({ frame, placed, start, language, selected, onSelect }: NameProps) {
  const { event, name, nameLeft, left, right, row } = placed;
  const { rowHeight } = frame.events;
  const y = topOf(frame, row);
  const references = event.items.map(({ reference }) => reference);
  const at = references.indexOf(selected ?? '');
  const next = references[(at + 1) % references.length] ?? '';
  const from = Math.min(left, nameLeft) - 3;
  const to = Math.max(right, nameLeft + widthOf(name, frame.fontSize)) + 3;
  const isInside = nameLeft >= left && nameLeft < right;
  return (
    <ChartButton label={describeEvent(event, start, language)} pressed={at >= 0} onPress={() => onSelect(next)}>
      <rect class="target" x={from} y={y} width={to - from} height={rowHeight} rx={4} />
      <text
        class={`name ${event.void ? 'void' : ''} ${isInside ? 'inside' : ''}`}
        x={nameLeft}
        y={y + rowHeight / 2 + frame.fontSize * 0.35}
      >
        {name}
      </text>
    </ChartButton>
  );
}
