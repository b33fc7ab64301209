/**
 * The medical half of the service: knowledge loaded, held against settings and registry, and bound into the one function that decides.
 * Throws KnowledgeError when the rules cannot be loaded, ConfigError when a setting or a client names what does not exist. At start-up only.
 */
import { randomUUID } from 'node:crypto';
import type { Questionnaire } from 'fhir/r4.js';
import { ConfigError, publicUrlOf, type Config } from './config.js';
import { createDecide } from './decide.js';
import type { Decide } from './decide.js';
import type { DraftTexts } from './draft-texts.js';
import type { ExplanationTexts } from './export/explanation-texts.js';
import { leafletPage, rulePage, rulesPage } from './export/rule-pages.js';
import { explanationTexts } from './export/rule-texts.js';
import { createCalendar } from './fhir/dates.js';
import type { Pages, RuleStatus } from './http/server.js';
import type { Client } from './load-clients.js';
import { loadKnowledge, type Knowledge } from './load-knowledge.js';

/** The rules and forms, loaded, and the function that decides with them. */
export interface Engine {
  readonly decide: Decide;
  readonly rules: RuleStatus;
  readonly pages: Pages;
  readonly explanationTexts: ExplanationTexts;
  readonly questionnaires: readonly Questionnaire[];
  readonly drafts: DraftTexts;
}

/** The one place where `decide` is put together: knowledge, clock and ids in, one function out. `root` is the folder that holds `rules` and `fhir-profiles`. */
export function createEngine(root: string, config: Config, now: () => number, clients: readonly Client[]): Engine {
  const knowledge = loadKnowledge(root, createCalendar(config.timeZone), {
    ...(config.settingsFile !== undefined && { siteSettings: config.settingsFile }),
    drafts: config.languages.includes('fr'),
  });
  const disabled = config.rulesDisabled;
  refuseUnknown('RULES_DISABLED', disabled, knowledge);
  for (const client of clients) refuseUnknown(`CLIENTS_FILE, client ${client.id},`, client.disabled, knowledge);
  refuseUnknownCodes(clients, knowledge);
  return {
    decide: createDecide({
      knowledge,
      now,
      randomId: randomUUID,
      disabled,
      clients,
      demo: config.mode === 'demo',
      publicUrl: publicUrlOf(config),
    }),
    rules: { loaded: knowledge.rules.length, disabled },
    pages: pagesOf(knowledge, config.languages),
    explanationTexts: explanationTexts(knowledge),
    questionnaires: [...knowledge.questionnaires.values()].map(({ resource }) => resource),
    drafts: knowledge.drafts,
  };
}

/** A mistyped id would leave a rule speaking that a site believes to be silent. */
function refuseUnknown(setting: string, disabled: readonly string[], { rules, decisions }: Knowledge): void {
  const unknown = disabled.filter((id) => !decisions.has(id) && !rules.some((rule) => rule.id === id));
  if (unknown.length > 0)
    throw new ConfigError([
      `${setting} names ${unknown.join(', ')}, which is no rule or decision: take ids from /rules or rules/decisions.yaml.`,
    ]);
}

/** A local code that stands for nothing would be a disease that nobody sees, or an order that goes out under another code than a site believes. */
function refuseUnknownCodes(clients: readonly Client[], { codeSets, templates }: Knowledge): void {
  for (const { id, codes, orderCodes } of clients) {
    const template = Object.keys(orderCodes).find((one) => !templates.has(one));
    if (template !== undefined)
      throw new ConfigError([
        `CLIENTS_FILE, client ${id}, has codes for ${template}, which is no order template: take names of fhir-profiles/order-templates.`,
      ]);
    const counted = Object.keys(orderCodes).find((one) => templates.get(one)?.mgPerTablet !== undefined);
    if (counted !== undefined)
      throw new ConfigError([
        `CLIENTS_FILE, client ${id}, has codes for ${counted}, which counts tablets of a strength that another code may not have: leave it out.`,
      ]);
    const unknown = codes.find(({ concept }) => !codeSets.has(concept));
    if (unknown)
      throw new ConfigError([
        `CLIENTS_FILE, client ${id}, maps a code to ${unknown.concept}, which is no concept: take keys of fhir-profiles/concepts.yaml.`,
      ]);
  }
}

function pagesOf(knowledge: Knowledge, languages: Config['languages']): Pages {
  const rules = new Map(knowledge.rules.map((rule) => [rule.id, rule]));
  return {
    rules: (language) => rulesPage(knowledge, { language, languages }),
    rule: (id, language) => {
      const rule = rules.get(id);
      return rule && rulePage(rule, knowledge, { language, languages });
    },
    leaflet: (id, language) => leafletPage(id, knowledge, { language, languages }),
  };
}
