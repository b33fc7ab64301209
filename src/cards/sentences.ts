/**
 * What every part of a card is worded with: the fixed texts, the tools, and the sentences of rules with their facts filled in.
 */
import type { Language } from '../cds-hooks/request.js';
import type { Capabilities } from '../cds-hooks/response.js';
import type { FactDeclaration, ReadFact } from '../facts/fact.js';
import type { Ordering } from '../orders/ordering.js';
import type { Outcome } from '../rules/evaluate.js';
import type { Leaflet } from '../rules/load-leaflets.js';
import type { Link } from '../rules/load-rules.js';
import { fillPlaceholders } from '../rules/placeholders.js';
import type { Citation } from '../rules/rule.js';
import { textIn, type Text } from '../text.js';
import { factText, type Format } from './words.js';

/** The fixed texts that cards are made with. */
export interface CardTexts {
  /** Facts by id, with their number. */
  readonly facts: ReadonlyMap<string, { readonly number: number; readonly declaration: FactDeclaration }>;
  readonly sources: Readonly<Record<string, { readonly label: Text; readonly url?: string }>>;
  readonly links: Readonly<Record<string, Link>>;
  readonly leaflets: ReadonlyMap<string, Leaflet>;
  /** Override reasons by set and language. */
  readonly overrides: Readonly<
    Record<string, readonly { readonly code: string; readonly system: string; readonly display: Text }[]>
  >;
  /** Base of our canonical addresses. */
  readonly base: string;
}

export interface RenderTools {
  readonly texts: CardTexts;
  readonly read: ReadFact;
  readonly language: Language;
  readonly demo: boolean;
  /** Where clients reach us, for links to our own pages; without trailing slash. */
  readonly publicUrl: string;
  readonly randomId: () => string;
  /** What orders are made with. */
  readonly ordering: Ordering;
  /** What the client's EHR can show and do. */
  readonly takes: Capabilities;
  /** Incomplete rules of the hook, whose facts are asked for on the card of their decision. */
  readonly incomplete: readonly Outcome[];
}

/** A text of an outcome's rule, with the values of its facts in their places. */
export function sentence(
  outcome: Outcome,
  text: Text | undefined,
  { texts, read, language }: RenderTools,
  format: Format = 'markdown',
): string {
  return fillPlaceholders(text ? textIn(text, language) : '', (fact) => {
    const known = texts.facts.get(fact);
    return known ? factText(read(known.number, outcome.subject), known.declaration, language, format) : '';
  }).trim();
}

/** What facts are called on a card. */
export function namesOf(missing: readonly string[], { texts, language }: RenderTools): readonly string[] {
  return missing.map((id) => {
    const text = texts.facts.get(id)?.declaration.text;
    return text ? textIn(text, language) : id;
  });
}

/** The name of the text that is cited. */
export function labelOf({ doc }: Citation, { texts, language }: RenderTools): string {
  const source = texts.sources[doc];
  return source ? textIn(source.label, language) : doc;
}
