/**
 * What a CDS Hooks 2.0 service answers: cards, as the wire knows them.
 * Types only; cards are built by `cards/`, sent by `http/`.
 */
import type { FhirResource } from 'fhir/r4.js';

export type Indicator = 'info' | 'warning' | 'critical';

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface Action {
  readonly type: 'create' | 'update' | 'delete';
  readonly description: string;
  readonly resource?: FhirResource;
  readonly resourceId?: string;
}

export interface Suggestion {
  readonly label: string;
  readonly uuid: string;
  /** At most one on a card. */
  readonly isRecommended?: true;
  readonly actions: readonly Action[];
}

export interface Link {
  readonly label: string;
  readonly url: string;
  readonly type: 'absolute' | 'smart';
}

/** What we say about a card beyond the standard; only what is known is present. */
export interface CardExtension {
  readonly family: string;
  readonly rules: readonly { readonly id: string; readonly version: string }[];
  /** Every catalogue id that fired into this card. */
  readonly statements: readonly string[];
  /** Ids of facts that are not recorded and could change the advice. */
  readonly missing?: readonly string[];
  /** `Type/id` of the draft that the card judges. */
  readonly order?: string;
}

export const CARD_EXTENSION = 'example.plexus-cds.card';

export interface Card {
  readonly uuid: string;
  /** One sentence of at most 139 UTF-16 units. */
  readonly summary: string;
  /** GitHub-flavoured Markdown; strings from the record are escaped. */
  readonly detail: string;
  readonly indicator: Indicator;
  readonly source: { readonly label: string; readonly url?: string; readonly topic: Coding };
  readonly suggestions?: readonly Suggestion[];
  readonly selectionBehavior?: 'at-most-one' | 'any';
  readonly overrideReasons: readonly Required<Coding>[];
  readonly links?: readonly Link[];
  readonly extension: { readonly [CARD_EXTENSION]: CardExtension };
}

/** What an EHR can do with a card. */
export interface Capabilities {
  /** Whether `detail` is Markdown; else plain text. */
  readonly markdown: boolean;
  readonly suggestions: boolean;
  /** Most actions in one suggestion. */
  readonly actions: number;
  /** Whether orders that can do without each other may come as one suggestion. */
  readonly bundles: boolean;
}
