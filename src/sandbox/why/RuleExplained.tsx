/** One rule for one patient: what it rests on, and each of its conditions with its facts. */
import type { Language } from '../../cds-hooks/request.js';
import type { SourceText } from '../../export/explanation-texts.js';
import { textIn } from '../../text.js';
import { Conditions } from './Conditions.js';
import type { Told } from './told.js';
import type { RuleOutcome } from './trace.js';

const WORDS = {
  nl: {
    version: 'versie',
    unreviewed: 'nog niet door een arts beoordeeld',
    reviewed: (by: string, date: string) => `beoordeeld door ${by}, ${date}`,
    page: 'De hele regel',
    source: 'Bron',
    extension: 'Aanvulling',
    safety: 'Veiligheidsnoot',
    when: 'Spreekt als alles hiervan klopt',
    unless: 'Zwijgt als iets hiervan klopt',
  },
  en: {
    version: 'version',
    unreviewed: 'not yet reviewed by a clinician',
    reviewed: (by: string, date: string) => `reviewed by ${by}, ${date}`,
    page: 'The whole rule',
    source: 'Source',
    extension: 'Addition',
    safety: 'Safety note',
    when: 'Speaks when all of this is true',
    unless: 'Is silent when any of this is true',
  },
  fr: {
    version: 'version',
    unreviewed: 'pas encore relue par un clinicien',
    reviewed: (by: string, date: string) => `relue par ${by}, ${date}`,
    page: 'La règle entière',
    source: 'Source',
    extension: 'Complément',
    safety: 'Note de sécurité',
    when: 'Parle quand tout ceci est vrai',
    unless: 'Se tait quand l’un de ceci est vrai',
  },
} as const;

export function RuleExplained({ rule, ...told }: Told & { rule: RuleOutcome }) {
  const { texts, language } = told;
  const words = WORDS[language];
  const text = texts.rules[rule.id];
  return (
    <div class="why-rule">
      {text && (
        <p>
          <span lang="nl">{text.title}</span>
        </p>
      )}
      <p class="why-about">
        {rule.id} · {words.version} {rule.version} ·{' '}
        {rule.review === 'none' ? words.unreviewed : words.reviewed(rule.review.by, rule.review.date)} ·{' '}
        {text?.statements.join(', ')} ·{' '}
        <a href={`rules/${rule.id}?language=${language}`} target="_blank" rel="noopener">
          {words.page}
        </a>
      </p>
      {text?.sources.map((source, place) => (
        <Quote key={place} source={source} language={language} />
      ))}
      <p class="why-heading">{words.when}</p>
      <Conditions {...told} rule={rule} conditions={rule.clauses} />
      {rule.unless.length > 0 && (
        <>
          <p class="why-heading">{words.unless}</p>
          <Conditions {...told} rule={rule} conditions={rule.unless} />
        </>
      )}
    </div>
  );
}

/** The sentence of a source, or what it says in our words; the place in it after the name. */
function Quote({ source, language }: { source: SourceText; language: Language }) {
  const { kind, label, where, quote, paraphrase } = source;
  return (
    <blockquote class="why-quote">
      {quote === undefined ? <p>{paraphrase && textIn(paraphrase, language)}</p> : <p lang="nl">“{quote}”</p>}
      <footer>
        {WORDS[language][kind]}: {textIn(label, language)}
        {where !== undefined && `, ${where}`}
      </footer>
    </blockquote>
  );
}
