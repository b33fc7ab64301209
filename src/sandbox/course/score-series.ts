/** Pain scores as lines: one for each place, through its days. */
import type { FhirResource } from 'fhir/r4.js';
import type { Language } from '../../cds-hooks/request.js';
import { dayOfDate } from '../days.js';
import { dateOf, painScoreOf, referenceTo, wordsOfConcept } from '../record/describe.js';

export interface Score {
  /** `Observation/id`. */
  readonly reference: string;
  readonly day: number;
  /** 0 to 10. */
  readonly value: number;
}

export interface Series {
  /** The place as it is written; undefined where none is recorded. */
  readonly site: string | undefined;
  /** By day. */
  readonly scores: readonly Score[];
}

/** The scores of a record that have a day between the first and the last; in the order of their first day. */
export function seriesOf(
  record: readonly FhirResource[],
  { start, first, last }: { readonly start: string; readonly first: number; readonly last: number },
  language: Language,
): readonly Series[] {
  const bySite = new Map<string | undefined, Score[]>();
  for (const resource of record) {
    const value = painScoreOf(resource);
    const day = dayOfDate(start, dateOf(resource) ?? '');
    if (resource.resourceType !== 'Observation' || value === undefined || day === undefined) continue;
    if (day < first || day > last || resource.status === 'entered-in-error') continue;
    const site = wordsOfConcept(resource.bodySite, language);
    bySite.set(site, [...(bySite.get(site) ?? []), { reference: referenceTo(resource), day, value }]);
  }
  const series = [...bySite].map(([site, scores]) => ({ site, scores: scores.sort((a, b) => a.day - b.day) }));
  return series.sort((a, b) => (a.scores[0]?.day ?? 0) - (b.scores[0]?.day ?? 0));
}
