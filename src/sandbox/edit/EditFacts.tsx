/**
 * The facts of one day to edit: pain score, onset, and our forms. Every change becomes a resource of that day, so that what the rules say of
 * it can be seen at once. What is not answered stays out of the record: unknown is not "no".
 */
import type { Condition, FhirResource, Questionnaire } from 'fhir/r4.js';
import { useId } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import type { Draft } from '../../demo/sandbox-data.js';
import { titleOf } from '../record/describe.js';
import { activeProblems, withOnset } from './facts.js';
import { FormFields } from './FormFields.js';
import { lastMomentOf } from './last-moment.js';
import { PainScore } from './PainScore.js';
import { answersIn, descriptionIn, itemsIn, responseOf, responseTo, titleIn, type Answers } from './questionnaire.js';
import { useSaver } from './use-saver.js';

const WORDS = {
  nl: {
    onset: 'Begin van actieve problemen',
    unclear: (recorded: string) => `Vastgelegd als ${recorded}.`,
    answered: (count: number) => `${count} ${count === 1 ? 'antwoord' : 'antwoorden'}`,
  },
  en: {
    onset: 'Onset of active problems',
    unclear: (recorded: string) => `Recorded as ${recorded}.`,
    answered: (count: number) => `${count} ${count === 1 ? 'answer' : 'answers'}`,
  },
  fr: {
    onset: 'Début des problèmes actifs',
    unclear: (recorded: string) => `Noté comme ${recorded}.`,
    answered: (count: number) => `${count} ${count === 1 ? 'réponse' : 'réponses'}`,
  },
} as const;

export interface EditFactsProps {
  /** The record as it is on the day. */
  readonly record: readonly FhirResource[];
  /** The day, YYYY-MM-DD. */
  readonly date: string;
  readonly patientId: string;
  readonly language: Language;
  /** Pain scores to record, one for each place. */
  readonly scores: readonly Draft[];
  readonly questionnaires: readonly Questionnaire[];
  /** A resource without an id; it is found again in a later `record`. */
  readonly onCreate: (resource: FhirResource) => void;
  /** A resource of the record, changed. */
  readonly onReplace: (resource: FhirResource) => void;
}

/** All that can be edited. */
export function EditFacts(props: EditFactsProps) {
  const { record, date, patientId, questionnaires, language } = props;
  // Another patient or day is another set of facts: nothing that was begun may end up in it.
  const of = `${patientId} ${date}`;
  const problems = activeProblems(record);
  return (
    <div class="edit">
      {props.scores.length > 0 && <PainScore key={patientId} {...props} />}
      {problems.length > 0 && (
        <fieldset class="section">
          <legend>{WORDS[language].onset}</legend>
          {problems.map((problem) => (
            <Onset key={`${of} ${problem.id ?? ''}`} problem={problem} {...props} />
          ))}
        </fieldset>
      )}
      {questionnaires.map((questionnaire) => (
        <Form key={`${of} ${questionnaire.id ?? ''}`} questionnaire={questionnaire} {...props} />
      ))}
    </div>
  );
}

/** Earlier is a slip while a year is typed, or of somebody else. */
const EARLIEST = '1900-01-01';

function Onset({ problem, date, language, onCreate, onReplace }: EditFactsProps & { readonly problem: Condition }) {
  const id = useId();
  const { unsaved, change } = useSaver<{ readonly onset: string }>(problem, {
    make: ({ onset }) => withOnset(problem, onset === '' ? undefined : onset),
    onCreate,
    onReplace,
  });
  const recorded = problem.onsetDateTime ?? '';
  const isDay = /^\d{4}-\d\d-\d\d/.test(recorded);
  return (
    <div class="question">
      <label for={id}>{titleOf(problem, language)}</label>
      <input
        id={id}
        type="date"
        min={EARLIEST}
        max={date}
        value={unsaved?.onset ?? (isDay ? recorded.slice(0, 10) : '')}
        onInput={({ currentTarget }) => {
          if (currentTarget.validity.valid) change({ onset: currentTarget.value });
        }}
      />
      {recorded !== '' && !isDay && <span class="hint">{WORDS[language].unclear(recorded)}</span>}
    </div>
  );
}

function Form(props: EditFactsProps & { readonly questionnaire: Questionnaire }) {
  const { questionnaire, record, date, patientId, language, onCreate, onReplace } = props;
  const found = responseTo(questionnaire, date, record);
  const { unsaved, change } = useSaver<Answers>(found, {
    make(answers) {
      const authored = lastMomentOf(
        date,
        record.filter((one) => one !== found),
      );
      return responseOf(questionnaire, answers, { patientId, authored, ...(found && { previous: found }) });
    },
    onCreate,
    onReplace,
  });
  const answers = unsaved ?? (found ? answersIn(found) : {});
  const count = Object.keys(answers).length;
  return (
    <details class="form">
      <summary>
        {titleIn(questionnaire, language)} {count > 0 && <span class="count">{WORDS[language].answered(count)}</span>}
      </summary>
      <p class="hint">{descriptionIn(questionnaire, language)}</p>
      <FormFields items={itemsIn(questionnaire, language)} answers={answers} onAnswers={change} language={language} />
    </details>
  );
}
