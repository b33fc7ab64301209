/**
 * The drugs that a patient takes: one list made of two resource types, and what it means that a drug is not on it.
 */
import type { Case, Entry } from '../../case/case.js';
import type { DerivationInput } from '../derivation.js';
import { FALSE, TRUE, known, unknown, type Fact } from '../fact.js';

const DRUG_LISTS = ['MedicationRequest', 'MedicationStatement'];

/** Records of a drug in either list, present or past. */
export function drugRecords(theCase: Case, concept: string): readonly Entry[] {
  return (theCase.byConcept.get(concept) ?? []).filter((entry) => DRUG_LISTS.includes(entry.type));
}

/** The records of a drug that is taken now. */
export function drugsInUse(theCase: Case, concept: string): readonly Entry[] {
  return drugRecords(theCase, concept).filter((entry) => entry.state === 'active');
}

/** False when both lists were searched completely; unknown otherwise. */
export function notOnDrugList(theCase: Case): Fact {
  return DRUG_LISTS.every((type) => theCase.completeness(type) === 'complete')
    ? FALSE
    : unknown('the medication list is not complete');
}

/** A drug in use, or drafted together with the order. */
export function besideOrder({ case: theCase }: DerivationInput, concept: string): Fact {
  const inUse = drugsInUse(theCase, concept);
  if (inUse.length > 0) return known(true, inUse);
  return theCase.drafts.some((draft) => draft.concepts.includes(concept)) ? TRUE : notOnDrugList(theCase);
}
