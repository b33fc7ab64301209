/** Derivations about pregnancy: present now, of how many weeks, and whether its third trimester is known (SAFE-05; encoding section 4). */
import type { Entry } from '../../case/case.js';
import type { CodeSets } from '../../fhir/code-sets.js';
import { readDate, type Calendar } from '../../fhir/dates.js';
import { conceptsOf } from '../../fhir/references.js';
import type { DerivationInput, Derivations } from '../derivation.js';
import { known, unknown, type Fact } from '../fact.js';
import { ageInDays } from '../windows.js';

const DAYS_OF_WEEK = 7;
/** Where the third trimester begins: no NSAID from here (SAFE-05). */
const THIRD_TRIMESTER_WEEKS = 28;

/** Whole weeks of pregnancy today, from the latest recorded gestational age. */
function pregnancyWeeks({ case: theCase, number, setting }: DerivationInput): Fact {
  const [entry] = (theCase.byConcept.get('gestational-age') ?? []).filter(
    (one) => one.type === 'Observation' && one.date !== undefined && one.date.first <= theCase.today,
  );
  const weeks = entry && number(entry);
  if (entry?.date === undefined || weeks === undefined) return unknown('no duration of pregnancy recorded');
  const days = weeks * DAYS_OF_WEEK + ageInDays(entry.date, theCase.today);
  return days <= setting('pregnancyMaxDays')
    ? known(Math.floor(days / DAYS_OF_WEEK), [entry])
    : unknown('the recorded duration of pregnancy is too old', [entry]);
}

/**
 * Pregnant now: a problem or finding, a recorded duration, a status, or a date of delivery to come (encoding section 4).
 * A pregnancy on the list without any date may be the present one: then it is not known.
 */
const pregnancyPresent =
  (codeSets: CodeSets, calendar: Calendar) =>
  ({ case: theCase, fact, setting }: DerivationInput): Fact => {
    const recorded = fact('pregnancy.recorded');
    if (recorded.value === true) return recorded;
    const weeks = fact('pregnancy.weeks');
    if (typeof weeks.value === 'number') return known(true, weeks.evidence);
    const isRecent = ({ date }: Entry): boolean =>
      date !== undefined && ageInDays(date, theCase.today) <= setting('pregnancyMaxDays');
    const [status] = (theCase.byConcept.get('pregnancy-status') ?? []).filter(isRecent);
    if (status && saysPregnant(status, codeSets)) return known(true, [status]);
    const delivery = (theCase.byConcept.get('estimated-delivery-date') ?? []).find(({ resource }) => {
      const { valueDateTime } = resource as { readonly valueDateTime?: unknown };
      const day = readDate(valueDateTime, calendar);
      return day !== undefined && day.last >= theCase.today;
    });
    if (delivery) return known(true, [delivery]);
    const undated = (theCase.byConcept.get('pregnancy') ?? []).filter(
      ({ type, state, date }) => type === 'Condition' && state === 'active' && date === undefined,
    );
    return undated.length > 0 ? unknown('the pregnancy has no date', undated) : recorded;
  };

function saysPregnant({ resource }: Entry, codeSets: CodeSets): boolean {
  const { valueBoolean, valueCodeableConcept } = resource as Readonly<Record<string, unknown>> & Entry['resource'];
  return valueBoolean === true || conceptsOf(valueCodeableConcept, codeSets).includes('pregnancy');
}

/** A pregnancy known to be in its third trimester. */
export function lateInPregnancy(fact: DerivationInput['fact']): Fact {
  const pregnant = fact('pregnancy.present');
  const weeks = fact('pregnancy.weeks');
  const isLate = pregnant.value === true && typeof weeks.value === 'number' && weeks.value >= THIRD_TRIMESTER_WEEKS;
  return known(isLate, isLate ? [...pregnant.evidence, ...weeks.evidence] : []);
}

/** Makes the derivations for the practice's calendar and codes. */
export function pregnancyDerivations(codeSets: CodeSets, calendar: Calendar): Derivations {
  return {
    pregnancyWeeks: { derive: pregnancyWeeks, settings: ['pregnancyMaxDays'] },
    pregnancyPresent: {
      derive: pregnancyPresent(codeSets, calendar),
      settings: ['pregnancyMaxDays'],
      facts: ['pregnancy.recorded', 'pregnancy.weeks'],
    },
  };
}
