/**
 * A Questionnaire as it is served -> what to ask in one language; answers -> a QuestionnaireResponse, and back.
 * A question without an answer is left out of the response: it stays unknown, and that is not a no.
 */
import type {
  Coding,
  Extension,
  FhirResource,
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
} from 'fhir/r4.js';
import type { QuestionnaireResponseItem, QuestionnaireResponseItemAnswer } from 'fhir/r4.js';
import type { Language } from '../../cds-hooks/request.js';
import { DISPLAY, wordsIn } from '../record/words.js';

/** Something to show: a group of others, or a question. */
export type FormItem =
  | { readonly kind: 'group'; readonly linkId: string; readonly text: string; readonly items: readonly FormItem[] }
  | { readonly kind: 'boolean'; readonly linkId: string; readonly text: string }
  /** A whole number from `min` to `max`. */
  | {
      readonly kind: 'integer';
      readonly linkId: string;
      readonly text: string;
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'choice'; readonly linkId: string; readonly text: string; readonly options: readonly Option[] };

export interface Option {
  readonly text: string;
  readonly coding: Coding;
}

export type Answer = boolean | number | Coding;

/** By link id; a question that is not answered is missing. */
export type Answers = Readonly<Record<string, Answer>>;

/** The answers with another one to a question; undefined takes its answer back. */
export function withAnswer(answers: Answers, linkId: string, answer: Answer | undefined): Answers {
  const others = Object.entries(answers).filter(([other]) => other !== linkId);
  return Object.fromEntries(answer === undefined ? others : [...others, [linkId, answer]]);
}

/** Its title in a language; in Dutch where that one is not served. */
export function titleIn(questionnaire: Questionnaire, language: Language): string {
  return wordsIn(questionnaire, 'title', language);
}

/** What it says of itself. */
export function descriptionIn(questionnaire: Questionnaire, language: Language): string {
  return wordsIn(questionnaire, 'description', language);
}

/** Its items in a language. Throws RangeError for an item that could not be asked, or not without asking too much. */
export function itemsIn({ item = [] }: Pick<Questionnaire, 'item'>, language: Language): readonly FormItem[] {
  return item.map((one) => readItem(one, language));
}

function readItem(item: QuestionnaireItem, language: Language): FormItem {
  const { linkId, type } = item;
  const text = wordsIn(item, 'text', language);
  if (item.enableWhen !== undefined || item.repeats === true) throw notAsked(item, 'a condition or a list of answers');
  if (type === 'group') return { kind: type, linkId, text, items: itemsIn(item, language) };
  if (item.item !== undefined) throw notAsked(item, 'items below a question');
  if (type === 'boolean') return { kind: type, linkId, text };
  if (type === 'integer') return { kind: type, linkId, text, ...boundsOf(item) };
  if (type === 'choice') return { kind: type, linkId, text, options: optionsOf(item, language) };
  throw notAsked(item, `type ${type}`);
}

function notAsked({ linkId }: QuestionnaireItem, what: string): RangeError {
  return new RangeError(`the item ${linkId} has ${what}, which this page cannot ask`);
}

function boundsOf(item: QuestionnaireItem): { readonly min: number; readonly max: number } {
  const bound = (name: string) => item.extension?.find(({ url }) => url.endsWith(`/${name}`))?.valueInteger;
  const [min, max] = [bound('minValue'), bound('maxValue')];
  if (min === undefined || max === undefined) throw notAsked(item, 'no smallest and largest number');
  return { min, max };
}

function optionsOf(item: QuestionnaireItem, language: Language): readonly Option[] {
  return (item.answerOption ?? []).map(({ valueCoding }) => {
    if (valueCoding === undefined) throw notAsked(item, 'an option without a code');
    const { system, code, display } = valueCoding;
    const coding = { ...(system !== undefined && { system }), ...(code !== undefined && { code }) };
    return {
      text: wordsIn(valueCoding, 'display', language),
      coding: { ...coding, ...(display !== undefined && { display }) },
    };
  });
}

/** Who is asked, and when. */
export interface Asked {
  readonly patientId: string;
  /** FHIR dateTime. */
  readonly authored: string;
  /** A response that this one takes the place of: what it says besides its answers stays. */
  readonly previous?: QuestionnaireResponse;
}

/** A completed response with the answers in the groups of the Questionnaire. */
export function responseOf(
  questionnaire: Questionnaire,
  answers: Answers,
  { patientId, authored, previous }: Asked,
): QuestionnaireResponse {
  const response: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    ...previous,
    questionnaire: `${questionnaire.url ?? ''}|${questionnaire.version ?? ''}`,
    _questionnaire: { extension: [titleOf(questionnaire)] },
    status: 'completed',
    subject: { reference: `Patient/${patientId}` },
    authored,
  };
  const item = fill(questionnaire.item ?? [], answers);
  if (item.length > 0) response.item = item;
  else delete response.item;
  return response;
}

/** What the form is called, beside its address, so that a reader of the response need not look it up. */
function titleOf({ title, _title }: Questionnaire): Extension {
  return {
    url: DISPLAY,
    ...(title !== undefined && { valueString: title }),
    ...(_title && { _valueString: _title }),
  };
}

function fill(items: readonly QuestionnaireItem[], answers: Answers): QuestionnaireResponseItem[] {
  return items.flatMap((item): QuestionnaireResponseItem[] => {
    const head = { linkId: item.linkId, ...(item.text !== undefined && { text: item.text }) };
    if (item.type === 'group') {
      const below = fill(item.item ?? [], answers);
      return below.length > 0 ? [{ ...head, item: below }] : [];
    }
    const answer = answers[item.linkId];
    return answer === undefined ? [] : [{ ...head, answer: [valueOf(answer)] }];
  });
}

function valueOf(answer: Answer): QuestionnaireResponseItemAnswer {
  if (typeof answer === 'boolean') return { valueBoolean: answer };
  return typeof answer === 'number' ? { valueInteger: answer } : { valueCoding: answer };
}

/** The answers of a response; of an item that is answered twice the first. */
export function answersIn(response: QuestionnaireResponse): Answers {
  return Object.fromEntries(answeredItems(response.item ?? []));
}

function answeredItems(items: readonly QuestionnaireResponseItem[]): readonly (readonly [string, Answer])[] {
  return items.flatMap(({ linkId, answer = [], item = [] }) => {
    const [given] = answer;
    const value = given?.valueBoolean ?? given?.valueInteger ?? given?.valueCoding;
    return [...(value === undefined ? [] : [[linkId, value] as const]), ...answeredItems(item)];
  });
}

/** The completed response to a Questionnaire that the record has of a day (`YYYY-MM-DD`); the latest, should there be more. */
export function responseTo(
  { id }: Questionnaire,
  date: string,
  record: readonly FhirResource[],
): QuestionnaireResponse | undefined {
  const responses = record.filter(
    (resource) =>
      resource.resourceType === 'QuestionnaireResponse' &&
      ['completed', 'amended'].includes(resource.status) &&
      resource.questionnaire?.split('|')[0]?.split('/').at(-1) === id &&
      resource.authored?.startsWith(date) === true,
  ) as readonly QuestionnaireResponse[];
  return responses.toSorted((one, other) => (one.authored ?? '').localeCompare(other.authored ?? '')).at(-1);
}
