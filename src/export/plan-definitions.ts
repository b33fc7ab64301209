/**
 * Rules -> FHIR PlanDefinitions of type eca-rule, one for each rule and hook: for teams that keep rules in FHIR, and for whoever reviews them.
 * Enters: the knowledge. Leaves: resources; nothing is read or written here. What they cannot say is in `usage`.
 */
import type { PlanDefinition, RelatedArtifact } from 'fhir/r4.js';
import type { Hook } from '../cds-hooks/request.js';
import { CANONICAL_BASE } from '../fhir/code-sets.js';
import type { Knowledge } from '../load-knowledge.js';
import { elementOf } from '../translations.js';
import type { Citation, Rule } from '../rules/rule.js';
import { libraryOf } from './fact-libraries.js';
import { actionOf } from './plan-actions.js';
import { usageOf } from './plan-limits.js';
import { factsOf, headlineOf, inEach, nameOf, topicOf } from './plan-parts.js';
import { isQuoteOf } from './traceability.js';

/** Short names, since an id has at most 64 characters. */
const SHORT: Readonly<Record<Hook, string>> = {
  'patient-view': 'view',
  'order-select': 'select',
  'order-sign': 'sign',
  'appointment-book': 'book',
  'problem-list-item-create': 'problem',
};

/** One for each rule and hook, in the order of the rules. */
export function planDefinitions(knowledge: Knowledge): readonly PlanDefinition[] {
  return knowledge.rules.flatMap((rule) => rule.hooks.map((hook) => planDefinition(rule, hook, knowledge)));
}

/** The id of the PlanDefinition of a rule on a hook. */
export function planId(rule: Pick<Rule, 'id'>, hook: Hook): string {
  return `${rule.id}-${SHORT[hook]}`;
}

function planDefinition(rule: Rule, hook: Hook, knowledge: Knowledge): PlanDefinition {
  const id = planId(rule, hook);
  const libraries = new Set(factsOf(rule, knowledge).map(({ file }) => libraryOf(file).url));
  const jurisdictions = rule.jurisdictions.map((code) => ({ coding: [{ system: 'urn:iso:std:iso:3166', code }] }));
  return {
    resourceType: 'PlanDefinition',
    id,
    language: 'nl',
    url: `${CANONICAL_BASE}/PlanDefinition/${id}`,
    version: rule.version,
    name: nameOf(id),
    ...elementOf('title', headlineOf(rule, knowledge)),
    type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/plan-definition-type', code: 'eca-rule' }] },
    ...standingOf(rule),
    description: [rule.title, ...rule.notes.map((note) => `- ${note}`)].join('\n'),
    ...(jurisdictions.length > 0 && { jurisdiction: jurisdictions }),
    ...elementOf('purpose', purposeOf(rule)),
    ...elementOf('usage', usageOf(rule, knowledge)),
    ...elementOf('copyright', COPYRIGHT),
    topic: [topicOf(rule, knowledge)],
    relatedArtifact: [
      ...rule.source.map((citation) => citationOf(citation, rule, knowledge)),
      ...linksOf(rule, knowledge),
    ],
    ...(libraries.size > 0 && { library: [...libraries] }),
    action: [actionOf(rule, hook, knowledge)],
  };
}

/** A rule that the service runs is a draft all the same, until a clinician has reviewed it. */
function standingOf({
  status,
  review,
}: Rule): Pick<PlanDefinition, 'status' | 'experimental' | 'reviewer' | 'lastReviewDate'> {
  if (review === 'none') return { status: 'draft', experimental: true };
  return { status, experimental: false, reviewer: [{ name: review.by }], lastReviewDate: review.date };
}

const COPYRIGHT = {
  nl: 'De aangehaalde zinnen blijven van hun uitgevers; al het andere: Apache-2.0.',
  en: 'The quoted sentences remain their publishers’; all else: Apache-2.0.',
  fr: 'Les phrases citées restent à leurs éditeurs ; tout le reste : Apache-2.0.',
};

function purposeOf({ statements }: Rule) {
  const ids = statements.join(', ');
  return {
    nl: `Draagt deze zinnen van de bronnen: ${ids}.`,
    en: `Carries these statements of the sources: ${ids}.`,
    fr: `Porte ces énoncés des sources : ${ids}.`,
  };
}

/** The sentence and where it stands; labelled with the statements that it is word for word. */
function citationOf(citation: Citation, rule: Rule, { statements, texts }: Knowledge): RelatedArtifact {
  const { doc, where, quote, paraphrase } = citation;
  const source = texts.sources[doc];
  const ids = rule.statements.filter((id) => isQuoteOf(citation, statements.get(id)));
  const place = where === undefined ? '' : ` (${where})`;
  return {
    type: 'citation',
    ...(ids.length > 0 && { label: ids.join(', ') }),
    ...(source && elementOf('display', source.label)),
    ...(quote !== undefined && { citation: `“${quote.replace(/\s+/g, ' ').trim()}”${place}` }),
    ...(quote === undefined &&
      paraphrase &&
      elementOf(
        'citation',
        inEach(paraphrase, (words) => words + place),
      )),
    ...(source?.url !== undefined && { url: source.url }),
  };
}

function linksOf({ card }: Rule, { texts }: Knowledge): readonly RelatedArtifact[] {
  return card.links.flatMap((id) => {
    const link = texts.links[id];
    return link ? [{ type: 'documentation' as const, ...elementOf('display', link.label), url: link.url }] : [];
  });
}
