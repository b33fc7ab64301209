/**
 * Neuralgic amyotrophy suspected by the picture of Tabel 2, listed or not: the clauses of the rule na-suspicion, for the rules of
 * orders and of therapy that a suspicion changes (CONF-08, CONF-13).
 */
import type { DerivationInput, Derivations } from '../derivation.js';
import { known, unknown, type Fact } from '../fact.js';
import { SEVERE_PAIN } from './pain.js';

const PICTURE = ['na.site', 'pain.peak', 'pain.acute', 'na.refuted', 'na.status'];
const WEAKENING = ['root.single', 'shoulder.passiveLimited', 'pain.resistant', 'episode.group'];

/**
 * `firm` where the card of the suspicion warns, `weak` where it only informs, else `none`. Nothing is suspected without a score, as
 * on that card, and an order must not ask for one; unknown only when the scores could not be searched completely.
 */
function naSuspicion({ case: theCase, fact }: DerivationInput): Fact {
  const [site, peak] = [fact('na.site'), fact('pain.peak')];
  const contradicted =
    site.value === false ||
    fact('pain.acute').value === false ||
    fact('na.refuted').value === true ||
    fact('na.status').value === 'confirmed';
  if (contradicted) return known('none');
  if (typeof peak.value !== 'number')
    return theCase.completeness('Observation') === 'complete'
      ? known('none')
      : unknown('the record could not be searched completely');
  if (peak.value < SEVERE_PAIN) return known('none', peak.evidence);
  return known(isWeakened(fact) ? 'weak' : 'firm', [...site.evidence, ...peak.evidence]);
}

/** What makes the card of the suspicion inform instead of warn; what is not recorded weakens nothing. */
function isWeakened(fact: DerivationInput['fact']): boolean {
  return (
    fact('root.single').value === true ||
    fact('shoulder.passiveLimited').value === true ||
    fact('pain.resistant').value === false ||
    fact('episode.group').value === 'neck-only'
  );
}

export const SUSPICION: Derivations = {
  naSuspicion: { derive: naSuspicion, facts: [...PICTURE, ...WEAKENING] },
};
