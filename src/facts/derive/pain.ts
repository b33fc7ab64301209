/**
 * Derivations about pain scores and the picture of the pain (AMB-01, 02, 07, 15, 17, 18).
 * Scores are on the scale 0-10 and never rounded. Treatment looks at the latest score, suspicion at the peak since onset.
 */
import { oncePerCase } from '../once-per-case.js';
import { belongsTo } from '../../case/episodes.js';
import { ARM_SITES, BELOW_KNEE_SITES, SCORE_SITES, halfOf } from '../../case/body.js';
import type { Case, Episode, Score } from '../../case/case.js';
import { isObject, listOf, normaliseReference } from '../../fhir/references.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { known, unknown, type Fact } from '../fact.js';
import { allOf, anyOf, type Truth } from '../../three-valued.js';
import { ageInDays, sinceOnset } from '../windows.js';
import { exactOnset } from './time.js';

/** Scores of an episode: of its sites or regions; one without a site only when it names the complaint or was made in its contact. */
export const scoresOf = oncePerCase((theCase: Case, episode: Episode): readonly Score[] => {
  const sites = new Set([...episode.sites, ...episode.regions.flatMap((region) => SCORE_SITES[region])]);
  return theCase.scores.filter(
    (score) =>
      score.date.first <= theCase.today &&
      sinceOnset(score.date, episode.onset) &&
      belongsTo(episode, score.entry.sites, score.entry.side) &&
      (score.entry.sites.length > 0 ? score.entry.sites.some((site) => sites.has(site)) : isAbout(score, episode)),
  );
});

function isAbout(score: Score, episode: Episode): boolean {
  const raw = score.entry.resource as unknown as Readonly<Record<string, unknown>>;
  const focus = listOf(raw['focus']).map((one) => normaliseReference(one['reference']));
  const encounter = encounterOf(raw);
  return episode.conditions.some(
    (condition) =>
      focus.includes(condition.reference) ||
      (encounter !== undefined &&
        encounter === encounterOf(condition.resource as unknown as Readonly<Record<string, unknown>>)),
  );
}

function encounterOf(raw: Readonly<Record<string, unknown>>): string | undefined {
  return isObject(raw['encounter']) ? normaliseReference(raw['encounter']['reference']) : undefined;
}

/** NRS from which pain is severe: Tabel 2 and Tabel 5 of the NA source (AMB-01). */
export const SEVERE_PAIN = 7;

/** Scores that are final: a preliminary one treats nobody. */
export const confirmed = (scores: readonly Score[]): readonly Score[] =>
  scores.filter((score) => score.entry.state === 'final');

/** The latest valid score, when it is recent enough to treat on. */
function latest({ case: theCase, episode, setting }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const [score] = confirmed(scoresOf(theCase, episode));
  if (!score) return unknown('no pain score recorded');
  if (ageInDays(score.date, theCase.today) > setting('scoreMaxAgeDays'))
    return unknown('the last pain score is too old', [score.entry]);
  return known(score.value, [score.entry]);
}

function peak({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const scores = scoresOf(theCase, episode);
  const [highest] = [...scores].sort((one, other) => other.value - one.value);
  return highest ? known(highest.value, [highest.entry]) : unknown('no pain score recorded');
}

const LEG_SITES = [...BELOW_KNEE_SITES, 'site-thigh', 'site-knee'];
const DISTAL_SITES = [...ARM_SITES, ...LEG_SITES];

/** Final scores of the arm or leg, and those of the rest of the complaint: each part has a latest score of its own. */
export function scoreParts(
  theCase: Case,
  episode: Episode,
): readonly [distal: readonly Score[], rest: readonly Score[]] {
  const scores = confirmed(scoresOf(theCase, episode));
  const distal = scores.filter((score) => score.entry.sites.some((site) => DISTAL_SITES.includes(site)));
  return [distal, scores.filter((score) => !distal.includes(score))];
}

/**
 * Still troubled: an active complaint whose latest score, if there is a recent one, is at least 1 (AMB-07).
 * Of neck and arm either counts; in the leg group the leg alone.
 */
function stillTroubled({ case: theCase, episode, setting }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const [distal, rest] = scoreParts(theCase, episode);
  const parts = episode.group === 'back-leg' ? [distal] : [distal, rest];
  const recent = parts
    .flatMap(([last]) => last ?? [])
    .filter((score) => ageInDays(score.date, theCase.today) <= setting('scoreMaxAgeDays'));
  return known(recent.length === 0 || recent.some((score) => score.value >= 1), episode.conditions);
}

/** Sudden when recorded so, or when the peak came within days of a known onset; gradual when recorded so (AMB-18). */
function acute(input: DerivationInput): Fact {
  const { case: theCase, episode, setting, fact } = input;
  const gradual = fact('onset.gradual');
  if (gradual.value === true) return known(false, gradual.evidence);
  const sudden = fact('onset.sudden');
  if (sudden.value === true) return known(true, sudden.evidence);
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number' || !episode) return unknown('mode of onset not recorded');
  const scores = scoresOf(theCase, episode);
  const top = Math.max(...scores.map((score) => score.value));
  const atTop = scores.filter((score) => score.value === top);
  const first = atTop[atTop.length - 1];
  if (!first) return unknown('mode of onset not recorded');
  if (first.date.first - onset <= setting('acutePeakWithinDays')) return known(true, [first.entry]);
  return fact('episode.overThreeMonths').value === true
    ? known(false, [first.entry])
    : unknown('mode of onset not recorded');
}

/** The site of Tabel 2: shoulder, shoulder blade or upper arm; the neck only together with one more feature (AMB-17). */
function naSite({ case: theCase, episode, fact }: DerivationInput): Fact {
  if (!episode || episode.half !== 'upper') return known(false);
  const typical = ['site-shoulder', 'site-scapula', 'site-arm', 'site-upper-arm'];
  if (episode.sites.some((site) => typical.includes(site))) return known(true, episode.conditions);
  if (!episode.sites.includes('site-neck')) return known(false, episode.conditions);
  const features: Truth[] = ['pain.atNight', 'pain.atRest', 'scapula.winged', 'scapula.dyskinesia', 'arm.weak'].map(
    (id) => fact(id).value as Truth,
  );
  return known(hurtsBeyondNeck(theCase, episode) || anyOf(features) === true, episode.conditions);
}

/** Pain scored since onset at the shoulder or further down the arm; a score of 0 is no pain. */
function hurtsBeyondNeck(theCase: Case, episode: Episode): boolean {
  return theCase.scores.some(
    ({ value, date, entry }) =>
      value >= 1 &&
      date.first <= theCase.today &&
      sinceOnset(date, episode.onset) &&
      belongsTo(episode, entry.sites, entry.side) &&
      entry.sites.some((site) => site !== 'site-neck' && halfOf(site) === 'upper'),
  );
}

/** True when only forearm or hand are named: the distal forms have a route of their own. */
function distalOnly({ episode }: DerivationInput): Fact {
  if (!episode || episode.half !== 'upper') return known(false);
  return known(
    episode.sites.every((site) => site === 'site-forearm' || site === 'site-hand'),
    episode.conditions,
  );
}

/** Resistant to analgesics: recorded so, or still at least 7 a day after one was started (AMB-15). Eased: the score fell below 7. */
function resistant({ case: theCase, episode, setting, fact }: DerivationInput): Fact {
  const recorded = fact('analgesics.ineffective');
  if (recorded.value !== undefined) return recorded;
  const analgesics = (theCase.byConcept.get('analgesic') ?? []).filter((drug) => drug.state === 'active' && drug.date);
  const starts = analgesics.flatMap((drug) => (drug.date ? [drug.date.first] : []));
  const [score] = episode ? confirmed(scoresOf(theCase, episode)) : [];
  if (starts.length === 0 || !score) return unknown('response to analgesics not recorded');
  const hours = (score.date.first - Math.min(...starts)) * 24;
  if (hours < setting('analgesicTrialHours')) return unknown('response to analgesics not recorded');
  return known(score.value >= SEVERE_PAIN, [score.entry, ...analgesics]);
}

/** Severe pain of neck, shoulder or arm came first and suddenly: a condition of the exception of CONF-06. */
function severePainFirst({ case: theCase }: DerivationInput): Fact {
  const upper = theCase.episodes.filter((episode) => episode.half === 'upper');
  const severe = upper.flatMap((episode) => scoresOf(theCase, episode)).filter((score) => score.value >= SEVERE_PAIN);
  const sudden = (theCase.findings.get('onset-sudden') ?? []).filter((finding) => finding.present);
  const evidence = [...severe.map((score) => score.entry), ...sudden.map((finding) => finding.entry)];
  return known(severe.length > 0 && sudden.length > 0, evidence);
}

/** All three words of the red flag together (AMB-14). */
function continuousProgressiveNonMechanical({ fact }: DerivationInput): Fact {
  const parts = ['pain.continuous', 'pain.progressive', 'pain.nonMechanical'].map(fact);
  const verdict = allOf(parts.map((part) => part.value as Truth));
  const evidence = parts.flatMap((part) => part.evidence);
  return verdict === undefined ? unknown('not recorded', evidence) : known(verdict, evidence);
}

export const PAIN: Derivations = {
  severePainFirst: { derive: severePainFirst },
  painLatest: { derive: latest, settings: ['scoreMaxAgeDays'] },
  painPeak: { derive: peak },
  stillTroubled: { derive: stillTroubled, settings: ['scoreMaxAgeDays'] },
  painAcute: {
    derive: acute,
    settings: ['acutePeakWithinDays'],
    facts: ['onset.gradual', 'onset.sudden', 'episode.overThreeMonths'],
  },
  naSite: {
    derive: naSite,
    facts: ['pain.atNight', 'pain.atRest', 'scapula.winged', 'scapula.dyskinesia', 'arm.weak'],
  },
  distalOnly: { derive: distalOnly },
  painResistant: { derive: resistant, settings: ['analgesicTrialHours'], facts: ['analgesics.ineffective'] },
  continuousProgressiveNonMechanical: {
    derive: continuousProgressiveNonMechanical,
    facts: ['pain.continuous', 'pain.progressive', 'pain.nonMechanical'],
  },
};
