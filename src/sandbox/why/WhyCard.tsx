/** Why a card came: the rules that it rests on, the first one open. */
import { useSignal } from '@preact/signals';
import type { Card } from '../../cds-hooks/response.js';
import { RuleExplained } from './RuleExplained.js';
import type { Told } from './told.js';
import { outcomesOf, type RuleOutcome } from './trace.js';
import { episodeText, ruleText } from './values.js';

const WORDS = {
  nl: {
    incomplete: 'Niet te controleren:',
    none: 'De regels van deze kaart staan niet in de laatste uitleg.',
  },
  en: {
    incomplete: 'Could not be checked:',
    none: 'The rules of this card are not in the latest explanation.',
  },
  fr: {
    incomplete: 'Impossible à vérifier :',
    none: 'Les règles de cette carte ne sont pas dans la dernière explication.',
  },
} as const;

interface WhyCardProps extends Told {
  readonly card: Card;
  /** Place of the card among those of its answer, from 0; it tells apart two cards that say the same of two complaints. */
  readonly place?: number;
}

export function WhyCard({ card, place, ...told }: WhyCardProps) {
  const outcomes = outcomesOf(card, told.trace, place);
  if (outcomes.length === 0) return <p class="why-about">{WORDS[told.language].none}</p>;
  return (
    <div class="why">
      {outcomes.map((rule, index) => (
        <Rule key={`${rule.id}|${rule.episode ?? ''}|${rule.order ?? ''}`} {...told} rule={rule} first={index === 0} />
      ))}
    </div>
  );
}

/** Drawn when it is opened. */
function Rule({ rule, first, ...told }: Told & { rule: RuleOutcome; first: boolean }) {
  const opened = useSignal(first);
  const { trace, texts, language } = told;
  const name = ruleText(rule, trace, texts, language);
  const episode = episodeText(rule.episode, trace.episodes, language);
  return (
    <details class="why-row" open={first} onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary>
        {rule.outcome === 'incomplete' && <span class="why-tag">{WORDS[language].incomplete} </span>}
        <span class={rule.outcome === 'fires' ? 'why-name' : ''} lang={name.language}>
          {name.text}
        </span>
        {episode !== undefined && <span class="why-episode"> {episode}</span>}
      </summary>
      {opened.value && <RuleExplained {...told} rule={rule} />}
    </details>
  );
}
