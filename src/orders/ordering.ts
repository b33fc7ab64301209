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
  /** False while the advice leaves a question open: then no drug is offered. */
  readonly isSettled: boolean;
}

/** An order that can be offered. */
export interface Offer extends AppliedOrder {
  readonly template: OrderTemplate;
}

/** The order of a template; `arranged` when it is on its way already, undefined when it is not for here, not for now, or not safe. */
export function offer(id: string, purpose: OrderPurpose, ordering: Ordering): Offer | 'arranged' | undefined {
  const template = templateOf(id, ordering);
  const { orders } = ordering;
  const { episode, draft: judged } = purpose.subject;
  if (!isServed(template, ordering)) return undefined;
  const order = applied(template, purpose, ordering, { start: orders.today, mgPerTablet: template.mgPerTablet });
  if (!order) return undefined;
  const window = template.type === 'Appointment' ? order.window : undefined;
  const urgent = isUrgent(template);
  if (orders.isArranged(template.type, template.arrangedBy, { episode, window, urgent, judged })) return 'arranged';
  const isSafe =
    !isGiven(template) || (purpose.isSettled && orders.mayBeGiven(template.concepts, template.notWith, judged));
  return isSafe ? { ...order, template } : undefined;
}

/** Drugs, and infiltrations, which put drugs into somebody. */
export const isGiven = ({ type, notWith }: OrderTemplate): boolean =>
  type === 'MedicationRequest' || notWith.length > 0;

/** Whether an order cannot wait. */
export const isUrgent = ({ definition }: OrderTemplate): boolean => definition.priority !== undefined;

/** The judged draft with the dose of a template; undefined when that dose cannot be taken of the product that the GP chose. */
export function redosed(id: string, purpose: OrderPurpose, ordering: Ordering): FhirResource | undefined {
  const template = templateOf(id, ordering);
  const { draft } = purpose.subject;
  if (!draft || !isServed(template, ordering)) return undefined;
  const products = productsOf(draft);
  // A product that is not the template's has a strength that we do not know; a substance alone has none.
  if (!products.every((product) => isProductOf(product, template, ordering))) return undefined;
  const mgPerTablet = draft.mgPerUnit ?? (products.length > 0 ? template.mgPerTablet : undefined);
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
    { patientId, episode: subject.episode, reasons: orders.reasonsOf(subject.episode), codes },
    { today, jurisdiction, language, fact, ...course },
  );
}

/** The day on which the GP lets the course begin; today when the draft names none or an earlier one. */
function startOf({ subject, fact }: OrderPurpose, today: Day): Day {
  const [onset, startDay] = [subject.episode?.onset?.first, fact('course.startDay')];
  return onset === undefined || typeof startDay !== 'number' ? today : Math.max(today, onset + startDay);
}

/** The G-Standaard lists products: its codes mean a strength. */
const PRODUCT_LIST = /^(?:urn:oid:)?2\.16\.840\.1\.113883\.2\.4\.4\./i;

function productsOf({ drugCodings }: Draft): readonly Readonly<Record<string, unknown>>[] {
  return drugCodings.filter(({ system }) => PRODUCT_LIST.test(String(system)));
}

function isProductOf(coding: unknown, { definition }: OrderTemplate, { orders }: Ordering): boolean {
  return codingsOf(definition).some((one) => orders.isCode(coding, one));
}

/** Every dose is a number of whole units. */
function isTakenOf(order: FhirResource, mgPerUnit: number | undefined): boolean {
  if (mgPerUnit === undefined) return true;
  const { dosageInstruction } = order as { readonly dosageInstruction?: unknown };
  const doses = listOf(dosageInstruction).flatMap(({ doseAndRate }) => listOf(doseAndRate));
  return doses.every(({ doseQuantity }) => isObject(doseQuantity) && Number(doseQuantity['value']) % mgPerUnit === 0);
}
