/**
 * Derivations about time: days since onset, ages, and the days of the protocol's weeks.
 * Day 0 is the day of onset; week n is days 7(n-1) to 7n-1 (AMB-06). Ages are exact: a birthday counts from the day itself.
 */
import type { Episode } from '../../case/case.js';
import { addMonths, civil, dayNumber, isExact, type DateSpan, type Day } from '../../fhir/dates.js';
import type { Derivation, DerivationInput, Derivations } from '../derivation.js';
import { known, unknown, type Fact } from '../fact.js';

/** The onset as one day, or why it is not known. */
export function exactOnset(episode: Episode | undefined, today: Day): Day | Fact {
  if (episode?.onset === undefined) return unknown('no onset recorded', episode?.conditions);
  if (!isExact(episode.onset)) return unknown('the onset is recorded without a day', episode.conditions);
  if (episode.onset.first > today) return unknown('the onset lies in the future', episode.conditions);
  return episode.onset.first;
}

/** A number that follows from the day of onset. */
function ofOnset(count: (onset: Day, today: Day) => number): Derivation {
  return {
    derive: ({ case: theCase, episode }) => {
      const onset = exactOnset(episode, theCase.today);
      return typeof onset === 'number' ? known(count(onset, theCase.today), episode?.conditions) : onset;
    },
  };
}

const dayAfterOnset = (days: number): Derivation => ofOnset((onset) => onset + days);

/** Strictly more than three calendar months (AMB-05); a partial onset decides when all its days agree. */
function overThreeMonths({ case: theCase, episode }: DerivationInput): Fact {
  if (episode?.onset === undefined) return unknown('no onset recorded', episode?.conditions);
  const { onset, conditions } = episode;
  if (onset.first > theCase.today) return unknown('the onset lies in the future', conditions);
  const verdicts = [onset.first, Math.min(onset.last, theCase.today)].map((day) => theCase.today > addMonths(day, 3));
  if (verdicts[0] !== verdicts[1]) return unknown('the onset is recorded without a day', conditions);
  return known(verdicts[0] === true, conditions);
}

/** Age in years at a day, with the days from this year's birthday as a fraction: 50 on the fiftieth birthday, above 50 the day after. */
export function exactAge(birth: Day, day: Day): number {
  const { year, month, dayOfMonth } = civil(birth);
  const now = civil(day);
  // Born on 29 February: in other years the birthday falls on 1 March, which is what the day number gives.
  const birthday = dayNumber(now.year, month, dayOfMonth);
  return now.year - year + (day - birthday) / 366;
}

function ageAt(birthDate: DateSpan | undefined, day: Day): Fact {
  if (birthDate === undefined) return unknown('no birth date recorded');
  if (!isExact(birthDate)) return unknown('the birth date is recorded without a day');
  return known(exactAge(birthDate.first, day));
}

function ageAtOnset({ case: theCase, episode }: DerivationInput): Fact {
  const onset = exactOnset(episode, theCase.today);
  return typeof onset === 'number' ? ageAt(theCase.patient.birthDate, onset) : onset;
}

export const TIME: Derivations = {
  daysSinceOnset: ofOnset((onset, today) => today - onset),
  overThreeMonths: { derive: overThreeMonths },
  dayThirteen: dayAfterOnset(13),
  dayFourteen: dayAfterOnset(14),
  daySixteen: dayAfterOnset(16),
  dayTwentySeven: dayAfterOnset(27),
  daySeven: dayAfterOnset(7),
  ageToday: { derive: ({ case: theCase }) => ageAt(theCase.patient.birthDate, theCase.today) },
  ageAtOnset: { derive: ageAtOnset },
  episodeGroup: {
    derive: ({ episode }) => (episode ? known(episode.group, episode.conditions) : unknown('no complaint')),
  },
};
