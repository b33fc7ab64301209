/**
 * The story of a request: gather, assemble, extract, evaluate, render.
 * Everything below is a pure function of its arguments; clock, ids and knowledge come in as tools.
 */
import { planCards } from './cards/group.js';
import { renderCard } from './cards/render.js';
import { assemble } from './case/assemble.js';
import { isForClinician } from './cds-hooks/context.js';
import { gather } from './cds-hooks/prefetch.js';
import type { CdsRequest } from './cds-hooks/request.js';
import type { Card } from './cds-hooks/response.js';
import { numberOf } from './facts/load-facts.js';
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
  /** Where clients reach us, without trailing slash. */
  readonly publicUrl: string;
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
  const { knowledge, demo, publicUrl, randomId } = tools;
  const { texts } = knowledge;
  const reading = { ...knowledge, recentDays: numberOf(knowledge.settings, 'alarmMaxAgeDays') };
  const rulesOf = rulesByHook(knowledge.rules, tools.disabled);
  return (request, { explain }) => {
    const { hook, context } = request;
    const { jurisdiction = 'NL', language = 'nl', now = tools.now() } = request.preferences;
    const gathered = gather(request);
    const theCase = assemble(request, gathered, knowledge.calendar.dayOf(now), reading);
    const sheet = knowledge.facts.of(theCase);
    const outcomes = isForClinician(context) ? evaluateAll(rulesOf(hook), sheet, jurisdiction) : [];
    const standing = applyPrecedence(outcomes, knowledge.precedence, hook);
    const { plans, incomplete, suppressed } = planCards(standing.outcomes, knowledge.decisions, hook);
    const wording = { texts, read: sheet.read, language, demo, publicUrl, randomId, incomplete };
    const cards = plans.map((plan) => renderCard(plan, wording));
    if (!explain) return { cards, trace: {} };
    const all = { outcomes, suppressed: [...standing.suppressed, ...suppressed] };
    const { states } = gathered;
    return { cards, trace: traceOf({ now, jurisdiction, language, states, theCase, sheet, knowledge, ...all }) };
  };
}
