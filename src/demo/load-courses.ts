/**
 * The patients of the sandbox page: `fhir-profiles/sandbox/courses/*.yaml` enter, each a record that grows by days; their courses as FHIR leave.
 * Day `opens` of a course is the day of the start. Runs at start-up only. Throws KnowledgeError with file, line and cure.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import type { FhirResource, Patient, Questionnaire } from 'fhir/r4.js';
import type { Jurisdiction } from '../cds-hooks/request.js';
import type { DraftTexts } from '../draft-texts.js';
import { TEXT_SCHEMA, type Text } from '../text.js';
import { KnowledgeError, parseYaml, schemaError, type YamlFile } from '../yaml-file.js';
import { ENTRY_KINDS, entrySchema, type EntryKind, type EntryOf } from './course-entry.js';
import { writeEntry } from './course-writer.js';
import { resolveTokens, type TokenOptions } from './date-tokens.js';
import type { Course, CourseEntry } from './sandbox-data.js';
import { conceptFinder, type WrittenConcepts } from './written-concepts.js';
import type { WriterTools } from './written-elements.js';

/** A course before anybody changed anything in it. */
export type SeededCourse = Omit<Course, 'changes'>;

export interface CourseTools extends TokenOptions {
  readonly concepts: WrittenConcepts;
  readonly questionnaires: readonly Questionnaire[];
  readonly drafts: DraftTexts;
  /** `Practitioner/id` of the GP. */
  readonly practitioner: string;
}

interface CourseFile {
  /** Among the patients, from 1. */
  readonly place: number;
  readonly title: Text;
  readonly story: Text;
  readonly jurisdiction: Jurisdiction;
  readonly patient: { readonly gender: NonNullable<Patient['gender']>; readonly age: number };
  readonly opens: number;
  readonly first: number;
  readonly last: number;
  readonly days?: Readonly<Record<string, readonly Raw[]>>;
}

type Raw = Readonly<Record<string, unknown>>;

const ajv = new Ajv({ allowUnionTypes: true });
const DAY = { type: 'integer', minimum: -1000, maximum: 1000 };
const validCourse = ajv.compile<CourseFile>({
  type: 'object',
  additionalProperties: false,
  required: ['place', 'title', 'story', 'jurisdiction', 'patient', 'opens', 'first', 'last'],
  properties: {
    place: { type: 'integer', minimum: 1 },
    title: TEXT_SCHEMA,
    story: TEXT_SCHEMA,
    jurisdiction: { enum: ['NL', 'BE'] },
    patient: {
      type: 'object',
      additionalProperties: false,
      required: ['gender', 'age'],
      properties: { gender: { enum: ['male', 'female'] }, age: { type: 'integer', minimum: 0, maximum: 110 } },
    },
    opens: DAY,
    first: DAY,
    last: DAY,
    days: {
      type: 'object',
      propertyNames: { pattern: '^(0|-?[1-9]\\d*)$' },
      additionalProperties: { type: 'array', minItems: 1, items: { type: 'object' } },
    },
  },
});
const validEntry = new Map(ENTRY_KINDS.map((kind) => [kind, ajv.compile(entrySchema(kind))]));

/** Reads every course below `profilesDir` (fhir-profiles), in the order of their places. */
export function loadCourses(profilesDir: string, tools: CourseTools): readonly SeededCourse[] {
  const dir = join(profilesDir, 'sandbox/courses');
  const names = readdirSync(dir).filter((name) => name.endsWith('.yaml'));
  const files = names.map((name) =>
    parseYaml(`fhir-profiles/sandbox/courses/${name}`, readFileSync(join(dir, name), 'utf8')),
  );
  const placeOf = ({ value }: YamlFile): number => Number((value as Partial<CourseFile> | null)?.place);
  return files.sort((one, other) => placeOf(one) - placeOf(other)).map((file) => loadCourse(file, tools));
}

/** Reads one course; its id is the name of the file. */
export function loadCourse(file: YamlFile, tools: CourseTools): SeededCourse {
  if (!validCourse(file.value)) throw schemaError(file, validCourse.errors, GUIDE);
  const { title, story, jurisdiction, patient, opens, first, last, days = {} } = file.value;
  if (first > opens || opens > last)
    throw new KnowledgeError(
      file.at(['opens']),
      'opens is not between first and last; choose a day that the slider has',
    );
  const id = file.name.replace(/^.*\/|\.yaml$/g, '');
  const draft = (text: Text, key: string): Text => tools.drafts.complete(text, () => file.at([key]));
  const token = (day: number): string => (day === opens ? '' : day > opens ? `+${day - opens}` : String(day - opens));
  const patientId = `sb-${id}`;
  const writer: Omit<WriterTools, 'concept' | 'questionnaire'> = {
    dateOf: (day) => `{{T${token(day)}}}`,
    timeOf: (day, time = '09:00') => `{{T${token(day)}@${time}}}`,
    patient: `Patient/${patientId}`,
    practitioner: tools.practitioner,
  };
  const course: SeededCourse = {
    id,
    patientId,
    title: draft(title, 'title'),
    story: draft(story, 'story'),
    jurisdiction,
    start: writer.dateOf(0),
    opens,
    first,
    last,
    entries: [
      { day: Math.min(first, ...Object.keys(days).map(Number)), resource: patientOf(patientId, id, patient, tools) },
      ...writeDays(file, days, { ...tools, ...writer, patientId }),
    ],
  };
  return resolveTokens(course, tools);
}

const GUIDE = 'fhir-profiles/README.md';

function patientOf(id: string, name: string, { gender, age }: CourseFile['patient'], tools: CourseTools): Patient {
  return {
    resourceType: 'Patient',
    id,
    active: true,
    name: [{ use: 'official', text: `Example ${name}`, family: name, given: ['Example'] }],
    gender,
    // Between two birthdays, so that the age is the same on every day that the slider has.
    birthDate: `{{T-${age}y-170}}`,
    generalPractitioner: [{ reference: tools.practitioner }],
  };
}

/** What was written under a name, so that a later entry can change it. */
interface Written {
  readonly kind: EntryKind;
  readonly entry: Raw;
  readonly day: number;
}

type DayTools = CourseTools & Omit<WriterTools, 'concept' | 'questionnaire'> & { readonly patientId: string };

function writeDays(
  file: YamlFile,
  days: Readonly<Record<string, readonly Raw[]>>,
  tools: DayTools,
): readonly CourseEntry[] {
  const written = new Map<string, Written>();
  const sorted = Object.keys(days).sort((one, other) => Number(one) - Number(other));
  return sorted.flatMap((key) => {
    const day = Number(key);
    let number = 0;
    return (days[key] ?? []).flatMap((raw, index) => {
      const path = ['days', day, index];
      const { kind, entry, day: since } = readEntry(file, path, raw, day, written);
      const place = (): string => file.at(path);
      const concept = conceptFinder(tools.concepts, (sentence) => new KnowledgeError(place(), sentence));
      const questionnaire = (id: string): Questionnaire => findForm(id, tools.questionnaires);
      const resources = atPlace(place, () =>
        writeEntry(kind, entry as unknown as EntryOf[typeof kind], since, { ...tools, concept, questionnaire }),
      );
      return resources.map((resource): CourseEntry => {
        number += 1;
        const name = typeof entry['id'] === 'string' ? entry['id'] : `d${day}-${number}`;
        return { day, resource: withId(resource, `${tools.patientId}-${name}`) };
      });
    });
  });
}

/** The entry in full: one that changes an earlier one says only what is different, and keeps its day. */
function readEntry(
  file: YamlFile,
  path: readonly (string | number)[],
  raw: Raw,
  today: number,
  written: Map<string, Written>,
): Written {
  const { change, ...said } = raw;
  const earlier = typeof change === 'string' ? written.get(change) : undefined;
  if ('change' in raw && !earlier)
    throw new KnowledgeError(
      file.at(path),
      'change names nothing of this course that came before; write the id of an earlier entry',
    );
  const kind = earlier?.kind ?? ENTRY_KINDS.find((one) => one in raw);
  if (kind === undefined)
    throw new KnowledgeError(file.at(path), `an entry says one of ${ENTRY_KINDS.join(', ')}, or change`);
  const entry: Raw = { ...earlier?.entry, ...said };
  const isValid = validEntry.get(kind);
  if (isValid && !isValid(entry))
    throw schemaError({ ...file, at: (within) => file.at([...path, ...within]) }, isValid.errors, GUIDE);
  const read = { kind, entry, day: earlier?.day ?? today };
  if (typeof entry['id'] === 'string') {
    if (!earlier && written.has(entry['id']))
      throw new KnowledgeError(file.at(path), `${entry['id']} is there already; write "change: ${entry['id']}"`);
    written.set(entry['id'], read);
  }
  return read;
}

function withId(resource: FhirResource, id: string): FhirResource {
  const { resourceType, ...elements } = resource;
  return { resourceType, ...elements, id } as FhirResource;
}

function findForm(id: string, forms: readonly Questionnaire[]): Questionnaire {
  const form = forms.find((one) => one.id === id);
  if (!form) throw new Error(`there is no Questionnaire ${id}; take one of fhir-profiles/questionnaires`);
  return form;
}

/** A form that there is not, or an answer that fits no question, is a mistake of the file. A line is looked up only when it is told: that takes a slow parser. */
function atPlace<T>(place: () => string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    if (error instanceof KnowledgeError || !(error instanceof Error)) throw error;
    throw new KnowledgeError(place(), error.message);
  }
}
