/**
 * Texts of a language that no clinician has proof-read, kept apart from the pages of the rules: Dutch sentence -> its draft.
 * The sentence itself is the key, so that a draft falls away the moment the sentence that it translates changes.
 * Enters: `rules/translations/<language>/*.yaml`. Runs at start-up only, and only where drafts are served.
 */
import type { Text } from './text.js';
import { KnowledgeError, type YamlFile } from './yaml-file.js';

/** Gives the drafts of one language to everything that has texts. */
export interface DraftTexts {
  /** The text with its draft; throws KnowledgeError, with `place` in it, when there is none. */
  readonly complete: (text: Text, place: () => string) => Text;
  /** The file, every text in it completed. */
  readonly completeFile: (file: YamlFile) => YamlFile;
}

/** For a service that serves finished languages only. */
export const NO_DRAFTS: DraftTexts = { complete: (text) => text, completeFile: (file) => file };

/** Reads the French drafts; throws KnowledgeError for an entry that is not a pair of sentences, or that stands twice. */
export function loadFrenchDrafts(files: readonly YamlFile[]): DraftTexts {
  const drafts = new Map<string, string>();
  for (const file of files) {
    for (const [dutch, french] of Object.entries(file.value as Readonly<Record<string, unknown>>)) {
      if (typeof french !== 'string' || french === '')
        throw new KnowledgeError(
          file.at([dutch]),
          'the draft of this sentence is not a text; write the French sentence',
        );
      if (drafts.has(dutch))
        throw new KnowledgeError(
          file.at([dutch]),
          'this sentence has a draft in another file already; keep one of them',
        );
      drafts.set(dutch, french);
    }
  }
  const complete = (text: Text, place: () => string): Text => {
    const fr = drafts.get(text.nl);
    if (fr === undefined)
      throw new KnowledgeError(place(), `there is no French draft of "${text.nl}"; add it below rules/translations/fr`);
    return { ...text, fr };
  };
  return { complete, completeFile: (file) => ({ ...file, value: completeValue(file.value, [], complete, file) }) };
}

function completeValue(
  value: unknown,
  path: readonly (string | number)[],
  complete: DraftTexts['complete'],
  file: YamlFile,
): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (isText(value)) return complete(value, () => file.at(path));
  if (Array.isArray(value)) return value.map((one, index) => completeValue(one, [...path, index], complete, file));
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, completeValue(one, [...path, key], complete, file)]),
  );
}

function isText(value: object): value is Text {
  return 'nl' in value && 'en' in value && typeof value.nl === 'string' && typeof value.en === 'string';
}
