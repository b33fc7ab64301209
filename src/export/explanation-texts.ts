/**
 * What an explanation of cards needs besides the trace: what decisions, rules and facts are called, and what rules rest on.
 * Types only, since the page reads them too; `rule-texts.ts` makes the texts.
 */
import type { FactType } from '../facts/fact.js';
import type { Text } from '../text.js';

/** GET /explain/texts, each part by id. */
export interface ExplanationTexts {
  readonly decisions: Readonly<Record<string, Text>>;
  readonly rules: Readonly<Record<string, RuleText>>;
  readonly facts: Readonly<Record<string, FactText>>;
  /** Why rules give way to others, in English, for whoever reviews them. */
  readonly precedence: Readonly<Record<string, string>>;
}

export interface RuleText {
  /** In Dutch, for whoever reviews the rules. */
  readonly title: string;
  /** What its card or line says first, with placeholders. */
  readonly says?: Text;
  readonly sources: readonly SourceText[];
  readonly statements: readonly string[];
}

/** A sentence that a rule rests on: its quote, which is Dutch, or what it says in our words. */
export interface SourceText {
  readonly kind: 'source' | 'extension' | 'safety';
  readonly label: Text;
  readonly where?: string;
  readonly quote?: string;
  readonly paraphrase?: Text;
}

export interface FactText {
  /** What is asked for, such as "response to analgesics" or "red flags": a yes beside it would say nothing, or the opposite. */
  readonly text: Text;
  readonly type: FactType;
  readonly unit?: Text;
  /** Words of its codes. */
  readonly values?: Readonly<Record<string, Text>>;
  /** None recorded counts as no, where the record is complete. */
  readonly noneIsNo?: true;
}
