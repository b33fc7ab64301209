/** The fields of a draft as labelled inputs: a number with its unit, a day as a date, a choice. */
import { useId } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import type { Draft, DraftField } from '../../demo/sandbox-data.js';
import { textIn } from '../../text.js';
import { dateOfDay, dayOfDate } from '../days.js';
import type { DraftValues } from './fill-draft.js';
import { NumberInput } from './NumberInput.js';

const NONE = { nl: 'geen', en: 'none', fr: 'aucun' } as const;

interface DraftFieldsProps {
  readonly draft: Draft;
  /** By id of the field; days are counted from `date`. */
  readonly values: DraftValues;
  readonly onValues: (values: DraftValues) => void;
  readonly language: Language;
  /** The day on which it is drafted, YYYY-MM-DD. */
  readonly date: string;
}

/** All fields of one draft. */
export function DraftFields({ draft, values, onValues, language, date }: DraftFieldsProps) {
  return (
    <div class="draft-fields">
      {draft.fields.map((field) => (
        <Field
          key={`${draft.id} ${field.id}`}
          field={field}
          value={values[field.id]}
          onValue={(value) => onValues({ ...values, [field.id]: value })}
          language={language}
          date={date}
        />
      ))}
    </div>
  );
}

interface FieldProps {
  readonly field: DraftField;
  readonly value: unknown;
  readonly onValue: (value: unknown) => void;
  readonly language: Language;
  readonly date: string;
}

function Field({ field, value, onValue, language, date }: FieldProps) {
  const id = useId();
  const { input } = field;
  const label = <label for={id}>{textIn(field.text, language)}</label>;
  switch (input.kind) {
    case 'number':
      return (
        <div class="field">
          {label}
          <NumberInput id={id} input={input} value={value} onValue={onValue} language={language} />
        </div>
      );
    case 'day':
      return (
        <div class="field">
          {label}
          <input
            id={id}
            type="date"
            value={typeof value === 'number' ? dateOfDay(date, value) : ''}
            onInput={({ currentTarget }) => onValue(dayOfDate(date, currentTarget.value))}
          />
        </div>
      );
    case 'choice':
      return (
        <div class="field">
          {label}
          <Choice id={id} input={input} value={value} onValue={onValue} language={language} />
        </div>
      );
  }
}

interface ChoiceProps extends Omit<FieldProps, 'field' | 'date'> {
  readonly id: string;
  readonly input: Extract<DraftField['input'], { readonly kind: 'choice' }>;
}

/** By index: a value can be anything. */
function Choice({ id, input, value, onValue, language }: ChoiceProps) {
  const chosen = input.options.findIndex((option) => JSON.stringify(option.value) === JSON.stringify(value));
  return (
    <select
      id={id}
      value={String(chosen)}
      onChange={({ currentTarget }) => onValue(input.options[Number(currentTarget.value)]?.value)}
    >
      <option value="-1">{NONE[language]}</option>
      {input.options.map(({ text }, index) => (
        <option key={index} value={String(index)}>
          {textIn(text, language)}
        </option>
      ))}
    </select>
  );
}
