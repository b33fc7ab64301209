/**
 * Order templates that a rule names -> proposals: one for each order, or together where one is not safe without the other.
 */
import type { Subject } from '../facts/fact.js';
import { listOf } from '../fhir/references.js';
import { isUrgent, offer, type Offer } from '../orders/ordering.js';
import type { Outcome } from '../rules/evaluate.js';
import type { SuggestionPlan } from '../rules/rule.js';
import { textIn } from '../text.js';
import { purposeOf, windowText, type Deed, type Proposal } from './proposal.js';
import type { RenderTools } from './sentences.js';
import { WORDS } from './words.js';

/** One suggestion for each order; together where the client takes bundles, or where one is not safe without the other. */
export function proposeOrders(plan: Deed<'order'>, outcome: Outcome, tools: RenderTools): readonly Proposal[] {
  const purpose = purposeOf(outcome, tools);
  const find = (id: string) => offer(id, purpose, tools.ordering);
  const orders = plan.order.map(find).filter((one) => isOffer(one));
  const beside = plan.with.map(find);
  // What is not safe without something that cannot be given is not offered.
  if (orders.length === 0 || beside.includes(undefined)) return [];
  const companions = beside.filter((one) => isOffer(one));
  const { actions: most } = tools.takes;
  if (companions.length === 0 && (orders.length === 1 || !tools.takes.bundles))
    return orders.map((one) => proposalOf([one], labelOf([one], tools), plan, outcome, tools));
  const together = [...orders, ...companions];
  if (together.length <= most) return [proposalOf(together, labelOf(together, tools), plan, outcome, tools)];
  // This client takes fewer actions than belong together: each says what it must not be without.
  return together.map((one) => {
    const others = together.filter((other) => other !== one).map((other) => titleOf(other, tools));
    const words = WORDS[tools.language].togetherWith;
    return proposalOf([one], `${labelOf([one], tools)} (${words} ${others.join(', ')})`, plan, outcome, tools);
  });
}

/** A visit on other days is another visit, and therapy of the neck none of the back; a specialist is one for both. */
function settledBy(one: Offer, { episode }: Subject): readonly string[] {
  const { type, arrangedBy } = one.template;
  const which = type === 'Appointment' ? one.window?.first : isReferral(one) ? '' : (episode?.half ?? '');
  const routine = `${arrangedBy.join()}|${which ?? ''}`;
  return isUrgent(one.template) ? [`${routine}|urgent`, routine] : [routine];
}

const isOffer = (one: ReturnType<typeof offer>): one is Offer => one !== undefined && one !== 'arranged';

function proposalOf(
  orders: readonly Offer[],
  label: string,
  plan: SuggestionPlan,
  { rule, subject }: Outcome,
  tools: RenderTools,
): Proposal {
  return {
    rule: rule.id,
    about: orders.map(({ template }) => template.id).join(),
    settles: orders.slice(0, 1).flatMap((one) => settledBy(one, subject)),
    orders,
    label,
    actions: orders.map((one) => ({ type: 'create', description: labelOf([one], tools), resource: one.resource })),
    recommended: plan.recommended,
  };
}

const titleOf = ({ template }: Offer, { language }: RenderTools): string => textIn(template.title, language);

function labelOf(orders: readonly Offer[], tools: RenderTools): string {
  return orders.map((one) => `${titleOf(one, tools)}${firstStep(one)}${windowText(one.window, tools)}`).join(' + ');
}

/** Of a course the words of its first step: its dose depends on the patient. */
function firstStep({ resource }: Offer): string {
  const { dosageInstruction } = resource as unknown as Readonly<Record<string, unknown>>;
  const [first] = listOf(dosageInstruction);
  return first?.['sequence'] === undefined ? '' : `: ${String(first['text'])}`;
}

/** Whether it sends the patient on. */
export const isReferral = ({ template }: Offer): boolean =>
  template.arrangedBy.some((concept) => concept.startsWith('referral-'));
