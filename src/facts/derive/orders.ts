/**
 * Derivations about drafts and plans: when an examination is to be done, counted from onset, and what is already planned or done
 * (AMB-06, 08; D21). Drafts are judged; planned and done items are context.
 */
import type { Case, Draft, Entry, Episode, Half } from '../../case/case.js';
import { halfOf } from '../../case/body.js';
import type { Derivation, DerivationInput, Derivations } from '../derivation.js';
import { FALSE, TRUE, known, unknown, type Fact } from '../fact.js';
import { exactOnset } from './time.js';

/** First day of the draft's occurrence, in days after onset. */
function occurrenceFrom({ case: theCase, episode, draft }: DerivationInput): Fact {
  return occurrenceDay(theCase, episode, draft?.occurrence?.first);
}

/** Last day of the draft's occurrence, in days after onset. */
function occurrenceUntil({ case: theCase, episode, draft }: DerivationInput): Fact {
  return occurrenceDay(theCase, episode, draft?.occurrence?.last);
}

function occurrenceDay(theCase: Case, episode: Episode | undefined, day: number | undefined): Fact {
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number') return onset;
  return day === undefined ? unknown('the order has no date') : known(day - onset);
}

/** The order is one of these. */
export const draftIs = (concept: string): Derivation => ({
  derive: ({ draft }) => (draft?.concepts.includes(concept) ? TRUE : FALSE),
});

const IMAGES: Readonly<Record<Half, readonly string[]>> = {
  upper: ['neck-imaging', 'spine-imaging'],
  lower: ['back-imaging', 'spine-imaging'],
};
const INFILTRATIONS: Readonly<Record<Half, readonly string[]>> = {
  upper: ['cervical-epidural-infiltration'],
  lower: ['lumbar-root-infiltration'],
};

function entriesOf(theCase: Case, concepts: readonly string[], half: Half): readonly Entry[] {
  return concepts
    .flatMap((concept) => theCase.byConcept.get(concept) ?? [])
    .filter(
      (entry) => concepts.length === 1 || entry.sites.length === 0 || entry.sites.some((site) => halfOf(site) === half),
    );
}

/** A date that is not in the past, or none: still to come. */
function isPending(entry: Entry, today: number): boolean {
  return entry.state === 'planned' && (entry.date === undefined || entry.date.last >= today);
}

/** An image of this half of the body is ordered or booked. */
function imagingPlanned({ case: theCase, episode }: DerivationInput): Fact {
  return planned(theCase, episode, IMAGES);
}

/** An infiltration of this half of the body is ordered or booked. */
function infiltrationPlanned({ case: theCase, episode }: DerivationInput): Fact {
  return planned(theCase, episode, INFILTRATIONS);
}

function planned(theCase: Case, episode: Episode | undefined, kinds: typeof IMAGES): Fact {
  if (!episode) return unknown('no complaint');
  const pending = entriesOf(theCase, kinds[episode.half], episode.half).filter((entry) =>
    isPending(entry, theCase.today),
  );
  if (pending.length > 0) return known(true, pending);
  const complete = ['ServiceRequest', 'Appointment'].every((type) => theCase.completeness(type) === 'complete');
  return complete ? FALSE : unknown('the list of plans is not complete');
}

/** The lists in which an image can stand: "none" is only known of all of them. */
export const IMAGE_LISTS = ['Procedure', 'DiagnosticReport', 'ServiceRequest', 'Appointment'];

/** An image of this half of the body was made since onset. */
function imagingDone({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const done = entriesOf(theCase, IMAGES[episode.half], episode.half).filter(
    (entry) =>
      ['final', 'done'].includes(entry.state) &&
      (episode.onset === undefined || (entry.date?.last ?? -Infinity) >= episode.onset.first),
  );
  if (done.length > 0) return known(true, done);
  return IMAGE_LISTS.every((type) => theCase.completeness(type) === 'complete')
    ? FALSE
    : unknown('the lists of tests and plans are not complete');
}

/** The GP check of week 3 was done: a visit fulfilled on or after the fourteenth day. */
function weekThreeCheckDone({ case: theCase, episode }: DerivationInput): Fact {
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number') return onset;
  const visits = (theCase.byConcept.get('gp-visit') ?? []).filter(
    (entry) => entry.state === 'done' && entry.date !== undefined && entry.date.first >= onset + 14,
  );
  if (visits.length > 0) return known(true, visits);
  return theCase.completeness('Appointment') === 'complete'
    ? FALSE
    : unknown('the list of appointments is not complete');
}

/** The GP check of week 3 is booked: a visit to come from the fourteenth day to the end of that week. */
function weekThreeCheckPlanned({ case: theCase, episode }: DerivationInput): Fact {
  const onset = exactOnset(episode, theCase.today);
  if (typeof onset !== 'number') return onset;
  const visits = (theCase.byConcept.get('gp-visit') ?? []).filter(
    (entry) =>
      isPending(entry, theCase.today) &&
      entry.date !== undefined &&
      entry.date.first >= onset + 14 &&
      entry.date.first <= onset + 20,
  );
  if (visits.length > 0) return known(true, visits);
  return theCase.completeness('Appointment') === 'complete'
    ? FALSE
    : unknown('the list of appointments is not complete');
}

const AFTER_SURGERY = ['draft-img-neck', 'draft-img-back', 'draft-inf-neck', 'draft-inf-back'];

/** An image, an infiltration or a neurology referral: what the re-evaluation after neck or back surgery comes before. */
function besideReassessment({ draft }: DerivationInput): Fact {
  const kinds = draft?.kinds ?? [];
  return known(
    AFTER_SURGERY.some((kind) => kinds.includes(kind)) || draft?.concepts.includes('referral-neurology') === true,
  );
}

/** True when a draft belongs to an episode: by the reason it names, else by its half of the body, else to every episode. */
export function draftConcerns(draft: Draft, episode: Episode, episodes: readonly Episode[]): boolean {
  const named = episodes.filter((one) =>
    one.conditions.some((condition) => draft.reasons.includes(condition.reference)),
  );
  if (named.length > 0) return named.includes(episode);
  return draft.half === undefined || draft.half === episode.half;
}

export const ORDERS: Derivations = {
  occurrenceFrom: { derive: occurrenceFrom },
  occurrenceUntil: { derive: occurrenceUntil },
  draftDated: { derive: ({ draft }) => known(draft?.occurrence !== undefined) },
  draftIsCt: draftIs('ct'),
  imagingPlanned: { derive: imagingPlanned },
  infiltrationPlanned: { derive: infiltrationPlanned },
  imagingDone: { derive: imagingDone },
  weekThreeCheckDone: { derive: weekThreeCheckDone },
  weekThreeCheckPlanned: { derive: weekThreeCheckPlanned },
  draftBesideReassessment: { derive: besideReassessment },
};
