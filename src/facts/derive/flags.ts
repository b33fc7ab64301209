/**
 * Derivations about documentation: whether red and yellow flags were asked since onset, and which were not (D13).
 * Documented when one record says that all were asked, when every single flag was answered, or when one form answers all that can only be
 * asked: that it was completed does not say so.
 */
import type { Case, Entry, Episode, Finding } from '../../case/case.js';
import { belongsTo } from '../../case/episodes.js';
import { addMonths, type DateSpan } from '../../fhir/dates.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';

/** The red flags that can only be asked or examined; the others stand in the record by themselves. */
export const RED_ITEMS = [
  'fever',
  'malaise',
  'unintended-weight-loss',
  'high-energy-trauma',
  'drug-misuse',
  'saddle-anaesthesia',
  'urinary-retention',
];
export const YELLOW_ITEMS = [
  'treatments-stopped-for-side-effects',
  'function-decreasing',
  'multiple-unrelated-complaints',
  'emotional-distress-increasing',
  'social-isolation-increasing',
  'conflict-with-caregivers',
];
const YELLOW_SCORES = ['yellow.anxiety', 'yellow.depression', 'yellow.catastrophising'];

/** Documented when one record says that all were asked, or when no single one is open. */
function documented(input: DerivationInput, summary: string, open: readonly string[]): Fact {
  const said = input.fact(summary);
  return said.value === true ? said : known(open.length === 0);
}

/** What a form must answer to document the red flags: fever, which is measured, and the flags that stand in the record are not among them. */
export const RED_ITEMS_OF_FORM = [
  'high-energy-trauma',
  'pain-progressive',
  'malaise',
  'unintended-weight-loss',
  'drug-misuse',
  'saddle-anaesthesia',
  'urinary-retention',
  'lumbar-flexion-severely-restricted',
];

/** A form since onset on which each of these was answered of this complaint; that it was completed does not say so. */
function answeredForm({ case: theCase, episode }: DerivationInput): Entry | undefined {
  const [first, ...others] = RED_ITEMS_OF_FORM.map((item) => {
    const findings = theCase.findings.get(item) ?? [];
    const own = findings.filter(({ sites, side }) => !episode || belongsTo(episode, sites, side));
    return new Set(own.flatMap(({ entry }) => entry.form ?? []));
  });
  return [...(first ?? [])].find(
    (form) => isDocumentedSince(form.date, theCase, episode) && others.every((forms) => forms.has(form)),
  );
}

/** Surely since onset, and not in the future: what may be older than the complaint documents nothing of it. */
function isDocumentedSince(date: DateSpan | undefined, theCase: Case, episode: Episode | undefined): boolean {
  if (date === undefined || date.first > theCase.today) return false;
  return sinceOnset({ ...date, last: date.first }, episode?.onset);
}

function redFlagsDocumented(input: DerivationInput): Fact {
  const form = answeredForm(input);
  return form ? known(true, [form]) : documented(input, 'flags.redExcluded', openRedFlags(input));
}

const unanswered = ({ case: theCase, episode }: DerivationInput, items: readonly string[]): readonly string[] =>
  items.filter(
    (item) => ![item, ANSWERED_BY[item]].some((key) => key !== undefined && answerSince(theCase, key, episode)),
  );

/** Findings in which "normal" answers the question as well. */
const ANSWERED_BY: Readonly<Record<string, string>> = {
  'saddle-anaesthesia': 'saddle-sensation-normal',
  'urinary-retention': 'bladder-bowel-normal',
};

/** The red flags to ask that have no answer since onset; a temperature or a weight answers as well. */
function openRedFlags(input: DerivationInput): readonly string[] {
  return unanswered(input, RED_ITEMS).filter((item) => {
    const fact = MEASURED[item];
    return fact === undefined || input.fact(fact).value === undefined;
  });
}

const MEASURED: Readonly<Record<string, string>> = {
  fever: 'fever.temperature',
  'unintended-weight-loss': 'weightLoss.present',
};

/** When the red flags were last documented: the date of the one word or of the form; of single answers that of the oldest. */
function redFlagsDocumentedOn(input: DerivationInput): DateSpan | undefined {
  const said = input.fact('flags.redExcluded');
  const form = answeredForm(input);
  const whole = [...(said.value === true ? said.evidence : []), ...(form ? [form] : [])];
  const answers = RED_ITEMS.map((item) => newest(answerDates(input, item)));
  const single = answers.includes(undefined) ? undefined : oldest(answers.flatMap((date) => date ?? []));
  return newest([...whole.map(({ date }) => date), single].flatMap((date) => date ?? []));
}

/** When one red flag was answered since onset: by findings, or by a measurement that answers as well. */
function answerDates({ case: theCase, episode, fact }: DerivationInput, item: string): readonly DateSpan[] {
  const answers = [item, ANSWERED_BY[item]].flatMap(
    (key) => (key === undefined ? undefined : answerSince(theCase, key, episode)) ?? [],
  );
  const measured = MEASURED[item] === undefined ? undefined : fact(MEASURED[item]);
  const measurements = measured?.value === undefined ? [] : measured.evidence;
  return [...answers, ...measurements].flatMap(({ date }) => date ?? []);
}

const newest = (dates: readonly DateSpan[]): DateSpan | undefined =>
  dates.reduce<DateSpan | undefined>((top, one) => (top === undefined || isLater(one, top) ? one : top), undefined);
const oldest = (dates: readonly DateSpan[]): DateSpan | undefined =>
  dates.reduce<DateSpan | undefined>((low, one) => (low === undefined || isLater(low, one) ? one : low), undefined);

/** Later by the time where both have one, else by the day. */
function isLater(one: DateSpan, other: DateSpan): boolean {
  return one.at !== undefined && other.at !== undefined ? one.at > other.at : one.first > other.last;
}

/** Why documented red flags are asked again: the complaint got worse since, or passed three months since (D13, AMB-05). */
function redFlagsAskAgain(input: DerivationInput): Fact {
  const { episode, fact } = input;
  const documentedOn = fact('flags.redDocumented').value === true ? redFlagsDocumentedOn(input) : undefined;
  if (documentedOn === undefined) return known('none');
  const worse = fact('change.worse');
  if (worse.value === true && worse.evidence.some(({ date }) => date !== undefined && isLater(date, documentedOn)))
    return known('worse', worse.evidence);
  const long = fact('episode.overThreeMonths');
  const isOlder = episode?.onset !== undefined && documentedOn.last <= addMonths(episode.onset.last, 3);
  return known(long.value === true && isOlder ? 'three-months' : 'none', long.evidence);
}

/** The yellow flags to ask that have no answer since onset, and the scores that say neither high nor normal (AMB-47). */
function openYellowFlags(input: DerivationInput): readonly string[] {
  const uninterpreted = YELLOW_SCORES.filter((id) => {
    const { value, evidence } = input.fact(id);
    return value === undefined && evidence.length > 0;
  });
  return [...unanswered(input, YELLOW_ITEMS), ...uninterpreted];
}

function redFlagsMissing(input: DerivationInput): Fact {
  return known(input.fact('flags.redDocumented').value === true ? [] : openRedFlags(input));
}

function answerSince(theCase: Case, item: string, episode: Episode | undefined): Finding | undefined {
  return (theCase.findings.get(item) ?? []).find(({ date }) => isDocumentedSince(date, theCase, episode));
}

/** Bladder, bowel and saddle recorded normal since the onset of this episode, in one word or finding by finding (CONF-04). */
function caudaAsked({ episode, fact }: DerivationInput): Fact {
  const normal = (whole: string, parts: readonly string[]): readonly Entry[] | undefined => {
    const said = fact(whole);
    const answers = parts.map(fact);
    const evidence =
      said.value === true
        ? said.evidence
        : answers.every((answer) => answer.value === false)
          ? answers.flatMap((answer) => answer.evidence)
          : undefined;
    return evidence?.every(({ date }) => date === undefined || sinceOnset(date, episode?.onset)) ? evidence : undefined;
  };
  const bladder = normal('bladder.normal', ['bladder.retention', 'bladder.incontinence']);
  const saddle = normal('saddle.normal', ['saddle.lost']);
  return bladder && saddle ? known(true, [...bladder, ...saddle]) : known(false);
}

/** Both legs: recorded as bilateral, or pain in two legs of different side. */
function bilateralLegs({ episode }: DerivationInput): Fact {
  if (!episode || episode.half !== 'lower') return unknown('no back or leg complaint');
  const leg = episode.regions.includes('leg') || episode.group === 'back-leg';
  return known(leg && episode.side === 'bilateral', episode.conditions);
}

export const FLAGS: Derivations = {
  redFlagsDocumented: {
    derive: redFlagsDocumented,
    facts: ['flags.redExcluded', 'fever.temperature', 'weightLoss.present'],
  },
  yellowFlagsDocumented: {
    derive: (input) => documented(input, 'flags.yellowAssessed', openYellowFlags(input)),
    facts: ['flags.yellowAssessed', ...YELLOW_SCORES],
  },
  redFlagsMissing: {
    derive: redFlagsMissing,
    facts: ['flags.redDocumented', 'fever.temperature', 'weightLoss.present'],
  },
  redFlagsAskAgain: {
    derive: redFlagsAskAgain,
    facts: [
      'flags.redDocumented',
      'flags.redExcluded',
      'fever.temperature',
      'weightLoss.present',
      'change.worse',
      'episode.overThreeMonths',
    ],
  },
  caudaAsked: {
    derive: caudaAsked,
    facts: ['bladder.normal', 'saddle.normal', 'bladder.retention', 'bladder.incontinence', 'saddle.lost'],
  },
  bilateralLegs: { derive: bilateralLegs },
};
