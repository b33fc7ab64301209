/**
 * Derivations about alarms: new loss of bladder or bowel control, a painful complaint, thoracic pain (AMB-45; D15, D18).
 */
import type { Case, Finding } from '../../case/case.js';
import type { DerivationInput, Derivation, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { countsAsAlarm } from '../windows.js';

interface Recent {
  /** Present now, and not already before. */
  readonly fresh: readonly Finding[];
  /** Present now, and already before the complaint or the window. */
  readonly old: readonly Finding[];
  readonly absent: readonly Finding[];
}

/** What is looked for, and the finding that says it is normal. */
interface Sought {
  readonly concepts: readonly string[];
  readonly normal: string;
}

/** Comes and goes: only a problem that is still on the list makes a new record of it an old one, a past observation does not. */
const EPISODIC = ['urinary-retention', 'faecal-incontinence'];

/**
 * Sorts the recent records of some findings: each finding by itself, newest day first; on one day "present" stands unless "absent" has a later time (D12).
 * A newer record that says normal ends an older present one.
 */
function recentRecords({ case: theCase, setting }: DerivationInput, { concepts, normal }: Sought): Recent {
  const sorted = { fresh: [] as Finding[], old: [] as Finding[], absent: [] as Finding[] };
  const counts = ({ date, sites }: Finding): boolean =>
    date !== undefined && countsAsAlarm(theCase, date, sites, setting('alarmMaxAgeDays'));
  const saidNormal = recordsOf(theCase, normal).find((one) => one.present && counts(one));
  if (saidNormal) sorted.absent.push(saidNormal);
  for (const concept of concepts) {
    const records = recordsOf(theCase, concept);
    const recent = records.filter(counts);
    const [newest] = recent;
    if (!newest) continue;
    const ofDay = recent.filter(({ date }) => date?.first === newest.date?.first);
    const present = ofDay.find((one) => one.present && !ofDay.some((other) => !other.present && isNewer(other, one)));
    const lasting = EPISODIC.includes(concept) ? records.filter(({ entry }) => entry.type === 'Condition') : records;
    const before = lasting.find((one) => !counts(one));
    if (!present || isNewer(saidNormal, present)) sorted.absent.push(newest);
    else if (before?.present === true && !statesOnset(present)) sorted.old.push(present);
    else sorted.fresh.push(present);
  }
  return sorted;
}

/** A diagnosis with an onset of its own says itself that it is new, whatever stood on the list before. */
function statesOnset({ entry }: Finding): boolean {
  return entry.type === 'Condition' && entry.date !== undefined;
}

function recordsOf(theCase: Case, concept: string): readonly Finding[] {
  return (theCase.findings.get(concept) ?? []).filter(({ date }) => date && date.first <= theCase.today);
}

/** Of a later day, or of a later time of the same day. */
function isNewer(one: Finding | undefined, other: Finding): boolean {
  if (!one?.date || !other.date) return false;
  return (
    one.date.first > other.date.first ||
    (one.date.first === other.date.first && (one.date.at ?? 0) > (other.date.at ?? Infinity))
  );
}

const entriesOf = (findings: readonly Finding[]): Fact['evidence'] => findings.map(({ entry }) => entry);

/** New: present in the alarm window, and not recorded as present before it. */
function newFinding(sought: Sought): Derivation {
  const derive = (input: DerivationInput): Fact => {
    const { fresh, old, absent } = recentRecords(input, sought);
    if (fresh.length > 0) return known(true, entriesOf(fresh));
    if (old.length + absent.length > 0) return known(false, entriesOf([...old, ...absent]));
    return unknown('not recorded');
  };
  return { derive, settings: ['alarmMaxAgeDays'] };
}

/** Present in the alarm window, new or not. */
function presentNow(sought: Sought): Derivation {
  const derive = (input: DerivationInput): Fact => {
    const { fresh, old, absent } = recentRecords(input, sought);
    if (fresh.length + old.length > 0) return known(true, entriesOf([...fresh, ...old]));
    return absent.length > 0 ? known(false, entriesOf(absent)) : unknown('not recorded');
  };
  return { derive, settings: ['alarmMaxAgeDays'] };
}

/** Recorded again now, while it was there before: old, so no alarm, but it may have changed. */
function recordedAgain(sought: Sought): Derivation {
  const derive = (input: DerivationInput): Fact => {
    const { old } = recentRecords(input, sought);
    return old.length > 0 ? known(true, entriesOf(old)) : FALSE;
  };
  return { derive, settings: ['alarmMaxAgeDays'] };
}

/** Recorded as present without any day, and no dated record of the same says more: it may be new, and it may be old. */
function undated({ case: theCase }: DerivationInput): Fact {
  const open = [SADDLE, ...RETENTION, ...LOSS_OF_CONTROL].flatMap((concept) =>
    recordsOf(theCase, concept).length > 0
      ? []
      : (theCase.findings.get(concept) ?? []).filter(({ present, date }) => present && date === undefined),
  );
  return open.length > 0 ? known(true, entriesOf(open)) : FALSE;
}

/** Diagnoses that say pain by themselves. */
const PAINFUL = [
  'neck-pain',
  'shoulder-pain',
  'arm-pain',
  'cervical-radiculopathy',
  'low-back-pain',
  'leg-pain',
  'sciatica',
  'lumbar-radiculopathy',
  'thoracic-spine-pain',
];

/** A score above 0 since onset, or none and a diagnosis of pain; false when every score is 0. */
function painful({ episode, fact }: DerivationInput): Fact {
  const peak = fact('pain.peak');
  if (typeof peak.value === 'number') return known(peak.value > 0, peak.evidence);
  const named = (episode?.conditions ?? []).filter((entry) =>
    entry.concepts.some((concept) => PAINFUL.includes(concept)),
  );
  return named.length > 0 ? known(true, named) : unknown('no pain recorded');
}

/** The thoracic spine is a site of the complaint, alone or beside others; the chest is not (AMB-45). */
function thoracic({ episode }: DerivationInput): Fact {
  if (!episode) return FALSE;
  return known(episode.sites.includes('site-thoracic-spine'), episode.conditions);
}

const SADDLE = 'saddle-anaesthesia';
const NORMAL = 'bladder-bowel-normal';
const RETENTION = ['urinary-retention'];
const LOSS_OF_CONTROL = ['urinary-incontinence', 'faecal-incontinence'];

export const ALARM: Derivations = {
  saddleLost: presentNow({ concepts: [SADDLE], normal: 'saddle-sensation-normal' }),
  newRetention: newFinding({ concepts: RETENTION, normal: NORMAL }),
  newLossOfControl: newFinding({ concepts: LOSS_OF_CONTROL, normal: NORMAL }),
  sphincterRecordedAgain: recordedAgain({ concepts: [...RETENTION, ...LOSS_OF_CONTROL], normal: NORMAL }),
  undatedAlarm: { derive: undated },
  painful: { derive: painful, facts: ['pain.peak'] },
  thoracic: { derive: thoracic },
};
