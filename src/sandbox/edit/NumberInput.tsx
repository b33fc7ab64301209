/** A number that a person types: what cannot be is marked and does not count. */
import { useState } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';

const WORDS = {
  nl: (min: number, max: number, step: number) =>
    `Vul een getal in van ${min} tot en met ${max}, in stappen van ${step}.`,
  en: (min: number, max: number, step: number) => `Enter a number from ${min} to ${max}, in steps of ${step}.`,
  fr: (min: number, max: number, step: number) => `Indiquez un nombre de ${min} à ${max}, par pas de ${step}.`,
} as const;

interface NumberInputProps {
  /** For the label, which stands outside. */
  readonly id: string;
  readonly input: { readonly min: number; readonly max: number; readonly step: number; readonly unit?: string };
  /** Anything but a number: the input is empty. */
  readonly value: unknown;
  /** Undefined when the input was emptied. */
  readonly onValue: (value: number | undefined) => void;
  readonly language: Language;
}

/** The input with its unit, and a sentence when the number is out of range. */
export function NumberInput({ id, input, value, onValue, language }: NumberInputProps) {
  // Apart from the value: on the way to 60 stands a 6.
  const [typed, setTyped] = useState<{ readonly text: string; readonly isValid: boolean }>();
  const { min, max, step, unit } = input;
  const isWrong = typed?.isValid === false;
  return (
    <>
      <span class="measured">
        <input
          id={id}
          type="number"
          min={min}
          max={max}
          step={step}
          value={typed?.text ?? (typeof value === 'number' ? String(value) : '')}
          aria-invalid={isWrong}
          aria-describedby={`${id}-unit ${id}-wrong`}
          onInput={({ currentTarget: { value: text, validity } }) => {
            setTyped({ text, isValid: validity.valid });
            if (validity.valid) onValue(text === '' ? undefined : Number(text));
          }}
          // A number that cannot be stays to be seen: in its place another one would go unnoticed.
          onBlur={() => setTyped((now) => (now?.isValid === false ? now : undefined))}
        />
        <span id={`${id}-unit`}>{unit}</span>
      </span>
      <span id={`${id}-wrong`} class="wrong" aria-live="polite">
        {isWrong && WORDS[language](min, max, step)}
      </span>
    </>
  );
}
