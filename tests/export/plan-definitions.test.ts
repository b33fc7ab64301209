/**
 * The exported rules say what the engine does: their FHIRPath, run by fhirpath.js, beside the engine, over every example of every rule
 * and over the facts of every story; and they are valid FHIR in which every canonical leads somewhere.
 */
import type { PlanDefinition, PlanDefinitionAction } from 'fhir/r4.js';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { assemble } from '../../src/case/assemble.js';
import { parseRequest } from '../../src/cds-hooks/parse-request.js';
import { completeness, readPrefetch } from '../../src/cds-hooks/prefetch.js';
import { HOOKS } from '../../src/cds-hooks/request.js';
import { SERVICES } from '../../src/cds-hooks/services.js';
import { resolveTokens } from '../../src/demo/date-tokens.js';
import { factLibraries } from '../../src/export/fact-libraries.js';
import { NONE } from '../../src/export/fhirpath.js';
import { planDefinitions, planId } from '../../src/export/plan-definitions.js';
import { planDefinitionsMarkdown } from '../../src/export/plan-page.js';
import { loadKnowledge } from '../../src/load-knowledge.js';
import type { ReadFact } from '../../src/facts/fact.js';
import { evaluate, suggestionsFor, truthOf, type Outcome } from '../../src/rules/evaluate.js';
import { evaluateAll } from '../../src/rules/evaluate-all.js';
import { isGiven } from '../../src/orders/ordering.js';
import type { Rule, SuggestionPlan } from '../../src/rules/rule.js';
import { filesBelow, readText, ROOT } from '../support/files.js';
import { runPlan, variableNames, type PlanOutcome } from '../support/plans.js';
import { CALENDAR } from '../support/records.js';
import { NOBODY } from '../support/rules.js';
import { readStories } from '../support/stories.js';
import { faultsOf } from '../support/validate.js';

const knowledge = loadKnowledge(ROOT, CALENDAR, { drafts: true });
const { definitions } = knowledge.facts;
const plans = planDefinitions(knowledge);
const libraries = factLibraries(knowledge);
const numbers = new Map(definitions.map(({ id }, number) => [id, number]));
const planOf = (rule: Rule, hook = rule.hooks[0]!): PlanDefinition =>
  plans.find(({ id }) => id === planId(rule, hook))!;

const PRIORITY = { info: 'routine', warning: 'urgent', critical: 'stat' } as const;

/** What the engine says, in the words of a plan. */
function engineOutcome(outcome: Outcome, read: ReadFact): PlanOutcome {
  const { rule, subject, result, indicator } = outcome;
  const { card } = rule;
  const truths = [
    ...rule.when.map((condition) => truthOf(condition, subject, read)),
    // What is not known to be so stops nothing.
    ...rule.unless.map((condition) => truthOf(condition, subject, read) !== true),
  ];
  if (result !== 'fires') return { result, truths };
  // While a question is open the cards offer no drug, and no infiltration.
  const isOffered = (plan: SuggestionPlan) => outcome.open.length === 0 || !ordersOf(plan).some(isGiven);
  const offered = suggestionsFor(rule, subject, read).filter(isOffered);
  return { result, truths, priority: PRIORITY[indicator], offers: offered.map((one) => card.suggestions.indexOf(one)) };
}

const ordersOf = (plan: SuggestionPlan) =>
  'order' in plan ? [...plan.order, ...plan.with].map((id) => knowledge.templates.get(id)!) : [];

describe('the exported conditions agree with the engine', () => {
  const examples = knowledge.rules.flatMap((rule) => rule.examples.map((example) => ({ rule, example })));

  it('can tell an empty list from every other: no list holds an item of that name', () => {
    const lists = definitions.filter(({ type }) => type === 'list');
    expect(lists.length).toBeGreaterThan(3);
    for (const { values } of lists) expect(Object.keys(values!)).not.toContain(NONE);
  });

  it('over every example of every rule: outcome, each condition, urgency and offers', () => {
    const wrong = examples.flatMap(({ rule, example }) => {
      const read: ReadFact = (number) => {
        const value = example.facts[definitions[number]!.id];
        return value === undefined ? { evidence: [] } : { value, evidence: [] };
      };
      const told = runPlan(planOf(rule), (id) => example.facts[id]);
      const meant = engineOutcome(evaluate(rule, NOBODY, read), read);
      const agrees = told.result === example.expect && isDeepStrictEqual(told, meant);
      return agrees ? [] : [`${rule.id}, ${example.name}: ${JSON.stringify(told)} and not ${JSON.stringify(meant)}`];
    });
    expect(wrong).toEqual([]);
    expect(examples.length).toBeGreaterThan(2800);
  });

  it('over the facts of every story, for every patient, complaint and draft', () => {
    const seen = { fires: 0, silent: 0, incomplete: 0 };
    const wrong = readStories().flatMap((story) =>
      storyOutcomes(story).flatMap(({ outcome, read, plan }) => {
        seen[outcome.result] += 1;
        const told = runPlan(plan, (id) => read(numbers.get(id)!, outcome.subject).value);
        const meant = engineOutcome(outcome, read);
        return isDeepStrictEqual(told, meant) ? [] : [`${story.id}, ${outcome.rule.id}`];
      }),
    );
    expect(wrong).toEqual([]);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(1000);
  });
});

function storyOutcomes(story: ReturnType<typeof readStories>[number]) {
  const now = Date.parse('2026-11-21T10:00:00+01:00');
  const service = SERVICES.find(({ id }) => id === story.service)!;
  const request = parseRequest(resolveTokens(story.request, { now, zone: 'Europe/Amsterdam' }), service);
  const reading = readPrefetch(request.prefetch);
  const gathered = { ...reading, completeness: completeness(reading.states) };
  const theCase = assemble(request, gathered, CALENDAR.dayOf(now), {
    ...knowledge,
    forms: knowledge.questionnaires,
    recentDays: 28,
  });
  const sheet = knowledge.facts.of(theCase);
  const rules = knowledge.rules.filter(({ hooks }) => hooks.includes(service.hook));
  const outcomes = evaluateAll(rules, sheet, story.jurisdiction === 'BE' ? 'BE' : 'NL');
  return outcomes.map((outcome) => ({ outcome, read: sheet.read, plan: planOf(outcome.rule, service.hook) }));
}

describe('the page of the export', () => {
  it('docs/plan-definitions.md is what npm run plan-definitions writes', () => {
    expect(readText('docs/plan-definitions.md')).toBe(planDefinitionsMarkdown(loadKnowledge(ROOT, CALENDAR)));
  });
});

describe('npm run export', () => {
  const run = (...told: readonly string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', 'src/cli/export.ts', ...told], { cwd: ROOT, encoding: 'utf8' });

  it('writes every resource into the folder that is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'plexus-export-'));
    try {
      const { status, stdout } = run(join(folder, 'new'));
      expect([status, stdout]).toEqual([0, expect.stringContaining(`${plans.length} PlanDefinitions`)]);
      const names = readdirSync(join(folder, 'new'));
      expect(names.sort()).toEqual([...plans, ...libraries].map((one) => `${one.resourceType}-${one.id}.json`).sort());
      const written = readFileSync(join(folder, 'new', 'PlanDefinition-na-suspicion-view.json'), 'utf8');
      expect(JSON.parse(written)).toEqual(plans.find(({ id }) => id === 'na-suspicion-view'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('asks for a folder when none is named', () => {
    const { status, stderr } = run();
    expect([status, stderr]).toEqual([1, expect.stringContaining('npm run export -- FOLDER')]);
  });
});

describe('the exported resources', () => {
  const resources = [...plans, ...libraries];

  it('are valid R4 by both validators', () => {
    // The plans of one rule differ in their names and trigger only, so one of each rule and one of each hook is enough.
    const ofHooks = HOOKS.flatMap((hook) => plans.find(({ id = '' }) => id.endsWith(planId({ id: '' }, hook))) ?? []);
    const some = new Set([...knowledge.rules.map((rule) => planOf(rule)), ...ofHooks, ...libraries]);
    expect(ofHooks).toHaveLength(HOOKS.length);
    expect([...some].flatMap((one) => faultsOf(one).map((fault) => `${one.id}: ${fault}`))).toEqual([]);
  });

  it('are one for each rule and hook, with an id of at most 64 characters and a name of their own', () => {
    expect(plans).toHaveLength(knowledge.rules.flatMap(({ hooks }) => hooks).length);
    for (const element of ['id', 'url', 'name'] as const)
      expect(new Set(resources.map((one) => one[element])).size).toBe(resources.length);
    for (const { id, url, resourceType } of resources) {
      expect(id).toMatch(/^[A-Za-z0-9-]{1,64}$/);
      expect(url).toBe(`https://plexus-cds.example/fhir/${resourceType}/${id}`);
    }
  });

  it('refer only to canonicals that exist', () => {
    const files = ['value-sets', 'order-templates', 'code-systems'].flatMap((folder) =>
      filesBelow(`fhir-profiles/${folder}`, '.json').map((path) => JSON.parse(readText(path)) as Canonical),
    );
    const canonicals = [...files, ...resources].map(({ url = '', version }) => [url, `${url}|${version}`]);
    const known = new Set(canonicals.flat());
    const own = resources.flatMap((one) =>
      stringsIn(one).filter((text) => text.startsWith('https://plexus-cds.example/')),
    );
    expect(own.length).toBeGreaterThan(5000);
    expect([...new Set(own)].filter((url) => !known.has(url))).toEqual([]);
  });

  it('name only facts that a Library of theirs describes', () => {
    const factsOfLibrary = new Map(
      libraries.map(({ url, parameter }) => [url, (parameter ?? []).map(({ name }) => name)]),
    );
    for (const { id, library = [], action = [] } of plans) {
      const described = library.flatMap((url) => factsOfLibrary.get(url) ?? []);
      expect([id, action.flatMap(variableNames).filter((name) => !described.includes(name))]).toEqual([id, []]);
    }
    expect([...factsOfLibrary.values()].flat().sort()).toEqual(definitions.map(({ id }) => id).sort());
  });

  it('differ between the hooks of a rule in nothing but the trigger and their names', () => {
    const essence = (rule: Rule, hook: Rule['hooks'][number]) => {
      const { id, url, name, action, ...more } = planOf(rule, hook);
      const [{ trigger, ...deeds }] = action as [PlanDefinitionAction];
      expect([id, url, name, trigger]).toEqual([id, url, name, [{ type: 'named-event', name: hook }]]);
      return { ...more, deeds };
    };
    for (const rule of knowledge.rules)
      for (const hook of rule.hooks) expect(essence(rule, hook)).toEqual(essence(rule, rule.hooks[0]!));
  });

  it('carry what the page of the rule says: statements, citations, jurisdictions and what it orders', () => {
    for (const rule of knowledge.rules) {
      const { purpose, relatedArtifact = [], jurisdiction = [], action = [] } = planOf(rule);
      for (const id of rule.statements) expect(purpose).toMatch(new RegExp(`\\b${id}\\b`));
      const citations = relatedArtifact.filter(({ type }) => type === 'citation');
      expect(citations).toHaveLength(rule.source.length);
      rule.source.forEach(({ quote, paraphrase, where = '' }, place) => {
        expect(citations[place]?.citation).toContain((quote ?? paraphrase!.nl).replace(/\s+/g, ' ').trim());
        expect(citations[place]?.citation).toContain(where);
      });
      expect(jurisdiction.flatMap(({ coding = [] }) => coding.map(({ code }) => code))).toEqual(rule.jurisdictions);
      const orders = rule.card.suggestions.flatMap(ordersOf).map(({ canonical }) => canonical);
      expect(action.flatMap(definitionsBelow)).toEqual(orders);
    }
  });

  it('label a citation with the statement that it is word for word, and with no other', () => {
    const [first, second] = planOf(knowledge.rules.find(({ id }) => id === 'na-suspicion')!).relatedArtifact!;
    expect([first?.label, second?.label]).toEqual(['NA-41', undefined]);
  });

  it('have each text in three languages', () => {
    const languages = (node: unknown): readonly string[] =>
      JSON.stringify(node)
        .match(/"lang","valueCode":"\w\w"/g)
        ?.map((text) => text.slice(-3, -1)) ?? [];
    for (const one of resources) expect([one.id, languages(one._title)]).toEqual([one.id, ['en', 'fr']]);
    const conditions = plans.flatMap(({ action = [] }) => action.flatMap(conditionsBelow));
    expect(conditions.length).toBeGreaterThan(2000);
    for (const { expression } of conditions) expect(languages(expression?._description)).toEqual(['en', 'fr']);
  });

  it('call a rule that no clinician has reviewed a draft and experimental', () => {
    for (const rule of knowledge.rules.filter(({ review }) => review === 'none'))
      expect(planOf(rule)).toMatchObject({ status: 'draft', experimental: true });
    const [rule] = knowledge.rules;
    const reviewed = { ...rule!, review: { by: 'A. Clinician', date: '2026-11-02' } };
    expect(planDefinitions({ ...knowledge, rules: [reviewed] })[0]).toMatchObject({
      status: 'active',
      experimental: false,
      reviewer: [{ name: 'A. Clinician' }],
      lastReviewDate: '2026-11-02',
    });
  });
});

interface Canonical {
  readonly url?: string;
  readonly version?: string;
}

function stringsIn(node: unknown): readonly string[] {
  if (typeof node === 'string') return [node];
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(stringsIn) : [];
}

function conditionsBelow({
  condition = [],
  action = [],
}: PlanDefinitionAction): NonNullable<PlanDefinitionAction['condition']> {
  return [...condition, ...action.flatMap(conditionsBelow)];
}

function definitionsBelow({ definitionCanonical, action = [] }: PlanDefinitionAction): readonly string[] {
  return [...(definitionCanonical === undefined ? [] : [definitionCanonical]), ...action.flatMap(definitionsBelow)];
}
