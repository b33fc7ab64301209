/**
 * Problems of Dutch GP systems, which have no Condition: EpisodeOfCare and journal lines with an ICPC code -> Conditions.
 * Neither knows when the complaint began: an episode starts when it was first registered. So its date is a date of recording, never an onset.
 */
import type { FhirResource } from 'fhir/r4.js';
import { readDate, type Calendar, type Day } from '../fhir/dates.js';
import { isObject, listOf, normaliseReference } from '../fhir/references.js';
import { referenceOf } from './entries.js';
import { journalLines, type JournalLine } from './journal-lines.js';

type Raw = Readonly<Record<string, unknown>>;

export interface DutchGpTools {
  readonly calendar: Calendar;
  readonly today: Day;
  /** For how many days a journal line that belongs to no episode counts as present. */
  readonly recentDays: number;
}

/** A Condition that was sent as something else. */
export interface Problem {
  readonly resource: FhirResource;
  /** What was sent, as `Type/id`. */
  readonly reference: string;
  readonly from: 'episode' | 'line';
}

export interface Sorted {
  /** Everything else; a Condition that says nothing of its own status ends with the episode that names it. */
  readonly others: readonly FhirResource[];
  /** Episodes first, then lines, the newest first. */
  readonly problems: readonly Problem[];
}

/** Takes the episodes of care and the journal lines that carry a code out of the resources, as Conditions. */
export function takeDutchProblems(resources: readonly FhirResource[], tools: DutchGpTools): Sorted {
  const raws = resources.map((resource) => resource as unknown as Raw);
  const allEpisodes = raws.filter(({ resourceType }) => resourceType === 'EpisodeOfCare');
  const episodes = allEpisodes.filter((episode) => episodeCodings(episode).length > 0);
  const lines = raws.flatMap(journalLines);
  if (allEpisodes.length + lines.length === 0) return { others: resources, problems: [] };
  const taken = new Set<Raw>([...episodes, ...lines.map(({ sent }) => sent)]);
  const finished = finishedConditions(allEpisodes);
  const statuses = new Map(allEpisodes.map((episode) => [referenceOf(episode), episode['status']]));
  const newestFirst = (one: JournalLine, other: JournalLine): number =>
    (dayOf(other, tools) ?? 0) - (dayOf(one, tools) ?? 0);
  return {
    others: raws.filter((raw) => !taken.has(raw)).map((raw) => withStatus(raw, finished)),
    problems: [
      ...episodes.map(ofEpisode),
      ...[...lines].sort(newestFirst).map((line) => ofLine(line, statuses, tools)),
    ],
  };
}

const asResource = (raw: Raw): FhirResource => raw as unknown as FhirResource;
const coded = (code: string): Raw => ({ coding: [{ code }] });

/** The Conditions that none but finished episodes name. */
function finishedConditions(episodes: readonly Raw[]): ReadonlySet<string> {
  const namedBy = (some: readonly Raw[]): readonly string[] =>
    some
      .flatMap(({ diagnosis }) => listOf(diagnosis))
      .flatMap(({ condition }) => (isObject(condition) ? (normaliseReference(condition['reference']) ?? []) : []));
  const running = new Set(namedBy(episodes.filter(({ status }) => status !== 'finished')));
  const over = namedBy(episodes.filter(({ status }) => status === 'finished'));
  return new Set(over.filter((condition) => !running.has(condition)));
}

function withStatus(raw: Raw, finished: ReadonlySet<string>): FhirResource {
  const ends = raw['clinicalStatus'] === undefined && finished.has(referenceOf(raw));
  return asResource(ends ? { ...raw, clinicalStatus: coded('resolved') } : raw);
}

/** Codes of the kind of episode, and of the diagnoses that it contains. */
function episodeCodings(episode: Raw): readonly Raw[] {
  const contained = listOf(episode['contained']).filter(({ resourceType }) => resourceType === 'Condition');
  return [...listOf(episode['type']), ...contained.flatMap(({ code }) => listOf(code))].flatMap(({ coding }) =>
    listOf(coding),
  );
}

const FIRST_ENCOUNTER = 'http://nictiz.nl/fhir/StructureDefinition/EpisodeOfCare-DateFirstEncounter';
const VOID: readonly unknown[] = ['cancelled', 'entered-in-error'];

function ofEpisode(episode: Raw): Problem {
  const { id, patient, status, period, modifierExtension } = episode;
  const first = listOf(episode['extension']).find(({ url }) => url === FIRST_ENCOUNTER)?.['valueDateTime'];
  const resource = asResource({
    resourceType: 'Condition',
    id,
    subject: patient,
    code: { coding: episodeCodings(episode) },
    clinicalStatus: coded(status === 'finished' ? 'resolved' : 'active'),
    recordedDate: first ?? (isObject(period) ? period['start'] : undefined),
    ...(VOID.includes(status) && { verificationStatus: coded('entered-in-error') }),
    ...(modifierExtension !== undefined && { modifierExtension }),
  });
  return { resource, reference: referenceOf(episode), from: 'episode' };
}

const SAID: readonly unknown[] = ['final', 'amended', 'corrected', 'preliminary'];

/** What an S line says was not confirmed by anybody; nor was what is preliminary. */
function ofLine(line: JournalLine, statuses: ReadonlyMap<string, unknown>, tools: DutchGpTools): Problem {
  const { sent, type, codings, date, modifierExtension } = line;
  const { id, subject, encounter, status } = sent;
  const isSuspicion = type === 'S' || status === 'preliminary';
  const verification = SAID.includes(status) ? isSuspicion && 'unconfirmed' : 'entered-in-error';
  const resource = asResource({
    resourceType: 'Condition',
    id,
    subject,
    encounter,
    code: { coding: codings },
    clinicalStatus: coded(isPresent(line, statuses, tools) ? 'active' : 'resolved'),
    recordedDate: date,
    ...(verification !== false && { verificationStatus: coded(verification) }),
    ...(modifierExtension !== undefined && { modifierExtension }),
  });
  return { resource, reference: referenceOf(sent), from: 'line' };
}

/** While its episode runs; a line of no episode that is known, or of several of which only some run, for some days. */
function isPresent(line: JournalLine, statuses: ReadonlyMap<string, unknown>, tools: DutchGpTools): boolean {
  const known = line.belongsTo.map((one) => statuses.get(one)).filter((status) => status !== undefined);
  const runs = new Set(known.filter((status) => !VOID.includes(status)).map((status) => status !== 'finished'));
  if (runs.size === 1) return runs.has(true);
  const day = dayOf(line, tools);
  return day !== undefined && tools.today - day <= tools.recentDays;
}

function dayOf({ date }: JournalLine, { calendar }: DutchGpTools): Day | undefined {
  return readDate(date, calendar)?.last;
}
