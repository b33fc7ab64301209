/**
 * What of a rule can not be run from its PlanDefinition alone, and the words that say so in `usage`.
 */
import { DRAFT_MARK, type Text } from '../text.js';
import type { Knowledge } from '../load-knowledge.js';
import type { Rule } from '../rules/rule.js';
import { factsOf } from './plan-parts.js';

/** Reasons why a part of the export is for reading and not for running. */
export const LIMITS = [
  'facts',
  'derived',
  'per-complaint',
  'per-draft',
  'unknown',
  'precedence',
  'line',
  'placeholders',
  'orders',
  'changes',
] as const;
export type Limit = (typeof LIMITS)[number];

/** The limits of a rule. */
export function limitsOf(rule: Rule, knowledge: Knowledge): readonly Limit[] {
  const { card } = rule;
  const facts = factsOf(rule, knowledge);
  const texts = [card.summary, card.detail, card.bullet].filter((text) => text !== undefined);
  const holds: Readonly<Record<Limit, boolean>> = {
    facts: facts.length > 0,
    derived: facts.some(({ derivation }) => derivation !== undefined),
    'per-complaint': rule.for !== 'patient',
    'per-draft': rule.orders.length > 0,
    unknown: rule.when.length > 0,
    precedence: true,
    line: card.summary === undefined,
    placeholders: texts.some(({ nl }) => nl.includes('{')),
    orders: card.suggestions.some((plan) => 'order' in plan),
    changes: card.suggestions.some((plan) => !('order' in plan)),
  };
  return LIMITS.filter((limit) => holds[limit]);
}

/** The sentence of each limit; `what` is a list of the rule's own: facts, complaints or kinds of draft. */
const SENTENCES: Readonly<Record<Limit, (what: string) => Text>> = {
  facts: () => ({
    nl: 'De voorwaarden zijn FHIRPath over feiten (%`naam`) en gelden zo ook elders, mits deze service de feiten levert: een lege verzameling is onbekend, een lijst waarvan bekend is dat zij leeg is, is `none`, en een duur is een aantal dagen.',
    en: 'The conditions are FHIRPath over facts (%`name`) and hold elsewhere too, provided that this service gives the facts: an empty collection is unknown, a list that is known to be empty is `none`, and a duration is a number of days.',
    fr: 'Les conditions sont du FHIRPath sur des faits (%`nom`) et valent aussi ailleurs, si ce service fournit les faits : une collection vide est inconnue, une liste que l’on sait vide est `none`, et une durée est un nombre de jours.',
  }),
  derived: (facts) => ({
    nl: `Afgeleid in de code van deze service, dus niet uit een query op het dossier: ${facts}.`,
    en: `Derived in the code of this service, so not the result of a query on the record: ${facts}.`,
    fr: `Dérivés dans le code de ce service, donc pas le résultat d’une requête sur le dossier : ${facts}.`,
  }),
  'per-complaint': (regions) => ({
    nl: `Geldt voor elke klacht apart (${regions}); wat één klacht is, bepaalt deze service.`,
    en: `Holds for each complaint by itself (${regions}); this service decides what one complaint is.`,
    fr: `Vaut pour chaque plainte à part (${regions}) ; ce service décide ce qu’est une plainte.`,
  }),
  'per-draft': (kinds) => ({
    nl: `Geldt voor elke gekozen conceptorder apart (${kinds}).`,
    en: `Holds for each selected draft order by itself (${kinds}).`,
    fr: `Vaut pour chaque projet de prescription choisi à part (${kinds}).`,
  }),
  unknown: () => ({
    nl: 'Is een voorwaarde onbekend, dan geldt de actie niet; deze service noemt dan bij een order wat ontbreekt.',
    en: 'Where a condition is unknown the action does not apply; on an order this service then names what is missing.',
    fr: 'Si une condition est inconnue, l’action ne s’applique pas ; pour une prescription, ce service nomme alors ce qui manque.',
  }),
  precedence: () => ({
    nl: 'Welke regels elkaar het zwijgen opleggen en hoe hun zinnen één kaart worden, staat hier niet in.',
    en: 'Which rules silence each other, and how their sentences become one card, is not in here.',
    fr: 'Quelles règles se font taire l’une l’autre, et comment leurs phrases forment une carte, n’est pas dit ici.',
  }),
  line: () => ({
    nl: 'De regel heeft geen eigen kaart: hij is een zin op die van een andere regel.',
    en: 'The rule has no card of its own: it is a sentence on that of another rule.',
    fr: 'La règle n’a pas de carte à elle : c’est une phrase sur celle d’une autre règle.',
  }),
  placeholders: () => ({
    nl: '{feit} in een tekst staat voor de waarde van dat feit.',
    en: '{fact} in a text stands for the value of that fact.',
    fr: '{fait} dans un texte tient lieu de la valeur de ce fait.',
  }),
  orders: () => ({
    nl: 'Een order die al is geregeld, hier niet wordt gedaan, of waarvan de dagen voorbij zijn, en een middel naast een ander waarmee het niet samengaat, biedt deze service niet aan; dat staat niet in een voorwaarde.',
    en: 'An order that is arranged already, is not made here, or whose days are past, and a drug beside another that it does not go with, is not offered by this service; no condition says so.',
    fr: 'Ce service ne propose pas un ordre déjà pris, qui ne se donne pas ici ou dont les jours sont passés, ni un médicament à côté d’un autre avec lequel il ne va pas ; aucune condition ne le dit.',
  }),
  changes: () => ({
    nl: 'Een actie zonder definitie wijzigt of schrapt een order van de huisarts: alleen beschreven, niet uit te voeren.',
    en: 'An action without a definition changes or removes an order of the GP: described only, not to be run.',
    fr: 'Une action sans définition modifie ou supprime un ordre du médecin : décrite seulement, non exécutable.',
  }),
};

/** What must be known before the PlanDefinition of a rule is used elsewhere. */
export function usageOf(rule: Rule, knowledge: Knowledge): Text {
  const derived = factsOf(rule, knowledge).filter(({ derivation }) => derivation !== undefined);
  const lists: Partial<Record<Limit, readonly string[]>> = {
    derived: derived.map(({ id }) => id),
    'per-complaint': rule.for === 'patient' ? [] : rule.for,
    'per-draft': rule.orders,
  };
  const sentences = limitsOf(rule, knowledge).map((limit) => SENTENCES[limit]((lists[limit] ?? []).join(', ')));
  const join = (language: keyof Text): string => sentences.map((sentence) => sentence[language]).join('\n');
  return { nl: join('nl'), en: join('en'), fr: `${DRAFT_MARK}\n${join('fr')}` };
}
