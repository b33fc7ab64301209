/** The items of a form as questions that can stay open: yes, no or not recorded; a grade or none; a place or none. */
import { useId } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import { withAnswer, type Answer, type Answers, type FormItem } from './questionnaire.js';

const WORDS = {
  nl: { yes: 'ja', no: 'nee', open: 'niet vastgelegd' },
  en: { yes: 'yes', no: 'no', open: 'not recorded' },
  fr: { yes: 'oui', no: 'non', open: 'non noté' },
} as const;

interface FormFieldsProps {
  readonly items: readonly FormItem[];
  readonly answers: Answers;
  readonly onAnswers: (answers: Answers) => void;
  readonly language: Language;
}

/** Items with their groups as fieldsets. */
export function FormFields({ items, answers, onAnswers, language }: FormFieldsProps) {
  return (
    <>
      {items.map((item) => {
        if (item.kind === 'group')
          return (
            <fieldset class="group" key={item.linkId}>
              <legend>{item.text}</legend>
              <FormFields items={item.items} answers={answers} onAnswers={onAnswers} language={language} />
            </fieldset>
          );
        const props = {
          answer: answers[item.linkId],
          onAnswer: (answer: Answer | undefined) => onAnswers(withAnswer(answers, item.linkId, answer)),
          language,
        };
        return item.kind === 'boolean' ? (
          <YesNo key={item.linkId} text={item.text} {...props} />
        ) : (
          <OneOf key={item.linkId} item={item} {...props} />
        );
      })}
    </>
  );
}

interface QuestionProps {
  readonly answer: Answer | undefined;
  readonly onAnswer: (answer: Answer | undefined) => void;
  readonly language: Language;
}

/** "Not recorded" is a choice like the others, so that an answer can be taken back. */
function YesNo({ text, answer, onAnswer, language }: QuestionProps & { readonly text: string }) {
  const name = useId();
  const words = WORDS[language];
  return (
    <fieldset class="question">
      <legend>{text}</legend>
      <div class="choices">
        {([true, false, undefined] as const).map((value) => (
          <label key={String(value)}>
            <input type="radio" name={name} checked={answer === value} onChange={() => onAnswer(value)} />
            {value === undefined ? words.open : value ? words.yes : words.no}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

type ListItem = Extract<FormItem, { readonly kind: 'integer' | 'choice' }>;

function OneOf({ item, answer, onAnswer, language }: QuestionProps & { readonly item: ListItem }) {
  const id = useId();
  const options = optionsOf(item);
  const chosen = options.findIndex(({ value }) => isSame(value, answer));
  return (
    <div class="question">
      <label for={id}>{item.text}</label>
      <select
        id={id}
        value={String(chosen)}
        onChange={({ currentTarget }) => onAnswer(options[Number(currentTarget.value)]?.value)}
      >
        <option value="-1">{WORDS[language].open}</option>
        {options.map(({ text }, index) => (
          <option key={index} value={String(index)}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function optionsOf(item: ListItem): readonly { readonly text: string; readonly value: Answer }[] {
  if (item.kind === 'choice') return item.options.map(({ text, coding }) => ({ text, value: coding }));
  const { min, max } = item;
  return Array.from({ length: max - min + 1 }, (_, index) => ({ text: String(min + index), value: min + index }));
}

/** Codes are compared without their display, which is of the language in which somebody answered. */
function isSame(value: Answer, answer: Answer | undefined): boolean {
  if (typeof value !== 'object' || typeof answer !== 'object') return value === answer;
  return value.system === answer.system && value.code === answer.code;
}
