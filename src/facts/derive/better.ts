/**
 * Derivations about "clearly much better" where something is proposed or ordered on the strength of it (D19): what is certain enough
 * for an order, what a strong drug may hide, and which part of the complaint was not scored.
 */
import type { Group } from '../../case/case.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { FALSE, known, unknown, type Fact } from '../fact.js';
import { STRONG_DRUG_IN_USE, scoreParts } from './pain.js';

/** Recorded as clearly much better; anything else, unknown included, is no. For orders, that must not ask for it. */
function surelyBetter({ fact }: DerivationInput): Fact {
  const better = fact('episode.muchBetter');
  return better.value === true ? better : FALSE;
}

/** Better by the scores, but a strong opioid or a systemic corticosteroid may hide the pain (D19). */
function betterOnStrongDrug({ fact }: DerivationInput): Fact {
  const better = fact('episode.muchBetter');
  return better.unknown === STRONG_DRUG_IN_USE ? known(true, better.evidence) : FALSE;
}

/** The parts of a complaint, as its scores are told apart: where pain radiates, the arm or leg comes second. */
const PARTS: Readonly<Record<Group, readonly [string, string?]>> = {
  'neck-only': ['neck'],
  'neck-arm': ['neck', 'arm'],
  'arm-only': ['arm'],
  'back-only': ['back'],
  thoracic: ['back'],
  'back-leg': ['back', 'leg'],
  'leg-only': ['leg'],
};

/** The parts of the complaint that have no score since onset: they do not stop a proposal to cancel, but are asked (D19). */
function unscored({ case: theCase, episode }: DerivationInput): Fact {
  if (!episode) return unknown('no complaint');
  const [distal, rest] = scoreParts(theCase, episode);
  const [first, second] = PARTS[episode.group];
  if (second === undefined) return known(distal.length + rest.length > 0 ? [] : [first]);
  return known([...(rest.length > 0 ? [] : [first]), ...(distal.length > 0 ? [] : [second])]);
}

export const BETTER: Derivations = {
  surelyBetter: { derive: surelyBetter, facts: ['episode.muchBetter'] },
  betterOnStrongDrug: { derive: betterOnStrongDrug, facts: ['episode.muchBetter'] },
  painUnscored: { derive: unscored },
};
