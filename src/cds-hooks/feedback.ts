/**
 * The body of a feedback call enters, normalised feedback leaves; one wrong entry refuses the whole batch.
 * Reasons and card ids are not checked against what was shown: clients have reasons of their own, and ids must not be guessable.
 * Keeps nothing: calls of feedback are counted and audited where they come in, and only the demo EHR shows what was said.
 */
import { refusal, requireObject, schemaCompiler } from './schema.js';

export interface OverrideReason {
  readonly reason?: { readonly code: string; readonly system?: string; readonly display?: string };
  /** Text of a person, at most 4096 characters: kept as text, never rendered raw, never logged. */
  readonly userComment?: string;
}

export interface Feedback {
  /** uuid of the card. */
  readonly card: string;
  readonly outcome: 'accepted' | 'overridden';
  /** ISO 8601 in UTC. */
  readonly outcomeTimestamp: string;
  /** uuids of suggestions; empty unless accepted. */
  readonly acceptedSuggestions: readonly string[];
  readonly overrideReasons: readonly OverrideReason[];
}

interface FeedbackEntry {
  readonly card: string;
  readonly outcome: Feedback['outcome'];
  readonly outcomeTimestamp: string;
  readonly acceptedSuggestions?: readonly { readonly id: string }[];
  readonly overrideReason?: OverrideReason;
  readonly overrideReasons?: OverrideReason | readonly OverrideReason[];
}

/** A time without zone is no moment, and feedback is ordered by moments. */
const TIMESTAMP = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

function isTimestamp(text: string): boolean {
  return TIMESTAMP.test(text) && !Number.isNaN(Date.parse(text));
}

const text = { type: 'string', minLength: 1 } as const;

const overrideReason = {
  type: 'object',
  anyOf: [{ required: ['reason'] }, { required: ['userComment'] }, { required: ['extension'] }],
  properties: {
    reason: {
      type: 'object',
      required: ['code'],
      properties: { code: text, system: { type: 'string' }, display: { type: 'string' } },
    },
    userComment: { type: 'string', maxLength: 4096 },
  },
} as const;

/** A batch of feedback. */
export const FEEDBACK_SCHEMA = {
  type: 'object',
  required: ['feedback'],
  properties: {
    feedback: {
      type: 'array',
      items: {
        type: 'object',
        required: ['card', 'outcome', 'outcomeTimestamp'],
        properties: {
          card: { ...text, description: 'uuid of the card.' },
          outcome: { enum: ['accepted', 'overridden'] },
          outcomeTimestamp: { type: 'string', format: 'date-time', description: 'With seconds and a zone.' },
          acceptedSuggestions: {
            type: 'array',
            items: { type: 'object', required: ['id'], properties: { id: text } },
            description: 'uuids of suggestions; at least one when the outcome is accepted.',
          },
          overrideReason,
          // Epic's name for the same; written as an object, in some versions as a list.
          overrideReasons: {
            if: { type: 'array' },
            then: { type: 'array', items: overrideReason },
            else: overrideReason,
          },
        },
        if: { required: ['outcome'], properties: { outcome: { const: 'accepted' } } },
        then: {
          required: ['acceptedSuggestions'],
          properties: { acceptedSuggestions: { type: 'array', minItems: 1 } },
        },
      },
    },
  },
} as const;

const isFeedback = schemaCompiler({ 'date-time': isTimestamp }).compile<{
  readonly feedback: readonly FeedbackEntry[];
}>(FEEDBACK_SCHEMA);

/** Reads a feedback body. Throws `ServiceError` 400 that names the first wrong entry as `feedback[i]`. */
export function parseFeedback(body: unknown): readonly Feedback[] {
  const batch: unknown = requireObject(body);
  if (!isFeedback(batch)) throw refusal(isFeedback.errors);
  return batch.feedback.map(normalise);
}

function normalise(entry: FeedbackEntry): Feedback {
  const { card, outcome, overrideReasons = [] } = entry;
  const plural: readonly OverrideReason[] = 'length' in overrideReasons ? overrideReasons : [overrideReasons];
  return {
    card,
    outcome,
    outcomeTimestamp: new Date(Date.parse(entry.outcomeTimestamp)).toISOString(),
    acceptedSuggestions: outcome === 'accepted' ? (entry.acceptedSuggestions ?? []).map(({ id }) => id) : [],
    overrideReasons: [...(entry.overrideReason ? [entry.overrideReason] : []), ...plural].map(knownMembers),
  };
}

/** Leaves out what we do not know, such as extensions. */
function knownMembers({ reason, userComment }: OverrideReason): OverrideReason {
  return { ...(reason && { reason }), ...(userComment !== undefined && { userComment }) };
}
