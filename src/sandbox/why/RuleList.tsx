/** Every rule of the last request, by where it ended: what speaks, what could not be told, what gave way, what stayed silent, each with what decided it. */
import { useSignal } from '@preact/signals';
import { useId, useMemo } from 'preact/hooks';
import { textIn } from '../../text.js';
import { Verdict } from './Conditions.js';
import { RuleExplained } from './RuleExplained.js';
import { isFound, searchable } from './search.js';
import type { Told } from './told.js';
import { decisive, rowsOf, STANDINGS, type RuleRow, type Standing } from './trace.js';
import { episodeText, ruleText } from './values.js';

const WORDS = {
  nl: {
    search: 'Zoek een regel: woord, regel, statement of besluit',
    found: (count: number, all: number) => `${count} van ${all} regels`,
    fires: 'Spreekt',
    incomplete: 'Niet te zeggen: een gegeven ontbreekt',
    suppressed: 'Klopt, maar wijkt voor een andere',
    silent: 'Zwijgt',
    would: 'Zou zeggen:',
    but: 'Maar:',
    by: 'Wijkt, want',
    'no card to ride on': 'er is geen kaart van dit besluit om op mee te gaan',
    'more than three cards': 'er zijn al drie kaarten die dringender zijn',
    'already on the card': 'de kaart zegt dit al',
  },
  en: {
    search: 'Find a rule: word, rule, statement or decision',
    found: (count: number, all: number) => `${count} of ${all} rules`,
    fires: 'Speaks',
    incomplete: 'Cannot be told: something is not recorded',
    suppressed: 'Applies, but gives way to another',
    silent: 'Silent',
    would: 'Would say:',
    but: 'But:',
    by: 'Gives way, because',
    'no card to ride on': 'there is no card of this decision to join',
    'more than three cards': 'there are three more urgent cards already',
    'already on the card': 'the card says this already',
  },
  fr: {
    search: 'Chercher une règle : mot, règle, énoncé ou décision',
    found: (count: number, all: number) => `${count} règles sur ${all}`,
    fires: 'Parle',
    incomplete: 'Impossible à dire : une donnée manque',
    suppressed: 'S’applique, mais cède à une autre',
    silent: 'Se tait',
    would: 'Dirait :',
    but: 'Mais :',
    by: 'Cède, car',
    'no card to ride on': 'aucune carte de cette décision à rejoindre',
    'more than three cards': 'il y a déjà trois cartes plus urgentes',
    'already on the card': 'la carte le dit déjà',
  },
} as const;

export function RuleList(told: Told) {
  const { trace, texts, language } = told;
  const words = WORDS[language];
  const query = useSignal('');
  const id = useId();
  const rows = useMemo(() => rowsOf(trace).map((row) => ({ row, text: searchable(row, texts) })), [trace, texts]);
  const found = rows.filter(({ text }) => isFound(text, query.value)).map(({ row }) => row);
  return (
    <div class="why">
      <label class="why-search" for={id}>
        {words.search}
      </label>
      <input
        class="why-query"
        id={id}
        type="search"
        value={query}
        onInput={(event) => (query.value = event.currentTarget.value)}
      />
      <p class="why-about" role="status">
        {words.found(found.length, rows.length)}
      </p>
      {STANDINGS.map((standing) => (
        <Standings
          key={standing}
          {...told}
          standing={standing}
          rows={found.filter((row) => row.standing === standing)}
        />
      ))}
    </div>
  );
}

function Standings({ standing, rows, ...told }: Told & { standing: Standing; rows: readonly RuleRow[] }) {
  if (rows.length === 0) return null;
  return (
    <section class={`why-standing ${standing}`}>
      <h3>
        {WORDS[told.language][standing]} ({rows.length})
      </h3>
      {rows.map((row) => (
        <Row key={`${row.rule.id}|${row.rule.episode ?? ''}|${row.rule.order ?? ''}`} {...told} row={row} />
      ))}
    </section>
  );
}

/** A line with what decided; the rest is drawn when it is opened, since there can be hundreds of them. */
function Row({ row, ...told }: Told & { row: RuleRow }) {
  const opened = useSignal(false);
  return (
    <details class="why-row" onToggle={(event) => (opened.value = event.currentTarget.open)}>
      <summary>
        <Line {...told} row={row} />
      </summary>
      {opened.value && <RuleExplained {...told} rule={row.rule} />}
    </details>
  );
}

/** What a rule says, or would say: an alarm that does not hold must not read as one that does. */
function Line({ row: { rule, standing, by }, ...told }: Told & { row: RuleRow }) {
  const { trace, texts, language } = told;
  const words = WORDS[language];
  const name = ruleText(rule, trace, texts, language);
  const decision = texts.decisions[rule.decision];
  const episode = episodeText(rule.episode, trace.episodes, language);
  return (
    <>
      {standing !== 'fires' && <span class="why-about">{words.would} </span>}
      <span class={standing === 'fires' ? 'why-name' : ''} lang={name.language}>
        {name.text}
      </span>
      <span class="why-episode">
        {decision ? textIn(decision, language) : rule.decision}
        {episode !== undefined && ` · ${episode}`}
      </span>
      {decisive(rule).map((condition) => (
        <span class="why-line" key={condition.id}>
          <span class="why-about">{words.but}</span> <Verdict condition={condition} language={language} />
        </span>
      ))}
      {by !== undefined && <Suppressed {...told} by={by} />}
    </>
  );
}

function Suppressed({ by, texts, language }: Told & { by: string }) {
  const words = WORDS[language];
  const because = texts.precedence[by];
  return (
    <span class="why-line why-about">
      {words.by}: {because === undefined ? words[by as 'no card to ride on'] : <span lang="en">{because}</span>}
      {because !== undefined && ` (${by})`}
    </span>
  );
}
