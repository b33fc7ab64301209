/**
 * Derivations about what came before: first complaint ever, steroids before onset, weight loss, refuted NA
 * (AMB-12, 13, 42, 44; D20).
 */
import { COMPLAINT_CONCEPTS, isNeuralgicAmyotrophy } from '../../case/episodes.js';
import { halfOf, sidesAgree } from '../../case/body.js';
import type { Entry, Episode, Half } from '../../case/case.js';
import { addMonths, isExact, readDate, type Calendar } from '../../fhir/dates.js';
import { statusCode } from '../../fhir/references.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, TRUE, known, unknown, type Fact } from '../fact.js';
import { drugRecords, notOnDrugList } from './drug-list.js';
import { exactOnset } from './time.js';

/** No earlier neck, arm, back or leg complaint in a condition list that is complete: "first time according to the record" (D20). */
function firstEver({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return FALSE;
  const own = new Set(episode.conditions);
  const earlier = COMPLAINT_CONCEPTS.flatMap((concept) => theCase.byConcept.get(concept) ?? []).filter(
    (entry) =>
      entry.type === 'Condition' && entry.state !== 'refuted' && !own.has(entry) && !startedLater(entry, episode),
  );
  if (earlier.length > 0) return known(false, earlier);
  return theCase.completeness('Condition') === 'complete'
    ? known(true, episode.conditions)
    : unknown('the condition list is not complete');
}

function startedLater(entry: Entry, episode: Episode): boolean {
  return entry.date !== undefined && episode.onset !== undefined && entry.date.first >= episode.onset.first;
}

/** A systemic corticosteroid in use at onset or in the three months before it; a course begun after onset does not count (AMB-13). */
function steroidBeforeOnset({ case: theCase, episode, setting }: DerivationInput): Fact {
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number') return onset;
  const since = addMonths(onset, -setting('steroidBeforeOnsetMonths'));
  const courses = drugRecords(theCase, 'systemic-corticosteroid');
  const before = courses.filter(
    (course) =>
      course.date !== undefined &&
      course.date.first < onset &&
      // A course of which no end is recorded was in use on the day it began.
      (course.state === 'active' || (course.end ?? course.date).last >= since),
  );
  if (before.length > 0) return known(true, before);
  if (courses.some((course) => course.date === undefined && course.state === 'active')) {
    return unknown('a systemic corticosteroid without a start date', courses);
  }
  return notOnDrugList(theCase);
}

/** Lighter by the set percentage than the heaviest weight of the set number of months, when no finding says so or denies it (AMB-44). */
function weightLoss({ case: theCase, episode, setting, fact, number }: DerivationInput): Fact {
  const recorded = fact('weightLoss.recorded');
  if (recorded.value !== undefined) return recorded;
  // Weight often falls before the pain begins: a finding of the months before onset counts as well.
  const since = addMonths(episode?.onset?.first ?? theCase.today, -setting('weightLossFindingMonths'));
  const [said] = (theCase.findings.get('unintended-weight-loss') ?? []).filter(
    ({ date }) => date !== undefined && date.first >= since && date.first <= theCase.today,
  );
  if (said?.present) return known(true, [said.entry]);
  const weights = (theCase.byConcept.get('body-weight') ?? []).flatMap((entry) => {
    const value = number(entry);
    return value !== undefined && entry.date && isExact(entry.date) ? [{ entry, value, day: entry.date.first }] : [];
  });
  const [latest] = weights;
  if (!latest || theCase.today - latest.day > setting('weightMaxAgeDays')) return unknown('no recent weight recorded');
  const earliest = addMonths(theCase.today, -setting('weightLossWithinMonths'));
  const before = weights.filter((weight) => weight.day >= earliest && weight.day < latest.day);
  const heaviest = before.reduce<(typeof weights)[number] | undefined>(
    (top, one) => (top && top.value >= one.value ? top : one),
    undefined,
  );
  if (!heaviest) return unknown('no earlier weight recorded');
  // In whole grams: exactly five percent must not be lost to binary fractions.
  const lost = Math.round((heaviest.value - latest.value) * 1000);
  const enough = Math.round(heaviest.value * 10 * setting('weightLossPercent'));
  return known(lost >= enough, [latest.entry, heaviest.entry]);
}

/** NA was considered and refuted in this episode; a refutation of an older attack blocks nothing. */
function naRefuted({ case: theCase, episode }: DerivationInput, calendar: Calendar): Fact {
  const refuted = (theCase.byType.get('Condition') ?? []).filter(
    (entry) => entry.state === 'refuted' && isNeuralgicAmyotrophy(entry),
  );
  const present = refuted.filter((entry) => {
    const { recordedDate } = entry.resource as { recordedDate?: unknown };
    const day = (entry.date ?? readDate(recordedDate, calendar))?.last;
    return episode?.onset === undefined || day === undefined || day >= episode.onset.first - 1;
  });
  return present.length > 0 ? known(true, present) : FALSE;
}

/**
 * `none`, `provisional` (suspected in any degree) or `confirmed`: what the problem list says of NA in this half of the body.
 * An NA of the other side says nothing here: a new attack on this side is suspected like a first one.
 */
function naStatus({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return known('none');
  const listed = theCase.episodes
    .filter((one) => one.half === episode.half && sidesAgree(one.side, episode.side))
    .flatMap((one) => one.conditions.filter(isNeuralgicAmyotrophy));
  const [first] = listed;
  if (!first) return known('none');
  const statuses = listed.map(verificationOf);
  if (statuses.includes('confirmed')) return known('confirmed', listed);
  return known(statuses.includes('differential') ? 'differential' : 'provisional', listed);
}

/** How sure a listed NA is: `confirmed`, `differential` or, for anything else, `provisional`. */
export function verificationOf(entry: Entry): string {
  const code = statusCode((entry.resource as { verificationStatus?: unknown }).verificationStatus);
  return code === 'confirmed' || code === 'differential' ? code : 'provisional';
}

/** NA is on the problem list for this very episode: its own clock, not that of another complaint. */
function naOfEpisode({ episode, case: theCase }: DerivationInput): Fact {
  const own = (episode?.conditions ?? []).filter(isNeuralgicAmyotrophy);
  if (own.length > 0) return known(true, own);
  const orderedFor = theCase.drafts.some(
    (draft) =>
      draft.selected &&
      draft.reasonConcepts.some((concept) => concept === 'neuralgic-amyotrophy' || concept === 'hereditary-na'),
  );
  return orderedFor &&
    episode?.half === 'upper' &&
    !theCase.episodes.some((one) => one.conditions.some(isNeuralgicAmyotrophy))
    ? TRUE
    : FALSE;
}

/** A completed operation of neck or back, whenever it was (AMB-26). */
function spineSurgery({ case: theCase }: DerivationInput): Fact {
  const operations = (theCase.byConcept.get('spine-surgery') ?? []).filter(
    (entry) => entry.type === 'Procedure' && entry.state === 'done',
  );
  const histories = (theCase.byConcept.get('spine-surgery-history') ?? []).filter((entry) => entry.state !== 'refuted');
  if (operations.length + histories.length > 0) return known(true, [...operations, ...histories]);
  return theCase.completeness('Procedure') === 'complete' ? FALSE : unknown('the list of procedures is not complete');
}

/** The complaint began after the operation: new pain. */
function onsetAfterSurgery({ case: theCase, episode, fact }: DerivationInput): Fact {
  const surgery = fact('surgery.spine');
  if (surgery.value !== true) return surgery;
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number') return onset;
  const dated = surgery.evidence.filter((entry) => entry.date !== undefined);
  if (dated.length === 0) return unknown('no date of the operation recorded', surgery.evidence);
  return known(
    dated.every((entry) => entry.date !== undefined && onset > entry.date.last),
    dated,
  );
}

const OPERATIONS: Readonly<Record<string, Half>> = { 'cervical-laminectomy': 'upper', 'lumbar-discectomy': 'lower' };

/** An operation in the same half of the body as the complaint; unknown when some operation has no place (AMB-26). */
function surgeryOfComplaint({ episode, fact }: DerivationInput): Fact {
  const surgery = fact('surgery.spine');
  if (surgery.value !== true) return surgery;
  if (!episode) return unknown('no complaint');
  const halves = surgery.evidence.map(
    (entry) =>
      entry.sites.map(halfOf).find((half) => half !== undefined) ??
      entry.concepts.map((concept) => OPERATIONS[concept]).find((half) => half !== undefined),
  );
  if (halves.includes(episode.half)) return known(true, surgery.evidence);
  return halves.includes(undefined)
    ? unknown('the place of the operation is not recorded', surgery.evidence)
    : known(false, surgery.evidence);
}

/** A live complaint of neck, arm, back or leg, a weakness or NA is on the record (D3); unknown while that list is not complete. */
function complaintLive({ case: theCase }: DerivationInput): Fact {
  const { episodes } = theCase;
  if (episodes.length > 0)
    return known(
      true,
      episodes.flatMap((episode) => episode.conditions),
    );
  return theCase.completeness('Condition') === 'complete' ? FALSE : unknown('the list of conditions is not complete');
}

const WITHOUT_CALENDAR: Derivations = {
  firstEver: { derive: firstEver },
  steroidBeforeOnset: { derive: steroidBeforeOnset, settings: ['steroidBeforeOnsetMonths'] },
  weightLoss: {
    derive: weightLoss,
    settings: ['weightMaxAgeDays', 'weightLossFindingMonths', 'weightLossWithinMonths', 'weightLossPercent'],
    facts: ['weightLoss.recorded'],
  },
  naStatus: { derive: naStatus },
  naOfEpisode: { derive: naOfEpisode },
  spineSurgery: { derive: spineSurgery },
  surgeryOfComplaint: { derive: surgeryOfComplaint, facts: ['surgery.spine'] },
  onsetAfterSurgery: { derive: onsetAfterSurgery, facts: ['surgery.spine'] },
  complaintLive: { derive: complaintLive },
};

/** The derivations; the day on which a refuted NA was recorded is read in the calendar of the practice. */
export function historyDerivations(calendar: Calendar): Derivations {
  return { naRefuted: { derive: (input) => naRefuted(input, calendar) }, ...WITHOUT_CALENDAR };
}
