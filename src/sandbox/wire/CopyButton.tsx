/** Copies a text; where the browser gives no clipboard (plain HTTP from another machine), the text is shown to be copied by hand. */
import { useSignal } from '@preact/signals';
import type { Language } from '../../cds-hooks/request.js';

const WORDS = {
  nl: { copied: 'Gekopieerd', byHand: 'Kopieer hieruit' },
  en: { copied: 'Copied', byHand: 'Copy from here' },
  fr: { copied: 'Copié', byHand: 'Copiez d’ici' },
} as const;

export function CopyButton({ label, text, language }: { label: string; text: string; language: Language }) {
  const words = WORDS[language];
  const outcome = useSignal<'copied' | 'refused' | undefined>(undefined);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      outcome.value = 'copied';
    } catch {
      outcome.value = 'refused';
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {label}
      </button>
      <span class="small" role="status">
        {outcome.value === 'copied' && words.copied}
      </span>
      {outcome.value === 'refused' && <textarea aria-label={words.byHand} readOnly value={text} />}
    </>
  );
}
