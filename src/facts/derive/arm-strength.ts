/**
 * Derivations about the strength of the arm in an episode: weak at all, multifocal, on both sides, when, and the four tests of
 * neuralgic amyotrophy (AMB-22, 51; CONF-14). Muscle -> roots comes from `rules/facts/muscle-roots.yaml`.
 */
import { halfOf } from '../../case/body.js';
import type { Strength } from '../../case/case.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';
import {
  WEAK,
  byMuscle,
  entriesOf,
  episodeWeaknesses,
  isSymmetric,
  severalGroups,
  untilToday,
  weaknessFact,
  type Muscles,
} from './weakness.js';

const isOfArm = ({ muscle }: Strength): boolean => halfOf(muscle) === 'upper';

/** Weakness in the arm of this episode: a strength of 4 or less, or weakness recorded as a finding. */
function armWeak({ case: theCase, episode, fact }: DerivationInput): Fact {
  const weak = episodeWeaknesses(theCase, episode).filter(isOfArm);
  if (weak.length > 0) return known(true, entriesOf(weak));
  const recorded = fact('weakness.recorded');
  if (recorded.value === true && episode?.half === 'upper') return recorded;
  const tested = theCase.strengths.some((strength) => isOfArm(strength) && sinceOnset(strength.date, episode?.onset));
  return tested || recorded.value === false ? FALSE : unknown('no muscle strength recorded');
}

const WEAKNESSES = ['weakness.recorded', 'arm.weak', 'deficit.mild'];

const FOOT_DROP = 'weakness.footDrop';

/** Any weakness, recorded as a finding or measured; no only when it was asked or tested (CONF-14). */
function anyWeakness({ fact }: DerivationInput): Fact {
  const parts = WEAKNESSES.map(fact);
  const present = [...parts, fact(FOOT_DROP)].find((part) => part.value === true);
  return present ?? parts.find((part) => part.value === false) ?? unknown('weakness not recorded');
}

/** Weakness of several nerves or roots in the arms: the multifocal paresis of NA; symmetric weakness is not (AMB-22). */
const multifocalArm =
  (muscles: Muscles) =>
  ({ case: theCase, episode, fact }: DerivationInput): Fact => {
    const weak = episodeWeaknesses(theCase, episode).filter(isOfArm);
    if (isSymmetric(weak)) return FALSE;
    if (severalGroups(muscles, weak)) return known(true, entriesOf(weak));
    const recorded = fact('deficit.multifocalRecorded');
    return recorded.value !== undefined ? recorded : weaknessFact(theCase, []);
  };

function bilateralArms({ case: theCase, episode }: DerivationInput): Fact {
  const weak = episodeWeaknesses(theCase, episode);
  const sides = new Set(weak.map(({ side }) => side));
  if (sides.has('left') && sides.has('right')) return known(true, entriesOf(weak));
  return episode?.side === 'bilateral' && episode.half === 'upper' ? known(true, episode.conditions) : FALSE;
}

/** How many of the four tests are weaker than on the other side (AMB-51). */
function naTestsWeak(tests: readonly string[]): (input: DerivationInput) => Fact {
  return ({ case: theCase, episode }) => {
    const present = untilToday(theCase).filter(({ date }) => sinceOnset(date, episode?.onset));
    const latest = byMuscle(present).flatMap(([now]) => now ?? []);
    const pairs = tests.map((test) => latest.filter(({ muscle }) => muscle === test));
    const compared = pairs
      .map((pair) => pair.filter(({ side }) => side !== undefined))
      .filter((pair) => pair.length === 2);
    const weaker = compared.filter((sides) => new Set(sides.map(({ grade }) => grade)).size > 1);
    const evidence = entriesOf(weaker.flat());
    return weaker.length >= 2 || compared.length === tests.length
      ? known(weaker.length, evidence)
      : unknown('not all four tests recorded', evidence);
  };
}

/** Days from onset to the first examination that found weakness. */
function daysToWeakness({ case: theCase, episode, fact }: DerivationInput): Fact {
  const onset = fact('episode.daysSinceOnset').value;
  const weak = theCase.strengths.filter(({ grade, date }) => grade <= WEAK && sinceOnset(date, episode?.onset));
  if (typeof onset !== 'number' || weak.length === 0) return unknown('no weakness with a date and an onset recorded');
  const firstDay = Math.min(...weak.map(({ date }) => date.first));
  return known(onset - (theCase.today - firstDay), entriesOf(weak));
}

/** Makes the derivations about the arm for a table of muscles. */
export function armStrengthDerivations(muscles: Muscles): Derivations {
  const tests = Object.keys(muscles).filter((muscle) => muscles[muscle]?.naTest);
  return {
    armWeak: { derive: armWeak, facts: ['weakness.recorded'] },
    anyWeakness: { derive: anyWeakness, facts: [...WEAKNESSES, FOOT_DROP] },
    multifocalArm: { derive: multifocalArm(muscles), facts: ['deficit.multifocalRecorded'] },
    bilateralArms: { derive: bilateralArms },
    naTestsWeak: { derive: naTestsWeak(tests) },
    daysToWeakness: { derive: daysToWeakness, facts: ['episode.daysSinceOnset'] },
  };
}
