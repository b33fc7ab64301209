/**
 * Derivations about yellow flags: which are recorded for a complaint, and which of them something else explains (CONF-20, CONF-21).
 * A score counts as high only when its own interpretation says so: there are no cut-offs of ours (AMB-47).
 */
import type { Entry } from '../../case/case.js';
import { listOf } from '../../fhir/references.js';
import type { Derivation, DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';

const HIGH = ['H', 'HH'];

function interpretationsOf(entry: Entry): readonly unknown[] {
  const raw = entry.resource as unknown as Readonly<Record<string, unknown>>;
  return listOf(raw['interpretation']).flatMap((one) => listOf(one['coding']).map((coding) => coding['code']));
}

/** The newest score of this complaint, high or not as its interpretation says. */
function highScore(concept: string): Derivation {
  return {
    derive: ({ case: theCase, episode }) => {
      const [latest] = (theCase.byConcept.get(concept) ?? []).filter(
        ({ type, state, date }) =>
          type === 'Observation' &&
          state === 'final' &&
          date !== undefined &&
          date.first <= theCase.today &&
          sinceOnset(date, episode?.onset),
      );
      if (!latest) return unknown('no score recorded');
      const said = interpretationsOf(latest);
      if (said.length === 0) return unknown('a score without an interpretation', [latest]);
      return known(
        said.some((code) => HIGH.includes(String(code))),
        [latest],
      );
    },
  };
}

/** Function decreases: recorded so, or the trend is worse. */
function functionFalling({ fact }: DerivationInput): Fact {
  const recorded = fact('yellow.functionDecreasing');
  if (recorded.value === true) return recorded;
  const trend = fact('function.trend');
  if (trend.value === 'trend-worse') return known(true, trend.evidence);
  return recorded.value === false || trend.value !== undefined ? FALSE : unknown('not recorded');
}

/** Yellow flag -> the fact that says it is there. */
const FLAG_FACTS: Readonly<Record<string, string>> = {
  anxiety: 'yellow.anxiety',
  depression: 'yellow.depression',
  catastrophising: 'yellow.catastrophising',
  'side-effects': 'yellow.sideEffects',
  'no-effect': 'analgesics.ineffective',
  function: 'yellow.functionFalling',
  complaints: 'yellow.manyComplaints',
  distress: 'yellow.distress',
  isolation: 'yellow.isolation',
  conflict: 'yellow.conflict',
};

/** The recorded flags, without those that acute neuralgic amyotrophy or an increasing paresis explains. */
function present({ fact }: DerivationInput): Fact {
  const flags = Object.entries(FLAG_FACTS).filter(([, id]) => fact(id).value === true);
  const isHigh = flags.some(([flag]) => ['anxiety', 'depression', 'catastrophising'].includes(flag));
  const isAcuteNa =
    ['provisional', 'confirmed'].includes(String(fact('na.status').value)) &&
    fact('episode.overThreeMonths').value !== true;
  const isExplained: Readonly<Record<string, boolean>> = {
    'no-effect': isAcuteNa,
    distress: isAcuteNa && !isHigh,
    function: fact('deficit.progressive').value === true,
  };
  const standing = flags.filter(([flag]) => !isExplained[flag]);
  return known(
    standing.map(([flag]) => flag),
    standing.flatMap(([, id]) => fact(id).evidence),
  );
}

/** How many flags are recorded and not explained otherwise. */
function count({ fact }: DerivationInput): Fact {
  const { value, evidence } = fact('yellow.present');
  return known(Array.isArray(value) ? value.length : 0, evidence);
}

export const YELLOW: Derivations = {
  highAnxiety: highScore('score-anxiety'),
  highDepression: highScore('score-depression'),
  highCatastrophising: highScore('score-catastrophising'),
  functionFalling: { derive: functionFalling, facts: ['yellow.functionDecreasing', 'function.trend'] },
  yellowPresent: {
    derive: present,
    facts: [...Object.values(FLAG_FACTS), 'na.status', 'episode.overThreeMonths', 'deficit.progressive'],
  },
  yellowCount: { derive: count, facts: ['yellow.present'] },
};
