/** A saver in a component: what is shown while a change is on its way, and what is sent when the component goes. */
import type { FhirResource } from 'fhir/r4.js';
import { useLayoutEffect, useState } from 'preact/hooks';
import { createSaver, type SaverTools } from './saver.js';

/** What a component shows and changes. */
export interface Edited<Value> {
  /** What was changed and is not in the record yet; undefined: show what the record says. */
  readonly unsaved: Value | undefined;
  readonly change: (value: Value) => void;
}

/** `existing` is the resource of the record that is edited; undefined while there is none. */
export function useSaver<Value>(existing: FhirResource | undefined, tools: SaverTools<Value>): Edited<Value> {
  const [saver] = useState(() => createSaver<Value>());
  const [changed, setChanged] = useState<{ readonly value: Value }>();
  useLayoutEffect(() => saver.update(existing, tools));
  useLayoutEffect(() => {
    if (saver.isSettled()) setChanged(undefined);
  }, [saver, existing]);
  useLayoutEffect(() => () => saver.flush(), [saver]);
  return {
    unsaved: changed?.value,
    change(value) {
      setChanged({ value });
      saver.change(value);
    },
  };
}
