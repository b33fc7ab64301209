/** The stories of patients: the example patients that ship, and the others that only the tests know. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Expectation } from './expectations.js';

export interface Story {
  readonly id: string;
  readonly title?: string;
  readonly story: string;
  readonly service: string;
  readonly jurisdiction?: string;
  readonly expect: Expectation;
  readonly request: Readonly<Record<string, unknown>>;
}

const FOLDERS = [
  new URL('../../fhir-profiles/examples/', import.meta.url),
  new URL('../stories/requests/', import.meta.url),
];

/** All stories, by file name. */
export function readStories(): readonly Story[] {
  return FOLDERS.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Story),
  );
}
