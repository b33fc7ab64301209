/**
 * What a GP can accept with one click: the judged order moved to the days that are advised, or a planned item cancelled.
 * Enters: the lines of a card. Leaves: suggestions of one action each, since some EHRs take no more. Nothing is chosen beforehand: the GP decides.
 */
import type { FhirResource } from 'fhir/r4.js';
import type { Suggestion } from '../cds-hooks/response.js';
import type { Fact } from '../facts/fact.js';
import type { Outcome } from '../rules/evaluate.js';
import type { SuggestionPlan } from '../rules/rule.js';
import { textIn } from '../text.js';
import type { CardPlan } from './group.js';
import type { RenderTools } from './sentences.js';
import { dateText, isoDate } from './words.js';

/** Ours: nobody reads more, and a broken list of plans may hold thousands. */
const MOST_SUGGESTIONS = 10;

/** The suggestions of a card, in the order of its lines; none twice for one item. */
export function suggestionsOf(plan: CardPlan, tools: RenderTools): readonly Suggestion[] {
  const made = plan.lines
    .filter((outcome) => outcome.result === 'fires')
    .flatMap((outcome) =>
      outcome.rule.card.suggestions.flatMap((suggestion) =>
        'move' in suggestion ? move(suggestion, outcome, tools) : cancel(suggestion, outcome, tools),
      ),
    );
  // A planned item that two lines propose to cancel is cancelled once, and one order has one window.
  const byItem = new Map(made.map((suggestion) => [suggestion.actions[0]?.resourceId ?? 'order', suggestion]));
  return [...byItem.values()].slice(0, MOST_SUGGESTIONS);
}

function factOf(id: string, outcome: Outcome, { texts, read }: RenderTools): Fact | undefined {
  const known = texts.facts.get(id);
  return known && read(known.number, outcome.subject);
}

/** The draft with another occurrence; none when the days are not known or have passed, or the EHR could not tell which order is meant. */
function move(
  { label, move: [from, to] }: Extract<SuggestionPlan, { move: unknown }>,
  outcome: Outcome,
  tools: RenderTools,
): readonly Suggestion[] {
  const draft = outcome.subject.draft?.resource;
  const [first, last] = [factOf(from, outcome, tools)?.value, factOf(to, outcome, tools)?.value];
  if (draft?.resourceType !== 'ServiceRequest' || draft.id === undefined) return [];
  if (typeof first !== 'number' || typeof last !== 'number' || last < tools.today) return [];
  const start = Math.max(first, tools.today);
  const words = `${textIn(label, tools.language)} (${dateText(start, tools.language)} - ${dateText(last, tools.language)})`;
  const resource = withOccurrence(draft, { start: isoDate(start), end: isoDate(last) });
  return [{ label: words, uuid: tools.randomId(), actions: [{ type: 'update', description: words, resource }] }];
}

const OCCURRENCE = /^_?occurrence(?:DateTime|Period|Timing)$/;

/** The same resource, element by element and in its order, but for when it is to be done. */
function withOccurrence(
  draft: FhirResource,
  occurrencePeriod: { readonly start: string; readonly end: string },
): FhirResource {
  const elements = Object.entries(draft);
  const place = elements.findIndex(([name]) => OCCURRENCE.test(name));
  const others = elements.filter(([name]) => !OCCURRENCE.test(name));
  others.splice(place < 0 ? others.length : place, 0, ['occurrencePeriod', occurrencePeriod]);
  return Object.fromEntries(others) as unknown as FhirResource;
}

/** One suggestion for each planned item: the GP may keep one and cancel another. */
function cancel(
  { label, cancel: facts }: Extract<SuggestionPlan, { cancel: unknown }>,
  outcome: Outcome,
  tools: RenderTools,
): readonly Suggestion[] {
  const planned = facts.map((id) => factOf(id, outcome, tools)).filter((fact) => fact?.value === true);
  const entries = new Set(planned.flatMap((fact) => fact?.evidence ?? []));
  return [...entries].flatMap(({ resource, reference, date }) => {
    // Without an id nobody could tell which one is meant.
    if (resource.id === undefined) return [];
    const when = date === undefined ? '' : ` (${dateText(date.first, tools.language)})`;
    const words = `${textIn(label, tools.language)}${when}`;
    return [
      {
        label: words,
        uuid: tools.randomId(),
        actions: [{ type: 'delete', description: words, resourceId: reference }],
      },
    ];
  });
}
