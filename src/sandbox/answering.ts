/** What a doctor does with a card, and with drafts: the record of the demo EHR changes, the service hears of it, and the hook fires anew. */
import { batch } from '@preact/signals';
import type { FhirResource } from 'fhir/r4.js';
import type { Action, Card, Suggestion } from '../cds-hooks/response.js';
import type { Change } from '../demo/sandbox-data.js';
import { create, readFeedback, remove, RequestFailed, sendFeedback, update } from './ehr/demo-ehr.js';
import { isDraftOf, signed } from './ehr/hook-request.js';
import { newUuid } from './ehr/uuid.js';
import { referenceTo } from './record/describe.js';
import * as state from './state.js';

/** Carries out what a suggestion offers, and tells the service that it was accepted. */
export async function accept(card: Card, suggestion: Suggestion): Promise<void> {
  await orTrouble(async () => {
    for (const action of suggestion.actions) await carryOut(action);
    await tell({ card: card.uuid, outcome: 'accepted', acceptedSuggestions: [{ id: suggestion.uuid }] });
  });
}

export interface Dismissal {
  /** One of the card's reasons. */
  readonly reason?: Card['overrideReasons'][number];
  readonly comment: string;
}

/** Tells the service that the card was passed over, and why. */
export async function dismiss(card: Card, { reason, comment }: Dismissal): Promise<void> {
  const overrideReason = { ...(reason && { reason }), ...(comment !== '' && { userComment: comment }) };
  const why = Object.keys(overrideReason).length > 0 && { overrideReasons: [overrideReason] };
  await orTrouble(() => tell({ card: card.uuid, outcome: 'overridden', ...why }));
}

async function tell(entry: Readonly<Record<string, unknown>>): Promise<void> {
  const { value: service } = state.service;
  if (!service) return;
  await sendFeedback(service.id, { ...entry, outcomeTimestamp: new Date(Date.now()).toISOString() });
  state.feedback.value = await readFeedback();
}

async function carryOut({ type, resource, resourceId }: Action): Promise<void> {
  if (type === 'create' && resource) await add(resource);
  if (type === 'update' && resource) await replace(resource);
  if (type === 'delete' && resourceId !== undefined) await takeAway(resourceId);
}

/** Beside other drafts an order is one of them; elsewhere it is signed and in the record. */
async function add(resource: FhirResource): Promise<void> {
  if (isDraftOf(state.hook.value, resource)) draft(resource);
  else await addToRecord(signed(resource));
}

async function replace(resource: FhirResource): Promise<void> {
  const reference = referenceTo(resource);
  const isDraft = state.drafts.value.some((one) => referenceTo(one) === reference);
  if (isDraft) state.drafts.value = state.drafts.value.map((one) => (referenceTo(one) === reference ? resource : one));
  else await replaceInRecord(resource);
}

async function takeAway(reference: string): Promise<void> {
  const isDraft = state.drafts.value.some((one) => referenceTo(one) === reference);
  if (isDraft) withdraw(reference);
  else {
    await unlessMissing(() => remove(reference));
    change({ removed: reference });
  }
}

/** Adds a draft, under an id of its own. */
export function draft(resource: FhirResource): void {
  state.drafts.value = [...state.drafts.value, { ...resource, id: newUuid() }];
}

/** Takes a draft away. */
export function withdraw(reference: string): void {
  state.drafts.value = state.drafts.value.filter((one) => referenceTo(one) !== reference);
}

/** All drafts become orders of the record, and the record is what the hook then sees. */
export async function sign(): Promise<void> {
  await orTrouble(async () => {
    const stored = await Promise.all(state.drafts.value.map((one) => create(signed(one))));
    batch(() => {
      for (const resource of stored) change({ resource });
      state.drafts.value = [];
      state.hook.value = 'patient-view';
    });
  });
}

/** Stores something new about the patient. */
export async function addToRecord(resource: FhirResource): Promise<void> {
  const stored = await create(resource);
  change({ resource: stored });
}

/** Stores the next version of something. */
export async function replaceInRecord(resource: FhirResource): Promise<void> {
  await unlessMissing(() => update(resource));
  change({ resource });
}

/** A record of another day holds what the demo EHR of today has not, or has no more: there the change is the page's alone. */
async function unlessMissing(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.status !== 404) throw error;
  }
}

function change(made: { readonly resource: FhirResource } | { readonly removed: string }): void {
  const next: Change = { day: state.day.value, ...made };
  state.changes.value = [...state.changes.value, next];
}

/** Runs a write; what goes wrong is said on the page. */
export async function orTrouble(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
    state.trouble.value = undefined;
  } catch {
    state.trouble.value = 'not-stored';
  }
}
