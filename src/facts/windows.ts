/**
 * Which records count for which episode, by date and place.
 * The rules: a finding belongs to an episode from the day before its onset; an alarm counts for 28 days (ours) and not from before
 * the complaint; a newer record of the same place ends an older one (knowledge section 1, D12).
 */
import { belongsTo } from '../case/episodes.js';
import { halfOf } from '../case/body.js';
import type { Case, Episode, Finding } from '../case/case.js';
import type { DateSpan, Day } from '../fhir/dates.js';
import { known, unknown, type Fact } from './fact.js';

/** `episode`: since the day before onset; `alarm`: as above and at most some days old; `ever`; or at most this many days old. */
export type Window = 'episode' | 'alarm' | 'ever' | { readonly days: number };

/** True when a date is on or after the day before onset (a date of unknown day: if its last day is). */
export function sinceOnset(date: DateSpan, onset: DateSpan | undefined): boolean {
  return onset === undefined || date.last >= onset.first - 1;
}

/** Age in days of a record at `today`; negative in the future. */
export function ageInDays(date: DateSpan, today: Day): number {
  return today - date.last;
}

/** The onsets that an alarm at these places may belong to: those of complaints of the same half, of any when it has no place. */
function onsetsFor(theCase: Case, sites: readonly string[]): readonly Episode[] {
  const halves = sites.map(halfOf).filter((half) => half !== undefined);
  return theCase.episodes.filter((episode) => halves.length === 0 || halves.includes(episode.half));
}

/** True when a record counts as a present alarm: not older than `maxAge` days, and of a present complaint if there is one at its place. */
export function countsAsAlarm(theCase: Case, date: DateSpan, sites: readonly string[], maxAge: number): boolean {
  const age = ageInDays(date, theCase.today);
  if (date.first > theCase.today || age > maxAge) return false;
  const episodes = onsetsFor(theCase, sites);
  return episodes.length === 0 || episodes.some((episode) => sinceOnset(date, episode.onset));
}

function inWindow(
  finding: Finding,
  theCase: Case,
  episode: Episode | undefined,
  window: Window,
  alarmMaxAge: number,
): boolean {
  const { date } = finding;
  if (date === undefined) return window === 'ever';
  if (date.first > theCase.today) return false;
  if (window === 'ever') return true;
  if (typeof window === 'object') return ageInDays(date, theCase.today) <= window.days;
  if (window === 'alarm') return countsAsAlarm(theCase, date, finding.sites, alarmMaxAge);
  if (episode === undefined)
    return theCase.episodes.some((one) => belongsTo(one, finding.sites, finding.side) && sinceOnset(date, one.onset));
  return sinceOnset(date, episode.onset);
}

export interface FindingQuestion {
  /** A list for each concept, newest first, empty where nothing is recorded: one finding never ends another. */
  readonly findings: readonly (readonly Finding[])[];
  readonly window: Window;
  readonly alarmMaxAge: number;
  /** Only findings at one of these sites (none: any place). */
  readonly sites?: readonly string[];
  /** What a finding without a record counts as. */
  readonly unrecorded: Fact;
}

/** Is one of the findings present, or all of them absent? Unknown when some are absent and the others not recorded. */
export function findingFact(question: FindingQuestion, theCase: Case, episode: Episode | undefined): Fact {
  const { window, alarmMaxAge } = question;
  const isCandidate = (finding: Finding): boolean =>
    (question.sites === undefined || finding.sites.some((site) => question.sites?.includes(site))) &&
    (episode === undefined || belongsTo(episode, finding.sites, finding.side)) &&
    inWindow(finding, theCase, episode, window, alarmMaxAge);
  return anyFact(
    question.findings.map((records) => {
      const places = placesOf(records.filter(isCandidate));
      return places.length === 0
        ? question.unrecorded
        : anyFact(places.map((place) => newestOf(place, window === 'alarm')));
    }),
  );
}

/** True when one is; false only when all are; else unknown, for the reason that rests on a record if there is one (strong Kleene logic). */
function anyFact(facts: readonly Fact[]): Fact {
  const [only, ...more] = facts;
  if (only && more.length === 0) return only;
  const evidenceOf = (some: readonly Fact[]): Fact['evidence'] => some.flatMap(({ evidence }) => evidence);
  const present = facts.filter(({ value }) => value === true);
  if (present.length > 0) return known(true, evidenceOf(present));
  const open = facts.filter(({ value }) => value === undefined);
  const absent = facts.filter(({ value }) => value === false);
  const [first] = open;
  if (first === undefined) return known(false, evidenceOf(absent));
  const contradicted = open.find(({ evidence }) => evidence.length > 0);
  if (contradicted) return contradicted;
  return absent.length === 0 ? first : unknown('not every finding is recorded', evidenceOf(absent));
}

/** Findings of one place and side together, newest first. */
function placesOf(findings: readonly Finding[]): readonly (readonly Finding[])[] {
  if (findings.length === 1) return [findings];
  const places = new Map<string, Finding[]>();
  for (const finding of findings) {
    const key = `${finding.side ?? ''}|${[...finding.sites].sort().join()}`;
    const records = places.get(key);
    if (records) records.push(finding);
    else places.set(key, [finding]);
  }
  return [...places.values()];
}

/** The newest record wins; of one day by its time. Where a time or day is missing an alarm is present, any other finding unknown (D12). */
function newestOf(records: readonly Finding[], alarm: boolean): Fact {
  const [newest] = records;
  if (!newest) throw new RangeError('a place without records');
  const evidence = [newest.entry];
  const contradicted = records.some((one) => one.present !== newest.present && mayBeAsNew(one.date, newest.date));
  if (!contradicted) return known(newest.present, evidence);
  return alarm ? known(true, evidence) : unknown('recorded as present and as absent on the same day', evidence);
}

/** True when nothing says that the second date is the later one. */
function mayBeAsNew(one: DateSpan | undefined, newest: DateSpan | undefined): boolean {
  if (one === undefined || newest === undefined) return one === newest;
  if (one.at !== undefined && newest.at !== undefined) return one.at === newest.at;
  return one.last >= newest.first;
}
