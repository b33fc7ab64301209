/**
 * What the exported resources share: headline, topic and facts of a rule, names, and texts in several languages.
 */
import type { CodeableConcept } from 'fhir/r4.js';
import type { Language } from '../cds-hooks/request.js';
import type { FactDefinition } from '../facts/load-facts.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';
import type { Knowledge } from '../load-knowledge.js';
import { elementOf } from '../translations.js';
import { clausesOf, type Rule } from '../rules/rule.js';
import { textIn, type Text } from '../text.js';

/** What the rule says first, with its placeholders. */
export function headlineOf({ card, decision, title }: Rule, { decisions }: Knowledge): Text {
  return card.summary ?? card.bullet ?? decisions.get(decision)?.title ?? { nl: title, en: title };
}

/** The card topic. */
export function topicOf({ decision }: Rule, { decisions }: Knowledge): CodeableConcept {
  const title = decisions.get(decision)?.title;
  return {
    coding: [{ system: `${CANONICAL_BASE}/CodeSystem/card-topic`, code: decision }],
    ...(title && elementOf('text', title)),
  };
}

/** The facts that the clauses of a rule ask for, each once, in the order of the rule. */
export function factsOf({ when, unless, weigh, choose }: Rule, { facts }: Knowledge): readonly FactDefinition[] {
  const clauses = [...when, ...unless, ...weigh, ...choose].flatMap(clausesOf);
  const numbers = new Set(clauses.map(({ number }) => number));
  return [...numbers].flatMap((number) => facts.definitions[number] ?? []);
}

/** A computer's name for a resource, of its id. */
export function nameOf(id: string): string {
  return id.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The same change in each language of a text. */
export function inEach({ nl, en, fr }: Text, change: (words: string, language: Language) => string): Text {
  return { nl: change(nl, 'nl'), en: change(en, 'en'), ...(fr !== undefined && { fr: change(fr, 'fr') }) };
}

/** Texts one after the other; in French where all of them are. */
export function joined(texts: readonly Text[], separator: string): Text {
  const words = (language: Language): string => texts.map((text) => textIn(text, language)).join(separator);
  const hasFrench = texts.every(({ fr }) => fr !== undefined);
  return { nl: words('nl'), en: words('en'), ...(hasFrench && { fr: words('fr') }) };
}
