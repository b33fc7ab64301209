/**
 * How an answer came about, as data for `/explain`: sources, episodes, every fact that a rule read, every outcome with its clauses, what was dropped.
 * Holds data of the patient; it goes to the caller who sent them and nowhere else.
 */
import type { Case, Entry } from './case/case.js';
import type { Fact, FactDeclaration, Subject } from './facts/fact.js';
import type { FactSheet } from './facts/facts.js';
import { isoDay, type DateSpan } from './fhir/dates.js';
import { listOf } from './fhir/references.js';
import type { Knowledge } from './load-knowledge.js';
import { truthOf, type Outcome } from './rules/evaluate.js';
import type { Suppressed } from './rules/precedence.js';
import { clausesOf, isGroup, type Condition } from './rules/rule.js';

export interface TraceInput {
  readonly now: number;
  readonly jurisdiction: string;
  readonly language: string;
  readonly states: Readonly<Record<string, string>>;
  readonly theCase: Case;
  readonly sheet: FactSheet;
  readonly knowledge: Knowledge;
  readonly outcomes: readonly Outcome[];
  readonly suppressed: readonly Suppressed[];
  /** The place, from 0, of the card on which an outcome speaks or asks for what it misses. */
  readonly cardOf: ReadonlyMap<Outcome, number>;
}

/** The trace of the contract. */
export function traceOf(input: TraceInput): Record<string, unknown> {
  const { theCase, knowledge, outcomes } = input;
  return {
    now: new Date(input.now).toISOString(),
    jurisdiction: input.jurisdiction,
    language: input.language,
    sources: input.states,
    tolerated: theCase.tolerated,
    excluded: theCase.excluded,
    episodes: theCase.episodes.map(({ id, regions, group, side, onset, conditions }) => ({
      id,
      // A thigh is in no region that a rule is for; its group calls it a leg.
      region: regions[0] ?? 'leg',
      regions,
      group,
      ...(side && { side }),
      ...(onset && { onset: spanText(onset) }),
      conditions: conditions.map((condition) => condition.reference),
    })),
    facts: factsOf(input),
    rules: outcomes.map((outcome) => ruleTrace(outcome, input)),
    suppressed: input.suppressed.map(({ outcome, by }) => ({
      rule: outcome.rule.id,
      ...subjectOf(outcome.subject),
      by,
    })),
    settings: Object.fromEntries(Object.entries(knowledge.settings).map(([name, { value }]) => [name, value])),
  };
}

function ruleTrace(outcome: Outcome, input: TraceInput): Record<string, unknown> {
  const { rule, subject } = outcome;
  const card = input.cardOf.get(outcome);
  const clauses = (conditions: readonly Condition[]): readonly Record<string, unknown>[] =>
    conditions.map((condition) => ({
      id: condition.id,
      text: condition.text,
      value: truthOf(condition, subject, input.sheet.read) ?? 'unknown',
      ...(isGroup(condition)
        ? {
            combine: condition.combine,
            ...(condition.combine === 'countOf' && { atLeast: condition.atLeast }),
            members: clauses(condition.clauses),
          }
        : { fact: condition.fact }),
    }));
  return {
    id: rule.id,
    version: rule.version,
    review: rule.review,
    decision: rule.decision,
    ...subjectOf(subject),
    outcome: outcome.result,
    ...(outcome.because !== undefined && { because: outcome.because }),
    ...(outcome.result === 'fires' && { indicator: outcome.indicator }),
    ...(card !== undefined && { card }),
    clauses: clauses(rule.when),
    unless: clauses(rule.unless),
  };
}

function episodeOf({ episode }: Subject): Record<string, unknown> {
  return { ...(episode && { episode: episode.id }) };
}

function subjectOf(subject: Subject): Record<string, unknown> {
  return { ...episodeOf(subject), ...(subject.draft && { order: subject.draft.reference }) };
}

/** Facts that the rules of this hook name, once for each patient, episode or order. */
function factsOf({ outcomes, sheet, knowledge }: TraceInput): readonly Record<string, unknown>[] {
  const facts = new Map<string, Record<string, unknown>>();
  for (const { rule, subject } of outcomes) {
    for (const clause of [...rule.when, ...rule.unless, ...rule.weigh].flatMap(clausesOf)) {
      const declaration = knowledge.facts.definitions[clause.number];
      if (!declaration) continue;
      const owner =
        declaration.scope === 'patient'
          ? {}
          : declaration.scope === 'episode'
            ? episodeOf(subject)
            : subjectOf(subject);
      const key = `${clause.fact}|${JSON.stringify(owner)}`;
      if (!facts.has(key))
        facts.set(key, { id: clause.fact, ...owner, ...valueOf(sheet.read(clause.number, subject), declaration) });
    }
  }
  return [...facts.values()];
}

function valueOf(fact: Fact, declaration: FactDeclaration): Record<string, unknown> {
  const value = declaration.type === 'date' && typeof fact.value === 'number' ? isoDay(fact.value) : fact.value;
  return {
    ...(value === undefined ? { unknown: fact.unknown ?? 'not recorded' } : { value }),
    ...(fact.evidence.length > 0 && { evidence: fact.evidence.map(evidenceOf) }),
  };
}

function evidenceOf(entry: Entry): Record<string, unknown> {
  const recorded = codeAsRecorded(entry);
  return {
    reference: entry.reference,
    ...(entry.date && { date: spanText(entry.date) }),
    ...(recorded !== undefined && { code: recorded }),
  };
}

/** `system|code` of the first coding, or the text where there is no coding. */
function codeAsRecorded(entry: Entry): string | undefined {
  const { code } = entry.resource as { readonly code?: unknown };
  const [concept] = listOf(code);
  const [coding] = listOf(concept?.['coding']);
  const { system, code: recorded } = coding ?? {};
  if (typeof recorded === 'string') return typeof system === 'string' ? `${system}|${recorded}` : recorded;
  return typeof concept?.['text'] === 'string' ? concept['text'] : undefined;
}

function spanText({ first, last }: DateSpan): string {
  return first === last ? isoDay(first) : `${isoDay(first)}/${isoDay(last)}`;
}
