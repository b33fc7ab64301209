/** The pain score of a place: choose the place, move the slider or type the number, and it is a score of that day. */
import type { FhirResource } from 'fhir/r4.js';
import { useId, useState } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import type { Draft, DraftField } from '../../demo/sandbox-data.js';
import { textIn } from '../../text.js';
import { dateOf, painScoreOf } from '../record/describe.js';
import { defaultsOf, fillDraft } from './fill-draft.js';
import { measuredBefore, remeasured } from './facts.js';
import { lastMomentOf } from './last-moment.js';
import { NumberInput } from './NumberInput.js';
import { useSaver } from './use-saver.js';

const WORDS = {
  nl: {
    score: 'Pijnscore (NRS 0-10)',
    place: 'Plaats',
    slider: 'Schuif van 0 tot 10',
    number: 'Getal',
    open: 'Op deze dag niet vastgelegd.',
    last: (value: number, date: string) => `Laatst: ${value}, op ${date}.`,
  },
  en: {
    score: 'Pain score (NRS 0-10)',
    place: 'Place',
    slider: 'Slide from 0 to 10',
    number: 'Number',
    open: 'Not recorded on this day.',
    last: (value: number, date: string) => `Last: ${value}, on ${date}.`,
  },
  fr: {
    score: 'Score de douleur (NRS 0-10)',
    place: 'Endroit',
    slider: 'Glisser de 0 à 10',
    number: 'Nombre',
    open: 'Non noté ce jour.',
    last: (value: number, date: string) => `Dernier : ${value}, le ${date}.`,
  },
} as const;

interface PainScoreProps {
  readonly record: readonly FhirResource[];
  /** The day, YYYY-MM-DD. */
  readonly date: string;
  readonly patientId: string;
  readonly language: Language;
  /** One for each place, at least one. */
  readonly scores: readonly Draft[];
  readonly onCreate: (resource: FhirResource) => void;
  readonly onReplace: (resource: FhirResource) => void;
}

/** One score at a time; it begins with the place that was scored last. */
export function PainScore(props: PainScoreProps) {
  const { record, date, patientId, language, scores } = props;
  const id = useId();
  const words = WORDS[language];
  const [chosen, setChosen] = useState(() => placeOfLast(scores, record));
  const draft = scores.find((one) => one.id === chosen) ?? scores[0];
  return (
    <fieldset class="section">
      <legend>{words.score}</legend>
      <div class="question">
        <label for={id}>{words.place}</label>
        <select id={id} value={draft?.id ?? ''} onChange={({ currentTarget }) => setChosen(currentTarget.value)}>
          {scores.map((one) => (
            <option key={one.id} value={one.id}>
              {textIn(one.text, language)}
            </option>
          ))}
        </select>
      </div>
      {draft && <Score key={`${patientId} ${date} ${draft.id}`} draft={draft} {...props} />}
    </fieldset>
  );
}

/** The place of the latest score in the record; undefined when none is of a place that can be chosen. */
function placeOfLast(scores: readonly Draft[], record: readonly FhirResource[]): string | undefined {
  const dated = scores.map((draft) => ({ draft, last: scoresOf(draft, record).at(-1) }));
  const [latest] = dated.toSorted((one, other) => dayOf(other.last).localeCompare(dayOf(one.last)));
  return latest?.last && latest.draft.id;
}

const dayOf = (resource: FhirResource | undefined): string => (resource && dateOf(resource)) ?? '';

const scoresOf = (draft: Draft, record: readonly FhirResource[]) =>
  measuredBefore(draft.resource as unknown as FhirResource, record).filter((one) => painScoreOf(one) !== undefined);

function Score(props: PainScoreProps & { readonly draft: Draft }) {
  const { draft, record, date, patientId, language, onCreate, onReplace } = props;
  const field = draft.fields.find(({ input }) => input.kind === 'number');
  const last = scoresOf(draft, record).at(-1);
  const found = dayOf(last).startsWith(date) ? last : undefined;
  const { unsaved, change } = useSaver<number>(found, {
    make(value) {
      const others = record.filter((one) => one !== found);
      const values = { ...defaultsOf(draft), ...(field && { [field.id]: value }) };
      const measured = fillDraft(draft, values, { patientId, date: lastMomentOf(date, others) });
      return found ? remeasured(found, measured) : measured;
    },
    onCreate,
    onReplace,
  });
  if (field?.input.kind !== 'number') return null;
  const before = last && painScoreOf(last);
  const value = unsaved ?? (found && before);
  const words = WORDS[language];
  return (
    <>
      <ScoreInputs input={field.input} value={value} thumb={value ?? before} onValue={change} language={language} />
      {value === undefined && (
        <p class="hint">
          {words.open} {last && before !== undefined && words.last(before, dayOf(last).slice(0, 10))}
        </p>
      )}
    </>
  );
}

interface ScoreInputsProps {
  readonly input: Extract<DraftField['input'], { readonly kind: 'number' }>;
  readonly value: number | undefined;
  /** Where the thumb stands: also when nothing was said of this day, it stands somewhere. */
  readonly thumb: number | undefined;
  readonly onValue: (value: number) => void;
  readonly language: Language;
}

/** Slider and number say the same; the number is empty while there is no score. */
function ScoreInputs({ input, value, thumb = 5, onValue, language }: ScoreInputsProps) {
  const id = useId();
  const words = WORDS[language];
  return (
    <div class={value === undefined ? 'score open' : 'score'}>
      <label for={`${id}-slider`}>{words.slider}</label>
      <input
        id={`${id}-slider`}
        type="range"
        min={input.min}
        max={input.max}
        step={input.step}
        value={thumb}
        aria-valuetext={value === undefined ? words.open : String(value)}
        onInput={({ currentTarget }) => onValue(Number(currentTarget.value))}
        // Where the thumb stands already, no input comes of it; pressed there, that is the score.
        onClick={({ currentTarget }) => {
          if (value === undefined) onValue(Number(currentTarget.value));
        }}
      />
      <span class="number">
        <label for={`${id}-number`}>{words.number}</label>
        <NumberInput
          id={`${id}-number`}
          input={input}
          value={value}
          // A score of this day is changed here, not taken back.
          onValue={(typed) => typed !== undefined && onValue(typed)}
          language={language}
        />
      </span>
    </div>
  );
}
