/**
 * Every rule against generated cases: resources of all stories, mixed at will into one record.
 * What must hold whatever a record says: no rule throws, the answer does not depend on order, missing data neither alarms nor reassures,
 * and a day more changes only what speaks of time.
 */
import fc from 'fast-check';
import type { FhirResource } from 'fhir/r4.js';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/case/assemble.js';
import type { Completeness } from '../../src/case/case.js';
import { HOOKS, type CdsRequest, type Hook } from '../../src/cds-hooks/request.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import type { FactDefinition } from '../../src/facts/load-facts.js';
import { conceptsOf } from '../../src/fhir/references.js';
import { loadKnowledge } from '../../src/load-knowledge.js';
import type { Outcome } from '../../src/rules/evaluate.js';
import { evaluateAll } from '../../src/rules/evaluate-all.js';
import { clausesOf, type Rule } from '../../src/rules/rule.js';
import { ROOT } from '../support/files.js';
import { CALENDAR, TODAY } from '../support/records.js';
import { PATIENT } from '../support/requests.js';
import { readStories } from '../support/stories.js';

const knowledge = loadKnowledge(ROOT, CALENDAR);
const RUNS = { numRuns: 150, seed: 20261121 };

interface Bundle {
  readonly entry?: readonly { readonly resource: FhirResource }[];
}

const ownedByPatient = (resource: FhirResource): FhirResource =>
  JSON.parse(JSON.stringify(resource).replaceAll(/Patient\/[\w-]+/g, `Patient/${PATIENT}`)) as FhirResource;

const stories = readStories().map(
  (story) =>
    resolveTokens(story, { now: Date.parse('2026-11-21T10:00:00+01:00'), zone: 'Europe/Amsterdam' }).request as {
      readonly context: { readonly draftOrders?: Bundle };
      readonly prefetch: Readonly<Record<string, Bundle>>;
    },
);
const pool = stories.flatMap(({ prefetch }) =>
  Object.entries(prefetch).flatMap(([key, bundle]) =>
    key === 'patient' ? [] : (bundle.entry ?? []).map((entry) => ownedByPatient(entry.resource)),
  ),
);
const drafts = stories.flatMap(({ context }) =>
  (context.draftOrders?.entry ?? []).map((entry) => ownedByPatient(entry.resource)),
);
const PATIENT_RESOURCE = {
  resourceType: 'Patient',
  id: PATIENT,
  gender: 'female',
  birthDate: '1979-03-04',
} as FhirResource;

interface Situation {
  readonly resources: readonly FhirResource[];
  readonly draft: FhirResource;
  readonly hook: Hook;
  /** Types of which the record is not complete. */
  readonly incomplete: readonly string[];
}

const situations = fc.record<Situation>({
  resources: fc.uniqueArray(fc.constantFrom(...pool), {
    minLength: 0,
    maxLength: 14,
    selector: (resource) => resource.id ?? '',
  }),
  draft: fc.constantFrom(...drafts),
  hook: fc.constantFrom(...HOOKS.filter((hook) => hook !== 'problem-list-item-create' && hook !== 'appointment-book')),
  incomplete: fc.subarray(['Condition', 'Observation', 'Procedure', 'MedicationRequest', 'AllergyIntolerance']),
});

function outcomesOf(
  { resources, draft, hook, incomplete }: Situation,
  today = TODAY,
  rules: readonly Rule[] = knowledge.rules,
): readonly Outcome[] {
  const request = {
    hook,
    hookInstance: '',
    context: { patientId: PATIENT, resources: hook === 'patient-view' ? [] : [draft] },
    prefetch: {},
    preferences: {},
  } satisfies CdsRequest;
  const completeness = (type: string): Completeness => (incomplete.includes(type) ? 'incomplete' : 'complete');
  const theCase = assemble(
    request,
    { resources: [PATIENT_RESOURCE, ...resources], completeness, tolerated: [] },
    today,
    { ...knowledge, forms: knowledge.questionnaires, recentDays: 28 },
  );
  return evaluateAll(
    rules.filter((rule) => rule.hooks.includes(hook)),
    knowledge.facts.of(theCase),
    'NL',
  );
}

/** What an outcome says, without the order in which it came; episodes by their conditions, whose numbers shift when one is taken away. */
function saying({ rule, subject, result, indicator }: Outcome): string {
  const episode = subject.episode?.conditions
    .map((condition) => condition.reference)
    .sort()
    .join();
  return [rule.id, episode, subject.draft?.reference, result, indicator].join('|');
}

const sayings = (outcomes: readonly Outcome[]): readonly string[] => outcomes.map(saying).sort();

describe('every rule, on any record', () => {
  it('answers the same twice, and never throws', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        expect(sayings(outcomesOf(situation))).toEqual(sayings(outcomesOf(situation)));
      }),
      RUNS,
    );
  });

  it('does not depend on the order of resources or of rules', () => {
    fc.assert(
      fc.property(situations, (situation) => {
        const turned = { ...situation, resources: situation.resources.toReversed() };
        expect(sayings(outcomesOf(turned, TODAY, knowledge.rules.toReversed()))).toEqual(
          sayings(outcomesOf(situation)),
        );
      }),
      RUNS,
    );
  });
});

const codeOf = (resource: FhirResource): string =>
  conceptsOf((resource as { code?: unknown }).code, knowledge.codeSets).join();

/** The situation without all records of one code, and with the knowledge that there may be some. */
function without(situation: Situation, removed: FhirResource): Situation {
  return {
    ...situation,
    resources: situation.resources.filter(
      (resource) => resource.resourceType !== removed.resourceType || codeOf(resource) !== codeOf(removed),
    ),
    incomplete: [...situation.incomplete, removed.resourceType],
  };
}

describe('a datum that is missing', () => {
  const observations = pool.filter((resource) => resource.resourceType === 'Observation');
  const alarms = knowledge.rules.filter((rule) => rule.card.kind === 'alarm');
  const resultOf = (outcomes: readonly Outcome[]): ReadonlyMap<string, Outcome['result']> =>
    new Map(outcomes.map((outcome) => [saying({ ...outcome, result: 'silent', indicator: 'info' }), outcome.result]));

  it('never turns an unknown into an alarm, nor an alarm into silence', () => {
    fc.assert(
      fc.property(situations, fc.constantFrom(...observations), (situation, datum) => {
        const full = { ...situation, resources: [...situation.resources.filter(({ id }) => id !== datum.id), datum] };
        const before = resultOf(outcomesOf(full, TODAY, alarms));
        const after = resultOf(outcomesOf(without(full, datum), TODAY, alarms));
        for (const [rule, result] of after) {
          if (before.get(rule) === 'incomplete') expect([rule, result]).not.toEqual([rule, 'fires']);
          if (before.get(rule) === 'fires') expect([rule, result]).not.toEqual([rule, 'silent']);
        }
      }),
      { ...RUNS, numRuns: 400 },
    );
  });
});

/** Derivations that look at no date, or only compare recorded dates with each other. */
const TIMELESS = [
  'episodeGroup',
  'bilateralLegs',
  'distalOnly',
  'naStatus',
  'naOfEpisode',
  'naRefuted',
  'spineSurgery',
  'complaintLive',
  'draftDated',
  'draftIsCt',
];

function isTimeless(definition: FactDefinition | undefined): boolean {
  if (!definition) return false;
  if (definition.derivedBy !== undefined) return TIMELESS.includes(definition.derivedBy);
  return definition.findings.length > 0
    ? definition.window === 'ever' || definition.window === 'episode'
    : definition.maxAgeDays === undefined;
}

describe('a day more', () => {
  const timeless = knowledge.rules.filter((rule) =>
    [...rule.when, ...rule.unless, ...rule.weigh]
      .flatMap(clausesOf)
      .every((clause) => isTimeless(knowledge.facts.definitions[clause.number])),
  );

  it('changes only what speaks of time', () => {
    expect(timeless.length).toBeGreaterThan(20);
    fc.assert(
      fc.property(situations, (situation) => {
        expect(sayings(outcomesOf(situation, TODAY + 1, timeless))).toEqual(
          sayings(outcomesOf(situation, TODAY, timeless)),
        );
      }),
      RUNS,
    );
  });
});
