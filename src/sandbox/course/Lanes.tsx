/** Which card stands on which days: a lane for each decision, a span for each card. */
import type { ComponentChildren } from 'preact';
import type { Language } from '../../cds-hooks/request.js';
import { dayText } from './day-text.js';
import type { Frame, LanePlace } from './frame.js';
import { Sign } from './Sign.js';
import { asideOf, boxOf, isOn, textIn } from './place-spans.js';
import { cut, onTwoLines, widthOf } from './rows.js';
import { wordingOn, type Gap, type Span } from './strip.js';

const WORDS = {
  nl: {
    title: 'Kaarten',
    none: 'Geen kaart op de gevraagde dagen',
    'not-asked': 'nog niet gevraagd',
    failed: 'antwoord mislukt',
    until: 't/m',
    levels: { critical: 'Kritiek', warning: 'Waarschuwing', info: 'Informatie' },
  },
  en: {
    title: 'Cards',
    none: 'No card on the days that were asked',
    'not-asked': 'not yet asked',
    failed: 'answer failed',
    until: 'until',
    levels: { critical: 'Critical', warning: 'Warning', info: 'Information' },
  },
  fr: {
    title: 'Cartes',
    none: 'Aucune carte aux jours demandés',
    'not-asked': 'pas encore demandé',
    failed: 'réponse manquée',
    until: "jusqu'au",
    levels: { critical: 'Critique', warning: 'Avertissement', info: 'Information' },
  },
} as const;

interface Props {
  readonly frame: Frame;
  readonly gaps: readonly Gap[];
  readonly day: number;
}

/** The shapes: tracks, spans, and what is not known. */
export function LaneShapes({ frame, gaps, day }: Props) {
  const { scale, cards } = frame;
  return (
    <g class="course-lanes">
      {cards.lanes.map((place) => (
        <g key={place.lane.code}>
          <line class="track" x1={frame.narrow ? scale.left : 0} x2={scale.right} y1={place.top} y2={place.top} />
          {place.lane.spans.map((span) => {
            const box = boxOf(frame, place, span);
            return (
              <g key={`${span.from} ${span.row}`} class={`span ${span.indicator} ${isOn(span, day) ? 'on' : ''}`}>
                <rect class="body" {...box} rx={3} />
                <rect class="edge" {...box} width={box.width < 12 ? box.width : 4} rx={2} />
              </g>
            );
          })}
        </g>
      ))}
      {gaps.map(({ from, to, why }) => (
        <rect
          key={from}
          class={`gap ${why}`}
          x={scale.edge(from)}
          y={cards.top}
          width={scale.edge(to + 1) - scale.edge(from)}
          height={cards.height}
          fill={`url(#gap-${why})`}
        />
      ))}
    </g>
  );
}

interface LabelProps extends Props {
  readonly start: string;
  readonly language: Language;
}

/** The names of decisions and gaps, and in each span as much of its card as fits. */
export function LaneLabels({ frame, gaps, start, language, day }: LabelProps) {
  const { scale, fontSize, narrow, cards, gutter } = frame;
  const words = WORDS[language];
  const isAnyAsked = !gaps.some(({ from, to }) => from === scale.first && to === scale.last);
  return (
    <g class="course-lanes-labels">
      <text class="section" x={narrow ? scale.left : 0} y={cards.top - 8}>
        {words.title}
      </text>
      {cards.lanes.length === 0 && isAnyAsked && (
        <text class="soft" x={scale.left + 8} y={cards.top + fontSize + 4}>
          {words.none}
        </text>
      )}
      {cards.lanes.map((place) => (
        <g key={place.lane.code}>
          <LaneName frame={frame} place={place} width={narrow ? scale.right - scale.left : gutter} />
          {place.lane.spans.map((span) => (
            <SpanText
              key={`${span.from} ${span.row}`}
              span={span}
              box={boxOf(frame, place, span)}
              fontSize={fontSize}
              day={day}
              isAside={isOn(span, day) && asideOf(frame, place, span, day) !== undefined}
            >
              {`${words.levels[span.indicator]}: ${wordingOn(span, day)} (${dayText(start, span.from, language)} ${words.until} ${dayText(start, span.to, language)})`}
            </SpanText>
          ))}
          <Aside frame={frame} place={place} day={day} />
        </g>
      ))}
      {gaps.map(({ from, to, why }) => {
        const width = scale.edge(to + 1) - scale.edge(from);
        return widthOf(words[why], fontSize) + 12 > width ? null : (
          <text key={from} class="gap-name" x={scale.edge(from) + width / 2} y={cards.top + cards.height - 6}>
            {words[why]}
          </text>
        );
      })}
    </g>
  );
}

function LaneName({
  frame,
  place,
  width,
}: {
  readonly frame: Frame;
  readonly place: LanePlace;
  readonly width: number;
}): ComponentChildren {
  const { fontSize, narrow, scale } = frame;
  if (narrow)
    return (
      <text class="lane" x={scale.left} y={place.top + fontSize + 4}>
        {cut(place.lane.label, width, fontSize)}
      </text>
    );
  const lines = onTwoLines(place.lane.label, width, fontSize);
  const y = place.top + place.height / 2 + fontSize * 0.35 - ((lines.length - 1) * (fontSize + 3)) / 2;
  return (
    <text class="lane" y={y}>
      {lines.map((line, index) => (
        <tspan key={line} x={0} dy={index === 0 ? 0 : fontSize + 3}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

/** What the lane says today, beside its last span, where the span of today is too short to hold it. */
function Aside({ frame, place, day }: { readonly frame: Frame; readonly place: LanePlace; readonly day: number }) {
  const { fontSize } = frame;
  const span = place.lane.spans.find((one) => isOn(one, day));
  const aside = span && asideOf(frame, place, span, day);
  if (!aside) return null;
  return (
    <g>
      <Sign indicator={span.indicator} x={aside.left + fontSize / 2} y={aside.y} size={fontSize} />
      <text class="aside" x={aside.left + fontSize + 6} y={aside.y + fontSize * 0.35}>
        {aside.text}
      </text>
    </g>
  );
}

interface SpanTextProps {
  readonly span: Span;
  readonly box: ReturnType<typeof boxOf>;
  readonly fontSize: number;
  readonly day: number;
  /** Its words stand beside the lane. */
  readonly isAside: boolean;
  /** What is shown on hovering. */
  readonly children: string;
}

function SpanText({ span, box, fontSize, day, isAside, children }: SpanTextProps) {
  const hasSign = box.width >= fontSize + 12;
  const text = isAside ? '' : textIn(box, wordingOn(span, day), fontSize);
  return (
    <g class={`span-text ${span.indicator}`}>
      <title>{children}</title>
      <rect class="target" {...box} />
      {hasSign && (
        <Sign indicator={span.indicator} x={box.x + 8 + fontSize / 2} y={box.y + box.height / 2} size={fontSize} />
      )}
      {text !== '' && (
        <text x={box.x + fontSize + 14} y={box.y + box.height / 2 + fontSize * 0.35}>
          {text}
        </text>
      )}
    </g>
  );
}
