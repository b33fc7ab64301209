/** The patients that many tests begin with, and a service of the file's own to ask about them. Days are counted back from the fixed today. */
import type { FhirResource } from 'fhir/r4.js';
import { afterAll, beforeAll } from 'vitest';
import type { Hook } from '../../src/cds-hooks/request.js';
import type { Card } from '../../src/cds-hooks/response.js';
import { cardsFor, draft, type Told } from './advice.js';
import { coded, condition, daysAgo, finding, record } from './records.js';
import { startService, type RunningService } from './service.js';

export const TODAY = daysAgo(0);
export const RIGHT_SHOULDER: readonly string[] = ['site-shoulder', 'side-right'];

/** Found today. */
export const found = (code: string, places: readonly string[] = []): FhirResource => finding(code, true, TODAY, places);

export const shoulderPain = (days: number): FhirResource => condition('shoulder-pain', daysAgo(days), RIGHT_SHOULDER);
export const backPain = (days: number): FhirResource => condition('low-back-pain', daysAgo(days), ['site-low-back']);
export const neckPain = (days: number): FhirResource =>
  condition('neck-pain', daysAgo(days), ['site-neck', 'side-right']);
export const neckAndArmPain = (days: number): readonly FhirResource[] => [
  neckPain(days),
  condition('arm-pain', daysAgo(days), ['site-arm', 'side-right']),
];

/** NA on the problem list: confirmed, provisional, differential or refuted. */
export const na = (days: number, verification: string): FhirResource =>
  condition('neuralgic-amyotrophy', daysAgo(days), RIGHT_SHOULDER, {
    verificationStatus: { coding: [{ code: verification }] },
  });

/** A drug that was begun so many days ago and is in use. */
export const inUse = (drug: string, days: number): FhirResource =>
  record('MedicationRequest', {
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: coded(drug),
    authoredOn: daysAgo(days),
  });

/** A draft of a test, a therapy or a referral. */
export const order = (...codes: readonly string[]): FhirResource => draft('ServiceRequest', { code: coded(...codes) });

export interface Asked {
  /** Where the service runs; once the tests do. */
  readonly url: () => string;
  readonly ask: (hook: Hook, told?: Told) => Promise<readonly Card[]>;
  /** The cards when the record is opened. */
  readonly view: (records: readonly FhirResource[], told?: Told) => Promise<readonly Card[]>;
  /** The cards when an order is selected. */
  readonly ordered: (one: FhirResource, records: readonly FhirResource[], told?: Told) => Promise<readonly Card[]>;
}

/** A service that runs while the tests of the file do. */
export function askService(): Asked {
  let service: RunningService;
  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.close());
  return {
    url: () => service.url,
    ask: (hook, told = {}) => cardsFor(service, hook, told),
    view: (records, told = {}) => cardsFor(service, 'patient-view', { records, ...told }),
    ordered: (one, records, told = {}) => cardsFor(service, 'order-select', { records, drafts: [one], ...told }),
  };
}
