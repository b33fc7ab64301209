/** How a drug is taken, as FHIR: milligrams and times a day enter, a Dosage with the same in words leaves. */
import type { Dosage } from 'fhir/r4.js';

export interface Dose {
  /** Milligrams each time. */
  readonly mg: number;
  /** Times a day. */
  readonly times: number;
  /** Days that it is to be taken; absent: no end was agreed. */
  readonly days?: number;
}

/** One instruction. */
export function writeDosage({ mg, times, days }: Dose): Dosage {
  const system = 'http://unitsofmeasure.org';
  return {
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
}
