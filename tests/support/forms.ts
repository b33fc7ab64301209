/**
 * A story told on forms: every Observation that a question of ours can express becomes an answer, and all of one date, contact, place and
 * side go on one completed QuestionnaireResponse. What no question asks stays an Observation.
 */
import type { Observation, Questionnaire, QuestionnaireItem, QuestionnaireResponse } from 'fhir/r4.js';
import type { QuestionnaireResponseItem, QuestionnaireResponseItemAnswer } from 'fhir/r4.js';
import type { Question } from '../../src/case/forms.js';
import { conceptsOf, listOf } from '../../src/fhir/references.js';
import { CODE_SETS, FORMS } from './records.js';

const conceptsIn = (...coding: readonly unknown[]): readonly string[] => conceptsOf({ coding }, CODE_SETS);
const codings = (concept: unknown): readonly unknown[] => listOf(concept).flatMap((one) => listOf(one['coding']));
const same = (one: readonly string[], other: readonly string[]): boolean =>
  [...one].sort().join() === [...other].sort().join();

/** Answers of one form, by link id. */
type Answers = Readonly<Record<string, QuestionnaireResponseItemAnswer>>;

export interface Told {
  readonly questionnaire: Questionnaire;
  readonly linkId: string;
  /** Where it is, as the form asks it. */
  readonly place: Answers;
  readonly answer: QuestionnaireResponseItemAnswer;
}

/** The answer that says what an Observation says; undefined when no form asks it at that place. */
export function tell(observation: Observation): Told | undefined {
  const asked = [...FORMS.values()].flatMap(({ resource, questions }) =>
    [...questions].map(([linkId, question]) => ({ questionnaire: resource, linkId, question })),
  );
  for (const { questionnaire, linkId, question } of asked) {
    if (!same(conceptsIn(...codings(observation.code)), conceptsIn(question.code))) continue;
    const value = observation[question.answer];
    const place = placeAnswers(observation, question, questionnaire);
    if (value === undefined || place === undefined || observation.status !== 'final') continue;
    return { questionnaire, linkId, place, answer: { [question.answer]: value } };
  }
  return undefined;
}

/** What the items for place and side are answered, so that with what the question fixes nothing is missing and nothing too much. */
function placeAnswers(
  { bodySite }: Observation,
  question: Question,
  questionnaire: Questionnaire,
): Answers | undefined {
  const own = conceptsIn(...question.bodySite);
  const recorded = conceptsIn(...codings(bodySite));
  if (own.some((concept) => !recorded.includes(concept))) return undefined;
  const items = itemsOf(questionnaire.item).filter(({ linkId }) => question.placedBy.includes(linkId));
  const open = new Set(recorded.filter((concept) => !own.includes(concept)));
  const answers: Record<string, QuestionnaireResponseItemAnswer> = {};
  for (const { linkId, answerOption = [] } of items) {
    const chosen = answerOption.find(({ valueCoding }) => conceptsIn(valueCoding).some((one) => open.delete(one)));
    if (chosen) answers[linkId] = { valueCoding: chosen.valueCoding };
  }
  return open.size === 0 ? answers : undefined;
}

const itemsOf = (items: readonly QuestionnaireItem[] = []): readonly QuestionnaireItem[] =>
  items.flatMap((item) => [item, ...itemsOf(item.item)]);

/** The Observations of a record that stay, and the forms that say the others. */
export function onForms(observations: readonly Observation[]): {
  readonly stay: readonly Observation[];
  readonly told: readonly Told[];
  readonly forms: readonly QuestionnaireResponse[];
} {
  const told: Told[] = [];
  const stay: Observation[] = [];
  const filled = new Map<
    string,
    { head: Observation; questionnaire: Questionnaire; answers: Record<string, object> }
  >();
  for (const observation of observations) {
    const one = tell(observation);
    if (!one) {
      stay.push(observation);
      continue;
    }
    told.push(one);
    const { questionnaire, linkId, place, answer } = one;
    const contact = observation.encounter?.reference;
    const key = JSON.stringify([questionnaire.id, observation.effectiveDateTime, contact, place]);
    const form = filled.get(key) ?? { head: observation, questionnaire, answers: { ...place } };
    if (linkId in form.answers) throw new Error(`${key} is asked ${linkId} twice: fill in a second form`);
    form.answers[linkId] = answer;
    filled.set(key, form);
  }
  return { stay, told, forms: [...filled.values()].map((form, index) => responseOf(form, index)) };
}

function responseOf(
  { head, questionnaire, answers }: { head: Observation; questionnaire: Questionnaire; answers: Answers },
  index: number,
): QuestionnaireResponse {
  const { subject, encounter, effectiveDateTime } = head;
  return {
    resourceType: 'QuestionnaireResponse',
    id: `form-${index}`,
    questionnaire: `${questionnaire.url}|${questionnaire.version}`,
    status: 'completed',
    ...(subject && { subject }),
    ...(encounter && { encounter }),
    ...(effectiveDateTime !== undefined && { authored: effectiveDateTime }),
    item: fill(questionnaire.item, answers),
  };
}

/** The items that are answered, in the groups of the Questionnaire. */
export function fill(items: readonly QuestionnaireItem[] = [], answers: Answers): QuestionnaireResponseItem[] {
  return items.flatMap((item): QuestionnaireResponseItem[] => {
    const head = { linkId: item.linkId, ...(item.text !== undefined && { text: item.text }) };
    if (item.type === 'group') {
      const below = fill(item.item, answers);
      return below.length > 0 ? [{ ...head, item: below }] : [];
    }
    const answer = answers[item.linkId];
    return answer ? [{ ...head, answer: [answer] }] : [];
  });
}
