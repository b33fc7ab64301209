/**
 * Derivations about physiotherapy and work: how long therapy runs, what kind is ordered and with what beside it, and sick leave (AMB-29).
 */
import { belongsTo } from '../../case/episodes.js';
import type { Entry } from '../../case/case.js';
import { isExact, readDate, type Calendar } from '../../fhir/dates.js';
import { isObject, statusCode } from '../../fhir/references.js';
import type { Derivation, DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';

type Raw = Readonly<Record<string, unknown>>;
const rawOf = (entry: Entry): Raw => entry.resource as unknown as Raw;

const PHYSIOTHERAPY = ['physiotherapy', 'exercise-therapy'];

/** Physiotherapy that runs for this complaint: in progress, or ordered with a start that has passed. */
function running({ case: theCase, episode }: DerivationInput): readonly Entry[] {
  if (!episode) return [];
  return PHYSIOTHERAPY.flatMap((concept) => theCase.byConcept.get(concept) ?? []).filter(
    (entry) =>
      belongsTo(episode, entry.sites, entry.side) &&
      (entry.state === 'running' || (entry.state === 'planned' && (entry.date?.last ?? Infinity) <= theCase.today)) &&
      (entry.date === undefined || sinceOnset(entry.date, episode.onset)),
  );
}

/** None recorded is no, also where the list may hold more: an order is not held for what is not known to run. */
function physiotherapyRunning(input: DerivationInput): Fact {
  const found = running(input);
  return found.length > 0 ? known(true, found) : FALSE;
}

/** Days since the running physiotherapy began. */
function physiotherapyDays(input: DerivationInput): Fact {
  const found = running(input);
  const starts = found.flatMap(({ date }) => (date && isExact(date) ? [date.first] : []));
  if (starts.length === 0) return unknown('no start of physiotherapy recorded', found);
  return known(input.case.today - Math.min(...starts), found);
}

/** Concept of an ordered modality -> the kind that the guideline names. */
const MODALITIES: Readonly<Record<string, string>> = {
  'dry-needling': 'dry-needling',
  electrotherapy: 'electrotherapy',
  'ultrasound-therapy': 'ultrasound-shockwave',
  'shockwave-therapy': 'ultrasound-shockwave',
  'laser-therapy': 'laser',
  kinesiotape: 'kinesiotape',
  massage: 'massage',
  'heat-therapy': 'heat-cold',
  'cold-therapy': 'heat-cold',
  'cervical-pillow': 'pillow',
  'cognitive-behavioural-therapy': 'cbt',
  'workplace-intervention': 'workplace',
};

/** All kinds of modality that the order names: one order of physiotherapy may hold several. */
function modalities({ draft }: DerivationInput): Fact {
  const kinds = (draft?.concepts ?? []).flatMap((concept) => MODALITIES[concept] ?? []);
  return known([...new Set(kinds)]);
}

const COMBINED_WITH = ['draft-pt', 'draft-manual'];

/** Nothing active beside it: no physiotherapy runs, is arranged, or is ordered in the same session. */
function alone({ case: theCase, fact }: DerivationInput): Fact {
  if (theCase.drafts.some(({ kinds }) => kinds.some((kind) => COMBINED_WITH.includes(kind)))) return FALSE;
  const facts = [fact('physiotherapy.running'), fact('physiotherapy.arranged')];
  const arranged = facts.find(({ value }) => value === true);
  if (arranged) return known(false, arranged.evidence);
  return facts.find(({ value }) => value === undefined) ?? known(true);
}

/** The complaint is recorded as one that came back. */
function recurrent({ episode }: DerivationInput): Fact {
  const again = (episode?.conditions ?? []).filter((entry) =>
    ['recurrence', 'relapse'].includes(statusCode(rawOf(entry)['clinicalStatus']) ?? ''),
  );
  return known(again.length > 0, again);
}

/** The sick leave of today that began with this complaint or later. */
function sickLeave(calendar: Calendar): {
  readonly current: Derivation;
  readonly days: Derivation;
} {
  const find = ({ case: theCase, episode }: DerivationInput): { entry: Entry; start?: number } | undefined => {
    for (const entry of theCase.byConcept.get('sick-leave') ?? []) {
      const raw = rawOf(entry);
      if (entry.type !== 'Observation' || entry.state !== 'final') continue;
      const period = isObject(raw['valuePeriod']) ? raw['valuePeriod'] : undefined;
      const start = readDate(period?.['start'], calendar);
      const end = readDate(period?.['end'], calendar);
      const about = start ?? entry.date;
      const isPast = raw['valueBoolean'] === false || (end !== undefined && end.last < theCase.today);
      // The newest record says how it is now.
      if (isPast || about === undefined || about.first > theCase.today) return undefined;
      if (!sinceOnset(about, episode?.onset)) return undefined;
      return { entry, ...(start && isExact(start) && { start: start.first }) };
    }
    return undefined;
  };
  return {
    current: {
      derive: (input) => {
        const leave = find(input);
        return leave ? known(true, [leave.entry]) : FALSE;
      },
    },
    days: {
      derive: (input) => {
        const leave = find(input);
        if (leave?.start === undefined) return unknown('no start of sick leave recorded');
        return known(input.case.today - leave.start, [leave.entry]);
      },
    },
  };
}

/** The derivations; the first day of sick leave is read in the calendar of the practice. */
export function neckPhysioDerivations(calendar: Calendar): Derivations {
  const leave = sickLeave(calendar);
  return {
    physiotherapyRunning: { derive: physiotherapyRunning },
    physiotherapyDays: { derive: physiotherapyDays },
    orderModalities: { derive: modalities },
    orderAlone: { derive: alone, facts: ['physiotherapy.running', 'physiotherapy.arranged'] },
    episodeRecurrent: { derive: recurrent },
    sickLeaveNow: leave.current,
    sickLeaveDays: leave.days,
  };
}
