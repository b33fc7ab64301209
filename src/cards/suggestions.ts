/**
 * What a GP can accept with one click: an order that is made, a draft that is repaired or withdrawn, a planned item that is cancelled.
 * Enters: the lines of a card. Leaves: suggestions of one action each, but for orders that are not safe without each other. The GP decides.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Action, Suggestion } from '../cds-hooks/response.js';
import type { Fact, Subject } from '../facts/fact.js';
import type { DateSpan } from '../fhir/dates.js';
import { offer, redosed, type Offer, type OrderPurpose } from '../orders/ordering.js';
import { held, moved, prioritised, withoutDetails } from '../orders/repair-draft.js';
import { holds, type Outcome } from '../rules/evaluate.js';
import type { SuggestionDeed, SuggestionPlan } from '../rules/rule.js';
import { textIn } from '../text.js';
import type { CardPlan } from './group.js';
import type { RenderTools } from './sentences.js';
import { dateText, WORDS } from './words.js';

/** Ours: nobody reads more, and a broken list of plans may hold thousands. */
const MOST_SUGGESTIONS = 10;

/** A suggestion before it has an id. */
interface Proposal {
  /** What it is about: of two about one thing the first on the card stays. */
  readonly about: string;
  /** What no card below this one needs any more: a template's alternatives stand on one card. */
  readonly settles: string;
  readonly label: string;
  readonly actions: readonly Action[];
  readonly recommended: boolean;
}

type Deed<Key extends string> = SuggestionPlan & Extract<SuggestionDeed, Readonly<Record<Key, unknown>>>;
type Draft = NonNullable<Subject['draft']>;

/** The suggestions of a card, in the order of its lines. `offered` holds what cards above it order, and is added to. */
export function suggestionsOf(plan: CardPlan, tools: RenderTools, offered: Set<string>): readonly Suggestion[] {
  if (!tools.takes.suggestions) return [];
  const wanted = plan.lines
    .filter((outcome) => outcome.result === 'fires')
    .flatMap((outcome) => plansOf(outcome, tools).map((suggestion) => ({ suggestion, outcome })));
  const proposals = wanted.flatMap(({ suggestion, outcome }) => propose(suggestion, outcome, tools));
  const kept = new Map<string, Proposal>();
  for (const proposal of [...changesOf(wanted, tools), ...proposals]) {
    if (kept.has(proposal.about) || offered.has(proposal.settles)) continue;
    kept.set(proposal.about, proposal);
  }
  const shown = [...kept.values()].slice(0, MOST_SUGGESTIONS);
  for (const { settles } of shown) offered.add(settles);
  const recommended = shown.find((proposal) => proposal.recommended);
  return shown.map((proposal) => ({
    label: proposal.label,
    uuid: tools.randomId(),
    ...(proposal === recommended && { isRecommended: true as const }),
    actions: proposal.actions,
  }));
}

/** What the rule offers in this case. */
function plansOf({ rule, subject }: Outcome, { read }: RenderTools): readonly SuggestionPlan[] {
  const isTrue = (id: string): boolean => holds(id, rule, subject, read);
  return rule.card.suggestions.filter(({ when, unless }) => when.every(isTrue) && !unless.some(isTrue));
}

function propose(plan: SuggestionPlan, outcome: Outcome, tools: RenderTools): readonly Proposal[] {
  if ('order' in plan) return order(plan, outcome, tools);
  return 'cancel' in plan ? cancel(plan, outcome, tools) : [];
}

function factOf(id: string, { subject }: Outcome, { texts, read }: RenderTools): Fact | undefined {
  const known = texts.facts.get(id);
  return known && read(known.number, subject);
}

const purposeOf = (outcome: Outcome, tools: RenderTools): OrderPurpose => ({
  subject: outcome.subject,
  fact: (id) => factOf(id, outcome, tools)?.value,
});

/** One suggestion for each order; together where the client takes bundles, or where one is not safe without the other. */
function order(plan: Deed<'order'>, outcome: Outcome, tools: RenderTools): readonly Proposal[] {
  const purpose = purposeOf(outcome, tools);
  const find = (ids: readonly string[]): readonly Offer[] =>
    ids.flatMap((id) => offer(id, purpose, tools.ordering) ?? []);
  const orders = find(plan.order);
  if (orders.length === 0) return [];
  const companions = find(plan.with);
  const { actions: most } = tools.takes;
  if (companions.length === 0 && (orders.length === 1 || !tools.takes.bundles))
    return orders.map((one) => proposalOf([one], labelOf([one], tools), plan, tools));
  const together = [...orders, ...companions];
  if (together.length <= most) return [proposalOf(together, labelOf(together, tools), plan, tools)];
  // This client takes fewer actions than belong together: each says what it must not be without.
  return together.map((one) => {
    const others = together.filter((other) => other !== one).map((other) => titleOf(other, tools));
    const words = WORDS[tools.language].togetherWith;
    return proposalOf([one], `${labelOf([one], tools)} (${words} ${others.join(', ')})`, plan, tools);
  });
}

function proposalOf(orders: readonly Offer[], label: string, plan: SuggestionPlan, tools: RenderTools): Proposal {
  return {
    about: orders.map(({ template }) => template.id).join(),
    settles: orders[0]?.template.arrangedBy.join() ?? '',
    label,
    actions: orders.map((one) => ({ type: 'create', description: labelOf([one], tools), resource: one.resource })),
    recommended: plan.recommended,
  };
}

const titleOf = ({ template }: Offer, { language }: RenderTools): string => textIn(template.title, language);

function labelOf(orders: readonly Offer[], tools: RenderTools): string {
  return orders.map((one) => `${titleOf(one, tools)}${windowText(one.window, tools)}`).join(' + ');
}

function windowText(window: DateSpan | undefined, { language }: RenderTools): string {
  if (!window) return '';
  const first = dateText(window.first, language);
  if (!Number.isFinite(window.last)) return ` (${WORDS[language].from} ${first})`;
  return window.first === window.last ? ` (${first})` : ` (${first} - ${dateText(window.last, language)})`;
}

interface Wanted {
  readonly suggestion: SuggestionPlan;
  readonly outcome: Outcome;
}

/** One suggestion for each draft: withdrawn, or with all that its lines change in it, since a second update would undo the first. */
function changesOf(wanted: readonly Wanted[], tools: RenderTools): readonly Proposal[] {
  const changes = wanted.flatMap(({ suggestion, outcome }) =>
    draftsOf(suggestion, outcome, tools).map((draft) => ({ draft, suggestion, outcome })),
  );
  const drafts = new Set(changes.map(({ draft }) => draft));
  return [...drafts].flatMap((draft) => {
    const own = changes.filter((change) => change.draft === draft);
    const withdrawal = own.find(({ suggestion }) => 'withdraw' in suggestion);
    return withdrawal ? withdrawn(draft, withdrawal.suggestion, tools) : repaired(draft, own, tools);
  });
}

/** Drafts that a suggestion changes; none without an id, for nobody could tell which one is meant. */
function draftsOf(plan: SuggestionPlan, { subject }: Outcome, { ordering }: RenderTools): readonly Draft[] {
  if ('order' in plan || 'cancel' in plan) return [];
  const meant =
    'priority' in plan
      ? ordering.orders.drafts.filter(({ kinds, selected }) => selected && kinds.some((kind) => plan.of.includes(kind)))
      : subject.draft
        ? [subject.draft]
        : [];
  return meant.filter(({ sent }) => sent.id !== undefined);
}

const labelText = ({ label }: SuggestionPlan, { language }: RenderTools): string =>
  label ? textIn(label, language) : '';

function withdrawn(draft: Draft, plan: SuggestionPlan, tools: RenderTools): readonly Proposal[] {
  const label = labelText(plan, tools);
  const action: Action = { type: 'delete', description: label, resourceId: draft.reference };
  return [
    { about: draft.reference, settles: draft.reference, label, actions: [action], recommended: plan.recommended },
  ];
}

function repaired(draft: Draft, changes: readonly Wanted[], tools: RenderTools): readonly Proposal[] {
  const kinds = new Set<string | undefined>();
  const labels: string[] = [];
  let current = draft;
  for (const { suggestion, outcome } of changes) {
    const kind = KINDS_OF_CHANGE.find((one) => one in suggestion);
    const change = kinds.has(kind) ? undefined : changeOf(current, suggestion, outcome, tools);
    if (!change) continue;
    kinds.add(kind);
    current = { ...draft, sent: change.resource };
    labels.push(`${labelText(suggestion, tools)}${windowText(change.window, tools)}`);
  }
  if (labels.length === 0) return [];
  const label = labels.join('; ');
  const action: Action = { type: 'update', description: label, resource: current.sent };
  return [
    {
      about: draft.reference,
      settles: draft.reference,
      label,
      actions: [action],
      recommended: changes.some(isRecommended),
    },
  ];
}

const KINDS_OF_CHANGE = ['move', 'dose', 'priority', 'hold', 'leaveOut'];

const isRecommended = ({ suggestion }: Wanted): boolean => suggestion.recommended;

interface Change {
  readonly resource: FhirResource;
  readonly window?: DateSpan;
}

/** The draft with what a suggestion changes; undefined when that cannot be changed in it. */
function changeOf(draft: Draft, plan: SuggestionPlan, outcome: Outcome, tools: RenderTools): Change | undefined {
  if ('move' in plan) return move(draft, plan, outcome, tools);
  const resource = resourceOf(draft, plan, outcome, tools);
  return resource && { resource };
}

function move(draft: Draft, plan: Deed<'move'>, outcome: Outcome, tools: RenderTools): Change | undefined {
  const [from, to] = plan.move.map((id) => factOf(id, outcome, tools)?.value);
  const { today } = tools.ordering.orders;
  // Days that are not known or have passed are no window.
  if (typeof from !== 'number' || typeof to !== 'number' || to < today) return undefined;
  const window = { first: Math.max(from, today), last: to };
  const { occurrence } = draft;
  if (occurrence && occurrence.first >= window.first && occurrence.last <= window.last) return undefined;
  const resource = moved(draft.sent, window);
  return resource && { resource, window };
}

function resourceOf(
  draft: Draft,
  plan: SuggestionPlan,
  outcome: Outcome,
  tools: RenderTools,
): FhirResource | undefined {
  const { sent } = draft;
  if ('dose' in plan) {
    const purpose = purposeOf({ ...outcome, subject: { ...outcome.subject, draft } }, tools);
    return redosed(plan.dose, purpose, tools.ordering);
  }
  if ('priority' in plan) return prioritised(sent, plan.priority);
  if ('hold' in plan) return held(sent);
  if (!('leaveOut' in plan)) return undefined;
  const { orders } = tools.ordering;
  return withoutDetails(sent, (detail) => orders.conceptsOf(detail).includes(plan.leaveOut));
}

/** One suggestion for each planned item: the GP may keep one and cancel another. */
function cancel(plan: Deed<'cancel'>, outcome: Outcome, tools: RenderTools): readonly Proposal[] {
  const planned = plan.cancel.map((id) => factOf(id, outcome, tools)).filter((fact) => fact?.value === true);
  const entries = new Set(planned.flatMap((fact) => fact?.evidence ?? []));
  return [...entries].flatMap(({ resource, reference, date }) => {
    // Without an id nobody could tell which one is meant.
    if (resource.id === undefined) return [];
    const day = date && { first: date.first, last: date.first };
    const label = `${labelText(plan, tools)}${windowText(day, tools)}`;
    const action: Action = { type: 'delete', description: label, resourceId: reference };
    return [{ about: reference, settles: reference, label, actions: [action], recommended: plan.recommended }];
  });
}
