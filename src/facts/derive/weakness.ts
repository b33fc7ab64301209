/**
 * Which muscles are weak: new, falling, of more than one root, equal on both sides, or of one complaint (AMB-22, 31, 32, 33).
 * Pure functions of the case, shared by the derivations of deficits and of the arm.
 */
import { oncePerCase } from '../once-per-case.js';
import { sidesAgree } from '../../case/body.js';
import { belongsTo } from '../../case/episodes.js';
import type { Case, Entry, Episode, Strength } from '../../case/case.js';
import type { Day } from '../../fhir/dates.js';
import { known, unknown, type Fact } from '../fact.js';
import { countsAsAlarm, sinceOnset } from '../windows.js';

/** A row of `rules/facts/muscle-roots.yaml`. */
export interface Muscle {
  readonly roots: readonly string[];
  /** The root it is examined for; absent where there is none. */
  readonly mainRoot?: string;
  /** Never decides "one root" alone. */
  readonly ambiguous?: boolean;
  /** One of the four tests of Tabel 2. */
  readonly naTest?: boolean;
}
export type Muscles = Readonly<Record<string, Muscle>>;

/** MRC grades up to which a muscle is weak, and severely weak. */
export const WEAK = 4;
export const SEVERE = 3;

/** The records that strengths were read from. */
export const entriesOf = (strengths: readonly Strength[]): readonly Entry[] => [
  ...new Set(strengths.map(({ entry }) => entry)),
];

/** Weakness as a fact: these muscles; without any, no when strength was examined at all, else unknown. */
export function weaknessFact(theCase: Case, weak: readonly Strength[]): Fact {
  if (weak.length > 0) return known(true, entriesOf(weak));
  return theCase.strengths.length > 0 ? known(false) : unknown('no muscle strength recorded');
}

/** The strengths that are not dated in the future. */
export function untilToday(theCase: Case): readonly Strength[] {
  return theCase.strengths.filter(({ date }) => date.first <= theCase.today);
}

/** Records of each muscle and side, newest first. */
export function byMuscle(strengths: readonly Strength[]): readonly (readonly Strength[])[] {
  const groups = new Map<string, Strength[]>();
  for (const strength of strengths) {
    const key = `${strength.muscle}|${strength.side ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(strength);
    else groups.set(key, [strength]);
  }
  return [...groups.values()];
}

/**
 * Weak muscles that are new: examined at most `maxAge` days ago, and not already as weak in an older examination that no better one
 * followed.
 */
export const newWeaknesses = oncePerCase((theCase: Case, maxAge: number): readonly Strength[] =>
  byMuscle(untilToday(theCase)).flatMap((records) => {
    const [now] = records;
    if (!now || now.grade > WEAK || !countsAsAlarm(theCase, now.date, now.entry.sites, maxAge)) return [];
    const before = records.find((record) => !countsAsAlarm(theCase, record.date, record.entry.sites, maxAge));
    return before !== undefined && before.grade <= now.grade ? [] : [now];
  }),
);

/** Muscles that are weak now and were examined since the onset of the episode, at its side or any. */
export const episodeWeaknesses = oncePerCase((theCase: Case, episode: Episode | undefined): readonly Strength[] => {
  if (!episode) return [];
  const anySide: Episode = { ...episode, side: 'bilateral' };
  return byMuscle(untilToday(theCase)).flatMap(([now]) =>
    now && now.grade <= WEAK && sinceOnset(now.date, episode.onset) && belongsTo(anySide, now.entry.sites, now.side)
      ? [now]
      : [],
  );
});

/** Strengths that fell by a whole grade within so many days (AMB-31) and count now. */
export function progressiveWeaknesses(theCase: Case, maxAge: number, days: number): readonly Strength[] {
  return byMuscle(untilToday(theCase)).flatMap((records) => {
    const counted = records.filter((record) => countsAsAlarm(theCase, record.date, record.entry.sites, maxAge));
    const [now] = counted;
    if (!now || now.grade > WEAK) return [];
    const start = records[counted.length];
    return falls(start ? [...counted, start] : counted, days) ? counted : [];
  });
}

/** Whether a grade fell by one or more within so many days; of each grade the latest day on which it was had decides, so that no number of records takes long. */
function falls(records: readonly Strength[], days: number): boolean {
  const latest = new Map<number, Day>();
  return [...records].reverse().some(({ grade, date: { first: day } }) => {
    const isFall = [...latest].some(([earlier, had]) => earlier - grade >= 1 && day - had <= days);
    latest.set(grade, Math.max(day, latest.get(grade) ?? day));
    return isFall;
  });
}

/**
 * True when two weak muscles cannot come from one root: on either side one, or a main root that does not serve the other muscle.
 * A side that is not recorded is no other side.
 * A shared side root is not enough: deltoid (C5) and triceps (C7) both get a little C6, and still are two roots.
 */
function differentRoots(muscles: Muscles, one: Strength, other: Strength): boolean {
  if (!sidesAgree(one.side, other.side)) return true;
  const [first, second] = [muscles[one.muscle], muscles[other.muscle]];
  if (!first?.mainRoot || !second?.mainRoot) return false;
  return !second.roots.includes(first.mainRoot) || !first.roots.includes(second.mainRoot);
}

/** Weak muscle groups that no single root explains (AMB-33). */
export function severalGroups(muscles: Muscles, weak: readonly Strength[]): boolean {
  const decisive = weak.filter((strength) => muscles[strength.muscle]?.ambiguous !== true);
  return decisive.some((one) => decisive.some((other) => differentRoots(muscles, one, other)));
}

/** Every weak muscle is as weak on the other side (AMB-22). */
export function isSymmetric(weak: readonly Strength[]): boolean {
  if (weak.length === 0) return false;
  return weak.every(({ muscle, side, grade }) =>
    weak.some((other) => other.muscle === muscle && other.side !== side && other.grade === grade),
  );
}
