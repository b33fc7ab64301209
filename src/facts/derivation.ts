/**
 * What a derivation gets and gives: the facts that are more than one record with one window.
 * A derivation is a pure function of its input; the settings it reads are named where it is registered.
 */
import type { Case, Draft, Entry, Episode } from '../case/case.js';
import type { Fact } from './fact.js';

export interface DerivationInput {
  readonly case: Case;
  readonly episode: Episode | undefined;
  readonly draft: Draft | undefined;
  /** A number of `rules/settings.yaml`; only those named at the registration. */
  readonly setting: (name: string) => number;
  /** Another fact of the same patient, episode or order. */
  readonly fact: (id: string) => Fact;
  /** A number read from a record by the fact's own FHIRPath (`value`); undefined when it gives none. */
  readonly number: (entry: Entry) => number | undefined;
}

export interface Derivation {
  readonly settings?: readonly string[];
  readonly facts?: readonly string[];
  readonly derive: (input: DerivationInput) => Fact;
}

export type Derivations = Readonly<Record<string, Derivation>>;
