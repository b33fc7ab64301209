/** The parts beside the cards, one at a time; arrow keys go from one to the next. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import { TABS, tab, type Tab } from './tabs.js';

const WORDS = {
  nl: {
    parts: 'Onderdelen',
    record: 'Dossier',
    facts: 'Gegevens wijzigen',
    rules: 'Alle regels',
    wire: 'Verzoek en antwoord',
    feedback: 'Feedback',
  },
  en: {
    parts: 'Parts',
    record: 'Record',
    facts: 'Edit facts',
    rules: 'All rules',
    wire: 'Request and response',
    feedback: 'Feedback',
  },
  fr: {
    parts: 'Parties',
    record: 'Dossier',
    facts: 'Modifier',
    rules: 'Toutes les règles',
    wire: 'Requête et réponse',
    feedback: 'Retours',
  },
} as const;

export function Tabs({
  language,
  parts,
}: {
  language: Language;
  parts: Readonly<Record<Tab, () => ComponentChildren>>;
}) {
  const words = WORDS[language];
  const list = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    if (moved.current) list.current?.querySelector<HTMLButtonElement>('[aria-selected="true"]')?.focus();
    moved.current = false;
  }, [tab.value]);
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    moved.current = true;
    tab.value = TABS[(TABS.indexOf(tab.value) + step + TABS.length) % TABS.length] ?? tab.value;
  };
  return (
    <section class="panel">
      <div role="tablist" aria-label={words.parts} ref={list} onKeyDown={onKeyDown}>
        {TABS.map((one) => (
          <button
            type="button"
            role="tab"
            id={`tab-${one}`}
            aria-selected={tab.value === one}
            aria-controls="part"
            tabIndex={tab.value === one ? 0 : -1}
            onClick={() => (tab.value = one)}
          >
            {words[one]}
          </button>
        ))}
      </div>
      <div role="tabpanel" id="part" aria-labelledby={`tab-${tab.value}`} tabIndex={0}>
        {parts[tab.value]()}
      </div>
    </section>
  );
}
