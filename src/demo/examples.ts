/**
 * The example patients of `fhir-profiles/examples`: read once, their dates filled in for the day that is asked.
 * Enters: the folder. Leaves: requests as an EHR would send them. Nobody in them exists.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REQUEST_EXTENSION } from '../cds-hooks/preferences.js';
import type { ExampleRequest } from '../http/openapi/examples.js';
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

/** An example patient for each service, by the name of its file. */
const SHOWN = [
  'na-day-2',
  'back-image-too-early',
  'prednisone-signed',
  'neck-mri-booked-early',
  'na-again-on-the-list',
];

/** Those that the OpenAPI document shows, in English. They say for which instant their dates were made, so that in demo mode their answers stay the same. */
export function shownExamples(examples: readonly ExamplePatient[], now: string): readonly ExampleRequest[] {
  const extension = { [REQUEST_EXTENSION]: { language: 'en', now } };
  const shown = examples.filter(({ id }) => SHOWN.includes(id));
  return shown.map(({ service, title, request }) => ({ service, title, request: { ...request, extension } }));
}
