/**
 * A rule as the engine runs it: clauses over facts, and the card it speaks on. Made by `load-rules.ts` from one YAML file.
 * Knows facts by number and name; knows no case, no code system, no FHIR.
 */
import type { Hook, Jurisdiction } from '../cds-hooks/request.js';
import type { Indicator } from '../cds-hooks/response.js';
import type { FactValue } from '../facts/fact.js';
import type { Truth } from '../three-valued.js';
import type { Text } from '../text.js';

export type Region = 'arm' | 'neck' | 'back' | 'leg';
export type Level = 'P0' | 'P1' | 'P2' | 'P3' | 'P4' | 'P5' | 'P6';
export type LineKind = 'alarm' | 'ask' | 'do' | 'delay' | 'cancel' | 'go' | 'info';

export const LEVELS: readonly Level[] = ['P0', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6'];
export const KINDS: readonly LineKind[] = ['alarm', 'delay', 'do', 'cancel', 'ask', 'go', 'info'];

/** One sentence about one fact. */
export interface Clause {
  readonly id: string;
  readonly text: Text;
  readonly fact: string;
  readonly number: number;
  /** Undefined value in, undefined (unknown) out, except for `recorded`. */
  readonly test: (value: FactValue | undefined) => Truth;
  /** The operator and its operand as written, for the trace and the rule page. */
  readonly operator: string;
  readonly operand: unknown;
  readonly threshold?: number;
  readonly setting?: string;
}

/** Several clauses that count as one. */
export interface ClauseGroup {
  readonly id: string;
  readonly text: Text;
  readonly combine: 'anyOf' | 'allOf' | 'countOf';
  readonly atLeast: number;
  readonly clauses: readonly Clause[];
}

export type Condition = Clause | ClauseGroup;

export interface Citation {
  readonly doc: string;
  readonly where?: string;
  readonly quote?: string;
  readonly paraphrase?: Text;
  readonly kind: 'source' | 'extension' | 'safety';
}

/** What a GP can accept with one click. */
export type SuggestionPlan = SuggestionDeed & {
  /** Its words; an order has those of its template. */
  readonly label?: Text;
  /** Ids of clauses of the rule that must be true for it, and of clauses that must not be. */
  readonly when: readonly string[];
  readonly unless: readonly string[];
  /** The one of a card that an EHR may mark beforehand. */
  readonly recommended: boolean;
};

export type SuggestionDeed =
  /** Order templates; `with` are those without which the order would not be safe. */
  | { readonly order: readonly string[]; readonly with: readonly string[] }
  /** The judged order to the days from one fact to another; with one fact, from that day on. */
  | { readonly move: readonly [string] | readonly [string, string] }
  /** The judged order with the dose of an order template. */
  | { readonly dose: string }
  /** Drafts of these kinds, more urgent. */
  | { readonly priority: 'urgent' | 'stat'; readonly of: readonly string[] }
  /** The judged order, not to be carried out yet. */
  | { readonly hold: true }
  /** The judged order, not at all. */
  | { readonly withdraw: true }
  /** The judged order without the details of a concept. */
  | { readonly leaveOut: string }
  /** Each planned item that these facts rest on. */
  | { readonly cancel: readonly string[] };

export interface RuleCard {
  readonly indicator: readonly { readonly level: Indicator; readonly when: readonly string[] }[];
  readonly kind: LineKind;
  /** Absent: the rule only adds its bullet to a card that another rule leads. */
  readonly summary?: Text;
  readonly detail?: Text;
  readonly bullet?: Text;
  /** `leading`: the bullet joins the first card, of whatever decision; alone only on the hooks of `aloneOn`. */
  readonly rides: 'decision' | 'leading';
  readonly aloneOn: readonly Hook[];
  readonly links: readonly string[];
  /** Ids of `rules/leaflets`: background that would make the card too long. */
  readonly leaflets: readonly string[];
  readonly suggestions: readonly SuggestionPlan[];
  readonly override?: string;
}

export interface RuleExample {
  readonly name: string;
  readonly facts: Readonly<Record<string, FactValue>>;
  readonly expect: 'fires' | 'silent' | 'incomplete';
  readonly because?: string;
  readonly check: readonly string[];
  readonly indicator?: Indicator;
  /** Names of the suggestions that are offered: templates, or the deed. */
  readonly offers?: readonly string[];
}

export interface Rule {
  readonly id: string;
  readonly version: string;
  readonly status: 'draft' | 'active' | 'retired';
  readonly review: { readonly by: string; readonly date: string } | 'none';
  readonly for: readonly Region[] | 'patient';
  /** Kinds of draft that the rule judges, one evaluation for each selected draft; empty: no draft is needed. */
  readonly orders: readonly string[];
  readonly decision: string;
  readonly family: string;
  readonly level: Level;
  /** Place of its family among all, the most urgent first. */
  readonly familyRank: number;
  readonly statements: readonly string[];
  readonly hooks: readonly Hook[];
  readonly title: string;
  readonly jurisdictions: readonly Jurisdiction[];
  readonly source: readonly Citation[];
  readonly notes: readonly string[];
  readonly when: readonly Condition[];
  readonly unless: readonly Condition[];
  /** Conditions that only set the indicator. */
  readonly weigh: readonly Condition[];
  /** Conditions that only choose between suggestions. */
  readonly choose: readonly Condition[];
  readonly card: RuleCard;
  readonly examples: readonly RuleExample[];
  /** File name below `rules/`. */
  readonly file: string;
}

/** True for a group of clauses. */
export function isGroup(condition: Condition): condition is ClauseGroup {
  return 'clauses' in condition;
}

/** The clauses of a condition: itself, or the members of the group. */
export function clausesOf(condition: Condition): readonly Clause[] {
  return isGroup(condition) ? condition.clauses : [condition];
}

/** A card topic: the closed list of decisions. */
export interface Decision {
  readonly id: string;
  readonly title: Text;
  /** One card for the patient, one for each episode, or one for each draft. */
  readonly per: 'patient' | 'episode' | 'order';
}

/** A row of `rules/precedence.yaml`. */
export interface Precedence {
  readonly id: string;
  readonly because: string;
  readonly on?: readonly Hook[];
  readonly if: OutcomePattern;
  /** Outcomes that `if` means and that drop nothing all the same. */
  readonly but?: OutcomePattern;
  readonly drop: OutcomePattern;
  /** `episode`: only outcomes of the same episode are dropped. */
  readonly scope: 'patient' | 'episode';
}

/** Which outcomes a row means; every key given must match. */
export interface OutcomePattern {
  readonly levels?: readonly Level[];
  readonly decisions?: readonly string[];
  readonly kinds?: readonly LineKind[];
  readonly indicators?: readonly Indicator[];
  readonly rules?: readonly string[];
  readonly outcome?: 'fires' | 'incomplete';
}
