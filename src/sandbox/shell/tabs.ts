/** Which of the parts beside the cards is shown. */
import { signal } from '@preact/signals';
import { selected } from '../state.js';

export const TABS = ['record', 'facts', 'rules', 'wire', 'feedback'] as const;
export type Tab = (typeof TABS)[number];

export const tab = signal<Tab>('record');

/** Shows a resource of the record. `reference` is `Type/id`. */
export function showResource(reference: string): void {
  tab.value = 'record';
  selected.value = reference;
}
