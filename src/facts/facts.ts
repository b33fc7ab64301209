/**
 * Case -> facts, one at a time and only when asked.
 * Enters: compiled definitions and a case. Leaves: a reader that computes each fact once per patient, episode or order. Pure: no clock, no network.
 */
import { belongsTo } from '../case/episodes.js';
import { draftConcerns } from './derive/orders.js';
import type { Case, Draft, Entry, Episode } from '../case/case.js';
import { FALSE, known, unknown, type Fact, type FactValue, type ReadFact, type Subject } from './fact.js';
import type { DerivationInput } from './derivation.js';
import { type FactDefinition, type Source } from './load-facts.js';
import { numberOf, type Settings } from './load-settings.js';
import { ageInDays, findingFact, sinceOnset } from './windows.js';

/** The facts of one case: a reader, and the subjects that rules are evaluated for. */
export interface FactSheet {
  readonly read: ReadFact;
  readonly patient: Subject;
  readonly episodes: readonly Subject[];
  /** A selected draft by itself, and with each episode that it concerns. */
  readonly drafts: readonly {
    readonly draft: Draft;
    readonly alone: Subject;
    readonly perEpisode: readonly Subject[];
  }[];
}

export interface Facts {
  readonly definitions: readonly FactDefinition[];
  readonly of: (theCase: Case) => FactSheet;
}

/** Binds definitions and settings; the result makes a fact sheet for every case. */
export function createFacts(definitions: readonly FactDefinition[], settings: Settings): Facts {
  const numbers = new Map(definitions.map((definition, index) => [definition.id, index]));
  const setting = (name: string): number => numberOf(settings, name);
  return { definitions, of: (theCase) => factSheet(theCase, definitions, numbers, setting) };
}

function factSheet(
  theCase: Case,
  definitions: readonly FactDefinition[],
  numbers: ReadonlyMap<string, number>,
  setting: (name: string) => number,
): FactSheet {
  const read: ReadFact = (number, subject) => {
    const definition = definitions[number];
    if (!definition) throw new RangeError(`no fact ${number}`);
    const owner = subject.owners[definition.scope];
    return (owner[number] ??= writable(compute(definition, subject)));
  };
  const compute = (definition: FactDefinition, subject: Subject): Fact => {
    if (definition.derivation) return definition.derivation.derive(inputFor(definition, subject));
    if (definition.findings.length > 0)
      return fromFindings(definition, theCase, subject.episode, setting('alarmMaxAgeDays'));
    return fromRecords(definition, theCase, subject.episode);
  };
  const inputFor = (definition: FactDefinition, subject: Subject): DerivationInput => ({
    case: theCase,
    episode: subject.episode,
    draft: subject.draft,
    setting,
    fact: (id) => read(numbers.get(id) ?? -1, subject),
    number: (entry) => {
      const value = definition.readNumber?.(entry.resource);
      return typeof value === 'number' ? value : undefined;
    },
  });
  return { read, ...subjectsOf(theCase) };
}

/** A number beyond any double, as a client wrote it or as two large ones make it, is no value: nobody can compare it, and JSON cannot write it. */
function writable(fact: Fact): Fact {
  return typeof fact.value === 'number' && !Number.isFinite(fact.value)
    ? unknown('the number cannot be read', fact.evidence)
    : fact;
}

/** The patient, the episodes and the selected drafts; each holds the facts of its own, and all hold those of the patient. */
function subjectsOf(theCase: Case): Omit<FactSheet, 'read'> {
  const patient: (Fact | undefined)[] = [];
  const subject = (episode?: Episode, facts: (Fact | undefined)[] = [], draft?: Draft): Subject => ({
    owners: { patient, episode: facts, order: draft ? [] : facts },
    ...(episode && { episode }),
    ...(draft && { draft }),
  });
  const episodes = theCase.episodes.map((episode) => subject(episode));
  const concernedBy = (draft: Draft): readonly Subject[] =>
    episodes
      .filter(({ episode }) => episode !== undefined && draftConcerns(draft, episode, theCase.episodes))
      .map(({ episode, owners }) => subject(episode, owners.episode, draft));
  return {
    patient: subject(),
    episodes,
    drafts: theCase.drafts
      .filter((draft) => draft.selected)
      .map((draft) => ({ draft, alone: subject(undefined, [], draft), perEpisode: concernedBy(draft) })),
  };
}

const FINDING_TYPES = ['Observation', 'Condition', 'QuestionnaireResponse'];

function fromFindings(
  definition: FactDefinition,
  theCase: Case,
  episode: Episode | undefined,
  alarmMaxAge: number,
): Fact {
  const question = {
    findings: definition.findings.map((concept) => theCase.findings.get(concept) ?? []),
    window: definition.window,
    alarmMaxAge,
    unrecorded: whenAbsent(definition, theCase, FINDING_TYPES),
    ...(definition.sites && { sites: definition.sites }),
  };
  return findingFact(question, theCase, definition.scope === 'episode' ? episode : undefined);
}

function fromRecords(definition: FactDefinition, theCase: Case, episode: Episode | undefined): Fact {
  const records = definition.sources.flatMap((source) => recordsOf(definition, source, theCase, episode));
  if (records.length === 0) {
    return whenAbsent(
      definition,
      theCase,
      definition.sources.map((source) => source.type),
    );
  }
  if (definition.pick === 'count')
    return known(
      records.length,
      records.map((record) => record.entry),
    );
  const picked = pick(records, definition.pick);
  if (picked === undefined) return unknown('not recorded');
  if (isTooOld(definition, picked.entry, theCase)) return unknown('the record is too old', [picked.entry]);
  return known(picked.value, definition.pick === 'any' ? records.map((record) => record.entry) : [picked.entry]);
}

interface FactRecord {
  readonly entry: Entry;
  readonly value: FactValue;
}

function recordsOf(
  definition: FactDefinition,
  source: Source,
  theCase: Case,
  episode: Episode | undefined,
): readonly FactRecord[] {
  const entries = theCase.byConcept.get(source.valueSet) ?? [];
  return entries.flatMap((entry) => {
    if (entry.type !== source.type || !source.states.includes(entry.state)) return [];
    if (entry.date !== undefined && entry.date.first > theCase.today && entry.state !== 'planned') return [];
    if (definition.withinEpisode && !isOfEpisode(entry, episode)) return [];
    // Where "none recorded" means no, a record that is too old is none; elsewhere it is shown as too old.
    // One without a date may be as new as any: then it is not known.
    if (definition.absent === 'false' && entry.date !== undefined && isTooOld(definition, entry, theCase)) return [];
    const value = source.read(entry.resource);
    return typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string'
      ? [{ entry, value }]
      : [];
  });
}

function isTooOld({ maxAgeDays }: FactDefinition, entry: Entry, theCase: Case): boolean {
  return maxAgeDays !== undefined && (entry.date === undefined || ageInDays(entry.date, theCase.today) > maxAgeDays);
}

function isOfEpisode(entry: Entry, episode: Episode | undefined): boolean {
  const date = entry.date ?? entry.authored;
  if (episode === undefined || date === undefined) return false;
  return belongsTo(episode, entry.sites, entry.side) && sinceOnset(date, episode.onset);
}

function pick(records: readonly FactRecord[], how: FactDefinition['pick']): FactRecord | undefined {
  // Entries come newest first within a source; over several sources the newest day decides.
  const byDay = [...records].sort((one, other) => (other.entry.date?.first ?? -1e9) - (one.entry.date?.first ?? -1e9));
  switch (how) {
    case 'highest':
      return byDay.reduce((top, one) => (one.value > top.value ? one : top));
    case 'lowest':
      return byDay.reduce((low, one) => (one.value < low.value ? one : low));
    case 'earliest':
      return byDay[byDay.length - 1];
    default:
      return byDay[0];
  }
}

const NOT_RECORDED = unknown('not recorded');
const NOT_SEARCHED = unknown('the record could not be searched completely');

/** Nothing recorded: unknown, or false when the fact says so and every source that could hold it is complete. */
function whenAbsent(definition: FactDefinition, theCase: Case, types: readonly string[]): Fact {
  if (definition.absent === 'unknown') return NOT_RECORDED;
  return types.every((type) => theCase.completeness(type) === 'complete') ? FALSE : NOT_SEARCHED;
}
