/**
 * A resource as one line of a record: what it is, when it was, what it says. Reads what stands there and judges nothing.
 * Enters: FHIR as any EHR may have it, so every element can be missing. Leaves: plain texts, to be escaped by whoever prints them.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Language } from '../../cds-hooks/request.js';
import { DISPLAY, wordsIn } from './words.js';

type Raw = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Raw => (typeof value === 'object' && value !== null ? (value as Raw) : {});
const listOf = (value: unknown): readonly Raw[] => (Array.isArray(value) ? value.map(objectOf) : []);
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** `Type/id`. */
export function referenceTo({ resourceType, id }: FhirResource): string {
  return `${resourceType}/${id ?? ''}`;
}

/** The words of a CodeableConcept: its text, or the first display or code. */
export function wordsOfConcept(concept: unknown, language: Language): string | undefined {
  const node = objectOf(concept);
  const codings = listOf(node['coding']);
  return firstText([
    wordsIn(node, 'text', language),
    ...codings.map((coding) => wordsIn(coding, 'display', language)),
    ...codings.map(({ code }) => code),
  ]);
}

const firstText = (values: readonly unknown[]): string | undefined =>
  values.map(textOf).find((text) => text !== undefined);

/** What a resource is about: the disease, the measurement, the drug, the order, the form. */
export function titleOf(resource: FhirResource, language: Language): string {
  const raw = resource as unknown as Raw;
  const concept =
    raw['code'] ?? raw['medicationCodeableConcept'] ?? raw['vaccineCode'] ?? listOf(raw['serviceType'])[0];
  return (
    wordsOfConcept(concept, language) ?? textOf(raw['description']) ?? formOf(raw, language) ?? resource.resourceType
  );
}

/** The form that was answered: its title where the response says it, or the last part of its address. */
function formOf(raw: Raw, language: Language): string | undefined {
  const shown = listOf(objectOf(raw['_questionnaire'])['extension']).find(({ url }) => url === DISPLAY);
  const title = shown && textOf(wordsIn(shown, 'valueString', language));
  return title ?? textOf(raw['questionnaire'])?.split('|')[0]?.split('/').at(-1);
}

/** Places and sides, as they are written. */
export function placesOf(resource: FhirResource, language: Language): readonly string[] {
  const { bodySite } = resource as unknown as Raw;
  const sites = Array.isArray(bodySite) ? listOf(bodySite) : bodySite === undefined ? [] : [objectOf(bodySite)];
  return sites.flatMap((site) => {
    const words = listOf(site['coding']).flatMap((coding) => textOf(wordsIn(coding, 'display', language)) ?? []);
    return words.length > 0 ? words : (textOf(wordsIn(site, 'text', language)) ?? []);
  });
}

const DATES = [
  'effectiveDateTime',
  'onsetDateTime',
  'performedDateTime',
  'occurrenceDateTime',
  'authoredOn',
  'authored',
  'start',
  'recordedDate',
  'date',
  'sent',
  'dateTime',
] as const;
const PERIODS = ['effectivePeriod', 'performedPeriod', 'occurrencePeriod', 'period'] as const;

/** The date that a reader looks for, as it is written: when it began, was seen, was asked for. */
export function dateOf(resource: FhirResource): string | undefined {
  const raw = resource as unknown as Raw;
  return firstText([...DATES.map((name) => raw[name]), ...PERIODS.map((name) => objectOf(raw[name])['start'])]);
}

/** The pain score that an Observation holds, 0 to 10; undefined for anything else. */
export function painScoreOf(resource: FhirResource): number | undefined {
  if (resource.resourceType !== 'Observation') return undefined;
  const isScore = resource.code.coding?.some(({ code }) => code === 'nrs-pain' || code === '72514-3');
  const value = resource.valueInteger ?? resource.valueQuantity?.value;
  return isScore === true && typeof value === 'number' && value >= 0 && value <= 10 ? value : undefined;
}

/** What an Observation found, or how a drug is taken; undefined when neither is said. */
export function valueOf(resource: FhirResource, language: Language): string | boolean | undefined {
  const raw = resource as unknown as Raw;
  if (raw['dosageInstruction'] !== undefined) return doseOf(listOf(raw['dosageInstruction']), language);
  const { valueBoolean, valueInteger, valueString, valueQuantity, valueCodeableConcept, dataAbsentReason } = raw;
  // Asked, and not found out: without a word of it the bare name would read as a yes.
  if (dataAbsentReason !== undefined) return wordsOfConcept(dataAbsentReason, language) ?? '?';
  if (typeof valueBoolean === 'boolean') return valueBoolean;
  if (typeof valueInteger === 'number') return String(valueInteger);
  const { value, unit, code } = objectOf(valueQuantity);
  if (typeof value === 'number') return [String(value), textOf(unit) ?? textOf(code)].filter(Boolean).join(' ');
  return textOf(valueString) ?? wordsOfConcept(valueCodeableConcept, language);
}

const DOSE_WORDS = {
  nl: { aDay: 'per dag', days: 'dagen' },
  en: { aDay: 'a day', days: 'days' },
  fr: { aDay: 'par jour', days: 'jours' },
} as const;

/** `2 × 75 mg a day, 5 days`; of a course in steps the first, with `…`; the text as it stands where the numbers do not say it so. */
function doseOf([first, ...further]: readonly Raw[], language: Language): string | undefined {
  const { frequency, period, periodUnit, boundsDuration } = objectOf(objectOf(first?.['timing'])['repeat']);
  const { value, unit } = objectOf(listOf(first?.['doseAndRate'])[0]?.['doseQuantity']);
  const isPerDay = typeof frequency === 'number' && period === 1 && periodUnit === 'd';
  const words = DOSE_WORDS[language];
  const daily =
    isPerDay && typeof value === 'number'
      ? `${frequency} × ${value} ${textOf(unit) ?? ''} ${words.aDay}`
      : textOf(first?.['text']);
  const { value: days, code } = objectOf(boundsDuration);
  const parts = [daily, isPerDay && typeof days === 'number' && code === 'd' ? `${days} ${words.days}` : undefined];
  return firstText([[...parts, further.length > 0 ? '…' : undefined].filter((part) => part !== undefined).join(', ')]);
}
