/**
 * What a GP can accept with one click: an order that is made, a draft that is repaired or withdrawn, a planned item that is cancelled.
 * Enters: the lines of a card. Leaves: suggestions of one action each, but for orders that are not safe without each other. The GP decides.
 */
import type { Action, Suggestion } from '../cds-hooks/response.js';
import { isLocalReference } from '../fhir/references.js';
import { isUrgent, type Offer } from '../orders/ordering.js';
import { suggestionsFor, type Outcome } from '../rules/evaluate.js';
import type { SuggestionPlan } from '../rules/rule.js';
import { changesOf } from './draft-changes.js';
import type { CardPlan } from './group.js';
import { isReferral, proposeOrders } from './order-proposals.js';
import { factOf, labelText, windowText, type Deed, type Proposal, type Wanted } from './proposal.js';
import type { RenderTools } from './sentences.js';

/** Ours: nobody reads more, and a broken list of plans may hold thousands. */
const MOST_SUGGESTIONS = 10;

/** What the cards so far offer. */
export interface Offered {
  readonly settled: Set<string>;
  /** A referral that cannot wait: a routine one below it would contradict it. */
  urgentReferral: boolean;
}

/** The suggestions of a card, in the order of its lines. `offered` is what cards above it offer, and is added to. */
export function suggestionsOf(plan: CardPlan, tools: RenderTools, offered: Offered): readonly Suggestion[] {
  if (!tools.takes.suggestions) return [];
  const wanted = plan.lines
    .filter((outcome) => outcome.result === 'fires')
    .flatMap((outcome) =>
      suggestionsFor(outcome.rule, outcome.subject, tools.read).map((suggestion) => ({ suggestion, outcome })),
    );
  const changes = changesOf(wanted, tools);
  const proposals = ordersOf(wanted).flatMap(({ suggestion, outcome }) => propose(suggestion, outcome, tools));
  // A card about an order repairs it first; on an alarm the emergency comes before the urgency of a draft.
  const all = plan.decision.per === 'order' ? [...changes, ...proposals] : [...proposals, ...changes];
  const shown = choose(all, offered).slice(0, MOST_SUGGESTIONS);
  for (const one of shown.flatMap(({ settles }) => settles)) offered.settled.add(one);
  const recommended = shown.find((proposal) => proposal.recommended);
  return shown.map((proposal) => ({
    label: proposal.label,
    uuid: tools.randomId(),
    ...(proposal === recommended && { isRecommended: true as const }),
    actions: proposal.actions,
  }));
}

/** Where an order is withdrawn, only what takes its place is offered, not what would have gone with it. */
function ordersOf(wanted: readonly Wanted[]): readonly Wanted[] {
  const withdrawing = wanted.filter(({ suggestion }) => 'withdraw' in suggestion).map(({ outcome }) => outcome);
  return withdrawing.length === 0 ? wanted : wanted.filter(({ outcome }) => withdrawing.includes(outcome));
}

/** Each thing once, no routine referral beside an urgent one, and no two drugs that are not given together. */
function choose(proposals: readonly Proposal[], offered: Offered): readonly Proposal[] {
  offered.urgentReferral ||= proposals.some(({ orders }) => orders.some(takesOver));
  const settledBy = new Map<string, string>();
  const about = new Set<string>();
  const chosen: Proposal[] = [];
  for (const proposal of proposals) {
    const [settled] = proposal.settles;
    if (about.has(proposal.about) || settled === undefined || offered.settled.has(settled)) continue;
    if ((settledBy.get(settled) ?? proposal.rule) !== proposal.rule) continue;
    if (offered.urgentReferral && proposal.orders.some((one) => isReferral(one) && !isUrgent(one.template))) continue;
    if (chosen.some((other) => clash(other, proposal) || clash(proposal, other))) continue;
    for (const one of proposal.settles) if (!settledBy.has(one)) settledBy.set(one, proposal.rule);
    about.add(proposal.about);
    chosen.push(proposal);
  }
  return chosen;
}

/** Whoever is seen at once by these is referred on by them. */
const AT_ONCE = ['referral-emergency', 'referral-neurology', 'referral-neurosurgery'];

const takesOver = ({ template }: Offer): boolean =>
  isUrgent(template) && template.arrangedBy.some((concept) => AT_ONCE.includes(concept));

/** One holds what must not be given beside the other. */
function clash({ orders }: Proposal, other: Proposal): boolean {
  const barred = orders.flatMap(({ template }) => template.notWith);
  return other.orders.some(({ template }) => template.concepts.some((concept) => barred.includes(concept)));
}

function propose(plan: SuggestionPlan, outcome: Outcome, tools: RenderTools): readonly Proposal[] {
  if ('order' in plan) return proposeOrders(plan, outcome, tools);
  return 'cancel' in plan ? cancel(plan, outcome, tools) : [];
}

/** One suggestion for each planned item: the GP may keep one and cancel another. */
function cancel(plan: Deed<'cancel'>, outcome: Outcome, tools: RenderTools): readonly Proposal[] {
  const planned = plan.cancel.map((id) => factOf(id, outcome, tools)).filter((fact) => fact?.value === true);
  const { orders } = tools.ordering;
  const entries = new Set(planned.flatMap((fact) => fact?.evidence ?? []));
  const own = [...entries].filter((entry) => orders.isPlannedFor(entry, outcome.subject.episode));
  return own.flatMap(({ reference, date }) => {
    // Without a FHIR id nobody could tell which one is meant.
    if (!isLocalReference(reference)) return [];
    const day = date && { first: date.first, last: date.first };
    const label = `${labelText(plan, tools)}${windowText(day, tools)}`;
    const action: Action = { type: 'delete', description: label, resourceId: reference };
    return [
      {
        rule: outcome.rule.id,
        orders: [],
        about: reference,
        settles: [reference],
        label,
        actions: [action],
        recommended: plan.recommended,
      },
    ];
  });
}
