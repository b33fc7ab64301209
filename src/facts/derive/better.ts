/**
 * Derivations about "clearly much better" (AMB-11, D19): whether the complaint is, what is certain enough for an order, what a strong
 * drug may hide, and which part of the complaint was not scored.
 */
import type { Group, Score } from '../../case/case.js';
import type { DateSpan } from '../../fhir/dates.js';
import { allOf, type Truth } from '../../three-valued.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { ageInDays } from '../windows.js';
import { drugsInUse, notOnDrugList } from './drug-list.js';
import { confirmed, scoreParts, scoresOf } from './pain.js';

interface Improvement {
  readonly maxScore: number;
  readonly fallPercent: number;
  readonly maxAge: number;
}

/** Whether the scores of one part of the complaint fell far enough; undefined when the latest is too old to say. */
function improved(scores: readonly Score[], today: number, wanted: Improvement): Truth {
  const [last] = scores;
  if (!last || ageInDays(last.date, today) > wanted.maxAge) return undefined;
  const top = Math.max(...scores.map((score) => score.value));
  return last.value <= wanted.maxScore && top > 0 && (top - last.value) * 100 >= wanted.fallPercent * top;
}

/** Why it is not known whether the complaint is better: asked, not decided (D19). */
export const STRONG_DRUG_IN_USE = 'a strong analgesic or a corticosteroid is in use';
const STRONG_DRUGS = ['strong-opioid', 'systemic-corticosteroid'];

/**
 * Clearly much better: recorded so, or by scores; neck and arm, or back and leg, must be better together (AMB-11, D19).
 * In neck or back pain only, "better" is enough. Unknown while a strong opioid or a systemic corticosteroid may hide the pain.
 */
function muchBetter({ case: theCase, episode, setting, fact }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const radiates = episode.group === 'neck-arm' || episode.group === 'back-leg';
  const change = fact('change.global');
  if (change.value === 'same' || change.value === 'worse') return known(false, change.evidence);
  // Of several complaints, which one a change without a place is about cannot be told.
  const placed = theCase.episodes.length === 1 || change.evidence.some(({ sites }) => sites.length > 0);
  const said = placed && (change.value === 'much-better' || (change.value === 'better' && !radiates));
  const scores = confirmed(scoresOf(theCase, episode));
  const parts = radiates ? scoreParts(theCase, episode) : [scores];
  const wanted = {
    maxScore: setting(radiates ? 'muchBetterMaxScore' : 'betterMaxScore'),
    fallPercent: setting(radiates ? 'muchBetterFallPercent' : 'betterFallPercent'),
    maxAge: setting('scoreMaxAgeDays'),
  };
  const scored = parts.filter((part) => part.length > 0);
  const byScore = scored.length > 0 ? allOf(scored.map((part) => improved(part, theCase.today, wanted))) : undefined;
  // What was said before the latest score does not outweigh a score that tells otherwise.
  const saidLast = said && !scores.some((score) => change.evidence.every(({ date }) => isBefore(date, score.date)));
  const verdict = saidLast ? true : byScore;
  const evidence = [...change.evidence, ...scores.map((score) => score.entry)];
  if (verdict === undefined) return unknown('no recent pain score or change recorded', evidence);
  if (!verdict) return known(false, evidence);
  const strong = STRONG_DRUGS.flatMap((concept) => drugsInUse(theCase, concept));
  if (strong.length > 0) return unknown(STRONG_DRUG_IN_USE, [...evidence, ...strong]);
  const drugs = notOnDrugList(theCase);
  if (drugs.value === undefined) return drugs;
  return theCase.completeness('Observation') === 'complete'
    ? known(true, evidence)
    : unknown('later findings could not be searched completely', evidence);
}

const isBefore = (one: DateSpan | undefined, other: DateSpan): boolean => one === undefined || one.last < other.first;

/** Recorded as clearly much better; anything else, unknown included, is no. For orders, that must not ask for it. */
function surelyBetter({ fact }: DerivationInput): Fact {
  const better = fact('episode.muchBetter');
  return better.value === true ? better : FALSE;
}

/** Better by the scores, but a strong opioid or a systemic corticosteroid may hide the pain (D19). */
function betterOnStrongDrug({ fact }: DerivationInput): Fact {
  const better = fact('episode.muchBetter');
  return better.unknown === STRONG_DRUG_IN_USE ? known(true, better.evidence) : FALSE;
}

/** The parts of a complaint, as its scores are told apart: where pain radiates, the arm or leg comes second. */
const PARTS: Readonly<Record<Group, readonly [string, string?]>> = {
  'neck-only': ['neck'],
  'neck-arm': ['neck', 'arm'],
  'arm-only': ['arm'],
  'back-only': ['back'],
  thoracic: ['back'],
  'back-leg': ['back', 'leg'],
  'leg-only': ['leg'],
};

/** The parts of the complaint that have no score since onset: they do not stop a proposal to cancel, but are asked (D19). */
function unscored({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const [distal, rest] = scoreParts(theCase, episode);
  const [first, second] = PARTS[episode.group];
  if (second === undefined) return known(distal.length + rest.length > 0 ? [] : [first]);
  return known([...(rest.length > 0 ? [] : [first]), ...(distal.length > 0 ? [] : [second])]);
}

export const BETTER: Derivations = {
  muchBetter: {
    derive: muchBetter,
    settings: ['scoreMaxAgeDays', 'muchBetterMaxScore', 'muchBetterFallPercent', 'betterMaxScore', 'betterFallPercent'],
    facts: ['change.global'],
  },
  surelyBetter: { derive: surelyBetter, facts: ['episode.muchBetter'] },
  betterOnStrongDrug: { derive: betterOnStrongDrug, facts: ['episode.muchBetter'] },
  painUnscored: { derive: unscored },
};
