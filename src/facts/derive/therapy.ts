/**
 * Derivations about training and about weakness outside the arm in neuralgic amyotrophy: weak or severely weak muscles of the affected
 * region, what a therapy order contains, the abdominal wall and the legs (AMB-23, 32, 38).
 */
import type { Strength } from '../../case/case.js';
import { halfOf } from '../../case/body.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, type Fact } from '../fact.js';
import { countsAsAlarm, sinceOnset } from '../windows.js';
import { SEVERE, WEAK, byMuscle, entriesOf, episodeWeaknesses, untilToday, weaknessFact } from './weakness.js';

const ofHalf =
  (half: 'upper' | 'lower' | undefined) =>
  ({ muscle }: Strength): boolean =>
    halfOf(muscle) === half;

/** Any strength of 4 or less in the half of the body of the complaint since its onset, or weakness recorded as a finding (AMB-23). */
function regionWeak({ case: theCase, episode, fact }: DerivationInput): Fact {
  const weak = episodeWeaknesses(theCase, episode).filter(ofHalf(episode?.half));
  if (weak.length > 0) return known(true, entriesOf(weak));
  const recorded = fact('weakness.recorded');
  if (recorded.value !== undefined) return recorded;
  const tested = theCase.strengths.filter(
    (strength) => ofHalf(episode?.half)(strength) && sinceOnset(strength.date, episode?.onset),
  );
  return tested.length > 0 ? known(false, entriesOf(tested)) : recorded;
}

/** Any strength of 3 or less there: "ernstige uitval" (AMB-32). */
function regionSevere({ case: theCase, episode }: DerivationInput): Fact {
  const weak = episodeWeaknesses(theCase, episode).filter(ofHalf(episode?.half));
  const severe = weak.filter(({ grade }) => grade <= SEVERE);
  return severe.length > 0 ? known(true, entriesOf(severe)) : weaknessFact(theCase, []);
}

/** Muscles of a place that are weak now, by a recent examination that belongs to a present complaint. */
const weakNow =
  (isThere: (strength: Strength) => boolean) =>
  ({ case: theCase, setting }: DerivationInput): Fact => {
    const weak = byMuscle(untilToday(theCase)).flatMap(([now]) =>
      now &&
      now.grade <= WEAK &&
      isThere(now) &&
      countsAsAlarm(theCase, now.date, now.entry.sites, setting('alarmMaxAgeDays'))
        ? [now]
        : [],
    );
    return weak.length > 0 ? known(true, entriesOf(weak)) : FALSE;
  };

const draftContains =
  (concept: string) =>
  ({ draft }: DerivationInput): Fact =>
    draft?.concepts.includes(concept) ? known(true) : FALSE;

export const THERAPY: Derivations = {
  regionWeak: { derive: regionWeak, facts: ['weakness.recorded'] },
  regionSevere: { derive: regionSevere },
  abdominalWallWeak: {
    derive: weakNow(({ muscle }) => muscle === 'muscle-abdominal-wall'),
    settings: ['alarmMaxAgeDays'],
  },
  legWeak: { derive: weakNow(ofHalf('lower')), settings: ['alarmMaxAgeDays'] },
  orderStrengthTraining: { derive: draftContains('therapy-strength-training') },
  orderCoordination: { derive: draftContains('therapy-coordination') },
};
