/**
 * What an entry of a course says, as a doctor writes it: one type for each kind of entry, and the JSON Schema that holds a file to it.
 * Values that name a concept are keys of `fhir-profiles/concepts.yaml`; days are days of the course.
 */
import type { Dose } from './dosage.js';

/** Body sites of a complaint or finding; one is written without brackets. */
export interface Placed {
  readonly at?: string | readonly string[];
  readonly side?: 'left' | 'right' | 'bilateral';
}

export interface Named {
  /** For a later `change` of the same thing. */
  readonly id?: string;
  readonly note?: string;
}

export interface ProblemEntry extends Placed, Named {
  readonly problem: string;
  readonly onset?: number;
  readonly ended?: number;
  readonly status?: 'active' | 'recurrence' | 'relapse' | 'inactive' | 'remission' | 'resolved';
  readonly certainty?: 'unconfirmed' | 'provisional' | 'differential' | 'confirmed' | 'refuted' | 'entered-in-error';
}

/** A pain score, 0 to 10. */
export interface PainEntry extends Placed, Named {
  readonly pain: number;
}

/** Findings that are there and findings that were looked for and are not; each becomes an Observation of its own. */
export interface FindingsEntry extends Placed {
  readonly findings: { readonly present?: readonly string[]; readonly absent?: readonly string[] };
}

/** Muscle or movement -> MRC 0 to 5. */
export interface StrengthEntry extends Pick<Placed, 'side'> {
  readonly strength: Readonly<Record<string, number>>;
}

/** A number of a score or measurement; `high` is the laboratory's or the form's own judgement. */
export interface MeasureEntry extends Named {
  readonly measure: string;
  readonly value: number;
  readonly high?: true;
}

/** A score whose answer is a concept, such as global change. */
export interface AnswerEntry extends Named {
  readonly answer: string;
  readonly value: string;
}

/** A finding that lasts, from the day on which it began. */
export interface LastingEntry extends Named {
  readonly lasting: string;
  readonly since: number;
}

/** A dose is recorded only where a source gives one. */
export interface DrugEntry extends Named, Dose {
  readonly drug: string;
  readonly status?: 'active' | 'completed' | 'stopped';
}

export interface OrderEntry extends Placed, Named {
  readonly order: string;
  readonly on?: number;
  readonly priority?: 'routine' | 'urgent' | 'stat';
  readonly status?: 'active' | 'completed' | 'revoked';
}

/** What was done, or is being done since its day. */
export interface ProcedureEntry extends Placed, Named {
  readonly procedure: string;
  readonly ended?: number;
  readonly status?: 'completed' | 'in-progress';
}

export interface ReportEntry extends Named {
  readonly report: string;
  readonly says?: string;
  readonly conclusion?: string;
}

export interface AppointmentEntry extends Named {
  readonly appointment: string;
  readonly on: number;
  readonly status?: 'booked' | 'fulfilled' | 'cancelled';
}

export interface AllergyEntry extends Named {
  readonly allergy: string;
}

export interface VaccineEntry extends Named {
  readonly vaccine: string;
}

export interface TaskEntry extends Named {
  readonly task: string;
  readonly status?: 'requested' | 'in-progress' | 'completed';
}

/** Role -> the day since which somebody has it. */
export interface TeamEntry extends Named {
  readonly team: Readonly<Record<string, number>>;
}

/** Answers to a Questionnaire of ours, by linkId. */
export interface FormEntry extends Named {
  readonly form: string;
  readonly answers: Readonly<Record<string, boolean | number | string>>;
}

/** By the key that says of what kind an entry is. */
export interface EntryOf {
  readonly problem: ProblemEntry;
  readonly pain: PainEntry;
  readonly findings: FindingsEntry;
  readonly strength: StrengthEntry;
  readonly measure: MeasureEntry;
  readonly answer: AnswerEntry;
  readonly lasting: LastingEntry;
  readonly drug: DrugEntry;
  readonly order: OrderEntry;
  readonly procedure: ProcedureEntry;
  readonly report: ReportEntry;
  readonly appointment: AppointmentEntry;
  readonly allergy: AllergyEntry;
  readonly vaccine: VaccineEntry;
  readonly task: TaskEntry;
  readonly team: TeamEntry;
  readonly form: FormEntry;
}

export type EntryKind = keyof EntryOf;

const KEY = { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' };
const DAY = { type: 'integer', minimum: -20_000, maximum: 1_000 };
const PLACE = {
  at: { anyOf: [KEY, { type: 'array', items: KEY, minItems: 1 }] },
  side: { enum: ['left', 'right', 'bilateral'] },
};
const NAME = { id: { ...KEY, maxLength: 30 }, note: { type: 'string', minLength: 1 } };
const KEYS = { type: 'array', items: KEY, minItems: 1 };

/** By the key that says of what kind an entry is: what it holds, its other keys, and which of them it must have. */
const KINDS = {
  problem: {
    properties: {
      ...PLACE,
      ...NAME,
      onset: DAY,
      ended: DAY,
      status: { enum: ['active', 'recurrence', 'relapse', 'inactive', 'remission', 'resolved'] },
      certainty: { enum: ['unconfirmed', 'provisional', 'differential', 'confirmed', 'refuted', 'entered-in-error'] },
    },
  },
  pain: { itself: { type: 'integer', minimum: 0, maximum: 10 }, properties: { ...PLACE, ...NAME } },
  findings: {
    itself: {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: { present: KEYS, absent: KEYS },
    },
    properties: PLACE,
  },
  strength: {
    itself: { type: 'object', minProperties: 1, additionalProperties: { type: 'integer', minimum: 0, maximum: 5 } },
    properties: { side: PLACE.side },
    required: ['side'],
  },
  measure: { properties: { ...NAME, value: { type: 'number' }, high: { const: true } }, required: ['value'] },
  answer: { properties: { ...NAME, value: KEY }, required: ['value'] },
  lasting: { properties: { ...NAME, since: DAY }, required: ['since'] },
  drug: {
    properties: {
      ...NAME,
      mg: { type: 'number', exclusiveMinimum: 0 },
      times: { type: 'integer', minimum: 1, maximum: 8 },
      days: { type: 'integer', minimum: 1 },
      status: { enum: ['active', 'completed', 'stopped'] },
    },
    dependencies: { mg: ['times'], times: ['mg'], days: ['mg'] },
  },
  order: {
    properties: {
      ...PLACE,
      ...NAME,
      on: DAY,
      priority: { enum: ['routine', 'urgent', 'stat'] },
      status: { enum: ['active', 'completed', 'revoked'] },
    },
  },
  procedure: { properties: { ...PLACE, ...NAME, ended: DAY, status: { enum: ['completed', 'in-progress'] } } },
  report: { properties: { ...NAME, says: KEY, conclusion: { type: 'string', minLength: 1 } } },
  appointment: {
    properties: { ...NAME, on: DAY, status: { enum: ['booked', 'fulfilled', 'cancelled'] } },
    required: ['on'],
  },
  allergy: { properties: NAME },
  vaccine: { properties: NAME },
  task: { properties: { ...NAME, status: { enum: ['requested', 'in-progress', 'completed'] } } },
  team: { itself: { type: 'object', minProperties: 1, additionalProperties: DAY }, properties: NAME },
  form: {
    properties: {
      ...NAME,
      answers: {
        type: 'object',
        minProperties: 1,
        additionalProperties: { type: ['boolean', 'integer', 'string'] },
      },
    },
    required: ['answers'],
  },
} as const satisfies Readonly<Record<EntryKind, object>>;

export const ENTRY_KINDS = Object.keys(KINDS) as readonly EntryKind[];

interface KindSchema {
  readonly itself?: object;
  readonly properties: object;
  readonly required?: readonly string[];
  /** Keys that come together only. */
  readonly dependencies?: object;
}

/** JSON Schema of an entry of one kind. */
export function entrySchema(kind: EntryKind): object {
  const { itself = KEY, properties, required = [], dependencies = {} }: KindSchema = KINDS[kind];
  return {
    type: 'object',
    additionalProperties: false,
    required: [kind, ...required],
    properties: { [kind]: itself, ...properties },
    dependencies,
  };
}
