/** Today: a slider below the chart, a day back or on, a change of cards back or on, and play. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import { dayText } from './day-text.js';
import type { Scale } from './time-scale.js';

const WORDS = {
  nl: {
    today: 'Vandaag',
    day: ['Vorige dag', 'Volgende dag'],
    change: ['Vorige verandering van kaarten', 'Volgende verandering van kaarten'],
    shortChange: ['Vorige verandering', 'Volgende verandering'],
    play: 'Afspelen',
    pause: 'Pauze',
  },
  en: {
    today: 'Today',
    day: ['Previous day', 'Next day'],
    change: ['Previous change of cards', 'Next change of cards'],
    shortChange: ['Previous change', 'Next change'],
    play: 'Play',
    pause: 'Pause',
  },
  fr: {
    today: "Aujourd'hui",
    day: ['Jour précédent', 'Jour suivant'],
    change: ['Changement de cartes précédent', 'Changement de cartes suivant'],
    shortChange: ['Changement précédent', 'Changement suivant'],
    play: 'Lecture',
    pause: 'Pause',
  },
} as const;

interface Props {
  readonly scale: Scale;
  readonly start: string;
  readonly language: Language;
  readonly day: number;
  readonly onDay: (day: number) => void;
  /** Days on which other cards stand than before. */
  readonly changes: readonly number[];
}

/** How long a day stands while it plays, in milliseconds: a card that stands for one day must be seen to come and go. */
const DAY_SHOWN = 600;
/** Half of this lies beside the first and the last day, so that the thumb is below the line of today. */
const THUMB = 24;

export function DayControls(props: Props) {
  const { scale, language, day, onDay, changes } = props;
  const words = WORDS[language];
  const [playing, setPlaying] = usePlay(props);
  const goTo = (target: number | undefined): void => {
    setPlaying(false);
    if (target !== undefined) onDay(target);
  };
  const play = (): void => {
    // At its end it plays again from the start.
    if (!playing && day >= scale.last) onDay(scale.first);
    setPlaying(!playing);
  };
  const before = changes.findLast((one) => one < day);
  const after = changes.find((one) => one > day);
  const yesterday = day > scale.first ? day - 1 : undefined;
  const tomorrow = day < scale.last ? day + 1 : undefined;
  return (
    <div class="course-controls">
      <div class="course-buttons">
        <StepButton icon="first" label={words.change[0]} text={words.shortChange[0]} target={before} onPress={goTo} />
        <StepButton icon="previous" label={words.day[0]} target={yesterday} onPress={goTo} />
        <button type="button" class="play" onClick={play}>
          <Icon name={playing ? 'pause' : 'play'} />
          <span>{playing ? words.pause : words.play}</span>
        </button>
        <StepButton icon="next" label={words.day[1]} target={tomorrow} onPress={goTo} />
        <StepButton icon="last" label={words.change[1]} text={words.shortChange[1]} target={after} onPress={goTo} />
      </div>
      <Slider {...props} onDay={goTo} />
    </div>
  );
}

/** Whether it plays. While it does, the day moves on by one after the other, and it stops on the last. */
function usePlay({ scale, day, onDay }: Pick<Props, 'scale' | 'day' | 'onDay'>) {
  const [playing, setPlaying] = useState(false);
  // Answers that come in meanwhile make the caller draw again; that must not hold a day up.
  const latest = useRef(onDay);
  latest.current = onDay;
  useEffect(() => {
    if (!playing) return undefined;
    const timer = setTimeout(() => {
      if (day >= scale.last) setPlaying(false);
      else latest.current(day + 1);
    }, DAY_SHOWN);
    return () => clearTimeout(timer);
  }, [playing, day, scale.last]);
  return [playing, setPlaying] as const;
}

function Slider({ scale, start, language, day, onDay }: Omit<Props, 'changes'>) {
  return (
    <input
      type="range"
      min={scale.first}
      max={scale.last}
      step={1}
      value={day}
      aria-label={WORDS[language].today}
      aria-valuetext={dayText(start, day, language)}
      style={{
        marginInlineStart: `${scale.x(scale.first) - THUMB / 2}px`,
        inlineSize: `${scale.x(scale.last) - scale.x(scale.first) + THUMB}px`,
      }}
      onInput={(event) => onDay(event.currentTarget.valueAsNumber)}
    />
  );
}

interface StepProps {
  readonly icon: keyof typeof ICONS;
  readonly label: string;
  /** Shown beside the icon where there is room. */
  readonly text?: string;
  /** No target: there is nothing on that side. */
  readonly target: number | undefined;
  readonly onPress: (target: number | undefined) => void;
}

/** Stays in the order of focus when there is nothing on its side, so that who steps with the keyboard does not lose their place. */
function StepButton({ icon, label, text, target, onPress }: StepProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-disabled={target === undefined}
      onClick={() => onPress(target)}
    >
      {icon === 'last' && text !== undefined && <span>{text}</span>}
      <Icon name={icon} />
      {icon === 'first' && <span>{text}</span>}
    </button>
  );
}

const ICONS = {
  first: 'M5,4 V16 M15,4 L8,10 L15,16 Z',
  previous: 'M13,4 L6,10 L13,16 Z',
  play: 'M6,3 L16,10 L6,17 Z',
  pause: 'M5,4 H8 V16 H5 Z M12,4 H15 V16 H12 Z',
  next: 'M7,4 L14,10 L7,16 Z',
  last: 'M15,4 V16 M5,4 L12,10 L5,16 Z',
} as const;

function Icon({ name }: { readonly name: keyof typeof ICONS }) {
  return (
    <svg viewBox="0 0 20 20" width={16} height={16} aria-hidden="true">
      <path d={ICONS[name]} />
    </svg>
  );
}
