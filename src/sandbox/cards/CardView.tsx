/** One card as an EHR shows it: indicator, summary, Markdown, suggestions, links, source, and the reasons for passing it over. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Language } from '../../cds-hooks/request.js';
import type { Card, Suggestion } from '../../cds-hooks/response.js';
import { accept, orTrouble } from '../answering.js';
import { showResource } from '../shell/tabs.js';
import { ownRequest, texts, trace } from '../state.js';
import { askWhy } from '../opening.js';
import { WhyCard } from '../why/WhyCard.js';
import { Dismissal } from './Dismissal.js';
import { htmlOf } from './markdown.js';

const WORDS = {
  nl: {
    critical: 'Kritiek',
    warning: 'Let op',
    info: 'Informatie',
    recommended: 'aanbevolen',
    source: 'Bron',
    why: 'Waarom deze kaart?',
    loading: 'Wordt gelezen …',
  },
  en: {
    critical: 'Critical',
    warning: 'Warning',
    info: 'Information',
    recommended: 'recommended',
    source: 'Source',
    why: 'Why this card?',
    loading: 'Reading …',
  },
  fr: {
    critical: 'Critique',
    warning: 'Attention',
    info: 'Information',
    recommended: 'recommandé',
    source: 'Source',
    why: 'Pourquoi cette carte ?',
    loading: 'Lecture …',
  },
} as const;

interface CardProps {
  readonly card: Card;
  /** Its place in the answer, from 0. */
  readonly place: number;
  readonly language: Language;
}

export function CardView({ card, place, language }: CardProps) {
  const words = WORDS[language];
  const html = useMemo(() => htmlOf(card.detail), [card.detail]);
  return (
    <article class={`card ${card.indicator}`} aria-label={card.summary} data-topic={card.source.topic.code}>
      <span class="indicator">{words[card.indicator]}</span>
      <h3>{card.summary}</h3>
      {/* Made by micromark, which lets no HTML of the text through. */}
      <div class="detail" dangerouslySetInnerHTML={{ __html: html }} />
      {card.suggestions && <Suggestions card={card} suggestions={card.suggestions} language={language} />}
      <p class="small soft">
        {words.source}:{' '}
        {card.source.url === undefined ? card.source.label : <a href={card.source.url}>{card.source.label}</a>}
        {card.links?.map(({ label, url }) => (
          <>
            {' · '}
            <a href={url} target="_blank" rel="noopener">
              {label}
            </a>
          </>
        ))}
      </p>
      <div class="card-foot">
        <Dismissal card={card} language={language} />
        <Why card={card} place={place} language={language} />
      </div>
    </article>
  );
}

function Suggestions({
  card,
  suggestions,
  language,
}: {
  card: Card;
  suggestions: readonly Suggestion[];
  language: Language;
}) {
  return (
    <div class="suggestions">
      {suggestions.map((suggestion) => (
        <button
          key={suggestion.label}
          type="button"
          class={suggestion.isRecommended ? 'primary' : ''}
          // A request of one's own is about nobody in the demo EHR.
          disabled={ownRequest.value !== undefined}
          title={suggestion.actions.map(({ description }) => description).join('; ')}
          onClick={() => {
            // What was accepted is not offered again: the button goes, and a second Enter must not fall on the next one.
            document.getElementById('cards')?.focus({ preventScroll: true });
            void accept(card, suggestion);
          }}
        >
          {suggestion.label}
          {suggestion.isRecommended && ` (${WORDS[language].recommended})`}
        </button>
      ))}
    </div>
  );
}

/** Drawn when it is opened: a card can rest on a dozen rules. */
function Why({ card, place, language }: CardProps) {
  const opened = useSignal(false);
  const words = WORDS[language];
  return (
    <details
      class="why-card"
      onToggle={(event) => {
        opened.value = event.currentTarget.open;
        if (opened.value) void orTrouble(askWhy);
      }}
    >
      <summary>{words.why}</summary>
      {opened.value &&
        (texts.value && trace.value ? (
          <WhyCard
            card={card}
            place={place}
            trace={trace.value}
            texts={texts.value}
            language={language}
            showResource={showResource}
          />
        ) : (
          <p class="soft">{words.loading}</p>
        ))}
    </details>
  );
}
