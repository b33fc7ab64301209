/**
 * Standing outcomes -> cards to be: which outcomes share a card, which of them leads, in what order, and what is cut.
 * One card for each decision (and its episode or order); a rule without summary needs another rule of its decision to lead (D2, D10).
 */
import type { Hook } from '../cds-hooks/request.js';
import { KINDS, LEVELS, type Decision, type Level } from '../rules/rule.js';
import type { Outcome } from '../rules/evaluate.js';
import type { Suppressed } from '../rules/precedence.js';

/** A card before it has words. */
export interface CardPlan {
  readonly decision: Decision;
  readonly lead: Outcome;
  /** All outcomes that fired into the card, the lead first. */
  readonly lines: readonly Outcome[];
  /** Order checks of this card that could not be completed. */
  readonly incomplete: readonly Outcome[];
}

export interface CardPlans {
  readonly plans: readonly CardPlan[];
  /** Rules without an order that could not be completed: they speak on no card, but a card of their decision asks what they miss. */
  readonly incomplete: readonly Outcome[];
  readonly suppressed: readonly Suppressed[];
}

const MOST_CARDS = 3;
const NEVER_CUT: readonly Level[] = ['P0', 'P1', 'P2', 'P3'];
const URGENCY = ['critical', 'warning', 'info'];

/** Plans the cards of a hook. */
export function planCards(
  outcomes: readonly Outcome[],
  decisions: ReadonlyMap<string, Decision>,
  hook: Hook,
): CardPlans {
  const suppressed: Suppressed[] = [];
  const riders = outcomes.filter((outcome) => outcome.result === 'fires' && outcome.rule.card.rides === 'leading');
  const plans = groupByCard(
    outcomes.filter((outcome) => !riders.includes(outcome) && speaks(outcome)),
    decisions,
  ).flatMap((group) => {
    const plan = planOf(group, decisions);
    if (!plan)
      suppressed.push(
        ...group
          .filter((outcome) => outcome.result === 'fires')
          .map((outcome) => ({ outcome, by: 'no card to ride on' })),
      );
    return plan ?? [];
  });
  const ranked = plans.sort(byRank(decisions));
  const withRiders = seatRiders(ranked, riders, decisions, hook, suppressed);
  const kept = withRiders.filter((plan, index) => isKept(plan, index, withRiders));
  for (const plan of withRiders.filter((one) => !kept.includes(one))) {
    suppressed.push(...plan.lines.map((outcome) => ({ outcome, by: 'more than three cards' })));
  }
  const incomplete = outcomes.filter((outcome) => outcome.result === 'incomplete' && !speaks(outcome));
  return { plans: kept, incomplete, suppressed };
}

/** Fired, or a check of a selected order that could not be completed. */
function speaks(outcome: Outcome): boolean {
  return outcome.result === 'fires' || (outcome.result === 'incomplete' && outcome.rule.orders.length > 0);
}

function groupByCard(
  outcomes: readonly Outcome[],
  decisions: ReadonlyMap<string, Decision>,
): readonly (readonly Outcome[])[] {
  const groups = new Map<string, Outcome[]>();
  // The most urgent first, so that of one rule for two episodes the graver outcome stays.
  const urgent = [...outcomes].sort((one, other) => URGENCY.indexOf(one.indicator) - URGENCY.indexOf(other.indicator));
  for (const outcome of urgent) {
    const per = decisions.get(outcome.rule.decision)?.per;
    const { episode, draft } = outcome.subject;
    const owner = per === 'order' ? draft?.reference : per === 'episode' ? episode?.id : '';
    const key = `${outcome.rule.decision}|${owner ?? ''}`;
    const group = groups.get(key);
    // A rule that fires for two episodes says the same thing once on the patient's card.
    if (group?.some((one) => one.rule === outcome.rule && one.result === outcome.result)) continue;
    if (group) group.push(outcome);
    else groups.set(key, [outcome]);
  }
  return [...groups.values()];
}

function planOf(group: readonly Outcome[], decisions: ReadonlyMap<string, Decision>): CardPlan | undefined {
  const incomplete = group.filter((outcome) => outcome.result === 'incomplete').sort(byUrgency);
  const fired = group.filter((outcome) => outcome.result === 'fires').sort(byUrgency);
  const speaker = fired.find((outcome) => outcome.rule.card.summary !== undefined);
  // A hard stop that could not be checked comes before advice: "add stomach protection" must not head an unread dose of a child.
  const unchecked = incomplete.find((outcome) => outcome.rule.level === 'P0');
  const lead = (speaker?.indicator === 'info' ? unchecked : undefined) ?? speaker ?? incomplete[0];
  const decision = lead && decisions.get(lead.rule.decision);
  if (!lead || !decision) return undefined;
  const rest = fired.filter((outcome) => outcome !== lead);
  return { decision, lead, lines: lead.result === 'fires' ? [lead, ...rest] : rest, incomplete };
}

function byUrgency(one: Outcome, other: Outcome): number {
  return (
    URGENCY.indexOf(one.indicator) - URGENCY.indexOf(other.indicator) ||
    LEVELS.indexOf(one.rule.level) - LEVELS.indexOf(other.rule.level) ||
    KINDS.indexOf(one.rule.card.kind) - KINDS.indexOf(other.rule.card.kind) ||
    one.rule.familyRank - other.rule.familyRank ||
    compare(one.rule.id, other.rule.id)
  );
}

function levelOf(plan: CardPlan): number {
  return Math.min(...[plan.lead, ...plan.lines].map((outcome) => LEVELS.indexOf(outcome.rule.level)));
}

function byRank(decisions: ReadonlyMap<string, Decision>): (one: CardPlan, other: CardPlan) => number {
  const places = [...decisions.keys()];
  return (one, other) =>
    levelOf(one) - levelOf(other) ||
    URGENCY.indexOf(one.lead.indicator) - URGENCY.indexOf(other.lead.indicator) ||
    places.indexOf(one.decision.id) - places.indexOf(other.decision.id) ||
    compare(one.lead.subject.episode?.id, other.lead.subject.episode?.id) ||
    compare(one.lead.subject.draft?.reference, other.lead.subject.draft?.reference);
}

function compare(one = '', other = ''): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Lines that ride on the leading card join the first card of their episode, else the first of all; some may stand alone. */
function seatRiders(
  plans: readonly CardPlan[],
  riders: readonly Outcome[],
  decisions: ReadonlyMap<string, Decision>,
  hook: Hook,
  suppressed: Suppressed[],
): readonly CardPlan[] {
  let seated = plans;
  for (const rider of [...riders].sort(byUrgency)) {
    const { rule, subject } = rider;
    const own = subject.episode && seated.find((plan) => plan.lead.subject.episode === subject.episode);
    const host = own ?? seated[0];
    if (host && !host.lines.some((line) => line.rule === rule)) {
      seated = seated.map((plan) => (plan === host ? { ...plan, lines: [...plan.lines, rider] } : plan));
    } else if (!host && rule.card.summary && rule.card.aloneOn.includes(hook)) {
      const plan = planOf([rider], decisions);
      seated = plan ? [...seated, plan] : seated;
    } else {
      suppressed.push({ outcome: rider, by: host ? 'already on the card' : 'no card to ride on' });
    }
  }
  return seated;
}

function isKept(plan: CardPlan, index: number, plans: readonly CardPlan[]): boolean {
  if (NEVER_CUT.includes(LEVELS[levelOf(plan)] ?? 'P6')) return true;
  const before = plans.slice(0, index).filter((other) => !NEVER_CUT.includes(LEVELS[levelOf(other)] ?? 'P6'));
  return before.length < MOST_CARDS;
}
