/** The conditions of a rule as sentences: whether each holds, and the facts and records that say so. */
import type { Language } from '../../cds-hooks/request.js';
import { textIn } from '../../text.js';
import type { Told } from './told.js';
import { factOf, isGroup, type ClauseGroup, type Condition, type RuleOutcome } from './trace.js';
import { evidenceText, valueText } from './values.js';

const WORDS = {
  nl: {
    true: 'klopt',
    false: 'klopt niet',
    unknown: 'onbekend',
    anyOf: 'een van:',
    allOf: 'alle van:',
    countOf: (count: number) => `ten minste ${count} van:`,
    show: 'Toon in het dossier',
  },
  en: {
    true: 'true',
    false: 'not true',
    unknown: 'unknown',
    anyOf: 'any of:',
    allOf: 'all of:',
    countOf: (count: number) => `at least ${count} of:`,
    show: 'Show in the record',
  },
  fr: {
    true: 'vrai',
    false: 'pas vrai',
    unknown: 'inconnu',
    anyOf: 'l’un de :',
    allOf: 'tous :',
    countOf: (count: number) => `au moins ${count} de :`,
    show: 'Montrer dans le dossier',
  },
} as const;

interface ConditionsProps extends Told {
  readonly rule: RuleOutcome;
  readonly conditions: readonly Condition[];
}

/** A list of conditions; those of a group stand below it. */
export function Conditions({ conditions, ...told }: ConditionsProps) {
  return (
    <ul class="why-conditions">
      {conditions.map((condition) => (
        <li key={condition.id}>
          <Verdict condition={condition} language={told.language} />
          {isGroup(condition) ? (
            <>
              <p class="why-combine">{combineWords(condition, told.language)}</p>
              <Conditions {...told} conditions={condition.members} />
            </>
          ) : (
            <FactLine {...told} id={condition.fact} />
          )}
        </li>
      ))}
    </ul>
  );
}

/** A sentence and whether it holds, in a sign and in words. */
export function Verdict({ condition, language }: { condition: Condition; language: Language }) {
  const value = String(condition.value) as 'true' | 'false' | 'unknown';
  return (
    <span>
      <span class={`why-truth ${value}`}>
        <Sign sign={value} /> {WORDS[language][value]}
      </span>{' '}
      {textIn(condition.text, language)}
    </span>
  );
}

/** Drawn, since not every font has the signs. */
const SIGNS = {
  true: 'M3 8.5l3.5 3.5L13 4.5',
  false: 'M4 4l8 8M12 4l-8 8',
  unknown: 'M5 6a3 3 0 1 1 4.2 2.8c-.8.4-1.2.8-1.2 1.7M8 13.2v.1',
  gives: 'M2 8h11M9 4l4 4-4 4',
} as const;

function Sign({ sign }: { sign: keyof typeof SIGNS }) {
  return (
    <svg class="why-sign" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SIGNS[sign]} />
    </svg>
  );
}

function combineWords({ combine, atLeast }: ClauseGroup, language: Language): string {
  const words = WORDS[language];
  return combine === 'countOf' ? words.countOf(atLeast ?? 1) : words[combine];
}

function FactLine({ id, rule, trace, texts, language, showResource }: Told & { id: string; rule: RuleOutcome }) {
  const fact = factOf(id, rule, trace);
  const text = texts.facts[id];
  return (
    <p class="why-fact">
      <span class="why-fact-name">{text ? textIn(text.text, language) : id}</span>
      <Sign sign="gives" />
      <span class="why-fact-value">{valueText(fact, text, language)}</span>
      {fact?.evidence?.map((evidence) => {
        const words = evidenceText(evidence, language);
        return (
          <button
            type="button"
            key={evidence.reference}
            title={evidence.reference}
            aria-label={`${words}. ${WORDS[language].show}`}
            onClick={() => showResource(evidence.reference)}
          >
            {words}
          </button>
        );
      })}
    </p>
  );
}
