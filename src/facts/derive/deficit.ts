/**
 * Derivations about deficits of the patient: which weakness is new, how severe, progressive, and whether one root explains it
 * (AMB-31, 32, 33; D16; CONF-06, CONF-07). Muscle -> roots comes from `rules/facts/muscle-roots.yaml`.
 * A deficit counts as an alarm when it was examined in the last days (setting `alarmMaxAgeDays`) and is not an old, stable one.
 */
import { halfOf, sidesAgree } from '../../case/body.js';
import { isNeuralgicAmyotrophy } from '../../case/episodes.js';
import type { Entry, Strength } from '../../case/case.js';
import type { Derivation, DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { verificationOf } from './history.js';
import {
  SEVERE,
  entriesOf,
  byMuscle,
  newWeaknesses,
  progressiveWeaknesses,
  severalGroups,
  untilToday,
  weaknessFact,
  type Muscles,
} from './weakness.js';

const MAX_AGE = 'alarmMaxAgeDays';

const weakOf = ({ case: theCase, setting }: DerivationInput): readonly Strength[] =>
  newWeaknesses(theCase, setting(MAX_AGE));

const verdict = (input: DerivationInput, weak: readonly Strength[]): Fact => weaknessFact(input.case, weak);

/** A derivation that reads the alarm window. */
const inWindow = (derive: Derivation['derive'], facts: readonly string[] = []): Derivation => ({
  derive,
  settings: [MAX_AGE],
  facts,
});

function severe(input: DerivationInput): Fact {
  return verdict(
    input,
    weakOf(input).filter(({ grade }) => grade <= SEVERE),
  );
}

/** Recorded as progressive, or measured to fall. */
function progressive(input: DerivationInput): Fact {
  const recorded = input.fact('weakness.progressive');
  if (recorded.value === true) return recorded;
  const falling = progressiveWeaknesses(input.case, input.setting(MAX_AGE), input.setting('progressionWithinDays'));
  if (falling.length > 0) return known(true, entriesOf(falling));
  // One examination says nothing about a course, unless it found full strength or the GP denied progression.
  const isMeasuredTwice = byMuscle(untilToday(input.case)).some((records) => records.length > 1);
  const isWeak = weakOf(input).length > 0;
  if (recorded.value === false || isMeasuredTwice) return FALSE;
  return isWeak ? unknown('no earlier strength to compare with') : verdict(input, []);
}

/** Recorded as multifocal, or weak muscles of more than one root. */
const several =
  (muscles: Muscles) =>
  (input: DerivationInput): Fact => {
    const recorded = input.fact('deficit.multifocalRecorded');
    if (recorded.value === true) return recorded;
    const weak = weakOf(input);
    if (severalGroups(muscles, weak)) return known(true, entriesOf(weak));
    const examined = new Set(input.case.strengths.map(({ muscle }) => muscle));
    return recorded.value === false || examined.size > 1 ? FALSE : unknown('strength of at most one muscle recorded');
  };

/** A lost reflex and weakness in the same root (D16). */
const reflexAndWeak =
  (muscles: Muscles) =>
  (input: DerivationInput): Fact => {
    const reflex = input.fact('reflex.absent');
    if (reflex.value !== true) return reflex;
    const reflexRoots = reflex.evidence.flatMap((entry) => entry.sites.flatMap((site) => muscles[site]?.roots ?? []));
    const weak = weakOf(input).filter(({ muscle }) =>
      muscles[muscle]?.roots.some((root) => reflexRoots.includes(root)),
    );
    if (weak.length > 0) return known(true, [...reflex.evidence, ...entriesOf(weak)]);
    return verdict(input, weak);
  };

const GRAVER = ['deficit.severe', 'deficit.progressive', 'deficit.severalGroups', 'deficit.reflexAndWeak'];

/** New weakness that is none of the graver kinds. */
function mild(input: DerivationInput): Fact {
  const weak = weakOf(input);
  const isGraver = weak.length > 0 && GRAVER.some((id) => input.fact(id).value === true);
  return isGraver ? FALSE : verdict(input, weak);
}

const NA_PATTERN = ['bladder.normal', 'saddle.normal', 'cord.pyramidal', 'na.severePainFirst'];

/**
 * The exception of CONF-06: one arm, or clearly asymmetrical, severe acute pain first, no cord or sphincter sign, legs examined and
 * normal.
 */
function naPattern(input: DerivationInput): Fact {
  const weak = weakOf(input);
  const oneArm =
    weak.length > 0 &&
    weak.every(({ muscle }) => halfOf(muscle) === 'upper') &&
    new Set(weak.map(({ side }) => side)).size === 1;
  const legs = input.case.strengths.filter(({ muscle }) => halfOf(muscle) === 'lower');
  const legsNormal = legs.length > 0 && legs.every(({ grade }) => grade === 5);
  const bladder = input.fact('bladder.normal').value === true && input.fact('saddle.normal').value === true;
  const noCord = input.fact('cord.pyramidal').value === false;
  const painFirst = input.fact('na.severePainFirst').value === true;
  return known(oneArm && legsNormal && bladder && noCord && painFirst, entriesOf(weak));
}

const WEAKNESS = 'weakness.recent';
const FOOT_DROP = 'weakness.footDropRecent';

/** Any new weakness, by a strength of 4 or less or as a finding. */
function anyDeficit(input: DerivationInput): Fact {
  const weak = weakOf(input);
  if (weak.length > 0) return verdict(input, weak);
  const [recorded, footDrop] = [input.fact(WEAKNESS), input.fact(FOOT_DROP)];
  if (recorded.value !== true && footDrop.value === true) return footDrop;
  return recorded.value === undefined ? verdict(input, []) : recorded;
}

const BEYOND_NA = ['deficit.progressive', 'cord.pyramidal', 'cord.ataxia', 'saddle.lost', 'bladder.retention'];

/** All new weakness lies in the arm of a confirmed NA, does not increase, and nothing points to cord or cauda (CONF-07). */
function withinConfirmedNa(input: DerivationInput): Fact {
  const confirmed = input.case.episodes
    .flatMap((episode) => episode.conditions)
    .filter((entry) => isNeuralgicAmyotrophy(entry) && verificationOf(entry) === 'confirmed');
  const weak = weakOf(input);
  if (confirmed.length === 0) return FALSE;
  if (weak.length === 0) return input.case.strengths.length > 0 ? FALSE : unknown('no muscle strength recorded');
  if (BEYOND_NA.some((id) => input.fact(id).value === true)) return FALSE;
  return known(isInArmOf(confirmed, weak), [...confirmed, ...entriesOf(weak)]);
}

/** Where no side of the diagnosis is recorded, all weakness must at least be of one side. */
function isInArmOf(confirmed: readonly Entry[], weak: readonly Strength[]): boolean {
  const [first] = weak;
  return weak.every(
    (strength) =>
      halfOf(strength.muscle) === 'upper' &&
      confirmed.some(({ side }) =>
        side === undefined ? strength.side === first?.side : sidesAgree(side, strength.side),
      ),
  );
}

const DISTAL_ARM = [
  'muscle-wrist',
  'muscle-forearm',
  'muscle-hand',
  'muscle-long-flexors-thumb-index',
  'movement-forearm-pronation',
];

function distalArm(input: DerivationInput): Fact {
  return verdict(
    input,
    weakOf(input).filter(({ muscle }) => DISTAL_ARM.includes(muscle)),
  );
}

/** Makes the derivations about deficits for a table of muscles. */
export function deficitDerivations(muscles: Muscles): Derivations {
  return {
    deficitSevere: inWindow(severe),
    deficitProgressive: {
      derive: progressive,
      settings: [MAX_AGE, 'progressionWithinDays'],
      facts: ['weakness.progressive'],
    },
    deficitSeveralGroups: inWindow(several(muscles), ['deficit.multifocalRecorded']),
    deficitReflexAndWeak: inWindow(reflexAndWeak(muscles), ['reflex.absent']),
    deficitMild: inWindow(mild, GRAVER),
    deficitNaPattern: inWindow(naPattern, NA_PATTERN),
    deficitAny: inWindow(anyDeficit, [WEAKNESS, FOOT_DROP]),
    deficitWithinConfirmedNa: inWindow(withinConfirmedNa, BEYOND_NA),
    deficitRetestBy: {
      derive: ({ case: theCase, setting }) => known(theCase.today + setting('mildDeficitRetestDays')),
      settings: ['mildDeficitRetestDays'],
    },
    distalArmWeak: inWindow(distalArm),
  };
}
