/**
 * Derivations about a paresis: is there one in this complaint, was its strength measured, what on the problem list explains it, is a
 * muscle paralysed or slowly getting weaker, and does a draft ask for neurodynamic mobilisation (AMB-31, 32; CONF-02).
 */
import { halfOf } from '../../case/body.js';
import type { Case, Entry, Episode, Half, Strength } from '../../case/case.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { sinceOnset } from '../windows.js';
import {
  entriesOf,
  episodeWeaknesses,
  newWeaknesses,
  progressiveWeaknesses,
  untilToday,
  weaknessFact,
} from './weakness.js';

const MAX_AGE = 'alarmMaxAgeDays';

/** Concepts of one half of the body, and those that lie where their other codes or sites say. */
interface Causes {
  readonly of: Readonly<Record<Half, readonly string[]>>;
  readonly anywhere: readonly string[];
}

const NARROWING: Causes = {
  of: {
    upper: ['cervical-disc-herniation', 'cervical-stenosis'],
    lower: ['lumbar-disc-herniation', 'lumbar-stenosis'],
  },
  anywhere: ['disc-herniation', 'spinal-stenosis'],
};

const CAUSES: Causes = {
  of: {
    upper: [
      ...NARROWING.of.upper,
      'cervical-radiculopathy',
      'cervical-myelopathy',
      'neuralgic-amyotrophy',
      'hereditary-na',
      'brachial-plexus-disorder',
      'brachial-plexus-injury',
      'shoulder-girdle-nerve-lesion',
      'anterior-interosseous-neuropathy',
    ],
    lower: [
      ...NARROWING.of.lower,
      'lumbar-radiculopathy',
      'sciatica',
      'lumbosacral-plexopathy',
      'cauda-equina-syndrome',
    ],
  },
  anywhere: [...NARROWING.anywhere, 'radiculopathy', 'cord-disease', 'cerebrovascular-disease'],
};

const OTHER_HALF: Readonly<Record<Half, Half>> = { upper: 'lower', lower: 'upper' };

/** Active or suspected conditions of these causes that lie in this half of the body, or whose place is not recorded. */
function conditionsOf(theCase: Case, half: Half, { of, anywhere }: Causes): readonly Entry[] {
  const own = of[half];
  const elsewhere = of[OTHER_HALF[half]];
  const isHere = ({ concepts, sites }: Entry): boolean => {
    if (concepts.some((concept) => own.includes(concept))) return true;
    const places = sites.map(halfOf).filter((place) => place !== undefined);
    return !concepts.some((concept) => elsewhere.includes(concept)) && (places.length === 0 || places.includes(half));
  };
  const entries = [...own, ...anywhere].flatMap((concept) => theCase.byConcept.get(concept) ?? []);
  return [...new Set(entries)].filter(
    (entry) => entry.type === 'Condition' && entry.state === 'active' && isHere(entry),
  );
}

/** A cause of the paresis stands on the problem list; no only when the whole list was searched. */
function explained({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const causes = conditionsOf(theCase, episode.half, CAUSES);
  if (causes.length > 0) return known(true, causes);
  return theCase.completeness('Condition') === 'complete' ? FALSE : unknown('the problem list is not complete');
}

/** A herniated disc or stenosis of this half, suspected or confirmed, that is not older than the complaint. */
function narrowing({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return FALSE;
  const suspected = conditionsOf(theCase, episode.half, NARROWING).filter(
    ({ date }) => date === undefined || sinceOnset(date, episode.onset),
  );
  return known(suspected.length > 0, suspected);
}

/** Strengths that were measured in this complaint, on either side. */
function measured(theCase: Case, episode: Episode | undefined): readonly Strength[] {
  return untilToday(theCase).filter(
    ({ muscle, date }) => halfOf(muscle) === episode?.half && sinceOnset(date, episode?.onset),
  );
}

const RECORDED = ['weakness.recorded', 'weakness.footDrop'];

/** Weakness in this complaint: recorded as a finding, or measured; no only when it was asked or measured. */
function present({ case: theCase, episode, fact }: DerivationInput): Fact {
  const recorded = RECORDED.map(fact);
  const weak = episodeWeaknesses(theCase, episode);
  if (weak.length > 0) return known(true, entriesOf(weak));
  const found = recorded.find(({ value }) => value === true);
  if (found) return found;
  const tested = measured(theCase, episode);
  if (tested.length > 0) return known(false, entriesOf(tested));
  return recorded[0]?.value === false ? recorded[0] : unknown('weakness not recorded');
}

/** Weakness is recorded as a finding, but no strength was measured in this half since onset. */
function ungraded({ case: theCase, episode, fact }: DerivationInput): Fact {
  const found = RECORDED.map(fact).find(({ value }) => value === true);
  return found && measured(theCase, episode).length === 0 ? found : FALSE;
}

/** A muscle that does not move at all (MRC 0), and did before (AMB-32). */
function paralysis({ case: theCase, setting }: DerivationInput): Fact {
  const still = newWeaknesses(theCase, setting(MAX_AGE)).filter(({ grade }) => grade === 0);
  return weaknessFact(theCase, still);
}

/** A strength fell by a whole grade in the days that an alarm counts, however slowly (AMB-31). */
function falling({ case: theCase, setting }: DerivationInput): Fact {
  return weaknessFact(theCase, progressiveWeaknesses(theCase, setting(MAX_AGE), setting(MAX_AGE)));
}

function neurodynamic({ draft }: DerivationInput): Fact {
  return known(draft?.concepts.includes('neurodynamic-mobilisation') === true);
}

export const PARESIS: Derivations = {
  paresisExplained: { derive: explained },
  suspectedNarrowing: { derive: narrowing },
  paresisPresent: { derive: present, facts: RECORDED },
  paresisUngraded: { derive: ungraded, facts: RECORDED },
  deficitParalysis: { derive: paralysis, settings: [MAX_AGE] },
  deficitFalling: { derive: falling, settings: [MAX_AGE] },
  draftIsNeurodynamic: { derive: neurodynamic },
};
