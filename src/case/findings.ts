/**
 * Entries -> findings, pain scores and muscle strengths.
 * A finding is an Observation with a boolean or an active Condition; answers of forms are Observations by now.
 * A score that cannot be placed on the scale 0-10 without guessing is left out with a note; nothing is coerced.
 */
import type { CodeSets } from '../fhir/code-sets.js';
import { readDate, type Calendar, type DateSpan } from '../fhir/dates.js';
import { conceptsOf, isObject } from '../fhir/references.js';
import { isMuscle } from './body.js';
import type { Entry, Finding, Score, Strength } from './case.js';

type Raw = Readonly<Record<string, unknown>>;

/** Called for every record that is left out: a reason of ours, never a value of the patient. */
export type LeaveOut = (reason: string, entry: Entry) => void;

/** Findings of the entries, by concept key, newest first. */
export function readFindings(entries: readonly Entry[], calendar: Calendar): ReadonlyMap<string, readonly Finding[]> {
  const findings = new Map<string, Finding[]>();
  const add = (concept: string, finding: Finding): void => {
    const list = findings.get(concept);
    if (list) list.push(finding);
    else findings.set(concept, [finding]);
  };
  for (const entry of entries) {
    const raw = entry.resource as unknown as Raw;
    const present = presenceOf(entry, raw);
    if (present === undefined) continue;
    const finding = findingOf(entry, present, calendar);
    for (const concept of entry.concepts) add(concept, finding);
  }
  for (const list of findings.values()) list.sort(newestFirst);
  return findings;
}

function presenceOf(entry: Entry, raw: Raw): boolean | undefined {
  if (entry.type === 'Condition') return entry.state === 'active' ? true : undefined;
  if (entry.type !== 'Observation') return undefined;
  const value = raw['valueBoolean'];
  // What is not final yet, or says that it was not looked for, may raise an alarm, but ends none.
  if (value === false && (entry.state === 'preliminary' || raw['dataAbsentReason'] !== undefined)) return undefined;
  return typeof value === 'boolean' ? value : undefined;
}

function findingOf(entry: Entry, present: boolean, calendar: Calendar): Finding {
  const raw = entry.resource as unknown as Raw;
  const date = entry.date ?? (entry.type === 'Condition' ? readDate(raw['recordedDate'], calendar) : undefined);
  return { entry, present, sites: entry.sites, ...(date && { date }), ...(entry.side && { side: entry.side }) };
}

/** Newest first, by the time where the day is the same; what is not dated comes last. */
function newestFirst({ date: one }: Dated, { date: other }: Dated): number {
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return other.first - one.first || (other.at ?? 0) - (one.at ?? 0);
}

interface Dated {
  readonly date?: DateSpan;
}

/** Pain scores on the scale 0-10. A VAS of 0-100 is divided by ten only when its code, method or unit says that it is one (AMB-01). */
export function readScores(entries: readonly Entry[], codeSets: CodeSets, leaveOut: LeaveOut): readonly Score[] {
  const scores: Score[] = [];
  for (const entry of entries) {
    if (entry.type !== 'Observation' || !entry.concepts.some((concept) => SCORE_CODES.includes(concept))) continue;
    const raw = entry.resource as unknown as Raw;
    const value = scoreValue(entry, raw, codeSets);
    if (typeof value === 'string') leaveOut(value, entry);
    else if (!entry.date || entry.date.first !== entry.date.last) leaveOut('pain score without a date', entry);
    else scores.push({ entry, value, date: entry.date });
  }
  // Of scores that nothing says the order of, the highest speaks: it treats, and it cancels nothing.
  return scores.sort((one, other) => newestFirst(one, other) || other.value - one.value);
}

const SCORE_CODES = ['nrs-pain', 'pain-score-zib', 'pain-score-any', 'pain-score-vas'];

function scoreValue(entry: Entry, raw: Raw, codeSets: CodeSets): number | string {
  const quantity = isObject(raw['valueQuantity']) ? raw['valueQuantity'] : undefined;
  const value = raw['valueInteger'] ?? quantity?.['value'];
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'pain score without a number';
  if (quantity?.['comparator'] !== undefined) return 'pain score with a comparator';
  const scale = scaleOf(entry, raw, quantity, codeSets);
  if (scale === undefined) return 'pain score of unknown scale';
  const score = scale === 100 ? value / 10 : value;
  return score >= 0 && score <= 10 ? score : 'pain score out of range';
}

const HUNDRED_UNITS: readonly unknown[] = ['mm', '/100', '{score}/100', '0-100'];

function scaleOf(entry: Entry, raw: Raw, quantity: Raw | undefined, codeSets: CodeSets): 10 | 100 | undefined {
  const method = conceptsOf(raw['method'], codeSets);
  if (method.includes('scale-vas100')) return 100;
  if (method.includes('scale-nrs') || method.includes('scale-vas10')) return 10;
  // The code may be the general `{score}` where the unit, for people, says of how many.
  if ([quantity?.['code'], quantity?.['unit']].some((unit) => HUNDRED_UNITS.includes(unit))) return 100;
  if (entry.concepts.includes('nrs-pain')) return 10;
  // LOINC 38208-5 names no scale: only a whole number from 0 to 10 is read as one.
  return entry.concepts.includes('pain-score-any') && Number.isInteger(raw['valueInteger'] ?? quantity?.['value'])
    ? 10
    : undefined;
}

/** Muscle strengths MRC 0-5; `4-` and `4+` read as 4. */
export function readStrengths(entries: readonly Entry[], leaveOut: LeaveOut): readonly Strength[] {
  const strengths: Strength[] = [];
  for (const entry of entries) {
    if (entry.type !== 'Observation' || !entry.concepts.includes('muscle-strength-mrc')) continue;
    const muscle = entry.sites.find(isMuscle);
    const grade = gradeOf(entry.resource as unknown as Raw);
    if (muscle === undefined) leaveOut('muscle strength without a muscle', entry);
    else if (grade === undefined) leaveOut('muscle strength out of range', entry);
    else if (!entry.date || entry.date.first !== entry.date.last) leaveOut('muscle strength without a date', entry);
    else if (grade === NORMAL_GRADE && entry.state === 'preliminary')
      leaveOut('normal muscle strength that is not final', entry);
    else strengths.push(...onEachSide({ entry, muscle, grade, date: entry.date }));
  }
  return strengths.sort(newestFirst);
}

/** A strength of both sides is one of each: it has a past and a future on either. */
function onEachSide(strength: Omit<Strength, 'side'>): readonly Strength[] {
  const { side } = strength.entry;
  if (side === undefined) return [strength];
  const sides = side === 'bilateral' ? (['left', 'right'] as const) : [side];
  return sides.map((one) => ({ ...strength, side: one }));
}

const NORMAL_GRADE = 5;
const MRC_TEXT = /^([0-5])[+-]?$/;

function gradeOf(raw: Raw): number | undefined {
  const quantity = isObject(raw['valueQuantity']) ? raw['valueQuantity']['value'] : undefined;
  const text = typeof raw['valueString'] === 'string' ? MRC_TEXT.exec(raw['valueString'].trim())?.[1] : undefined;
  const value = raw['valueInteger'] ?? quantity ?? (text === undefined ? undefined : Number(text));
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 5 ? value : undefined;
}
