/**
 * Asks a running service about a patient of whom everything was searched: what is not told was looked for and was not there.
 * So two tests can differ in nothing but what is known.
 */
import { expect } from 'vitest';
import type { FhirResource } from 'fhir/r4.js';
import { KEY_OF_TYPE } from '../../src/cds-hooks/prefetch.js';
import type { Hook, Jurisdiction, Language } from '../../src/cds-hooks/request.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { PATIENT, bundleOf, pathOf, requestFor, searchsetOf } from './requests.js';
import { post, type RunningService } from './service.js';

const FAILED = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'exception' }] };
/** The fixed day of `records.ts`, in the morning. */
const NOW = '2026-11-21T10:00:00+01:00';

export interface Told {
  /** What the record holds, each resource under the key of its type. */
  readonly records?: readonly FhirResource[];
  readonly birthDate?: string;
  readonly drafts?: readonly FhirResource[];
  /** For appointment-book. */
  readonly appointments?: readonly FhirResource[];
  /** Prefetch keys whose search failed. */
  readonly failed?: readonly string[];
  /** Prefetch keys of which only a part was sent. */
  readonly cut?: readonly string[];
  readonly jurisdiction?: Jurisdiction;
  readonly language?: Language;
  readonly now?: string;
  /** Further members of the hook's context. */
  readonly context?: Readonly<Record<string, unknown>>;
}

/** The cards that an EHR gets. */
export async function cardsFor({ url }: RunningService, hook: Hook, told: Told = {}): Promise<readonly Card[]> {
  const { records = [], failed = [], cut = [], drafts, appointments, birthDate } = told;
  const request = requestFor(hook);
  for (const key of Object.keys(request.prefetch)) {
    if (key === 'patient') continue;
    const ofKey = records.filter(({ resourceType }) => KEY_OF_TYPE.get(resourceType) === key);
    request.prefetch[key] = failed.includes(key) ? FAILED : searchsetOf(...ofKey);
    if (cut.includes(key)) Object.assign(request.prefetch[key] as object, { total: ofKey.length + 1 });
  }
  if (birthDate !== undefined) request.prefetch['patient'] = { resourceType: 'Patient', id: PATIENT, birthDate };
  if (drafts) {
    request.context['draftOrders'] = bundleOf(...drafts);
    if (hook === 'order-select')
      request.context['selections'] = drafts.map(({ resourceType, id }) => `${resourceType}/${id}`);
  }
  if (appointments) request.context['appointments'] = bundleOf(...appointments);
  Object.assign(request.context, told.context);
  const { language = 'en', now = NOW, jurisdiction } = told;
  const extension = { 'example.plexus-cds.request': { now, language, ...(jurisdiction && { jurisdiction }) } };
  const answer = await post(url + pathOf(hook), { ...request, extension });
  expect(answer.status).toBe(200);
  return (answer.json as { cards: readonly Card[] }).cards;
}

const extensionOf = (card: Card): Card['extension']['example.plexus-cds.card'] =>
  card.extension['example.plexus-cds.card'];

/** The rules that speak on these cards. */
export const rulesOn = (cards: readonly Card[]): readonly string[] =>
  cards.flatMap((card) => extensionOf(card).rules.map(({ id }) => id));

/** The statements that these cards carry. */
export const statementsOn = (cards: readonly Card[]): readonly string[] =>
  cards.flatMap((card) => extensionOf(card).statements);

/** The card that carries a statement; undefined when none does. */
export const cardWith = (statement: string, cards: readonly Card[]): Card | undefined =>
  cards.find((card) => extensionOf(card).statements.includes(statement));

/** All words of these cards. */
export const wordsOf = (cards: readonly Card[]): string =>
  cards.map(({ summary, detail }) => `${summary}\n${detail}`).join('\n');

/** A draft of a drug by its ATC code. */
export const prescription = (atc: string, more: Readonly<Record<string, unknown>> = {}): FhirResource =>
  draft('MedicationRequest', {
    medicationCodeableConcept: { coding: [{ system: 'http://www.whocc.no/atc', code: atc }] },
    ...more,
  });

/** A draft of an order. */
export const draft = (resourceType: string, more: Readonly<Record<string, unknown>>): FhirResource =>
  ({
    resourceType,
    id: 'draft-1',
    status: 'draft',
    intent: 'order',
    subject: { reference: `Patient/${PATIENT}` },
    ...more,
  }) as unknown as FhirResource;
