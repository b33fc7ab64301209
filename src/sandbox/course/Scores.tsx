/** Pain scores, 0 to 10, as a line for each place; every point selects its Observation. */
import type { ComponentChildren } from 'preact';
import type { Language } from '../../cds-hooks/request.js';
import { ChartButton } from './ChartButton.js';
import { dayText } from './day-text.js';
import type { Frame } from './frame.js';
import { placeNumbers, type Spot } from './place-numbers.js';
import type { Series } from './score-series.js';

const WORDS = {
  nl: { title: 'Pijnscore 0–10', pain: 'Pijn', noSite: 'zonder plaats', none: 'Geen pijnscore genoteerd' },
  en: { title: 'Pain score 0–10', pain: 'Pain', noSite: 'no place recorded', none: 'No pain score recorded' },
  fr: { title: 'Score de douleur 0–10', pain: 'Douleur', noSite: 'sans localisation', none: 'Aucun score noté' },
} as const;

interface Props {
  readonly frame: Frame;
  readonly series: readonly Series[];
}

/** Where the grid has a line. */
const LEVELS = [0, 5, 10] as const;

const yOf = ({ scores: { top, height } }: Frame, value: number): number => top + height - (value / 10) * height;

/** The shapes: grid, lines, points. */
export function ScoreShapes({ frame, series }: Props) {
  const { scale } = frame;
  return (
    <g class="course-scores">
      {LEVELS.map((value) => (
        <line class="grid" key={value} x1={scale.left} x2={scale.right} y1={yOf(frame, value)} y2={yOf(frame, value)} />
      ))}
      {series.map(({ site, scores }, index) => (
        <g key={site} class={`series series-${index % 4}`}>
          <polyline points={scores.map(({ day, value }) => `${scale.x(day)},${yOf(frame, value)}`).join(' ')} />
          {scores.map(({ reference, day, value }) => (
            <Point key={reference} shape={index % 4} x={scale.x(day)} y={yOf(frame, value)} />
          ))}
        </g>
      ))}
    </g>
  );
}

/** Circle, square, triangle, diamond: places are told apart without their colour. */
function Point({ shape, x, y }: { readonly shape: number; readonly x: number; readonly y: number }) {
  if (shape === 0) return <circle class="point" cx={x} cy={y} r={5} />;
  if (shape === 1) return <rect class="point" x={x - 4.5} y={y - 4.5} width={9} height={9} />;
  const corners =
    shape === 2
      ? `${x},${y - 6} ${x + 6},${y + 5} ${x - 6},${y + 5}`
      : `${x},${y - 6} ${x + 6},${y} ${x},${y + 6} ${x - 6},${y}`;
  return <polygon class="point" points={corners} />;
}

interface LabelProps extends Props {
  readonly start: string;
  readonly language: Language;
  readonly selected: string | undefined;
  readonly onSelect: (reference: string) => void;
}

/** What is read and pressed: the scale, the numbers, the points as buttons. */
export function ScoreLabels({ frame, series, start, language, selected, onSelect }: LabelProps) {
  const { scale, fontSize, narrow } = frame;
  const words = WORDS[language];
  const numbers = placeNumbers(
    series.flatMap(({ scores }) =>
      scores.map((score) => ({ score, x: scale.x(score.day), y: yOf(frame, score.value) })),
    ),
    fontSize,
  );
  return (
    <g class="course-scores-labels">
      <text
        class="section"
        x={narrow ? scale.left : 0}
        y={frame.scores.top + (narrow ? -22 - Math.max(0, series.length - 1) * (fontSize + 8) : fontSize)}
      >
        {words.title}
      </text>
      {series.length === 0 && (
        <text class="soft" x={scale.left + 8} y={frame.scores.top + frame.scores.height / 2}>
          {words.none}
        </text>
      )}
      {!narrow && <Levels frame={frame} />}
      {series.map(({ site, scores }) =>
        scores.map((score) => (
          <ChartButton
            key={score.reference}
            label={`${words.pain} ${score.value}, ${site ?? words.noSite}. ${dayText(start, score.day, language)}`}
            pressed={selected === score.reference}
            onPress={() => onSelect(score.reference)}
          >
            <circle class="target" cx={scale.x(score.day)} cy={yOf(frame, score.value)} r={12} />
            <Number value={score.value} place={numbers.get(score)} />
          </ChartButton>
        )),
      )}
      <Sites frame={frame} series={series} noSite={words.noSite} />
    </g>
  );
}

/** The numbers of the grid, beside it. */
function Levels({ frame }: { readonly frame: Frame }): ComponentChildren {
  return LEVELS.map((value) => (
    <text class="scale" key={value} x={frame.scale.left - 8} y={yOf(frame, value) + frame.fontSize * 0.35}>
      {value}
    </text>
  ));
}

function Number({ value, place }: { readonly value: number; readonly place: Spot | undefined }) {
  return (
    place && (
      <text class="number" x={place.x} y={place.y}>
        {value}
      </text>
    )
  );
}

/** Names of the places, with their marks: below the title, or beside it on a small screen. */
function Sites({ frame, series, noSite }: Props & { readonly noSite: string }): ComponentChildren {
  const { scale, fontSize, narrow, scores } = frame;
  const x = narrow ? scale.left + fontSize * 10 : 0;
  const first = narrow ? scores.top - 22 - (series.length - 1) * (fontSize + 8) : scores.top + 2 * fontSize + 8;
  return series.map(({ site }, index) => {
    const name = site ?? noSite;
    const y = first + index * (fontSize + 8);
    return (
      <g key={name} class={`series series-${index % 4}`}>
        <Point shape={index % 4} x={x + 7} y={y - fontSize * 0.35} />
        <text x={x + 18} y={y}>
          {name}
        </text>
      </g>
    );
  });
}
