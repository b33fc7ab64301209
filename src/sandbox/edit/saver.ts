/**
 * Changes that a person makes quickly after each other -> resources that are sent one after the other.
 * One thing that is edited stays one resource: nothing more is sent while the record does not have what was sent last.
 */
import type { FhirResource } from 'fhir/r4.js';

export interface SaverTools<Value> {
  /** The resource that says this, in the place of the one in the record if there is one. */
  readonly make: (value: Value, existing: FhirResource | undefined) => FhirResource;
  readonly onCreate: (resource: FhirResource) => void;
  readonly onReplace: (resource: FhirResource) => void;
}

export interface Saver<Value> {
  /** What the record has now, and how to change it. */
  readonly update: (existing: FhirResource | undefined, tools: SaverTools<Value>) => void;
  /** Takes the place of a change that was not sent yet. */
  readonly change: (value: Value) => void;
  /** Sends at once what was not sent yet. */
  readonly flush: () => void;
  /** True when the record has all that was changed. */
  readonly isSettled: () => boolean;
}

/** Milliseconds without a further change before one is sent. */
const STILL_MS = 300;
/** Milliseconds after which what was sent is taken for lost. */
const LOST_MS = 5000;

/** Starts with nothing to save; `update` must be called before `change`. */
export function createSaver<Value>(): Saver<Value> {
  let found: FhirResource | undefined;
  let tools: SaverTools<Value> | undefined;
  let pending: { readonly value: Value } | undefined;
  let sent: FhirResource | undefined;
  let still: ReturnType<typeof setTimeout> | undefined;
  let lost: ReturnType<typeof setTimeout> | undefined;

  const send = (): void => {
    clearTimeout(still);
    still = undefined;
    if (pending === undefined || tools === undefined) return;
    const { value } = pending;
    pending = undefined;
    sent = tools.make(value, found);
    clearTimeout(lost);
    lost = setTimeout(settle, LOST_MS);
    if (found === undefined) tools.onCreate(sent);
    else tools.onReplace(sent);
  };
  const settle = (): void => {
    clearTimeout(lost);
    sent = undefined;
    if (still === undefined) send();
  };
  return {
    update(existing, newTools) {
      [found, tools] = [existing, newTools];
      if (sent !== undefined && existing !== undefined && says(existing, sent)) settle();
    },
    change(value) {
      pending = { value };
      clearTimeout(still);
      still = setTimeout(() => {
        still = undefined;
        if (sent === undefined) send();
      }, STILL_MS);
    },
    flush: send,
    isSettled: () => pending === undefined && sent === undefined,
  };
}

/** True when a resource has every element of another, but for what a server adds. */
function says(resource: FhirResource, wanted: FhirResource): boolean {
  const found = resource as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(wanted).every(
    ([name, value]) => name === 'id' || name === 'meta' || JSON.stringify(found[name]) === JSON.stringify(value),
  );
}
