/**
 * Derivations about the order of MRI, EMG, infiltrations and the visits between them (AMB-08, 09, 10).
 * Days are calendar days. What is booked in the same session as the judged order counts like what was booked before.
 */
import { halfOf } from '../../case/body.js';
import type { Case, Draft, Entry, Episode, Half } from '../../case/case.js';
import { belongsTo } from '../../case/episodes.js';
import type { DateSpan, Day } from '../../fhir/dates.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';
import { drugRecords, drugsInUse, notOnDrugList } from './drug-list.js';
import { IMAGE_LISTS } from './orders.js';
import { exactOnset } from './time.js';

const INFILTRATION: Readonly<Record<Half, string>> = {
  upper: 'cervical-epidural-infiltration',
  lower: 'lumbar-root-infiltration',
};
const IMAGES: Readonly<Record<Half, string>> = { upper: 'neck-imaging', lower: 'back-imaging' };

/** Something done or to come: a record, or another order of this session. */
interface Event {
  readonly date?: DateSpan;
  readonly entry?: Entry;
}

const isAtHalf = (sites: readonly string[], half: Half): boolean =>
  sites.length === 0 || sites.some((site) => halfOf(site) === half);

const eventOf = ({ occurrence }: Draft): Event => (occurrence ? { date: occurrence } : {});
const recordsOf = (theCase: Case, concept: string): readonly Entry[] => theCase.byConcept.get(concept) ?? [];
const evidenceOf = (events: readonly Event[]): readonly Entry[] => events.flatMap(({ entry }) => entry ?? []);

function pending(theCase: Case, concept: string, half: Half | undefined): readonly Entry[] {
  return recordsOf(theCase, concept).filter(
    ({ state, date, sites }) =>
      state === 'planned' &&
      (date === undefined || date.last >= theCase.today) &&
      (half === undefined || isAtHalf(sites, half)),
  );
}

/** MRIs of the neck: made for this complaint, booked, or ordered beside the judged order. */
function neckMris({ case: theCase, episode, draft }: DerivationInput): readonly Event[] {
  const isNeck = ({ concepts, sites }: { readonly concepts: readonly string[]; readonly sites: readonly string[] }) =>
    concepts.includes('mri') &&
    (concepts.includes('neck-imaging') || (concepts.includes('mri-spine') && isAtHalf(sites, 'upper')));
  const done = recordsOf(theCase, 'mri').filter(
    ({ state, date }) => ['final', 'done'].includes(state) && date !== undefined && sinceOnset(date, episode?.onset),
  );
  const records = [...done, ...pending(theCase, 'mri', 'upper')].filter(isNeck);
  const beside = theCase.drafts.filter((other) => other !== draft && isNeck(other));
  return [...records.map((entry) => ({ entry, ...(entry.date && { date: entry.date }) })), ...beside.map(eventOf)];
}

function neckMriKnown(input: DerivationInput): Fact {
  const mris = neckMris(input);
  if (mris.length > 0) return known(true, evidenceOf(mris));
  return IMAGE_LISTS.every((type) => input.case.completeness(type) === 'complete')
    ? FALSE
    : unknown('the lists of tests and plans are not complete');
}

/** Days from the last MRI of the neck to the judged infiltration; one without a date is done today at the earliest. */
function daysAfterMri(input: DerivationInput): Fact {
  const mris = neckMris(input);
  const days = mris.flatMap(({ date }) => date?.last ?? []);
  if (days.length === 0) return unknown('no date of the MRI recorded', evidenceOf(mris));
  const last = Math.max(...days);
  const from = input.draft?.occurrence?.first;
  if (from !== undefined) return known(from - last, evidenceOf(mris));
  const today = input.case.today - last;
  return today >= DAYS_AFTER_MRI ? known(today, evidenceOf(mris)) : unknown('the order has no date', evidenceOf(mris));
}

const DAYS_AFTER_MRI = 2;

/** From week 3 on, and at least two days after every MRI of the neck of which the day is known (AMB-09). */
function fromAfterMri(input: DerivationInput): Fact {
  const onset = exactOnset(input.episode, input.case.today);
  if (typeof onset !== 'number') return onset;
  const mris = neckMris(input);
  const days = mris.flatMap(({ date }) => date?.last ?? []);
  if (days.length === 0) return unknown('no date of the MRI recorded', evidenceOf(mris));
  return known(Math.max(onset + 14, Math.max(...days) + DAYS_AFTER_MRI), evidenceOf(mris));
}

/** A systemic corticosteroid is in use, or ended within some days before the infiltration; one without a date is done today at the earliest. */
function systemicSteroid({ case: theCase, draft, setting }: DerivationInput): Fact {
  const day = Math.max(theCase.today, draft?.occurrence?.first ?? theCase.today);
  const since = day - setting('steroidBeforeInfiltrationDays');
  const inUse = drugsInUse(theCase, 'systemic-corticosteroid');
  // A course of which no end is recorded was in use on the day it began.
  const ended = drugRecords(theCase, 'systemic-corticosteroid').filter(
    ({ state, date, end = date }) => state === 'past' && end !== undefined && end.last >= since,
  );
  const courses = [...inUse, ...ended];
  return courses.length > 0 ? known(true, courses) : notOnDrugList(theCase);
}

/** An EMG of this half of the body is ordered or booked. */
function emgPlanned({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const found = pending(theCase, 'emg', episode.half);
  if (found.length > 0) return known(true, found);
  const complete = ['ServiceRequest', 'Appointment'].every((type) => theCase.completeness(type) === 'complete');
  return complete ? FALSE : unknown('the list of plans is not complete');
}

/** Completed infiltrations of this complaint, the first one first (AMB-10). */
function infiltrations(theCase: Case, episode: Episode): readonly (Entry & { readonly date: DateSpan })[] {
  return recordsOf(theCase, INFILTRATION[episode.half])
    .filter(
      (entry): entry is Entry & { readonly date: DateSpan } =>
        entry.type === 'Procedure' &&
        entry.state === 'done' &&
        entry.date !== undefined &&
        entry.date.first <= theCase.today &&
        belongsTo(episode, entry.sites, entry.side) &&
        sinceOnset(entry.date, episode.onset),
    )
    .sort((one, other) => one.date.first - other.date.first);
}

function infiltrationCount({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const done = infiltrations(theCase, episode);
  if (done.length > 0) return known(done.length, done);
  return theCase.completeness('Procedure') === 'complete'
    ? known(0)
    : unknown('the list of procedures is not complete');
}

/** A week after the second infiltration: the first day of the check that follows it. */
function checkDay(theCase: Case, episode: Episode | undefined): Day | undefined {
  const second = episode && infiltrations(theCase, episode)[1];
  return second && second.date.last + 7;
}

function checkFrom({ case: theCase, episode }: DerivationInput): Fact {
  const day = checkDay(theCase, episode);
  return day === undefined ? unknown('no second infiltration recorded') : known(day);
}

function daysToCheck({ case: theCase, episode }: DerivationInput): Fact {
  const day = checkDay(theCase, episode);
  return day === undefined ? unknown('no second infiltration recorded') : known(theCase.today - day);
}

/** The visit after the second infiltration: done or booked at least a week later, booked too soon, or not there. */
function checkAfterInfiltration({ case: theCase, episode }: DerivationInput): Fact {
  const from = checkDay(theCase, episode);
  if (from === undefined) return known('none');
  const visits = recordsOf(theCase, 'gp-visit');
  const done = visits.filter(({ state, date }) => state === 'done' && date !== undefined && date.first >= from);
  if (done.length > 0) return known('done', done);
  const booked = visitsToCome(theCase);
  const dated = booked.filter(({ date }) => date !== undefined);
  const late = dated.filter(({ date }) => date !== undefined && date.first >= from);
  if (late.length > 0) return known('planned', evidenceOf(late));
  if (dated.length > 0) return known('too-soon', evidenceOf(dated));
  return theCase.completeness('Appointment') === 'complete'
    ? known('none')
    : unknown('the list of appointments is not complete');
}

function visitsToCome(theCase: Case): readonly Event[] {
  const booked = pending(theCase, 'gp-visit', undefined);
  const beside = theCase.drafts.filter(({ concepts }) => concepts.includes('gp-visit'));
  return [...booked.map((entry) => ({ entry, ...(entry.date && { date: entry.date }) })), ...beside.map(eventOf)];
}

/** The image is booked for a day before the next visit to the GP, so that this visit can no longer cancel it (AMB-08). */
function imageBeforeCheck({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const concept = IMAGES[episode.half];
  const images: readonly Event[] = [
    ...pending(theCase, concept, episode.half).map((entry) => ({ entry, ...(entry.date && { date: entry.date }) })),
    ...theCase.drafts.filter(({ concepts }) => concepts.includes(concept)).map(eventOf),
  ];
  const firstDay = (events: readonly Event[]): Day => Math.min(...events.flatMap(({ date }) => date?.first ?? []));
  const visits = visitsToCome(theCase);
  const isBefore = Number.isFinite(firstDay(visits)) && firstDay(images) < firstDay(visits);
  return known(isBefore, isBefore ? evidenceOf([...images, ...visits]) : []);
}

export const INFILTRATIONS: Derivations = {
  neckMriKnown: { derive: neckMriKnown },
  daysAfterMri: { derive: daysAfterMri },
  infiltrationFromAfterMri: { derive: fromAfterMri },
  infiltrationSystemicSteroid: { derive: systemicSteroid, settings: ['steroidBeforeInfiltrationDays'] },
  emgPlanned: { derive: emgPlanned },
  infiltrationCount: { derive: infiltrationCount },
  infiltrationCheckFrom: { derive: checkFrom },
  daysSinceInfiltrationCheck: { derive: daysToCheck },
  checkAfterInfiltration: { derive: checkAfterInfiltration },
  imageBeforeCheck: { derive: imageBeforeCheck },
};
