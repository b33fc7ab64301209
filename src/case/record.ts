/**
 * Resources of the patient's record -> entries, newest first.
 * Each record counts once; what is void, unusable or said already is left out with a note, and a type of which something could not be read is incomplete.
 */
import type { FhirResource } from 'fhir/r4.js';
import { ServiceError } from '../errors.js';
import type { Entry } from './case.js';
import { takeDutchProblems, type DutchGpTools, type Problem } from './dutch-gp.js';
import { readEntry, type Exclusion, type ReadingTools } from './entries.js';
import { COMPLAINT_CONCEPTS } from './episodes.js';
import { readAnswers, type FormTools } from './forms.js';
import type { Notes } from './notes.js';

export interface RecordTools extends ReadingTools, DutchGpTools, Omit<FormTools, 'count'> {
  readonly notes: Notes;
}

export interface PatientRecord {
  readonly entries: readonly Entry[];
  /** Resource types of which something was sent that says we do not know what. */
  readonly unread: ReadonlySet<string>;
}

const NOT_ENTRIES = ['Patient', 'Medication', 'OperationOutcome', 'Bundle'];

/** What is left out for these reasons may be true of the patient: that a type holds nothing else is then not known. */
const UNKNOWN_CONTENT: readonly Exclusion[] = [
  'no patient',
  'no status',
  'text without a code',
  'unknown modifier extension',
  'journal line of an earlier complaint',
  'answer of another kind than its question',
  'answer for one of several places',
  'answer with a reason why there is none',
];

/** Ours: three times what all our searches bring at their page size; each costs a pass of many facts. */
const MOST_RECORDS = 5000;

/** Throws 400 when there are more resources and answers of forms than can be judged at once. */
function requireFew(records: number): void {
  if (records <= MOST_RECORDS) return;
  const detail = `It holds more than ${MOST_RECORDS} resources and answers of forms. Send what was recorded lately.`;
  throw new ServiceError('too-costly', { detail });
}

/** Reads the record. Throws 400 when it is more than can be judged at once. */
export function readRecord(resources: readonly FhirResource[], tools: RecordTools): PatientRecord {
  const entries: Entry[] = [];
  const unread = new Set<string>();
  const seen = new Set<string>();
  requireFew(resources.length);
  const { others, problems } = takeDutchProblems(resources, tools);
  let read = others.length + problems.length;
  const count = (answers: number): void => requireFew((read += answers));
  const leaveOut = (where: string, type: string, reason: Exclusion): void => {
    tools.notes.leaveOut(where, reason);
    if (UNKNOWN_CONTENT.includes(reason)) unread.add(type);
  };
  for (const resource of others) {
    if (NOT_ENTRIES.includes(resource.resourceType)) continue;
    const entry = readEntry(resource, tools);
    if (typeof entry === 'string') {
      leaveOut(resource.resourceType, resource.resourceType, entry);
      continue;
    }
    // One resource can come by two prefetch keys; it is one record.
    if (resource.id !== undefined && seen.has(entry.reference)) continue;
    seen.add(entry.reference);
    entries.push(entry);
    if (entry.type !== 'QuestionnaireResponse') continue;
    for (const answer of answerEntries(entry, { ...tools, count })) {
      if (typeof answer === 'string') leaveOut(entry.type, entry.type, answer);
      else entries.push(answer);
    }
  }
  const listed = new Set(entries.filter(isPresentProblem).flatMap(({ concepts }) => concepts));
  for (const problem of problems) {
    const sentAs = typeIn(problem.reference);
    const entry = readProblem(problem, listed, tools);
    if (typeof entry === 'string') {
      leaveOut(sentAs, 'Condition', entry);
      continue;
    }
    entries.push(entry);
    tools.notes.tolerate(sentAs, 'read as a Condition of unknown onset');
    if (isPresentProblem(entry)) for (const concept of entry.concepts) listed.add(concept);
  }
  return { entries: entries.sort(newestFirst), unread };
}

/** The resource type of a `Type/id`: what was sent, whatever it was read as. */
export const typeIn = (reference: string): string => reference.split('/')[0] ?? '';

/** The answers of a form, each as the Observation that it says; the evidence stays the form. */
function answerEntries(response: Entry, tools: RecordTools & FormTools): readonly (Entry | Exclusion)[] {
  return readAnswers(response, tools).map((said) => {
    if (typeof said === 'string') return said;
    const entry = readEntry(said.observation, tools);
    if (typeof entry === 'string') return entry;
    const concepts = said.concept === undefined ? entry.concepts : [said.concept];
    return { ...entry, concepts, reference: response.reference, form: response };
  });
}

const isPresentProblem = ({ type, state }: Entry): boolean => type === 'Condition' && state === 'active';

/** What the problem list says already is not said again, and an old line of a complaint may as well be of the present one as of another. */
function readProblem(problem: Problem, listed: ReadonlySet<string>, tools: RecordTools): Entry | Exclusion {
  const entry = readEntry(problem.resource, tools);
  if (typeof entry === 'string') return entry;
  if (entry.concepts.every((concept) => listed.has(concept))) return 'problem that is listed already';
  const isComplaint = entry.concepts.some((concept) => COMPLAINT_CONCEPTS.includes(concept));
  if (problem.from === 'line' && entry.state === 'past' && isComplaint) return 'journal line of an earlier complaint';
  return { ...entry, reference: problem.reference };
}

/** Newest first; records of one day by time, then by reference, so that the order of a Bundle has no influence. */
function newestFirst(one: Entry, other: Entry): number {
  const days = (other.date?.first ?? -Infinity) - (one.date?.first ?? -Infinity);
  if (days !== 0 && !Number.isNaN(days)) return days;
  const times = (other.date?.at ?? 0) - (one.date?.at ?? 0);
  if (times !== 0) return times;
  return one.reference < other.reference ? -1 : one.reference > other.reference ? 1 : 0;
}
