/**
 * Which orders may be offered in a case: a template that is served here, that this client takes, of which nothing is on its way, applied.
 * Enters: the name of a template and what it is for. Leaves: the order, or nothing.
 */
import type { Coding, FhirResource } from 'fhir/r4.js';
import type { Draft } from '../case/case.js';
import type { Jurisdiction, Language } from '../cds-hooks/request.js';
import type { FactValue, Subject } from '../facts/fact.js';
import type { Day } from '../fhir/dates.js';
import { isObject, listOf } from '../fhir/references.js';
import { applyTemplate, type AppliedOrder } from './apply-template.js';
import type { OrderCase } from './case-values.js';
import { codingsOf, type OrderTemplate } from './order-template.js';
import type { Orders } from './orders.js';
import { dosed } from './repair-draft.js';

/** What every order of one request is made with. */
export interface Ordering {
  readonly orders: Orders;
  readonly templates: ReadonlyMap<string, OrderTemplate>;
  readonly jurisdiction: Jurisdiction;
  readonly language: Language;
  /** Whether the GP orders images and infiltrations where the jurisdiction leaves them to others (D14). */
  readonly gpMayOrderImaging: boolean;
  /** A site's own codes by template. */
  readonly orderCodes: Readonly<Record<string, readonly Coding[]>>;
}

/** What an order is for: the complaint, the draft that is judged, and the facts about them. */
export interface OrderPurpose {
  readonly subject: Subject;
  readonly fact: (id: string) => FactValue | undefined;
}

/** An order that can be offered. */
export interface Offer extends AppliedOrder {
  readonly template: OrderTemplate;
}

/** The order of a template; undefined when it is not for here, not for now, or on its way already. */
export function offer(id: string, purpose: OrderPurpose, ordering: Ordering): Offer | undefined {
  const template = templateOf(id, ordering);
  if (!isServed(template, ordering)) return undefined;
  const { episode } = purpose.subject;
  const start = ordering.orders.today;
  const order = applied(template, purpose, ordering, { start, mgPerTablet: template.mgPerTablet });
  if (!order) return undefined;
  const window = template.type === 'Appointment' ? order.window : undefined;
  const urgent = template.definition.priority !== undefined;
  return ordering.orders.isArranged(template.type, template.arrangedBy, { episode, window, urgent })
    ? undefined
    : { ...order, template };
}

/** The judged draft with the dose of a template; undefined when that dose cannot be taken of the product that the GP chose. */
export function redosed(id: string, purpose: OrderPurpose, ordering: Ordering): FhirResource | undefined {
  const template = templateOf(id, ordering);
  const { draft } = purpose.subject;
  if (!draft || isOtherProduct(draft, template, ordering)) return undefined;
  const mgPerTablet = draft.mgPerUnit ?? (sharesCode(draft, template, ordering) ? template.mgPerTablet : undefined);
  const start = startOf(purpose, ordering.orders.today);
  const order = applied(template, purpose, ordering, { start, mgPerTablet });
  if (!order || !isTakenOf(order.resource, draft.mgPerUnit)) return undefined;
  return dosed(draft.sent, order.resource as unknown as Readonly<Record<string, unknown>>);
}

function templateOf(id: string, { templates }: Ordering): OrderTemplate {
  const template = templates.get(id);
  if (!template) throw new RangeError(`no order template ${id}`);
  return template;
}

function isServed({ jurisdictions, isExamination }: OrderTemplate, ordering: Ordering): boolean {
  if (jurisdictions.length > 0 && !jurisdictions.includes(ordering.jurisdiction)) return false;
  return !isExamination || ordering.jurisdiction === 'BE' || ordering.gpMayOrderImaging;
}

function applied(
  template: OrderTemplate,
  { subject, fact }: OrderPurpose,
  { orders, jurisdiction, language, orderCodes }: Ordering,
  course: Pick<OrderCase, 'start' | 'mgPerTablet'>,
): AppliedOrder | undefined {
  const { patientId, today } = orders;
  const codes = orderCodes[template.id];
  return applyTemplate(
    template,
    { patientId, episode: subject.episode, codes },
    { today, jurisdiction, language, fact, ...course },
  );
}

/** The day on which the GP lets the course begin; today when the draft names none or an earlier one. */
function startOf({ subject, fact }: OrderPurpose, today: Day): Day {
  const [onset, startDay] = [subject.episode?.onset?.first, fact('course.startDay')];
  return onset === undefined || typeof startDay !== 'number' ? today : Math.max(today, onset + startDay);
}

const drugCodingsOf = ({ resource }: Draft): readonly Readonly<Record<string, unknown>>[] =>
  listOf((resource as { readonly medicationCodeableConcept?: unknown }).medicationCodeableConcept).flatMap(
    ({ coding }) => listOf(coding),
  );

function sharesCode(draft: Draft, { definition }: OrderTemplate, { orders }: Ordering): boolean {
  const ours = codingsOf(definition);
  return drugCodingsOf(draft).some((coding) => ours.some((one) => orders.isCode(coding, one)));
}

/** The G-Standaard lists products: its codes mean a strength that we do not know. */
const PRODUCT_LIST = /^(?:urn:oid:)?2\.16\.840\.1\.113883\.2\.4\.4\./i;

function isOtherProduct(draft: Draft, template: OrderTemplate, ordering: Ordering): boolean {
  const isProduct = drugCodingsOf(draft).some(({ system }) => PRODUCT_LIST.test(String(system)));
  return isProduct && !sharesCode(draft, template, ordering);
}

/** Every dose is a number of whole units. */
function isTakenOf(order: FhirResource, mgPerUnit: number | undefined): boolean {
  if (mgPerUnit === undefined) return true;
  const { dosageInstruction } = order as { readonly dosageInstruction?: unknown };
  const doses = listOf(dosageInstruction).flatMap(({ doseAndRate }) => listOf(doseAndRate));
  return doses.every(({ doseQuantity }) => isObject(doseQuantity) && Number(doseQuantity['value']) % mgPerUnit === 0);
}
