/** What a doctor does with a card, and with drafts: the record of the demo EHR changes, the service hears of it, and the hook fires anew. */
import { batch } from '@preact/signals';
import type { FhirResource } from 'fhir/r4.js';
import type { Action, Card, Suggestion } from '../cds-hooks/response.js';
import type { Change, Course } from '../demo/sandbox-data.js';
import { create, readFeedback, remove, RequestFailed, sendFeedback, update } from './ehr/demo-ehr.js';
import { isDraftOf, signed, type Service } from './ehr/hook-request.js';
import { newUuid } from './ehr/uuid.js';
import { referenceTo } from './record/describe.js';
import * as state from './state.js';

/** Patient and day that a change is of: whoever has gone on to another meanwhile must not find it there. */
export interface Place {
  readonly course: Course | undefined;
  readonly day: number;
}

/** What is open now. */
export const here = (): Place => ({ course: state.course.value, day: state.day.value });

/** What was accepted or signed, or is being so: a second press, before the next answer has come, would do it twice. */
const taken = new WeakSet<object>();

async function once(what: object, write: () => Promise<void>): Promise<void> {
  taken.add(what);
  try {
    await write();
  } catch (error) {
    taken.delete(what);
    throw error;
  }
}

/** Carries out what a suggestion offers, once, and tells the service that it was accepted. */
export async function accept(card: Card, suggestion: Suggestion): Promise<void> {
  if (taken.has(suggestion)) return;
  const [at, service] = [here(), state.service.value];
  await orTrouble(async () => {
    await once(suggestion, async () => {
      for (const action of suggestion.actions) await carryOut(action, at);
    });
    await tell(service, { card: card.uuid, outcome: 'accepted', acceptedSuggestions: [{ id: suggestion.uuid }] });
  });
}

export interface Dismissal {
  /** One of the card's reasons. */
  readonly reason?: Card['overrideReasons'][number];
  readonly comment: string;
}

/** Tells the service that the card was passed over, and why; whether it heard. */
export async function dismiss(card: Card, { reason, comment }: Dismissal): Promise<boolean> {
  const overrideReason = { ...(reason && { reason }), ...(comment !== '' && { userComment: comment }) };
  const why = Object.keys(overrideReason).length > 0 && { overrideReasons: [overrideReason] };
  return orTrouble(() => tell(state.service.value, { card: card.uuid, outcome: 'overridden', ...why }));
}

async function tell(service: Service | undefined, entry: Readonly<Record<string, unknown>>): Promise<void> {
  if (!service) return;
  await sendFeedback(service.id, { ...entry, outcomeTimestamp: new Date(Date.now()).toISOString() });
  state.feedback.value = await readFeedback();
}

async function carryOut({ type, resource, resourceId }: Action, at: Place): Promise<void> {
  if (type === 'create' && resource) await add(resource, at);
  if (type === 'update' && resource) await replace(resource, at);
  if (type === 'delete' && resourceId !== undefined) await takeAway(resourceId, at);
}

/** Beside other drafts an order is one of them; elsewhere it is signed and in the record. */
async function add(resource: FhirResource, at: Place): Promise<void> {
  if (isDraftOf(state.hook.value, resource)) draft(resource);
  else await addToRecord(signed(resource), at);
}

async function replace(resource: FhirResource, at: Place): Promise<void> {
  const reference = referenceTo(resource);
  const isDraft = state.drafts.value.some((one) => referenceTo(one) === reference);
  if (isDraft) state.drafts.value = state.drafts.value.map((one) => (referenceTo(one) === reference ? resource : one));
  else await replaceInRecord(resource, at);
}

async function takeAway(reference: string, at: Place): Promise<void> {
  const isDraft = state.drafts.value.some((one) => referenceTo(one) === reference);
  if (isDraft) withdraw(reference);
  else {
    await unlessMissing(() => remove(reference));
    change({ removed: reference }, at);
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
  const { value: drafts } = state.drafts;
  if (taken.has(drafts)) return;
  const at = here();
  await orTrouble(() =>
    once(drafts, async () => {
      const stored = await Promise.all(drafts.map((one) => create(signed(one))));
      batch(() => {
        for (const resource of stored) change({ resource }, at);
        if (!isOpen(at)) return;
        state.drafts.value = [];
        state.hook.value = 'patient-view';
      });
    }),
  );
}

/** Stores something new about the patient. */
export async function addToRecord(resource: FhirResource, at: Place): Promise<void> {
  const stored = await create(resource);
  change({ resource: stored }, at);
}

/** Stores the next version of something. */
export async function replaceInRecord(resource: FhirResource, at: Place): Promise<void> {
  await unlessMissing(() => update(resource));
  change({ resource }, at);
}

/** A record of another day holds what the demo EHR of today has not, or has no more: there the change is the page's alone. */
async function unlessMissing(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.status !== 404) throw error;
  }
}

const isOpen = ({ course }: Place): boolean => state.course.value?.id === course?.id;

/** What is of a patient who is not open any more the demo EHR tells when that patient is opened again. */
function change(made: { readonly resource: FhirResource } | { readonly removed: string }, at: Place): void {
  if (!isOpen(at)) return;
  const next: Change = { day: at.day, ...made };
  state.changes.value = [...state.changes.value, next];
}

/** Runs a write; what goes wrong is said on the page. Resolves to whether it went well. */
export async function orTrouble(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    state.trouble.value = undefined;
    return true;
  } catch (error) {
    state.trouble.value = error instanceof RequestFailed ? 'not-stored' : 'no-answer';
    return false;
  }
}
