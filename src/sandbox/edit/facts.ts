/** The facts of a record that can be edited one by one: a pain score of a place and a day, and when a problem began. */
import type { Condition, FhirResource, Observation } from 'fhir/r4.js';
import { dateOf } from '../record/describe.js';

const MADE = ['final', 'amended', 'corrected'];

type Place = Observation['bodySite'];

/** Everything that one place names, the other names as well: "shoulder, right" is a shoulder. */
function covers(wider: Place, narrower: Place): boolean {
  return (wider?.coding ?? []).every((wanted) =>
    (narrower?.coding ?? []).some(({ system, code }) => system === wanted.system && code === wanted.code),
  );
}

/** What the record has of the same measurement at the same place, the latest last. `wanted` is such an Observation. */
export function measuredBefore(wanted: FhirResource, record: readonly FhirResource[]): readonly Observation[] {
  if (wanted.resourceType !== 'Observation') return [];
  const same = record.filter(
    (one): one is Observation =>
      one.resourceType === 'Observation' &&
      MADE.includes(one.status) &&
      one.code.coding?.some(({ system, code }) =>
        wanted.code.coding?.some((other) => other.system === system && other.code === code),
      ) === true &&
      covers(wanted.bodySite, one.bodySite),
  );
  return same.toSorted((one, other) => (dateOf(one) ?? '').localeCompare(dateOf(other) ?? ''));
}

/** The Observation with the value and moment of another; its place, contact and all else stay. */
export function remeasured(existing: Observation, measured: FhirResource): FhirResource {
  const isMeasured = (name: string): boolean => /^_?(value|effective)[A-Z]/.test(name);
  const kept = Object.entries(existing).filter(([name]) => !isMeasured(name));
  const taken = Object.entries(measured).filter(([name]) => isMeasured(name));
  return Object.fromEntries([...kept, ...taken]) as unknown as FhirResource;
}

/** The active problems, the one that began last first and those of unknown onset at the end. */
export function activeProblems(record: readonly FhirResource[]): readonly Condition[] {
  const active = record.filter(
    (one): one is Condition =>
      one.resourceType === 'Condition' && one.clinicalStatus?.coding?.some(({ code }) => code === 'active') === true,
  );
  return active.toSorted((one, other) => (other.onsetDateTime ?? '').localeCompare(one.onsetDateTime ?? ''));
}

/** The problem with another onset, YYYY-MM-DD, or of unknown onset; a problem has one onset at most, and all else stays. */
export function withOnset(problem: Condition, onset: string | undefined): Condition {
  const kept = Object.fromEntries(Object.entries(problem).filter(([name]) => !/^_?onset[A-Z]/.test(name)));
  return { ...(kept as unknown as Condition), ...(onset !== undefined && { onsetDateTime: onset }) };
}
