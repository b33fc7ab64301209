/**
 * The example patients of `fhir-profiles/examples`: read once, their dates filled in for the day that is asked.
 * Enters: the folder. Leaves: requests as an EHR would send them. Nobody in them exists.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resolveTokens, type TokenOptions } from './date-tokens.js';

export interface ExamplePatient {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  /** Id of the service that the request is for. */
  readonly service: string;
  readonly jurisdiction?: string;
  readonly request: Readonly<Record<string, unknown>>;
}

/** Reads all example patients, by name. */
export function loadExamples(folder: string, options: TokenOptions): readonly ExamplePatient[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return files.sort().map((name) => {
    const example = JSON.parse(readFileSync(join(folder, name), 'utf8')) as ExamplePatient;
    return resolveTokens(example, options);
  });
}
