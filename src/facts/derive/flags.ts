/**
 * Derivations about documentation: whether red and yellow flags were asked since onset, and which were not (D13).
 * Documented when one record says that all were asked, or when every single flag was answered.
 */
import type { Entry } from '../../case/case.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';

/** The red flags that can only be asked or examined; the others stand in the record by themselves. */
const RED_ITEMS = [
  'fever',
  'malaise',
  'unintended-weight-loss',
  'high-energy-trauma',
  'drug-misuse',
  'saddle-anaesthesia',
  'urinary-retention',
];
const YELLOW_ITEMS = [
  'treatments-stopped-for-side-effects',
  'function-decreasing',
  'multiple-unrelated-complaints',
  'emotional-distress-increasing',
  'social-isolation-increasing',
  'conflict-with-caregivers',
];

const QUESTIONNAIRE = /(?:^|\/)pain-flags(?:\||$)/;

/** Flags answered since onset; a partial list gives false with the answers as evidence. */
function documented(
  { case: theCase, episode, fact }: DerivationInput,
  summary: string,
  items: readonly string[],
): Fact {
  const said = fact(summary);
  if (said.value === true) return said;
  const form = completedForm(theCase.byType.get('QuestionnaireResponse') ?? [], episode);
  if (form) return known(true, [form]);
  const answers = items.map((item) =>
    (theCase.findings.get(item) ?? []).find(
      (finding) => finding.date !== undefined && sinceOnset(finding.date, episode?.onset),
    ),
  );
  const evidence = answers.flatMap((finding) => (finding ? [finding.entry] : []));
  return evidence.length === items.length ? known(true, evidence) : known(false, evidence);
}

function completedForm(forms: readonly Entry[], episode: DerivationInput['episode']): Entry | undefined {
  return forms.find((form) => {
    const { questionnaire } = form.resource as { questionnaire?: string };
    return QUESTIONNAIRE.test(questionnaire ?? '') && form.date !== undefined && sinceOnset(form.date, episode?.onset);
  });
}

/** Bladder, bowel and saddle recorded normal since the onset of this episode (CONF-04). */
function caudaAsked({ fact }: DerivationInput): Fact {
  const parts = [fact('bladder.normal'), fact('saddle.normal')];
  const evidence = parts.flatMap((part) => part.evidence);
  return parts.every((part) => part.value === true) ? known(true, evidence) : known(false, evidence);
}

/** Both legs: recorded as bilateral, or pain in two legs of different side. */
function bilateralLegs({ episode }: DerivationInput): Fact {
  if (!episode || episode.half !== 'lower') return unknown('no back or leg complaint');
  const leg = episode.regions.includes('leg') || episode.group === 'back-leg';
  return known(leg && episode.side === 'bilateral', episode.conditions);
}

export const FLAGS: Derivations = {
  redFlagsDocumented: {
    derive: (input) => documented(input, 'flags.redExcluded', RED_ITEMS),
    facts: ['flags.redExcluded'],
  },
  yellowFlagsDocumented: {
    derive: (input) => documented(input, 'flags.yellowAssessed', YELLOW_ITEMS),
    facts: ['flags.yellowAssessed'],
  },
  caudaAsked: { derive: caudaAsked, facts: ['bladder.normal', 'saddle.normal'] },
  bilateralLegs: { derive: bilateralLegs },
};
