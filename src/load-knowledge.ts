/**
 * The medical knowledge: `rules/` and `fhir-profiles/` -> everything that is fixed while the service runs.
 * Files are read here, in `load-questionnaires.ts` and in `fhir/code-sets.ts`, once, at start. Throws KnowledgeError with file, line and cure.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem } from 'fhir/r4.js';
import type { CardTexts } from './cards/sentences.js';
import { NO_DRAFTS, loadFrenchDrafts, type DraftTexts } from './draft-texts.js';
import { derivationsWith } from './facts/derivations.js';
import type { Muscles } from './facts/derive/weakness.js';
import type { FactDeclaration } from './facts/fact.js';
import { createFacts, type Facts } from './facts/facts.js';
import { loadFacts, type FactDefinition, type FactTools } from './facts/load-facts.js';
import { applySiteSettings, loadSettings, type Settings } from './facts/load-settings.js';
import { CANONICAL_BASE, loadCodeSets, type CodeSets } from './fhir/code-sets.js';
import type { Calendar } from './fhir/dates.js';
import { loadQuestionnaires, readQuestionnaires, type LoadedQuestionnaire } from './load-questionnaires.js';
import { VALUE_NAMES } from './orders/case-values.js';
import { loadOrderTemplates, type OrderTemplate, type TemplateContext } from './orders/order-template.js';
import { loadLeaflets } from './rules/load-leaflets.js';
import { compileRules, loadRules, type RuleContext, type SourceDocument, type Statement } from './rules/load-rules.js';
import { loadDecisions, loadFamilies, loadLinks, loadPrecedence } from './rules/load-tables.js';
import type { Decision, Precedence, Rule } from './rules/rule.js';
import { KnowledgeError, parseYaml, type YamlFile } from './yaml-file.js';
import type { Text } from './text.js';

export interface Knowledge {
  readonly codeSets: CodeSets;
  readonly calendar: Calendar;
  readonly settings: Settings;
  readonly facts: Facts;
  readonly rules: readonly Rule[];
  readonly precedence: readonly Precedence[];
  readonly decisions: ReadonlyMap<string, Decision>;
  readonly templates: ReadonlyMap<string, OrderTemplate>;
  readonly questionnaires: ReadonlyMap<string, LoadedQuestionnaire>;
  readonly statements: ReadonlyMap<string, Statement>;
  readonly texts: CardTexts;
  /** The French drafts, where they are served. */
  readonly drafts: DraftTexts;
}

export interface KnowledgeOptions {
  /** Path of a YAML file with a site's own numbers; the rules' examples are checked against the shipped ones. */
  readonly siteSettings?: string;
  /** Whether texts carry their French drafts; then every text must have one. */
  readonly drafts?: boolean;
}

/** Reads and checks all knowledge below `root`, the folder that holds `rules` and `fhir-profiles`. */
export function loadKnowledge(root: string, calendar: Calendar, options: KnowledgeOptions = {}): Knowledge {
  const rulesDir = join(root, 'rules');
  const profilesDir = join(root, 'fhir-profiles');
  const drafts = options.drafts === true ? readFrenchDrafts(rulesDir) : NO_DRAFTS;
  const yaml = yamlReader(rulesDir, drafts);
  const codeSets = loadCodeSets(profilesDir);
  const shipped = loadSettings(yaml('settings.yaml'));
  const tables = readTables(rulesDir, yaml);
  const overrides = readOverrides(join(profilesDir, 'code-systems/override-reason.json'), drafts);
  const shippedFacts = loadFactDefinitions(root, { codeSets, settings: shipped, calendar }, drafts);
  const templates = loadTemplates(profilesDir, shippedFacts, { codeSets, drafts });
  const { statements } = tables;
  const questionnaires = loadQuestionnaires(readQuestionnaires(profilesDir), { codeSets, drafts, statements });
  const contextFor = (settings: Settings): RuleContext & { readonly facts: readonly FactDefinition[] } => ({
    facts: settings === shipped ? shippedFacts : loadFactDefinitions(root, { codeSets, settings, calendar }, drafts),
    settings,
    ...tables,
    leaflets: new Set(tables.leaflets.keys()),
    overrideSets: new Set(Object.keys(overrides)),
    draftKinds: new Set(jsonNames(join(profilesDir, 'value-sets')).filter((name) => name.startsWith('draft-'))),
    hasConcept: (concept) => codeSets.has(concept),
    orderTemplates: new Set(templates.keys()),
  });
  const files = ruleNames(rulesDir).map(yaml);
  const checked = contextFor(shipped);
  const checkedRules = loadRules(files, checked);
  const settings = ownSettings(shipped, options.siteSettings);
  const context = settings === shipped ? checked : contextFor(settings);
  const rules = settings === shipped ? checkedRules : compileRules(files, context);
  return {
    codeSets,
    calendar,
    settings,
    facts: createFacts(context.facts, settings),
    rules,
    precedence: loadPrecedence(yaml('precedence.yaml'), tables.decisions, rules),
    decisions: tables.decisions,
    templates,
    questionnaires,
    statements,
    texts: { ...tables, facts: factsById(context.facts), overrides, base: CANONICAL_BASE },
    drafts,
  };
}

/** What rules cite and are sorted by. */
function readTables(rulesDir: string, yaml: (name: string) => YamlFile) {
  const catalogue = JSON.parse(readFileSync(join(rulesDir, 'catalogue.json'), 'utf8')) as readonly Statement[];
  const statements = new Map(catalogue.map((statement) => [statement.id, statement]));
  const sources = yaml('sources.yaml').value as Readonly<Record<string, SourceDocument>>;
  return {
    statements,
    sources,
    links: loadLinks(yaml('links.yaml')),
    decisions: loadDecisions(yaml('decisions.yaml')),
    families: loadFamilies(yaml('families.yaml')),
    leaflets: loadLeaflets(yamlNames(rulesDir, 'leaflets').map(yaml), { statements, sources }),
  };
}

function ownSettings(shipped: Settings, path: string | undefined): Settings {
  return path === undefined ? shipped : applySiteSettings(readSiteFile(path), shipped);
}

function readSiteFile(path: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new KnowledgeError(
      path,
      'the file of SETTINGS_FILE cannot be read; set it to the path of a readable YAML file',
    );
  }
  return parseYaml(path, text);
}

/** The facts by themselves, without the rules that ask for them. */
export function loadFactDefinitions(
  root: string,
  tools: Pick<FactTools, 'codeSets' | 'settings'> & { readonly calendar: Calendar },
  drafts = NO_DRAFTS,
): readonly FactDefinition[] {
  const rulesDir = join(root, 'rules');
  const yaml = yamlReader(rulesDir, drafts);
  const muscles = yaml('facts/muscle-roots.yaml').value as Muscles;
  return loadFacts(
    yamlNames(rulesDir, 'facts')
      .filter((name) => name !== 'facts/muscle-roots.yaml')
      .map(yaml),
    {
      ...tools,
      derivations: derivationsWith({ ...tools, muscles }),
    },
  );
}

function yamlReader(rulesDir: string, drafts: DraftTexts): (name: string) => YamlFile {
  return (name) => drafts.completeFile(parseYaml(`rules/${name}`, readFileSync(join(rulesDir, name), 'utf8')));
}

function readFrenchDrafts(rulesDir: string): DraftTexts {
  return loadFrenchDrafts(yamlNames(rulesDir, 'translations/fr').map(yamlReader(rulesDir, NO_DRAFTS)));
}

function yamlNames(rulesDir: string, folder: string): readonly string[] {
  const names = readdirSync(join(rulesDir, folder)).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => `${folder}/${name}`);
}

/** Rule files stand in the folders of `rules/` besides the facts, leaflets and translations. */
function ruleNames(rulesDir: string): readonly string[] {
  const folders = readdirSync(rulesDir, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !['facts', 'leaflets', 'translations'].includes(entry.name),
  );
  return folders.flatMap((folder) => yamlNames(rulesDir, folder.name)).sort();
}

function loadTemplates(
  profilesDir: string,
  facts: readonly FactDefinition[],
  tools: Pick<TemplateContext, 'codeSets' | 'drafts'>,
): ReadonlyMap<string, OrderTemplate> {
  const dir = join(profilesDir, 'order-templates');
  const files = jsonNames(dir).map((id) => {
    const name = `fhir-profiles/order-templates/${id}.json`;
    return { name, content: parseYaml(name, readFileSync(join(dir, `${id}.json`), 'utf8')).value };
  });
  return loadOrderTemplates(files, { ...tools, names: new Set([...facts.map(({ id }) => id), ...VALUE_NAMES]) });
}

function jsonNames(dir: string): readonly string[] {
  return existsSync(dir)
    ? readdirSync(dir).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : []))
    : [];
}

function factsById(definitions: readonly FactDeclaration[]): CardTexts['facts'] {
  return new Map(definitions.map((declaration, number) => [declaration.id, { number, declaration }]));
}

/** Override reasons of our code system, by the set that rules name. */
function readOverrides(path: string, drafts: DraftTexts): CardTexts['overrides'] {
  const codeSystem = JSON.parse(readFileSync(path, 'utf8')) as CodeSystem;
  const sets: Record<string, { code: string; system: string; display: Text }[]> = {};
  for (const concept of codeSystem.concept ?? []) {
    const set = concept.property?.find((property) => property.code === 'set')?.valueCode ?? 'info';
    const displayIn = (language: string): string =>
      concept.designation?.find((designation) => designation.language === language)?.value ??
      concept.display ??
      concept.code;
    (sets[set] ??= []).push({
      code: concept.code,
      system: codeSystem.url ?? '',
      display: drafts.complete({ nl: displayIn('nl'), en: displayIn('en') }, () => path),
    });
  }
  return sets;
}
