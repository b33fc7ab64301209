/**
 * Facts, dates and codes as a doctor reads them.
 * A fact is called by what is asked for ("red flags", "response to analgesics"): a yes or no beside that could say the opposite of what is recorded.
 * So a yes-or-no fact tells that it is known, and the sentence of its clause says what is known.
 */
import type { Language } from '../../cds-hooks/request.js';
import type { ExplanationTexts, FactText } from '../../export/explanation-texts.js';
import { numberText, textIn, type Text } from '../../text.js';
import { dateText } from '../date-text.js';
import { factOf, type Episode, type Evidence, type RuleOutcome, type Trace, type TraceFact } from './trace.js';

const WORDS = {
  nl: {
    recorded: 'vastgelegd',
    derived: 'afgeleid uit het dossier',
    noneIsNo: 'niets vastgelegd; dat telt hier als nee',
    nothing: 'niets vastgelegd',
    days: ['dag', 'dagen'],
    notRecorded: 'niet vastgelegd',
    notComplete: 'niet te zeggen: het dossier is niet volledig ontvangen',
    tooOld: 'niet recent vastgelegd',
    unreadable: 'vastgelegd, maar niet te lezen',
    contradictory: 'tegenstrijdig vastgelegd',
    between: (first: string, last: string) => `tussen ${first} en ${last}`,
    since: 'sinds',
    regions: { arm: 'arm', neck: 'nek', back: 'rug', leg: 'been' },
    sides: { left: 'links', right: 'rechts', bilateral: 'beiderzijds' },
  },
  en: {
    recorded: 'recorded',
    derived: 'derived from the record',
    noneIsNo: 'nothing recorded; that counts as no here',
    nothing: 'nothing recorded',
    days: ['day', 'days'],
    notRecorded: 'not recorded',
    notComplete: 'cannot be told: the record was not received completely',
    tooOld: 'not recorded recently',
    unreadable: 'recorded, but unreadable',
    contradictory: 'recorded in contradiction',
    between: (first: string, last: string) => `between ${first} and ${last}`,
    since: 'since',
    regions: { arm: 'arm', neck: 'neck', back: 'back', leg: 'leg' },
    sides: { left: 'left', right: 'right', bilateral: 'both sides' },
  },
  fr: {
    recorded: 'consigné',
    derived: 'déduit du dossier',
    noneIsNo: 'rien de consigné ; cela compte ici comme non',
    nothing: 'rien de consigné',
    days: ['jour', 'jours'],
    notRecorded: 'non consigné',
    notComplete: 'impossible à dire : le dossier n’a pas été reçu en entier',
    tooOld: 'pas consigné récemment',
    unreadable: 'consigné, mais illisible',
    contradictory: 'consigné de façon contradictoire',
    between: (first: string, last: string) => `entre le ${first} et le ${last}`,
    since: 'depuis le',
    regions: { arm: 'bras', neck: 'nuque', back: 'dos', leg: 'jambe' },
    sides: { left: 'à gauche', right: 'à droite', bilateral: 'des deux côtés' },
  },
} as const;

/** What is known of a fact, in words; for an unknown one why, never a no. */
export function valueText(fact: TraceFact | undefined, text: FactText | undefined, language: Language): string {
  const words = WORDS[language];
  const { value, unknown, evidence = [] } = fact ?? {};
  if (value === undefined) return words[reasonOf(unknown)];
  if (typeof value === 'boolean') {
    if (evidence.length > 0) return words.recorded;
    return !value && text?.noneIsNo ? words.noneIsNo : words.derived;
  }
  if (typeof value === 'number') return numberWithUnit(value, text, language);
  if (text?.type === 'date') return spanText(String(value), language);
  const codes = typeof value === 'string' ? [value] : value;
  if (codes.length === 0) return words.nothing;
  return codes.map((code) => codeWord(code, text?.values, language)).join(', ');
}

/** The service gives some sixty reasons in English; five of them are different for who reads. */
function reasonOf(unknown = ''): 'notRecorded' | 'notComplete' | 'tooOld' | 'unreadable' | 'contradictory' {
  if (/not complete|completely/.test(unknown)) return 'notComplete';
  if (unknown.includes('too old')) return 'tooOld';
  if (/cannot be (read|right)/.test(unknown)) return 'unreadable';
  return unknown.includes('as present and as absent') ? 'contradictory' : 'notRecorded';
}

function numberWithUnit(value: number, text: FactText | undefined, language: Language): string {
  const number = numberText(value, language);
  if (text?.type === 'days') return `${number} ${WORDS[language].days[value === 1 ? 0 : 1]}`;
  return text?.unit ? `${number} ${textIn(text.unit, language)}` : number;
}

function codeWord(code: string, values: Readonly<Record<string, Text>> | undefined, language: Language): string {
  const text = values?.[code];
  return text ? textIn(text, language) : code;
}

/** A day as `YYYY-MM-DD`, or the first and last that it may be with a slash between, in words. */
export function spanText(span: string, language: Language): string {
  const [first = '', last] = span.split('/').map((day) => dateText(day, language));
  return last === undefined ? first : WORDS[language].between(first, last);
}

const SYSTEMS: Readonly<Record<string, string>> = {
  'http://snomed.info/sct': 'SNOMED CT',
  'http://loinc.org': 'LOINC',
  'http://www.whocc.no/atc': 'ATC',
  'http://hl7.org/fhir/sid/icd-10': 'ICD-10',
  'http://hl7.org/fhir/sid/icpc-1-nl': 'ICPC-1',
  'http://hl7.org/fhir/sid/icpc-2': 'ICPC-2',
};

/** A record that a fact rests on: its type, its code with the name of a known system, its day. */
export function evidenceText({ reference, code, date }: Evidence, language: Language): string {
  const parts = [
    reference.split('/')[0],
    code !== undefined && codeText(code),
    date !== undefined && spanText(date, language),
  ];
  return parts.filter(Boolean).join(' · ');
}

function codeText(code: string): string {
  const [system = '', value] = code.split('|');
  if (value === undefined) return code;
  const name = SYSTEMS[system];
  return name === undefined ? value : `${name} ${value}`;
}

/** An episode as "arm right, since 20 November 2026"; undefined for an outcome that is about the patient. */
export function episodeText(
  id: string | undefined,
  episodes: readonly Episode[],
  language: Language,
): string | undefined {
  const episode = episodes.find((one) => one.id === id);
  if (!episode) return undefined;
  const { since, regions, sides } = WORDS[language];
  const region = (regions as Readonly<Record<string, string>>)[episode.region] ?? episode.region;
  const place = episode.side ? `${region} ${sides[episode.side]}` : region;
  return episode.onset === undefined ? place : `${place}, ${since} ${spanText(episode.onset, language)}`;
}

const PLACEHOLDER = /\{([A-Za-z0-9.]+)\}/g;

/** What a rule is called on the page: what its card or line says first, with the values that the trace has in their places; else its Dutch title. */
export function ruleText(
  rule: RuleOutcome,
  trace: Trace,
  { rules, facts }: ExplanationTexts,
  language: Language,
): { readonly text: string; readonly language: Language } {
  const text = rules[rule.id];
  if (!text?.says) return { text: text?.title ?? rule.id, language: 'nl' };
  const filled = textIn(text.says, language).replace(PLACEHOLDER, (_, id: string) => {
    const fact = factOf(id, rule, trace);
    // The sentence has the unit itself.
    if (typeof fact?.value === 'number') return numberText(fact.value, language);
    return fact?.value === undefined || typeof fact.value === 'boolean' ? '…' : valueText(fact, facts[id], language);
  });
  return { text: filled, language };
}
