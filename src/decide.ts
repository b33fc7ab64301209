/**
 * The story of a request, once everything that can be known was gathered: assemble, extract, evaluate, render.
 * A pure function of its arguments; clock, ids and knowledge come in as tools.
 */
import { planCards, type CardPlan } from './cards/group.js';
import { renderCards } from './cards/render.js';
import { assemble, type AssembleTools } from './case/assemble.js';
import { isForClinician } from './cds-hooks/context.js';
import type { Gathered } from './cds-hooks/prefetch.js';
import type { CdsRequest, Hook } from './cds-hooks/request.js';
import type { Card } from './cds-hooks/response.js';
import { numberOf } from './facts/load-settings.js';
import { withLocalCodes, type LocalCode } from './fhir/code-sets.js';
import { UNKNOWN_CLIENT, type Client } from './load-clients.js';
import type { Knowledge } from './load-knowledge.js';
import { ordersOf } from './orders/orders.js';
import { evaluateAll, rulesByHook } from './rules/evaluate-all.js';
import type { Outcome } from './rules/evaluate.js';
import { applyPrecedence } from './rules/precedence.js';
import type { Rule } from './rules/rule.js';
import { traceOf } from './trace.js';

export interface DecideTools {
  readonly knowledge: Knowledge;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly randomId: () => string;
  /** Ids of rules or decisions that a site has switched off. */
  readonly disabled: readonly string[];
  /** Every registered client. */
  readonly clients: readonly Client[];
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

export interface DecideOptions {
  readonly client: Client;
  readonly explain: boolean;
}

/** Decides one checked request. Throws ServiceError when the patient cannot be had or is another one. */
export type Decide = (request: CdsRequest, gathered: Gathered, options: DecideOptions) => Decision;

/** Binds the tools; the result answers requests and keeps nothing between them. */
export function createDecide(tools: DecideTools): Decide {
  const { knowledge, demo, publicUrl, randomId } = tools;
  const { texts } = knowledge;
  const ownOf = new Map([...tools.clients, UNKNOWN_CLIENT].map((client) => [client, ownTools(client, tools)]));
  return (request, gathered, { client, explain }) => {
    const { hook, context } = request;
    const { jurisdiction = 'NL', language = 'nl', now = tools.now() } = request.preferences;
    const own = ownOf.get(client);
    if (!own) throw new RangeError(`the client ${client.id} is not one of those that were bound`);
    const theCase = assemble(request, gathered, knowledge.calendar.dayOf(now), own.reading);
    const sheet = knowledge.facts.of(theCase);
    const outcomes = isForClinician(context) ? evaluateAll(own.rulesOf(hook), sheet, jurisdiction) : [];
    const standing = applyPrecedence(outcomes, knowledge.precedence, hook);
    const { plans, incomplete, suppressed } = planCards(standing.outcomes, knowledge.decisions, hook);
    const orders = ordersOf(theCase, own.reading.codeSets);
    const { templates } = knowledge;
    const { gpMayOrderImaging, orderCodes, capabilities: takes } = client;
    const ordering = { orders, templates, jurisdiction, language, gpMayOrderImaging, orderCodes };
    const wording = { texts, read: sheet.read, language, demo, publicUrl, randomId, incomplete, ordering, takes };
    const cards = renderCards(plans, wording);
    if (!explain) return { cards, trace: {} };
    const all = {
      outcomes,
      suppressed: [...standing.suppressed, ...suppressed],
      cardOf: cardsByOutcome(plans),
    };
    const { states } = gathered;
    return { cards, trace: traceOf({ now, jurisdiction, language, states, theCase, sheet, knowledge, ...all }) };
  };
}

/** The card that each outcome came into, by its place; cards are in the order of their plans. */
function cardsByOutcome(plans: readonly CardPlan[]): ReadonlyMap<Outcome, number> {
  return new Map(
    plans.flatMap(({ lines, incomplete }, place) =>
      [...lines, ...incomplete].map((outcome) => [outcome, place] as const),
    ),
  );
}

/** What differs between clients: the codes that are understood and the rules that are asked. */
function ownTools(
  client: Client,
  { knowledge, disabled }: DecideTools,
): { readonly rulesOf: (hook: Hook) => readonly Rule[]; readonly reading: AssembleTools } {
  const { calendar, codeSets, settings, questionnaires: forms } = knowledge;
  return {
    rulesOf: rulesByHook(knowledge.rules, [...disabled, ...client.disabled]),
    reading: {
      calendar,
      forms,
      codeSets: withLocalCodes(codeSets, localCodesOf(client, knowledge)),
      recentDays: numberOf(settings, 'alarmMaxAgeDays'),
    },
  };
}

/** A client's own code stands for all that our own code of its concept stands for, and one that it orders with for all that it replaces. */
function localCodesOf({ codes, orderCodes }: Client, { codeSets, templates, texts }: Knowledge): readonly LocalCode[] {
  const ownSystem = `${texts.base}/CodeSystem/finding`;
  const read = codes.map(({ system, code, concept }) => ({
    system,
    code,
    concepts: codeSets.conceptsOf({ system: ownSystem, code: concept }),
  }));
  const ordered = Object.entries(orderCodes).flatMap(([id, codings]) =>
    codings.map(({ system, code }) => ({ system, code, concepts: templates.get(id)?.concepts ?? [] })),
  );
  return [...read, ...ordered];
}
