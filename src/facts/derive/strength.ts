/**
 * Derivations about muscle strength: which deficit is new, how severe, progressive, and whether one root explains it
 * (AMB-22, 31, 32, 33, 51; D16; CONF-06). Muscle -> roots comes from `rules/facts/muscle-roots.yaml`.
 * A deficit counts as an alarm when it was examined in the last days (setting `alarmMaxAgeDays`) and is not an old, stable one.
 */
import { halfOf, sidesAgree } from '../../case/body.js';
import { belongsTo, isNeuralgicAmyotrophy } from '../../case/episodes.js';
import type { Case, Entry, Side, Strength } from '../../case/case.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { countsAsAlarm, sinceOnset } from '../windows.js';
import { verificationOf } from './history.js';

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

const WEAK = 4;
const SEVERE = 3;

/** Records of each muscle and side, newest first. */
function byMuscle(strengths: readonly Strength[]): readonly (readonly Strength[])[] {
  const groups = new Map<string, Strength[]>();
  for (const strength of strengths) {
    const key = `${strength.muscle}|${strength.side ?? ''}`;
    const group = groups.get(key);
    if (group) group.push(strength);
    else groups.set(key, [strength]);
  }
  return [...groups.values()];
}

/** Weak muscles that are new: examined lately, and not already as weak in an older examination that no better one followed. */
export function newWeaknesses(theCase: Case, maxAge: number): readonly Strength[] {
  const past = theCase.strengths.filter((strength) => strength.date.first <= theCase.today);
  return byMuscle(past).flatMap((records) => {
    const [now] = records;
    if (!now || now.grade > WEAK || !countsAsAlarm(theCase, now.date, now.entry.sites, maxAge)) return [];
    const before = records.find((record) => !countsAsAlarm(theCase, record.date, record.entry.sites, maxAge));
    return before !== undefined && before.grade <= now.grade ? [] : [now];
  });
}

function fall(records: readonly Strength[], days: number): boolean {
  return records.some((later, index) =>
    records
      .slice(index + 1)
      .some(
        (earlier) =>
          earlier.grade - later.grade >= 1 && later.date.first - earlier.date.first <= days && later.grade <= WEAK,
      ),
  );
}

/** Strengths that fell by a whole grade within a week (AMB-31) and count now. */
function progressiveWeaknesses(theCase: Case, maxAge: number, days: number): readonly Strength[] {
  const past = theCase.strengths.filter((strength) => strength.date.first <= theCase.today);
  return byMuscle(past).flatMap((records) => {
    const counted = records.filter((record) => countsAsAlarm(theCase, record.date, record.entry.sites, maxAge));
    const [now] = counted;
    if (!now || now.grade > WEAK) return [];
    const start = records[counted.length];
    return fall(start ? [...counted, start] : counted, days) ? counted : [];
  });
}

const entriesOf = (strengths: readonly Strength[]): readonly Entry[] => strengths.map((strength) => strength.entry);

/**
 * True when two weak muscles cannot come from one root: another side, or a main root that does not serve the other muscle.
 * A shared side root is not enough: deltoid (C5) and triceps (C7) both get a little C6, and still are two roots.
 */
function differentRoots(muscles: Muscles, one: Strength, other: Strength): boolean {
  if (one.side !== other.side) return true;
  const [first, second] = [muscles[one.muscle], muscles[other.muscle]];
  if (!first?.mainRoot || !second?.mainRoot) return false;
  return !second.roots.includes(first.mainRoot) || !first.roots.includes(second.mainRoot);
}

/** Weak muscle groups that no single root explains (AMB-33). */
export function severalGroups(muscles: Muscles, weak: readonly Strength[]): boolean {
  const decisive = weak.filter((strength) => muscles[strength.muscle]?.ambiguous !== true);
  return decisive.some((one, index) => decisive.slice(index + 1).some((other) => differentRoots(muscles, one, other)));
}

/** Makes the derivations for a table of muscles. */
export function strengthDerivations(muscles: Muscles): Derivations {
  const weakOf = (input: DerivationInput): readonly Strength[] =>
    newWeaknesses(input.case, input.setting('alarmMaxAgeDays'));
  const examined = (input: DerivationInput): boolean => input.case.strengths.length > 0;
  const verdict = (input: DerivationInput, weak: readonly Strength[]): Fact => {
    if (weak.length > 0) return known(true, entriesOf(weak));
    return examined(input) ? known(false) : unknown('no muscle strength recorded');
  };

  const severe = (input: DerivationInput): Fact =>
    verdict(
      input,
      weakOf(input).filter((strength) => strength.grade <= SEVERE),
    );

  const progressive = (input: DerivationInput): Fact => {
    const recorded = input.fact('weakness.progressive');
    if (recorded.value === true) return recorded;
    const falling = progressiveWeaknesses(
      input.case,
      input.setting('alarmMaxAgeDays'),
      input.setting('progressionWithinDays'),
    );
    return falling.length > 0 ? known(true, entriesOf(falling)) : verdict(input, []);
  };

  const several = (input: DerivationInput): Fact => {
    const recorded = input.fact('deficit.multifocalRecorded');
    if (recorded.value === true) return recorded;
    const weak = weakOf(input);
    return severalGroups(muscles, weak) ? known(true, entriesOf(weak)) : verdict(input, []);
  };

  /** A lost reflex and weakness in the same root (D16). */
  const reflexAndWeak = (input: DerivationInput): Fact => {
    const reflex = input.fact('reflex.absent');
    if (reflex.value !== true) return reflex;
    const reflexRoots = reflex.evidence.flatMap((entry) => entry.sites.flatMap((site) => muscles[site]?.roots ?? []));
    const weak = weakOf(input).filter((strength) =>
      muscles[strength.muscle]?.roots.some((root) => reflexRoots.includes(root)),
    );
    return weak.length > 0 ? known(true, [...reflex.evidence, ...entriesOf(weak)]) : FALSE;
  };

  const graver = ['deficit.severe', 'deficit.progressive', 'deficit.severalGroups', 'deficit.reflexAndWeak'];
  const mild = (input: DerivationInput): Fact => {
    const weak = weakOf(input);
    if (weak.length === 0) return verdict(input, []);
    return graver.some((id) => input.fact(id).value === true) ? FALSE : known(true, entriesOf(weak));
  };

  /** The exception of CONF-06: one arm, or clearly asymmetrical, severe acute pain first, no cord or sphincter sign, legs examined and normal. */
  const naPattern = (input: DerivationInput): Fact => {
    const weak = weakOf(input);
    const arms = weak.every((strength) => halfOf(strength.muscle) === 'upper');
    const sides = new Set<Side | undefined>(weak.map((strength) => strength.side));
    const legs = input.case.strengths.filter((strength) => halfOf(strength.muscle) === 'lower');
    const legsNormal = legs.length > 0 && legs.every((strength) => strength.grade === 5);
    const bladder = input.fact('bladder.normal').value === true && input.fact('saddle.normal').value === true;
    const noCord = input.fact('cord.pyramidal').value === false;
    const painFirst = input.fact('na.severePainFirst').value === true;
    return known(
      weak.length > 0 && arms && sides.size === 1 && legsNormal && bladder && noCord && painFirst,
      entriesOf(weak),
    );
  };

  /** Any new weakness, by a strength of 4 or less or as a finding. */
  const anyDeficit = (input: DerivationInput): Fact => {
    const weak = weakOf(input);
    if (weak.length > 0) return known(true, entriesOf(weak));
    const recorded = input.fact('weakness.recent');
    return recorded.value === undefined ? verdict(input, []) : recorded;
  };

  /** All new weakness lies in the arm of a confirmed NA, does not increase, and nothing points to cord or cauda (CONF-07). */
  const withinConfirmedNa = (input: DerivationInput): Fact => {
    const confirmed = input.case.episodes
      .flatMap((episode) => episode.conditions)
      .filter((entry) => isNeuralgicAmyotrophy(entry) && verificationOf(entry) === 'confirmed');
    const weak = weakOf(input);
    if (confirmed.length === 0 || weak.length === 0) return FALSE;
    const danger = ['deficit.progressive', 'cord.pyramidal', 'cord.ataxia', 'saddle.lost', 'bladder.retention'];
    if (danger.some((id) => input.fact(id).value === true)) return FALSE;
    const [first] = weak;
    const inArm = weak.every(
      (strength) =>
        halfOf(strength.muscle) === 'upper' &&
        confirmed.some(({ side }) =>
          side === undefined ? strength.side === first?.side : sidesAgree(side, strength.side),
        ),
    );
    return known(inArm, [...confirmed, ...entriesOf(weak)]);
  };

  const weakAt =
    (sites: readonly string[]) =>
    (input: DerivationInput): Fact => {
      const weak = weakOf(input).filter((strength) => sites.includes(strength.muscle));
      return verdict(input, weak);
    };

  /** Weakness in the arm of this episode: a strength of 4 or less, or weakness recorded as a finding. */
  const armWeak = (input: DerivationInput): Fact => {
    const { episode, case: theCase } = input;
    const weak = episodeWeaknesses(input).filter((strength) => halfOf(strength.muscle) === 'upper');
    if (weak.length > 0) return known(true, entriesOf(weak));
    const recorded = input.fact('weakness.recorded');
    if (recorded.value === true && episode?.half === 'upper') return recorded;
    const tested = theCase.strengths.some(
      (strength) => halfOf(strength.muscle) === 'upper' && sinceOnset(strength.date, episode?.onset),
    );
    return tested || recorded.value === false ? FALSE : unknown('no muscle strength recorded');
  };

  /** Any weakness, recorded as a finding or measured; no only when it was asked or tested (CONF-14). */
  const anyWeakness = ({ fact }: DerivationInput): Fact => {
    const parts = WEAKNESSES.map(fact);
    const present = parts.find((part) => part.value === true);
    return present ?? parts.find((part) => part.value === false) ?? unknown('weakness not recorded');
  };

  /** Weak muscles since the onset of the episode, at its side or any. */
  const episodeWeaknesses = ({ episode, case: theCase }: DerivationInput): readonly Strength[] =>
    byMuscle(theCase.strengths.filter((strength) => strength.date.first <= theCase.today)).flatMap(([now]) => {
      if (!now || now.grade > WEAK || !episode) return [];
      return sinceOnset(now.date, episode.onset) &&
        belongsTo({ ...episode, side: 'bilateral' }, now.entry.sites, now.side)
        ? [now]
        : [];
    });

  /** Weakness of several nerves or roots in the arms: the multifocal paresis of NA; symmetric weakness is not (AMB-22). */
  const multifocalArm = (input: DerivationInput): Fact => {
    const weak = episodeWeaknesses(input).filter((strength) => halfOf(strength.muscle) === 'upper');
    if (isSymmetric(weak)) return FALSE;
    if (severalGroups(muscles, weak)) return known(true, entriesOf(weak));
    const recorded = input.fact('deficit.multifocalRecorded');
    return recorded.value !== undefined ? recorded : verdict(input, []);
  };

  const bilateralArms = (input: DerivationInput): Fact => {
    const sides = new Set(episodeWeaknesses(input).map((strength) => strength.side));
    if (sides.has('left') && sides.has('right')) return known(true, entriesOf(episodeWeaknesses(input)));
    if (input.episode?.side === 'bilateral' && input.episode.half === 'upper')
      return known(true, input.episode.conditions);
    return FALSE;
  };

  /** How many of the four tests are weaker than on the other side (AMB-51). */
  const naTestsWeak = (input: DerivationInput): Fact => {
    const { episode, case: theCase } = input;
    const tests = Object.keys(muscles).filter((muscle) => muscles[muscle]?.naTest);
    const present = theCase.strengths.filter(
      ({ date }) => date.first <= theCase.today && sinceOnset(date, episode?.onset),
    );
    const latest = byMuscle(present).flatMap(([now]) => now ?? []);
    const compared = tests.map((test) => {
      const sides = latest.filter((strength) => strength.muscle === test);
      const grades = sides.map((strength) => strength.grade);
      return sides.length < 2 ? undefined : { weaker: Math.min(...grades) < Math.max(...grades), sides };
    });
    const weaker = compared.filter((comparison) => comparison?.weaker);
    const evidence = weaker.flatMap((comparison) => entriesOf(comparison?.sides ?? []));
    const open = compared.filter((comparison) => comparison === undefined).length;
    return weaker.length >= 2 || open === 0
      ? known(weaker.length, evidence)
      : unknown('not all four tests recorded', evidence);
  };

  /** Days from onset to the first examination that found weakness. */
  const daysToWeakness = (input: DerivationInput): Fact => {
    const onset = input.fact('episode.daysSinceOnset').value;
    const days = episodeWeaknesses(input).map((strength) => input.case.today - strength.date.first);
    const all = input.case.strengths.filter(
      (strength) => strength.grade <= WEAK && sinceOnset(strength.date, input.episode?.onset),
    );
    const firstAge = Math.max(...all.map((strength) => input.case.today - strength.date.first), ...days);
    if (typeof onset !== 'number' || all.length === 0) return unknown('no weakness with a date and an onset recorded');
    return known(onset - firstAge, entriesOf(all));
  };

  const WEAKNESSES = ['weakness.recorded', 'arm.weak', 'deficit.mild'];
  const ALARM = ['alarmMaxAgeDays'];
  return {
    deficitSevere: { derive: severe, settings: ALARM },
    deficitProgressive: {
      derive: progressive,
      settings: [...ALARM, 'progressionWithinDays'],
      facts: ['weakness.progressive'],
    },
    deficitSeveralGroups: { derive: several, settings: ALARM, facts: ['deficit.multifocalRecorded'] },
    deficitReflexAndWeak: { derive: reflexAndWeak, settings: ALARM, facts: ['reflex.absent'] },
    deficitMild: { derive: mild, settings: ALARM, facts: graver },
    deficitNaPattern: {
      derive: naPattern,
      settings: ALARM,
      facts: ['bladder.normal', 'saddle.normal', 'cord.pyramidal', 'na.severePainFirst'],
    },
    deficitAny: { derive: anyDeficit, settings: ALARM, facts: ['weakness.recent'] },
    deficitWithinConfirmedNa: {
      derive: withinConfirmedNa,
      settings: ALARM,
      facts: ['deficit.progressive', 'cord.pyramidal', 'cord.ataxia', 'saddle.lost', 'bladder.retention'],
    },
    deficitRetestBy: {
      derive: ({ case: theCase, setting }) => known(theCase.today + setting('mildDeficitRetestDays')),
      settings: ['mildDeficitRetestDays'],
    },
    distalArmWeak: {
      derive: weakAt([
        'muscle-wrist',
        'muscle-forearm',
        'muscle-hand',
        'muscle-long-flexors-thumb-index',
        'movement-forearm-pronation',
      ]),
      settings: ALARM,
    },
    anyWeakness: { derive: anyWeakness, facts: WEAKNESSES },
    armWeak: { derive: armWeak, facts: ['weakness.recorded'] },
    multifocalArm: { derive: multifocalArm, facts: ['deficit.multifocalRecorded'] },
    bilateralArms: { derive: bilateralArms },
    naTestsWeak: { derive: naTestsWeak },
    daysToWeakness: { derive: daysToWeakness, facts: ['episode.daysSinceOnset'] },
  };
}

/** Every weak muscle is as weak on the other side. */
function isSymmetric(weak: readonly Strength[]): boolean {
  if (weak.length === 0) return false;
  return weak.every((strength) =>
    weak.some(
      (other) => other.muscle === strength.muscle && other.side !== strength.side && other.grade === strength.grade,
    ),
  );
}
