/**
 * Answers to a Questionnaire of ours, as FHIR: `linkId` -> answer enters, a QuestionnaireResponse in the order and groups of the form leaves.
 * A boolean or number answers as itself, a text chooses the option of that code. What is not answered is left out.
 */
import type {
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from 'fhir/r4.js';

const DISPLAY = 'http://hl7.org/fhir/StructureDefinition/display';

type Answers = Readonly<Record<string, boolean | number | string>>;

/** Throws an Error that names the first answer that the form has no place for. */
export function writeAnswers(
  { url = '', version = '', title = '', _title, item = [] }: Questionnaire,
  answers: Answers,
): QuestionnaireResponse {
  const placed = new Set<string>();
  const items = item.flatMap((one) => answerItem(one, answers, placed));
  const lost = Object.keys(answers).find((linkId) => !placed.has(linkId));
  if (lost !== undefined) throw new Error(`${lost} is no question of this form, or this is no answer to it`);
  return {
    resourceType: 'QuestionnaireResponse',
    questionnaire: `${url}|${version}`,
    // What the form is called, so that a reader of the response need not look it up.
    _questionnaire: { extension: [{ url: DISPLAY, valueString: title, ...(_title && { _valueString: _title }) }] },
    status: 'completed',
    item: items,
  };
}

function answerItem(
  { linkId, text, type, item = [], answerOption = [] }: QuestionnaireItem,
  answers: Answers,
  placed: Set<string>,
): readonly QuestionnaireResponseItem[] {
  const named = { linkId, ...(text !== undefined && { text }) };
  if (type === 'group') {
    const within = item.flatMap((one) => answerItem(one, answers, placed));
    return within.length === 0 ? [] : [{ ...named, item: within }];
  }
  const answer = answerOf(answers[linkId], type, answerOption);
  if (!answer) return [];
  placed.add(linkId);
  return [{ ...named, answer: [answer] }];
}

function answerOf(
  given: boolean | number | string | undefined,
  type: QuestionnaireItem['type'],
  options: NonNullable<QuestionnaireItem['answerOption']>,
): QuestionnaireResponseItemAnswer | undefined {
  if (type === 'boolean' && typeof given === 'boolean') return { valueBoolean: given };
  if (type === 'integer' && typeof given === 'number') return { valueInteger: given };
  const valueCoding = options.find((option) => option.valueCoding?.code === given)?.valueCoding;
  return type === 'choice' && valueCoding ? { valueCoding } : undefined;
}
