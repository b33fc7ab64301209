/**
 * The `suggestions` of a rule: their shape as JSON Schema, and what is made of them.
 * Shape only: whether facts, templates and clauses exist is `check-rules.ts`.
 */
import { TEXT_SCHEMA, type Text } from '../text.js';
import type { SuggestionDeed, SuggestionPlan } from './rule.js';

export interface RawSuggestion {
  readonly order?: string | readonly string[];
  readonly with?: readonly string[];
  readonly move?: readonly [string] | readonly [string, string];
  readonly dose?: string;
  readonly priority?: 'urgent' | 'stat';
  readonly of?: readonly string[];
  readonly hold?: true;
  readonly withdraw?: true;
  readonly leaveOut?: string;
  readonly cancel?: readonly string[];
  readonly label?: Text;
  readonly when?: readonly string[];
  readonly unless?: readonly string[];
  readonly recommended?: true;
}

const id = { type: 'string', pattern: '^[a-z][a-z0-9-]*$' };
const facts = { type: 'string', minLength: 1 };
const some = (items: unknown, minItems = 1): Record<string, unknown> => ({ type: 'array', minItems, items });

/** What a suggestion does. That it does exactly one of these is `check-rules.ts`: here the message would name neither. */
const DEEDS: Readonly<Record<string, unknown>> = {
  order: { anyOf: [id, some(id, 2)] },
  move: { ...some(facts), maxItems: 2 },
  dose: id,
  priority: { enum: ['urgent', 'stat'] },
  hold: { const: true },
  withdraw: { const: true },
  leaveOut: id,
  cancel: some(facts),
};

export const DEED_NAMES = Object.keys(DEEDS);

export const SUGGESTION_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ...DEEDS,
    label: TEXT_SCHEMA,
    with: some(id),
    of: some({ type: 'string', pattern: '^draft-[a-z-]+$' }),
    when: some(id),
    unless: some(id),
    recommended: { const: true },
  },
};

/** A checked suggestion as cards use it. */
export function buildSuggestion(raw: RawSuggestion): SuggestionPlan {
  return {
    ...deedOf(raw),
    when: raw.when ?? [],
    unless: raw.unless ?? [],
    recommended: raw.recommended ?? false,
    ...(raw.label && { label: raw.label }),
  };
}

/** The one thing that a suggestion does; its shape was checked. */
function deedOf(raw: RawSuggestion): SuggestionDeed {
  if (raw.order !== undefined) return { order: [raw.order].flat(), with: raw.with ?? [] };
  if (raw.move) return { move: raw.move };
  if (raw.dose !== undefined) return { dose: raw.dose };
  if (raw.priority) return { priority: raw.priority, of: raw.of ?? [] };
  if (raw.hold) return { hold: true };
  if (raw.leaveOut !== undefined) return { leaveOut: raw.leaveOut };
  return raw.cancel ? { cancel: raw.cancel } : { withdraw: true };
}
