/** What every part of an explanation is told with. */
import type { Language } from '../../cds-hooks/request.js';
import type { ExplanationTexts } from '../../export/explanation-texts.js';
import type { Trace } from './trace.js';

export interface Told {
  readonly trace: Trace;
  readonly texts: ExplanationTexts;
  readonly language: Language;
  /** Shows a resource of the record; `reference` is `Type/id`. */
  readonly showResource: (reference: string) => void;
}
