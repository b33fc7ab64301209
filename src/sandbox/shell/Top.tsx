/** The bar at the top: where else one can go, language and theme. */
import { signal } from '@preact/signals';
import type { Language } from '../../cds-hooks/request.js';
import { chooseLanguage } from '../opening.js';
import { index } from '../state.js';
import { remember, remembered } from './remember.js';

const NAMES: Readonly<Record<Language, string>> = { nl: 'Nederlands', en: 'English', fr: 'Français (provisoire)' };

const WORDS = {
  nl: {
    rules: 'Regels',
    api: 'API',
    language: 'Taal',
    theme: 'Weergave',
    auto: 'als het systeem',
    light: 'licht',
    dark: 'donker',
    skip: 'Naar de kaarten',
    mark: 'Demonstratie met verzonnen patiënten: geen CE-markering, niet voor klinisch gebruik. Zet hier geen gegevens van echte patiënten in.',
  },
  en: {
    rules: 'Rules',
    api: 'API',
    language: 'Language',
    theme: 'Theme',
    auto: 'as the system',
    light: 'light',
    dark: 'dark',
    skip: 'To the cards',
    mark: 'Demonstration with invented patients: not CE-marked, not for clinical use. Put no data of real patients in it.',
  },
  fr: {
    rules: 'Règles',
    api: 'API',
    language: 'Langue',
    theme: 'Thème',
    auto: 'comme le système',
    light: 'clair',
    dark: 'sombre',
    skip: 'Vers les cartes',
    mark: 'Démonstration avec des patients inventés : sans marquage CE, pas pour l’usage clinique. N’y mettez pas de données de vrais patients. Traduction provisoire, non relue par un clinicien.',
  },
} as const;

const THEMES = ['auto', 'light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const theme = signal<Theme>(THEMES.find((one) => one === remembered('theme')) ?? 'auto');
show(theme.value);

function chooseTheme(chosen: string): void {
  theme.value = THEMES.find((one) => one === chosen) ?? 'auto';
  remember('theme', theme.value);
  show(theme.value);
}

function show(chosen: Theme): void {
  document.documentElement.dataset['theme'] = chosen;
}

export function Top({ language }: { language: Language }) {
  const words = WORDS[language];
  return (
    <header class="top">
      <button type="button" class="skip" onClick={() => document.getElementById('cards')?.focus()}>
        {words.skip}
      </button>
      <h1 class="brand">Plexus CDS</h1>
      <nav aria-label={`${words.rules}, ${words.api}`}>
        <a href={`rules?language=${language}`}>{words.rules}</a>
        <a href="docs">{words.api}</a>
      </nav>
      <label class="row small">
        {words.language}
        <select value={language} onChange={({ currentTarget }) => chooseLanguage(currentTarget.value as Language)}>
          {(index.value?.languages ?? []).map((one) => (
            <option value={one} lang={one}>
              {NAMES[one]}
            </option>
          ))}
        </select>
      </label>
      <label class="row small">
        {words.theme}
        <select value={theme.value} onChange={({ currentTarget }) => chooseTheme(currentTarget.value)}>
          {THEMES.map((one) => (
            <option value={one}>{words[one]}</option>
          ))}
        </select>
      </label>
      <p class="demo-mark">{words.mark}</p>
    </header>
  );
}
