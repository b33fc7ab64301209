/** How a drug is taken, as FHIR: milligrams and times a day enter, a Dosage with the same in words leaves. */
import type { Dosage } from 'fhir/r4.js';

export interface Dose {
  /** Milligrams each time; absent with `times`: the dose is not recorded. */
  readonly mg?: number;
  /** Times a day. */
  readonly times?: number;
  /** Days that it is to be taken; absent: no end was agreed. */
  readonly days?: number;
}

/** The element of a MedicationRequest, with one instruction; none where no dose is recorded. */
export function dosageOf({ mg, times, days }: Dose): { readonly dosageInstruction?: Dosage[] } {
  if (mg === undefined || times === undefined) return {};
  const system = 'http://unitsofmeasure.org';
  const instruction: Dosage = {
    sequence: 1,
    text: `${times} dd ${mg} mg${days === undefined ? '' : `, ${days} d`}`,
    timing: {
      repeat: {
        ...(days !== undefined && { boundsDuration: { value: days, unit: 'd', system, code: 'd' } }),
        frequency: times,
        period: 1,
        periodUnit: 'd',
      },
    },
    doseAndRate: [{ doseQuantity: { value: mg, unit: 'mg', system, code: 'mg' } }],
  };
  return { dosageInstruction: [instruction] };
}
