/**
 * Derivations about drug orders and pain treatment: what an order is for, its dose, an allergy to it, and whether the pain follows the
 * treatment (AMB-15, AMB-35 to AMB-37; SAFE-01 to SAFE-27).
 */
import type { Case, Entry, Episode, Score } from '../../case/case.js';
import type { Calendar } from '../../fhir/dates.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, TRUE, known, knownOr, oneOf, unknown, type Fact } from '../fact.js';
import { ageInDays } from '../windows.js';
import { namesOtherReason } from './course.js';
import { hasDosage, highestDaily, orderedDays, readDosages } from './dosage.js';
import { besideOrder, drugsInUse, notOnDrugList } from './drug-list.js';
import { draftConcerns, draftIs } from './orders.js';
import { confirmed, scoresOf } from './pain.js';
import { lateInPregnancy } from './pregnancy.js';

const NA = ['neuralgic-amyotrophy', 'hereditary-na'];
const isNa = (concept: string): boolean => NA.includes(concept);
const BELOW = ['back-complaint', 'leg-complaint'];
const ABOVE = ['neck-complaint', 'arm-complaint'];

/** The order is for NA: it says so, or NA is the diagnosis of a complaint it concerns and it names nothing else. */
function forNa({ case: theCase, draft }: DerivationInput): Fact {
  if (!draft) return FALSE;
  if (draft.reasonConcepts.some(isNa)) return TRUE;
  const named = draft.reasonConcepts;
  const isBelow = named.some((one) => BELOW.includes(one)) && !named.some((one) => ABOVE.includes(one));
  if (isBelow || namesOtherReason(draft, theCase)) return FALSE;
  const listed = theCase.episodes
    .filter((episode) => draftConcerns(draft, episode, theCase.episodes))
    .flatMap((episode) => episode.conditions)
    .filter((condition) => condition.concepts.some(isNa));
  return listed.length > 0 ? known(true, listed) : FALSE;
}

/** Groups in which an allergy to one drug is an allergy to all. */
const ALLERGY_GROUPS = [
  'nsaid-allergy',
  'opioid',
  'gabapentinoid',
  'carbamazepine',
  'tricyclic-antidepressant',
  'duloxetine',
  'ranitidine',
];

/** An allergy to the drafted drug or its group (SAFE-27). */
function allergy({ case: theCase, draft }: DerivationInput): Fact {
  const groups = (draft?.concepts ?? []).filter((concept) => ALLERGY_GROUPS.includes(concept));
  const allergies = groups.flatMap((group) => activeOf(theCase, group, 'AllergyIntolerance'));
  const listed = groups.includes('nsaid-allergy') ? activeOf(theCase, 'nsaid-allergy', 'Condition') : [];
  if (allergies.length + listed.length > 0) return known(true, [...allergies, ...listed]);
  return theCase.completeness('AllergyIntolerance') === 'complete'
    ? FALSE
    : unknown('the list of allergies is not complete');
}

function activeOf(theCase: Case, concept: string, type: string): readonly Entry[] {
  return (theCase.byConcept.get(concept) ?? []).filter((entry) => entry.type === type && entry.state === 'active');
}

/** What rules out any NSAID, and what makes one unwise to offer (SAFE-03, SAFE-05, SAFE-19). */
const FORBIDS_NSAID = [
  'heart.failure',
  'anticoagulant.current',
  'ulcer.active',
  'kidney.failing',
  'liver.cirrhosis',
  'nsaid.allergy',
];
const AGAINST_NSAID = [...FORBIDS_NSAID, 'vessel.disease', 'pregnancy.present'];

/** Scores of the complaint made on or after a day, newest first. */
function scoresSince(theCase: Case, episode: Episode, day: number): readonly Score[] {
  return confirmed(scoresOf(theCase, episode)).filter((score) => score.date.first >= day);
}

/** The first day on which all of these drugs are in use; undefined when one has no date. */
function allSince(drugs: readonly (readonly Entry[])[]): number | undefined {
  const starts = drugs.map((group) => Math.min(...group.flatMap((drug) => drug.date?.first ?? [])));
  const last = Math.max(...starts);
  return Number.isFinite(last) ? last : undefined;
}

/**
 * Pain that increases although an analgesic is in use: recorded so, or the latest score is the highest since its start and enough above
 * the first (ours); the latest is made when the analgesic has had its chance and is recent enough to act on.
 */
function risingUnderAnalgesia({ case: theCase, episode, setting, fact }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const drugs = drugsInUse(theCase, 'analgesic');
  if (drugs.length === 0) return notOnDrugList(theCase);
  const recorded = fact('pain.progressive');
  if (recorded.value === true) return known(true, [...recorded.evidence, ...drugs]);
  const start = allSince([drugs]);
  const scores = start === undefined ? [] : scoresSince(theCase, episode, start);
  const [last] = scores;
  const first = scores.at(-1);
  if (start === undefined || !last || !first || last === first) return unknown('fewer than two scores under analgesia');
  if ((last.date.first - start) * 24 < setting('analgesicTrialHours')) return unknown('the analgesic was just begun');
  if (ageInDays(last.date, theCase.today) > setting('scoreMaxAgeDays'))
    return unknown('the last pain score is too old', [last.entry]);
  const isHighest = scores.every((score) => score.value <= last.value);
  return known(isHighest && last.value - first.value >= setting('painRiseUnderAnalgesia'), [
    ...scores.map((score) => score.entry),
    ...drugs,
  ]);
}

/** The latest recent score that was made when an NSAID and an opioid together had had their chance (NA-109). */
function scoreOnCombination({ case: theCase, episode, setting }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const drugs = [drugsInUse(theCase, 'nsaid'), drugsInUse(theCase, 'opioid')];
  const start = allSince(drugs);
  const [last] = start === undefined ? [] : scoresSince(theCase, episode, start);
  if (start === undefined || !last) return unknown('no pain score under this treatment');
  const isDue = (last.date.first - start) * 24 >= setting('analgesicTrialHours');
  return isDue && ageInDays(last.date, theCase.today) <= setting('scoreMaxAgeDays')
    ? known(last.value, [last.entry, ...drugs.flat()])
    : unknown('no recent pain score under this treatment', [last.entry]);
}

const WITHOUT_CALENDAR: Derivations = {
  drugForNa: { derive: forNa },
  drugAllergy: { derive: allergy },
  drugIsDiclofenac: draftIs('diclofenac'),
  drugIsNaproxen: draftIs('naproxen'),
  drugIsOxycodone: draftIs('oxycodone'),
  drugIsCarbamazepine: draftIs('carbamazepine'),
  drugDosed: { derive: ({ draft }) => known(hasDosage(draft)) },
  nsaidUnsuitable: { derive: ({ fact }) => oneOf(AGAINST_NSAID.map(fact)), facts: AGAINST_NSAID },
  nsaidForbidden: {
    derive: ({ fact }) => oneOf([...FORBIDS_NSAID.map(fact), lateInPregnancy(fact)]),
    facts: [...FORBIDS_NSAID, 'pregnancy.present', 'pregnancy.weeks'],
  },
  laxativeBesideOrder: { derive: (input) => besideOrder(input, 'laxative') },
  sedativeBesideOrder: {
    derive: (input) => oneOf(['benzodiazepine', 'gabapentinoid'].map((concept) => besideOrder(input, concept))),
  },
  painRisingUnderAnalgesia: {
    derive: risingUnderAnalgesia,
    settings: ['analgesicTrialHours', 'scoreMaxAgeDays', 'painRiseUnderAnalgesia'],
    facts: ['pain.progressive'],
  },
  painOnCombination: { derive: scoreOnCombination, settings: ['analgesicTrialHours', 'scoreMaxAgeDays'] },
};

/** Makes the derivations for the practice's calendar. */
export function drugDerivations(calendar: Calendar): Derivations {
  const dailyDose = ({ draft }: DerivationInput): Fact => {
    const dosages = readDosages(draft, calendar);
    return typeof dosages === 'string' ? unknown(dosages) : known(highestDaily(dosages));
  };
  return {
    drugDailyDose: { derive: dailyDose },
    drugDays: {
      derive: ({ draft }) => knownOr(orderedDays(draft, calendar), 'the order does not say for how many days'),
    },
    ...WITHOUT_CALENDAR,
  };
}
