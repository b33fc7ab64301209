/**
 * Derivations about a drafted course of prednisone: dose of each day, taper, length (NA-100 to NA-102, AMB-19, AMB-20, D17).
 * A dose instruction that cannot be read as milligrams a day makes the course unknown; nothing is guessed from its text.
 */
import type { Case, Draft, Entry } from '../../case/case.js';
import { COMPLAINT_CONCEPTS } from '../../case/episodes.js';
import type { Calendar, Day } from '../../fhir/dates.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, knownOr, oneOf, unknown, type Fact } from '../fact.js';
import { highestDaily, readDosages } from './dosage.js';
import { besideOrder, drugsInUse, notOnDrugList } from './drug-list.js';
import { draftIs } from './orders.js';
import { exactOnset } from './time.js';

/** Milligrams on each day of a course, day 1 first. */
interface Course {
  readonly start?: Day;
  readonly doses: readonly number[];
}

const READ_DAYS_LIMIT = 400;
/** Milligrams a day (NA-100). */
export const ADULT_DOSE = 60;
/** Weights in kg outside these cannot be right and dose nothing (AMB-19). */
const LEAST_WEIGHT = 2;
const MOST_WEIGHT = 300;

/** Prednisone with the strength of one mg methylprednisolone: 5 mg to 4 mg (SAFE-18). */
const METHYLPREDNISOLONE_FACTOR = 1.25;

/** Milligrams of prednisone with the strength of one milligram of the ordered drug. */
function prednisoneFactor(draft: Draft | undefined): number {
  return draft?.concepts.includes('methylprednisolone') ? METHYLPREDNISOLONE_FACTOR : 1;
}

/** Reads the drafted course in mg of prednisone; a reason when it cannot be read. */
function readCourse(draft: Draft | undefined, calendar: Calendar): Course | string {
  const read = readDosages(draft, calendar);
  if (typeof read === 'string') return read;
  const factor = prednisoneFactor(draft);
  const starts = read.flatMap((step) => step.start ?? []);
  const start = Math.min(...starts);
  const doses: number[] = [];
  for (const step of read) {
    const { days } = step;
    if (days === undefined || days < 1) return 'the order does not say for how many days';
    const offset = step.start === undefined ? doses.length : step.start - start;
    if (offset + days > READ_DAYS_LIMIT) return 'the course is longer than can be judged';
    for (let day = offset; day < offset + days; day++) doses[day] = (doses[day] ?? 0) + step.daily * factor;
  }
  return {
    doses: withoutEnd(Array.from({ length: doses.length }, (_, day) => doses[day] ?? 0)),
    ...(starts.length > 0 && { start }),
  };
}

/** Without the days of 0 mg that only say when the course stops. */
function withoutEnd(doses: readonly number[]): readonly number[] {
  const last = doses.findLastIndex((dose) => dose > 0);
  return doses.slice(0, Math.max(last, 0) + 1);
}

const DAYS_AT_FULL_DOSE = 7;
const STEP = 10;

/** Milligrams that the source gives on each day for a start dose: seven days in full, then ten less every day. */
export function sourceCourse(startDose: number): readonly number[] {
  const doses = Array.from({ length: DAYS_AT_FULL_DOSE }, () => startDose);
  for (let dose = startDose - STEP; dose > 0; dose -= STEP) doses.push(dose);
  return doses;
}

/**
 * The taper of the source or an accepted variant (AMB-20): seven days at one dose, then less from day 8, never more than 10 mg less
 * from one day to the next, the stop included, and the last dose on or before `lastDay`. A start of 10 mg or less needs no taper.
 */
export function tapersAsSource(doses: readonly number[], lastDay: number): boolean {
  const [start = 0] = doses;
  const full = doses.slice(0, DAYS_AT_FULL_DOSE);
  if (full.some((dose) => dose !== start) || doses.length > lastDay) return false;
  // From the seventh day on; a shorter course has none.
  const falls = doses.slice(DAYS_AT_FULL_DOSE - 1).map((dose, index, rest) => dose - (rest[index + 1] ?? 0));
  return (falls[0] ?? 0) > 0 && falls.every((fall) => fall >= 0 && fall <= STEP);
}

/**
 * The order is for NA: it names no other reason, and NA is the diagnosis of the complaint. Unknown when its reason cannot be read,
 * and when it names none while NA is suspected but not listed: then the reason is asked for, and nothing is taken as checked.
 */
function orderedForNa({ case: theCase, draft, fact }: DerivationInput): Fact {
  const listed = fact('na.ofEpisode');
  if (!draft) return listed;
  if (listed.value === false && !draft.hasReason && isSuspected(fact)) return unknown('the order names no reason');
  if (listed.value !== true) return listed;
  if (!namesOtherReason(draft, theCase)) return listed;
  return isReasonRead(draft, theCase) ? FALSE : unknown('the reason of the order cannot be read');
}

/** By the picture, whatever weakens it: a course without a reason may be for NA. */
function isSuspected(fact: DerivationInput['fact']): boolean {
  const suspicion = fact('na.suspicion').value;
  return suspicion === 'weak' || suspicion === 'firm';
}

/** The order names a reason that is no complaint of neck, arm, back or leg; one that cannot be read counts as such, never as none. */
export function namesOtherReason(draft: Draft, theCase: Case): boolean {
  if (!isReasonRead(draft, theCase)) return draft.hasReason;
  const complaints = new Set(theCase.episodes.flatMap((episode) => episode.conditions));
  const referred = reasonEntries(draft, theCase);
  const otherReference = referred.length > 0 && !referred.some((entry) => complaints.has(entry));
  const coded = draft.reasonConcepts;
  const otherCode = coded.length > 0 && !coded.some((concept) => COMPLAINT_CONCEPTS.includes(concept));
  return otherReference || otherCode;
}

/** The rules know the code of a reason, or the record holds a condition that it refers to. */
function isReasonRead(draft: Draft, theCase: Case): boolean {
  return draft.reasonConcepts.length > 0 || reasonEntries(draft, theCase).length > 0;
}

function reasonEntries(draft: Draft, theCase: Case): readonly Entry[] {
  return (theCase.byType.get('Condition') ?? []).filter((entry) => draft.reasons.includes(entry.reference));
}

/** A systemic corticosteroid begun since onset that may still run: no older than the course of the source is long. */
function steroidSinceOnset({ case: theCase, episode, setting }: DerivationInput): Fact {
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number') return onset;
  const since = Math.max(onset, theCase.today - setting('prednisoneLastDay') + 1);
  const courses = drugsInUse(theCase, 'systemic-corticosteroid').filter(
    ({ date }) => date !== undefined && date.first >= since && date.first <= theCase.today,
  );
  return courses.length > 0 ? known(true, courses) : notOnDrugList(theCase);
}

/** Fever now: a recent temperature decides, else a recorded finding (AMB-43). */
function feverNow({ case: theCase, setting, fact }: DerivationInput): Fact {
  const measured = fact('fever.temperature');
  if (typeof measured.value === 'number') return known(measured.value >= setting('feverCelsius'), measured.evidence);
  const recorded = fact('fever.recorded');
  if (recorded.value !== undefined) return recorded;
  const unread = (theCase.byConcept.get('body-temperature') ?? []).filter(
    ({ date }) => date !== undefined && theCase.today - date.last <= setting('feverMaxAgeDays'),
  );
  if (unread.length > 0) return unknown('the temperature cannot be read', unread);
  const complete = ['Observation', 'Condition'].every((type) => theCase.completeness(type) === 'complete');
  return complete ? FALSE : unknown('the record could not be searched completely');
}

const HARD_STOPS = ['infection.hardStop', 'ulcer.active', 'vaccine.live', 'prednisone.allergy'];

/** A hard stop of knowledge 5.3 is on the record. */
function hardStop({ fact }: DerivationInput): Fact {
  return oneOf(HARD_STOPS.map(fact));
}

/** The dose for a child, mg a day: 1 mg per kg on a recent weight, at most the adult dose of 60 mg (AMB-19). */
const childDose = ({ fact }: DerivationInput): Fact => {
  const weight = fact('patient.weight');
  if (typeof weight.value !== 'number') return weight;
  return weight.value >= LEAST_WEIGHT && weight.value <= MOST_WEIGHT
    ? known(Math.min(weight.value, ADULT_DOSE), weight.evidence)
    : unknown('the weight cannot be right', weight.evidence);
};

/** Derivations about the order, and about the drugs and diseases beside it, that read no dates of a course. */
const WITHOUT_CALENDAR: Derivations = {
  courseChildDose: { derive: childDose, facts: ['patient.weight'] },
  courseForNa: { derive: orderedForNa, facts: ['na.ofEpisode', 'na.suspicion'] },
  courseIsMethylprednisolone: draftIs('methylprednisolone'),
  prednisoneHardStop: { derive: hardStop, facts: HARD_STOPS },
  feverNow: {
    derive: feverNow,
    settings: ['feverCelsius', 'feverMaxAgeDays'],
    facts: ['fever.temperature', 'fever.recorded'],
  },
  ppiBesideOrder: { derive: (input) => besideOrder(input, 'ppi') },
  nsaidBesideOrder: { derive: (input) => besideOrder(input, 'nsaid') },
  steroidSinceOnset: { derive: steroidSinceOnset, settings: ['prednisoneLastDay'] },
  /** Another systemic corticosteroid is in use beside the draft. */
  steroidCurrent: {
    derive: ({ case: theCase }) => {
      const drugs = drugsInUse(theCase, 'systemic-corticosteroid');
      return drugs.length > 0 ? known(true, drugs) : notOnDrugList(theCase);
    },
  },
};

/** Makes the derivations for the practice's calendar. */
export function courseDerivations(calendar: Calendar): Derivations {
  const ofCourse =
    (judge: (course: Course, input: DerivationInput) => Fact) =>
    (input: DerivationInput): Fact => {
      const course = readCourse(input.draft, calendar);
      return typeof course === 'string' ? unknown(course) : judge(course, input);
    };

  /** Days from onset to the first dose: today when the order does not say, and never earlier than today. */
  const startsAfterOnset = ({ case: theCase, episode, draft }: DerivationInput): Fact => {
    const onset = exactOnset(episode, theCase.today);
    if (typeof onset !== 'number') return onset;
    const course = readCourse(draft, calendar);
    const start = typeof course === 'string' ? undefined : course.start;
    return known(Math.max(theCase.today, start ?? theCase.today) - onset);
  };

  /** Drafted daily dose as a multiple of the child dose, to the hundredth. */
  const childDoseRatio = ({ draft, fact }: DerivationInput): Fact => {
    const read = readDosages(draft, calendar);
    if (typeof read === 'string') return unknown(read);
    const dose = fact('prednisone.childDose');
    if (typeof dose.value !== 'number') return dose;
    const highest = highestDaily(read) * prednisoneFactor(draft);
    return known(Math.round((highest / dose.value) * 100) / 100, dose.evidence);
  };

  /** Milligrams that the drafted dose stays below the child dose; rounding down to a tablet of 5 mg is less than 5 (AMB-19). */
  const childShortfall = ofCourse(({ doses }, { fact }) => {
    const dose = fact('prednisone.childDose');
    return typeof dose.value === 'number' ? known(dose.value - (doses[0] ?? 0), dose.evidence) : dose;
  });

  return {
    courseStart: { derive: startsAfterOnset },
    courseDailyDose: { derive: ofCourse(({ doses }) => knownOr(doses[0], 'the order has no dose yet')) },
    courseHighestDose: { derive: ofCourse(({ doses }) => known(Math.max(...doses))) },
    courseDays: { derive: ofCourse(({ doses }) => known(doses.length)) },
    courseFullDoseDays: {
      derive: ofCourse(({ doses }) => known(doses.filter((dose) => dose === Math.max(...doses)).length)),
    },
    courseTapers: {
      derive: ofCourse(({ doses }, { setting }) => known(tapersAsSource(doses, setting('prednisoneLastDay')))),
      settings: ['prednisoneLastDay'],
    },
    courseChildDoseRatio: { derive: childDoseRatio, facts: ['prednisone.childDose'] },
    courseChildShortfall: { derive: childShortfall, facts: ['prednisone.childDose'] },
    ...WITHOUT_CALENDAR,
  };
}
