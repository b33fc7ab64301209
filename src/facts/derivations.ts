/** Every derivation that a fact can name: the one place where a new module of `derive/` is added. */
import type { CodeSets } from '../fhir/code-sets.js';
import type { Calendar } from '../fhir/dates.js';
import type { Derivations } from './derivation.js';
import { ALARM } from './derive/alarm.js';
import { armStrengthDerivations } from './derive/arm-strength.js';
import { BETTER } from './derive/better.js';
import { careDerivations } from './derive/care.js';
import { courseDerivations } from './derive/course.js';
import { deficitDerivations } from './derive/deficit.js';
import { drugDerivations } from './derive/drugs.js';
import { FLAGS } from './derive/flags.js';
import { historyDerivations } from './derive/history.js';
import { INFILTRATIONS } from './derive/infiltration.js';
import { neckPhysioDerivations } from './derive/neck-physio.js';
import { ORDERS } from './derive/orders.js';
import { PAIN } from './derive/pain.js';
import { PARESIS } from './derive/paresis.js';
import { pregnancyDerivations } from './derive/pregnancy.js';
import { SUSPICION } from './derive/suspicion.js';
import { THERAPY } from './derive/therapy.js';
import { TIME } from './derive/time.js';
import type { Muscles } from './derive/weakness.js';
import { YELLOW } from './derive/yellow.js';

/** What derivations need besides a case. */
export interface DerivationTools {
  readonly codeSets: CodeSets;
  readonly calendar: Calendar;
  /** `rules/facts/muscle-roots.yaml`. */
  readonly muscles: Muscles;
}

/** All derivations by name. */
export function derivationsWith({ codeSets, calendar, muscles }: DerivationTools): Derivations {
  return {
    ...TIME,
    ...PAIN,
    ...BETTER,
    ...historyDerivations(calendar),
    ...ORDERS,
    ...INFILTRATIONS,
    ...YELLOW,
    ...FLAGS,
    ...ALARM,
    ...THERAPY,
    ...PARESIS,
    ...SUSPICION,
    ...deficitDerivations(muscles),
    ...armStrengthDerivations(muscles),
    ...courseDerivations(calendar),
    ...neckPhysioDerivations(calendar),
    ...careDerivations(codeSets, calendar),
    ...drugDerivations(calendar),
    ...pregnancyDerivations(codeSets, calendar),
  };
}
