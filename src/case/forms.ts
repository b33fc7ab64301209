/**
 * Answers of a QuestionnaireResponse -> the Observations that they say, so that nothing medical is defined twice.
 * A question of a form of ours says itself what its answer records and where; of any other form, a yes or no to an item whose linkId is a
 * concept of ours is that finding. What the answer is worth is judged where Observations are; nothing is coerced here.
 */
import type { FhirResource } from 'fhir/r4.js';
import { CANONICAL_BASE, type CodeSets } from '../fhir/code-sets.js';
import { conceptsOf, isObject, listOf } from '../fhir/references.js';
import type { Entry } from './case.js';
import { isModified, type Exclusion } from './entries.js';

type Raw = Readonly<Record<string, unknown>>;

const FINDING = `${CANONICAL_BASE}/CodeSystem/finding`;

/** A question of a form: what of the Observation that an answer makes is known beforehand. */
export interface Question {
  /** Coding of what is asked. */
  readonly code: Raw;
  readonly answer: 'valueBoolean' | 'valueInteger';
  /** Codings of the place and side of every answer. */
  readonly bodySite: readonly Raw[];
  /** Link ids of the items in which the place or the side is asked. */
  readonly placedBy: readonly string[];
}

/** A Questionnaire of ours, as it is read. */
export interface Form {
  /** By link id. */
  readonly questions: ReadonlyMap<string, Question>;
}

/** By id of the Questionnaire. */
export type Forms = ReadonlyMap<string, Form>;

export interface FormTools {
  readonly forms: Forms;
  readonly codeSets: CodeSets;
  /** Told of the answers of a response before they are read; may throw. */
  readonly count: (answers: number) => void;
}

/** What one answer says. */
export interface Said {
  readonly observation: FhirResource;
  /** All that it stands for, where no form of ours says more: that a foot does not drop is not that nothing is weak. */
  readonly concept?: string;
}

/** Reads the answers of a response that is in the case; a reason stands in the place of one that cannot be used. */
export function readAnswers(response: Entry, { forms, codeSets, count }: FormTools): readonly (Said | Exclusion)[] {
  const raw = response.resource as unknown as Raw;
  const form = formOf(raw, forms);
  const answers = answersOf(raw);
  count(answers.length);
  const placed = placeFinder(answers, codeSets);
  const head = headOf(response, raw);
  return answers.flatMap((answer): readonly (Said | Exclusion)[] => {
    const question = form?.questions.get(answer.linkId);
    if (question) return [ofQuestion(answer, question, placed(question), head)];
    // Most items of other forms are about something else, and one below an answer may be about somebody else: that ends no alarm.
    const value = answer.given['valueBoolean'];
    const isFinding = typeof value === 'boolean' && codeSets.has(answer.linkId) && (value || !answer.isBelowAnswer);
    return isFinding ? [ofFinding(answer, head)] : [];
  });
}

/** The form that a response answers: known by the last part of its canonical, since an EHR keeps a Questionnaire under its own address. */
function formOf({ questionnaire }: Raw, forms: Forms): Form | undefined {
  if (typeof questionnaire !== 'string') return undefined;
  const bar = questionnaire.indexOf('|');
  const canonical = bar < 0 ? questionnaire : questionnaire.slice(0, bar);
  return forms.get(canonical.slice(canonical.lastIndexOf('/') + 1));
}

/** The status of an Observation made of a response; one in progress may raise an alarm, but ends none. */
const OBSERVED: Readonly<Record<string, string>> = {
  completed: 'final',
  amended: 'amended',
  'in-progress': 'preliminary',
};

/** What all answers of a response have in common. */
function headOf({ date }: Entry, { status, subject, encounter, authored }: Raw): Raw {
  return {
    resourceType: 'Observation',
    status: OBSERVED[String(status)],
    subject,
    ...(encounter !== undefined && { encounter }),
    ...(date && { effectiveDateTime: authored }),
  };
}

function ofFinding({ linkId: concept, given, modifierExtension }: Answer, head: Raw): Said | Exclusion {
  if (isDoubtful(given)) return 'answer with a reason why there is none';
  const { valueBoolean } = given;
  const code = { coding: [{ system: FINDING, code: concept }] };
  return { concept, observation: asResource({ ...head, code, valueBoolean, modifierExtension }) };
}

function ofQuestion(answer: Answer, question: Question, where: Place, head: Raw): Said | Exclusion {
  const { given, modifierExtension } = answer;
  const value = given[question.answer];
  if (typeof value !== (question.answer === 'valueBoolean' ? 'boolean' : 'number'))
    return 'answer of another kind than its question';
  if (isDoubtful(given)) return 'answer with a reason why there is none';
  if (where.isAmbiguous) return 'answer for one of several places';
  return {
    observation: asResource({
      ...head,
      code: { coding: [question.code] },
      ...(where.codings.length > 0 && { bodySite: { coding: where.codings } }),
      [question.answer]: value,
      modifierExtension: modifierExtension ?? where.modifierExtension,
    }),
  };
}

/** Says something other than yes and takes it back: by a reason why there is no answer, or by another value beside it. */
function isDoubtful(given: Raw): boolean {
  if (given['valueBoolean'] === true) return false;
  const values = Object.keys(given).filter((name) => /^value[A-Z]/.test(name));
  const extended = [given, ...values.map((name) => given[`_${name}`])].filter(isObject);
  return values.length > 1 || extended.some(({ extension }) => listOf(extension).some(({ url }) => url === NO_DATA));
}

const NO_DATA = 'http://hl7.org/fhir/StructureDefinition/data-absent-reason';

interface Answer {
  /** Which item of the response it stands in. */
  readonly item: number;
  readonly linkId: string;
  readonly given: Raw;
  /** What changes its meaning: its own, or of an item that it stands below. */
  readonly modifierExtension: unknown;
  /** Asked because of another answer. */
  readonly isBelowAnswer: boolean;
}

/** Every answer at any depth. An item that is answered twice says both, as two Observations would. */
function answersOf(response: Raw): readonly Answer[] {
  const answers: Answer[] = [];
  const open: { readonly item: Raw; readonly isBelowAnswer: boolean }[] = [];
  // One by one: as arguments of one call, as many items as a request can hold overflow the stack.
  const openBelow = (parent: Raw, isBelowAnswer: boolean): void => {
    for (const item of listOf(parent['item'])) open.push({ item: inherit(item, parent), isBelowAnswer });
  };
  openBelow({ item: response['item'] }, false);
  // Grows while it is walked, so that no form is too deep.
  for (const [place, { item, isBelowAnswer }] of open.entries()) {
    const { linkId } = item;
    for (const one of listOf(item['answer'])) {
      const given = inherit(one, item);
      const { modifierExtension } = given;
      if (typeof linkId === 'string') answers.push({ item: place, linkId, given, modifierExtension, isBelowAnswer });
      openBelow(given, true);
    }
    openBelow(item, isBelowAnswer);
  }
  return answers;
}

/** What modifies an item is said of all that stands below it. */
function inherit(child: Raw, parent: Raw): Raw {
  return isModified(parent) ? { ...child, modifierExtension: parent['modifierExtension'] } : child;
}

interface Place {
  readonly codings: readonly Raw[];
  /** Asked in more than one item: nobody can tell which is meant. */
  readonly isAmbiguous: boolean;
  readonly modifierExtension?: unknown;
}

/** Finds the place and side of the answers to a question, the same for all of them. */
function placeFinder(answers: readonly Answer[], codeSets: CodeSets): (question: Question) => Place {
  const byItem = new Map<string, Answer[]>();
  for (const answer of answers) {
    const list = byItem.get(answer.linkId);
    if (list) list.push(answer);
    else byItem.set(answer.linkId, [answer]);
  }
  const known = new Map<Question, Place>();
  return (question) => {
    const found = known.get(question) ?? placeOf(question, byItem, codeSets);
    known.set(question, found);
    return found;
  };
}

/** Each concept once, so that no number of answers makes the places of every other answer longer. */
function placeOf(question: Question, byItem: ReadonlyMap<string, readonly Answer[]>, codeSets: CodeSets): Place {
  const asked = question.placedBy.flatMap((linkId) => byItem.get(linkId) ?? []);
  const codings = new Map<string, Raw>();
  for (const { given } of asked) {
    const { valueCoding: coding } = given;
    if (isObject(coding)) for (const concept of conceptsOf({ coding }, codeSets)) codings.set(concept, coding);
  }
  const modified = asked.find(({ modifierExtension }) => modifierExtension !== undefined);
  const items = new Set(asked.map(({ item }) => item));
  return {
    codings: [...question.bodySite, ...new Set(codings.values())],
    isAmbiguous: items.size > new Set(asked.map(({ linkId }) => linkId)).size,
    ...(modified && { modifierExtension: modified.modifierExtension }),
  };
}

const asResource = (raw: Raw): FhirResource => raw as unknown as FhirResource;
