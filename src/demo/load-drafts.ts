/**
 * What can be drafted or recorded on the sandbox page: `fhir-profiles/sandbox/drafts.yaml` enters, resources to fill in leave, without patient and day.
 * Runs at start-up only. Throws KnowledgeError with file, line and cure.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { CodeableConcept, Dosage, FhirResource } from 'fhir/r4.js';
import { HOOKS, type Hook } from '../cds-hooks/request.js';
import type { DraftTexts } from '../draft-texts.js';
import { TEXT_SCHEMA, type Text } from '../text.js';
import { elementOf } from '../translations.js';
import { KnowledgeError, parseYaml, schemaError, type YamlFile } from '../yaml-file.js';
import { entrySchema, type EntryKind, type EntryOf } from './course-entry.js';
import { writeEntry } from './course-writer.js';
import type { Draft, DraftField } from './sandbox-data.js';
import { conceptFinder, conceptOf, type WrittenConcept, type WrittenConcepts } from './written-concepts.js';

export interface Drafts {
  /** Orders and appointments. */
  readonly drafts: readonly Draft[];
  /** Pain scores to record. */
  readonly scores: readonly Draft[];
}

export interface DraftTools {
  readonly concepts: WrittenConcepts;
  readonly drafts: DraftTexts;
  /** `Practitioner/id` of the GP. */
  readonly practitioner: string;
}

type OptionFile = { readonly concept: string } | { readonly text: Text };

interface FieldFile extends Omit<DraftField, 'input'> {
  readonly input:
    | Exclude<DraftField['input'], { readonly kind: 'choice' }>
    | { readonly kind: 'choice'; readonly options: readonly OptionFile[] };
}

interface DraftFile {
  readonly id: string;
  readonly text: Text;
  readonly hooks?: readonly Hook[];
  readonly entry: Partial<EntryOf[keyof EntryOf]>;
  readonly reason?: string;
  readonly fields: readonly FieldFile[];
}

/** The kinds of entries that can be drafted. */
const DRAFTED = ['drug', 'order', 'appointment', 'pain'] as const satisfies readonly EntryKind[];

const ID = { type: 'string', pattern: '^[a-z]+(-[a-z]+)*$' };
const NUMBERS = { min: { type: 'number' }, max: { type: 'number' }, step: { type: 'number', exclusiveMinimum: 0 } };
const OPTION = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: { concept: { type: 'string' }, text: TEXT_SCHEMA },
};
const INPUT = {
  type: 'object',
  required: ['kind'],
  discriminator: { propertyName: 'kind' },
  oneOf: [
    {
      required: ['min', 'max', 'step'],
      additionalProperties: false,
      properties: { kind: { const: 'number' }, ...NUMBERS, unit: { type: 'string' } },
    },
    { additionalProperties: false, properties: { kind: { const: 'day' } } },
    {
      required: ['options'],
      additionalProperties: false,
      properties: { kind: { const: 'choice' }, options: { type: 'array', minItems: 2, items: OPTION } },
    },
  ],
};
const FIELD = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'text', 'path', 'input'],
  properties: {
    id: ID,
    text: TEXT_SCHEMA,
    path: { type: 'string', pattern: '^[A-Za-z]+(\\.([A-Za-z]+|\\d+))*$' },
    input: INPUT,
    value: { type: 'number' },
  },
};
const DRAFT = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'text', 'entry', 'fields'],
  properties: {
    id: ID,
    text: TEXT_SCHEMA,
    hooks: { type: 'array', items: { enum: HOOKS }, minItems: 1, uniqueItems: true },
    entry: { type: 'object' },
    reason: { type: 'string' },
    fields: { type: 'array', items: FIELD },
  },
};
const ajv = new Ajv({ discriminator: true });
const DRAFTS = { type: 'array', items: DRAFT };
const validFile = ajv.compile<{ readonly drafts: readonly DraftFile[]; readonly scores: readonly DraftFile[] }>({
  type: 'object',
  additionalProperties: false,
  required: ['drafts', 'scores'],
  properties: { drafts: DRAFTS, scores: DRAFTS },
});
const validEntry = new Map(DRAFTED.map((kind) => [kind, ajv.compile(entrySchema(kind))]));

const GUIDE = 'fhir-profiles/README.md';

/** Reads the drafts below `profilesDir` (fhir-profiles). */
export function loadDrafts(profilesDir: string, tools: DraftTools): Drafts {
  const text = readFileSync(join(profilesDir, 'sandbox/drafts.yaml'), 'utf8');
  const file = parseYaml('fhir-profiles/sandbox/drafts.yaml', text);
  if (!validFile(file.value)) throw schemaError(file, validFile.errors, GUIDE);
  const { drafts, scores } = file.value;
  return {
    drafts: drafts.map((draft, index) => readDraft(draft, file, ['drafts', index], tools)),
    scores: scores.map((score, index) => readDraft(score, file, ['scores', index], tools)),
  };
}

type Path = readonly (string | number)[];

function readDraft(
  draft: DraftFile,
  file: YamlFile,
  path: Path,
  { concepts, drafts, practitioner }: DraftTools,
): Draft {
  const { id, text, hooks = [], entry, reason, fields } = draft;
  const place = (): string => file.at(path);
  const concept = conceptFinder(concepts, (sentence) => new KnowledgeError(place(), sentence));
  const kind = DRAFTED.find((one) => one in entry);
  if (!kind) throw new KnowledgeError(place(), `a draft is one of ${DRAFTED.join(', ')}`);
  const isValid = validEntry.get(kind);
  if (isValid && !isValid(entry))
    throw schemaError({ ...file, at: (within) => file.at([...path, 'entry', ...within]) }, isValid.errors, GUIDE);
  const [written] = writeEntry(kind, entry as EntryOf[typeof kind], 0, {
    concept,
    // The page knows the day and the patient; what these say is left out again.
    dateOf: String,
    timeOf: String,
    patient: '',
    questionnaire: (form) => {
      throw new KnowledgeError(place(), `${form} cannot be drafted`);
    },
    practitioner,
  });
  const reasonCode = reason === undefined ? {} : { reasonCode: [conceptOf(concept(reason, 'diagnosis'))] };
  const complete = (one: Text): Text => drafts.complete(one, place);
  return {
    id,
    text: complete(text),
    hooks,
    resource: { ...(written && bare(written)), ...reasonCode },
    fields: fields.map((field): DraftField => {
      const input = withValues(field.input, (key) => concept(key, 'procedure'), complete);
      return { ...field, text: complete(field.text), input };
    }),
  };
}

const NOT_YET_KNOWN = ['subject', 'participant', 'authoredOn', 'created', 'effectiveDateTime', 'start', 'end'];
const STATUSES: Readonly<Record<string, string>> = {
  MedicationRequest: 'draft',
  ServiceRequest: 'draft',
  Appointment: 'proposed',
};

/** The resource as a draft: not ordered yet, of no patient and no day, and without the words and the score that a choice would belie. */
function bare(resource: FhirResource): Readonly<Record<string, unknown>> {
  const kept = Object.entries(resource).filter(([name]) => ![...NOT_YET_KNOWN, 'valueInteger'].includes(name));
  const { dosageInstruction, ...elements } = Object.fromEntries(kept) as { readonly dosageInstruction?: Dosage[] };
  return {
    ...elements,
    ...(dosageInstruction && {
      dosageInstruction: dosageInstruction.map(({ sequence, timing, doseAndRate }) => ({
        sequence,
        timing,
        doseAndRate,
      })),
    }),
    status: STATUSES[resource.resourceType] ?? 'final',
  };
}

/** A chosen concept is written as a list of it: every element that a choice fills repeats. */
function withValues(
  input: FieldFile['input'],
  concept: (key: string) => WrittenConcept,
  complete: (text: Text) => Text,
): DraftField['input'] {
  if (input.kind !== 'choice') return input;
  const options = input.options.map((option) => {
    if ('concept' in option) {
      const found = concept(option.concept);
      return { text: found.title, value: [conceptOf(found)] };
    }
    const text = complete(option.text);
    const value: CodeableConcept[] = [elementOf('text', text)];
    return { text, value };
  });
  return { kind: 'choice', options };
}
