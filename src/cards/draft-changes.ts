/**
 * What rules change in the GP's own drafts -> one proposal for each draft.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Action } from '../cds-hooks/response.js';
import type { Subject } from '../facts/fact.js';
import type { DateSpan } from '../fhir/dates.js';
import { isLocalReference } from '../fhir/references.js';
import { redosed } from '../orders/ordering.js';
import { held, moved, prioritised, withoutDetails } from '../orders/repair-draft.js';
import type { Outcome } from '../rules/evaluate.js';
import type { SuggestionPlan } from '../rules/rule.js';
import {
  factOf,
  labelText,
  purposeOf,
  windowText,
  type Deed,
  type Draft,
  type Proposal,
  type Wanted,
} from './proposal.js';
import type { RenderTools } from './sentences.js';

/** One suggestion for each draft: withdrawn, or with all that its lines change in it, since a second update would undo the first. */
export function changesOf(wanted: readonly Wanted[], tools: RenderTools): readonly Proposal[] {
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

/** Drafts that a suggestion changes; none without a FHIR id, for nobody could tell which one is meant. */
function draftsOf(plan: SuggestionPlan, { subject }: Outcome, { ordering }: RenderTools): readonly Draft[] {
  if ('order' in plan || 'cancel' in plan) return [];
  const meant =
    'priority' in plan
      ? ordering.orders.drafts.filter((draft) => isMeant(draft, plan.of, subject))
      : subject.draft
        ? [subject.draft]
        : [];
  return meant.filter(({ reference }) => isLocalReference(reference));
}

/** A draft of one of these kinds; of a complaint, one that is not of the other half of the body. */
function isMeant({ kinds, selected, onHold, half }: Draft, of: readonly string[], { episode }: Subject): boolean {
  if (!selected || onHold || !kinds.some((kind) => of.includes(kind))) return false;
  return half === undefined || episode === undefined || half === episode.half;
}

/** What is done to a draft is one suggestion, whatever rules ask for it. */
function proposalFor({ reference }: Draft, action: Action, recommended: boolean): Proposal {
  return {
    rule: '',
    about: reference,
    settles: [reference],
    label: action.description,
    actions: [action],
    recommended,
    orders: [],
  };
}

function withdrawn(draft: Draft, plan: SuggestionPlan, tools: RenderTools): readonly Proposal[] {
  const label = labelText(plan, tools);
  const action: Action = { type: 'delete', description: label, resourceId: draft.reference };
  return [proposalFor(draft, action, plan.recommended)];
}

function repaired(draft: Draft, changes: readonly Wanted[], tools: RenderTools): readonly Proposal[] {
  const kinds = new Set<string | undefined>();
  const labels: string[] = [];
  let current = draft;
  for (const { suggestion, outcome } of mostUrgentFirst(changes)) {
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
  return [proposalFor(draft, action, changes.some(isRecommended))];
}

/** Of two priorities the higher one counts. */
function mostUrgentFirst(changes: readonly Wanted[]): readonly Wanted[] {
  const isStat = ({ suggestion }: Wanted): boolean => 'priority' in suggestion && suggestion.priority === 'stat';
  return [...changes.filter(isStat), ...changes.filter((change) => !isStat(change))];
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
  const window = windowOf(plan, outcome, tools);
  const { occurrence } = draft;
  if (!window || (occurrence && occurrence.first >= window.first && occurrence.last <= window.last)) return undefined;
  const resource = moved(draft.sent, window);
  return resource && { resource, window };
}

/** The days that are still to come of those meant. */
function windowOf(plan: Deed<'move'>, outcome: Outcome, tools: RenderTools): DateSpan | undefined {
  const [from, to] = plan.move.map((id) => factOf(id, outcome, tools)?.value);
  const { today } = tools.ordering.orders;
  if (typeof from !== 'number') return undefined;
  // From a day on that has come, nothing has to wait.
  if (plan.move.length === 1) return from > today ? { first: from, last: Infinity } : undefined;
  return typeof to === 'number' && to >= today ? { first: Math.max(from, today), last: to } : undefined;
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
