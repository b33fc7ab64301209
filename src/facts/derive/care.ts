/**
 * Derivations about the care around neuralgic amyotrophy: since when it is confirmed, which coordination tasks are done, who is in the
 * care team, what else began, earlier attacks and the family (AMB-40, 41, 50).
 * A task or clinician of an earlier attack says nothing about this one.
 */
import { isNeuralgicAmyotrophy } from '../../case/episodes.js';
import type { Case, Entry } from '../../case/case.js';
import type { CodeSets } from '../../fhir/code-sets.js';
import { readDate, type Calendar } from '../../fhir/dates.js';
import { conceptsOf, isObject, listOf, statusCode } from '../../fhir/references.js';
import type { Derivation, DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { verificationOf } from './history.js';

type Raw = Readonly<Record<string, unknown>>;
const rawOf = (entry: Entry): Raw => entry.resource as unknown as Raw;

/** Present NA on the problem list, at any place. */
function activeNa(theCase: Case): readonly Entry[] {
  return (theCase.byType.get('Condition') ?? []).filter(
    (entry) => entry.state === 'active' && isNeuralgicAmyotrophy(entry),
  );
}

function confirmedNa(theCase: Case): readonly Entry[] {
  return activeNa(theCase).filter((entry) => verificationOf(entry) === 'confirmed');
}

function naConfirmed({ case: theCase }: DerivationInput): Fact {
  const confirmed = confirmedNa(theCase);
  return confirmed.length > 0 ? known(true, confirmed) : FALSE;
}

/** Days since a confirmed NA was put on the list: the diagnosis has its own date, months after the onset as often as not (NA-34). */
const daysSinceDiagnosis =
  (calendar: Calendar) =>
  ({ case: theCase }: DerivationInput): Fact => {
    const confirmed = confirmedNa(theCase);
    const days = confirmed.flatMap((entry) => {
      const recorded = readDate(rawOf(entry)['recordedDate'], calendar);
      return recorded ? [theCase.today - recorded.last] : [];
    });
    return days.length > 0
      ? known(Math.min(...days), confirmed)
      : unknown('no date of the diagnosis recorded', confirmed);
  };

/** The last day to contact the patient: so many days after the diagnosis was recorded, today when that day is past (AMB-40). */
const callBy =
  (calendar: Calendar) =>
  ({ case: theCase, setting }: DerivationInput): Fact => {
    const recorded = confirmedNa(theCase).flatMap(
      (entry) => readDate(rawOf(entry)['recordedDate'], calendar)?.last ?? [],
    );
    const latest = recorded.length > 0 ? Math.max(...recorded) : theCase.today;
    return known(Math.max(latest + setting('callAfterDiagnosisDays'), theCase.today), confirmedNa(theCase));
  };

/** First day of the present attack, when one of its records says so. */
function startOfAttack(theCase: Case): number {
  return Math.min(...activeNa(theCase).flatMap((entry) => entry.date?.first ?? []));
}

/** A task of this kind was completed in this attack. */
const taskDone =
  (task: string): Derivation['derive'] =>
  ({ case: theCase }) => {
    const start = startOfAttack(theCase);
    const done = (theCase.byConcept.get(task) ?? []).filter(
      (entry) =>
        entry.type === 'Task' && entry.state === 'done' && (entry.date === undefined || !(entry.date.last < start)),
    );
    if (done.length > 0) return known(true, done);
    return theCase.completeness('Task') === 'complete' ? FALSE : unknown('the list of tasks is not complete');
  };

const TASKS = [
  'task-call-after-diagnosis',
  'task-review-approach',
  'task-coping',
  'task-care-agreements',
  'task-expectations',
  'task-record-main-clinician',
  'task-update-main-clinician',
  'task-coordinating-physician',
  'task-align-policy',
  'task-first-contact',
  'task-locum-record',
  'task-disease-risks',
  'task-patient-association',
  'task-family-history',
];

interface Membership {
  readonly team: Entry;
  readonly ended: boolean;
}

/** Participants of the patient's care teams in a role, and whether their time is over. */
function membersOf(theCase: Case, role: string, codeSets: CodeSets, calendar: Calendar): readonly Membership[] {
  return (theCase.byType.get('CareTeam') ?? []).flatMap((team) =>
    listOf(rawOf(team)['participant'])
      .filter((participant) => conceptsOf(participant['role'], codeSets).includes(role))
      .map(({ period }) => {
        const end = isObject(period) ? readDate(period['end'], calendar) : undefined;
        return { team, ended: end !== undefined && end.last < theCase.today };
      }),
  );
}

/** `present`, `ended` (the last one left and nobody came) or `none`: the main clinician of the hospital. */
const mainClinician =
  (codeSets: CodeSets, calendar: Calendar) =>
  ({ case: theCase }: DerivationInput): Fact => {
    const members = membersOf(theCase, 'role-hospital-specialist', codeSets, calendar);
    const evidence = members.map(({ team }) => team);
    if (members.some(({ ended }) => !ended)) return known('present', evidence);
    if (members.length > 0) return known('ended', evidence);
    return theCase.completeness('CareTeam') === 'complete' ? known('none') : unknown('the care team is not complete');
  };

/** The care team names a coordinating physician. */
const coordinator =
  (codeSets: CodeSets, calendar: Calendar) =>
  ({ case: theCase }: DerivationInput): Fact => {
    const members = membersOf(theCase, 'role-coordinating-physician', codeSets, calendar).filter(({ ended }) => !ended);
    if (members.length > 0)
      return known(
        true,
        members.map(({ team }) => team),
      );
    return theCase.completeness('CareTeam') === 'complete' ? FALSE : unknown('the care team is not complete');
  };

/** Another complaint or disease began after a confirmed NA. */
function otherComplaint({ case: theCase }: DerivationInput): Fact {
  const start = Math.min(...confirmedNa(theCase).flatMap((entry) => entry.date?.last ?? []));
  const own = new Set(
    theCase.episodes
      .filter((episode) => episode.conditions.some(isNeuralgicAmyotrophy))
      .flatMap((episode) => episode.conditions),
  );
  const later = (theCase.byType.get('Condition') ?? []).filter(
    (entry) =>
      entry.state === 'active' &&
      !own.has(entry) &&
      !isNeuralgicAmyotrophy(entry) &&
      entry.date !== undefined &&
      entry.date.first > start,
  );
  return later.length > 0 ? known(true, later) : FALSE;
}

const RECURRED = ['recurrence', 'relapse'];

/** NA before this complaint: an older NA on the list, or a listed NA that is called a recurrence (AMB-50). */
function earlierAttack({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return FALSE;
  const all = (theCase.byType.get('Condition') ?? []).filter(
    (entry) => entry.state !== 'refuted' && isNeuralgicAmyotrophy(entry),
  );
  const earlier = all.filter((entry) =>
    episode.conditions.includes(entry)
      ? RECURRED.includes(statusCode(rawOf(entry)['clinicalStatus']) ?? '')
      : startedBefore(entry, episode.onset?.first),
  );
  if (earlier.length > 0) return known(true, earlier);
  return theCase.completeness('Condition') === 'complete' ? FALSE : unknown('the condition list is not complete');
}

/** Before a day; of a record or a complaint without a date only a past one is surely earlier. */
function startedBefore(entry: Entry, day: number | undefined): boolean {
  return entry.date === undefined || day === undefined ? entry.state === 'past' : entry.date.last < day;
}

/** A relative has NA: never the patient's own diagnosis (AMB-41). */
const familyNa =
  (codeSets: CodeSets) =>
  ({ case: theCase }: DerivationInput): Fact => {
    const relatives = (theCase.byType.get('FamilyMemberHistory') ?? []).filter((entry) =>
      listOf(rawOf(entry)['condition']).some((condition) =>
        conceptsOf(condition['code'], codeSets).includes('neuralgic-amyotrophy'),
      ),
    );
    if (relatives.length > 0) return known(true, relatives);
    return theCase.completeness('FamilyMemberHistory') === 'complete'
      ? FALSE
      : unknown('the family history is not complete');
  };

/** Makes the derivations about care; roles and relatives are coded inside their resource, hence the code sets. */
export function careDerivations(codeSets: CodeSets, calendar: Calendar): Derivations {
  return {
    naConfirmed: { derive: naConfirmed },
    daysSinceDiagnosis: { derive: daysSinceDiagnosis(calendar) },
    callBy: { derive: callBy(calendar), settings: ['callAfterDiagnosisDays'] },
    mainClinician: { derive: mainClinician(codeSets, calendar) },
    coordinator: { derive: coordinator(codeSets, calendar) },
    otherComplaint: { derive: otherComplaint },
    earlierAttack: { derive: earlierAttack },
    familyNa: { derive: familyNa(codeSets) },
    ...Object.fromEntries(TASKS.map((task) => [task, { derive: taskDone(task) }])),
  };
}
