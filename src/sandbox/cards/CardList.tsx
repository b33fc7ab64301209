/** The cards of the last answer, or why there are none. */
import type { Language } from '../../cds-hooks/request.js';
import type { Card } from '../../cds-hooks/response.js';
import { answer, body, ownRequest, timesSent, trouble } from '../state.js';
import { CardView } from './CardView.js';

const WORDS = {
  nl: {
    cards: 'Kaarten',
    silent:
      'Geen kaart: voor dit moment heeft de service niets te zeggen. Dat is geen geruststelling; onder “Alle regels” staat wat niet is vastgelegd.',
    waiting: 'De service wordt gevraagd …',
    draft: 'Kies een concept; daarna wordt de service gevraagd.',
    own: 'Antwoord op uw eigen verzoek, niet op het dossier en de dag hierboven.',
    refused: 'De service weigert dit verzoek',
    again: 'Opnieuw vragen',
    'no-answer': 'De service antwoordt niet. Loopt hij nog?',
    'not-stored': 'Het demodossier nam dit niet aan. Probeer het opnieuw, of herstart de service.',
    count: (count: number) => (count === 1 ? '1 kaart' : `${count} kaarten`),
  },
  en: {
    cards: 'Cards',
    silent:
      'No card: the service has nothing to say at this moment. That is no reassurance; “All rules” shows what is not recorded.',
    waiting: 'Asking the service …',
    draft: 'Choose a draft; then the service is asked.',
    own: 'Answer to your own request, not to the record and the day above.',
    refused: 'The service refuses this request',
    again: 'Try again',
    'no-answer': 'The service does not answer. Is it still running?',
    'not-stored': 'The demo record did not take this. Try again, or restart the service.',
    count: (count: number) => (count === 1 ? '1 card' : `${count} cards`),
  },
  fr: {
    cards: 'Cartes',
    silent:
      'Aucune carte : le service n’a rien à dire à ce moment. Cela ne rassure pas ; « Toutes les règles » montre ce qui n’est pas noté.',
    waiting: 'Le service est interrogé …',
    draft: 'Choisissez un projet ; le service est interrogé ensuite.',
    own: 'Réponse à votre propre requête, pas au dossier ni au jour ci-dessus.',
    refused: 'Le service refuse cette requête',
    again: 'Réessayer',
    'no-answer': 'Le service ne répond pas. Tourne-t-il encore ?',
    'not-stored': 'Le dossier de démonstration n’a pas accepté ceci. Réessayez ou redémarrez le service.',
    count: (count: number) => (count === 1 ? '1 carte' : `${count} cartes`),
  },
} as const;

export function CardList({ language }: { language: Language }) {
  const words = WORDS[language];
  const { value: answered } = answer;
  return (
    <section class="panel" aria-labelledby="cards">
      <div class="row">
        <h2 id="cards" tabIndex={-1}>
          {words.cards}
        </h2>
        <span class="small soft" role="status">
          {answered &&
            !answered.fault &&
            `${words.count(answered.cards.length)} · ${Math.round(answered.milliseconds)} ms`}
        </span>
      </div>
      {trouble.value && (
        <p class="trouble" role="alert">
          {words[trouble.value]}{' '}
          {trouble.value === 'no-answer' && (
            <button type="button" onClick={() => (timesSent.value += 1)}>
              {words.again}
            </button>
          )}
        </p>
      )}
      {ownRequest.value !== undefined && <p class="silence">{words.own}</p>}
      <div class="card-list">{contentOf(language)}</div>
    </section>
  );
}

function contentOf(language: Language) {
  const words = WORDS[language];
  const { value: answered } = answer;
  if (body.value === undefined) return <p class="silence">{words.draft}</p>;
  if (!answered) return trouble.value ? null : <p class="soft">{words.waiting}</p>;
  if (answered.fault)
    return (
      <p class="trouble">
        {words.refused} ({answered.status}): {answered.fault.text}{' '}
        {answered.fault.place !== undefined && <code>{answered.fault.place}</code>}
      </p>
    );
  if (answered.cards.length === 0) return <p class="silence">{words.silent}</p>;
  // By decision, not by uuid: the same card of the next day keeps what was opened in it.
  return answered.cards.map((card, place) => (
    <CardView
      key={`${card.source.topic.code}|${card.extension['example.plexus-cds.card'].order ?? ''}|${sameBefore(answered.cards, place)}`}
      card={card}
      place={place}
      language={language}
    />
  ));
}

/** How many cards of the same decision stand before: two complaints can each bring one. */
function sameBefore(cards: readonly Card[], place: number): number {
  const topic = cards[place]?.source.topic.code;
  return cards.slice(0, place).filter(({ source }) => source.topic.code === topic).length;
}
