/**
 * The story of a request: gather, assemble, extract, evaluate, render.
 * Everything below is a pure function of its arguments; clock, ids and knowledge come in as tools.
 */
import { planCards } from './cards/group.js';
import { renderCard } from './cards/render.js';
import { assemble } from './case/assemble.js';
import { completeness, readPrefetch } from './cds-hooks/prefetch.js';
import type { CdsRequest } from './cds-hooks/request.js';
import type { Card } from './cds-hooks/response.js';
import type { Knowledge } from './load-knowledge.js';
import { evaluateAll, rulesByHook } from './rules/evaluate-all.js';
import { applyPrecedence } from './rules/precedence.js';
import { traceOf } from './trace.js';

export interface DecideTools {
  readonly knowledge: Knowledge;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomId: () => string;
  /** Ids of rules or decisions that a site has switched off. */
  readonly disabled: readonly string[];
  /** Marks every card as a demonstration. */
  readonly demo: boolean;
}

export interface Decision {
  readonly cards: readonly Card[];
  /** How the cards came about; empty unless asked for. */
  readonly trace: Record<string, unknown>;
}

/** Decides one checked request. Throws ServiceError when the patient cannot be had or is another one. */
export type Decide = (request: CdsRequest, options: { readonly explain: boolean }) => Decision;

/** Binds the tools; the result answers requests and keeps nothing between them. */
export function createDecide(tools: DecideTools): Decide {
  const { knowledge } = tools;
  const rulesOf = rulesByHook(knowledge.rules, tools.disabled);
  return (request, { explain }) => {
    const { jurisdiction = 'NL', language = 'nl', now = tools.now() } = request.preferences;
    const gathered = readPrefetch(request.prefetch);
    const tolerated = [...(request.tolerated ?? []), ...gathered.tolerated];
    const today = knowledge.calendar.dayOf(now);
    const theCase = assemble(
      request,
      { resources: gathered.resources, completeness: completeness(gathered.states), tolerated },
      today,
      knowledge,
    );
    // Cards speak to the clinician; a patient who looks at the record gets none (D22).
    const isClinician = !/^(Patient|RelatedPerson)\//.test(request.context.userId ?? '');
    const sheet = knowledge.facts.of(theCase);
    const outcomes = isClinician ? evaluateAll(rulesOf(request.hook), sheet, jurisdiction) : [];
    const speaking = outcomes.filter((outcome) => outcome.result !== 'silent');
    const standing = applyPrecedence(speaking, knowledge.precedence, request.hook);
    const { plans, suppressed } = planCards(standing.outcomes, knowledge.decisions, request.hook);
    const incomplete = standing.outcomes.filter(
      (outcome) => outcome.result === 'incomplete' && outcome.rule.orders.length === 0,
    );
    const { texts } = knowledge;
    const { demo, randomId } = tools;
    const cards = plans.map((plan) =>
      renderCard(plan, { texts, read: sheet.read, language, jurisdiction, demo, randomId, incomplete }),
    );
    if (!explain) return { cards, trace: {} };
    const all = { outcomes, suppressed: [...standing.suppressed, ...suppressed] };
    return {
      cards,
      trace: traceOf({ now, jurisdiction, language, states: gathered.states, theCase, sheet, knowledge, ...all }),
    };
  };
}
